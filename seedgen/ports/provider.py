"""Port to video models."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from decimal import Decimal
    from pathlib import Path

    from seedgen.digest import Fingerprint
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


@dataclass(frozen=True, slots=True)
class JobStatus:
    """What a provider says of a job. `cost` is its bill in USD, None when it does not say."""

    job_id: str
    state: JobState
    cost: Decimal | None = None
    message: str = ""


class Provider(Protocol):
    """A transport: it knows how to talk to a service, not what to ask for."""

    @property
    def survives(self) -> bool:
        """Whether a job goes on when this process ends. The local renderer's do not."""

    async def submit(self, submission: Submission) -> str:
        """Hand over a request and return the job's id.

        Raises RateLimited, Unavailable (not accepted), Rejected, AuthError, SubmitUnknown.
        """

    async def wait(self, job_id: str, progress: OnProgress) -> JobStatus:
        """Until the job has ended one way or another. Raises JobLost, ProviderError."""

    async def fetch(self, job_id: str, out: Path) -> None:
        """Write a succeeded job's clip to `out`. Raises ProviderError, OSError."""

    async def cancel(self, job_id: str) -> None:
        """Ask for a job to end; it may end anyway."""

    async def close(self) -> None:
        """End what is open; jobs of a provider that does not survive end too."""
