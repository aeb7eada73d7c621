"""Lanes: how many jobs of one provider may be in flight, adapted to what the service bears."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import TYPE_CHECKING

from seedgen.ports import events

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from seedgen.errors import RateLimited

_LONGEST_WAIT_S = 60.0
_PATIENCE = 8
"""Refusals in a row, with nothing of ours in flight, after which somebody else has the room."""

_HOMEWARD = 2
"""Clips on their way home at once. Else many jobs that end together would hold up the next submits."""

_LONGEST_TURN_S = 3.0


class Lane:
    """The room for one provider's jobs. A refusal halves it, each accepted submit grows it back by one."""

    def __init__(
        self, name: str, most: int, tell: Callable[[events.Event], None], *, pace: float = 1.0
    ) -> None:
        self.name = name
        self.flying = 0
        self.ended = 0
        self.shut = asyncio.Event()
        self._most = most
        self._limit = most
        self._tell = tell
        self._pace = pace
        self._refusals = 0
        self._refused_at = 0.0
        self._open_at = 0.0
        self._moved = asyncio.Event()
        self._homeward = asyncio.Semaphore(_HOMEWARD)

    @property
    def closed(self) -> bool:
        """Whether nothing more is submitted."""
        return self.shut.is_set()

    @staticmethod
    def now() -> float:
        """The clock that `refused` wants to know the beginning of a submit by."""
        return asyncio.get_running_loop().time()

    async def enter(self) -> None:
        """Wait for room, and for the pause that the service asked for, and take a place."""
        while not self.closed and (self.flying >= self._limit or self.now() < self._open_at):
            pause = self._open_at - self.now()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause if pause > 0 else None):
                    await self._moved.wait()
        self.flying += 1

    def join(self) -> None:
        """Take a place without waiting: the job is in flight already."""
        self.flying += 1

    def leave(self) -> None:
        """Give a place back."""
        self.flying -= 1
        self._wake()

    def close(self) -> None:
        """Nothing more is submitted: the key or the money is at an end, or the service is not there."""
        self.shut.set()
        self._wake()

    def accepted(self) -> None:
        """A submit went well."""
        self._refusals = 0
        if self._limit < self._most:
            self._limit += 1
            self._wake()

    def refused(self, error: RateLimited, began: float) -> bool:
        """A submit that began then was too much. False when it makes no sense to go on trying.

        Submits that left side by side and are refused side by side count as one refusal.
        """
        if began >= self._refused_at:
            self._refusals += 1
            self._limit = max(1, self._limit // 2)
            self._refused_at = self.now()
            self._open_at = self.now() + self._pause(error)
            self._tell(events.Slowed(self.name, self._limit, self._open_at - self.now(), str(error)))
        return self.flying > 0 or self._refusals < _PATIENCE

    def _pause(self, error: RateLimited) -> float:
        if error.retry_after is not None:
            return error.retry_after
        growing = min(_LONGEST_WAIT_S, 2.0 ** (self._refusals - 1))
        return growing * self._pace * random.uniform(0.75, 1.25)  # noqa: S311  jitter, not a secret

    @contextlib.asynccontextmanager
    async def turn_home(self) -> AsyncIterator[None]:
        """Wait for a turn to fetch a clip, but not for long.

        A server that stalls on some clips must not keep the others, whose addresses expire.
        """
        held = False
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LONGEST_TURN_S * self._pace):
                held = await self._homeward.acquire()
        try:
            yield
        finally:
            if held:
                self._homeward.release()

    def job_ended(self) -> None:
        """A job has ended at the provider: what money or room it held is free."""
        self.ended += 1
        self._wake()

    async def more_room(self, since: int) -> bool:
        """Wait until a job has ended since there were so many ended ones. False when none is left to end."""
        while self.ended == since and self.flying and not self.closed:
            await self._moved.wait()
        return self.ended != since and not self.closed

    def _wake(self) -> None:
        """Everybody who waits looks again."""
        self._moved.set()
        self._moved = asyncio.Event()
