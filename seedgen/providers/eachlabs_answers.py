"""each::labs' answers: status words, the failure envelope, the bill and where the clip is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedgen.errors import BadResponse
from seedgen.ports.provider import JobState, JobStatus
from seedgen.providers.answers import decoded, is_id, is_moderation, plain, usd, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

# The pages disagree (eachlabs.md section 3): production says `error`, older pages and hooks `failed`.
_STATES = {
    "created": JobState.QUEUED,
    "starting": JobState.QUEUED,
    "queued": JobState.QUEUED,
    "processing": JobState.RUNNING,
    "running": JobState.RUNNING,
    "success": JobState.SUCCEEDED,
    "succeeded": JobState.SUCCEEDED,
    "completed": JobState.SUCCEEDED,
    "error": JobState.FAILED,
    "failed": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
    "canceled": JobState.CANCELLED,
}
_MAY_EXIST = "A job may have been begun: look for it at each::labs before submitting again."


def prediction_id(answer: object) -> str:
    """The id that an accepted submit is given. Raises BadResponse, whereupon a job may exist."""
    found = answer if isinstance(answer, dict) else {}
    for name in ("predictionID", "id", "prediction_id"):
        value = found.get(name)
        if value and isinstance(value, str | int) and not isinstance(value, bool) and is_id(str(value)):
            return str(value)
    said = words_of(answer) or plain(str(answer))
    raise BadResponse(f"each::labs answered a submit without naming a prediction: {said}", remedy=_MAY_EXIST)


def status_of(job_id: str, answer: object) -> JobStatus:
    """What a prediction's record says. A word nobody knows means that it still runs. Raises BadResponse."""
    if not isinstance(answer, dict):
        raise BadResponse(f"each::labs answered something else than a prediction when asked for {job_id}")
    state = _STATES.get(str(answer.get("status")).lower(), JobState.RUNNING)
    cost = _cost(answer.get("metrics"), state)
    prompt = _prompt(answer.get("input"))
    if state is not JobState.FAILED:
        return JobStatus(job_id, state, cost=cost, prompt=prompt)
    message, moderated = _failure(answer)
    return JobStatus(job_id, state, cost=cost, message=message, moderated=moderated, prompt=prompt)


def _prompt(asked: object) -> str:
    prompt = asked.get("prompt") if isinstance(asked, dict) else None
    return prompt if isinstance(prompt, str) else ""


def _cost(metrics: object, state: JobState) -> Decimal | None:
    """The bill in USD. Zero is what stands there while nobody knows: it is believed of a failure alone."""
    cost = usd(metrics.get("cost")) if isinstance(metrics, dict) else None
    return cost if cost or state is JobState.FAILED else None


def _failure(answer: dict[str, Any]) -> tuple[str, bool]:
    """Why a prediction failed, and whether its content was the reason."""
    output = answer.get("output")
    if isinstance(output, list) and output:
        output = output[0]
    envelope = output if isinstance(output, dict) else {"error_message": output}
    text = _told(envelope.get("error_message")) or words_of(envelope) or words_of(answer)
    code = envelope.get("error_code")
    message = ": ".join(part for part in (plain(code) if isinstance(code, str) else "", text) if part)
    marks = [message, envelope.get("provider_error_code"), answer.get("error_classification")]
    classified = envelope.get("classification")
    marks += classified.values() if isinstance(classified, dict) else [classified]
    flagged = any(isinstance(mark, str) and is_moderation(mark) for mark in marks)
    return message or "the service does not say why", flagged or envelope.get("is_moderation") is True


def _told(message: object) -> str:
    """An error message, which may itself be JSON in text."""
    if isinstance(message, str) and message.lstrip().startswith(("{", "[")):
        try:
            inner = decoded(message)
        except ValueError:
            return plain(message)
        return words_of(inner[0] if isinstance(inner, list) and inner else inner) or plain(message)
    return words_of(message)


def clip_url(job_id: str, answer: object) -> str:
    """The one address in a succeeded prediction's output. Raises BadResponse when there is not just one."""
    output = answer.get("output") if isinstance(answer, dict) else None
    found = list(dict.fromkeys(_urls(output)))
    if len(found) == 1:
        return found[0]
    how_many = f"{len(found)} addresses" if found else "no address"
    raise BadResponse(
        f"the prediction {job_id} succeeded with {how_many} of a clip",
        remedy="The next apply asks again. If it stays so, look at it at each::labs, and bring its clip in "
        "with `seedgen import SHOT FILE`.",
    )


def _urls(output: object) -> Iterator[str]:
    match output:
        case str() if output.startswith(("https://", "http://")):
            yield output
        case list():
            for one in output:
                yield from _urls(one)
        case {"video": video}:
            yield from _urls(video)
        case {"video_url": url} | {"url": url}:
            yield from _urls(url)
