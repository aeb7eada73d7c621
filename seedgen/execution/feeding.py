"""Feeding: start jobs at one provider one after another, each when there is room and money for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from seedgen.execution.outcome import LeftBecause
from seedgen.execution.stopping import ended

if TYPE_CHECKING:
    from collections.abc import Callable

    from seedgen.execution.budget import Budget, Reservation
    from seedgen.execution.chains import Queue
    from seedgen.execution.endings import Endings
    from seedgen.execution.lanes import Lane
    from seedgen.planning.plan import Change
    from seedgen.planning.request import Request


class Feeder:
    """Takes changes from a queue, places in a lane and money; `start` begins a job with them."""

    def __init__(
        self,
        queue: Queue,
        lane: Lane,
        budget: Budget,
        endings: Endings,
        start: Callable[[Change, Request, Reservation], None],
    ) -> None:
        self._queue = queue
        self._lane = lane
        self._budget = budget
        self._endings = endings
        self._start = start

    async def feed(self, stopping: asyncio.Event) -> None:
        """Until nothing more will come, the lane is closed, or a stop is asked for."""
        try:
            while not self._lane.closed and not stopping.is_set():
                waiting = asyncio.ensure_future(self._next(stopping))
                if not await ended(waiting, stopping) or not await waiting:
                    break
        finally:
            self._queue.closed = True
        for change in list(self._queue):
            self._endings.after.ended(change, LeftBecause.NOT_STARTED)

    async def _next(self, stopping: asyncio.Event) -> bool:
        """Begin the next one; False when there is none, or none is to begin. Cut off, it holds nothing."""
        if not await self._queue.any():
            return False
        await self._lane.enter()
        begun = False
        try:
            if self._lane.closed or stopping.is_set():
                return False
            reserved = await self._budget.reserve_in_time(self._queue.first.cost)
            change = self._queue.take()
            if change.request is None or reserved is None:
                self._endings.over_budget(change)
            else:
                self._start(change, change.request, reserved)
                begun = True
        finally:
            if not begun:
                self._lane.leave()
        return True
