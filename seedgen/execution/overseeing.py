"""Overseeing: jobs seen through to their end, with the place and the money that they hold until then."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING

from seedgen.errors import AuthError, JobFailed, OutOfCredits, SeedgenError, Unreachable
from seedgen.execution.at_work import AtWork
from seedgen.execution.jobs import Job
from seedgen.execution.stopping import ended
from seedgen.ports import events

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.execution.budget import Budget, Reservation
    from seedgen.execution.endings import Endings
    from seedgen.execution.jobs import Line, Workshop
    from seedgen.execution.lanes import Lane
    from seedgen.execution.terms import Terms
    from seedgen.planning.plan import Change
    from seedgen.planning.request import Request
    from seedgen.ports.store import JournalEntry

_NO_MORE = (AuthError, OutOfCredits, Unreachable)
"""Failures that every further submit to the same provider would meet too."""


class Overseer:
    """Sees jobs through: new ones, those of an earlier apply, and strays. `at_work` are those under way."""

    def __init__(
        self,
        lines: Mapping[str, Line],
        lanes: Mapping[str, Lane],
        shop: Workshop,
        terms: Terms,
        budget: Budget,
        endings: Endings,
        stopping: asyncio.Event,
    ) -> None:
        self._lines = lines
        self._lanes = lanes
        self._shop = shop
        self._terms = terms
        self._budget = budget
        self._endings = endings
        self._stopping = stopping
        self.at_work = AtWork()

    async def make(
        self, change: Change, request: Request, reserved: Reservation, *, resumed: bool = False
    ) -> None:
        """A job that has a place in its lane, and money set aside."""
        line = self._lines[change.provider]
        job = Job(line, self._lanes[change.provider], self._shop, reserved.settle)
        with self.at_work.on(job, resumed=resumed):
            await self._see_through(change, request, reserved, job, resumed=resumed)

    async def go_on(self, change: Change) -> None:
        """A job of an earlier apply: in flight already, so that it waits for no room."""
        if change.request is not None:
            self._lanes[change.provider].join()
            entry = self._shop.journal.find(change.request.fingerprint())
            held = self._hold(entry)
            try:
                await self.make(change, change.request, held, resumed=True)
            finally:
                held.release()

    async def collect(self, entry: JournalEntry) -> None:
        """A job for a request that is declared no longer. Its clip is paid: it goes into the cache."""
        line, lane = self._lines[entry.provider], self._lanes[entry.provider]
        outcome = self._endings.outcome
        lane.join()
        held = self._hold(entry)
        job = Job(line, lane, self._shop)
        work = asyncio.ensure_future(job.collect(entry, detach=self._terms.detach))
        try:
            with self.at_work.on(job, resumed=True):
                if not await ended(work, self._stopping) or (await work is None and self._terms.detach):
                    outcome.left += 1
                    held.leave()
                elif await work is not None:
                    outcome.collected += 1
        except (SeedgenError, OSError) as error:
            remedy = error.remedy if isinstance(error, SeedgenError) else ""
            self._shop.tell(events.JobFailed(entry.shot, entry.take, str(error), remedy))
        finally:
            held.release()

    def _hold(self, entry: JournalEntry | None) -> Reservation:
        """What is in flight counts under the cap, also when an earlier apply submitted it."""
        return self._budget.hold(entry.estimate_usd if entry else None)

    async def _see_through(
        self, change: Change, request: Request, reserved: Reservation, job: Job, *, resumed: bool
    ) -> None:
        work = asyncio.ensure_future(job.make(change, request, detach=self._terms.detach))
        if job.provider.survives and not await ended(work, self._stopping):
            self._leave(change, job, reserved, resumed=resumed)
            return
        try:
            made = await work
        except (SeedgenError, OSError) as error:
            if isinstance(error, Unreachable) and job.lane.closed and not job.in_flight:
                # Its connection failed beside another one's, which was told.
                self._leave(change, job, reserved, resumed=resumed)
                return
            if resumed and job.in_flight:
                reserved.leave()
            elif not resumed:
                self._settle_failure(change, error, job, reserved)
            if isinstance(error, _NO_MORE):
                job.lane.close()
            self._endings.failed(change, error, in_flight=job.goes_on)
            return
        if made is None:
            self._leave(change, job, reserved, resumed=resumed)
            return
        reserved.release()
        if job.entry is None:
            self._endings.made_elsewhere(change, request, made)
        else:
            self._endings.made(change, request, made, resumed=resumed)

    def _leave(self, change: Change, job: Job, reserved: Reservation, *, resumed: bool) -> None:
        """A job goes on without us, and its estimate goes on counting; or it was not begun."""
        in_flight = resumed or job.in_flight
        if in_flight:
            reserved.leave()
        else:
            reserved.release()
        self._endings.left(change, in_flight=in_flight)

    def _settle_failure(self, change: Change, error: Exception, job: Job, reserved: Reservation) -> None:
        """What is not surely free counts as billed: a cap is never passed by hoping."""
        if isinstance(error, JobFailed):
            free = self._terms.failures_are_free(change.provider, change.model)
            reserved.settle(Decimal(0) if free and error.bill is None else error.bill)
        elif job.in_flight:
            reserved.leave()
        else:
            reserved.release()
