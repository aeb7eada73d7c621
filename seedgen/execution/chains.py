"""Chains: which changes wait for the clip of another shot, and when they may begin."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from seedgen.planning.plan import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seedgen.digest import Digest
    from seedgen.planning.lock import LockedShot, Take
    from seedgen.planning.plan import Change, TakeName


class Chains:
    """Changes whose requests are known only once another shot's picked take is there."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._waiting: dict[str, list[Change]] = defaultdict(list)
        self._pending: set[TakeName] = set()
        self._missed: set[TakeName] = set()
        for change in changes:
            if change.submits or change.action is Action.RESUME or change.follows is not None:
                self._pending.add(change.name)
            if change.submits and change.awaits is not None:
                self._waiting[change.awaits].append(change)

    @property
    def waiting(self) -> Iterator[Change]:
        """Those that have not begun."""
        return (change for changes in self._waiting.values() for change in changes)

    def ended(
        self, change: Change, entry: LockedShot | None, *, well: bool
    ) -> tuple[list[Change], Digest | None]:
        """A take is there, or will not be: the changes that waited for this alone, and the clip for them.

        `entry` is what the lock has for its shot by now; the clip is None when there will be none.
        """
        self._pending.discard(change.name)
        if not well:
            self._missed.add(change.name)
        if change.shot not in self._waiting:
            return [], None
        is_current = entry is not None and _is_for(change, entry)
        pick = entry.pick if entry is not None and is_current else 1
        if (change.shot, pick) in self._pending:
            return [], None
        take: Take | None = None
        if entry is not None and is_current and (change.shot, pick) not in self._missed:
            take = entry.take(pick)
        return self._waiting.pop(change.shot), take.clip if take else None


def _is_for(change: Change, entry: LockedShot) -> bool:
    request = change.request
    if request is None or request.is_open:
        return False
    return request.numbered(1).fingerprint() == entry.fingerprint


class Queue:
    """What one provider is asked for next. Some of it comes only when the clip that it continues is there."""

    def __init__(self) -> None:
        self._ready: deque[Change] = deque()
        self._expected = 0
        self._moved = asyncio.Event()
        self.closed = False

    def __len__(self) -> int:
        return len(self._ready)

    def __iter__(self) -> Iterator[Change]:
        return iter(self._ready)

    @property
    def first(self) -> Change:
        """The next one."""
        return self._ready[0]

    def put(self, change: Change) -> None:
        """One that may be submitted."""
        self._ready.append(change)
        self._moved.set()

    def take(self) -> Change:
        """Take out the next one."""
        return self._ready.popleft()

    def expect(self) -> None:
        """One may come later."""
        self._expected += 1

    def met(self) -> None:
        """One of those that were expected has come, or comes no more."""
        self._expected -= 1
        self._moved.set()

    async def any(self) -> bool:
        """Wait until there is one; False when none will come."""
        while not self._ready and self._expected:
            self._moved.clear()
            await self._moved.wait()
        return bool(self._ready)
