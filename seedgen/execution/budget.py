"""Budget: the estimate of everything in flight plus everything spent never passes the cap."""

from __future__ import annotations

from decimal import Decimal


class Budget:
    """Money of one apply, in USD. A cap of None is no cap.

    `spent` is what is known of; `unpriced` jobs were paid too, and nobody says how much.
    """

    def __init__(self, cap: Decimal | None) -> None:
        self._cap = cap
        self.reserved = Decimal(0)
        self.spent = Decimal(0)
        self.unpriced = 0

    def reserve(self, estimate: Decimal | None) -> Reservation | None:
        """Set money aside for a job before it is submitted; None when it would pass the cap.

        An unknown price is never taken for zero: under a cap it is refused.
        """
        if self._cap is not None and (estimate is None or self.spent + self.reserved + estimate > self._cap):
            return None
        return self.hold(estimate)

    def hold(self, estimate: Decimal | None) -> Reservation:
        """Set money aside for a job that an earlier apply submitted: it counts, and cannot be refused."""
        return Reservation(self, estimate)


class Reservation:
    """Money set aside for one job, until it is settled or released; what comes later changes nothing."""

    def __init__(self, budget: Budget, estimate: Decimal | None) -> None:
        self._budget = budget
        self._estimate = estimate
        self._open = True
        budget.reserved += estimate or 0

    def settle(self, bill: Decimal | None) -> None:
        """The job is paid: by its bill, or by the estimate when the service names none."""
        if self._open:
            self.release()
            cost = self._estimate if bill is None else bill
            self._budget.spent += cost or 0
            self._budget.unpriced += cost is None

    def release(self) -> None:
        """The job was not accepted, cost nothing, or was paid by an earlier apply."""
        if self._open:
            self._open = False
            self._budget.reserved -= self._estimate or 0
