"""Contact sheets: every shot in its place, in its shape, however many there are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from seedgen.errors import UnreadableMedia
from seedgen.geometry import Size
from seedgen.media.sheet import PillowSheets
from seedgen.media.sheet_grid import choose_grid
from seedgen.ports.sheets import Sheet, SheetEntry
from tests.media.clips import make, picture

if TYPE_CHECKING:
    from pathlib import Path

WIDE, UPRIGHT, SQUARE = Size(1280, 720), Size(720, 1280), Size(720, 720)
PROMPT = "Front view dead-on of the sneaker on a wet black floor, soft pink rim lighting. " * 6


def sheet_of(count: int, shape: Size = WIDE, clip: Path | None = None, prompt: str = "Words.") -> Sheet:
    """A sheet of so many shots that all show one clip, or none."""
    entries = [SheetEntry(clip, f"{n * 10:03}", "take 1 · 0:05", prompt) for n in range(1, count + 1)]
    return Sheet("sneaker-launch / main", f"{count} shots · 0:40", shape, entries)


def drawn(sheet: Sheet, folder: Path) -> Image.Image:
    """The sheet as drawn."""
    PillowSheets().draw(sheet, folder / "sheet.png")
    with Image.open(folder / "sheet.png") as image:
        return image.convert("RGB")


@pytest.mark.parametrize(
    ("shape", "count", "columns"),
    [
        (WIDE, 1, 1),
        (WIDE, 2, 2),
        (WIDE, 6, 3),
        (WIDE, 12, 4),
        (SQUARE, 8, 4),
        (UPRIGHT, 4, 4),
        (UPRIGHT, 10, 5),
        (UPRIGHT, 12, 6),
    ],
)
def test_columns_follow_the_shape_and_the_number(shape: Size, count: int, columns: int) -> None:
    """Landscape pictures stand three or four in a row, upright ones four to six."""
    assert choose_grid(sheet_of(count, shape)).columns == columns


@pytest.mark.parametrize("shape", [WIDE, UPRIGHT, SQUARE, Size(1680, 720)], ids=str)
@pytest.mark.parametrize("count", [0, 1, 5, 37, 120, 500, 2_000])
def test_a_sheet_stays_below_8000_pixels(shape: Size, count: int) -> None:
    """Many shots make smaller cells, never an endless page; each cell lies on the page, clear of the next."""
    grid = choose_grid(sheet_of(count, shape, prompt=PROMPT))
    assert grid.page.height < 8_000
    assert grid.page.width < 8_000
    if count:
        left, top = grid.corner(count - 1)
        assert left + grid.picture.width <= grid.page.width
        assert top + grid.picture.height < grid.page.height
    assert grid.row_height > grid.picture.height


@pytest.mark.parametrize("shape", [WIDE, UPRIGHT], ids=str)
def test_a_last_page_with_few_shots_is_set_like_a_full_one(shape: Size) -> None:
    """Its pictures and columns are those of a full page of 48; only its height is less."""
    full = choose_grid(replace(sheet_of(48, shape), places=48))
    last = choose_grid(replace(sheet_of(3, shape), places=48))
    assert (last.picture, last.columns, last.page.width) == (full.picture, full.columns, full.page.width)
    assert last.page.height < full.page.height / 2


def test_prompts_on_a_full_page_can_be_read() -> None:
    """48 shots on a page: printed on A3 (297 mm wide) their letters are at least 1.9 mm type, 5.4 points."""
    grid = choose_grid(replace(sheet_of(48), places=48))
    assert grid.prompt_pixels / grid.page.width * 297 >= 1.9


def test_each_picture_stands_in_its_cell(tmp_path: Path) -> None:
    """Three clips of three colours appear in order, each filling its place."""
    entries = []
    for colour in ("0xd01010", "0x10d010", "0x1010d0"):
        clip = make(tmp_path / f"{colour}.mp4", *picture(f"drawbox=color={colour}:t=fill"))
        entries.append(SheetEntry(clip, colour, "", ""))
    sheet = Sheet("name", "", WIDE, entries)
    grid, image = choose_grid(sheet), drawn(sheet, tmp_path)
    for place, strongest in enumerate((0, 1, 2)):
        left, top = grid.corner(place)
        for x, y in ((left + 3, top + 3), (left + grid.picture.width - 4, top + grid.picture.height - 4)):
            shown = _pixel(image, x, y)
            assert shown.index(max(shown)) == strongest
            assert max(shown) > 150


def test_a_clip_of_another_shape_keeps_it(tmp_path: Path) -> None:
    """A square white clip in a landscape cell is as wide as high, with empty ground beside it."""
    clip = make(tmp_path / "clip.mp4", *picture("drawbox=color=black:t=fill", size="90x90"))
    sheet = sheet_of(1, clip=clip)
    grid, image = choose_grid(sheet), drawn(sheet, tmp_path)
    left, top = grid.corner(0)
    row = [sum(_pixel(image, left + x, top + grid.picture.height // 2)) for x in range(grid.picture.width)]
    assert abs(sum(value < 100 for value in row) - grid.picture.height) <= 2
    assert row[2] > 600
    assert row[-3] > 600


def test_a_shot_without_a_clip_has_a_quiet_place(tmp_path: Path) -> None:
    """The cell is a light plate with a few words, not a hole in the grid."""
    sheet = sheet_of(1)
    grid, image = choose_grid(sheet), drawn(sheet, tmp_path)
    left, top = grid.corner(0)
    cell = image.crop((left, top, left + grid.picture.width, top + grid.picture.height))
    colours = cell.getcolors(1 << 20)
    assert colours is not None
    count, ground = max(colours)
    assert isinstance(ground, tuple)
    assert count > 0.97 * cell.width * cell.height
    assert min(ground) > 220
    assert len(colours) > 1


def test_a_mark_is_a_small_badge_on_the_picture(tmp_path: Path) -> None:
    """The badge lies in the picture's upper left and covers less than a tenth of it."""
    plain = sheet_of(1)
    marked = Sheet(plain.heading, plain.detail, WIDE, [SheetEntry(None, "010", "", "", "ANIMATIC")])
    bare = Sheet(plain.heading, plain.detail, WIDE, [SheetEntry(None, "010", "", "")])
    with_badge, without = (drawn(sheet, tmp_path) for sheet in (marked, bare))
    changed = [
        (x, y)
        for y in range(without.height)
        for x in range(0, without.width, 4)
        if with_badge.getpixel((x, y)) != without.getpixel((x, y))
    ]
    grid = choose_grid(marked)
    left, top = grid.corner(0)
    assert changed
    assert min(x for x, _ in changed) >= left
    assert min(y for _, y in changed) >= top
    assert max(x for x, _ in changed) < left + grid.picture.width / 2
    assert len(changed) * 4 < 0.1 * grid.picture.width * grid.picture.height


