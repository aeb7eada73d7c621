"""Select: spaces unite, commas intersect, `+` follows chains, and what means nothing is an error."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.errors import UsageError
from seedgen.planning.select import Beyond, Kind, Selectable, closure, in_order, kinds, matching, select

SHOTS = [
    Selectable("010", frozenset({"hero", "night"})),
    Selectable("020", frozenset({"hero"})),
    Selectable("030-en", frozenset({"end"})),
    Selectable("030-de", frozenset({"end", "night"})),
    Selectable("A.b_c", frozenset(), {"light": "late sun"}),
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
    (
        ["light=late"],
        "no shot has 'late' for 'light'",
        'A value with a space goes into quotes: light="late sun".',
    ),
    (['light="late sun'], "a quote is not closed in '\"late'", 'city="New York"'),
    (["tag:hero -020"], "nothing is left out by '-020'", "`--exclude 020`"),
    (["!tag:end"], "nothing is left out by '!tag:end'", "`--exclude tag:end`"),
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


# -- chains, reels, actions, exclusions ---------------------------------------------------------------

CHAIN = [
    Selectable("a", frozenset({"hero"}), {"lang": "en", "city": "New York"}),
    Selectable("b", frozenset({"wide"}), {"lang": "de", "city": "Rome, Italy"}, upstream="a"),
    Selectable("c", frozenset({"hero"}), upstream="b"),
    Selectable("d", frozenset({"by night"}), {"city": "New York"}, upstream="b"),
    Selectable("e", frozenset({"wide"}), {"lang": "c+"}),
]
"""a leads to b, and b to both c and d; e stands alone."""

BEYOND = Beyond(
    reels=lambda: {"main": ["a", "b", "c", "d", "e"], "teaser": ["c", "e"], "empty": []},
    actions=lambda: {"generate": ["c", "d"], "unchanged": ["a", "b", "e"], "regenerate": []},
)

FOLLOWED: dict[str, tuple[str, str]] = {
    "what a shot continues": ("+c", "abc"),
    "what continues a shot": ("a+", "abcd"),
    "both, and not what is beside it": ("+b+", "abcd"),
    "both, of an end": ("+d+", "abd"),
    "a shot alone": ("+e+", "e"),
    "upstream of every shot of a tag": ("+tag:hero", "abc"),
    "downstream of a glob": ("[ae]+", "abcde"),
    "each part of an intersection has its own": ("a+,tag:wide", "b"),
    "an intersection of two sides": ("a+,+c", "abc"),
    "by variable": ("lang=de+", "bcd"),
    "by a value with a space": ('city="New York" e', "ade"),
    "by a value with a comma, along a chain": ("+city='Rome, Italy',tag:wide", "b"),
    "by a value that ends with a plus": ('lang="c+"', "e"),
    "a glob in quotes": ('city="New *",tag:hero', "a"),
    "a tag with a space": ('+tag:"by night"', "abd"),
    "a reel": ("reel:teaser", "ce"),
    "a glob of reels": ("reel:t*", "ce"),
    "an action": ("action:generate", "cd"),
    "a glob of actions": ("action:*generate", "cd"),
    "all of it at once": ("+action:generate,reel:teaser e", "ce"),
}


@pytest.mark.parametrize("what", FOLLOWED)
def test_operators_follow_chains(what: str) -> None:
    """Upstream is what a shot continues, however far; downstream is what continues it."""
    expression, expected = FOLLOWED[what]
    assert select([expression], CHAIN, beyond=BEYOND) == set(expected)


def test_a_loop_is_gone_round_once() -> None:
    """A chain that bites its tail is somebody else's error; here it only has to end."""
    loop = [Selectable("a", frozenset(), upstream="b"), Selectable("b", frozenset(), upstream="a")]
    assert select(["+a"], loop) == select(["b+"], loop) == {"a", "b"}


def test_an_upstream_that_is_not_declared_is_no_shot() -> None:
    """Only shots can be selected."""
    assert select(["+a+"], [Selectable("a", frozenset(), upstream="gone")]) == {"a"}


