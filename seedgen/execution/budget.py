"""Budget: the estimate of everything in flight plus everything spent never passes the cap."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class InFlight:
    """What jobs in flight are estimated at in USD; `unpriced` of them have no known price."""

    usd: Decimal
    unpriced: int


class Budget:
    """Money of one apply, in USD. A cap of None is no cap.

    `spent` is what this apply's jobs cost, `unpriced` of them nobody knows how much. `pending` is the
    estimate of what goes on without us or is in doubt, with `pending_unpriced` likewise.
    """

    def __init__(self, cap: Decimal | None) -> None:
        self._cap = cap
        self._freed = asyncio.Event()
        self.reserved = Decimal(0)
        self.spent = Decimal(0)
        self.unpriced = 0
        self.pending = Decimal(0)
        self.pending_unpriced = 0

    def reserve(self, estimate: Decimal | None) -> Reservation | None:
        """Set money aside for a job before it is submitted; None when it would pass the cap.

        An unknown price is never taken for zero: under a cap it is refused.
        """
        return self.hold(estimate) if self._fits(estimate, self.reserved) else None

    async def reserve_in_time(self, estimate: Decimal | None) -> Reservation | None:
        """As `reserve`, but wait for jobs in flight to end where that can make room."""
        while self._fits(estimate, Decimal(0)):
            if reserved := self.reserve(estimate):
                return reserved
            self._freed.clear()
            await self._freed.wait()
        return None

    def _fits(self, estimate: Decimal | None, reserved: Decimal) -> bool:
        if self._cap is None:
            return True
        return estimate is not None and self.spent + self.pending + reserved + estimate <= self._cap

    def hold(self, estimate: Decimal | None) -> Reservation:
        """Set money aside for a job that an earlier apply submitted: it counts, and cannot be refused."""
        return Reservation(self, estimate)

    def free(self, estimate: Decimal) -> None:
        """What was set aside is so no more."""
        self.reserved -= estimate
        self._freed.set()


class Reservation:
    """Money set aside for one job, until it has ended one way or another; what comes later counts not."""

    def __init__(self, budget: Budget, estimate: Decimal | None) -> None:
        self._budget = budget
        self._estimate = estimate
        self._open = True
        budget.reserved += estimate or 0

    def _end(self) -> bool:
        was_open, self._open = self._open, False
        if was_open:
            self._budget.free(self._estimate or Decimal(0))
        return was_open

    def settle(self, bill: Decimal | None) -> None:
        """The job is paid: by its bill, or by the estimate when the service names none."""
        if self._end():
            cost = self._estimate if bill is None else bill
            self._budget.spent += cost or 0
            self._budget.unpriced += cost is None

    def leave(self) -> None:
        """The job goes on without us, or nobody knows whether there is one: it goes on counting."""
        if self._end():
            self._budget.pending += self._estimate or 0
            self._budget.pending_unpriced += self._estimate is None

    def release(self) -> None:
        """The job was not accepted, cost nothing, or was paid by an earlier apply."""
        self._end()
