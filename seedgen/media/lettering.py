"""Set type: Inter at a pixel size, text broken into balanced lines, and lines drawn on a picture.

Widths and heights are pixels. A character that Inter has no glyph for is shown as `□`, so that
nothing an author wrote goes missing without a sign.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import ImageFont

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from PIL import ImageDraw

    Font = ImageFont.FreeTypeFont
    Ink = tuple[int, int, int] | tuple[int, int, int, int] | str

_FONTS = Path(__file__).resolve().parent.parent / "fonts"
_LEADING = 1.32
"""Line height over type size, as Inter is drawn for text on screens."""

_CAPITAL_HEIGHT = 0.727
"""Height of Inter's capitals over its type size (OS/2 table: 1490 of 2048)."""

_BOX = "□"
_NOT_A_CHARACTER = "\uffff"
_BREAKS = re.compile("[ \u1680\u2000-\u2006\u2008-\u200a\u205f\u3000]+")
"""Spaces at which a line may end: all but those that glue, as in `20 000`."""

_LINE_END = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)
"""Soft hyphens, joiners, direction marks, variation selectors, skin tones: without a shape of their own."""

_BALANCED_LINES = 40
"""Up to here lines are balanced; longer texts are filled greedily, where nobody sees the difference."""


class Weight(StrEnum):
    """The weights of Inter that are shipped."""

    MEDIUM = "Inter-Medium.otf"
    SEMIBOLD = "Inter-SemiBold.otf"


@lru_cache(maxsize=64)
def load_font(weight: Weight, pixels: int) -> Font:
    """Inter at a type size in pixels (its em, at least 6).

    The basic layout: what Pillow was built with does not change the picture, and Inter's contextual
    alternates, which draw the x of `16x9` as a multiplication sign and so misstate a shot's id, stay off.
    """
    layout = ImageFont.Layout.BASIC
    return ImageFont.truetype(_FONTS / weight, max(6, pixels), layout_engine=layout)


def line_height(font: Font) -> int:
    """The distance from one baseline to the next."""
    return ceil(font.size * _LEADING)


@lru_cache(maxsize=65_536)
def text_width(text: str, font: Font) -> int:
    """The width of one line, rounded up to whole pixels."""
    return ceil(font.getlength(text))


def printable(text: str) -> str:
    """The text as Inter can show it: NFC, line ends as newlines, what it lacks as boxes."""
    composed = _LINE_END.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    return "".join(
        character if character == "\n" or _has_glyph(character) else _BOX
        for character in _INVISIBLE.sub("", composed)
    )


def wrap(text: str, font: Font, width: int) -> list[str]:
    """Break text at spaces into lines no wider than `width`.

    Newlines stand; runs of spaces become one; a word too long for a line is broken, after a hyphen
    or slash where it has one. The lines of a paragraph are made as even as they can be without
    becoming more. An empty text is no lines; an empty line in the midst stays.
    """
    paragraphs = printable(text).strip().split("\n")
    if paragraphs == [""]:
        return []
    return [line for paragraph in paragraphs for line in _wrap_paragraph(paragraph, font, max(1, width))]


def shorten(text: str, font: Font, width: int) -> str:
    """The text as a single line, ended with `…` where it is wider than `width`."""
    line = " ".join(printable(text).split())
    return line if text_width(line, font) <= width else _with_ellipsis(line, font, width)


def limit(lines: Sequence[str], most: int, font: Font, width: int) -> list[str]:
    """At most so many lines; the last one kept ends with `…` when others had to go."""
    if len(lines) <= most:
        return list(lines)
    kept = list(lines[:most])
    while len(kept) > 1 and not kept[-1]:
        kept.pop()
    return [*kept[:-1], _with_ellipsis(kept[-1], font, width)]


def draw_lines(
    draw: ImageDraw.ImageDraw,
    lines: Sequence[str],
    *,
    left: int,
    top: int,
    font: Font,
    ink: Ink,
    centred_in: int = 0,
) -> int:
    """Draw wrapped lines downwards from `top` and return the y below the last one.

    They begin at `left`, or are centred in the `centred_in` pixels to the right of it. Capitals
    are centred within the line height, so equal padding above and below a block looks equal.
    """
    height = line_height(font)
    ascent = ceil(font.size * _CAPITAL_HEIGHT)
    for row, line in enumerate(lines):
        indent = (centred_in - text_width(line, font)) // 2 if centred_in else 0
        baseline = top + row * height + (height + ascent) // 2
        draw.text((left + indent, baseline), line, font=font, fill=ink, anchor="ls")
    return top + len(lines) * height


def _wrap_paragraph(paragraph: str, font: Font, width: int) -> list[str]:
    written = [word for word in _BREAKS.split(paragraph) if word]
    if not written:
        return [""]
    # Measuring is the slow part, and words come again and again.
    known = {word: font.getlength(word) for word in set(written)}
    words: list[str] = []
    for word in written:
        words += [word] if known[word] <= width else _broken(word, font, width)
    widths = [known[word] if word in known else font.getlength(word) for word in words]
    space = font.getlength(" ")
    breaks = _fill(widths, space, width)
    if 1 < len(breaks) <= _BALANCED_LINES:
        breaks = _balance(widths, space, width, len(breaks))
    return [" ".join(words[start:end]) for start, end in pairwise([*breaks, len(words)])]


def _fill(widths: Sequence[float], space: float, width: float) -> list[int]:
    """The index of the first word of each line, each line filled as far as it goes."""
    starts, used = [0], widths[0]
    for index, word in enumerate(widths[1:], start=1):
        if used + space + word <= width:
            used += space + word
        else:
            starts.append(index)
            used = word
    return starts


def _balance(widths: Sequence[float], space: float, width: int, count: int) -> list[int]:
    """Fill to the narrowest measure that still takes `count` lines: no last line of one lone word."""
    low, high = ceil(max(widths)), width
    while low < high:
        middle = (low + high) // 2
        if len(_fill(widths, space, middle)) <= count:
            high = middle
        else:
            low = middle + 1
    return _fill(widths, space, high)


def _broken(word: str, font: Font, width: int) -> Iterator[str]:
    """The word, in pieces that fit; at least one character each, however narrow the line."""
    while text_width(word, font) > width and len(word) > 1:
        end = max(1, _longest_start(word, font, width))
        seam = max(word.rfind(mark, 0, end) for mark in "-/_.,\u2013\u2014") + 1
        end = seam if seam > end // 2 else end
        yield word[:end]
        word = word[end:]
    yield word


def _longest_start(text: str, font: Font, width: float) -> int:
    """How many of the text's first characters fit."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if font.getlength(text[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    return low


def _with_ellipsis(line: str, font: Font, width: int) -> str:
    kept = line[: _longest_start(line, font, width - font.getlength("…"))]
    at_word = kept.rstrip() if kept == line or line[len(kept)] == " " else kept.rpartition(" ")[0]
    # A whole word is the better end, unless it would cost most of the line.
    kept = at_word if len(at_word) * 2 > len(kept) else kept
    return kept.rstrip(" .,;:-\u2013\u2014…") + "…"


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
        return False
    return _shape(character) != _shape(_NOT_A_CHARACTER)


def _shape(character: str) -> tuple[tuple[int, int], bytes]:
    """A character's picture: Pillow does not tell which glyphs a font has, but missing ones look alike."""
    mask = load_font(Weight.MEDIUM, 16).getmask(character)
    return mask.size, bytes(mask)
