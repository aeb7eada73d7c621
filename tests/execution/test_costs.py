"""What was spent: every attempt counted once, bills before estimates, and unknown never zero."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.digest import Fingerprint
from seedgen.execution.costs import By, Charge, Costs, Ledger, Locked, costs_of, lengths_of, sum_of
from seedgen.planning.lock import IMPORTED, Take
from seedgen.ports.store import CLOSED_BY_HAND, JournalEntry, Stage

D = Decimal


def entry(shot: str, stage: Stage = Stage.RECORDED, **fields: Any) -> JournalEntry:
    """An attempt at a shot that was estimated at 0.44 USD and billed 0.40."""
    known = {"project": "film", "job_id": f"job of {shot}", "apply": "first"}
    money = {"estimate_usd": D("0.44"), "cost_usd": D("0.40")}
    return JournalEntry(Fingerprint(shot), "studio", "one", stage, shot, 1, **{**known, **money, **fields})


def take(job_id: str, **fields: Any) -> Take:
    """A take of two seconds that was billed 0.30 USD."""
    known = {"take": 1, "fingerprint": "0" * 64, "digest": "1" * 64, "provider": "studio", "model": "one"}
    money = {"cost_usd": D("0.30"), "cost_estimated": False}
    return Take.model_validate({**known, **money, "job_id": job_id, "frames": 48, "rate": "24/1", **fields})


def costs(*entries: JournalEntry, by: By = By.SHOT, **fields: Any) -> Costs:
    """The costs of a project with these entries."""
    fields["locked"] = [Locked(*one) for one in fields.get("locked", ())]
    return costs_of(Ledger("film", entries, **fields), by)


def test_nothing_is_nothing() -> None:
    """No groups, and a total of zeros."""
    none = costs()
    assert none.groups == ()
    assert (none.total.takes, none.total.spent, none.total.difference) == (0, D(0), None)


def test_bills_and_estimates_are_added_up_apart() -> None:
    """By shot, with the difference between the two; money stays a decimal."""
    found = costs(entry("a"), entry("b", cost_usd=D("0.50")))
    assert [name for name, _ in found.groups] == ["a", "b"]
    assert [group.difference for _, group in found.groups] == [D("-0.04"), D("0.06")]
    total = found.total
    assert (total.takes, total.estimated, total.actual) == (2, D("0.88"), D("0.90"))
    assert (total.difference, total.spent) == (D("0.02"), D("0.90"))
    assert isinstance(total.spent, Decimal)


@pytest.mark.parametrize(
    ("by", "names"), [(By.SHOT, ["a", "b"]), (By.APPLY, ["first", "then"]), (By.PROVIDER, ["studio"])]
)
def test_costs_are_grouped_as_asked(by: By, names: list[str]) -> None:
    """Whatever they are grouped by, they come to the same."""
    found = costs(entry("a"), entry("b", apply="then"), by=by)
    assert [name for name, _ in found.groups] == names
    assert found.total == costs(entry("a"), entry("b", apply="then")).total


def test_what_is_not_known_is_counted_and_never_zero() -> None:
    """Without a bill the estimate counts; without either nothing is added, and one is unpriced."""
    total = costs(
        entry("billed"),
        entry("guessed", cost_usd=None),
        entry("nobody knows", cost_usd=None, estimate_usd=None),
        entry("surprise", estimate_usd=None),
    ).total
    assert (total.unestimated, total.unbilled, total.unpriced) == (2, 2, 1)
    assert total.spent == D("0.40") + D("0.44") + D("0.40")
    assert total.difference is None, "what is compared is not the whole"


def test_every_attempt_counts() -> None:
    """A clip that was made anew was paid twice."""
    found = costs(entry("a"), entry("a", attempt=2, job_id="another job"))
    ((_, group),) = found.groups
    assert (group.takes, group.actual) == (2, D("0.80"))


FAILURES = [
    ("billed", {"cost_usd": D("0.10")}, 1, D("0.10")),
    ("not billed", {"cost_usd": D(0)}, 0, D(0)),
    ("nobody knows", {"cost_usd": None}, 1, D("0.44")),
    ("not accepted", {"cost_usd": None, "job_id": ""}, 0, D(0)),
]


@pytest.mark.parametrize("stage", [Stage.FAILED, Stage.REJECTED])
@pytest.mark.parametrize(("_case", "fields", "failed", "spent"), FAILURES, ids=[case[0] for case in FAILURES])
def test_a_failure_counts_unless_it_surely_cost_nothing(
    _case: str, fields: dict[str, Any], failed: int, spent: Decimal, stage: Stage
) -> None:
    """It is no take; what may have been billed counts as estimated."""
    total = costs(entry("a", stage, **fields)).total
    assert (total.takes, total.failed, total.spent) == (0, failed, spent)
    assert total.seconds == 0


def test_a_failure_that_the_card_calls_free_costs_nothing() -> None:
    """Unless the service billed it all the same."""
    unknown, billed = entry("a", Stage.FAILED, cost_usd=None), entry("b", Stage.FAILED)
    found = costs(
        unknown, billed, failures_are_free=lambda provider, model: (provider, model) == ("studio", "one")
    )
    assert [name for name, _ in found.groups] == ["b"]


@pytest.mark.parametrize("stage", [Stage.SUCCEEDED, Stage.DOWNLOADED])
def test_a_job_that_succeeded_is_paid_before_its_clip_is_here(stage: Stage) -> None:
    """A take whose download failed is no less expensive."""
    assert costs(entry("a", stage)).total.actual == D("0.40")


def test_what_is_in_flight_and_in_doubt_stands_apart() -> None:
    """It is not spent yet, and may be."""
    found = costs(
        entry("a", Stage.SUBMITTED, cost_usd=None),
        entry("b", Stage.SUBMITTED, cost_usd=None, estimate_usd=None),
        entry("c", Stage.AMBIGUOUS, cost_usd=None),
        entry("d", Stage.SUBMITTING, cost_usd=None),
    )
    assert found.groups == ()
    assert (found.in_flight.jobs, found.in_flight.estimated, found.in_flight.unpriced) == (2, D("0.44"), 1)
    assert (found.in_doubt.jobs, found.in_doubt.estimated, found.in_doubt.unpriced) == (2, D("0.88"), 0)


def test_what_was_closed_by_hand_stands_apart() -> None:
    """Nobody has verified that it was not billed: it is neither spent nor nothing. A known bill is spent."""
    closed: dict[str, Any] = {"message": CLOSED_BY_HAND}
    found = costs(
        entry("a", Stage.FAILED, cost_usd=None, **closed),
        entry("b", Stage.FAILED, cost_usd=None, job_id="", estimate_usd=None, **closed),
        entry("c", Stage.FAILED, **closed),
    )
    assert (found.by_hand.jobs, found.by_hand.estimated, found.by_hand.unpriced) == (2, D("0.44"), 1)
    assert [name for name, _ in found.groups] == ["c"]
    assert found.total.spent == D("0.40")


def test_a_profile_s_part_is_told_from_the_whole() -> None:
    """By its name in the journal and in the locks; with several the whole says which."""
    entries = [entry("a"), entry("b", profile="each"), entry("c", Stage.SUBMITTED, profile="draft")]
    locked = [("d", take("lost job"), "each"), ("e", take("lost too"))]
    whole = costs(*entries, locked=locked, by=By.PROFILE)
    assert [(name, group.takes) for name, group in whole.groups] == [("", 2), ("each", 2)]
    assert whole.profiles == ("", "draft", "each")
    part = costs(*entries, locked=locked, profile="each")
    assert ([name for name, _ in part.groups], part.profiles) == (["b", "d"], ("each",))
    assert part.in_flight.jobs == 0


def test_other_projects_and_local_takes_cost_this_one_nothing() -> None:
    """They share the cache, or were rendered here; the latter are counted, for there may be nothing else."""
    local = replace(entry("c"), provider="local")
    found = costs(entry("b", project="another"), local)
    assert (found.groups, found.local) == ((), 1)


def test_a_take_that_only_the_lock_knows_was_paid_too() -> None:
    """The cache is lost, or the project was cloned. Its apply is not known."""
    known, lost = take("job of a"), take("lost job")
    guessed = take("guessed job", cost_estimated=True)
    found = costs(
        entry("a"), by=By.APPLY, locked=[("a", known), ("b", lost), ("twin of b", lost), ("c", guessed)]
    )
    groups = dict(found.groups)
    assert groups["first"].actual == D("0.40"), "what the journal knows is not counted again"
    assert (groups[""].takes, groups[""].actual, groups[""].estimated) == (2, D("0.30"), D("0.30"))
    assert groups[""].seconds == 4


@pytest.mark.parametrize("of", ["another project", "a file", "the local renderer"])
def test_a_take_in_the_lock_may_have_cost_nothing_here(of: str) -> None:
    """Another project that shares the cache paid it, or nobody."""
    locked = {
        "another project": take("job of a"),
        "a file": take(IMPORTED, cost_usd=None),
        "the local renderer": take("x", provider="local"),
    }[of]
    assert costs(entry("a", project="another"), locked=[("a", locked)]).groups == ()


def test_seconds_are_those_of_the_clip_where_it_is_known() -> None:
    """Else those asked for; an automatic duration of a lost clip is not known."""
    asked: dict[str, Any] = {"request": {"parameters": {"duration": 5}}}
    total = costs(
        entry("clip", **asked),
        entry("asked", **asked),
        entry("auto", request={"parameters": {"duration": "auto"}}),
        entry("silent"),
        lengths=lengths_of([take("job of clip", frames=36)]),
    ).total
    assert (total.seconds, total.untimed) == (Fraction(3, 2) + 5, 2)


money = st.none() | st.decimals(min_value=0, max_value=100, places=4)
charges = st.builds(
    Charge,
    shot=st.sampled_from("abc"),
    apply=st.just(""),
    provider=st.just("studio"),
    made=st.booleans(),
    seconds=st.none() | st.fractions(min_value=0, max_value=60, max_denominator=1001),
    estimated=money,
    actual=money,
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(left=st.lists(charges, max_size=6), right=st.lists(charges, max_size=6))
def test_groups_add_up_to_the_total(left: list[Charge], right: list[Charge]) -> None:
    """Whatever the groups are: counts and amounts of the whole are those of its parts, to the last digit."""
    whole, parts = sum_of(left + right), (sum_of(left), sum_of(right))
    for name in (
        "takes",
        "failed",
        "seconds",
        "untimed",
        "estimated",
        "unestimated",
        "actual",
        "unbilled",
        "spent",
        "unpriced",
    ):
        assert getattr(whole, name) == sum(getattr(part, name) for part in parts), name
    differences = [part.difference for part, of in zip(parts, (left, right), strict=True) if of]
    if differences:
        known = [one for one in differences if one is not None]
        assert whole.difference == (sum(known, D(0)) if len(known) == len(differences) else None)
    assert whole.spent <= whole.actual + whole.estimated
