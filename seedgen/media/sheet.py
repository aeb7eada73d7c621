"""Draw a contact sheet: every shot's poster frame in a grid, with its name and its prompt."""

from __future__ import annotations

import secrets
import zlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from seedgen.geometry import Size
from seedgen.media.labels import draw_plate
from seedgen.media.lettering import (
    Weight,
    draw_lines,
    limit,
    line_height,
    load_font,
    shorten,
    shorten_middle,
    text_width,
    wrap,
)
from seedgen.media.pictures import scaled_down
from seedgen.media.probe import poster
from seedgen.media.sheet_grid import Grid, choose_grid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from seedgen.media.lettering import Font
    from seedgen.ports.sheets import Sheet, SheetEntry

_PAPER = (251, 251, 249)
_INK = (24, 24, 27)
_PROMPT_INK = (63, 63, 70)
_QUIET_INK = (120, 120, 128)
_HAIRLINE = (216, 216, 212)
_EMPTY = (239, 239, 235)
_EMPTY_INK = (158, 158, 154)
_BADGE = (24, 24, 27, 205)
_BADGE_INK = (255, 255, 255)
_NO_PICTURE = "No clip yet"

_LARGER = Image.Resampling.LANCZOS

_LOOSE_ENDS = " .,;:-\u2013\u2014…"

_COMPRESSION = {"compress_level": 1, "compress_type": zlib.Z_RLE}
"""Runs of one byte alone: film grain has no longer pattern to be found. A page of 48 pictures in 0.22 s
instead of 0.35 s at zlib's level 4 and 0.77 s at 6, for one and four percent more bytes."""

_READERS = 2
"""Clips read at once. Each needs some 30 MB while its picture is decoded."""


class PillowSheets:
    """Draws contact sheets with Pillow; fulfils `ports.sheets.SheetDrawer`.

    `poster_of` gives the picture that stands for a clip, RGB, read or still to be read.
    """

    def __init__(self, poster_of: Callable[[Path], Image.Image] = poster) -> None:
        self._poster_of = poster_of

    def draw(self, sheet: Sheet, out: Path) -> None:
        """Write the sheet to `out` as PNG, less than 8,000 pixels high however many shots it has.

        Same clips, same words: same bytes. It appears only when it is whole. Raises UnreadableMedia.
        """
        grid = choose_grid(sheet)
        image = Image.new("RGB", (grid.page.width, grid.page.height), _PAPER)
        _draw_heading(ImageDraw.Draw(image), sheet, grid)
        with ThreadPoolExecutor(_READERS) as readers:
            clips = (entry.clip for entry in sheet.entries)
            pictures = readers.map(lambda clip: _picture(clip, grid, self._poster_of), clips)
            for place, (entry, picture) in enumerate(zip(sheet.entries, pictures, strict=True)):
                _draw_cell(image, entry, picture, grid, place)
        draft = out.with_name(f".{out.name}.{secrets.token_hex(4)}.partial")
        try:
            image.save(draft, format="PNG", **_COMPRESSION)
            draft.replace(out)
        finally:
            draft.unlink(missing_ok=True)


