"""The sound of a segment made without its picture: the very samples that come with the picture."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from seedgen.geometry import Size
from seedgen.media.segments import FfmpegSegments
from seedgen.ports.segments import CardSegment, ClipSegment, CrossSegment, SegmentSound
from seedgen.project.reels import TransitionType
from tests.media.clips import SMALL, encode, ffmpeg, make, picture, tone
from tests.reel.traps import PICTURES, Clip, make_clip

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.ports.segments import Segment

_NOISE = tone("0.5*random(0)*sin(2*PI*440*t)", seconds=32)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """32 seconds with noise, as a provider would code it: a cut near its end is reached by seeking."""
    coded = ("-c:v", "libx264", "-g", "40", "-c:a", "aac")
    return make(tmp_path_factory.mktemp("long") / "long.mp4", *picture(frames=32 * 24), *_NOISE, *coded)


@pytest.mark.parametrize("number", range(len(PICTURES)), ids=[trap.name for trap in PICTURES])
def test_every_trap_sounds_the_same(number: int, tmp_path: Path) -> None:
    """Edit lists, other rates, mono, no sound, too short a sound: with a beep at the cut and one later."""
    clip = make_clip(Clip(number, 20, (3, 11)), Size(160, 90), tmp_path / "clip.mp4")
    _same(ClipSegment(clip, 3, 15), tmp_path)


@pytest.mark.parametrize("start", [5, 29 * 24 + 7])
def test_a_cut_anywhere_sounds_the_same(start: int, long: Path, tmp_path: Path) -> None:
    """Near the start, and so deep that ffmpeg seeks: with pictures it goes by them, without by the sound."""
    _same(ClipSegment(long, start, 30), tmp_path)


@pytest.mark.parametrize("type_", [TransitionType.DISSOLVE, TransitionType.FADE])
def test_a_cross_sounds_the_same(type_: TransitionType, long: Path, tmp_path: Path) -> None:
    """Both ways of fading; one side louder, the other heard, silent, or a card."""
    side = ClipSegment(long, 48, 12, sound=SegmentSound(gain_db=SegmentSound().gain_db + 3))
    muted = replace(side, sound=SegmentSound(mute=True))
    for other in (ClipSegment(long, 480, 12), muted, CardSegment(12, "010")):
        _same(CrossSegment(side, other, type_), tmp_path)


def test_what_is_silent_is_silence_of_its_length(long: Path, tmp_path: Path) -> None:
    """A card and a muted clip need no ffmpeg at all."""
    for segment in (CardSegment(6, "010"), ClipSegment(long, 0, 6, sound=SegmentSound(mute=True))):
        _same(segment, tmp_path)


def _same(segment: Segment, folder: Path) -> None:
    alone = folder / "alone.pcm"
    alone.unlink(missing_ok=True)
    asyncio.run(FfmpegSegments(ffmpeg()).encode_sound(segment, SMALL, alone))
    assert alone.read_bytes() == encode(segment, folder).audio.read_bytes()
