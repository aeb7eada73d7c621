"""Apply: carry out a plan. Free changes first, then jobs side by side; one failure stops no other."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seedgen.errors import AuthError, RateLimited, Rejected, SeedgenError, Unavailable
from seedgen.execution.budget import Budget
from seedgen.execution.jobs import Workshop, run_job
from seedgen.execution.locking import RunningLock
from seedgen.execution.stopping import ended
from seedgen.planning.plan import Action
from seedgen.ports import events

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from seedgen.planning.lock import Lock, Take
    from seedgen.planning.plan import Change, Plan
    from seedgen.planning.request import Request
    from seedgen.ports.provider import Provider
    from seedgen.ports.store import LockFile


_NOT_BILLED = (AuthError, RateLimited, Rejected, Unavailable)
"""Failures of a submit that was certainly not accepted. Any other may have been billed."""


@dataclass(frozen=True, slots=True)
class Line:
    """A provider at work: how to talk to it, and how many jobs it may have at once."""

    provider: Provider
    concurrency: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A take that could not be made."""

    shot: str
    take: int
    error: str
    remedy: str = ""


@dataclass(slots=True)
class Outcome:
    """What an apply did."""

    lock: Lock
    done: int = 0
    reused: int = 0
    moved: int = 0
    removed: int = 0
    spent: Decimal | None = None
    failures: list[Failure] = field(default_factory=list)
    blocked: list[Change] = field(default_factory=list)
    not_started: int = 0
    interrupted: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether every shot has what it should."""
        return not (self.failures or self.blocked or self.interrupted or self.not_started)


async def apply_plan(
    plan: Plan,
    lock: Lock,
    lock_file: LockFile,
    lines: Mapping[str, Line],
    shop: Workshop,
    *,
    max_cost: Decimal | None = None,
    stopping: asyncio.Event | None = None,
) -> Outcome:
    """Carry out a plan and return what became of it.

    `lines` are the providers by name. `stopping` set means: submit nothing more; jobs that would end
    with this process are waited for, others go on without it and are collected next time. Being
    cancelled writes the lock and kills what is under way. The clip of a failed take is missing; the
    shot keeps what it had.
    """
    run = _Run(plan, lock, lock_file, lines, shop, Budget(max_cost), stopping or asyncio.Event())
    try:
        run.free_changes()
        await run.jobs()
    finally:
        try:
            run.running.flush()
        finally:
            for line in lines.values():
                await line.provider.close()
    run.outcome.lock = run.running.lock
    run.outcome.spent = run.budget.spent
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
        budget: Budget,
        stopping: asyncio.Event,
    ) -> None:
        self.plan = plan
        self.lines = lines
        self.shop = shop
        self.budget = budget
        self.stopping = stopping
        self.running = RunningLock(lock_file, lock, plan.plan_id)
        self.outcome = Outcome(lock)
        self.in_flight: Counter[str] = Counter()
        self.followers: dict[str, list[Change]] = {}

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
            elif change.action is Action.REUSE and change.found is not None:
                self._record(change, change.found)
            elif change.action is Action.REUSE and change.fingerprint is not None:
                self.followers.setdefault(change.fingerprint, []).append(change)
            elif change.action is Action.BLOCKED:
                self.outcome.blocked.append(change)

    async def jobs(self) -> None:
        """Everything that a provider has to make, each provider up to its concurrency."""
        queues: dict[str, deque[Change]] = {}
        for change in self.plan.changes:
            if change.submits or change.action is Action.RESUME:
                queues.setdefault(change.provider, deque()).append(change)
        watch = asyncio.create_task(self._announce_stop())
        try:
            async with asyncio.TaskGroup() as group:
                for name, queue in queues.items():
                    for _ in range(min(self.lines[name].concurrency, len(queue))):
                        group.create_task(self._work(queue, self.lines[name]))
        except ExceptionGroup as failed:
            # What is no single take's failure, such as a lock that cannot be written, ends them all.
            raise failed.exceptions[0] from failed
        finally:
            watch.cancel()
        waiting = sum(len(followers) for followers in self.followers.values())
        self.outcome.not_started = waiting + sum(len(queue) for queue in queues.values())

    async def _announce_stop(self) -> None:
        await self.stopping.wait()
        self.outcome.interrupted = True
        ending = sum(
            count for name, count in self.in_flight.items() if not self.lines[name].provider.survives
        )
        self.shop.tell(events.Draining(ending, self.in_flight.total() - ending))

    async def _work(self, queue: deque[Change], line: Line) -> None:
        while queue and not self.stopping.is_set():
            change = queue.popleft()
            if change.request is None:
                continue
            if not self.budget.reserve(change.cost):
                self.outcome.blocked.append(change)
                remedy = "Raise the cap with --max-cost, or apply again for the rest."
                self.shop.tell(events.JobFailed(change.shot, change.take, "it would pass the cap", remedy))
                continue
            self.in_flight[change.provider] += 1
            try:
                await self._make(change, change.request, line)
            finally:
                self.in_flight[change.provider] -= 1

    async def _make(self, change: Change, request: Request, line: Line) -> None:
        job = asyncio.ensure_future(run_job(change, request, line.provider, self.shop))
        if line.provider.survives and not await ended(job, self.stopping):
            return
        try:
            take = await job
        except (SeedgenError, OSError) as error:
            self._fail(change, error)
            return
        self.budget.settle(change.cost, take.cost_usd)
        self.outcome.done += 1
        self._keep(change, request, take)
        for follower in self.followers.pop(request.fingerprint(), []):
            self._record(follower, take)

    def _fail(self, change: Change, error: Exception) -> None:
        if isinstance(error, _NOT_BILLED):
            self.budget.release(change.cost)
        else:
            self.budget.settle(change.cost, None)
        remedy = error.remedy if isinstance(error, SeedgenError) else ""
        self.outcome.failures.append(Failure(change.shot, change.take, str(error), remedy))
        self.shop.tell(events.JobFailed(change.shot, change.take, str(error), remedy))
        for follower in self.followers.pop(change.fingerprint or "", []):
            because = f"it asks for the same as {change.shot}, which failed"
            self.outcome.failures.append(Failure(follower.shot, follower.take, because))
            self.shop.tell(events.JobFailed(follower.shot, follower.take, because))

    def _record(self, change: Change, take: Take) -> None:
        if change.request is not None:
            self.outcome.reused += 1
            self._keep(change, change.request, take)

    def _keep(self, change: Change, request: Request, take: Take) -> None:
        self.running.record(change, request, take)
        self.running.checkpoint()
        self._tell_recorded(change, take)

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