def _draw_heading(draw: ImageDraw.ImageDraw, sheet: Sheet, grid: Grid) -> None:
    """The name at the left, the totals at the right on the same line, and a hairline below."""
    room = grid.page.width - 2 * grid.margin
    large = load_font(Weight.SEMIBOLD, grid.heading_pixels)
    small = load_font(Weight.MEDIUM, max(grid.heading_pixels // 2, grid.prompt_pixels))
    totals = shorten(sheet.detail, small, room // 2)
    name = shorten(sheet.heading, large, room - text_width(totals, small) - grid.heading_pixels)
    baseline = grid.margin + grid.heading_pixels
    draw.text((grid.margin, baseline), name, font=large, fill=_INK, anchor="ls")
    right = grid.page.width - grid.margin
    draw.text((right, baseline), totals, font=small, fill=_QUIET_INK, anchor="rs")
    below = baseline + round(grid.heading_pixels * 0.62)
    draw.line((grid.margin, below, right - 1, below), fill=_HAIRLINE, width=max(1, grid.heading_pixels // 30))


def _picture(clip: Path | None, grid: Grid, poster_of: Callable[[Path], Image.Image]) -> Image.Image:
    """What is shown of a clip, as large as the grid's picture; the rest of it stays empty."""
    mat = Image.new("RGB", (grid.picture.width, grid.picture.height), _EMPTY)
    if clip is None:
        font = load_font(Weight.MEDIUM, grid.prompt_pixels)
        middle = (mat.width // 2, mat.height // 2)
        ImageDraw.Draw(mat).text(middle, _NO_PICTURE, font=font, fill=_EMPTY_INK, anchor="mm")
        return mat
    shown = poster_of(clip)
    size = _nearly_filled(Size(shown.width, shown.height).contained_in(grid.picture), grid.picture)
    shown.draft("RGB", (size.width, size.height))  # a JPEG much larger than its cell is read at half its size
    is_smaller = size.width < shown.width
    scaled = scaled_down(shown, size) if is_smaller else shown.resize((size.width, size.height), _LARGER)
    mat.paste(scaled, ((mat.width - size.width) // 2, (mat.height - size.height) // 2))
    return mat


def _nearly_filled(size: Size, frame: Size) -> Size:
    """A gap of a pixel or two is rounding, as in 854x480, and would look like a mistake."""
    is_near = frame.width - size.width <= 2 and frame.height - size.height <= 2
    return frame if is_near else size


def _draw_cell(image: Image.Image, entry: SheetEntry, picture: Image.Image, grid: Grid, place: int) -> None:
    left, top = grid.corner(place)
    image.paste(picture, (left, top))
    draw = ImageDraw.Draw(image)
    box = (left - 1, top - 1, left + picture.width, top + picture.height)
    draw.rectangle(box, outline=_HAIRLINE)
    if entry.mark:
        _draw_badge(image, entry.mark, left, top, grid)
    width = grid.picture.width
    below = top + picture.height + grid.title_pixels * 2 // 3
    for text, font, ink in (
        (entry.title, load_font(Weight.SEMIBOLD, grid.title_pixels), _INK),
        (entry.detail, load_font(Weight.MEDIUM, grid.prompt_pixels), _QUIET_INK),
    ):
        line = shorten_middle(text, font, width)
        below = draw_lines(draw, [line], left=left, top=below, font=font, ink=ink)
    font = load_font(Weight.MEDIUM, grid.prompt_pixels)
    lines = _opening(entry.prompt, grid.prompt_lines, font, width)
    below += grid.prompt_pixels // 3
    draw_lines(draw, lines, left=left, top=below, font=font, ink=_PROMPT_INK)


def _opening(text: str, most: int, font: Font, width: int) -> list[str]:
    """As much of a text's beginning as goes into so many lines, with `…` when it goes on.

    Lines are made even over what is shown, not over the whole text, which would leave them short.
    """
    words = text.split()
    shown = " ".join(words)
    if text_width(shown, font) > most * width:
        words = shorten(shown, font, most * width).split()
        shown = " ".join(words)
    lines = wrap(shown, font, width)
    while len(lines) > most and len(words) > 1:
        words.pop()
        lines = wrap(" ".join(words).rstrip(_LOOSE_ENDS) + "…", font, width)
    return limit(lines, most, font, width)


def _draw_badge(image: Image.Image, mark: str, left: int, top: int, grid: Grid) -> None:
    font = load_font(Weight.SEMIBOLD, round(grid.prompt_pixels * 0.82))
    inset, padding = grid.prompt_pixels // 2, grid.prompt_pixels // 2
    text = shorten(mark, font, grid.picture.width - 2 * (inset + padding))
    size = Size(text_width(text, font) + 2 * padding, round(line_height(font) * 1.12))
    plate = draw_plate(size, max(2, grid.prompt_pixels // 4), _BADGE)
    image.paste(plate, (left + inset, top + inset), plate)
    middle = (left + inset + padding, top + inset + (size.height - line_height(font)) // 2)
    draw = ImageDraw.Draw(image)
    draw_lines(draw, [text], left=middle[0], top=middle[1], font=font, ink=_BADGE_INK)
