"""Time: counted in frames at a rational rate, never in float seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

_RATIONAL = re.compile(r"([1-9][0-9]{0,11})(?:/([1-9][0-9]{0,6}))?")
"""The average rate of a clip whose frames last unequally is told in millionths: it may be long."""
_DECIMAL = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{1,3}")

_NTSC = tuple(Fraction(nominal * 1000, 1001) for nominal in (24, 30, 48, 60, 120))
"""The rates that people write as 23.976, 29.97, 47.952, 59.94 and 119.88 (SMPTE ST 12-1)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Frames per second as an exact fraction."""

    frames: int
    per_seconds: int = 1

    @classmethod
    def of(cls, value: Fraction) -> Rate:
        """The rate of a fraction, in lowest terms."""
        return cls(value.numerator, value.denominator)

    @classmethod
    def parse(cls, text: str) -> Rate:
        """Read `24`, `30000/1001`, `25/1`, or the customary `29.97`. Raises ValueError."""
        return _parsed(text)

    @property
    def fraction(self) -> Fraction:
        """Frames per second."""
        return Fraction(self.frames, self.per_seconds)

    def seconds(self, frames: int) -> Fraction:
        """How long so many frames last, in seconds."""
        return frames / self.fraction

    def count(self, seconds: Fraction) -> int:
        """The whole number of frames nearest to so many seconds; a half rounds up."""
        return int(seconds * self.fraction + Fraction(1, 2))

    def samples(self, frames: int, sample_rate: int = 48_000) -> int:
        """The audio samples beside the first `frames` frames.

        At 30000/1001 a frame lasts 1601.6 samples: count from the start of the reel and take
        differences, so that rounding never adds up.
        """
        return int(frames * sample_rate / self.fraction + Fraction(1, 2))

    def __str__(self) -> str:
        return f"{self.frames}/{self.per_seconds}"


def timecode(frame: int, rate: Rate) -> str:
    """Non-drop-frame timecode `HH:MM:SS:FF`, counting at the nominal whole rate."""
    nominal = max(1, round(rate.fraction))
    seconds, frames = divmod(frame, nominal)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}:{frames:02}"


def point(text: str, rate: Rate) -> int:
    """A cut point as a frame: `36f` is frame 36, `1.5` and `1.5s` are seconds."""
    if text.endswith("f"):
        return int(text[:-1])
    return rate.count(Fraction(text.removesuffix("s")))


@lru_cache(maxsize=256)
def _parsed(text: str) -> Rate:
    if match := _RATIONAL.fullmatch(text):
        return Rate.of(Fraction(int(match[1]), int(match[2] or 1)))
    if _DECIMAL.fullmatch(text):
        value = Fraction(text)
        exact = next((ntsc for ntsc in _NTSC if abs(ntsc - value) < Fraction(1, 200)), value)
        return Rate.of(exact)
    raise ValueError(f"{text!r} is not a frame rate like 24, 29.97 or 30000/1001")
