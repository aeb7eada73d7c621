"""each::labs as its contract has it: predictions are created, read and cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Route as Path

from tests.emulator.catalogue import eachlabs_model, eachlabs_models, one_eachlabs_model
from tests.emulator.eachlabs_words import MANNERS, WORDS, bad, document, output_of, words_for
from tests.emulator.executions import executions
from tests.emulator.faults import Do
from tests.emulator.gate import Call, Gate, Refusal
from tests.emulator.presign import presign
from tests.emulator.records import Route, Service, State
from tests.emulator.wire import Answer, as_json

if TYPE_CHECKING:
    from tests.emulator.jobs import Job
    from tests.emulator.models import Model
    from tests.emulator.world import World

_TOP = {"model": str, "version": str, "input": dict, "webhook_url": str, "webhook_secret": str}


def _checked(call: Call) -> tuple[dict[str, Any], Model]:
    body = document(call)
    for name, value in body.items():
        if name not in _TOP:
            raise bad(f"unknown field {name}")
        if not isinstance(value, _TOP[name]):
            raise bad(f"{name} must be of type {_TOP[name].__name__}")
    if not body.get("model"):
        raise bad("model field is required")
    if "input" not in body:
        raise bad("input field is required")
    if (hook := body.get("webhook_url")) and not hook.startswith(("http://", "https://")):
        raise bad("webhook_url must be an http(s) URL")
    if (model := eachlabs_model(call, body["model"])) is None:
        raise Refusal(404, {"error": "Model not found"})
    if problems := model.problems(body["input"]):
        raise bad(f"Invalid input for model: {'; '.join(problems)}")
    return body, model


def _submit(call: Call) -> Answer:
    body, model = _checked(call)
    if call.world.is_full(Service.EACHLABS):
        raise Refusal(429, words_for(Route.SUBMIT, 429))
    missing = [url for url in model.urls(body["input"]) if not _is_there(call.world, url)]
    cost = model.cost(body["input"])
    problem = f"could not download {missing[0]}" if missing else ""
    job = call.world.accept(Service.EACHLABS, body, cost, call.fault, problem)
    message = "Prediction created successfully"
    return as_json({"status": "success", "message": message, "predictionID": job.id})


def _is_there(world: World, url: str) -> bool:
    prefix = f"{world.addresses.download}/uploads/"
    return not url.startswith(prefix) or world.shows(url.removeprefix(prefix)) is not None


def _run(call: Call) -> Answer:
    body, _ = _checked(call)
    raise bad(f"{body['model']} cannot be run synchronously")


def _known(call: Call) -> Job:
    if call.job is None or call.job.service is not Service.EACHLABS:
        raise Refusal(404, {"error": "Prediction not found"})
    return call.job


def _status(call: Call) -> Answer:
    job, world = _known(call), call.world
    now = world.clock.now()
    state = job.state(now)
    word = WORDS[state]
    if call.fault is not None and call.does(Do.WORD):
        state, word = State.RUNNING, call.fault.word
    end = now if job.ended is None else min(now, job.ended)
    metrics: dict[str, Any] = {"predict_time": round(end - job.created, 3) if state.is_final else 0}
    if world.settings.costs:
        metrics["cost"] = float(job.cost) if state is State.SUCCEEDED else 0
    address = f"{world.addresses.api}/v1/prediction/{job.id}"
    return as_json(
        {
            "id": job.id,
            "input": job.body["input"],
            "status": word,
            "output": output_of(world, job, state),
            "logs": None,
            "metrics": metrics,
            "urls": {"get": address, "cancel": f"{address}/cancel"},
        }
    )


def _cancel(call: Call) -> Answer:
    job = _known(call)
    call.world.cancel(job)
    word = call.world.settings.cancel_word
    return as_json({"status": word, "message": "Cancellation requested", "predictionID": job.id})


def routes(world: World) -> list[Path]:
    """The routes of each::labs."""

    def path(where: str, method: str, route: Route, act: Any, *, public: bool = False) -> Path:
        return Path(where, Gate(world, MANNERS, route, act, public=public), methods=[method])

    return [
        path("/v1/prediction", "POST", Route.SUBMIT, _submit),
        path("/v1/prediction/", "POST", Route.SUBMIT, _submit),
        path("/v1/prediction/run", "POST", Route.SYNC, _run),
        path("/v1/prediction/{job}", "GET", Route.STATUS, _status),
        path("/v1/prediction/{job}/cancel", "POST", Route.CANCEL, _cancel),
        path("/v1/executions", "GET", Route.LIST, executions),
        path("/v1/upload/presign", "POST", Route.PRESIGN, presign),
        path("/v1/model", "GET", Route.MODEL, one_eachlabs_model, public=True),
        path("/v1/models", "GET", Route.MODEL, eachlabs_models, public=True),
    ]
