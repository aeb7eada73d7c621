"""Text is broken, balanced, shortened and drawn without losing anything."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from seedgen.media.lettering import (
    Weight,
    draw_lines,
    limit,
    line_height,
    load_font,
    printable,
    shorten,
    text_width,
    wrap,
)

FONT = load_font(Weight.MEDIUM, 24)
PROMPT = (
    "A sneaker turns slowly on a wet black mirror, soft pink rim light from the left, "
    "the laces settle, 85 mm, shallow depth of field."
)


def test_every_word_is_kept_in_order_and_every_line_fits() -> None:
    """Wrapping only changes where lines end."""
    lines = wrap(PROMPT, FONT, 420)
    assert " ".join(lines) == PROMPT
    assert max(text_width(line, FONT) for line in lines) <= 420


def test_the_last_line_is_not_a_lone_word() -> None:
    """Lines are balanced: a last line is at least half as long as the longest."""
    for width in range(300, 700, 7):
        widths = [text_width(line, FONT) for line in wrap(PROMPT, FONT, width)]
        assert widths[-1] * 2 >= max(widths), width


def test_balancing_takes_no_further_line() -> None:
    """A text that fits on two full lines stays on two."""
    width = text_width(PROMPT, FONT) // 2 + 60
    assert len(wrap(PROMPT, FONT, width)) == 2


def test_newlines_stand() -> None:
    """An author's own line ends and empty lines are kept; runs of spaces become one."""
    assert wrap("one\r\n\r\ntwo   three\tfour", FONT, 400) == ["one", "", "two three four"]


def test_a_no_break_space_glues() -> None:
    """A number and its unit, joined with a no-break space, are not torn apart."""
    narrow = text_width("depth 85\u00a0mm", FONT) - 1
    assert wrap("depth 85\u00a0mm", FONT, narrow) == ["depth", "85\u00a0mm"]


@pytest.mark.parametrize("word", ["x" * 200, "https://example.com/" + "very-long/" * 12, "日本語" * 40])
def test_a_word_longer_than_a_line_is_broken(word: str) -> None:
    """Broken pieces fit and together are the word, as far as Inter can show it."""
    lines = wrap(word, FONT, 200)
    assert "".join(lines) == printable(word)
    assert max(text_width(line, FONT) for line in lines) <= 200


def test_a_line_narrower_than_a_letter_still_ends() -> None:
    """With no room at all each letter stands alone, and nothing is lost."""
    assert wrap("abc", FONT, 1) == ["a", "b", "c"]


@pytest.mark.parametrize("text", ["", "  ", "\n\n", "\u200b\ufeff"])
def test_nothing_to_see_is_no_lines(text: str) -> None:
    """A text without a visible character has no lines."""
    assert wrap(text, FONT, 300) == []


def test_what_inter_lacks_is_a_box() -> None:
    """Missing characters are shown as boxes, invisible ones are dropped, accents are composed."""
    assert printable("e\u0301 ž ψ Ж") == "é ž ψ Ж"
    assert printable("東京") == "□□"
    assert printable("😀👍🏽!") == "□□!"
    assert printable("a\u200db\ufe0f\x07\ud800") == "ab□□"


def test_shorten_keeps_what_fits_and_says_so() -> None:
    """A line that is too long ends with an ellipsis at a word's end; one that fits is untouched."""
    short = shorten(PROMPT, FONT, 300)
    assert text_width(short, FONT) <= 300
    assert short.endswith("…")
    assert PROMPT.startswith(short[:-1] + " ")
    assert shorten("as it is", FONT, 300) == "as it is"


def test_limit_cuts_with_an_ellipsis() -> None:
    """Lines beyond the most allowed go, and the last one kept says so within the width."""
    lines = wrap(PROMPT, FONT, 300)
    kept = limit(lines, 2, FONT, 300)
    assert kept[0] == lines[0]
    assert kept[1].endswith("…")
    assert text_width(kept[1], FONT) <= 300
    assert limit(lines, len(lines), FONT, 300) == lines


def test_drawn_lines_stay_within_their_block() -> None:
    """Ink lies between the left edge and the width, from the top to the y that is returned."""
    page = Image.new("L", (500, 300), 0)
    lines = wrap(PROMPT, FONT, 400)
    bottom = draw_lines(ImageDraw.Draw(page), lines, left=50, top=40, font=FONT, ink="white", centred_in=400)
    assert bottom == 40 + len(lines) * line_height(FONT)
    left, top, right, low = page.getbbox() or (0, 0, 0, 0)
    assert left >= 49
    assert right <= 451
    assert top >= 40
    assert low <= bottom


def test_capitals_are_centred_in_their_line() -> None:
    """As much room above a capital as below its baseline, to a pixel: padding looks even."""
    page = Image.new("L", (100, 100), 0)
    draw_lines(ImageDraw.Draw(page), ["H"], left=10, top=20, font=FONT, ink="white")
    _, top, _, low = page.getbbox() or (0, 0, 0, 0)
    assert abs((top - 20) - (20 + line_height(FONT) - low)) <= 1
