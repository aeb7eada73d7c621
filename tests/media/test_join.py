"""Joining: every frame and every sample of the segments, in order, in step, and nothing re-encoded."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import av
import pytest

from seedgen.digest import digest_file
from seedgen.errors import FfmpegFailed, SegmentDamaged
from seedgen.geometry import Size
from seedgen.media.ffmpeg import Ffmpeg
from seedgen.media.join import join_segments
from seedgen.media.segments import FfmpegSegments
from seedgen.ports.segments import CardSegment, ClipSegment, Finish, ReelFormat, SegmentFiles, SegmentSound
from seedgen.timing import Rate
from tests.media.clips import (
    SMALL,
    encode,
    ffmpeg,
    flash_and_beep,
    join,
    ladder,
    make,
    onsets,
    pictures,
    sound,
    tone,
)
from tests.media.conftest import count_samples

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Spoil = Callable[[SegmentFiles], SegmentFiles]

HARD = SegmentSound(soft_start=False, soft_end=False)
"""Sound that is cut to the sample, so that a beep begins where its segment does."""

LENGTHS = (12, 7, 12, 1, 2, 3, 12, 5, 12, 1, 1, 12)
"""Frames of twelve segments; those of one to three frames are shorter than the decoder's delay."""


@pytest.fixture(scope="module", params=["24", "30000/1001"])
def reel(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reel:
    """Twelve segments that each begin with a flash and a beep, and the reel of them."""
    return Reel(Rate.parse(request.param), tmp_path_factory.mktemp("reel"))


class Reel:
    """A joined reel with its segments."""

    def __init__(self, rate: Rate, folder: Path) -> None:
        self.folder = folder
        self.form = replace(SMALL, rate=rate)
        clip = flash_and_beep(folder / "clip.mov", frames=12, rate=str(rate))
        made = {
            frames: encode(ClipSegment(clip, 0, frames, sound=HARD), folder, f"s{frames}", self.form)
            for frames in set(LENGTHS)
        }
        self.segments = [made[frames] for frames in LENGTHS]
        self.starts = [0, *accumulate(LENGTHS)][:-1]
        self.path = join(self.segments, folder / "reel.mp4", self.form)


def test_a_reel_has_exactly_the_sum_of_the_frames(reel: Reel) -> None:
    """Every frame stands at its own time, a whole number of frames from the start."""
    with av.open(str(reel.path)) as source:
        stream = source.streams.video[0]
        stamps = [frame.pts for frame in source.decode(stream)]
        assert stream.time_base is not None
        tick = 1 / stream.time_base / reel.form.rate.fraction
    assert stamps == [n * tick for n in range(sum(LENGTHS))]


def test_decoding_times_only_ever_grow(reel: Reel) -> None:
    """Even where segments of a single frame meet, as players refuse what goes back in time."""
    with av.open(str(reel.path)) as source:
        stamps = [packet.dts for packet in source.demux(video=0) if packet.dts is not None]
    assert len(stamps) == sum(LENGTHS)
    assert len({later - earlier for earlier, later in pairwise(stamps)}) == 1


def test_every_segment_starts_on_its_frame(reel: Reel) -> None:
    """The flashes are exactly where the sums of the lengths say."""
    flashes = [n for n, seen in enumerate(pictures(reel.path)) if seen.middle > 180]
    assert flashes == reel.starts


def test_sound_stays_with_the_picture_to_the_end(reel: Reel) -> None:
    """Every beep that follows silence begins within a millisecond of its flash, first and last alike."""
    rate = reel.form.rate
    heard = onsets(sound(reel.path, reel.folder), quiet=rate.samples(1))
    before = [0, *LENGTHS]
    expected = [rate.samples(start) for start, gap in zip(reel.starts, before, strict=False) if gap != 1]
    assert len(heard) == len(expected)
    assert max(abs(a - b) for a, b in zip(heard, expected, strict=True)) < 48


def test_a_reel_has_exactly_the_sum_of_the_samples(reel: Reel) -> None:
    """No sample is lost or added over the joins, at fractional rates too."""
    assert len(sound(reel.path, reel.folder)) == reel.form.rate.samples(sum(LENGTHS))


def test_pictures_are_copied_not_encoded_again(reel: Reel) -> None:
    """The reel's packets are the segments' packets, byte by byte."""
    kept = [packet for files in reel.segments for packet in _packets(files.video)]
    assert _packets(reel.path) == kept


def test_the_index_stands_first_so_that_a_browser_can_start(reel: Reel) -> None:
    """`moov` comes before `mdat`."""
    data = reel.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_same_segments_give_the_same_bytes(reel: Reel) -> None:
    """A reel is reproduced byte by byte, and so carries no time and no path."""
    again = join(reel.segments, reel.folder / "again.mp4", reel.form)
    assert again.read_bytes() == reel.path.read_bytes()


def test_no_drafts_stay_behind(reel: Reel) -> None:
    """Beside the reel there is nothing but what was asked for."""
    assert not list(reel.folder.glob(".*"))


def test_bytes_of_sound_are_taken_by_the_place_in_the_reel(tmp_path: Path) -> None:
    """At 29.97 a frame lasts 1601.6 samples: ten segments of one frame have 16,016, not 10 x 1602."""
    form = replace(SMALL, rate=Rate(30000, 1001))
    card = encode(CardSegment(1, "x"), tmp_path, form=form)
    reel = join([card] * 10, tmp_path / "reel.mp4", form)
    assert len(sound(reel, tmp_path)) == 16_016


def test_names_with_quotes_spaces_and_letters_of_all_kinds(tmp_path: Path) -> None:
    """Whatever a file system allows."""
    folder = tmp_path / "it's a \\ \"côté\" % #1 'π'\nb"
    folder.mkdir()
    segments = [encode(CardSegment(2, "x"), folder, name) for name in ("'", "a 'b' c", "ß\\'", "[0-9]*")]
    assert len(pictures(join(segments, folder / "the reel's “cut”.mp4"))) == 8


def test_segments_of_another_format_are_refused(tmp_path: Path) -> None:
    """Segments with other SPS or PPS would decode to garbage in most players: both are named."""
    one = encode(CardSegment(2, "x"), tmp_path, "one")
    other = encode(CardSegment(2, "x"), tmp_path, "other", ReelFormat(Size(176, 90), Rate(24)))
    with pytest.raises(FfmpegFailed, match=r"one\.mp4 and other\.mp4"):
        join([one, one, other], tmp_path / "reel.mp4")
    assert not (tmp_path / "reel.mp4").exists()


def _cut_short(files: SegmentFiles) -> SegmentFiles:
    files.video.write_bytes(files.video.read_bytes()[:-200])
    return files


def _without_sound(files: SegmentFiles) -> SegmentFiles:
    files.audio.unlink()
    return files


def _short_sound(files: SegmentFiles) -> SegmentFiles:
    files.audio.write_bytes(files.audio.read_bytes()[:-4])
    return files


@pytest.mark.parametrize(
    "spoil",
    [_cut_short, _without_sound, _short_sound, lambda files: replace(files, frames=3)],
    ids=["cut short", "no sound", "short sound", "another length"],
)
def test_a_spoilt_segment_is_named_before_anything_is_written(spoil: Spoil, tmp_path: Path) -> None:
    """The check finds it; an earlier reel of the name stays as it was."""
    out = tmp_path / "reel.mp4"
    out.write_bytes(b"the reel of yesterday")
    good, bad = (encode(CardSegment(2, "x"), tmp_path, name) for name in ("good", "bad"))
    with pytest.raises(SegmentDamaged, match="bad") as caught:
        join([good, spoil(bad)], out)
    assert out.read_bytes() == b"the reel of yesterday"
    assert caught.value.video == bad.video


def test_pictures_that_are_lost_are_noticed_on_their_way(tmp_path: Path) -> None:
    """A whole index over pictures that are zero, as a power cut leaves them: no reel, and who it was."""
    good, bad = (encode(CardSegment(30, "x"), tmp_path, name) for name in ("good", "bad"))
    data = bytearray(bad.video.read_bytes())
    begin, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    data[begin + (end - begin) // 2 : end] = bytes(end - begin - (end - begin) // 2)
    bad.video.write_bytes(data)
    with pytest.raises(SegmentDamaged, match=r"bad\.mp4") as caught:
        join([good, bad], tmp_path / "reel.mp4")
    assert caught.value.video == bad.video
    assert not list(tmp_path.glob("*reel*"))


def test_joining_gives_the_digest_of_the_reel(reel: Reel) -> None:
    """It is taken while the reel is written, and is that of the file."""
    out = reel.folder / "digest.mp4"
    joined = asyncio.run(
        join_segments(ffmpeg(), reel.segments, reel.form, Finish(), out, scratch=reel.folder)
    )
    assert joined.digest == digest_file(out)
    out.unlink()


def test_no_segments_are_no_reel(tmp_path: Path) -> None:
    """There is nothing to join."""
    with pytest.raises(FfmpegFailed, match="at least one"):
        join([], tmp_path / "reel.mp4")


@pytest.mark.parametrize(
    "behaviour", ["exit 1", "exit 0", 'cat "$6" >/dev/null 2>&1; exit 1', "exec sleep 60"]
)
@pytest.mark.parametrize("finish", [Finish(), Finish(loudness=Decimal(-16))], ids=["plain", "measured"])
def test_joining_ends_when_ffmpeg_does_not_play_along(behaviour: str, finish: Finish, tmp_path: Path) -> None:
    """An ffmpeg that fails before reading the sound, while reading, or never starts to, blocks nothing."""
    exe = tmp_path / "ffmpeg"
    exe.write_text(f"#!/bin/sh\n{behaviour}\n")
    exe.chmod(0o755)
    card = encode(CardSegment(240, "x"), tmp_path)
    encoder = FfmpegSegments(Ffmpeg(exe, "a false one"))

    async def try_to() -> None:
        joining = encoder.join([card], SMALL, finish, tmp_path / "reel.mp4", tmp_path)
        await asyncio.wait_for(joining, timeout=0.5)

    with pytest.raises((FfmpegFailed, TimeoutError)):
        asyncio.run(try_to())
    assert not list(tmp_path.glob("*reel*"))


def test_a_reel_of_one_frame_plays(tmp_path: Path) -> None:
    """The shortest reel there is: one picture and 2,000 samples."""
    clip = ladder(tmp_path / "clip.mp4")
    reel = join([encode(ClipSegment(clip, 4, 1), tmp_path)], tmp_path / "reel.mp4")
    (seen,) = pictures(reel)
    assert abs(seen.middle - 64) <= 1
    assert len(sound(reel, tmp_path)) == 2_000


def test_a_seam_is_not_heard(tmp_path: Path) -> None:
    """A tone cut in two and joined sounds exactly as the tone that was never cut."""
    clip = ladder(tmp_path / "clip.mov", *tone("0.5*sin(2*PI*500*t)"))
    parts = {"first": (0, 5), "second": (5, 7), "whole": (0, 12)}
    made = {
        name: encode(ClipSegment(clip, *part, sound=HARD), tmp_path, name) for name, part in parts.items()
    }
    cut = join([made["first"], made["second"]], tmp_path / "cut.mp4")
    uncut = join([made["whole"]], tmp_path / "uncut.mp4")
    assert sound(cut, tmp_path) == sound(uncut, tmp_path)


def test_a_beep_at_the_end_of_many_chunks_is_where_it_was(tmp_path: Path) -> None:
    """Sound encoded in three chunks begins at zero, ends on its sample, and has not drifted between."""
    card = encode(CardSegment(24 * 50, "x"), tmp_path)
    beeps = "lt(mod(t,49),0.1)*0.8*sin(2*PI*2000*t)"
    make(card.audio, *tone(f"{beeps}|{beeps}", seconds=50.1), "-f", "s16le")
    reel = join([card], tmp_path / "reel.mp4")
    heard = sound(reel, tmp_path)
    assert len(heard) == count_samples(reel) == 50 * 48_000
    assert onsets(heard, quiet=48_000) == pytest.approx([0, 49 * 48_000], abs=48)


def test_kept_sound_does_not_change_a_reel(tmp_path: Path) -> None:
    """Without a folder, with an empty one, and with one where all is found: the same bytes."""
    card = encode(CardSegment(48, "x"), tmp_path)
    chunks = tmp_path / "cache" / "chunks"
    reels = []
    for name, folder in (("none", None), ("empty", chunks), ("full", chunks)):
        out = tmp_path / f"{name}.mp4"
        joining = join_segments(ffmpeg(), [card], SMALL, Finish(), out, scratch=tmp_path, chunks=folder)
        asyncio.run(joining)
        reels.append(out.read_bytes())
    assert reels[0] == reels[1] == reels[2]
    assert len(list(chunks.iterdir())) == 1


def _packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as source:
        return [bytes(packet) for packet in source.demux(video=0) if packet.size]
