"""Choose a contact sheet's grid: columns by the pictures' shape and number, type by the cells' width."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from seedgen.geometry import Size
from seedgen.media.lettering import Weight, line_height, load_font, wrap

if TYPE_CHECKING:
    from seedgen.ports.sheets import Sheet

_WIDTH = 2400
"""Pixels: a page, enough for A3 at 150 dots per inch. One of twice as many took twice as long to draw
and to open, and showed no more than a screen or a printer does."""

_NARROWEST = 1700
"""Pixels: the page of a sheet with one shot, wide enough for the heading."""

_HIGHEST = 7900
"""Pixels. Not much higher, viewers and browsers begin to refuse a picture."""

_TALLEST = Fraction(29, 20)
"""Height over width that a page should not pass: a little more than a sheet of A4."""

_PROMPT_LINES = 3
_SMALLEST_CELL = 60
_MEASURED = 8
_MEASURED_LETTERS = 300
"""To know how many lines prompts take, the longest few are set, and no more of them than three lines hold."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Where things stand on a sheet, in pixels. All sizes follow from the width of a picture."""

    columns: int
    count: int
    picture: Size
    prompt_lines: int

    @property
    def title_pixels(self) -> int:
        """Type size of a shot's name."""
        return max(8, round(self.prompt_pixels * 1.22))

    @property
    def prompt_pixels(self) -> int:
        """Type size of details and prompts. In a narrow cell it is larger in proportion."""
        return max(8, round(self.picture.width / 26) + 4)

    @property
    def heading_pixels(self) -> int:
        """Type size of the heading."""
        return max(_WIDTH, self.page_width) // 48

    @property
    def margin(self) -> int:
        """Empty paper at the page's edges."""
        return _WIDTH // 25

    @property
    def gutter(self) -> int:
        """Space between columns."""
        return max(8, round(self.picture.width * 0.075))

    @property
    def page_width(self) -> int:
        """At least wide enough for a heading, however few the columns."""
        cells = self.columns * (self.picture.width + self.gutter) - self.gutter
        return max(_NARROWEST, 2 * self.margin + cells)

    @property
    def top(self) -> int:
        """Where the first row begins."""
        return self.margin + round(self.heading_pixels * 2.7)

    @property
    def row_height(self) -> int:
        """From one row's top to the next one's."""
        title = line_height(load_font(Weight.SEMIBOLD, self.title_pixels))
        line = line_height(load_font(Weight.MEDIUM, self.prompt_pixels))
        words = self.title_pixels * 2 // 3 + title + line * (1 + self.prompt_lines) + self.prompt_pixels // 3
        return self.picture.height + words + self.gap

    @property
    def gap(self) -> int:
        """Space between a row's words and the next row's pictures."""
        return round(self.title_pixels * 2.2)

    @property
    def page(self) -> Size:
        """The whole sheet."""
        rows = ceil(self.count / self.columns)
        return Size(
            self.page_width, self.top + rows * self.row_height - min(rows, 1) * self.gap + self.margin
        )

    def corner(self, place: int) -> tuple[int, int]:
        """The upper left corner of the picture at a place, counted from 0 along the rows."""
        row, column = divmod(place, self.columns)
        return (
            self.margin + column * (self.picture.width + self.gutter),
            self.top + row * self.row_height,
        )


def choose_grid(sheet: Sheet) -> Grid:
    """The grid for a page.

    Few shots get three large columns, more get up to six, by shape. Beyond that there are more columns,
    of smaller cells, so that the page stays as wide and no higher than a sheet of paper. A page that is
    not full has the columns and the cells of a full one.
    """
    count = max(len(sheet.entries), sheet.places)
    usual = _usual_columns(sheet.shape.ratio, count)
    gutters = Fraction(75, 1000) * (usual - 1)
    width = int(_WIDTH * Fraction(92, 100) / (usual + gutters))
    grid = Grid(max(1, min(usual, count)), count, _picture(width, sheet.shape), _PROMPT_LINES)
    grid = replace(grid, prompt_lines=_most_lines(sheet, grid))
    while grid.columns < count and grid.page.height > _TALLEST * grid.page.width:
        grid = _as_wide(replace(grid, columns=grid.columns + 1), sheet.shape)
    while grid.page.height > _HIGHEST and grid.picture.width > _SMALLEST_CELL:
        grid = replace(grid, picture=_picture(grid.picture.width * 39 // 40, sheet.shape))
    return replace(grid, count=len(sheet.entries))


def _as_wide(grid: Grid, shape: Size) -> Grid:
    """The grid with cells so small that the page is no wider than others."""
    while grid.page_width > _WIDTH and grid.picture.width > _SMALLEST_CELL:
        grid = replace(grid, picture=_picture(grid.picture.width * 39 // 40, shape))
    return grid


def _usual_columns(ratio: Fraction, count: int) -> int:
    if ratio > Fraction(6, 5):
        return 3 if count <= 9 else 4
    if ratio > Fraction(4, 5):
        return 4 if count <= 12 else 5
    return 4 if count <= 4 else 5 if count <= 10 else 6


def _picture(width: int, shape: Size) -> Size:
    return Size(width, max(1, round(width / shape.ratio)))


def _most_lines(sheet: Sheet, grid: Grid) -> int:
    """No more lines are kept free than the longest prompt needs."""
    font = load_font(Weight.MEDIUM, grid.prompt_pixels)
    longest = sorted((entry.prompt for entry in sheet.entries), key=len)[-_MEASURED:]
    lines = (len(wrap(prompt[:_MEASURED_LETTERS], font, grid.picture.width)) for prompt in longest)
    return min(_PROMPT_LINES, max(lines, default=0))
