"""Control over HTTP for other processes, under `/_emulator/`: look, set faults, let jobs end."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from starlette.routing import Route as Path

from tests.emulator.faults import Fault
from tests.emulator.wire import Answer, Wire, as_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

    from tests.emulator.records import Submit
    from tests.emulator.world import World


def request_of(submit: Submit) -> str:
    """A short name for a request: the same for the same service and body."""
    return hashlib.sha256(f"{submit.service} {submit.canonical}".encode()).hexdigest()[:16]


def state_of(world: World, *, full: bool = False) -> dict[str, Any]:
    """Everything that a soak asks: submits, how many per request, jobs, downloads, violations.

    `full` adds bodies and the list of requests.
    """
    jobs = [world.record_of(job) for job in world.jobs.values()]
    document: dict[str, Any] = {
        "submits": [
            {
                "service": submit.service,
                "model": submit.model,
                "job_id": submit.job_id,
                "at": submit.at,
                "prompt": submit.prompt,
                "request": request_of(submit),
            }
            for submit in world.submits
        ],
        "accepted": dict(Counter(request_of(submit) for submit in world.submits)),
        "jobs": [
            {
                "id": job.id,
                "service": job.service,
                "state": job.state,
                "prompt": job.prompt,
                "cost": str(job.cost),
                "downloads": job.downloads,
                "error": job.error,
            }
            for job in jobs
        ],
        "jobs_by_state": dict(Counter(str(job.state) for job in jobs)),
        "requests_by_route": dict(Counter(f"{seen.service} {seen.route}" for seen in world.requests)),
        "streams": world.streams,
        "violations": [f"{entry.what}: {entry.method} {entry.target}" for entry in world.violations],
        "crashes": list(world.crashes),
    }
    if full:
        document["bodies"] = {request_of(submit): submit.body for submit in world.submits}
        document["requests"] = [f"{seen.service} {seen.method} {seen.target}" for seen in world.requests]
    return document


class Control:
    """One control call: JSON in, JSON out, no key, never recorded."""

    def __init__(self, world: World, act: Callable[[World, str, Any], Any]) -> None:
        self._world = world
        self._act = act

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it."""
        wire = Wire(scope, receive, send)
        raw = await wire.body()
        try:
            given = json.loads(raw) if raw else {}
            answer = as_json(self._act(self._world, scope["query_string"].decode(), given))
        except (KeyError, TypeError, ValueError) as error:
            answer = as_json({"error": repr(error)}, 400)
        await wire.send(answer if isinstance(answer, Answer) else Answer(500))


def _state(world: World, query: str, _: Any) -> Any:
    return state_of(world, full="full=1" in query)


def _list_faults(world: World, _: str, __: Any) -> Any:
    return [{"number": number, "seen": seen, **fault.to_json()} for number, fault, seen in world.faults]


def _add_fault(world: World, _: str, given: Any) -> Any:
    return {"number": world.faults.add(Fault.from_json(given))}


def _remove_fault(world: World, _: str, given: Any) -> Any:
    world.faults.remove(given.get("number"))
    return {}


def finish(world: World, job_id: str | None = None, error: str = "") -> int:
    """Let one job end, or all that run; how many did. Raises KeyError for an unknown id."""
    jobs = list(world.jobs.values()) if job_id is None else [world.jobs[job_id]]
    running = [job for job in jobs if not job.state(world.clock.now()).is_final]
    for job in running:
        world.end(job, error)
    return len(running)


def _finish(world: World, _: str, given: Any) -> Any:
    return {"finished": finish(world, given.get("job_id"), given.get("error", ""))}


def _advance(world: World, _: str, given: Any) -> Any:
    world.clock.advance(float(given["seconds"]))
    world.ring()
    return {"now": world.clock.now()}


def _event(world: World, _: str, given: Any) -> Any:
    world.publish(given["name"], json.dumps(given.get("data")))
    return {"streams": world.streams}


def routes(world: World) -> list[Path]:
    """The control routes."""
    calls = [
        ("state", "GET", _state),
        ("faults", "GET", _list_faults),
        ("faults", "POST", _add_fault),
        ("faults", "DELETE", _remove_fault),
        ("finish", "POST", _finish),
        ("advance", "POST", _advance),
        ("events", "POST", _event),
    ]
    return [Path(f"/_emulator/{name}", Control(world, act), methods=[method]) for name, method, act in calls]
