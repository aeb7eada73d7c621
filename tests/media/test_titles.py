"""Title cards: set as a film's title is, large and in the middle, whatever the words."""

from __future__ import annotations

import pytest
from PIL import Image, ImageChops

from seedgen.geometry import Size
from seedgen.media.kerning import kerned
from seedgen.media.lettering import Weight, load_font
from seedgen.media.slates import draw_card
from seedgen.ports.segments import CardSegment, CardStyle

WIDE, UPRIGHT = Size(1280, 720), Size(720, 1280)
FONT = load_font(Weight.SEMIBOLD, 100)


def title(text: str, *lines: str, body: str = "", size: Size = WIDE) -> Image.Image:
    """A title card, white on black."""
    return draw_card(CardSegment(1, text, lines, body, CardStyle.TITLE), size, "#000000")


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    """Where there are letters: left, top, right, bottom."""
    box = ImageChops.difference(image, Image.new("RGB", image.size)).getbbox()
    assert box is not None
    return box


def rows(image: Image.Image) -> list[tuple[int, int]]:
    """Top and bottom of each row of letters. Letters with dots and accents would count for several."""
    grey = image.convert("L")
    inked = [
        any(value > 60 for value in grey.crop((0, y, grey.width, y + 1)).tobytes())
        for y in range(grey.height)
    ]
    starts = [y for y in range(1, len(inked)) if inked[y] and not inked[y - 1]]
    ends = [y for y in range(1, len(inked)) if inked[y - 1] and not inked[y]]
    return list(zip(starts, ends, strict=True))


@pytest.mark.parametrize("size", [WIDE, UPRIGHT, Size(854, 480)], ids=str)
@pytest.mark.parametrize("text", ["HOH", "JL", "The Sea", "“Why?”"])
def test_a_title_stands_in_the_middle(text: str, size: Size) -> None:
    """Its ink is centred to a few pixels, and a little above the middle, where it looks centred."""
    left, top, right, bottom = ink(title(text, size=size))
    assert abs((left + right) - size.width) <= 0.02 * size.width
    assert 0.4 * size.height < (top + bottom) / 2 < 0.5 * size.height


def test_few_words_are_set_larger_than_many() -> None:
    """A title of one word has letters twice as high as a title of twenty words."""
    (one,), several = rows(title("SEA")), rows(title("SEA " * 20))
    assert one[1] - one[0] >= 1.6 * (several[0][1] - several[0][0])


def test_a_title_is_as_large_for_the_short_side_in_every_format() -> None:
    """Upright and landscape give the same letters to the same short title."""
    wide, upright = ink(title("SEA")), ink(title("SEA", size=UPRIGHT))
    assert wide[2] - wide[0] == upright[2] - upright[0]
    assert wide[3] - wide[1] == upright[3] - upright[1]


def test_a_long_title_is_broken_into_even_lines() -> None:
    """Neither line is less than two thirds of the other: no lone word below."""
    image = title("NORTH OF NOWHERE SOUTH OF HOME")
    (first, second) = rows(image)
    widths = []
    for top, bottom in (first, second):
        left, _, right, _ = ink(image.crop((0, top, image.width, bottom)))
        widths.append(right - left)
    assert min(widths) * 3 >= max(widths) * 2


def test_a_long_word_becomes_smaller_before_it_is_broken() -> None:
    """A compound of 30 letters stays in one piece in an upright frame."""
    assert len(rows(title("DONAUDAMPFSCHIFFFAHRTSKUNDE", size=UPRIGHT))) == 1


def test_a_soft_hyphen_says_where_a_word_may_be_broken() -> None:
    """With one, the word is set in two lines and larger than without."""
    whole = rows(title("DONAUDAMPFSCHIFFFAHRTSKUNDE", size=UPRIGHT))
    broken = rows(title("DONAUDAMPF\u00adSCHIFFFAHRTSKUNDE", size=UPRIGHT))
    assert len(broken) == 2
    assert broken[0][1] - broken[0][0] > whole[0][1] - whole[0][0]


def test_lines_stand_below_the_title_smaller_and_quieter() -> None:
    """Each line has a row of its own, and its ink is not as bright."""
    image = title("SEA", "ONE", "TWO")
    large, first, second = rows(image)
    assert large[1] - large[0] >= 2 * (first[1] - first[0])
    assert abs((first[1] - first[0]) - (second[1] - second[0])) <= 1
    bright, quiet = (
        max(image.convert("L").crop((0, row[0], 1280, row[1])).tobytes()) for row in (large, first)
    )
    assert bright > quiet


def test_more_lines_than_there_is_room_for_are_cut() -> None:
    """A hundred lines stay in the frame, and title and lines do not touch."""
    image = title("SEA", *["CREDIT"] * 100)
    found = rows(image)
    assert 8 <= len(found) - 1 < 100
    assert found[-1][1] < 0.95 * image.height


def test_a_title_card_shows_no_body() -> None:
    """A prompt has no place in a film's title."""
    assert title("SEA", body="Words.").tobytes() == title("SEA").tobytes()


def test_accents_are_the_same_composed_or_not() -> None:
    """Text from a Mac often comes decomposed."""
    assert title("Zoe\u0308, A\u030angstro\u0308m").tobytes() == title("Zoë, Ångström").tobytes()


def test_pairs_with_a_gap_between_them_are_drawn_closer() -> None:
    """Inter moves `To` and `AV` together by more than 0.05 em, and `HH` not at all."""
    for pair, least in (("To", 5), ("AV", 5), ("HH", 0)):
        (_, start), (_, second) = kerned(pair, FONT)
        assert start == 0
        closer = FONT.getlength(pair[0]) - second
        assert closer > least if least else closer == 0


def test_an_accent_keeps_clear_of_the_letter_before() -> None:
    """`Tö` is drawn less close than `To`, and still closer than unkerned."""
    plain, accented = (kerned(pair, FONT)[1][1] for pair in ("To", "Tö"))
    assert plain < accented < FONT.getlength("T")


def test_what_has_no_pair_is_set_as_it_is() -> None:
    """Boxes for missing letters, Greek, a single sign, nothing."""
    assert [place for _, place in kerned("□Ω", FONT)] == [0, FONT.getlength("□")]
    assert kerned("T", FONT) == [("T", 0)]
    assert kerned("", FONT) == []
