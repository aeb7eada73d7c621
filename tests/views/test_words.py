"""How changes, money and counts are put for people."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.views.words import Kind, counted, dollars, estimate, lasted, price, word_diff

VOCABULARY = ("a", "red", "door,", "stands", "wide-open", "in", "sun\n")
words = st.lists(st.sampled_from(VOCABULARY), max_size=4).map(" ".join)
"""Texts of eleven words, signs and spaces at most: too short for an ellipsis."""


def parts(before: str, after: str) -> list[tuple[Kind, str]]:
    """A diff as pairs."""
    return [(piece.kind, piece.text) for piece in word_diff(before, after)]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(before=words, after=words)
def test_a_diff_tells_both_texts(before: str, after: str) -> None:
    """What is the same and what is gone make the old text, what is the same and what is new the new one."""
    diff = parts(before, after)
    assert "".join(text for kind, text in diff if kind in (Kind.SAME, Kind.GONE)) == before
    assert "".join(text for kind, text in diff if kind in (Kind.SAME, Kind.NEW)) == after
    assert (before == after) == all(kind is Kind.SAME for kind, _ in diff)


def test_one_word_is_one_change() -> None:
    """Whole words, not letters: `bare` and `tall` share an `a`."""
    same, gone, new, rest = parts("A bare wall.", "A tall wall.")
    assert (same, gone, new, rest) == (
        (Kind.SAME, "A "),
        (Kind.GONE, "bare"),
        (Kind.NEW, "tall"),
        (Kind.SAME, " wall."),
    )


def test_a_phrase_is_one_change() -> None:
    """Two words side by side that change together are shown together."""
    assert parts("in soft light", "in hard shade")[1:] == [
        (Kind.GONE, "soft light"),
        (Kind.NEW, "hard shade"),
    ]


def test_what_lies_far_from_a_change_is_left_out() -> None:
    """A hundred equal words before one that changed: an ellipsis, twelve signs, and the change."""
    far = "word " * 100
    diff = parts(far + "old", far + "new")
    assert diff[0] == (Kind.CUT, "… ")
    assert diff[1][0] is Kind.SAME
    assert len(diff[1][1].split()) == 6, "six words and the six spaces between them"
    assert diff[2:] == [(Kind.GONE, "old"), (Kind.NEW, "new")]


MONEY = [("0", "$0.00"), ("0.72", "$0.72"), ("12", "$12.00"), ("0.0042", "$0.0042"), ("1234.5", "$1234.50")]


@pytest.mark.parametrize(("amount", "shown"), MONEY)
def test_money_has_cents_and_is_never_rounded_to_nothing(amount: str, shown: str) -> None:
    """Two digits, or all of them when it is less than a cent."""
    assert dollars(Decimal(amount)) == shown


def test_an_unknown_price_is_said() -> None:
    """Alone, and beside a sum."""
    assert price(None) == "price unknown"
    assert estimate(Decimal("0.72"), 1) == "$0.72 + 1 unpriced"
    assert estimate(Decimal("0.72"), 0) == "$0.72"


LASTED = [(0.84, "0.8 s"), (12.3, "12 s"), (59.4, "59 s"), (185, "3 min 05 s"), (3660, "1 h 01 min")]


@pytest.mark.parametrize(("seconds", "shown"), LASTED)
def test_time_is_as_exact_as_it_matters(seconds: float, shown: str) -> None:
    """Tenths below ten seconds, minutes above one, hours above sixty of those."""
    assert lasted(seconds) == shown


def test_counts_agree_with_their_noun() -> None:
    """One shot, two shots, ten thousand with a separator."""
    assert [counted(n, "shot") for n in (0, 1, 2, 10_000)] == ["0 shots", "1 shot", "2 shots", "10,000 shots"]
