"""Watch: waits for many jobs at once. One listing tells of all, and events make it quicker.

Polling is the authority. Every interval one call lists the jobs that are active; a watched job that
is no longer among them has news. So has one that an event speaks of.
"""

from __future__ import annotations

import asyncio
import random
from collections import OrderedDict
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from seedgen.errors import BadResponse, ProviderError, RateLimited, Unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterator

    Active = Callable[[], Awaitable[Collection[str]]]
    """Lists the ids of the jobs that are queued or running. Raises ProviderError."""

_INTERVAL_S = 10.0
_LONGEST_INTERVAL_S = 30.0
_PART_OF_WAIT = 0.1
"""Who has waited five minutes does not mind another half."""
_GATHER_S = 0.5
"""Jobs that are resumed together share one listing."""
_BAD_LISTINGS = 3
_EARLY = 4096
_JITTER = 0.1


class Post:
    """Where one waiting job gets its news."""

    def __init__(self, since: float) -> None:
        self.since = since
        self._news = asyncio.Event()
        self._trouble: BaseException | None = None

    def tell(self, trouble: BaseException | None = None) -> None:
        """There is reason to ask for the job, or no more hope to hear of it."""
        self._trouble = trouble
        self._news.set()

    async def news(self) -> None:
        """Until there is reason to ask for the job. Raises ProviderError."""
        await self._news.wait()
        self._news.clear()
        if self._trouble is not None:
            raise self._trouble


class Watch:
    """The jobs that somebody waits for. `pace` multiplies every waiting time."""

    def __init__(self, active: Active, *, pace: float = 1.0) -> None:
        self._active = active
        self._pace = pace
        self._posts: dict[str, Post] = {}
        self._early: OrderedDict[str, None] = OrderedDict()
        self._hurry = asyncio.Event()
        self._someone = asyncio.Event()
        self._poller: asyncio.Task[None] | None = None

    def hear(self, job_id: str) -> None:
        """Something happened to a job, perhaps one that is not ours or not known to be ours yet."""
        if post := self._posts.get(job_id):
            post.tell()
            return
        self._early[job_id] = None
        if len(self._early) > _EARLY:
            self._early.popitem(last=False)

    def look_now(self) -> None:
        """List at once: something may have been missed."""
        if self._posts:
            self._hurry.set()

    @contextmanager
    def over(self, job_id: str, *, fresh: bool) -> Iterator[Post]:
        """Watch a job for as long as the block lasts.

        `fresh` says that it was submitted just now; of any other it may be that it ended long ago.
        """
        post = self._posts[job_id] = Post(self._now())
        self._someone.set()
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll())
            self._poller.add_done_callback(self._ended)
        if job_id in self._early:
            del self._early[job_id]
            post.tell()
        elif not fresh:
            self._hurry.set()
        try:
            yield post
        finally:
            if self._posts.get(job_id) is post:
                del self._posts[job_id]

    async def close(self) -> None:
        """End the polling, and every wait."""
        _tell(self._posts.values(), Unavailable("nobody waits for the job any more; it goes on"))
        if self._poller is not None:
            self._poller.cancel()
            await asyncio.gather(self._poller, return_exceptions=True)

    def _ended(self, poller: asyncio.Task[None]) -> None:
        """Nobody may wait for ever because of a mistake in the polling."""
        if not poller.cancelled():
            _tell(self._posts.values(), poller.exception())

    # -- polling ---------------------------------------------------------------------------------

    async def _poll(self) -> None:
        bad = 0
        least = 0.0
        while True:
            await self._pause(least)
            watched = dict(self._posts)
            least = 0.0
            try:
                active = await self._active()
            except RateLimited as error:
                least = error.retry_after or 0.0
            except ProviderError as error:
                bad += 1
                if not isinstance(error, BadResponse) or bad == _BAD_LISTINGS:
                    bad = 0
                    _tell(watched.values(), error)
            else:
                bad = 0
                _tell([post for job_id, post in watched.items() if job_id not in active])

    async def _pause(self, least: float) -> None:
        """Until the next listing is due: `least` seconds at least, and never while nobody waits."""
        await asyncio.sleep(least)
        while not self._posts:
            self._someone.clear()
            await self._someone.wait()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), self._interval() * self._pace)
            await asyncio.sleep(_GATHER_S * self._pace)
        self._hurry.clear()

    def _interval(self) -> float:
        """Seconds to the next listing, by how long the youngest of the jobs has been waited for."""
        youngest = max((post.since for post in self._posts.values()), default=self._now())
        waited = (self._now() - youngest) / self._pace
        interval = min(max(_INTERVAL_S, waited * _PART_OF_WAIT), _LONGEST_INTERVAL_S)
        return interval * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311  no secret hangs on it

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


def _tell(posts: Collection[Post], trouble: BaseException | None = None) -> None:
    for post in posts:
        post.tell(trouble)
