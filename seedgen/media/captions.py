"""Set a prompt as captions: a panel in the lower third, or large in the middle, in pages over time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from seedgen.media.lettering import (
    Weight,
    draw_lines,
    limit,
    line_height,
    load_font,
    shorten,
    text_width,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seedgen.geometry import Size
    from seedgen.media.lettering import Font
    from seedgen.timing import Rate

_MARGIN = Fraction(1, 20)
"""Safe margin on every side, as a part of that side."""

_PAGE_SECONDS = Fraction(3, 2)
_OPENING = Fraction(2, 5)
"""Of the clip, and no less, belongs to the first page: posters, taken a third into it, show how it begins."""

_MEASURE = 31
"""Longest line, in ems: some 60 characters of Inter, above which the eye loses its way back."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_PANEL = (13, 13, 16, 184)
_INK = (250, 250, 248, 255)
_NOTHING = (250, 250, 248, 0)
_SMOOTH = 4
"""Rounded corners are drawn this many times larger and reduced, as Pillow draws them jagged."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Pictures laid over the first `frames` frames at `left`, `top`, one after another.

    The first stays for `first_frames`, the others for `page_frames` each, the last to the end. All are
    RGBA and of one even size, at an even place: 4:2:0 video has one colour for two pixels.
    """

    pages: tuple[Image.Image, ...]
    left: int
    top: int
    frames: int
    first_frames: int = 0
    page_frames: int = 0

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pages[0].size


@dataclass(frozen=True, slots=True)
class _Setting:
    """Text broken into pages of lines, in a type that fits."""

    font: Font
    pages: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        """Of the longest line."""
        return max(text_width(line, self.font) for page in self.pages for line in page)

    @property
    def height(self) -> int:
        """Of the longest page."""
        return max(len(page) for page in self.pages) * line_height(self.font)


