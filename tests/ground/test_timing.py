"""Time in frames at rational rates: nothing drifts, however long the reel."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.timing import Rate, timecode

NTSC_24, NTSC_30 = Rate(24000, 1001), Rate(30000, 1001)

RATES = [
    ("24", Rate(24)),
    ("25/1", Rate(25)),
    ("30000/1001", NTSC_30),
    ("60000/2002", NTSC_30),
    ("23.976", NTSC_24),
    ("23.98", NTSC_24),
    ("29.97", NTSC_30),
    ("59.94", Rate(60000, 1001)),
    ("24.0", Rate(24)),
    ("12.5", Rate(25, 2)),
    ("18257999/811467", Rate(18257999, 811467)),
]


@pytest.mark.parametrize(("text", "rate"), RATES)
def test_a_rate_is_read_exactly(text: str, rate: Rate) -> None:
    """What people write as 29.97 is 30000/1001; a plain decimal is itself; fractions are in lowest terms."""
    assert Rate.parse(text) == rate


@pytest.mark.parametrize("text", ["", "0", "0/1", "24/0", "-24", "24fps", "24/1/1", "1e3", " 24", "24\n"])
def test_what_is_not_a_rate_is_refused(text: str) -> None:
    """The message shows some that are."""
    with pytest.raises(ValueError, match=r"like 24, 29\.97 or 30000/1001"):
        Rate.parse(text)


SOME = st.sampled_from([Rate(24), Rate(25), NTSC_24, NTSC_30, Rate(60), Rate(25, 2)])
FRAMES = st.integers(0, 10_000_000)


@settings(deadline=None, max_examples=100, derandomize=True)
@given(SOME, FRAMES)
def test_frames_to_seconds_and_back_is_exact(rate: Rate, frames: int) -> None:
    """Ten million frames, four days and more, come back to the frame."""
    assert rate.count(rate.seconds(frames)) == frames
    assert Rate.parse(str(rate)) == rate


def test_half_a_frame_rounds_up() -> None:
    """At 25 a second a frame lasts 0.04 s: 0.06 s is one and a half."""
    assert Rate(25).count(Fraction("0.06")) == 2
    assert Rate(25).count(Fraction("0.0599")) == 1


def test_five_frames_of_ntsc_are_8008_samples() -> None:
    """A frame of 30000/1001 at 48 kHz is 1601.6 samples, so shares differ and five frames are whole again."""
    counted = [NTSC_30.samples(frames) for frames in range(6)]
    # 0, 1601.6, 3203.2, 4804.8, 6406.4, 8008: rounded.
    assert counted == [0, 1602, 3203, 4805, 6406, 8008]
    assert {later - earlier for earlier, later in pairwise(counted)} == {1601, 1602}


@settings(deadline=None, max_examples=100, derandomize=True)
@given(SOME, st.lists(st.integers(1, 500), max_size=30))
def test_samples_counted_from_the_start_never_drift(rate: Rate, shots: list[int]) -> None:
    """The shares of all shots make up the sound of the whole, within half a sample of the exact time."""
    total = sum(shots)
    ends = [sum(shots[:n]) for n in range(len(shots) + 1)]
    shares = [rate.samples(later) - rate.samples(earlier) for earlier, later in pairwise(ends)]
    assert sum(shares) == rate.samples(total)
    assert abs(rate.samples(total) - rate.seconds(total) * 48_000) <= Fraction(1, 2)


@pytest.mark.parametrize(
    ("frame", "rate", "text"),
    [
        (0, Rate(24), "00:00:00:00"),
        (23, Rate(24), "00:00:00:23"),
        (24, Rate(24), "00:00:01:00"),
        (86_399, Rate(24), "00:59:59:23"),  # one before 3600 s of 24
        (86_400, Rate(24), "01:00:00:00"),
        (30, NTSC_30, "00:00:01:00"),  # non-drop counts 30 to a second
    ],
)
def test_timecode_counts_at_the_whole_rate(frame: int, rate: Rate, text: str) -> None:
    """HH:MM:SS:FF, non-drop: labels of frames, not of seconds."""
    assert timecode(frame, rate) == text
