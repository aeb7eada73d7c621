"""Crosses: two shots that overlap become one segment, frame by frame and sample by sample."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from math import pi, sqrt
from typing import TYPE_CHECKING

import pytest

from seedgen.errors import UnreadableMedia
from seedgen.geometry import Size
from seedgen.media.crosses import show_cross
from seedgen.media.segment_graph import SegmentGraph
from seedgen.ports.segments import CardSegment, ClipSegment, CrossSegment, Label, ReelFormat, SegmentSound
from seedgen.project.reels import Direction, TransitionType
from seedgen.timing import Rate
from tests.media.clips import SMALL, Seen, encode, ladder, make, picture, pictures, samples, tone

if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence
    from pathlib import Path

    from seedgen.ports.segments import Segment

DISSOLVE, FADE, WIPE = TransitionType.DISSOLVE, TransitionType.FADE, TransitionType.WIPE
AS_IT_IS = SegmentSound(soft_start=False, soft_end=False)


@pytest.mark.parametrize("type_", [DISSOLVE, FADE, WIPE])
@pytest.mark.parametrize("frames", [1, 2, 7, 12])
@pytest.mark.parametrize("rate", [Rate(24), Rate(30000, 1001)], ids=str)
def test_a_cross_has_exactly_its_frames_and_samples(
    type_: TransitionType, frames: int, rate: Rate, tmp_path: Path
) -> None:
    """Pictures as asked for, and one sample more than stand beside them."""
    one, two = _grey(tmp_path, 60), _grey(tmp_path, 180, sound=tone("0.1", seconds=1))
    form = replace(SMALL, rate=rate)
    files = encode(CrossSegment(_part(one, 3, frames), _part(two, 0, frames), type_), tmp_path, form=form)
    assert len(pictures(files.video)) == frames
    assert files.audio.stat().st_size == (rate.samples(frames) + 1) * 4


@pytest.mark.parametrize(("type_", "name"), [(DISSOLVE, "fade"), (WIPE, "wipeleft")])
def test_the_pictures_are_those_of_one_long_chain(type_: TransitionType, name: str, tmp_path: Path) -> None:
    """The last 12 frames of one clip and the first 12 of another, sample by sample as in one command."""
    one, two = _scene(tmp_path / "one.mp4", "testsrc2"), _scene(tmp_path / "two.mp4", "rgbtestsrc")
    graph = SegmentGraph(SMALL, tmp_path)
    streams = show_cross(graph, CrossSegment(_part(one, 18, 12), _part(two, 0, 12), type_))
    raw = ("-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p")
    chain = ["-filter_complex", graph.filters, "-map", streams.picture]
    crossed = make(tmp_path / "cross.yuv", *graph.arguments, *chain, *raw).read_bytes()
    # The clips are in the reel's format already, so nothing but the transition stands in the long chain.
    long = f"[0:v]settb=1/24[a];[1:v]settb=1/24[b];[a][b]xfade={name}:duration=0.5:offset=0.75,format=yuv420p"
    whole = make(
        tmp_path / "l.yuv", "-i", str(one), "-i", str(two), "-filter_complex", long, *raw
    ).read_bytes()
    frame = 160 * 90 * 3 // 2
    assert len(whole) == (30 + 30 - 12) * frame
    assert crossed == whole[18 * frame : 30 * frame]


def test_a_dissolve_goes_evenly_from_one_to_the_other(tmp_path: Path) -> None:
    """The first frame is the old shot alone; each further one has a tenth more of the new."""
    cross = CrossSegment(_part(_grey(tmp_path, 50), 0, 10), _part(_grey(tmp_path, 200), 0, 10), DISSOLVE)
    for number, luma in enumerate(_lumas(cross, tmp_path)):
        assert abs(luma - (50 + 15 * number)) <= 2


@pytest.mark.parametrize("frames", [9, 10])
def test_a_fade_goes_through_its_colour_and_back(frames: int, tmp_path: Path) -> None:
    """Half of the frames there, half back; between them the colour alone, as a card's ground has it."""
    colour, half = "#2244aa", frames // 2
    one, two = _grey(tmp_path, 200), _grey(tmp_path, 30)
    cross = CrossSegment(_part(one, 0, frames), _part(two, 0, frames), FADE, colour)
    shown = pictures(encode(cross, tmp_path).video)
    (ground,) = pictures(encode(CardSegment(1, "x"), tmp_path, form=replace(SMALL, background=colour)).video)
    # BT.709, 8 bit: Y = 16 + 219 (0.2126 R + 0.7152 G + 0.0722 B) and so on.
    assert _nearly(shown[half].at(80, 44), (75, 176, 109))
    assert _nearly(shown[half].at(80, 44), ground.at(2, 2))
    back = frames - half
    going = [200 + (75 - 200) * n / half for n in range(half)]
    coming = [75 + (30 - 75) * n / back for n in range(back)]
    for seen, luma in zip(shown, [*going, *coming], strict=True):
        assert abs(seen.middle - luma) <= 2