def test_plan_and_reels_are_asked_only_when_they_are_named() -> None:
    """A plan of the whole project takes time: `--select 010` makes none."""

    def never() -> dict[str, list[str]]:
        raise AssertionError("asked")

    assert select(["+tag:hero"], CHAIN, exclude=["b"], beyond=Beyond(never, never)) == {"a", "c"}


@pytest.mark.parametrize(
    ("expressions", "excluded", "left"),
    [
        ([], ["tag:hero"], "bde"),
        (["+c"], ["a"], "bc"),
        (["+c"], ["a b"], "c"),
        (["+c"], ["a", "b"], "c"),
        (["*"], ["b+,tag:hero"], "abde"),
        (["*"], ["action:generate"], "abe"),
        (["*"], ["action:regenerate"], "abcde"),
        (["*"], ["tag:hero,tag:wide"], "abcde"),
        (["a"], ["e"], "a"),
    ],
)
def test_what_is_excluded_is_taken_away(expressions: list[str], excluded: list[str], left: str) -> None:
    """From what is selected, or from everything. Known words that mean no shot today take nothing."""
    assert select(expressions, CHAIN, exclude=excluded, beyond=BEYOND) == set(left)


UNSOUND: list[tuple[list[str], list[str], str, str]] = [
    (["a"], ["*"], "nothing is left", "Exclude less, or select more."),
    ([], ["hero"], "no shot matches 'hero'", "There are a, b, c, d, e."),
    ([], ["tag:hera"], "no shot has the tag 'hera'", "Did you mean 'hero'?"),
    ([], [""], "nothing to select in an empty value", "Name ids"),
    (["reel:empty"], [], "no shot matches 'reel:empty'", "The reel shows no shot."),
    (["reel:tease"], [], "no reel matches 'tease'", "Did you mean 'teaser'?"),
    (["action:regenrate"], [], "there is no action 'regenrate'", "Did you mean 'regenerate'"),
    (["action:regenerate"], [], "no shot matches 'action:regenerate'", "has generate, unchanged."),
    (["a,action:generate"], [], "no shot matches 'a,action:generate'", "has generate, unchanged."),
    (["+"], [], "nothing to select in '+'", "Name ids"),
    (["++"], [], "nothing to select in '++'", "Name ids"),
    (["+x"], [], "no shot matches 'x'", "There are a"),
]


@pytest.mark.parametrize(("expressions", "excluded", "message", "remedy"), UNSOUND)
def test_a_slip_of_the_pen_is_an_error(
    expressions: list[str], excluded: list[str], message: str, remedy: str
) -> None:
    """In what is excluded as in what is selected; the remedy names what is near, or what there is."""
    with pytest.raises(UsageError) as caught:
        select(expressions, CHAIN, exclude=excluded, beyond=BEYOND)
    assert message in str(caught.value)
    assert remedy in caught.value.remedy


def test_a_project_in_which_nothing_is_to_be_done_says_so() -> None:
    """An action may be asked for when every shot is unchanged."""
    idle = Beyond(actions=lambda: {"regenerate": set(), "unchanged": set("abcde")})
    with pytest.raises(UsageError) as caught:
        select(["action:regenerate"], CHAIN, beyond=idle)
    assert caught.value.remedy == "There is nothing to do: every shot is unchanged."


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (["strong west"], "There is only 'strong west'."),
        (["strong west", "calm"], "There are 'strong west', calm."),
    ],
)
def test_the_values_that_there_are_make_a_sentence(values: list[str], said: str) -> None:
    """One value or several, with spaces or without."""
    shots = [Selectable(str(n), frozenset(), {"wind": value}) for n, value in enumerate(values)]
    with pytest.raises(UsageError) as caught:
        select(["wind=x"], shots)
    assert caught.value.remedy == said


def test_an_action_that_no_shot_has_today_is_no_slip_among_others() -> None:
    """`action:generate action:regenerate` is everything to be paid, also when one of them is nothing."""
    assert select(["action:generate action:regenerate"], CHAIN, beyond=BEYOND) == {"c", "d"}


@pytest.mark.parametrize("kind", ["reel", "action"])
def test_where_there_is_no_plan_and_no_reel_nothing_is_selected_by_them(kind: str) -> None:
    """The message says that it is a word elsewhere, and which are words here."""
    with pytest.raises(UsageError) as caught:
        select([f"{kind}:main"], CHAIN)
    assert str(caught.value) == f"cannot select by '{kind}' here"
    assert caught.value.remedy == "Name ids, globs, tag:NAME or VARIABLE=VALUE."


