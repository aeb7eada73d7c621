"""Budget: the estimate of everything in flight plus everything spent never passes the cap."""

from __future__ import annotations

from decimal import Decimal


class Budget:
    """Money of one apply, in USD. A cap of None is no cap."""

    def __init__(self, cap: Decimal | None) -> None:
        self._cap = cap
        self._reserved = Decimal(0)
        self.spent = Decimal(0)

    def reserve(self, estimate: Decimal | None) -> bool:
        """Set money aside for a job before it is submitted; False when it would pass the cap.

        An unknown price is never taken for zero: under a cap it is refused.
        """
        if self._cap is not None and (estimate is None or self.spent + self._reserved + estimate > self._cap):
            return False
        self._reserved += estimate or 0
        return True

    def settle(self, estimate: Decimal | None, actual: Decimal | None) -> None:
        """The job has ended: what was set aside becomes what was spent (the estimate if not told)."""
        self._reserved -= estimate or 0
        self.spent += (estimate if actual is None else actual) or 0

    def release(self, estimate: Decimal | None) -> None:
        """The job was not accepted or cost nothing."""
        self._reserved -= estimate or 0
