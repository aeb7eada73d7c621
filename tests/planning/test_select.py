"""Select: spaces unite, commas intersect, and a selection that means nothing is an error."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.errors import UsageError
from seedgen.planning.select import Selectable, in_order, matching, select

SHOTS = [
    Selectable("010", frozenset({"hero", "night"})),
    Selectable("020", frozenset({"hero"})),
    Selectable("030-en", frozenset({"end"})),
    Selectable("030-de", frozenset({"end", "night"})),
    Selectable("A.b_c", frozenset()),
]
ALL = {shot.id for shot in SHOTS}

CHOSEN: dict[str, tuple[list[str], set[str]]] = {
    "nothing asked for": ([], ALL),
    "an id": (["010"], {"010"}),
    "a glob": (["030-*"], {"030-en", "030-de"}),
    "one unknown letter": (["0?0"], {"010", "020"}),
    "a choice of letters": (["0[12]0"], {"010", "020"}),
    "everything": (["*"], ALL),
    "a tag": (["tag:hero"], {"010", "020"}),
    "a glob of tags": (["tag:n*"], {"010", "030-de"}),
    "a union within one value": (["010 tag:end"], {"010", "030-en", "030-de"}),
    "a union of values": (["010", "tag:end"], {"010", "030-en", "030-de"}),
    "an intersection": (["tag:hero,tag:night"], {"010"}),
    "an intersection in a union": (["tag:end,tag:night 020"], {"030-de", "020"}),
    "a dot is no wildcard": (["A.b_c"], {"A.b_c"}),
}


@pytest.mark.parametrize("what", CHOSEN)
def test_a_selection_chooses_just_what_it_names(what: str) -> None:
    """Ids, globs over ids and tags, united and intersected."""
    expressions, expected = CHOSEN[what]
    assert select(expressions, SHOTS) == expected


ERRORS: list[tuple[list[str], str, str]] = [
    (["011"], "no shot matches '011'", "Did you mean '010'"),
    (["tag:heros"], "no shot has the tag 'heros'", "Did you mean 'hero'?"),
    (["zzz*"], "no shot matches 'zzz*'", "There are 010, 020, 030-de, 030-en, A.b_c."),
    (["010 099"], "no shot matches '099'", "There are 010"),
    (["a.b_c"], "no shot matches 'a.b_c'", "Did you mean 'A.b_c'?"),
    (["colour:red"], "cannot select by 'colour'", "tag:NAME"),
    (["020,tag:night"], "no shot matches all of '020,tag:night'", "A comma intersects; a space unites."),
    ([","], "nothing to select in ','", "Name ids"),
    ([""], "nothing to select in an empty value", "Name ids"),
    (["010", "  "], "nothing to select in an empty value", "Name ids"),
]


@pytest.mark.parametrize(("expressions", "message", "remedy"), ERRORS)
def test_a_selection_that_matches_nothing_is_an_error(
    expressions: list[str], message: str, remedy: str
) -> None:
    """A mistyped or empty selection never quietly means nothing, and never everything."""
    with pytest.raises(UsageError) as caught:
        select(expressions, SHOTS)
    assert str(caught.value) == message
    assert remedy in caught.value.remedy


def test_a_project_without_shots_says_so() -> None:
    """There is nothing near to offer."""
    with pytest.raises(UsageError) as caught:
        matching("010", [])
    assert caught.value.remedy == "There are none."


TERMS = st.sampled_from(["010", "020", "0*", "*-en", "tag:hero", "tag:end", "tag:hero,tag:night", "*"])


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.lists(TERMS, min_size=1, max_size=4), st.lists(TERMS, min_size=1, max_size=4))
def test_a_space_unites(left: list[str], right: list[str]) -> None:
    """Union commutes, associates and repeats for nothing, in one value or in several."""
    both = select(left, SHOTS) | select(right, SHOTS)
    assert select([*left, *right], SHOTS) == both
    assert select([" ".join([*right, *left])], SHOTS) == both
    assert select([*left, *left], SHOTS) == select(left, SHOTS)


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.lists(TERMS, min_size=1, max_size=3))
def test_a_comma_intersects_in_any_order(terms: list[str]) -> None:
    """Intersection is that of the sets, whichever term comes first; an empty one is an error."""
    expected = frozenset.intersection(*(select([term], SHOTS) for term in terms))
    for order in (terms, terms[::-1]):
        if expected:
            assert select([",".join(order)], SHOTS) == expected
        else:
            with pytest.raises(UsageError):
                select([",".join(order)], SHOTS)


def test_a_reel_is_in_the_order_of_its_patterns() -> None:
    """Pattern by pattern, within a pattern as declared, each shot once."""
    ids = [shot.id for shot in SHOTS]
    found = in_order(["tag:end", "0*"], ids, lambda pattern: matching(pattern, SHOTS))
    assert found == ["030-en", "030-de", "010", "020"]
