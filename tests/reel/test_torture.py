"""The torture set, small: a reel of clips with every trap has its frames, and sound and picture together."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from seedgen.geometry import Size
from seedgen.timing import Rate
from tests.media.clips import make
from tests.reel.flashes import watch
from tests.reel.torture import OVERLAP, Torture, assemble, expected, length, lengths, make_film
from tests.reel.traps import PICTURES, RATE, SOUNDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.reel.flashes import Watched

AT = Rate(RATE)
SIZE = Size(160, 90)
CUTS = Torture(14, Fraction(3, 4), SIZE)
DISSOLVES = Torture(14, Fraction(3, 2), SIZE, dissolves=True)


@pytest.mark.parametrize("torture", [CUTS, DISSOLVES], ids=["cuts", "dissolves"])
def test_a_reel_of_traps_is_exact(torture: Torture, tmp_path: Path) -> None:
    """It has the frames and samples of its cut list, decodes at every seam, and nothing drifts apart."""
    film = make_film(torture, tmp_path / "film")
    frames = lengths(film, torture)
    marks = expected(frames, torture)
    seen = watch(assemble(film), AT, marks)
    assert seen.faults == ()
    assert seen.frames == length(frames, torture)
    assert seen.samples == AT.samples(seen.frames)
    assert astray(seen) == []
    assert {hit.mark.clip for hit in seen.hits if hit.beep is not None} >= {0, torture.clips - 1}


def test_a_dissolve_takes_its_frames_from_the_reel() -> None:
    """Three clips of 36 frames with two dissolves of 12 are 84 frames; clip 3 begins at frame 48."""
    torture = Torture(3, Fraction(3, 2), SIZE, dissolves=True)
    assert length([36, 36, 36], torture) == 108 - 2 * OVERLAP
    assert [mark.frame for mark in expected([36, 36, 36], torture)] == [6, 18, 30, 42, 54, 66]


def test_the_set_has_every_trap_of_picture_and_sound() -> None:
    """Fourteen clips meet each once, and with sixty no two are odd in the same two ways."""
    some, many = ([CUTS.clip(number) for number in range(count)] for count in (CUTS.clips, 60))
    assert {clip.trap for clip in some} == set(PICTURES)
    assert {clip.sound for clip in some} == set(SOUNDS)
    assert len({clip.name for clip in many}) == 60


def test_sound_that_is_late_is_found_out(tmp_path: Path) -> None:
    """Put off by a tenth of a second every beep is astray: what measures here can tell wrong from right."""
    torture = Torture(2, Fraction(3, 4), SIZE)
    film = make_film(torture, tmp_path / "film")
    marks = expected(lengths(film, torture), torture)
    right = assemble(film)
    twice = ("-i", str(right), "-itsoffset", "0.1", "-i", str(right))
    late = make(tmp_path / "late.mp4", *twice, "-map", "0:v", "-map", "1:a", "-c", "copy")
    assert astray(watch(right, AT, marks)) == []
    assert astray(watch(late, AT, marks)) == [0, 1]


def astray(watched: Watched) -> list[int]:
    """The clips whose flash or beep is more than a frame from where it belongs, or from the other."""
    return [hit.mark.clip for hit in watched.hits if hit.is_astray(AT)]
