"""Capping: what would pass the cap is blocked, and with it whatever waits for it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from seedgen.planning.plan import Action, Reason, ReasonKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seedgen.planning.plan import Change, TakeName


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits on money for one apply. `max_cost` is USD; None is no cap."""

    max_cost: Decimal | None = None


UNCAPPED = Caps()


def capped(changes: Sequence[Change], caps: Caps, picks: Mapping[str, int]) -> list[Change]:
    """Changes with those blocked that would pass the cap, or whose price is unknown under one.

    What asks for the same as a blocked change is blocked for the same reason, and what continues its
    clip because of it. `changes` stand in the order in which they could be carried out; `picks` says
    which take of a shot is continued.
    """
    if caps.max_cost is None:
        return list(changes)
    spent = Decimal(0)
    stopped: dict[TakeName, Reason] = {}
    done = []
    for change in changes:
        reason = None
        if change.action is Action.BLOCKED:
            pass
        elif change.awaits is not None and (change.awaits, picks.get(change.awaits, 1)) in stopped:
            reason = Reason(ReasonKind.UPSTREAM, change.awaits)
        elif change.follows is not None:
            reason = stopped.get(change.follows)
        elif change.submits:
            reason = _too_much(change, spent, caps.max_cost)
        if reason is not None:
            stopped[change.name] = reason
            done.append(blocked(change, reason))
            continue
        if change.submits:
            spent += change.cost or 0
        done.append(change)
    return done


def _too_much(change: Change, spent: Decimal, most: Decimal) -> Reason | None:
    if change.cost is None:
        return Reason(ReasonKind.UNPRICED)
    return Reason(ReasonKind.OVER_BUDGET) if spent + change.cost > most else None


def blocked(change: Change, reason: Reason) -> Change:
    """A change that waits: for a person, or for another one that does."""
    others = (one for one in change.reasons if one != reason)
    return replace(change, action=Action.BLOCKED, reasons=(reason, *others))
