"""Oxen's events: one subscription, kept open, that says which jobs have ended.

The stream replays nothing, so it has to be open before a submit leaves, and whatever happened while it
was broken was missed. It only makes things quicker: nothing depends on it.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, cast

from seedgen.errors import ProviderError
from seedgen.providers.answers import decoded
from seedgen.providers.oxen_answers import job_of_event

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from httpx_sse import ServerSentEvent

    from seedgen.providers.http import Api

_PATH = "/events"
_PATIENCE_S = 5.0
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 60.0
_HELD_S = 15.0
"""A connection that held this long was a good one: the next may be tried soon."""


class Subscription:
    """Calls `hear` with the id of every job that ends, `missed` after each time that it was not open.

    `pace` multiplies every waiting time.
    """

    def __init__(
        self, api: Api, hear: Callable[[str], None], missed: Callable[[], None], *, pace: float = 1.0
    ) -> None:
        self._api = api
        self._hear = hear
        self._missed = missed
        self._pace = pace
        self._task: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()

    def begin(self) -> None:
        """Connect, if nobody has yet."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep())

    async def open(self) -> None:
        """Return when the first connection stands or has failed, and after a few seconds at the latest."""
        self.begin()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._settled.wait(), _PATIENCE_S * self._pace)
        self._settled.set()

    async def close(self) -> None:
        """End the subscription."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep(self) -> None:
        now = asyncio.get_running_loop().time
        pause = _FIRST_PAUSE_S
        while True:
            began = now()
            # Whatever is wrong with the stream, polling goes on, and speaks up if it fails as well.
            with suppress(ProviderError):
                await self._listen()
            self._settled.set()
            held = now() - began > _HELD_S * self._pace
            pause = _FIRST_PAUSE_S if held else min(2 * pause, _LONGEST_PAUSE_S)
            await asyncio.sleep(pause * self._pace * random.uniform(0.9, 1.1))  # noqa: S311  no secret

    async def _listen(self) -> None:
        async with self._api.events(_PATH) as stream:
            self._settled.set()
            self._missed()
            async with aclosing(cast("AsyncGenerator[ServerSentEvent]", stream)) as events:
                async for event in events:
                    self._take(event)

    def _take(self, event: ServerSentEvent) -> None:
        """Foreign and broken events are passed over."""
        with suppress(ValueError):
            if job_id := job_of_event(event.event, decoded(event.data)):
                self._hear(job_id)
