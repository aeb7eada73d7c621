"""Outcome: what an apply did, and what it left."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seedgen.planning.lock import Lock
    from seedgen.planning.plan import Change


@dataclass(frozen=True, slots=True)
class Failure:
    """A take that could not be made.

    `in_flight` says that its job goes on at the provider; `waits` that another apply would not help,
    because a person has to decide first.
    """

    shot: str
    take: int
    error: str
    remedy: str = ""
    in_flight: bool = False
    waits: bool = False


class LeftBecause(StrEnum):
    """What became of a shot whose clip another one waited for."""

    FAILED = "failed"
    BLOCKED = "blocked"
    IN_FLIGHT = "in_flight"
    NOT_STARTED = "not_started"


@dataclass(frozen=True, slots=True)
class Untouched:
    """A take that was not begun, as the shot `upstream` has no clip that it could go on from."""

    shot: str
    take: int
    upstream: str
    because: LeftBecause


@dataclass(slots=True)
class Outcome:
    """What an apply did.

    `done` takes were made, `resumed` ones by jobs of earlier applies. `left` jobs go on at their provider
    and are collected by the next apply; `collected` clips belong to requests that are declared no longer.
    `spent` is in USD, beside it `unpriced` jobs of which nobody knows what they cost; `pending` likewise
    is the estimate of what goes on without us or is in doubt.
    """

    lock: Lock
    done: int = 0
    resumed: int = 0
    reused: int = 0
    moved: int = 0
    removed: int = 0
    collected: int = 0
    left: int = 0
    spent: Decimal | None = None
    unpriced: int = 0
    pending: Decimal = Decimal(0)
    pending_unpriced: int = 0
    failures: list[Failure] = field(default_factory=list)
    blocked: list[Change] = field(default_factory=list)
    untouched: list[Untouched] = field(default_factory=list)
    not_started: int = 0
    interrupted: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether every shot has what it should, or is on its way as was asked for."""
        missed = any(one.because is not LeftBecause.IN_FLIGHT for one in self.untouched)
        return not (self.failures or self.blocked or self.interrupted or self.not_started or missed)
