"""The emulator in a thread of this process: one uvicorn, three ports, and what a test asks of it."""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, Self, TypeVar

import uvicorn

from tests.emulator import control, oxen
from tests.emulator.clips import Clips
from tests.emulator.ports import Front, Server, applications, listener
from tests.emulator.records import Addresses, Route, Settings
from tests.emulator.world import World

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

    from tests.emulator.faults import Fault
    from tests.emulator.records import Clip, JobRecord, Seen, Submit, Violation

T = TypeVar("T")
_PATIENCE_S = 10.0


class Emulator:
    """Both services on loopback, for the time of a `with` block.

    Takes the fields of `Settings` by name. Everything may be called from any thread.
    """

    def __init__(self, clip: Clip, **settings: Any) -> None:
        self.settings = Settings(clip=clip, **settings)
        self.keys: Mapping[str, str] = self.settings.keys
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._sockets = [listener(port) for port in (self.settings.port, 0, 0)]
        ports = [sock.getsockname()[1] for sock in self._sockets]
        self.addresses = Addresses(*(f"http://127.0.0.1:{port}" for port in ports))
        self._world = World(self.settings, self.addresses)
        self._clips = Clips(self.settings)
        self._ready: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._thread = threading.Thread(target=self._run, args=(ports,), name="emulator", daemon=True)
        self._thread.start()
        self._ready.result(_PATIENCE_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._server.told_to_stop.set)
        self._thread.join(_PATIENCE_S)
        if self._world.crashes:
            raise AssertionError("the emulator itself failed:\n" + "\n".join(self._world.crashes))

    def _run(self, ports: list[int]) -> None:
        asyncio.run(self._serve(ports))

    async def _serve(self, ports: list[int]) -> None:
        self._loop = asyncio.get_running_loop()
        self._world.announce = lambda job: oxen.announcement(self._world, job)
        front = Front(self._world, dict(zip(ports, applications(self._world, self._clips), strict=True)))
        config = uvicorn.Config(
            front,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=self.settings.keep_alive_s,
        )
        self._server = Server(config, self._ready)
        await self._server.serve(self._sockets)

    def _ask(self, question: Callable[[], T]) -> T:
        """Run something on the server's thread, the only one that touches the world."""
        if not self._thread.is_alive() or threading.current_thread() is self._thread:
            return question()
        answer: concurrent.futures.Future[T] = concurrent.futures.Future()

        def reply() -> None:
            try:
                answer.set_result(question())
            except Exception as error:  # noqa: BLE001
                answer.set_exception(error)

        self._loop.call_soon_threadsafe(reply)
        return answer.result(_PATIENCE_S)

    # Where

    @property
    def eachlabs_url(self) -> str:
        """The base of each::labs; paths start with /v1."""
        return self.addresses.api

    @property
    def oxen_url(self) -> str:
        """The base of Oxen; paths start with /ai, /events and /repos."""
        return f"{self.addresses.api}/api"

    @property
    def download_url(self) -> str:
        """The origin that results come from and uploads go to."""
        return self.addresses.download

    @property
    def elsewhere_url(self) -> str:
        """An origin of nobody's, which serves the same files and does no faults."""
        return self.addresses.elsewhere

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead seedgen here."""
        return {
            "EACHLABS_BASE_URL": self.eachlabs_url,
            "EACHLABS_API_KEY": self.keys["eachlabs"],
            "OXEN_BASE_URL": self.oxen_url,
            "OXEN_API_KEY": self.keys["oxen"],
        }

    @property
    def described(self) -> dict[str, Any]:
        """Every address and key, as the process prints them."""
        return {
            "eachlabs_url": self.eachlabs_url,
            "oxen_url": self.oxen_url,
            "download_url": self.download_url,
            "elsewhere_url": self.elsewhere_url,
            "control_url": f"{self.addresses.api}/_emulator",
            "keys": dict(self.keys),
            "environment": self.environment,
        }

    # What happened

    @property
    def submits(self) -> list[Submit]:
        """Every submit that was accepted, in order; each would be billed."""
        return self._ask(lambda: list(self._world.submits))

    @property
    def accepted(self) -> Counter[tuple[str, str]]:
        """How many submits were accepted, by service and canonical body."""
        return Counter((str(submit.service), submit.canonical) for submit in self.submits)

    @property
    def requests(self) -> list[Seen]:
        """Every request that came in whole, in order."""
        return self._ask(lambda: list(self._world.requests))

    def requests_of(self, route: str, service: str | None = None) -> list[Seen]:
        """The requests of one route."""
        wanted = Route(route)
        return [seen for seen in self.requests if seen.route is wanted and service in {None, seen.service}]

    @property
    def jobs(self) -> dict[str, JobRecord]:
        """Every job as it stands now, by id, in order."""
        return self._ask(lambda: {key: self._world.record_of(job) for key, job in self._world.jobs.items()})

    @property
    def violations(self) -> list[Violation]:
        """What no client may ever do and one did."""
        return self._ask(lambda: list(self._world.violations))

    @property
    def uploads(self) -> dict[str, bytes]:
        """Files that were brought, by the last part of their name or `repo/path`."""

        def collect() -> dict[str, bytes]:
            single = {name: stored.content for name, stored in self._world.uploads.items()}
            for repo, files in self._world.repos.items():
                single |= {f"{repo}/{path}": stored.content for path, stored in files.items()}
            return {name: content for name, content in single.items() if content is not None}

        return self._ask(collect)

    @property
    def streams(self) -> int:
        """How many clients listen to events."""
        return self._ask(lambda: self._world.streams)

    @property
    def state(self) -> dict[str, Any]:
        """What `/_emulator/state` says."""
        return self._ask(lambda: control.state_of(self._world))

    def wait_until(self, condition: Callable[[World], bool], timeout_s: float = _PATIENCE_S) -> None:
        """Wait until something holds; it is looked at after each request. Raises TimeoutError.

        The condition runs on the server's thread; what it raises is raised here.
        """
        held: concurrent.futures.Future[None] = concurrent.futures.Future()
        self._ask(lambda: self._world.when(lambda: condition(self._world), held))
        try:
            held.result(timeout_s)
        except TimeoutError:
            self._ask(held.cancel)
            raise

    # What to do

    def add(self, fault: Fault) -> int:
        """Put a fault in force and give back its number."""
        return self._ask(lambda: self._world.faults.add(fault))

    def remove(self, number: int | None = None) -> None:
        """Take one fault out of force, or all of them."""
        self._ask(lambda: self._world.faults.remove(number))

    def struck(self, number: int) -> int:
        """How many requests a fault has matched."""
        return self._ask(lambda: next(seen for key, _, seen in self._world.faults if key == number))

    def finish(self, job_id: str | None = None, error: str = "") -> int:
        """Let one job end, or all that run: well, or with an error. How many did."""
        return self._ask(lambda: control.finish(self._world, job_id, error))

    def advance(self, seconds: float) -> None:
        """Let time pass for jobs, links and listings without waiting."""

        def forward() -> None:
            self._world.clock.advance(seconds)
            self._world.ring()

        self._ask(forward)

    def send_event(self, name: str, data: Any) -> None:
        """Send an event, such as one about something else, to everybody who listens."""
        self._ask(lambda: self._world.publish(name, data if isinstance(data, str) else json.dumps(data)))

    def end_streams(self) -> None:
        """End every event stream that is open."""
        self._ask(self._world.end_streams)

    def clip_of(self, job_id: str) -> bytes:
        """The bytes that a job's clip has."""
        return self._ask(lambda: self._clips.of(self._world.record_of(self._world.jobs[job_id])))
