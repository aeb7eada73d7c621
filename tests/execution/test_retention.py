"""What is kept of a cache: needed things always, the rest while it is young. Laws over all combinations."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedgen.execution.clips import KnownClip, Origin
from seedgen.execution.retention import A_WEEK, Keep, Needs, Terms, kept

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = 1_700_000_000.0
DAY = 86_400.0


def clip(digest: str = "a", *, days: float = 30, origin: Origin = Origin.PAID) -> KnownClip:
    """A clip that is so old."""
    return KnownClip(digest, 10, NOW - days * DAY, origin)


@pytest.mark.parametrize(
    ("origin", "days", "terms", "goes"),
    [
        (Origin.PAID, 6.9, Terms(NOW), False),
        (Origin.PAID, 7.1, Terms(NOW), True),
        (Origin.LOCAL, 6.9, Terms(NOW), False),
        (Origin.LOCAL, 0, Terms(NOW, free=timedelta()), True),
        (Origin.PAID, 0, Terms(NOW, free=timedelta()), False),
        (Origin.IMPORTED, 6.9, Terms(NOW, free=timedelta()), False),
        (Origin.UNKNOWN, 6.9, Terms(NOW, free=timedelta()), False),
        (Origin.PAID, 0, Terms(NOW, paid=timedelta()), True),
        (Origin.PAID, -400, Terms(NOW, paid=timedelta()), False),
    ],
)
def test_what_nobody_needs_goes_by_its_age(origin: Origin, days: float, terms: Terms, *, goes: bool) -> None:
    """What cannot be made again for nothing has an age of its own; a clock that was wrong deletes nothing."""
    assert (kept([clip(days=days, origin=origin)], Needs(), terms)["a"] is None) is goes


@pytest.mark.parametrize("why", [keep for keep in Keep if keep is not Keep.YOUNG])
def test_what_is_needed_stays_however_old(why: Keep) -> None:
    """With the reason told."""
    terms = Terms(NOW, timedelta(), timedelta())
    assert kept([clip(days=4000)], Needs({why: {"a"}}), terms) == {"a": why}


needs = st.dictionaries(st.sampled_from(list(Keep)), st.frozensets(st.sampled_from("abcdef")))
clips = st.lists(
    st.builds(
        lambda digest, days, origin: clip(digest, days=days, origin=origin),
        st.sampled_from("abcdef"),
        st.floats(0, 60),
        st.sampled_from(list(Origin)),
    ),
    unique_by=lambda one: one.digest,
)


@given(clips, needs, needs)
def test_more_needs_never_delete_more(
    there: list[KnownClip], some: Mapping[Keep, frozenset[str]], more: Mapping[Keep, frozenset[str]]
) -> None:
    """Whatever is kept for some reasons is kept when there are others besides."""
    both = {why: some.get(why, frozenset()) | more.get(why, frozenset()) for why in Keep}
    before, after = kept(there, Needs(some), Terms(NOW)), kept(there, Needs(both), Terms(NOW))
    assert {d for d, why in before.items() if why} <= {d for d, why in after.items() if why}
    assert set(before) == {one.digest for one in there}


@given(clips, st.integers(0, 60), st.integers(0, 60))
def test_a_greater_age_never_deletes_more(there: list[KnownClip], low: int, high: int) -> None:
    """What an age of ten days keeps, one of twenty keeps too."""
    low, high = sorted((low, high))
    gone = [
        {
            digest
            for digest, why in kept(there, Needs(), Terms(NOW, timedelta(days=age), A_WEEK)).items()
            if why is None
        }
        for age in (low, high)
    ]
    assert gone[1] <= gone[0]
