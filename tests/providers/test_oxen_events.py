"""Events: a subscription that is open before the first submit, comes back, and is never depended on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.ports.provider import JobState
from seedgen.providers.oxen_events import Subscription
from tests.emulator import Do, Emulator, Fault
from tests.providers.oxen_room import asked, at_oxen, ignored, over_oxen, run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from seedgen.providers.http import Api
    from seedgen.providers.oxen import OxenProvider

DONE = "media_generation_completed"
EARNEST = 1.0
"""The pace of real life: the first listing would be due after ten seconds, so only events can end a wait."""


class Ear:
    """Hears what a subscription says."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.opened = 0
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def hear(self, job_id: str) -> None:
        """An event came."""
        self.heard.append(job_id)
        self._notify()

    def missed(self) -> None:
        """The stream was opened."""
        self.opened += 1
        self._notify()

    def _notify(self) -> None:
        task = asyncio.create_task(self._wake())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something."""
        async with self._changed:
            await asyncio.wait_for(self._changed.wait_for(condition), 5)


def listening(
    emulator: Emulator, act: Callable[[Subscription, Ear], Awaitable[None]], *, pace: float = 0.01
) -> None:
    """Do something while a subscription is open."""

    async def talk(api: Api) -> None:
        ear = Ear()
        subscription = Subscription(api, ear.hear, ear.missed, pace=pace)
        try:
            await act(subscription, ear)
        finally:
            await subscription.close()

    over_oxen(emulator, talk, pace=pace)


def tell(emulator: Emulator, name: str, data: Any) -> None:
    """Send an event."""
    emulator.send_event(name, data)


def test_events_of_ended_jobs_are_heard_and_all_else_is_not() -> None:
    """Foreign events, unknown forms and broken JSON are passed over; an id twice is heard twice."""

    async def act(subscription: Subscription, ear: Ear) -> None:
        await subscription.open()
        await ear.until(lambda: ear.opened == 1)
        for name, data in [
            (DONE, "{not json"),
            (DONE, "[" * 100_000),
            (DONE, []),
            (DONE, {"generation_id": None}),
            ("repository_indexed", {"generation_id": "other"}),
            (DONE, {"generation_id": "ours", "status": "succeeded"}),
            (DONE, {"generation_id": "ours", "status": "succeeded"}),
        ]:
            tell(emulator, name, data)
        await ear.until(lambda: len(ear.heard) == 2)

    with Emulator(b"clip") as emulator:
        listening(emulator, act, pace=EARNEST)

    assert emulator.requests_of("events")[0].headers["accept"] == "text/event-stream"


def test_a_stream_that_ends_is_opened_again_and_says_so() -> None:
    """What happened meanwhile was missed, so somebody has to look."""

    async def act(subscription: Subscription, ear: Ear) -> None:
        await subscription.open()
        await ear.until(lambda: ear.opened == 1)
        emulator.end_streams()
        await ear.until(lambda: ear.opened == 2)
        tell(emulator, DONE, {"generation_id": "ours"})
        await ear.until(lambda: ear.heard == ["ours"])

    with Emulator(b"clip") as emulator:
        listening(emulator, act)


def test_a_stream_without_a_heartbeat_is_dead() -> None:
    """Three missed heartbeats; then it is opened again."""

    async def act(subscription: Subscription, ear: Ear) -> None:
        await ear_opened_twice(subscription, ear)

    with Emulator(b"clip") as emulator:
        emulator.add(Fault("oxen", "events", Do.DEAD))
        listening(emulator, act, pace=0.001)


async def ear_opened_twice(subscription: Subscription, ear: Ear) -> None:
    """Open, and wait until it was opened again."""
    await subscription.open()
    await ear.until(lambda: ear.opened == 2)


def test_heartbeats_keep_a_silent_stream_alive() -> None:
    """Comments count: nothing happens for two lengths of the dead-stream timer, and it is still open."""

    async def act(subscription: Subscription, ear: Ear) -> None:
        await subscription.open()
        await ear.until(lambda: ear.opened == 1)
        await asyncio.sleep(0.7)  # 0.3 s is the shortest that a read waits
        tell(emulator, DONE, {"generation_id": "ours"})
        await ear.until(lambda: ear.heard == ["ours"])
        assert ear.opened == 1

    with Emulator(b"clip", heartbeat_s=0.1) as emulator:
        listening(emulator, act, pace=0.001)


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_stream_that_cannot_be_had_is_tried_again_later(status: int) -> None:
    """The caller goes on at once; a refusal today need not be one in a minute."""

    async def act(subscription: Subscription, ear: Ear) -> None:
        await subscription.open()
        assert ear.opened == 0
        await ear.until(lambda: ear.opened == 1)

    with Emulator(b"clip") as emulator:
        emulator.add(Fault("oxen", "events", status=status, times=2))
        listening(emulator, act)

    assert len(emulator.requests_of("events")) == 3


def test_a_service_that_does_not_answer_holds_nobody_up_for_long() -> None:
    """Five seconds in earnest; after that polling has to do, and later callers do not wait again."""

    async def act(subscription: Subscription, ear: Ear) -> None:
        await asyncio.wait_for(subscription.open(), 2)
        await asyncio.wait_for(subscription.open(), 2)
        assert ear.opened == 0

    with Emulator(b"clip") as emulator:
        emulator.add(Fault("oxen", "events", Do.HANG, times=None))
        listening(emulator, act, pace=0.05)


# -- with the provider ---------------------------------------------------------------------------


def test_the_subscription_is_open_before_the_first_submit_leaves(tmp_path: Path) -> None:
    """Nothing is replayed: who subscribes later may miss the event."""

    async def act(oxen: OxenProvider) -> None:
        await asyncio.gather(*(run(oxen, asked(f"Roof {n}.")) for n in range(5)))

    with Emulator(b"clip") as emulator:
        at_oxen(emulator, tmp_path, act, pace=EARNEST)

    routes = [str(seen.route) for seen in emulator.requests]
    assert routes[0] == "events"
    assert routes.count("events") == 1
    assert routes.count("cost") == 5
    assert "list" not in routes


def test_an_event_that_comes_before_the_answer_to_the_submit_is_remembered(tmp_path: Path) -> None:
    """The clip may be ready sooner than we know that it is ours."""
    with Emulator(b"clip") as emulator:
        emulator.add(Fault("oxen", "submit", Do.DELAY, seconds=0.2))
        status = at_oxen(emulator, tmp_path, lambda oxen: run(oxen, asked()), pace=EARNEST)

    assert status.state is JobState.SUCCEEDED
    assert emulator.requests_of("list") == []


def test_garbage_and_repetitions_do_no_harm(tmp_path: Path) -> None:
    """Each true event has broken and foreign ones before it, and is asked about once."""
    with Emulator(b"clip") as emulator:
        emulator.add(Fault("oxen", "events", Do.GARBAGE))
        status = at_oxen(emulator, tmp_path, lambda oxen: run(oxen, asked()), pace=EARNEST)

    assert status.state is JobState.SUCCEEDED
    assert len(emulator.requests_of("cost")) == 1


@pytest.mark.parametrize("trouble", [Do.SILENT, Do.DEAD, Do.CLOSE, Do.HANG, Do.DROP])
def test_without_a_single_event_polling_finds_the_end(trouble: Do, tmp_path: Path) -> None:
    """Whatever is wrong with the stream, the clip is found."""
    with Emulator(b"clip") as emulator:
        emulator.add(Fault("oxen", "events", trouble, times=None))
        status = at_oxen(emulator, tmp_path, lambda oxen: run(oxen, asked()))

    assert status.state is JobState.SUCCEEDED
    assert emulator.requests_of("list")


def test_what_happened_while_the_stream_was_broken_is_found_when_it_is_back(tmp_path: Path) -> None:
    """Each time that it opens one listing looks for what was missed."""

    async def act(oxen: OxenProvider) -> None:
        waiting = asyncio.create_task(oxen.wait(await oxen.submit(asked()), ignored))
        await asyncio.to_thread(emulator.wait_until, lambda world: world.streams == 1)
        await asyncio.sleep(0)
        emulator.end_streams()
        await asyncio.to_thread(emulator.wait_until, lambda world: world.streams == 0)
        emulator.finish()
        assert (await waiting).state is JobState.SUCCEEDED

    with Emulator(b"clip", hold=True) as emulator:
        at_oxen(emulator, tmp_path, act, pace=0.1)  # the stream is back after 0.2 s, polling is due after 1 s

    assert len(emulator.requests_of("events")) == 2
    assert len(emulator.requests_of("list")) == 1


def test_closing_leaves_no_stream_open(tmp_path: Path) -> None:
    """And nobody waiting."""

    async def act(oxen: OxenProvider) -> None:
        waiting = asyncio.create_task(oxen.wait(await oxen.submit(asked()), ignored))
        await asyncio.to_thread(emulator.wait_until, lambda world: world.streams == 1)
        await oxen.close()
        assert "goes on" in str((await asyncio.gather(waiting, return_exceptions=True))[0])
        await asyncio.to_thread(emulator.wait_until, lambda world: world.streams == 0)

    with Emulator(b"clip", hold=True) as emulator:
        at_oxen(emulator, tmp_path, act, pace=EARNEST)
