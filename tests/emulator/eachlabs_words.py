"""each::labs' words: status words, refusals, output, and how numbers and times are written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.emulator.gate import Call, Manners, Refusal
from tests.emulator.records import Route, Service, State

if TYPE_CHECKING:
    from tests.emulator.jobs import Job
    from tests.emulator.world import World

WORDS = {
    State.QUEUED: "created",
    State.RUNNING: "processing",
    State.SUCCEEDED: "success",
    State.FAILED: "error",
    State.CANCELLED: "cancelled",
}


def words_for(route: Route, status: int) -> Any:
    """The body of an error status."""
    match status:
        case 400:
            return {"error": "Invalid input for model"}
        case 401:
            return {"error": "Invalid or missing API key"}
        case 402:
            details = "The balance does not cover this request and the ones in flight."
            return {"status": 402, "error": "payment required", "details": details}
        case 404:
            return {"error": "Model not found" if route is Route.MODEL else "Prediction not found"}
        case 429:
            return {"status": 429, "error": "too many requests", "details": "Too many in flight."}
        case 500 if route is Route.SUBMIT:
            return {"error": "Failed to create prediction"}
        case 500:
            return {"error": "Internal server error"}
    return {"error": f"error {status}"}


def _authorise(call: Call) -> None:
    key = call.world.settings.keys[Service.EACHLABS]
    given = call.seen.header("authorization"), call.seen.header("x-api-key")
    if given[0] != f"Bearer {key}" and given[1] != key:
        raise Refusal(401, words_for(call.seen.route, 401))


def bad(text: str) -> Refusal:
    """A 400 with a text."""
    return Refusal(400, {"error": text})


def document(call: Call) -> dict[str, Any]:
    """The body; a refusal when it is not a JSON object."""
    try:
        return call.document()
    except ValueError as error:
        raise bad(f"Invalid request body: {error}") from None


def whole_number(query: dict[str, str], name: str, default: int, least: int, most: int) -> int:
    """A number from the query; refused when it is none or out of bounds."""
    text = query.get(name, str(default))
    if not text.isdecimal() or not least <= int(text) <= most:
        raise bad(f"{name} must be an integer from {least} to {most}")
    return int(text)


def written(moment: float | None) -> str | None:
    """RFC 3339 with milliseconds."""
    if moment is None:
        return None
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def output_of(world: World, job: Job, state: State) -> Any:
    """The `output` of a prediction."""
    if state is State.SUCCEEDED:
        return f"{world.addresses.download}/clips/{world.link_to(job)}.mp4"
    if state is State.FAILED:
        return envelope(job) if job.output is None else job.output
    return None


def envelope(job: Job) -> dict[str, Any]:
    """A failed job's output: the gateway's failure envelope around the job's error."""
    code, category = "PROVIDER_FAILED", "PROVIDER"
    if "DataInspectionFailed" in job.error:
        code = "PROVIDER_REJECTED"
    elif job.error.startswith("could not download"):
        code, category = "INPUT_DOWNLOAD_ERROR", "VALIDATION"
    return {
        "status": "ERROR",
        "success": False,
        "error": "prediction failed",
        "error_code": code,
        "error_message": job.error,
        "error_step": "provider",
        "classification": {"category": category},
        "retryable": False,
        "execution_id": job.id,
        "model_slug": job.model,
        "provider": "bytedance",
    }


MANNERS = Manners(Service.EACHLABS, _authorise, words_for)
