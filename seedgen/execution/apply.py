"""Apply: carry out a plan. Free changes first, then jobs side by side; one failure stops no other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from seedgen.errors import (
    AuthError,
    JobFailed,
    JobLost,
    Moderated,
    OutOfCredits,
    SeedgenError,
    SubmitUnknown,
    Unreachable,
)
from seedgen.execution.at_work import AtWork
from seedgen.execution.budget import Budget
from seedgen.execution.continuing import Continuing
from seedgen.execution.jobs import Job, Line, Workshop
from seedgen.execution.lanes import Lane
from seedgen.execution.locking import RunningLock
from seedgen.execution.outcome import Failure, LeftBecause, Outcome
from seedgen.execution.stopping import ended
from seedgen.planning.plan import Action
from seedgen.ports import events

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from seedgen.execution.budget import Reservation
    from seedgen.execution.chains import Queue
    from seedgen.planning.lock import Lock, Take
    from seedgen.planning.plan import Change, Plan
    from seedgen.planning.request import Request
    from seedgen.ports.store import JournalEntry, LockFile

_NO_MORE = (AuthError, OutOfCredits, Unreachable)
"""Failures that every further submit to the same provider would meet too."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms an apply runs.

    `max_cost` is the cap in USD, None is no cap. `detach` submits, fetches what has ended, and waits
    for nothing. `failures_are_free` says of provider and model whether a job that fails costs nothing.
    """

    max_cost: Decimal | None = None
    detach: bool = False
    failures_are_free: Callable[[str, str], bool] = lambda *_: False


async def apply_plan(
    plan: Plan,
    lock: Lock,
    lock_file: LockFile,
    lines: Mapping[str, Line],
    shop: Workshop,
    *,
    terms: Terms = Terms(),
    stopping: asyncio.Event | None = None,
    strays: Sequence[JournalEntry] = (),
) -> Outcome:
    """Carry out a plan and return what became of it.

    `lines` are the providers by name. `stopping` set means: submit nothing more; jobs that would end
    with this process are waited for, others go on without it and are collected next time. Being
    cancelled writes the lock and kills what is under way. The clip of a failed take is missing; the
    shot keeps what it had. `strays` are jobs in flight for requests that are declared no longer: their
    clips are fetched too.
    """
    run = _Run(plan, lock, lock_file, lines, shop, terms, stopping or asyncio.Event())
    try:
        run.free_changes()
        await run.jobs(strays)
    finally:
        try:
            run.running.flush()
        finally:
            for line in lines.values():
                await line.provider.close()
    run.outcome.lock = run.running.lock
    run.outcome.spent, run.outcome.unpriced = run.budget.spent, run.budget.unpriced
    run.outcome.pending, run.outcome.pending_unpriced = run.budget.pending, run.budget.pending_unpriced
    return run.outcome


def _waits(error: Exception) -> bool:
    """Whether a person has to decide before another apply does anything about it."""
    moderated = isinstance(error, Moderated) or (isinstance(error, JobFailed) and error.moderated)
    return moderated or isinstance(error, SubmitUnknown | JobLost)


class _Run:
    """One apply under way."""

    def __init__(
        self,
        plan: Plan,
        lock: Lock,
        lock_file: LockFile,
        lines: Mapping[str, Line],
        shop: Workshop,
        terms: Terms,
        stopping: asyncio.Event,
    ) -> None:
        self.plan = plan
        self.lines = lines
        self.shop = shop
        self.terms = terms
        self.budget = Budget(terms.max_cost)
        self.stopping = stopping
        self.running = RunningLock(lock_file, lock, plan.plan_id)
        self.outcome = Outcome(lock)
        self.lanes = {
            name: Lane(name, line.concurrency, shop.tell, pace=line.pace) for name, line in lines.items()
        }
        self.group: asyncio.TaskGroup | None = None
        self.at_work = AtWork()
        self.after = Continuing(
            plan,
            lines,
            shop,
            self.running,
            self.outcome,
            stopping,
            record=self._record,
            go_on=self._resume,
        )

    def free_changes(self) -> None:
        """Moves, reuses and removes: they need nobody and cost nothing."""
        for change in self.plan.changes:
            if change.action is Action.MOVE:
                self.running.move(change)
                self.outcome.moved += 1
                self._tell_recorded(change, change.found)
            elif change.action is Action.REMOVE:
                self.running.remove(change)
                self.outcome.removed += 1
                self.shop.tell(events.ShotRemoved(change.shot))
            elif change.found is not None and change.request is not None:
                self._record(change, change.request, change.found)
            elif change.action is Action.BLOCKED:
                self.outcome.blocked.append(change)

    # -- jobs ------------------------------------------------------------------------------------

    async def jobs(self, strays: Sequence[JournalEntry]) -> None:
        """Everything that a provider makes or has made, each provider up to its concurrency."""
        watch = asyncio.create_task(self._announce_stop())
        try:
            async with asyncio.TaskGroup() as self.group:
                for change in self.plan.changes:
                    if change.action is Action.RESUME and not self.stopping.is_set():
                        self._resume(change)
                for entry in strays:
                    self.group.create_task(self._collect(entry))
                for name, queue in self.after.queues.items():
                    self.group.create_task(self._feed(queue, name, self.group))
        except ExceptionGroup as failed:
            # What is no single take's failure, such as a lock that cannot be written, ends them all.
            raise failed.exceptions[0] from failed
        finally:
            watch.cancel()
        self.outcome.not_started += self.after.not_begun(detached=self.terms.detach)

    async def _announce_stop(self) -> None:
        await self.stopping.wait()
        self.outcome.interrupted = True
        self.shop.tell(self.at_work.draining())

    async def _feed(self, queue: Queue, name: str, group: asyncio.TaskGroup) -> None:
        """Start jobs one after another, each when there is room and money for it."""
        try:
            await self._start_all(queue, self.lanes[name], group)
        finally:
            queue.closed = True
        for change in list(queue):
            self.after.ended(change, LeftBecause.NOT_STARTED)

    async def _start_all(self, queue: Queue, lane: Lane, group: asyncio.TaskGroup) -> None:
        while not lane.closed and not self.stopping.is_set():
            coming = asyncio.ensure_future(queue.any())
            if not await ended(coming, self.stopping) or not await coming:
                return
            entering = asyncio.ensure_future(lane.enter())
            if not await ended(entering, self.stopping):
                return
            if lane.closed or self.stopping.is_set():
                lane.leave()
                return
            saving = asyncio.ensure_future(self.budget.reserve_in_time(queue.first.cost))
            if not await ended(saving, self.stopping):
                lane.leave()
                return
            change, reserved = queue.take(), await saving
            if change.request is None or reserved is None:
                self._over_budget(change)
                lane.leave()
            else:
                group.create_task(self._make(change, change.request, reserved))

    def _over_budget(self, change: Change) -> None:
        self.outcome.blocked.append(change)
        remedy = "Raise the cap with --max-cost, or apply again for the rest."
        self.shop.tell(events.JobFailed(change.shot, change.take, "it would pass the cap", remedy))
        self.after.ended(change, LeftBecause.BLOCKED)

    def _resume(self, change: Change) -> None:
        if self.group is not None:
            self.group.create_task(self._go_on(change))

    async def _go_on(self, change: Change) -> None:
        """A job of an earlier apply: in flight already, so that it waits for no room."""
        if change.request is not None:
            self.lanes[change.provider].join()
            entry = self.shop.journal.find(change.request.fingerprint())
            held = self._hold(entry)
            try:
                await self._make(change, change.request, held, resumed=True)
            finally:
                held.release()

    def _hold(self, entry: JournalEntry | None) -> Reservation:
        """What is in flight counts under the cap, also when an earlier apply submitted it."""
        return self.budget.hold(entry.estimate_usd if entry else None)

    async def _make(
        self, change: Change, request: Request, reserved: Reservation, *, resumed: bool = False
    ) -> None:
        line = self.lines[change.provider]
        job = Job(line, self.lanes[change.provider], self.shop, reserved.settle)
        with self.at_work.on(job, resumed=resumed):
            await self._see_through(change, request, reserved, job, resumed=resumed)

    async def _see_through(
        self, change: Change, request: Request, reserved: Reservation, job: Job, *, resumed: bool
    ) -> None:
        work = asyncio.ensure_future(job.make(change, request, detach=self.terms.detach))
        if job.provider.survives and not await ended(work, self.stopping):
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
            self._fail(change, error, in_flight=job.goes_on)
            return
        if made is None:
            self._leave(change, job, reserved, resumed=resumed)
            return
        reserved.release()
        if job.entry is None:  # made by another process that shares the cache
            self._record(replace(change, action=Action.REUSE), request, made)
        else:
            self.outcome.resumed += resumed
            self.outcome.done += not resumed
            self._keep(change, request, made)
        for follower in self.after.followers.pop(change.name, []):
            self._record(follower, request, made)

    def _leave(self, change: Change, job: Job, reserved: Reservation, *, resumed: bool) -> None:
        """A job goes on without us, and its estimate goes on counting."""
        if resumed or job.in_flight:
            self.outcome.left += 1
            reserved.leave()
            self.after.ended(change, LeftBecause.IN_FLIGHT)
        else:
            self.outcome.not_started += 1
            reserved.release()
            self.after.ended(change, LeftBecause.NOT_STARTED)

    async def _collect(self, entry: JournalEntry) -> None:
        """A job for a request that is declared no longer. Its clip is paid: it goes into the cache."""
        line, lane = self.lines[entry.provider], self.lanes[entry.provider]
        lane.join()
        held = self._hold(entry)
        job = Job(line, lane, self.shop)
        work = asyncio.ensure_future(job.collect(entry, detach=self.terms.detach))
        try:
            with self.at_work.on(job, resumed=True):
                if not await ended(work, self.stopping) or (await work is None and self.terms.detach):
                    self.outcome.left += 1
                    held.leave()
                elif await work is not None:
                    self.outcome.collected += 1
        except (SeedgenError, OSError) as error:
            remedy = error.remedy if isinstance(error, SeedgenError) else ""
            self.shop.tell(events.JobFailed(entry.shot, entry.take, str(error), remedy))
        finally:
            held.release()

    def _fail(self, change: Change, error: Exception, *, in_flight: bool) -> None:
        if isinstance(error, _NO_MORE):
            self.lanes[change.provider].close()
        remedy = error.remedy if isinstance(error, SeedgenError) else ""
        failure = Failure(change.shot, change.take, str(error), remedy, in_flight, waits=_waits(error))
        self.outcome.failures.append(failure)
        self.shop.tell(events.JobFailed(change.shot, change.take, str(error), remedy, in_flight))
        followers = self.after.followers.pop(change.name, [])
        for follower in followers:
            because = f"it asks for the same as {change.shot}, which failed"
            self.outcome.failures.append(Failure(follower.shot, follower.take, because))
            self.shop.tell(events.JobFailed(follower.shot, follower.take, because))
        for one in (change, *followers):
            self.after.ended(one, LeftBecause.IN_FLIGHT if in_flight else LeftBecause.FAILED)

    def _settle_failure(self, change: Change, error: Exception, job: Job, reserved: Reservation) -> None:
        """What is not surely free counts as billed: a cap is never passed by hoping."""
        if isinstance(error, JobFailed):
            free = self.terms.failures_are_free(change.provider, change.model)
            reserved.settle(Decimal(0) if free and error.bill is None else error.bill)
        elif job.in_flight:
            reserved.leave()
        else:
            reserved.release()

    def _record(self, change: Change, request: Request, take: Take) -> None:
        self.outcome.reused += 1
        self._keep(change, request, take)

    def _keep(self, change: Change, request: Request, take: Take) -> None:
        self.running.record(change, request, take)
        self.running.checkpoint()
        self._tell_recorded(change, take)
        self.after.ended(replace(change, request=request), None)

    def _tell_recorded(self, change: Change, take: Take | None) -> None:
        if take is not None:
            self.shop.tell(
                events.TakeRecorded(
                    change.shot,
                    change.take,
                    change.action.value,
                    take.digest,
                    take.frames,
                    take.rate,
                    take.cost_usd,
                )
            )
