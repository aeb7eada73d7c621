"""Oxen's words: refusals, and a generation as a row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.emulator.faults import Do
from tests.emulator.gate import Call, Manners, Refusal
from tests.emulator.records import ResultHost, Route, Service, State

if TYPE_CHECKING:
    from tests.emulator.faults import Fault
    from tests.emulator.jobs import Job
    from tests.emulator.world import World

TARGETS = ("target_namespace", "target_repo", "target_directory")
CONTROLS = frozenset({"model", "num_generations", "response_format", *TARGETS})
"""What is for Oxen and not for the model."""
RESULTS = "results"
"""The name of the repository that results lie in, under the owner's namespace."""
OWNER = "studio"


def words_for(route: Route, status: int) -> Any:
    """The body of an error status."""
    match status:
        case 401:
            return {"status": "error", "status_message": "unauthenticated"}
        case 404:
            error = {"type": "resource_not_found", "title": "Resource not found"}
            return {"error": error, "status": "error", "status_message": "resource_not_found"}
        case 402:
            return {"error": {"type": "unknown_error", "title": "Insufficient credits"}, "status": "error"}
        case 429:
            return {"error": {"type": "unknown_error", "title": "Rate limit exceeded"}, "status": "error"}
        case 400:
            return {"error": {"type": "invalid_params", "title": "Invalid parameters"}, "status": "error"}
    return {"error": {"type": "unknown_error", "title": f"error {status} ({route})"}, "status": "error"}


def authorise(call: Call) -> None:
    """Refuse who has no Bearer key."""
    if call.seen.header("authorization") != f"Bearer {call.world.settings.keys[Service.OXEN]}":
        raise Refusal(401, words_for(call.seen.route, 401))


MANNERS = Manners(Service.OXEN, authorise, words_for)


def bad(detail: str) -> Refusal:
    """A 400 with a text."""
    return Refusal(400, {"error": {"type": "invalid_params", "title": "Invalid", "detail": detail}})


def document(call: Call) -> dict[str, Any]:
    """The body; a refusal when it is not a JSON object."""
    try:
        return call.document()
    except ValueError as error:
        raise bad(f"Invalid request body: {error}") from None


def result_url(world: World, job: Job) -> str:
    """Where a job's clip lies."""
    token = world.link_to(job)
    if world.settings.oxen_results is ResultHost.DOWNLOAD:
        return f"{world.addresses.download}/clips/{token}.mp4"
    return f"{world.addresses.api}/api/repos/{OWNER}/{RESULTS}/file/main/{token}.mp4"


def row_of(world: World, job: Job, fault: Fault | None) -> dict[str, Any]:
    """A generation as every listing shows it; what was submitted stands flat beside the rest."""
    now = world.clock.now()
    state = job.state(now)
    word = str(state) if state is not State.RUNNING else "processing"
    if fault is not None and fault.do is Do.WORD:
        state, word = State.RUNNING, fault.word
    started = int(job.starts) if now >= job.starts and state is not State.QUEUED else None
    return {
        **{name: value for name, value in job.body.items() if name not in CONTROLS},
        "generation_id": job.id,
        "model_name": job.model,
        "media_type": "video",
        "status": word,
        "result_url": result_url(world, job) if state is State.SUCCEEDED else None,
        "error_message": error_of(job) if state is State.FAILED else None,
        "enqueued_at": int(job.created),
        "started_at": started,
        "completed_at": int(job.ended) if state.is_final and job.ended is not None else None,
        **{name: job.body.get(name) for name in TARGETS},
    }


def error_of(job: Job) -> str:
    """What a failed job says."""
    return job.error or json.dumps(job.output)


def known(call: Call) -> Job:
    """The job that a path names; refused when there is none."""
    if call.job is None or call.job.service is not Service.OXEN:
        raise Refusal(404, words_for(call.seen.route, 404))
    return call.job


def has_vanished(world: World, job: Job) -> bool:
    """Whether the row is gone because the job is over, as it was before May 2026."""
    return world.settings.legacy_vanish and job.state(world.clock.now()).is_final
