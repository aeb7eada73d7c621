"""Choose the colours of letters by the ground they stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import ImageColor

if TYPE_CHECKING:
    Colour = tuple[int, int, int]

_DARK_INK = (20, 20, 23)
_LIGHT_INK = (244, 244, 246)
_LIGHT_GROUND = 0.18
"""Relative luminance from which black letters have the higher contrast (WCAG 2.2, contrast ratio)."""


def colour(text: str) -> Colour:
    """Red, green and blue of `#rrggbb`."""
    red, green, blue = ImageColor.getrgb(text)[:3]
    return red, green, blue


def ink_on(ground: Colour) -> Colour:
    """Near black or near white, whichever reads better on the ground."""
    return _DARK_INK if _luminance(ground) > _LIGHT_GROUND else _LIGHT_INK


def mix(ink: Colour, ground: Colour, part: float) -> Colour:
    """A colour between: `part` of the ink, the rest of the ground."""
    red, green, blue = (round(a * part + b * (1 - part)) for a, b in zip(ink, ground, strict=True))
    return red, green, blue


def _luminance(shown: Colour) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in shown)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
