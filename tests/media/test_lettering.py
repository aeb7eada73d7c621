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
    missing_letters,
    printable,
    shorten,
    shorten_middle,
    text_width,
    wrap,
    wrap_facts,
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


@pytest.mark.parametrize("word", ["1" * 200, "https://example.com/" + "very-long/" * 12, "日本語" * 40])
def test_a_word_longer_than_a_line_is_broken(word: str) -> None:
    """Broken pieces fit and together are the word, as far as Inter can show it."""
    lines = wrap(word, FONT, 200)
    assert "".join(lines) == printable(word)
    assert max(text_width(line, FONT) for line in lines) <= 200


def test_a_word_broken_between_letters_gets_a_hyphen() -> None:
    """Every piece but the last ends with one and fits; without them the word is whole."""
    word = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
    lines = wrap(word, FONT, 200)
    assert len(lines) > 2
    assert all(line.endswith("-") for line in lines[:-1])
    assert "".join(line.removesuffix("-") for line in lines) == word
    assert max(text_width(line, FONT) for line in lines) <= 200


@pytest.mark.parametrize(
    ("word", "whole", "rest"),
    [
        ("Gesellschaft", "Gesells-", "schaft"),
        ("Kapitän", "Kapit-", "tän"),
        ("photography", "photograp-", "phy"),
    ],
)
def test_a_hyphen_stands_where_a_syllable_may_end(word: str, whole: str, rest: str) -> None:
    """Not before a lone vowel, nor within `sch` or `ph`, though there was room for `whole`."""
    lines = wrap(word, FONT, text_width(whole, FONT))
    assert lines == [word.removesuffix(rest) + "-", rest]


def test_a_soft_hyphen_is_seen_only_where_a_line_ends() -> None:
    """A word that fits shows none; one that does not is broken there, with as much as fits on each line."""
    word = "Donau\u00addampf\u00adschiff\u00adfahrt"
    assert wrap(word, FONT, 400) == ["Donaudampfschifffahrt"]
    assert wrap(word, FONT, text_width("Donaudampf-", FONT) + 1) == ["Donaudampf-", "schifffahrt"]
    assert wrap(word, FONT, text_width("Donau-", FONT) + 8) == ["Donau-", "dampf-", "schiff-", "fahrt"]


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


def test_missing_letters_are_named_once() -> None:
    """Each character without a glyph, in order; neither what is invisible nor a control character."""
    assert missing_letters("東京 Tōkyō 東 🎬\u200d\ufe0f\n\x07") == "東京🎬"
    assert missing_letters("Zoe\u0308, Żółw, Ångström, Việt, Ωμέγα, Жизнь, 5 €, “ja” \u2013 ½ …") == ""


def test_exactly_the_missing_letters_become_boxes() -> None:
    """What `missing_letters` names and what is shown as a box are the same."""
    for character in "éβЖאبกकあ中한😀→∑":
        assert (printable(character) == "□") == (missing_letters(character) == character)


def test_a_name_is_shortened_in_its_middle() -> None:
    """Ids of a matrix differ at their ends, so both ends stay; what fits is untouched."""
    name = "scene-004-sneaker-on-wet-black-mirror-de-16x9"
    short = shorten_middle(name, FONT, 300)
    start, end = short.split("…")
    assert name.startswith(start)
    assert name.endswith(end)
    assert min(len(start), len(end)) >= 8
    assert text_width(short, FONT) <= 300
    assert shorten_middle("as it is", FONT, 300) == "as it is"


def test_a_dot_between_facts_never_begins_or_ends_a_row() -> None:
    """Where the row ends the dot goes; elsewhere it stays."""
    facts = "take 2  ·  lock 12  ·  a1b2c3d"
    assert wrap_facts(facts, FONT, 1000, 2) == ["take\u00a02\u00a0· lock\u00a012\u00a0· a1b2c3d"]
    narrow = text_width("take 2 · lock 12 ·", FONT) + 2
    assert wrap_facts(facts, FONT, narrow, 2) == ["take\u00a02\u00a0· lock\u00a012", "a1b2c3d"]


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
