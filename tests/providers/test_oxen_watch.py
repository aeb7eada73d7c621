"""Watch: one listing for all who wait, hints that make it quicker, and nobody who waits for ever."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

import pytest

from seedgen.errors import AuthError, BadResponse, RateLimited, Unavailable
from seedgen.providers.oxen_watch import Watch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

PACE = 0.001


class Service:
    """Lists what is active. `troubles` are raised first, one for each listing."""

    def __init__(self, *active: str, troubles: tuple[Exception, ...] = ()) -> None:
        self.active = set(active)
        self.listings = 0
        self.at: list[float] = []
        self.listed = asyncio.Event()
        self._troubles = list(troubles)

    async def __call__(self) -> set[str]:
        self.listings += 1
        self.at.append(asyncio.get_running_loop().time())
        self.listed.set()
        if self._troubles:
            raise self._troubles.pop(0)
        return set(self.active)

    async def another(self) -> None:
        """Until it has listed once more."""
        self.listed.clear()
        await self.listed.wait()


async def news(watch: Watch, job_id: str, *, fresh: bool = True) -> None:
    """Until there is news of a job."""
    with watch.over(job_id, fresh=fresh) as post:
        await post.news()


def watching(service: Service, act: Callable[[Watch], Awaitable[None]], pace: float = PACE) -> None:
    """Do something with a watch, and close it."""

    async def talk() -> None:
        watch = Watch(service, pace=pace)
        try:
            await asyncio.wait_for(act(watch), 5)
        finally:
            await watch.close()
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(talk())


def test_one_listing_tells_of_a_hundred_jobs() -> None:
    """A hundred calls every ten seconds would be a lot to ask of a service."""
    service = Service()

    async def act(watch: Watch) -> None:
        await asyncio.gather(*(news(watch, f"job-{n}") for n in range(100)))

    watching(service, act)
    assert service.listings == 1


def test_a_job_that_is_still_listed_has_no_news() -> None:
    """It is asked for on its own only when it has left the listing."""
    service = Service("slow")

    async def act(watch: Watch) -> None:
        slow = asyncio.create_task(news(watch, "slow"))
        await news(watch, "quick")
        await service.another()
        assert not slow.done()
        service.active.clear()
        await slow

    watching(service, act)


def test_nothing_is_listed_while_nobody_waits() -> None:
    """Between two jobs the service is left alone, and afterwards it is asked again."""
    service = Service()

    async def act(watch: Watch) -> None:
        await news(watch, "first")
        listings = service.listings
        await asyncio.sleep(40 * PACE)  # four times the interval
        assert service.listings == listings
        await news(watch, "second")

    watching(service, act)


def test_a_long_wait_is_polled_less_often() -> None:
    """Ten seconds apart at first, half a minute after five minutes."""
    service = Service("slow")

    async def act(watch: Watch) -> None:
        slow = asyncio.create_task(news(watch, "slow"))
        while len(service.at) < 2 or service.at[-1] - service.at[0] < 350 * PACE:
            await service.another()
        service.active.clear()
        await slow

    watching(service, act)
    gaps = [later - earlier for earlier, later in itertools.pairwise(service.at)]
    assert gaps[-1] >= 27 * PACE  # thirty, but for a tenth of jitter


def test_an_event_is_quicker_than_the_listing() -> None:
    """Also one that came before anybody waited, for a clip may be made in no time."""
    service = Service("early", "late")

    async def act(watch: Watch) -> None:
        watch.hear("somebody else's")
        watch.hear("early")
        await news(watch, "early")
        late = asyncio.create_task(news(watch, "late"))
        await asyncio.sleep(0)
        watch.hear("late")
        await late

    watching(service, act, pace=1.0)
    assert service.listings == 0


def test_events_that_nobody_waits_for_are_forgotten_in_the_end() -> None:
    """A stream of other people's jobs fills no memory: the newest few thousand are kept."""
    service = Service("ours", "newest")

    async def act(watch: Watch) -> None:
        watch.hear("ours")
        for n in range(5000):
            watch.hear(f"foreign-{n}")
        watch.hear("newest")
        await news(watch, "newest")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(news(watch, "ours"), 0.01)

    watching(service, act, pace=1.0)


def test_jobs_that_are_resumed_share_one_listing_at_once() -> None:
    """They may have ended long ago, so nobody waits ten seconds to find out."""
    service = Service()

    async def act(watch: Watch) -> None:
        await asyncio.gather(*(news(watch, f"job-{n}", fresh=False) for n in range(20)))

    watching(service, act, pace=1.0)  # the first listing would be due after ten seconds
    assert service.listings == 1


def test_a_rate_limit_is_obeyed() -> None:
    """The next listing comes no sooner than the service asked for, and nobody who waits is told."""
    service = Service(troubles=(RateLimited("slow down", retry_after=0.2),))
    watching(service, lambda watch: news(watch, "a"))
    assert service.listings == 2
    assert service.at[1] - service.at[0] >= 0.2


def test_a_strange_listing_is_passed_over() -> None:
    """Twice in a row it may be a proxy's mood."""
    service = Service(troubles=(BadResponse("an HTML page"), BadResponse("an HTML page")))
    watching(service, lambda watch: news(watch, "a"))
    assert service.listings == 3


def test_what_stays_strange_is_told_to_everybody() -> None:
    """The third time it is no mood."""

    async def act(watch: Watch) -> None:
        found = await asyncio.gather(news(watch, "a"), news(watch, "b"), return_exceptions=True)
        assert [str(one) for one in found] == ["an HTML page"] * 2

    watching(Service(troubles=tuple(BadResponse("an HTML page") for _ in range(3))), act)


@pytest.mark.parametrize("trouble", [Unavailable("silent"), AuthError("wrong key"), ValueError("a mistake")])
def test_what_ends_all_hope_is_told_at_once(trouble: Exception) -> None:
    """A service that is gone, a key that is wrong, and a mistake of our own: nobody waits for ever."""

    async def act(watch: Watch) -> None:
        with pytest.raises(type(trouble), match=str(trouble)):
            await news(watch, "a")
        await news(watch, "b")  # and the next who asks starts anew

    watching(Service(troubles=(trouble,)), act)


def test_closing_ends_every_wait() -> None:
    """Promptly, and saying that the job goes on."""

    async def act(watch: Watch) -> None:
        waiting = asyncio.create_task(news(watch, "a"))
        await asyncio.sleep(0)
        await watch.close()
        with pytest.raises(Unavailable, match="goes on"):
            await waiting

    watching(Service("a"), act, pace=1.0)
