"""Continuing: what begins or is left when a take is there, or will not be in this apply."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from seedgen.digest import Digest
from seedgen.execution.chains import Chains, Queue
from seedgen.execution.outcome import LeftBecause, Untouched
from seedgen.execution.reconcile import resolve_remedy
from seedgen.execution.submitting import moderated_remedy
from seedgen.planning.plan import Action, Reason, ReasonKind
from seedgen.planning.resolved import continuing
from seedgen.ports import events
from seedgen.ports.store import FLYING_STAGES, UNKNOWN_STAGES, Stage

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

    from seedgen.digest import Fingerprint
    from seedgen.execution.jobs import Line, Workshop
    from seedgen.execution.locking import RunningLock
    from seedgen.execution.outcome import Outcome
    from seedgen.planning.lock import Take
    from seedgen.planning.plan import Change, Plan, TakeName
    from seedgen.planning.request import Request
    from seedgen.ports.store import JournalEntry


class Continuing:
    """What waits for a take: changes that ask for the same, and changes that continue its clip.

    `followers` ask for the same as a take that is made, `making` says which take a request is made for,
    `queues` are what each provider is asked for. `record` takes over a take that there is, `go_on`
    collects a job that is in flight.
    """

    def __init__(
        self,
        plan: Plan,
        lines: Mapping[str, Line],
        shop: Workshop,
        running: RunningLock,
        outcome: Outcome,
        stopping: asyncio.Event,
        *,
        record: Callable[[Change, Request, Take], None],
        go_on: Callable[[Change], None],
    ) -> None:
        self._lines = lines
        self._shop = shop
        self._running = running
        self._outcome = outcome
        self._stopping = stopping
        self._record = record
        self._go_on = go_on
        self._chains = Chains(plan.changes)
        self._news: deque[tuple[Change, LeftBecause | None, str]] = deque()
        self._telling = False
        self.followers: dict[TakeName, list[Change]] = {}
        self.queues = {name: Queue() for name in lines}
        self.making: dict[Fingerprint, TakeName] = {}
        for change in plan.changes:
            self._expect(change)

    def _expect(self, change: Change) -> None:
        if change.fingerprint is not None and (change.submits or change.action is Action.RESUME):
            self.making.setdefault(change.fingerprint, change.name)
        if change.follows is not None:
            self.followers.setdefault(change.follows, []).append(change)
        elif change.submits and change.awaits is not None:
            self.queues[change.provider].expect()
        elif change.submits:
            self.queues[change.provider].put(change)

    def not_begun(self, *, detached: bool) -> int:
        """How many changes were not begun; `detached` ones leave those that ask for the same to them."""
        waiting = 0 if detached else sum(len(followers) for followers in self.followers.values())
        queued = sum(len(queue) for queue in self.queues.values())
        return waiting + queued + sum(1 for _ in self._chains.waiting)

    def ended(self, change: Change, because: LeftBecause | None) -> None:
        """A take is there (None), or will not be in this apply: what waited for it begins, or is left.

        A long chain of takes that the cache has is gone through one by one, not by calls within calls.
        """
        self._news.append((change, because, change.shot))
        if self._telling:
            return
        self._telling = True
        try:
            while self._news:
                self._pass_on(*self._news.popleft())
        finally:
            self._telling = False

    def _pass_on(self, change: Change, because: LeftBecause | None, root: str) -> None:
        if change.fingerprint is not None and self.making.get(change.fingerprint) == change.name:
            del self.making[change.fingerprint]
        if because is not None:
            self._news.extend((one, because, root) for one in self.followers.get(change.name, ()))
        entry = self._running.shots.get(change.shot)
        waited, clip = self._chains.ended(change, entry, well=because is None)
        for one in waited:
            self.queues[one.provider].met()
            if clip is not None:
                self._begin(one, clip)
            else:
                self._leave_untouched(one, because or LeftBecause.NOT_STARTED, root)

    def _leave_untouched(self, change: Change, because: LeftBecause, root: str) -> None:
        for one in (change, *self.followers.pop(change.name, ())):
            if self._stopping.is_set():
                self._outcome.not_started += 1
            else:
                self._outcome.untouched.append(Untouched(one.shot, one.take, root, because))
                self._shop.tell(events.ShotLeft(one.shot, one.take, root, because.value))
            self._news.append((one, because, root))

    def _begin(self, change: Change, clip: Digest) -> None:
        """The clip that a change continues is there: its request is known, and asked for as any other."""
        if change.request is None:
            raise TypeError("a change that waits for a clip has a request")
        request, media = continuing(change.request, change.media, clip)
        key = request.fingerprint()
        change = replace(change, request=request, media=media, fingerprint=key)
        if first := self.making.get(key):
            self.followers.setdefault(first, []).append(change)
            return
        entry = self._shop.journal.find(key)
        goes_on = entry is not None and self._goes_on(entry)
        take = None if change.replaces or goes_on else self._shop.takes.find([key]).get(key)
        if take is not None and self._shop.objects.present([take.clip]):
            change = replace(change, action=Action.REUSE, reasons=(), found=take)
            self._record(change, request, take)
        elif entry is not None and (kind := self._held_up(change, entry, goes_on=goes_on)):
            self._block(change, entry, kind)
        elif goes_on and not self._stopping.is_set():
            self.making[key] = change.name
            self._go_on(change)
        else:
            self.making[key] = change.name
            self._enqueue(change)

    def _enqueue(self, change: Change) -> None:
        queue = self.queues[change.provider]
        queue.put(change)
        if queue.closed:
            self.ended(change, LeftBecause.NOT_STARTED)

    def _goes_on(self, entry: JournalEntry) -> bool:
        """Whether a job for a request is under way, or another living process just submits one."""
        if not self._lines[entry.provider].provider.survives:
            kept = entry.digest and self._shop.objects.present([Digest(entry.digest)])
            return entry.stage is Stage.DOWNLOADED and bool(kept)
        if entry.stage in UNKNOWN_STAGES:
            with self._shop.journal.claim(entry.fingerprint) as abandoned:
                return not abandoned
        return entry.stage in FLYING_STAGES

    def _held_up(self, change: Change, entry: JournalEntry, *, goes_on: bool) -> ReasonKind | None:
        """What keeps a request from being submitted, as in a plan."""
        if entry.stage is Stage.REJECTED and not change.replaces:
            return ReasonKind.REJECTED
        survives = self._lines[entry.provider].provider.survives
        return ReasonKind.AMBIGUOUS if entry.stage in UNKNOWN_STAGES and survives and not goes_on else None

    def _block(self, change: Change, entry: JournalEntry, kind: ReasonKind) -> None:
        self._outcome.blocked.append(replace(change, action=Action.BLOCKED, reasons=(Reason(kind),)))
        rejected = kind is ReasonKind.REJECTED
        error = "moderation refused this very request before" if rejected else "an earlier submit is in doubt"
        remedy = moderated_remedy(change.shot) if rejected else resolve_remedy(entry)
        self._shop.tell(events.JobFailed(change.shot, change.take, error, remedy))
        self.ended(change, LeftBecause.BLOCKED)
