"""Set type: Inter at a pixel size, text broken into balanced lines, and lines drawn on a picture.

Widths and heights are pixels. Inter has all of Latin, Greek and Cyrillic. A character that it has no
glyph for (Arabic, Hebrew, Indic, Chinese, Japanese, Korean, emoji) is shown as `□`, so that nothing an
author wrote goes missing without a sign; `missing_letters` names them.
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

from seedgen.media.hyphens import SOFT_HYPHEN, broken, longest_start

if TYPE_CHECKING:
    from collections.abc import Sequence

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
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]")
"""Joiners, direction marks, variation selectors, skin tones: without a shape of their own."""

_DOT = re.compile(r"\s+·\s+")
_LOOSE = " .,;:-\u2013\u2014…·"
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


def line_height(font: Font, leading: float = _LEADING) -> int:
    """The distance from one baseline to the next: `leading` times the type size."""
    return ceil(font.size * leading)


def baseline(top: int, font: Font, leading: float = _LEADING) -> int:
    """Where letters stand in a line that begins at `top`: their capitals are in the line's middle."""
    return top + (line_height(font, leading) + ceil(font.size * _CAPITAL_HEIGHT)) // 2


@lru_cache(maxsize=65_536)
def text_width(text: str, font: Font) -> int:
    """The width of one line, rounded up to whole pixels."""
    return ceil(font.getlength(text))


def printable(text: str) -> str:
    """The text as Inter can show it: NFC, line ends as newlines, what it lacks as boxes."""
    return _with_soft_hyphens(text).replace(SOFT_HYPHEN, "")


def missing_letters(text: str) -> str:
    """The characters of a text that are shown as `□`, each once, in the order in which they come."""
    shown = dict.fromkeys(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)))
    kinds = ("Cc", "Cs", "Zl", "Zp")
    return "".join(one for one in shown if unicodedata.category(one) not in kinds and not _has_glyph(one))


def wrap(text: str, font: Font, width: int) -> list[str]:
    """Break text at spaces into lines no wider than `width`.

    Newlines stand; runs of spaces become one. A word too long for a line is broken: at a soft hyphen,
    after a hyphen or slash, else anywhere, with a hyphen between two letters. The lines of a paragraph
    are made as even as they can be without becoming more. An empty text is no lines; an empty line in
    the midst stays.
    """
    paragraphs = _with_soft_hyphens(text).strip().strip(SOFT_HYPHEN).split("\n")
    if paragraphs == [""]:
        return []
    return [line for paragraph in paragraphs for line in _wrap_paragraph(paragraph, font, max(1, width))]


def words(text: str) -> list[str]:
    """The words of a text as they are shown, and of those with soft hyphens the parts."""
    shown = _with_soft_hyphens(text).replace("\n", " ").replace(SOFT_HYPHEN, "- ")
    return [word for word in _BREAKS.split(shown) if word]


def shorten(text: str, font: Font, width: int) -> str:
    """The text as a single line, ended with `…` where it is wider than `width`."""
    line = " ".join(printable(text).split())
    return line if text_width(line, font) <= width else _with_ellipsis(line, font, width)


def shorten_middle(text: str, font: Font, width: int) -> str:
    """The text as a single line; where it is too wide, `…` stands in its middle.

    For names and ids, which differ at their ends.
    """
    line = " ".join(printable(text).split())
    if text_width(line, font) <= width:
        return line
    room = width - font.getlength("…")
    start = line[: longest_start(line, font, room * 0.55)]
    rest = room - font.getlength(start)
    end = line[::-1][: longest_start(line[::-1], font, rest)][::-1]
    return f"{start.rstrip(_LOOSE)}…{end.lstrip(_LOOSE)}"


def wrap_facts(text: str, font: Font, width: int, most: int) -> list[str]:
    """Break a line of facts with dots between them (`take 2 · lock 12`) into at most so many rows.

    A fact is broken only when it is wider than a row; a dot never begins or ends one.
    """
    facts = (" ".join(printable(fact).split()) for fact in _DOT.split(text.strip()))
    whole = (fact.replace(" ", "\u00a0") if text_width(fact, font) <= width else fact for fact in facts)
    glued = "\u00a0· ".join(whole)
    return [row.rstrip("\u00a0·") for row in limit(wrap(glued, font, width), most, font, width)]


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
    for line in lines:
        indent = (centred_in - text_width(line, font)) // 2 if centred_in else 0
        draw.text((left + indent, baseline(top, font)), line, font=font, fill=ink, anchor="ls")
        top += line_height(font)
    return top


def _wrap_paragraph(paragraph: str, font: Font, width: int) -> list[str]:
    written = [word for word in _BREAKS.split(paragraph) if word]
    if not written:
        return [""]
    # Measuring is the slow part, and words come again and again.
    known = {word: font.getlength(word.replace(SOFT_HYPHEN, "")) for word in set(written)}
    words: list[str] = []
    for word in written:
        whole = word.replace(SOFT_HYPHEN, "")
        words += [whole] if known[word] <= width else broken(word, font, width)
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


def _with_ellipsis(line: str, font: Font, width: int) -> str:
    kept = line[: longest_start(line, font, width - font.getlength("…"))]
    at_word = kept.rstrip() if kept == line or line[len(kept)] == " " else kept.rpartition(" ")[0]
    # A whole word is the better end, unless it would cost most of the line.
    kept = at_word if len(at_word) * 2 > len(kept) else kept
    return kept.rstrip(_LOOSE) + "…"


def _with_soft_hyphens(text: str) -> str:
    """The text as Inter can show it, with the soft hyphens, which are seen only where a line ends."""
    composed = _LINE_END.sub("\n", unicodedata.normalize("NFC", text)).replace("\t", " ")
    return "".join(
        character if character in "\n\u00ad" or _has_glyph(character) else _BOX
        for character in _INVISIBLE.sub("", composed)
    )


@lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    if unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn"):
        return False
    return _shape(character) != _shape(_NOT_A_CHARACTER)


def _shape(character: str) -> tuple[tuple[int, int], bytes]:
    """A character's picture: Pillow does not tell which glyphs a font has, but missing ones look alike."""
    mask = load_font(Weight.MEDIUM, 16).getmask(character)
    return mask.size, bytes(mask)
