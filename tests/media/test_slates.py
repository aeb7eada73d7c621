"""Cards: slates and titles stay in the frame and can be read."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from PIL import Image, ImageChops, ImageColor

from seedgen.geometry import Size
from seedgen.media.slates import draw_card
from seedgen.ports.segments import CardSegment, CardStyle

LONG = "A presenter picks up the sneaker and turns it slowly towards the camera, city lights behind. " * 20
SIZES = [Size(1280, 720), Size(854, 480), Size(480, 854), Size(720, 720), Size(160, 90)]
CARDS = {
    "a name alone": CardSegment(1, "010"),
    "all of it": CardSegment(1, "030-en-16x9", ("take 2 of 3", "6 s · 720p"), "She smiles."),
    "too much of it": CardSegment(1, "x" * 64, ("y" * 200, "z"), LONG),
    "letters that the font lacks": CardSegment(1, "🎬 010", ("東京",), "日本語 🎥 text"),
    "no spaces": CardSegment(1, "010", (), "w" * 900),
}


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
@pytest.mark.parametrize("style", CardStyle)
def test_a_card_keeps_its_margins(style: CardStyle, card: CardSegment, size: Size) -> None:
    """Whatever the text, something is drawn, and nothing outside the safe area of 90 percent."""
    image = draw_card(replace(card, style=style), size, "#14161a")
    assert image.size == (size.width, size.height)
    left, top, right, bottom = _drawn(image, "#14161a")
    assert left >= size.width * 0.05
    assert right <= size.width * 0.95
    assert top >= size.height * 0.05
    assert bottom <= size.height * 0.95


@pytest.mark.parametrize("ground", ["#000000", "#ffffff", "#808080", "#2244aa", "#ffcc00"])
@pytest.mark.parametrize("style", CardStyle)
def test_letters_stand_out_from_any_ground(style: CardStyle, ground: str) -> None:
    """The contrast of the title is at least 4.5 to 1, as WCAG 2.2 asks of text."""
    image = draw_card(CardSegment(1, "010", style=style), Size(854, 480), ground)
    paper = _luminance(ImageColor.getrgb(ground))
    colours = image.getcolors(1 << 16)
    assert colours is not None
    inks = [_luminance(colour) for _, colour in colours if isinstance(colour, tuple)]
    best = max((max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) for ink in inks)
    assert best >= 4.5


def test_letters_are_legible_at_480_lines() -> None:
    """A long paragraph is cut before its lines are set closer than 20 pixels apart."""
    image = draw_card(CardSegment(1, "010", (), LONG), Size(854, 480), "#000000").convert("L")
    width = image.width
    rows = [max(image.tobytes()[y * width : (y + 1) * width]) > 40 for y in range(image.height)]
    starts = [y for y in range(1, len(rows)) if rows[y] and not rows[y - 1]]
    assert min(later - earlier for earlier, later in pairwise(starts[2:])) >= 20


@pytest.mark.parametrize("style", CardStyle)
def test_instead_of_a_blurred_picture_there_is_a_dark_neutral_ground(style: CardStyle) -> None:
    """`background: blur` has nothing to blur behind a card: nearly black, without a cast."""
    image = draw_card(CardSegment(1, "010", style=style), Size(320, 180), "blur")
    ground = image.getpixel((0, 0))
    assert isinstance(ground, tuple)
    assert max(ground) < 32
    assert max(ground) - min(ground) <= 4


def test_a_long_id_can_be_read_to_its_end_in_a_narrow_frame() -> None:
    """64 letters, the most an id has, are not cut at 9:16: another last letter is another picture."""
    first, second = (
        draw_card(CardSegment(1, "scene-" * 10 + end), Size(480, 854), "#000000") for end in ("010a", "010b")
    )
    assert ImageChops.difference(first, second).getbbox()


def test_a_row_of_facts_is_broken_at_a_dot() -> None:
    """Two facts too long for one row look like two lines without the dot between them."""
    long = ("bytedance/seedance-2", "take 2 of 3, lock 12")
    broken = draw_card(CardSegment(1, "010", (" · ".join(long),)), Size(480, 854), "#000000")
    apart = draw_card(CardSegment(1, "010", long), Size(480, 854), "#000000")
    assert broken.tobytes() == apart.tobytes()


def test_the_same_card_is_the_same_picture() -> None:
    """Every pixel is reproduced."""
    first, second = (draw_card(CARDS["all of it"], Size(854, 480), "#000000") for _ in range(2))
    assert first.tobytes() == second.tobytes()


def _drawn(image: Image.Image, ground: str) -> tuple[int, int, int, int]:
    box = ImageChops.difference(image, Image.new("RGB", image.size, ground)).getbbox()
    assert box is not None
    return box


def _luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance by the definition of WCAG 2.2."""
    parts = [value / 255 for value in colour[:3]]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