def test_a_fade_of_one_frame_is_the_colour(tmp_path: Path) -> None:
    """There is no half frame: the old shot ends before it, the new one begins after it."""
    one, two = _grey(tmp_path, 200), _grey(tmp_path, 30)
    (luma,) = _lumas(CrossSegment(_part(one, 0, 1), _part(two, 0, 1), FADE, "#ffffff"), tmp_path)
    assert luma >= 233


@pytest.mark.parametrize("direction", Direction)
def test_the_edge_of_a_wipe_moves_where_it_is_said(direction: Direction, tmp_path: Path) -> None:
    """In the middle the new shot fills the half that the edge has left behind, and only that."""
    one, two = _grey(tmp_path, 50), _grey(tmp_path, 200)
    cross = CrossSegment(_part(one, 0, 12), _part(two, 0, 12), WIPE, direction=direction)
    seen = pictures(encode(cross, tmp_path).video)[6]
    sides = {
        "left": seen.at(10, 44),
        "right": seen.at(150, 44),
        "up": seen.at(80, 10),
        "down": seen.at(80, 80),
    }
    opposite = {"left": "right", "right": "left", "up": "down", "down": "up"}
    assert abs(sides[direction][0] - 50) <= 3
    assert abs(sides[opposite[direction]][0] - 200) <= 3


def test_a_card_can_stand_on_either_side(tmp_path: Path) -> None:
    """A slate or title dissolves into a clip and back; both begin on the side that goes."""
    form = replace(SMALL, background="#ffffff")
    card, clip = CardSegment(8, "010"), _part(_grey(tmp_path, 50), 0, 8)
    into = pictures(encode(CrossSegment(card, clip, DISSOLVE), tmp_path, form=form).video)
    away = pictures(encode(CrossSegment(clip, card, DISSOLVE), tmp_path, form=form).video)
    between = pictures(encode(CrossSegment(card, card, FADE), tmp_path, form=form).video)
    for number in range(8):
        assert abs(into[number].at(2, 2)[0] - (235 - (235 - 50) * number / 8)) <= 3
        assert abs(away[number].at(2, 2)[0] - (50 + (235 - 50) * number / 8)) <= 3
    assert between[4].middle < 20


def test_each_side_keeps_its_label(tmp_path: Path) -> None:
    """The burn-in of the old shot gives way to that of the new one, as the pictures do."""
    clip = _grey(tmp_path, 200)
    form = ReelFormat(Size(320, 180), Rate(24))
    side = _part(clip, 0, 6)
    labelled = replace(side, label=Label(("010", "take 2"), 40))
    shown = pictures(encode(CrossSegment(labelled, side, DISSOLVE), tmp_path, form=form).video)
    plate = [seen.at(18, 20)[0] for seen in shown]
    assert plate == sorted(plate)
    assert plate[0] < 140
    assert plate[5] > 170


def test_a_clip_in_three_parts_is_the_clip(tmp_path: Path) -> None:
    """Body, cross with itself, and body show the same frames, and sound the same outside of the cross."""
    clip = ladder(tmp_path / "clip.mov", *_noise(1), frames=24)
    middle = _part(clip, 8, 6)
    parts: list[Segment] = [_part(clip, 0, 8), CrossSegment(middle, middle, DISSOLVE), _part(clip, 14, 10)]
    encoded = [encode(part, tmp_path, f"part{number}") for number, part in enumerate(parts)]
    whole = encode(_part(clip, 0, 24), tmp_path, "whole")
    assert [_number(seen) for files in encoded for seen in pictures(files.video)] == list(range(24))
    heard = b"".join(files.audio.read_bytes()[:-4] for files in encoded)
    expected = whole.audio.read_bytes()[:-4]
    assert heard[: 16_000 * 4] == expected[: 16_000 * 4]
    assert heard[28_000 * 4 :] == expected[28_000 * 4 :]
    # At its first sample the cross is the old shot alone, so the body before it goes on.
    assert heard[16_000 * 4 : 16_001 * 4] == expected[16_000 * 4 : 16_001 * 4]


