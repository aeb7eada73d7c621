"""Oxen's answers, read: job rows, what became of a submit, and what is wrong with either. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from seedgen.errors import BadResponse, Moderated, OutOfCredits, Rejected
from seedgen.ports.provider import ENDED, JobState, JobStatus
from seedgen.providers.answers import is_id, is_moderation, plain, usd, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE = "Oxen.ai"
COMPLETED = "media_generation_completed"
"""The event that says that a job has ended. Cancelled jobs have none."""

_STATES = {
    "queued": JobState.QUEUED,
    "processing": JobState.RUNNING,
    "succeeded": JobState.SUCCEEDED,
    "success": JobState.SUCCEEDED,
    "completed": JobState.SUCCEEDED,
    "failed": JobState.FAILED,
    "cancelled": JobState.CANCELLED,
    "canceled": JobState.CANCELLED,
}
_CREDITS = re.compile(
    r"(insufficient|not enough|out of|no|more) (credit|fund|balance)|payment required", re.IGNORECASE
)
_ADD_CREDITS = f"Add credits to the account at {SERVICE}."


@dataclass(frozen=True, slots=True)
class Row:
    """A job as Oxen describes it. `fields` are all it says, submitted parameters among them.

    `cost` stands only in rows of the history. `enqueued_at` is in Unix seconds. What a row leaves out
    is None or empty.
    """

    job_id: str
    state: JobState
    model: str = ""
    prompt: str | None = None
    url: str = ""
    error: str = ""
    enqueued_at: float | None = None
    cost: Decimal | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to the job."""
        return self.state in ENDED

    def status(self) -> JobStatus:
        """The row in seedgen's words."""
        moderated = is_moderation(self.error)
        cost = believed(self.cost, self.state)
        return JobStatus(self.job_id, self.state, cost, _why(self), moderated, self.prompt or "")


def believed(cost: Decimal | None, state: JobState) -> Decimal | None:
    """A bill, if it can be one. Nobody makes a film for nothing: then it is not there yet."""
    return None if cost == 0 and state is JobState.SUCCEEDED else cost


def _why(row: Row) -> str:
    if _CREDITS.search(row.error):
        return f"{row.error} ({_ADD_CREDITS[0].lower()}{_ADD_CREDITS[1:-1]})"
    return row.error


def state_of(word: object) -> JobState:
    """What a status word means. One that is not known is never taken for an end."""
    return _STATES.get(str(word).strip().lower(), JobState.RUNNING)


def read_row(answer: object) -> Row:
    """A job's row, also one from the history, where it stands under `generation`. Raises BadResponse."""
    if isinstance(answer, dict) and isinstance(answer.get("generation"), dict):
        answer = answer["generation"]
    if not isinstance(answer, dict) or not isinstance(answer.get("status"), str):
        raise BadResponse(f"{SERVICE} described a job without saying where it stands")
    return Row(
        job_id=_id(answer.get("generation_id")),
        state=state_of(answer["status"]),
        model=_text(answer.get("model_name")) or _text(answer.get("model")),
        prompt=answer["prompt"] if isinstance(answer.get("prompt"), str) else None,
        url=_text(answer.get("result_url")),
        error=plain(_text(answer.get("error_message"))),
        enqueued_at=_seconds(answer.get("enqueued_at")),
        cost=usd(answer.get("cost")),
        fields=answer,
    )


def read_rows(answer: object) -> list[Row]:
    """The rows of a listing. Raises BadResponse."""
    rows = answer.get("generations") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise BadResponse(f"{SERVICE} listed jobs in a form that is not known")
    return [read_row(row) for row in rows]


def accepted_id(answer: object) -> str:
    """The id of the job that came of a submit.

    Raises Rejected, Moderated or OutOfCredits for an answer without a job, BadResponse for one that
    does not follow the contract: then there may be a job.
    """
    generations = answer.get("generations") if isinstance(answer, dict) else None
    if generations and isinstance(generations, list) and isinstance(generations[0], dict):
        return _id(generations[0].get("generation_id"))
    if generations == [] or (not generations and isinstance(answer, dict) and answer.get("error")):
        raise refused(words_of(answer))
    raise BadResponse(f"{SERVICE} answered a submit in a form that is not known")


def refused(words: str) -> Rejected | OutOfCredits:
    """The error for a submit of which nothing came, by the service's words."""
    said = (
        f"{SERVICE} accepted no job: {words}" if words else f"{SERVICE} accepted no job, and did not say why"
    )
    if _CREDITS.search(words):
        return OutOfCredits(said, remedy=_ADD_CREDITS)
    return Moderated(said) if is_moderation(words) else Rejected(said)


def for_credits(error: Rejected) -> OutOfCredits | None:
    """What a refusal is when it is for want of money, for which Oxen documents no status code."""
    return OutOfCredits(str(error), remedy=_ADD_CREDITS) if _CREDITS.search(str(error)) else None


def finished_url(answer: object) -> str:
    """The address of the clip in the answer of the synchronous call.

    Raises as `accepted_id`. Clients have met three forms of it.
    """
    if isinstance(answer, dict):
        videos = answer.get("videos")
        first = videos[0] if isinstance(videos, list) and videos else answer.get("video")
        nested = first.get("url") if isinstance(first, dict) else None
        if url := _text(nested) or _text(answer.get("video_url")):
            return url
        if answer.get("error") and not first:
            raise refused(words_of(answer))
    raise BadResponse(f"{SERVICE} finished a clip without saying where it is")


def job_of_event(name: str, data: object) -> str:
    """The id of the job that an event speaks of; empty for all other events."""
    job_id = data.get("generation_id") if isinstance(data, dict) and name == COMPLETED else None
    return _text(job_id) if is_id(job_id) else ""


def _id(value: object) -> str:
    if not is_id(value):
        raise BadResponse(f"{SERVICE} named a job by something that is no id")
    return _text(value)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        return float(value)
    except OverflowError:
        return None
