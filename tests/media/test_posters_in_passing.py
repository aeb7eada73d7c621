"""Posters made while their clip is encoded: what a look into the clip gives, and no byte of it changed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

from seedgen.app.posters import Posters
from seedgen.geometry import Size
from seedgen.media.probe import poster
from seedgen.media.segments import FfmpegSegments
from seedgen.ports.segments import CardSegment, ClipSegment, Label, SegmentFiles
from tests.media.clips import SMALL, encode, ffmpeg, ladder, make, picture
from tests.reel.traps import PICTURES, RATE, Clip, make_clip

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.ports.segments import Segment

LENGTH = 20


@pytest.fixture
def posters(tmp_path: Path) -> Posters:
    """An empty shelf for clips in the test's folder."""
    return Posters(tmp_path / "posters", tmp_path)


def encode_with(posters: Posters, segment: Segment, folder: Path) -> SegmentFiles:
    """Encode one segment and leave the poster of its clip on the shelf."""
    files = SegmentFiles(folder / "passing.mp4", folder / "passing.pcm", segment.frames)
    asyncio.run(FfmpegSegments(ffmpeg(), posters=posters).encode(segment, SMALL, files))
    return files


def kept(folder: Path) -> list[Path]:
    """The posters that were made."""
    return sorted((folder / "posters").glob("*"))


@pytest.mark.parametrize("number", range(len(PICTURES)), ids=[trap.name for trap in PICTURES])
def test_of_every_trap_it_is_the_frame_a_third_into_the_clip(
    number: int, posters: Posters, tmp_path: Path
) -> None:
    """The flash is there, and shape, colours and turn are those of the picture that PyAV gives."""
    sound = Clip(number, LENGTH, ()).sound
    longer = int(sound.plus * RATE) if sound else 0
    clip = make_clip(Clip(number, LENGTH, ((LENGTH + longer) // 3,)), Size(160, 90), tmp_path / "clip.mp4")
    encode_with(posters, ClipSegment(clip, 0, LENGTH), tmp_path)
    (file,) = kept(tmp_path)
    with Image.open(file) as made:
        shown, looked = made.convert("RGB"), poster(clip)
    assert shown.size == looked.size
    assert ImageStat.Stat(shown.convert("L")).extrema[0][1] > 220
    assert max(ImageStat.Stat(ImageChops.difference(shown, looked)).mean) < 4


def test_the_segment_has_the_same_bytes(posters: Posters, tmp_path: Path) -> None:
    """With a burnt-in slate, which no poster shows, and cut out of the clip's middle."""
    clip = ladder(tmp_path / "clip.mp4")
    segment = ClipSegment(clip, 2, 9, Label(("010",), timecode_from=2))
    alone, passing = encode(segment, tmp_path, "alone"), encode_with(posters, segment, tmp_path)
    assert passing.video.read_bytes() == alone.video.read_bytes()
    assert passing.audio.read_bytes() == alone.audio.read_bytes()
    assert not list(tmp_path.glob(".*")), "what was on its way is gone"
    with Image.open(kept(tmp_path)[0]) as shown:
        # Picture 4 of 12 has luma 32 + 8 * 4 = 64: (64 - 16) * 255 / 219 of full range.
        assert ImageStat.Stat(shown).mean == [pytest.approx(56, abs=2)] * 3


@pytest.mark.parametrize(("start", "frames"), [(0, 4), (0, 1)])
def test_a_cut_that_ends_before_it_leaves_it_to_others(
    start: int, frames: int, posters: Posters, tmp_path: Path
) -> None:
    """A third into twelve pictures is picture 4: a cut [0, 4) does not decode it."""
    segment = ClipSegment(ladder(tmp_path / "clip.mp4"), start, frames)
    encode_with(posters, segment, tmp_path)
    assert kept(tmp_path) == []


def test_a_cut_deep_in_a_clip_leaves_it_to_others(posters: Posters, tmp_path: Path) -> None:
    """Decoding begins twenty seconds before the cut, which is beyond a third of the clip."""
    clip = make(tmp_path / "long.mp4", *picture(frames=40 * 24), "-c:v", "libx264", "-g", "24")
    encode_with(posters, ClipSegment(clip, 38 * 24, 12), tmp_path)
    assert kept(tmp_path) == []
    encode_with(posters, ClipSegment(clip, 14 * 24, 12), tmp_path)
    assert len(kept(tmp_path)) == 1


def test_what_is_there_is_not_made_again(posters: Posters, tmp_path: Path) -> None:
    """Nor is a poster made of a card, or of a clip that is not in the cache."""
    clip = ladder(tmp_path / "clip.mp4")
    posters.prepare(clip)
    before = kept(tmp_path)[0].stat().st_mtime_ns
    encode_with(posters, ClipSegment(clip, 0, 12), tmp_path)
    assert [file.stat().st_mtime_ns for file in kept(tmp_path)] == [before]
    elsewhere = Posters(tmp_path / "posters", tmp_path / "objects")
    for segment in (ClipSegment(ladder(tmp_path / "other.mp4"), 0, 12), CardSegment(6, "010")):
        encode_with(elsewhere, segment, tmp_path)
    assert len(kept(tmp_path)) == 1