@pytest.mark.parametrize("type_", [DISSOLVE, WIPE])
def test_two_sounds_cross_without_a_dip(type_: TransitionType, tmp_path: Path) -> None:
    """Two noises of the same power stay within half a decibel of it, in all ten parts of the cross."""
    one, two = (
        make(tmp_path / f"{seed}.mov", *picture(frames=24), *_noise(seed), "-c:v", "libx264")
        for seed in (1, 2)
    )
    cross = CrossSegment(_part(one, 0, 24), _part(two, 0, 24), type_)
    heard = _heard(cross, tmp_path)
    level = _power(_heard(_part(one, 0, 24), tmp_path))
    for part in range(10):
        assert abs(_power(heard[part * 4_800 : (part + 1) * 4_800]) / level - 1) < 0.06


def test_the_sound_of_a_fade_is_silent_in_the_middle(tmp_path: Path) -> None:
    """It goes down evenly in the first half and comes up in the second."""
    one, two = (_grey(tmp_path, luma, sound=tone("0.5", seconds=1)) for luma in (50, 200))
    heard = _heard(CrossSegment(_part(one, 0, 12), _part(two, 0, 12), FADE), tmp_path)
    full = heard[0]
    assert abs(full - 16_384) <= 1
    for at, part in {6_000: 0.5, 11_999: 0.0, 12_000: 0.0, 18_000: 0.5, 23_999: 1.0}.items():
        assert abs(heard[at] - part * full) <= 3


@pytest.mark.parametrize("type_", [DISSOLVE, FADE, WIPE])
def test_nothing_clicks_around_a_cross(type_: TransitionType, tmp_path: Path) -> None:
    """Body, cross and body of two tones of 200 Hz have no step that the tones themselves have not."""
    height = 14_000
    one = _grey(tmp_path, 50, sound=tone(f"{height}/32768*cos(2*PI*200*t)", seconds=1))
    two = _grey(tmp_path, 200, sound=tone(f"{height}/32768*cos(2*PI*200*t+1)", seconds=1))
    cross = CrossSegment(_part(one, 5, 7), _part(two, 2, 7), type_)
    parts: list[Segment] = [_part(one, 0, 5), cross, _part(two, 9, 3)]
    heard = [value for part in parts for value in _heard(part, tmp_path)[: SMALL.rate.samples(part.frames)]]
    # The two together are at most sqrt(2) times as high; the fades add next to nothing over 14,000 samples.
    most = sqrt(2) * height * (2 * pi * 200 / 48_000 + 1 / 6_000) + 2
    assert max(abs(b - a) for a, b in pairwise(heard)) <= most


def test_the_outer_edges_of_a_cross_are_soft_where_they_are_cuts(tmp_path: Path) -> None:
    """Where a shot is all cross, the reel's cut stands at its edge; in the middle nothing is softened."""
    one, two = (_grey(tmp_path, luma, sound=tone("0.4", seconds=1)) for luma in (50, 200))
    soft = SegmentSound()
    cross = CrossSegment(_part(one, 0, 12, soft), _part(two, 0, 12, soft), DISSOLVE)
    heard = _heard(cross, tmp_path)
    hard = _heard(CrossSegment(_part(one, 0, 12), _part(two, 0, 12), DISSOLVE), tmp_path)
    # Of the old shot, 0.4 of the scale high, a 24,000th of a quarter sine is left: not even one step.
    assert heard[0] == 0
    assert abs(heard[23_999]) <= 1
    assert heard[240 : 24_000 - 241] == hard[240 : 24_000 - 241]


def test_a_side_without_sound_lets_the_other_fade_alone(tmp_path: Path) -> None:
    """A card, a silent clip and a muted one add nothing; with two of them the cross is silence."""
    loud = _part(_grey(tmp_path, 50, sound=tone("0.5", seconds=1)), 0, 12)
    silent = _part(_grey(tmp_path, 200), 0, 12)
    muted = replace(loud, sound=replace(AS_IT_IS, mute=True))
    crosses = [CrossSegment(loud, other, DISSOLVE) for other in (silent, muted, CardSegment(12, "020"))]
    first, *others = [_heard(cross, tmp_path) for cross in crosses]
    assert all(other == first for other in others)
    assert abs(first[12_000] - 16_384 / sqrt(2)) <= 2
    assert set(_heard(CrossSegment(silent, muted, FADE), tmp_path)) == {0}


