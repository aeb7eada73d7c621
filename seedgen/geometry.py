"""Picture sizes: a frame's width and height in pixels, and how one fits into another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache

_RATIO = re.compile(r"([1-9][0-9]{0,3}):([1-9][0-9]{0,3})")
_SIZE = re.compile(r"([1-9][0-9]{0,4})x([1-9][0-9]{0,4})")


class Fit(StrEnum):
    """How a picture of another shape is put into a frame: whole with bars, or cropped to fill."""

    CONTAIN = "contain"
    COVER = "cover"


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @classmethod
    def parse(cls, text: str) -> Size:
        """Read `1280x720`. Raises ValueError for anything else."""
        if match := _SIZE.fullmatch(text):
            return cls(int(match[1]), int(match[2]))
        raise ValueError(f"{text!r} is not a size like 1280x720")

    @property
    def ratio(self) -> Fraction:
        """Width over height."""
        return Fraction(self.width, self.height)

    def contained_in(self, frame: Size) -> Size:
        """The largest size of this shape that lies within `frame`; at least 1x1."""
        scale = min(Fraction(frame.width, self.width), Fraction(frame.height, self.height))
        return Size(max(1, round(self.width * scale)), max(1, round(self.height * scale)))

    def covering(self, frame: Size) -> Size:
        """The smallest size of this shape that covers `frame`."""
        scale = max(Fraction(frame.width, self.width), Fraction(frame.height, self.height))
        return Size(
            max(frame.width, round(self.width * scale)), max(frame.height, round(self.height * scale))
        )

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


def parse_ratio(text: str) -> Fraction:
    """Read an aspect ratio like `16:9`. Raises ValueError for anything else."""
    if match := _RATIO.fullmatch(text):
        return Fraction(int(match[1]), int(match[2]))
    raise ValueError(f"{text!r} is not an aspect ratio like 16:9")


def nearest_even(value: Fraction) -> int:
    """The even number nearest to `value`, the larger one of two, and at least 2.

    4:2:0 video has one chroma sample for two pixels each way, so sides must be even.
    """
    return max(2, 2 * int((value / 2) + Fraction(1, 2)))


@cache
def frame_size(short_side: int, ratio: Fraction) -> Size:
    """The frame whose short side is `short_side` and whose long side is the nearest even number.

    854x480 and 1280x720 for 16:9, 720x1280 for 9:16, 1680x720 for 21:9.
    """
    if ratio >= 1:
        return Size(nearest_even(short_side * ratio), short_side)
    return Size(short_side, nearest_even(short_side / ratio))
