"""Apply: carry out a plan. Free changes first, then jobs side by side; one failure stops no other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from seedgen.execution.budget import Budget
from seedgen.execution.endings import Endings
from seedgen.execution.feeding import Feeder
from seedgen.execution.lanes import Lane
from seedgen.execution.locking import RunningLock
from seedgen.execution.outcome import Outcome
from seedgen.execution.overseeing import Overseer
from seedgen.execution.terms import Terms
from seedgen.planning.plan import Action

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seedgen.execution.budget import Reservation
    from seedgen.execution.jobs import Line, Workshop
    from seedgen.planning.lock import Lock
    from seedgen.planning.plan import Change, Plan
    from seedgen.planning.request import Request
    from seedgen.ports.store import JournalEntry, LockFile

_USUAL = Terms()


async def apply_plan(
    plan: Plan,
    lock: Lock,
    lock_file: LockFile,
    lines: Mapping[str, Line],
    shop: Workshop,
    *,
    terms: Terms = _USUAL,
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
        self.shop = shop
        self.terms = terms
        self.stopping = stopping
        self.budget = Budget(terms.max_cost)
        self.running = RunningLock(lock_file, lock, plan.plan_id)
        self.outcome = Outcome(lock)
        self.group: asyncio.TaskGroup | None = None
        lanes = {
            name: Lane(name, line.concurrency, shop.tell, pace=line.pace) for name, line in lines.items()
        }
        self.endings = Endings(plan, lines, shop, self.running, self.outcome, stopping, self._go_on)
        self.overseer = Overseer(lines, lanes, shop, terms, self.budget, self.endings, stopping)
        self.feeders = [
            Feeder(queue, lanes[name], self.budget, self.endings, self._start)
            for name, queue in self.endings.after.queues.items()
        ]

    def free_changes(self) -> None:
        """Moves, reuses and removes: they need nobody and cost nothing."""
        for change in self.plan.changes:
            if change.action is Action.MOVE:
                self.endings.moved(change)
            elif change.action is Action.REMOVE:
                self.endings.removed(change)
            elif change.found is not None and change.request is not None:
                self.endings.reused(change, change.request, change.found)
            elif change.action is Action.BLOCKED:
                self.outcome.blocked.append(change)

    async def jobs(self, strays: Sequence[JournalEntry]) -> None:
        """Everything that a provider makes or has made, each provider up to its concurrency."""
        watch = asyncio.create_task(self._announce_stop())
        try:
            async with asyncio.TaskGroup() as self.group:
                for change in self.plan.changes:
                    if change.action is Action.RESUME and not self.stopping.is_set():
                        self._go_on(change)
                for entry in strays:
                    self.group.create_task(self.overseer.collect(entry))
                for feeder in self.feeders:
                    self.group.create_task(feeder.feed(self.stopping))
        except ExceptionGroup as failed:
            # What is no single take's failure, such as a lock that cannot be written, ends them all.
            raise failed.exceptions[0] from failed
        finally:
            watch.cancel()
        self.outcome.not_started += self.endings.after.not_begun(detached=self.terms.detach)

    async def _announce_stop(self) -> None:
        await self.stopping.wait()
        self.outcome.interrupted = True
        self.shop.tell(self.overseer.at_work.draining())

    def _start(self, change: Change, request: Request, reserved: Reservation) -> None:
        if self.group is not None:
            self.group.create_task(self.overseer.make(change, request, reserved))

    def _go_on(self, change: Change) -> None:
        if self.group is not None:
            self.group.create_task(self.overseer.go_on(change))
