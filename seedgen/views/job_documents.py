"""Jobs for programs: `seedgen jobs list --json`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from seedgen.execution.overview import State
from seedgen.planning.lock import Hex64, Money
from seedgen.ports.provider import JobState
from seedgen.views.document import Document
from seedgen.views.jobs import way_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.execution.overview import Listed


class SaidDocument(Document):
    """What the service says of a job now. `state` is null when it says nothing; `message` says why."""

    state: JobState | None
    cost_usd: Money | None
    message: str


class JobDocument(Document):
    """One submit and what became of it. Money is USD, null while it is unknown."""

    shot: str = Field(description="What the shot is called now.")
    take: int
    attempt: int = Field(description="Counts the submits of one request from 1.")
    state: State
    provider: str
    model: str
    job_id: str | None = Field(description="Null while nobody knows it.")
    submitted_at: datetime | None
    estimated_usd: Money | None
    cost_usd: Money | None = Field(description="The bill.")
    message: str
    fingerprint: Hex64
    profile: str | None = Field(description="Under which it was submitted.")
    apply: str
    command: str | None = Field(description="What to type about it, if a person has to.")
    said: SaidDocument | None = Field(description="With --online, of open jobs with an id.")


class JobsDocument(Document):
    """What `seedgen jobs list --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    project: str
    jobs: tuple[JobDocument, ...]


def jobs_document(jobs: Sequence[Listed], project: str, version: str) -> JobsDocument:
    """Jobs for programs."""
    return JobsDocument(
        seedgen_version=version, project=project, jobs=tuple(job_document(job, jobs) for job in jobs)
    )


def job_document(job: Listed, among: Sequence[Listed]) -> JobDocument:
    """One job for programs; `among` are those beside it."""
    entry = job.entry
    return JobDocument(
        shot=job.shot,
        take=entry.take,
        attempt=entry.attempt,
        state=job.state,
        provider=entry.provider,
        model=entry.model,
        job_id=entry.job_id or None,
        submitted_at=entry.submitted_at,
        estimated_usd=entry.estimate_usd,
        cost_usd=entry.cost_usd,
        message=entry.message,
        fingerprint=entry.fingerprint,
        profile=entry.profile or None,
        apply=entry.apply,
        command=way_out(job, among) or None,
        said=_said(job),
    )


def _said(job: Listed) -> SaidDocument | None:
    if job.said is not None:
        return SaidDocument(state=job.said.state, cost_usd=job.said.cost, message=job.said.message)
    return SaidDocument(state=None, cost_usd=None, message=job.why) if job.why else None
