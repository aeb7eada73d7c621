"""Outcome: what an apply did, and what it left."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
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
    not_started: int = 0
    interrupted: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether every shot has what it should, or is on its way as was asked for."""
        return not (self.failures or self.blocked or self.interrupted or self.not_started)
