"""Draw a film's title: a few large words in the middle of the frame, quieter lines below them.

All measures are parts of the frame's short side, so that a title looks the same in every format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from seedgen.media.inks import ink_on, mix
from seedgen.media.kerning import kerned
from seedgen.media.lettering import (
    Weight,
    baseline,
    limit,
    line_height,
    load_font,
    text_width,
    words,
    wrap,
    wrap_facts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.geometry import Size
    from seedgen.media.inks import Colour
    from seedgen.media.lettering import Font
    from seedgen.ports.segments import CardSegment

_MARGIN = 0.1
"""Kept free on every side: a little more than what is safe for titles (SMPTE ST 2046-1: 0.05)."""

_TITLE_SETTINGS = (
    (0.15, 1),
    (0.13, 2),
    (0.112, 3),
    (0.096, 3),
    (0.082, 4),
    (0.07, 5),
    (0.06, 5),
    (0.05, 6),
    (0.042, 6),
)
"""Type sizes with the most lines that look well in them: large type for few words."""

_TITLE_LEADING = 1.14
"""Large letters want less space between their lines than small ones."""

_LINE_SIZES = (0.046, 0.042, 0.038, 0.034)
_LINE_LEADING = 1.46
_ROWS_OF_A_LINE = 3
_MOST_LETTERS = 500
_BETWEEN = 0.062

_MIDDLE = 0.47
"""Where the block's middle stands, as a part of the height: what is centred by measure looks too low."""

_LIGHT_SIGNS = " .,:;'\"\u2018\u2019\u201a\u201c\u201d\u201e\u2039\u203a\u00ab\u00bb"
"""Signs with so little ink that a line looks centred when they hang outside."""


def draw_title(card: CardSegment, size: Size, ground: Colour) -> Image.Image:
    """The card as large as the frame. Text that does not fit ends with `…`."""
    image = Image.new("RGB", (size.width, size.height), ground)
    short = min(size.width, size.height)
    width, room = (round(side * (1 - 2 * _MARGIN)) for side in (size.width, size.height))
    large, title = _title(card.title[:_MOST_LETTERS], short, width, room)
    between = round(_BETWEEN * short) if title and card.lines else 0
    left_over = room - _height(title, large, _TITLE_LEADING) - between
    small, lines = _lines(card.lines, short, width, left_over)
    top = round(size.height * _MIDDLE - (room - left_over + _height(lines, small, _LINE_LEADING)) / 2)
    top = max(top, (size.height - room) // 2)
    draw = ImageDraw.Draw(image)
    ink = ink_on(ground)
    below = _draw_centred(draw, title, size.width, top, large, _TITLE_LEADING, ink)
    _draw_centred(draw, lines, size.width, below + between, small, _LINE_LEADING, mix(ink, ground, 0.68))
    return image


def _title(text: str, short: int, width: int, room: int) -> tuple[Font, Sequence[str]]:
    """The title in the largest type that takes few enough lines and breaks no word."""
    for part, most in _TITLE_SETTINGS:
        font = load_font(Weight.SEMIBOLD, round(part * short))
        lines = wrap(text, font, width)
        fitting = min(most, max(1, room // line_height(font, _TITLE_LEADING)))
        if len(lines) <= fitting and all(text_width(word, font) <= width for word in words(text)):
            break
    return font, limit(lines, fitting, font, width)


def _lines(texts: Sequence[str], short: int, width: int, room: int) -> tuple[Font, Sequence[str]]:
    """The lines in the largest type in which they fit, else in the smallest and cut."""
    for part in _LINE_SIZES:
        font = load_font(Weight.MEDIUM, round(part * short))
        rows = [
            row
            for text in texts
            for row in wrap_facts(text[:_MOST_LETTERS], font, width, _ROWS_OF_A_LINE) or [""]
        ]
        most = max(0, room // line_height(font, _LINE_LEADING))
        if len(rows) <= most:
            break
    return font, limit(rows, most, font, width) if most else []


def _height(rows: Sequence[str], font: Font, leading: float) -> int:
    return len(rows) * line_height(font, leading)


def _draw_centred(
    draw: ImageDraw.ImageDraw,
    rows: Sequence[str],
    width: int,
    top: int,
    font: Font,
    leading: float,
    ink: Colour,
) -> int:
    """Draw rows downwards from `top`, each in the middle of `width`, and return the y below the last."""
    for row in rows:
        signs = kerned(row, font)
        start = _start(signs, font, width)
        for sign, place in signs:
            where = (round(start + place), baseline(top, font, leading))
            draw.text(where, sign, font=font, fill=ink, anchor="ls")
        top += line_height(font, leading)
    return top


def _start(signs: Sequence[tuple[str, float]], font: Font, width: int) -> float:
    """Where a row begins, so that the ink of its letters is in the middle."""
    heavy = [(sign, place) for sign, place in signs if sign not in _LIGHT_SIGNS] or signs
    if not heavy:
        return 0
    (first, start), (last, end) = heavy[0], heavy[-1]
    left = start + font.getbbox(first, anchor="ls")[0]
    right = end + font.getbbox(last, anchor="ls")[2]
    return (width - left - right) / 2