def test_the_kinds_of_an_expression() -> None:
    """Those before a colon, whatever stands around them; a value may have a colon of its own."""
    assert kinds("010 +tag:hero+,action:generate ratio=16:9") == {Kind.TAG, Kind.ACTION}
    assert kinds("reel=tag:x") == frozenset()


# -- laws ---------------------------------------------------------------------------------------------

TERMS = st.sampled_from(["010", "020", "0*", "*-en", "tag:hero", "tag:end", "tag:hero,tag:night", "*"])
PARTS = st.sampled_from(["a", "b", "c", "d", "e", "tag:hero", "tag:wide", "lang=en", "reel:teaser", "*"])
STEPPED = st.builds("{}{}{}".format, st.sampled_from(["", "+"]), PARTS, st.sampled_from(["", "+"]))
EXPRESSIONS = st.lists(STEPPED, min_size=1, max_size=3)
law = settings(deadline=None, max_examples=80, derandomize=True)


def chosen(*expressions: str) -> frozenset[str]:
    """What some values choose; an intersection without a shot is an error there, and empty here."""
    try:
        return select(expressions, CHAIN, beyond=BEYOND)
    except UsageError as error:
        assert "no shot matches all of" in str(error)  # noqa: PT017  any other error would be a failure
        return frozenset()


@law
@given(EXPRESSIONS, EXPRESSIONS, EXPRESSIONS)
def test_union_is_commutative_associative_and_idempotent(
    one: list[str], two: list[str], three: list[str]
) -> None:
    """However terms are grouped into values and ordered, and however often they are named."""
    a, b, c = " ".join(one), " ".join(two), " ".join(three)
    assert chosen(a, b) == chosen(b, a) == chosen(f"{a} {b}") == chosen(a) | chosen(b)
    assert chosen(f"{a} {b}", c) == chosen(a, f"{b} {c}")
    assert chosen(a, a) == chosen(a)


@law
@given(STEPPED, STEPPED, STEPPED)
def test_intersection_distributes_over_union(one: str, two: str, three: str) -> None:
    """`x,y x,z` is what x has in common with `y z`."""
    common = chosen(one) & chosen(f"{two} {three}")
    assert chosen(f"{one},{two}") | chosen(f"{one},{three}") == common


@law
@given(st.permutations(CHAIN), EXPRESSIONS)
def test_the_order_of_shots_decides_nothing(shots: list[Selectable], expressions: list[str]) -> None:
    """A selection is a set."""
    assert select(expressions, shots, beyond=BEYOND) == chosen(*expressions)


@law
@given(EXPRESSIONS, EXPRESSIONS)
def test_excluding_is_the_difference(expressions: list[str], excluded: list[str]) -> None:
    """And nothing left is an error."""
    left = chosen(*expressions) - chosen(*excluded)
    if left:
        assert select(expressions, CHAIN, exclude=excluded, beyond=BEYOND) == left
    else:
        with pytest.raises(UsageError, match="nothing is left"):
            select(expressions, CHAIN, exclude=excluded, beyond=BEYOND)


@law
@given(PARTS)
def test_steps_only_add_and_add_nothing_twice(part: str) -> None:
    """`+x+` contains x and is both sides united; what is upstream of everything upstream is there already."""
    assert chosen(part) <= chosen(f"+{part}+")
    assert chosen(f"+{part}+") == chosen(f"+{part}") | chosen(f"{part}+")
    upstream = chosen(f"+{part}")
    assert chosen(*(f"+{shot}" for shot in upstream)) == upstream


@law
@given(
    st.dictionaries(st.sampled_from("abcdef"), st.sets(st.sampled_from("abcdef"))),
    st.sets(st.sampled_from("abc")),
)
def test_a_closure_is_closed(edges: dict[str, set[str]], starts: set[str]) -> None:
    """It holds its starts, and every edge from within stays within."""
    found = closure(starts, edges)
    assert starts <= found
    assert all(there in found for here in found for there in edges.get(here, ()))


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
