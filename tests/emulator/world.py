"""The state behind both services: jobs, uploads, accepted submits, requests. One thread touches it."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import math
import time
import uuid
from typing import TYPE_CHECKING, Any

from tests.emulator.faults import Do, Fault, FaultBook
from tests.emulator.jobs import Job, Link, Stored
from tests.emulator.records import JobRecord, Service, Submit, Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Future
    from decimal import Decimal

    from tests.emulator.records import Addresses, Seen, Settings


class Clock:
    """Unix time that a test can push forward."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> float:
        """Unix seconds."""
        return time.monotonic() + self._offset

    def advance(self, seconds: float) -> None:
        """Let time pass without waiting."""
        self._offset += seconds


class World:
    """Everything the services remember."""

    def __init__(self, settings: Settings, addresses: Addresses) -> None:
        self.settings = settings
        self.addresses = addresses
        self.clock = Clock()
        self.faults = FaultBook()
        self.jobs: dict[str, Job] = {}
        self.submits: list[Submit] = []
        self.requests: list[Seen] = []
        self.violations: list[Violation] = []
        self.crashes: list[str] = []
        self.uploads: dict[str, Stored] = {}
        self.repos: dict[str, dict[str, Stored]] = {}
        self.links: dict[str, Link] = {}
        self._streams: set[asyncio.Queue[tuple[str, str] | None]] = set()
        self._due: list[tuple[float, str]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._watchers: list[tuple[Callable[[], bool], Future[None]]] = []
        self.announce: Callable[[Job], tuple[str, str] | None] = lambda _: None

    # Jobs

    def accept(
        self, service: Service, body: Mapping[str, Any], cost: Decimal, fault: Fault | None, problem: str = ""
    ) -> Job:
        """Take on a job, which is the moment that money is spent."""
        now = self.clock.now()
        latency = self.settings.latency_s
        runs_s = latency(body) if callable(latency) else latency
        held = self.settings.hold or (fault is not None and fault.do is Do.HOLD)
        queue_s = (0.0 if held else runs_s / 4) if self.settings.queue_s is None else self.settings.queue_s
        job = Job(
            id=str(uuid.uuid4()),
            service=service,
            model=str(body["model"]),
            body=body,
            cost=cost,
            created=now,
            starts=now + queue_s,
            ends=math.inf if held else now + runs_s,
            error=problem,
        )
        if fault is not None and fault.do is Do.FAIL:
            job.error, job.output = fault.error, fault.body
        job.is_lost = fault is not None and fault.do is Do.LOSE
        self.jobs[job.id] = job
        self.submits.append(Submit(service, job.model, body, job.id, now))
        self._watch(job)
        self.changed()
        return job

    def in_flight(self, service: Service) -> int:
        """How many jobs have not ended."""
        now = self.clock.now()
        return sum(job.service is service and not job.state(now).is_final for job in self.jobs.values())

    def is_full(self, service: Service) -> bool:
        """Whether a cap is set and reached."""
        cap = self.settings.caps.get(service)
        return cap is not None and self.in_flight(service) >= cap

    def end(self, job: Job, error: str = "") -> None:
        """Let a job end now, if it has not: well, or with an error."""
        now = self.clock.now()
        if job.state(now).is_final:
            return
        job.ends, job.starts = now, min(job.starts, now)
        job.error = error or job.error
        self._watch(job)
        self.ring()

    def cancel(self, job: Job) -> None:
        """Stop a job that runs."""
        now = self.clock.now()
        if self.settings.cancel_wins and not job.state(now).is_final:
            job.cancelled = now
            job.over.set()
            self.changed()

    def record_of(self, job: Job) -> JobRecord:
        """A job as others see it."""
        state = job.state(self.clock.now())
        return JobRecord(
            job.id, job.service, job.model, job.body, state, job.created, job.cost, job.downloads, job.error
        )

    def listed(self, service: Service) -> Iterator[Job]:
        """The jobs that a listing shows, newest first."""
        visible = self.clock.now() - self.settings.list_delay_s
        for job in reversed(self.jobs.values()):
            if job.service is service and job.created <= visible and not job.is_lost:
                yield job

    # Time

    def _watch(self, job: Job) -> None:
        if math.isfinite(job.ends):
            heapq.heappush(self._due, (job.ends, job.id))
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._due:
            delay = max(0.0, self._due[0][0] - self.clock.now())
            self._timer = asyncio.get_running_loop().call_later(delay, self.ring)

    def ring(self) -> None:
        """Tell the streams of every job that has ended since."""
        now = self.clock.now()
        while self._due and self._due[0][0] <= now:
            job = self.jobs[heapq.heappop(self._due)[1]]
            if job.over.is_set():
                continue
            job.over.set()
            if (event := self.announce(job)) is not None:
                self.publish(*event)
        self._set_timer()
        self.changed()

    # Events

    @property
    def streams(self) -> int:
        """How many clients listen."""
        return len(self._streams)

    @contextlib.contextmanager
    def listening(self) -> Iterator[asyncio.Queue[tuple[str, str] | None]]:
        """Hear every event from now on, and none from before; None is the end."""
        queue: asyncio.Queue[tuple[str, str] | None] = asyncio.Queue()
        self._streams.add(queue)
        self.changed()
        try:
            yield queue
        finally:
            self._streams.discard(queue)
            self.changed()

    def publish(self, name: str, data: str) -> None:
        """Send an event to everybody who listens."""
        for queue in self._streams:
            queue.put_nowait((name, data))

    def end_streams(self) -> None:
        """End every stream that is open."""
        for queue in self._streams:
            queue.put_nowait(None)

    # Results

    def link_to(self, job: Job) -> str:
        """The token in a job's result URL: the present one while it works, else a new one."""
        link = self.links.get(job.url_token)
        now = self.clock.now()
        if link is None or link.status or now >= link.until:
            life_s = self.settings.url_life_s
            job.url_token = uuid.uuid4().hex
            self.links[job.url_token] = Link(job, math.inf if life_s is None else now + life_s)
        return job.url_token

    def shows(self, name: str) -> Stored | None:
        """An uploaded file that can be read now."""
        stored = self.uploads.get(name)
        if stored is None or stored.content is None or self.clock.now() >= stored.public_until:
            return None
        return stored

    # Records

    def saw(self, seen: Seen) -> None:
        """Remember a request, and whether it told a secret to somebody."""
        self.requests.append(seen)
        said = [seen.target.encode(), seen.body, *(value for _, value in seen.raw_headers)]
        for service, key in self.settings.keys.items():
            if service != seen.service and any(key.encode() in piece for piece in said):
                self.violation(f"the key of {service} was sent to {seen.service}", seen)
        self.changed()

    def violation(self, what: str, seen: Seen) -> None:
        """Remember something that may never happen."""
        self.violations.append(Violation(what, seen.service, seen.method, seen.target))

    def when(self, condition: Callable[[], bool], held: Future[None]) -> None:
        """Settle a future as soon as a condition holds or fails; one that is cancelled is forgotten."""
        self._watchers.append((condition, held))
        self.changed()

    def changed(self) -> None:
        """Look whether somebody waits for what has just happened."""
        if self._watchers:
            self._watchers = [watcher for watcher in self._watchers if not _settled(*watcher)]


def _settled(condition: Callable[[], bool], held: Future[None]) -> bool:
    if held.cancelled():
        return True
    try:
        if condition():
            held.set_result(None)
    except Exception as error:  # noqa: BLE001
        held.set_exception(error)
    return held.done()
