"""Port to video models."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from decimal import Decimal
    from pathlib import Path

    from seedgen.digest import Digest, Fingerprint
    from seedgen.planning.request import Request

    OnProgress = Callable[[float | None], None]
    """Called with the part that is done, 0.0 to 1.0, or None when the provider does not say."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One request to submit. `media` stands beside its references: files, or URLs as text."""

    request: Request
    fingerprint: Fingerprint
    media: Sequence[Path | str]


class JobState(StrEnum):
    """Where a job stands, in seedgen's words."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = frozenset({JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED})


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What a provider says of a job.

    `cost` is its bill in USD, None when the provider does not say; a bill of zero is only believed of
    a job that failed. `message` says why it failed, `moderated` that its content was the reason.
    `prompt` is what it was asked for, as the provider was sent it; empty when it does not say.
    """

    job_id: str
    state: JobState
    cost: Decimal | None = None
    message: str = ""
    moderated: bool = False
    prompt: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Window:
    """When a submit may have reached the service, both ends included. Times are aware."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """Jobs that match a submission in every field that the service lets us compare.

    `complete` says that the service lists every job at once: what is not there was not accepted.
    `others` match too, but for the time: they are older, or the two clocks differ.
    """

    job_ids: tuple[str, ...]
    complete: bool
    others: tuple[str, ...] = ()


class Provider(Protocol):
    """A transport: it knows how to talk to a service, not what to ask for."""

    @property
    def survives(self) -> bool:
        """Whether a job goes on when this process ends. The local renderer's do not."""

    async def prepare(self, submission: Submission) -> Submission:
        """The submission with its media where the service can fetch them; files are uploaded.

        Costs nothing, and may be cut off. Raises ProviderError, OSError; Unreachable as `submit` does.
        """

    async def submit(self, submission: Submission) -> str:
        """Hand over a prepared submission, once, and return the job's id.

        Raises RateLimited, OutOfCredits, Unavailable, AuthError, Rejected (certainly not accepted);
        SubmitUnknown, BadResponse (perhaps accepted). Unreachable, which is an Unavailable, says that no
        connection could be made: no more is submitted in this apply.
        """

    async def find(self, submission: Submission, window: Window) -> Listing:
        """The jobs that may have come of a submit whose answer was lost. Raises ProviderError."""

    async def made_for(self, job_id: str, submission: Submission) -> bool:
        """Whether a job was asked for the same thing, as far as the service lets us compare.

        Media may stand as paths that nobody opens. Raises JobLost, ProviderError.
        """

    async def status(self, job_id: str) -> JobStatus:
        """Ask once. Raises JobLost, ProviderError."""

    async def wait(self, job_id: str, progress: OnProgress) -> JobStatus:
        """Until the job has ended one way or another. Its bill may be asked for afterwards, with `bill`.

        Raises JobLost, AuthError, BadResponse, and Unavailable when the service was silent for too
        long: the job goes on.
        """

    async def bill(self, status: JobStatus) -> Decimal | None:
        """What an ended job cost in USD, by its status or else asked for; None when it cannot be learnt.

        Raises nothing of its own: nobody waits long for it.
        """

    async def fetch(self, job_id: str, out: Path) -> Digest:
        """Write a succeeded job's clip to `out` and return the digest of its bytes.

        Raises JobLost, ProviderError, OSError.
        """

    async def cancel(self, job_id: str) -> None:
        """Ask for a job to end; it may end anyway. Raises JobLost, ProviderError."""

    async def close(self) -> None:
        """End what is open; jobs of a provider that does not survive end too."""