def caption(text: str, frame: Size, rate: Rate, frames: int) -> Overlay | None:
    """The caption on the lower safe margin, each page on a panel that fits it.

    None for a text without a visible character.
    """
    short = min(frame.width, frame.height)
    large, small = max(18, round(short * 0.038)), max(15, round(short * 0.031))
    padding = large * 7 // 10
    safe = int(frame.width * (1 - 2 * _MARGIN)) - 2 * padding
    setting = _set(text, ((large, 3), (small, 5)), safe, _pages_allowed(rate, frames))
    if setting is None:
        return None
    width = _even(setting.width + 2 * padding)
    height = _even(setting.height + 2 * (padding * 2 // 3))
    pages = []
    for lines in setting.pages:
        its = _Setting(setting.font, (lines,))
        across, down = _even(its.width + 2 * padding), _even(its.height + 2 * (padding * 2 // 3))
        panel = _rounded(across, down, int(setting.font.size * 0.45), _PANEL)
        _letter(panel, lines, setting.font)
        page = Image.new("RGBA", (width, height), (*_PANEL[:3], 0))
        page.paste(panel, ((width - across) // 2, height - down))
        pages.append(page)
    top = frame.height - int(frame.height * _MARGIN) - height
    left = (frame.width - width) // 4 * 2
    return Overlay(tuple(pages), left, top // 2 * 2, frames, *_turns(len(pages), frames))


def title(text: str, frame: Size, rate: Rate, frames: int) -> Overlay | None:
    """The text large in the middle, without a panel: for a frame with nothing else in it."""
    short = min(frame.width, frame.height)
    sizes = tuple((max(15, round(short * part)), rows) for part, rows in ((0.066, 5), (0.05, 7), (0.038, 10)))
    safe = int(frame.width * (1 - 4 * _MARGIN))
    setting = _set(text, sizes, safe, _pages_allowed(rate, frames))
    if setting is None:
        return None
    width, height = _even(setting.width + 4), _even(setting.height)
    pages = tuple(Image.new("RGBA", (width, height), _NOTHING) for _ in setting.pages)
    for page, lines in zip(pages, setting.pages, strict=True):
        _letter(page, lines, setting.font)
    left, top = (frame.width - width) // 4 * 2, (frame.height - height) // 4 * 2
    return Overlay(pages, left, top, frames, *_turns(len(pages), frames))


def mark(text: str, frame: Size, frames: int) -> Overlay | None:
    """A small label in the upper right corner; None for an empty one."""
    if not text.strip():
        return None
    size = max(12, round(min(frame.width, frame.height) * 0.025))
    font = load_font(Weight.SEMIBOLD, size)
    label = shorten(text, font, frame.width // 2)
    width = _even(text_width(label, font) + 2 * (size * 3 // 4))
    height = _even(size * 9 // 5)
    page = _rounded(width, height, height // 2, _PANEL)
    _letter(page, (label,), font)
    margin = round(min(frame.width, frame.height) * _MARGIN)
    return Overlay((page,), (frame.width - margin - width) // 2 * 2, margin // 2 * 2, frames)


def _set(text: str, sizes: Sequence[tuple[int, int]], safe: int, allowed: int) -> _Setting | None:
    """The first type size at which the text fits on the pages allowed; else the last, cut with `…`."""
    for pixels, rows in sizes:
        font = load_font(Weight.MEDIUM, pixels)
        width = min(safe, pixels * _MEASURE)
        lines = [line for line in wrap(text, font, width) if line]
        if lines and len(lines) <= rows * allowed:
            pages = _by_sentence(text, font, width, rows)
            return _Setting(font, tuple(pages if len(pages) <= allowed else _paged(lines, rows)))
    if not lines:
        return None
    return _Setting(font, tuple(_paged(limit(lines, rows * allowed, font, width), rows)))


def _by_sentence(text: str, font: Font, width: int, rows: int) -> list[tuple[str, ...]]:
    """Pages of whole sentences, as many as fit on each; only a sentence longer than a page is broken."""
    pages: list[tuple[str, ...]] = []
    filled: tuple[str, ...] = ()
    said = ""
    for sentence in _SENTENCE_END.split(text.strip()):
        longer = f"{said} {sentence}".strip()
        lines = tuple(line for line in wrap(longer, font, width) if line)
        if len(lines) <= rows:
            said, filled = longer, lines
            continue
        if filled:
            pages.append(filled)
        said, filled = sentence, tuple(line for line in wrap(sentence, font, width) if line)
        if len(filled) > rows:
            pages.extend(_paged(filled, rows))
            said, filled = "", ()
    return [*pages, filled] if filled else pages


def _paged(lines: Sequence[str], rows: int) -> Iterator[tuple[str, ...]]:
    """Pages of at most `rows` lines, as even as can be, the longer ones first."""
    count = ceil(len(lines) / rows)
    each, more = divmod(len(lines), count)
    begin = 0
    for index in range(count):
        end = begin + each + (index < more)
        yield tuple(lines[begin:end])
        begin = end


def _pages_allowed(rate: Rate, frames: int) -> int:
    seconds = rate.seconds(frames)
    return max(1, min(int(seconds / _PAGE_SECONDS), 1 + int((1 - _OPENING) * seconds / _PAGE_SECONDS)))


def _turns(pages: int, frames: int) -> tuple[int, int]:
    """How many frames the first page and each later one stay."""
    first = max(ceil(frames / pages), ceil(frames * _OPENING))
    return first, (frames - first) // max(1, pages - 1)


def _letter(page: Image.Image, lines: Sequence[str], font: Font) -> None:
    """Draw lines into the middle of a page; its own transparency is kept where letters are soft."""
    ink = Image.new("RGBA", page.size, _NOTHING)
    top = (page.height - len(lines) * line_height(font)) // 2
    draw_lines(ImageDraw.Draw(ink), lines, left=0, top=top, font=font, ink=_INK, centred_in=page.width)
    page.alpha_composite(ink)


def _rounded(width: int, height: int, radius: int, colour: tuple[int, int, int, int]) -> Image.Image:
    """A rounded rectangle of one colour on nothing."""
    mask = Image.new("L", (width * _SMOOTH, height * _SMOOTH), 0)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, width * _SMOOTH - 1, height * _SMOOTH - 1), radius * _SMOOTH, fill=colour[3]
    )
    page = Image.new("RGBA", (width, height), (*colour[:3], 0))
    page.putalpha(mask.reduce(_SMOOTH))
    return page


def _even(value: float) -> int:
    return 2 * ceil(value / 2)