def test_each_side_keeps_its_gain(tmp_path: Path) -> None:
    """Six decibels less on one side, before it crosses."""
    clip = _grey(tmp_path, 50, sound=tone("0.5", seconds=1))
    side = _part(clip, 0, 12)
    quiet = replace(side, sound=replace(AS_IT_IS, gain_db=Decimal("-6.0206")))
    heard = _heard(CrossSegment(side, quiet, DISSOLVE), tmp_path)
    for at, height in {0: 0.5, 12_000: 0.75 / sqrt(2), 23_999: 0.25}.items():
        assert abs(heard[at] - height * 32_768) <= 3


def test_two_loud_sounds_stop_at_full_scale(tmp_path: Path) -> None:
    """Where both together are too much, samples stay at the end of the scale instead of turning over."""
    side = _part(_grey(tmp_path, 50, sound=tone("0.9", seconds=1)), 0, 12)
    heard = _heard(CrossSegment(side, side, DISSOLVE), tmp_path)
    assert heard[12_000] == 32_767
    assert min(heard) > 29_000


def test_the_same_cross_has_the_same_bytes(tmp_path: Path) -> None:
    """Both files of every kind of cross are reproduced, with label, blur, sound, and a cut deep inside."""
    one = ladder(tmp_path / "one.mov", *_noise(1), frames=24)
    two = _scene(tmp_path / "two.mp4", "testsrc2")
    sides = _part(one, 8, 8), replace(_part(two, 0, 8), label=Label(("020",), 0))
    form = ReelFormat(Size(90, 160), Rate(24), background="blur")
    for type_ in (DISSOLVE, FADE, WIPE):
        cross = CrossSegment(*sides, type_, "#ff8800")
        once, again = (encode(cross, tmp_path, name, form) for name in ("once", "again"))
        assert once.video.read_bytes() == again.video.read_bytes()
        assert once.audio.read_bytes() == again.audio.read_bytes()


def test_a_playlist_in_disguise_is_refused_on_both_sides(tmp_path: Path) -> None:
    """A "video" that is a playlist is not opened, and nothing is left behind."""
    good = _part(_grey(tmp_path, 50), 0, 4)
    bad = tmp_path / "bad.mp4"
    bad.write_text(f"#EXTM3U\n#EXTINF:1,\n{good.clip}\n#EXT-X-ENDLIST\n")
    before = sorted(tmp_path.iterdir())
    for sides in ((good, _part(bad, 0, 4)), (_part(bad, 0, 4), good)):
        with pytest.raises(UnreadableMedia):
            encode(CrossSegment(*sides, DISSOLVE), tmp_path)
    assert sorted(tmp_path.iterdir()) == before


def _part(clip: Path, start: int, frames: int, sound: SegmentSound = AS_IT_IS) -> ClipSegment:
    return ClipSegment(clip, start, frames, sound=sound)


def _grey(folder: Path, luma: int, *, sound: Sequence[str] = ()) -> Path:
    """A plain grey clip of 24 frames, without sound unless one is given; both stored without loss."""
    out = folder / f"grey{luma}.mov"
    stored = ("-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p")
    return make(out, *picture(f"geq=lum={luma}:cb=128:cr=128", frames=24), *sound, *stored)


def _noise(seed: int) -> tuple[str, ...]:
    """The input of a second of white noise, stored without loss; another seed is another noise."""
    source = f"anoisesrc=seed={seed}:amplitude=0.3:r=48000:d=1"
    return ("-f", "lavfi", "-i", source, "-c:a", "pcm_s16le")


def _scene(out: Path, source: str) -> Path:
    """30 lively frames that are in the small reel's format already, without loss."""
    video = (
        f"{source}=s=160x90:r=24,trim=end_frame=30,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    )
    tags = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    return make(out, "-f", "lavfi", "-i", f"{video},{tags}", "-c:v", "libx264", "-qp", "0")


def _lumas(cross: CrossSegment, folder: Path) -> list[int]:
    return [seen.middle for seen in pictures(encode(cross, folder).video)]


def _heard(segment: Segment, folder: Path) -> array[int]:
    return samples(encode(segment, folder).audio.read_bytes())


def _power(values: Sequence[int]) -> float:
    return sum(value * value for value in values) / len(values)


def _nearly(one: Sequence[int], other: Sequence[int]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) <= 3


def _number(seen: Seen) -> int:
    return round((seen.middle - 32) / 8)