def test_a_long_prompt_takes_three_lines_and_no_more(tmp_path: Path) -> None:
    """Below the third line there is paper; nothing runs into the next column."""
    sheet = sheet_of(2, prompt=PROMPT)
    grid, image = choose_grid(sheet), drawn(sheet, tmp_path)
    assert grid.prompt_lines == 3
    left, top = grid.corner(0)
    paper = _pixel(image, 0, 0)
    gutter = image.crop((left + grid.picture.width + 1, top, grid.corner(1)[0] - 1, image.height))
    assert gutter.getcolors() == [(gutter.width * gutter.height, paper)]
    below = image.crop((0, image.height - grid.margin, image.width, image.height))
    assert below.getcolors() == [(below.width * below.height, paper)]


def test_words_that_have_no_end_stay_in_their_cells(tmp_path: Path) -> None:
    """Very long names, details, marks and headings are cut, not drawn over others."""
    entry = SheetEntry(None, "n" * 400, "d" * 400, "p" * 4_000, "m" * 400)
    sheet = Sheet("h" * 900, "t" * 900, UPRIGHT, [entry] * 3)
    grid, image = choose_grid(sheet), drawn(sheet, tmp_path)
    edge = image.crop((image.width - grid.margin + 2, 0, image.width, image.height))
    assert edge.getcolors() == [(edge.width * edge.height, _pixel(image, 0, 0))]


def test_the_same_sheet_has_the_same_bytes(tmp_path: Path) -> None:
    """A sheet is reproduced byte by byte."""
    clip = make(tmp_path / "clip.mp4", *picture("drawbox=w=iw/2:color=red:t=fill"))
    sheet = sheet_of(5, clip=clip, prompt=PROMPT)
    for name in ("once.png", "again.png"):
        PillowSheets().draw(sheet, tmp_path / name)
    assert (tmp_path / "once.png").read_bytes() == (tmp_path / "again.png").read_bytes()


def test_a_clip_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    """It is named, and an earlier sheet stays as it was."""
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"nothing of the kind")
    out = tmp_path / "sheet.png"
    out.write_bytes(b"the sheet of yesterday")
    with pytest.raises(UnreadableMedia, match="broken"):
        PillowSheets().draw(sheet_of(2, clip=broken), out)
    assert out.read_bytes() == b"the sheet of yesterday"


def _pixel(image: Image.Image, x: int, y: int) -> tuple[int, int, int]:
    value = image.getpixel((x, y))
    assert isinstance(value, tuple)
    return value[0], value[1], value[2]
