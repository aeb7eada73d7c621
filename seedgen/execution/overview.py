"""Overview: where each job stands, in the words that people and programs are told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from seedgen.errors import ProviderError
from seedgen.ports.store import UNKNOWN_STAGES, JournalEntry, Stage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.execution.jobs import Line
    from seedgen.ports.provider import JobStatus

_SIDE_BY_SIDE = 8


class State(StrEnum):
    """Where a job stands. `submitting` has a living process at work, `in_doubt` has none."""

    SUBMITTING = "submitting"
    IN_DOUBT = "in_doubt"
    IN_FLIGHT = "in_flight"
    FINISHED = "finished"
    DOWNLOADED = "downloaded"
    REJECTED = "rejected"
    RECORDED = "recorded"
    FAILED = "failed"


OPEN_STATES = frozenset(State) - {State.RECORDED, State.FAILED}

_OF_STAGE = {
    Stage.SUBMITTED: State.IN_FLIGHT,
    Stage.SUCCEEDED: State.FINISHED,
    Stage.DOWNLOADED: State.DOWNLOADED,
    Stage.REJECTED: State.REJECTED,
    Stage.RECORDED: State.RECORDED,
    Stage.FAILED: State.FAILED,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A job as it is listed. `shot` is what its shot is called now; `said` is what its service says of
    it, and `why` why it says nothing."""

    entry: JournalEntry
    shot: str
    state: State
    said: JobStatus | None = None
    why: str = ""


def state_of(entry: JournalEntry, *, abandoned: bool) -> State:
    """Where a job stands; `abandoned` says that no living process works on its request."""
    if entry.stage in UNKNOWN_STAGES:
        return State.IN_DOUBT if abandoned else State.SUBMITTING
    return _OF_STAGE[entry.stage]


async def ask_about(jobs: Sequence[Listed], line: Line) -> list[Listed]:
    """The same jobs with what their service says of them now. What has no id cannot be asked about."""
    gate = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def one(job: Listed) -> Listed:
        if not job.entry.job_id or job.state not in OPEN_STATES:
            return job
        async with gate:
            try:
                return replace(job, said=await line.provider.status(job.entry.job_id))
            except ProviderError as error:
                return replace(job, why=str(error))

    return list(await asyncio.gather(*map(one, jobs)))
