"""Staleness: how the plan of now differs from the one that was saved. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from seedgen.planning.differences import differences
from seedgen.planning.plan import Action, Reason, ReasonKind
from seedgen.planning.request import Request
from seedgen.planning.saved_plan import lock_digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from seedgen.planning.frozen import FrozenRequest, FrozenTake
    from seedgen.planning.lock import Lock
    from seedgen.planning.plan import Change, Plan
    from seedgen.planning.saved_plan import SavedPlan

_CAPS = frozenset({ReasonKind.OVER_BUDGET, ReasonKind.UNPRICED})


class DriftKind(StrEnum):
    """What differs.

    `lock`: it has other shots. `request`: the shot asks for something else. `price`: it costs something
    else. `submit`: it would be submitted, which the plan does not say. `gone`: no longer declared. `new`:
    the shot has a take that it had not. `cap`: the cap in force stops what the plan was to do.
    """

    LOCK = "lock"
    REQUEST = "request"
    PRICE = "price"
    SUBMIT = "submit"
    GONE = "gone"
    NEW = "new"
    CAP = "cap"


@dataclass(frozen=True, slots=True)
class Drift:
    """One way in which a saved plan is no longer true.

    `reasons` say how a request differs, or why it would be submitted. `before` and `after` are prices in
    USD, None where unknown; of a lock they are none, and `serials` are the two. `shots` are those of the plan
    for which a lock has another request: another pick or clip cannot be told.
    """

    kind: DriftKind
    shot: str = ""
    take: int = 1
    reasons: tuple[Reason, ...] = ()
    before: Decimal | None = None
    after: Decimal | None = None
    serials: tuple[int, int] = (0, 0)
    shots: tuple[str, ...] = ()


def lock_drift(saved: SavedPlan, lock: Lock) -> Drift | None:
    """Whether the lock says something else of the shots than it did."""
    if lock.serial == saved.lock.serial and lock_digest(lock) == saved.lock.digest:
        return None
    now = {shot_id: locked.fingerprint for shot_id, locked in lock.shots.items()}
    others = (take.shot for take in saved.takes if take.prior_fingerprint != now.get(take.shot))
    return Drift(DriftKind.LOCK, serials=(saved.lock.serial, lock.serial), shots=tuple(dict.fromkeys(others)))


def drifts(saved: SavedPlan, now: Plan) -> list[Drift]:
    """How the takes of a plan made now differ from those that were saved, in the saved order.

    What costs less than was planned is no drift: the cache learnt something meanwhile.
    """
    takes = {(change.shot, change.take): change for change in now.takes}
    found = [drift for frozen in saved.takes for drift in _drifts(frozen, takes.get(_key(frozen)))]
    known = {_key(frozen) for frozen in saved.takes}
    found += [
        Drift(DriftKind.NEW, change.shot, change.take, change.reasons)
        for key, change in takes.items()
        if key not in known
    ]
    return found


def learnt(saved: SavedPlan, now: Plan) -> list[Change]:
    """What was to be submitted and is there, or in flight, by now."""
    submitted = {_key(frozen) for frozen in saved.takes if frozen.submits}
    return [change for change in now.takes if _key(change) in submitted and not change.submits]


def _key(take: FrozenTake | Change) -> tuple[str, int]:
    return take.shot, take.take


def _drifts(frozen: FrozenTake, now: Change | None) -> Iterator[Drift]:
    removes = frozen.action is Action.REMOVE
    if now is None or (now.action is Action.REMOVE and not removes):
        # A removal that is not there any more was carried out; the lock says by whom.
        if not removes:
            yield Drift(DriftKind.GONE, frozen.shot, frozen.take)
        return
    if not _asks_for_the_same(frozen, now):
        yield Drift(DriftKind.REQUEST, frozen.shot, frozen.take, _how(frozen, now))
    elif now.submits and not frozen.submits:
        yield Drift(DriftKind.SUBMIT, frozen.shot, frozen.take, now.reasons)
    elif now.submits and now.cost != frozen.cost_usd:
        yield Drift(DriftKind.PRICE, frozen.shot, frozen.take, (), frozen.cost_usd, now.cost)
    elif frozen.submits and any(reason.kind in _CAPS for reason in now.reasons):
        yield Drift(DriftKind.CAP, frozen.shot, frozen.take, now.reasons[:1])


def _asks_for_the_same(frozen: FrozenTake, now: Change) -> bool:
    if frozen.fingerprint is not None:
        return now.fingerprint == frozen.fingerprint
    if frozen.request is None or now.request is None:
        return frozen.request is None and (frozen.provider, frozen.model) == (now.provider, now.model)
    # What it continues was not there yet: all but which clip that is was frozen.
    return _request(frozen.request).outline() == now.request.outline()


def _request(frozen: FrozenRequest) -> Request:
    return Request.of_canonical(frozen.canonical())


def _how(frozen: FrozenTake, now: Change) -> tuple[Reason, ...]:
    """How the requests differ; where the old one was not frozen, how the new one differs from the lock's."""
    if frozen.request is None or now.request is None:
        return now.reasons
    unnamed = ("",) * len(now.request.references)
    upstream = now.continues.shot if now.continues is not None else None
    return differences(_request(frozen.request), now.request, unnamed, upstream)[0]
