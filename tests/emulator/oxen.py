"""Oxen as its contract has it: jobs are queued, read and cancelled, or waited for in one long call."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import TYPE_CHECKING, Any

from starlette.routing import Route as Path

from tests.emulator import models
from tests.emulator.catalogue import one_oxen_model, oxen_models
from tests.emulator.events import listen
from tests.emulator.gate import Call, Gate, Refusal
from tests.emulator.oxen_lists import history, one_of_history, queue
from tests.emulator.oxen_words import (
    CONTROLS,
    MANNERS,
    TARGETS,
    bad,
    document,
    error_of,
    has_vanished,
    known,
    result_url,
    row_of,
    words_for,
)
from tests.emulator.records import Route, Service, State
from tests.emulator.wire import Answer, as_json

if TYPE_CHECKING:
    from tests.emulator.clips import Clips
    from tests.emulator.jobs import Job
    from tests.emulator.models import Model
    from tests.emulator.world import World


def _checked(call: Call, *, sync: bool) -> tuple[dict[str, Any], Model]:
    """What is looked at before a job is taken: the model, the count and where the result shall go."""
    body = document(call)
    if not isinstance(body.get("model"), str):
        raise bad("model is required")
    for name in TARGETS:
        if not isinstance(body.get(name), str | None):
            raise bad(f"{name} must be a string")
    count = body.get("num_generations", 1)
    if type(count) is not int or not 1 <= count <= 4:
        raise bad("num_generations must be an integer between 1 and 4")
    if not sync and "response_format" in body:
        raise bad("response_format is for the synchronous call")
    if body.get("response_format", "url") not in {"url", "b64_json"}:
        raise bad("response_format must be url or b64_json")
    if (model := models.OXEN.get(body["model"])) is None:
        raise Refusal(404, {"error": f"Model not found: {body['model']}"})
    return body, model


def _given(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in CONTROLS}


def _accept(call: Call, body: dict[str, Any], model: Model) -> Job:
    """Take on a job. What its model does not like is found out when it runs."""
    world, given = call.world, _given(body)
    problem = "; ".join(model.problems(given))
    if not problem:
        problem = ", ".join(
            f"{url} is not reachable" for url in model.urls(given) if not _is_there(world, url)
        )
    text = f"Getting model response error: 422 - Value error, {problem}" if problem else ""
    return world.accept(Service.OXEN, body, model.cost(given), call.fault, text)


def _is_there(world: World, url: str) -> bool:
    prefix = f"{world.addresses.api}/api/repos/"
    if not url.startswith(prefix):
        return True
    namespace, name, _, _, path = (url.removeprefix(prefix) + "////").split("/", 4)
    return path.removesuffix("////") in world.repos.get(f"{namespace}/{name}", {})


def _enqueue(call: Call) -> Answer:
    body, model = _checked(call, sync=False)
    if call.world.is_full(Service.OXEN):
        raise Refusal(429, words_for(Route.SUBMIT, 429))
    jobs = [_accept(call, body, model) for _ in range(body.get("num_generations", 1))]
    return as_json({"generations": [{"generation_id": job.id, "status": "queued"} for job in jobs]})


def _status(call: Call) -> Answer:
    job = known(call)
    if has_vanished(call.world, job):
        raise Refusal(404, words_for(Route.STATUS, 404))
    return as_json(row_of(call.world, job, call.fault))


def _cancel(call: Call) -> Answer:
    job = known(call)
    call.world.cancel(job)
    return as_json({"status": "success", "generation_id": job.id})


def announcement(world: World, job: Job) -> tuple[str, str] | None:
    """The event that tells of a job's end; none for a cancelled one."""
    state = job.state(world.clock.now())
    if job.service is not Service.OXEN or state is State.CANCELLED:
        return None
    about = {"generation_id": job.id, "status": str(state), "media_type": "video"}
    if state is State.SUCCEEDED:
        about |= {"model": job.model, "url": result_url(world, job)}
    else:
        about |= {"error": error_of(job)}
    return "media_generation_completed", json.dumps(about)


async def _sync(call: Call, clips: Clips) -> Answer | None:
    body, model = _checked(call, sync=True)
    world = call.world
    job = _accept(call, body, model)
    if call.fault is not None and call.fault.takes_effect:
        return Answer(500)  # the fault answers, and does not wait for the job
    over = asyncio.create_task(job.over.wait())
    await asyncio.wait({over, call.wire.left}, return_when=asyncio.FIRST_COMPLETED)
    if not over.done():
        over.cancel()
        return None
    state = job.state(world.clock.now())
    if state is not State.SUCCEEDED:
        raise bad(error_of(job) if state is State.FAILED else "the generation was cancelled")
    video = {"url": result_url(world, job)}
    if body.get("response_format") == "b64_json":
        content = clips.of(world.record_of(job))
        video = {"b64_json": base64.b64encode(content).decode()}
    return as_json({"model": job.model, "created": int(job.created), "videos": [video]})


def routes(world: World, clips: Clips) -> list[Path]:
    """The routes of Oxen's AI calls and events."""

    def path(where: str, method: str, route: Route, act: Any, *, public: bool = False) -> Path:
        return Path(f"/api{where}", Gate(world, MANNERS, route, act, public=public), methods=[method])

    return [
        path("/ai/queue", "POST", Route.SUBMIT, _enqueue),
        path("/ai/queue", "GET", Route.LIST, queue),
        path("/ai/queue/{job}", "GET", Route.STATUS, _status),
        path("/ai/queue/{job}", "DELETE", Route.CANCEL, _cancel),
        path("/ai/generations", "GET", Route.HISTORY, history),
        path("/ai/generations/{job}", "GET", Route.COST, one_of_history),
        path("/ai/videos/generate", "POST", Route.SYNC, lambda call: _sync(call, clips)),
        path("/events", "GET", Route.EVENTS, listen),
        path("/ai/models", "GET", Route.MODEL, oxen_models, public=True),
        path("/ai/models/search", "GET", Route.MODEL, oxen_models, public=True),
        path("/ai/models/{model}", "GET", Route.MODEL, one_oxen_model, public=True),
    ]
