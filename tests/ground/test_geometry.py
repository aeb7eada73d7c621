"""Picture sizes: even sides, exact ratios, and nothing that leaves its frame."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.geometry import Size, frame_size, nearest_even, parse_ratio

FRAMES = [
    # DESIGN section 9 gives 854x480, 1280x720 and 1680x720; the rest by hand.
    (480, "16:9", "854x480"),  # 853.33
    (720, "16:9", "1280x720"),
    (1080, "16:9", "1920x1080"),
    (720, "21:9", "1680x720"),
    (480, "21:9", "1120x480"),
    (480, "9:16", "480x854"),
    (720, "4:3", "960x720"),
    (1080, "3:4", "1080x1440"),
    (480, "1:1", "480x480"),
]


@pytest.mark.parametrize(("short", "ratio", "size"), FRAMES)
def test_a_frame_has_its_short_side_and_the_nearest_even_long_one(short: int, ratio: str, size: str) -> None:
    """The short side is exact, the long side the nearest even number to the ratio."""
    assert str(frame_size(short, parse_ratio(ratio))) == size


@pytest.mark.parametrize(
    ("value", "even"),
    [("0", 2), ("1.9", 2), ("2.9", 2), ("3", 4), ("3.1", 4), ("853.33", 854), ("852.99", 852)],
)
def test_the_nearest_even_number_of_two_is_the_larger(value: str, even: int) -> None:
    """3 lies between 2 and 4 and becomes 4; nothing becomes less than 2."""
    assert nearest_even(Fraction(value)) == even


@pytest.mark.parametrize(
    "text", ["", "1280", "1280X720", "0x720", "1280x", " 1280x720", "1280x720\n", "-2x4"]
)
def test_what_is_not_a_size_is_refused(text: str) -> None:
    """The message shows one that is."""
    with pytest.raises(ValueError, match="like 1280x720"):
        Size.parse(text)


@pytest.mark.parametrize("text", ["", "16", "16x9", "0:9", "16:0", "16:9:4", "1.85:1"])
def test_what_is_not_a_ratio_is_refused(text: str) -> None:
    """The message shows one that is."""
    with pytest.raises(ValueError, match="like 16:9"):
        parse_ratio(text)


SIZES = st.builds(Size, st.integers(1, 8192), st.integers(1, 8192))


@settings(deadline=None, max_examples=100, derandomize=True)
@given(SIZES, SIZES)
def test_a_picture_is_contained_in_a_frame_and_covers_it(picture: Size, frame: Size) -> None:
    """Contained, no side leaves the frame and one fills it; covering, no side is short and one fits."""
    inside, outside = picture.contained_in(frame), picture.covering(frame)
    assert 1 <= inside.width <= frame.width
    assert 1 <= inside.height <= frame.height
    assert inside.width == frame.width or inside.height == frame.height
    assert outside.width >= frame.width
    assert outside.height >= frame.height
    assert outside.width == frame.width or outside.height == frame.height


@settings(deadline=None, max_examples=50, derandomize=True)
@given(SIZES)
def test_a_size_reads_back_as_it_is_written(size: Size) -> None:
    """`str` and `parse` undo each other."""
    assert Size.parse(str(size)) == size
