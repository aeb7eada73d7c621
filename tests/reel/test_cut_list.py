"""Cut lists: which clips a reel shows, from which frame, for how many. Pure arithmetic."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.errors import UsageError
from seedgen.geometry import Size
from seedgen.ports.segments import ReelFormat
from seedgen.project.reels import Reel
from seedgen.reel.cut_list import CutList, Standing, cut_list, reel_format
from seedgen.timing import Rate, point
from tests.planning.projects import opened, take_of

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.planning.resolved import ResolvedShot

FILM = "shots:\n  - {id: a, prompt: One.}\n  - {id: b, prompt: Two.}\n"


@pytest.fixture
def shots(tmp_path: Path) -> list[ResolvedShot]:
    """Two shots; `take_of` gives each a clip of 96 frames at 24 a second: four seconds."""
    return opened(tmp_path, FILM).shots


def cuts_of(shots: list[ResolvedShot], without: str = "", **reel: object) -> CutList:
    """The cut list of a reel; the shot `without` has no clip, and its stand-in lasts five seconds."""
    spec = Reel.model_validate(reel)
    form = reel_format(spec, None)
    return cut_list(
        "main", spec, form, shots, lambda shot: None if shot.id == without else take_of(shot), lambda _: 5
    )


def test_a_reel_shows_every_clip_whole(shots: list[ResolvedShot]) -> None:
    """Two clips of 96 frames at the reel's own rate."""
    cuts = cuts_of(shots)
    assert [(cut.shot.id, cut.start, cut.frames) for cut in cuts.entries] == [("a", 0, 96), ("b", 0, 96)]


@pytest.mark.parametrize(("fps", "frames"), [("24", 96), ("12", 48), ("30", 120), ("30000/1001", 120)])
def test_frames_are_counted_at_the_reels_rate(fps: str, frames: int, shots: list[ResolvedShot]) -> None:
    """Four seconds are 4 x fps frames; at 29.97 that is 119.88, and the nearest whole number is 120."""
    assert cuts_of(shots, fps=fps).entries[0].frames == frames


CUTS = [
    ({"in": "12f"}, (12, 84)),
    ({"out": "12f"}, (0, 12)),
    ({"in": "1", "out": "2.5s"}, (24, 36)),
    ({"in": "0f", "out": "96f"}, (0, 96)),
    ({"in": "95f"}, (95, 1)),
    ({"in": "0.5s", "out": "13f"}, (12, 1)),
]


@pytest.mark.parametrize(("cut", "window"), CUTS)
def test_a_cut_takes_part_of_a_clip(
    cut: dict[str, str], window: tuple[int, int], shots: list[ResolvedShot]
) -> None:
    """In and out points in seconds, 24 frames each, or in frames; the out point is not shown."""
    (entry, other) = cuts_of(shots, cut={"a": cut}).entries
    assert (entry.start, entry.frames) == window
    assert (other.start, other.frames) == (0, 96)


@pytest.mark.parametrize("cut", [{"in": "96f"}, {"out": "97f"}, {"in": "3", "out": "2"}, {"out": "0"}])
def test_a_cut_that_leaves_nothing_or_goes_beyond_is_an_error(
    cut: dict[str, str], shots: list[ResolvedShot]
) -> None:
    """The message names the cut and the clip's length."""
    with pytest.raises(UsageError, match=r"reels\.main\.cut\.a: .* 96 frames"):
        cuts_of(shots, cut={"a": cut})


PLACEHOLDERS = [
    ("animatic", [(Standing.STAND_IN, 120), (Standing.CLIP, 96)]),
    ("slate", [(Standing.CARD, 120), (Standing.CLIP, 96)]),
    ("skip", [(Standing.CLIP, 96)]),
]


@pytest.mark.parametrize(("placeholder", "shown"), PLACEHOLDERS)
def test_what_has_no_clip_is_shown_as_the_reel_says(
    placeholder: str, shown: list[tuple[Standing, int]], shots: list[ResolvedShot]
) -> None:
    """A stand-in lasts as long as the clip will: five seconds at 24 frames."""
    cuts = cuts_of(shots, without="a", placeholder=placeholder)
    assert [(cut.standing, cut.frames) for cut in cuts.entries] == shown


def test_a_reel_may_insist_on_clips(shots: list[ResolvedShot]) -> None:
    """`placeholder: error` names the shot that has none."""
    with pytest.raises(UsageError, match="a has none"):
        cuts_of(shots, without="a", placeholder="error")


SIZES = [
    ("640x360", Size(99, 99), Size(640, 360)),
    (None, Size(481, 855), Size(482, 856)),
    (None, None, Size(1280, 720)),
]


@pytest.mark.parametrize(("declared", "first", "size"), SIZES)
def test_a_reel_is_as_large_as_it_says_or_its_first_clip(
    declared: str | None, first: Size | None, size: Size
) -> None:
    """Odd sides, which 4:2:0 video cannot have, are rounded up."""
    assert reel_format(Reel(size=declared), first) == ReelFormat(size, Rate(24))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(frame=st.integers(0, 10**6), rate=st.sampled_from([Rate(24), Rate(25), Rate(30000, 1001), Rate(60)]))
def test_a_point_written_in_seconds_is_the_frame_it_means(frame: int, rate: Rate) -> None:
    """A frame's own time, to the microsecond that can be written, is closer to it than to any other."""
    seconds = Fraction(frame) / rate.fraction
    assert point(f"{float(seconds):.6f}", rate) == frame
    assert point(f"{frame}f", rate) == frame
