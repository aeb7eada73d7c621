"""Staleness: what makes a saved plan untrue, and what is only cheaper than it says."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from seedgen.planning.lock import Lock, LockedShot, RequestRecord
from seedgen.planning.plan import Action, Change, Plan, Reason, ReasonKind
from seedgen.planning.request import Request, RequestReference
from seedgen.planning.saved_plan import SavedPlan, freeze
from seedgen.planning.staleness import Drift, DriftKind, drifts, learnt, lock_drift
from seedgen.project.media import MediaType

DOOR = Request("studio", "one", "A door.", {"duration": 4})
WALL = Request("studio", "one", "A wall.", {"duration": 4})
LONG = replace(DOOR, parameters={"duration": 8})


def change(action: Action, request: Request | None = DOOR, **fields: object) -> Change:
    """What happens to the only take of `s1`, at 40 cents."""
    values: dict[str, object] = {
        "shot": "s1",
        "take": 1,
        "action": action,
        "provider": "studio",
        "model": "one",
        "request": request,
        "fingerprint": None if request is None or request.is_open else request.fingerprint(),
        "cost": Decimal("0.40"),
        **fields,
    }
    return Change(**values)  # type: ignore[arg-type]


def plan(*changes: Change) -> Plan:
    """A plan of some changes."""
    return Plan("film", None, 1, changes)


def saved(*changes: Change) -> SavedPlan:
    """The same, saved."""
    return freeze(plan(*changes), Lock(serial=1), version="0", variables={})


GENERATE = change(Action.GENERATE)
UNCHANGED = change(Action.UNCHANGED, cost=None)

CHEAPER = {
    "the same": (GENERATE, GENERATE),
    "generate to reuse": (GENERATE, change(Action.REUSE, cost=None)),
    "generate to resume": (GENERATE, change(Action.RESUME, cost=None)),
    "generate to unchanged": (GENERATE, UNCHANGED),
    "generate to rejected": (
        GENERATE,
        change(Action.BLOCKED, reasons=(Reason(ReasonKind.REJECTED),), cost=None),
    ),
    "resume to reuse": (change(Action.RESUME, cost=None), change(Action.REUSE, cost=None)),
    "blocked to reuse": (change(Action.BLOCKED, cost=None), change(Action.REUSE, cost=None)),
    "unchanged to resume": (UNCHANGED, change(Action.RESUME, cost=None)),
}


@pytest.mark.parametrize("name", CHEAPER)
def test_what_costs_no_more_is_no_staleness(name: str) -> None:
    """The cache and the journal may learn; nothing is submitted that was not planned."""
    before, now = CHEAPER[name]
    assert drifts(saved(before), plan(now)) == []


STALE = {
    "another prompt": (GENERATE, change(Action.GENERATE, WALL), DriftKind.REQUEST, "prompt"),
    "another length": (GENERATE, change(Action.GENERATE, LONG), DriftKind.REQUEST, "parameter:duration"),
    "an edited shot that was done": (
        UNCHANGED,
        change(Action.REGENERATE, WALL, reasons=(Reason(ReasonKind.PROMPT),)),
        DriftKind.REQUEST,
        "prompt",
    ),
    "an edited shot that the cache has": (
        GENERATE,
        change(Action.REUSE, WALL, cost=None),
        DriftKind.REQUEST,
        "prompt",
    ),
    "a lost clip": (
        UNCHANGED,
        change(Action.REGENERATE, reasons=(Reason(ReasonKind.OBJECT_MISSING),)),
        DriftKind.SUBMIT,
        "object_missing",
    ),
    "a reuse that the cache lost": (change(Action.REUSE, cost=None), GENERATE, DriftKind.SUBMIT, ""),
    "a doubt resolved": (change(Action.BLOCKED, cost=None), GENERATE, DriftKind.SUBMIT, ""),
    "a higher price": (GENERATE, change(Action.GENERATE, cost=Decimal("0.41")), DriftKind.PRICE, ""),
    "a lower price": (GENERATE, change(Action.GENERATE, cost=Decimal("0.39")), DriftKind.PRICE, ""),
    "a price that is unknown now": (GENERATE, change(Action.GENERATE, cost=None), DriftKind.PRICE, ""),
    "a cap": (
        GENERATE,
        change(Action.BLOCKED, reasons=(Reason(ReasonKind.OVER_BUDGET),)),
        DriftKind.CAP,
        "over_budget",
    ),
    "removed from the project": (
        GENERATE,
        change(Action.REMOVE, cost=None, request=None),
        DriftKind.GONE,
        "",
    ),
}


@pytest.mark.parametrize("name", STALE)
def test_what_differs_is_named_by_shot(name: str) -> None:
    """One drift, of its kind, with its reason."""
    before, now, kind, reason = STALE[name]
    (drift,) = drifts(saved(before), plan(now))
    assert (drift.kind, drift.shot, drift.take) == (kind, "s1", 1)
    assert ",".join(map(str, drift.reasons)) == reason


def test_prices_are_told() -> None:
    """Before and after, in dollars."""
    (drift,) = drifts(saved(GENERATE), plan(change(Action.GENERATE, cost=Decimal("0.80"))))
    assert (drift.before, drift.after) == (Decimal("0.40"), Decimal("0.80"))


def test_takes_that_came_or_went_are_named() -> None:
    """A second take was not approved, and a first one is missed."""
    second = change(Action.GENERATE, replace(DOOR, take=2), take=2)
    assert drifts(saved(GENERATE), plan(GENERATE, second)) == [Drift(DriftKind.NEW, "s1", 2)]
    assert drifts(saved(GENERATE, second), plan(GENERATE)) == [Drift(DriftKind.GONE, "s1", 2)]


def test_a_removal_that_is_done_is_not_missed() -> None:
    """Whoever carried it out, the lock has moved, and that is looked at apart."""
    remove = change(Action.REMOVE, cost=None, request=None)
    assert drifts(saved(remove), plan()) == []
    assert drifts(saved(remove), plan(remove)) == []


def test_a_lock_is_another_by_serial_or_by_content() -> None:
    """A lock whose serial moved back and forth is told by its content."""
    frozen = saved(GENERATE)
    assert lock_drift(frozen, Lock(serial=1)) is None
    assert lock_drift(frozen, Lock(serial=2)) == Drift(DriftKind.LOCK, serials=(1, 2))
    other = frozen.model_copy(update={"lock": frozen.lock.model_copy(update={"digest": "0" * 64})})
    assert lock_drift(other, Lock(serial=1)) == Drift(DriftKind.LOCK, serials=(1, 1))


def test_a_lock_is_told_by_the_shots_that_it_has_another_request_for() -> None:
    """One that it has lost, and one that it has now; not one that is as it was, nor one outside the plan."""
    door = LockedShot(
        fingerprint=DOOR.fingerprint(), request=RequestRecord.model_validate(DOOR.canonical()), takes=()
    )
    key = DOOR.fingerprint()
    kept = change(Action.UNCHANGED, cost=None, prior_fingerprint=key)
    lost = change(Action.UNCHANGED, cost=None, shot="s2", prior_fingerprint=key)
    new = change(Action.GENERATE, WALL, shot="s3")
    drift = lock_drift(saved(kept, lost, new), Lock(serial=2, shots=dict.fromkeys(("s1", "s3", "s9"), door)))
    assert drift is not None
    assert drift.shots == ("s2", "s3")


def test_what_the_cache_learnt_is_counted() -> None:
    """Only what was to be submitted and needs it no longer."""
    reuse = change(Action.REUSE, cost=None)
    assert learnt(saved(GENERATE), plan(reuse)) == [reuse]
    assert learnt(saved(GENERATE), plan(GENERATE)) == []
    assert learnt(saved(reuse), plan(UNCHANGED)) == []


PANEL = RequestReference(MediaType.IMAGE, "sha256:" + "a" * 64)
OPEN = RequestReference(MediaType.IMAGE, None)
FRAME = RequestReference(MediaType.IMAGE, "derived:last_frame:sha256:" + "b" * 64)


def test_of_a_request_that_is_open_all_but_the_clip_is_compared() -> None:
    """When the clip that it continues is there, its frame joins the request; nothing else may differ."""
    waiting = change(Action.GENERATE, replace(DOOR, references=(PANEL, OPEN)), fingerprint=None)
    whole = replace(DOOR, references=(PANEL, FRAME))
    assert drifts(saved(waiting), plan(waiting)) == []
    assert drifts(saved(waiting), plan(change(Action.GENERATE, whole))) == []
    (drift,) = drifts(saved(waiting), plan(change(Action.GENERATE, replace(whole, prompt="A wall."))))
    assert (drift.kind, Reason(ReasonKind.PROMPT) in drift.reasons) == (DriftKind.REQUEST, True)
    assert (
        len(drifts(saved(waiting), plan(change(Action.GENERATE, replace(whole, references=(FRAME,)))))) == 1
    )


def test_a_request_that_was_whole_and_is_open_now_is_another() -> None:
    """The shot before it would be made anew, which the plan did not say."""
    whole = change(Action.GENERATE, replace(DOOR, references=(FRAME,)))
    waiting = change(Action.GENERATE, replace(DOOR, references=(OPEN,)), fingerprint=None)
    (drift,) = drifts(saved(whole), plan(waiting))
    assert drift.kind is DriftKind.REQUEST
