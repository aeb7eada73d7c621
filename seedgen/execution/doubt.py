"""Doubt: what became of submits whose answer was lost, and what a person decides about jobs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from seedgen.errors import JobLost, ProviderError, UsageError
from seedgen.execution.reconcile import reconcile, submission_of
from seedgen.ports.provider import ENDED, JobState
from seedgen.ports.store import CLOSED_BY_HAND, UNKNOWN_STAGES, JournalEntry, Stage

if TYPE_CHECKING:
    from seedgen.execution.jobs import Line
    from seedgen.ports.store import Journal


class Finding(StrEnum):
    """What is known of a job after somebody was asked."""

    IN_FLIGHT = "in_flight"
    NOT_ACCEPTED = "not_accepted"
    IN_DOUBT = "in_doubt"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Answer:
    """A job and what was found; `why` says what stands in the way, or how it ended.

    `candidates` are jobs that may be it, when nobody can tell which; `absent` says that the service was
    asked and knows of none.
    """

    entry: JournalEntry
    finding: Finding
    why: str = ""
    candidates: tuple[str, ...] = ()
    absent: bool = False


async def ask(entry: JournalEntry, line: Line, journal: Journal) -> Answer:
    """Ask the service about a submit in doubt; what is found goes into the journal. Raises StoreError."""
    with journal.claim(entry.fingerprint) as ours:
        if not ours:
            return Answer(entry, Finding.IN_FLIGHT, "another process is at work on it")
        now = journal.find(entry.fingerprint)
        if now is None or now.stage not in UNKNOWN_STAGES:
            return Answer(now or entry, Finding.IN_FLIGHT)
        try:
            return await (_look_again(now, line, journal) if now.job_id else _look_for(now, line, journal))
        except ProviderError as error:
            return Answer(now, Finding.IN_DOUBT, str(error))


async def _look_again(entry: JournalEntry, line: Line, journal: Journal) -> Answer:
    """A job that the service knew and then did not: it may know it again."""
    try:
        await line.provider.status(entry.job_id)
    except JobLost as error:
        return Answer(entry, Finding.IN_DOUBT, str(error), absent=True)
    found = replace(entry, stage=Stage.SUBMITTED, message="")
    journal.write(found)
    return Answer(found, Finding.IN_FLIGHT)


async def _look_for(entry: JournalEntry, line: Line, journal: Journal) -> Answer:
    submission = submission_of(entry)
    if submission is None:
        return Answer(entry, Finding.IN_DOUBT, "the journal does not say what was asked for")
    verdict = await reconcile(entry, submission, line.provider, journal, pace=line.pace)
    if verdict.adopted is not None:
        return Answer(verdict.adopted, Finding.IN_FLIGHT)
    if verdict.not_accepted:
        closed = replace(entry, stage=Stage.FAILED, message="it was not accepted", cost_usd=Decimal(0))
        journal.write(closed)
        return Answer(closed, Finding.NOT_ACCEPTED)
    left = replace(entry, stage=Stage.AMBIGUOUS, message=verdict.why)
    journal.write(left)
    return Answer(left, Finding.IN_DOUBT, verdict.why, verdict.candidates, verdict.absent)


def adopt(entry: JournalEntry, job_id: str, journal: Journal) -> JournalEntry:
    """A person says which job a request has. Raises UsageError when another request has that one."""
    require_unowned(entry, job_id, journal)
    with journal.claim(entry.fingerprint) as ours:
        _require(entry, journal, ours=ours)
        begun = entry.submitted_at or datetime.now(UTC)
        found = replace(entry, stage=Stage.SUBMITTED, job_id=job_id, message="", submitted_at=begun)
        journal.write(found)
    return found


def require_unowned(entry: JournalEntry, job_id: str, journal: Journal) -> None:
    """Raises UsageError when a job belongs to another request, or to another attempt at this one."""
    for other in journal.entries():
        same = (other.fingerprint, other.attempt) == (entry.fingerprint, entry.attempt)
        if other.job_id == job_id and other.provider == entry.provider and not same:
            raise UsageError(
                f"the job {job_id} belongs to shot {other.shot}, take {other.take}",
                remedy="`seedgen jobs list --all` shows which jobs belong to which shots.",
            )


def give_up(entry: JournalEntry, journal: Journal) -> JournalEntry:
    """A person says that a job was not billed, or is not wanted: it is over, and may be submitted anew.

    What it cost stays unknown, unless the service has said.
    """
    with journal.claim(entry.fingerprint) as ours:
        _require(entry, journal, ours=ours)
        closed = replace(entry, stage=Stage.FAILED, message=CLOSED_BY_HAND)
        journal.write(closed)
    return closed


def forget_rejection(entry: JournalEntry, journal: Journal) -> JournalEntry:
    """Let a rejected request be submitted again. What it cost stays on record."""
    with journal.claim(entry.fingerprint) as ours:
        _require(entry, journal, ours=ours)
        closed = replace(entry, stage=Stage.FAILED)
        journal.write(closed)
    return closed


async def cancel(entry: JournalEntry, line: Line, journal: Journal) -> Answer:
    """Ask for a job to end, and look what it did then. A clip that it made all the same is kept.

    `entry` has a job id. Raises ProviderError, UsageError.
    """
    with journal.claim(entry.fingerprint) as ours:
        _require(entry, journal, ours=ours)
        await line.provider.cancel(entry.job_id)
        status = await line.provider.status(entry.job_id)
        if status.state is JobState.SUCCEEDED:
            return Answer(entry, Finding.IN_FLIGHT, "it has succeeded already")
        if status.state not in ENDED:
            return Answer(entry, Finding.IN_FLIGHT, "it was asked to end and has not ended yet")
        closed = replace(
            entry,
            stage=Stage.REJECTED if status.moderated else Stage.FAILED,
            message=status.message or str(status.state),
            cost_usd=status.cost,
        )
        journal.write(closed)
        return Answer(closed, Finding.ENDED, closed.message)


def _require(entry: JournalEntry, journal: Journal, *, ours: bool) -> None:
    """A decision is about what a person saw: not about what somebody works on, or has gone on since."""
    if not ours:
        raise UsageError(
            f"{entry.shot}: an apply is at work on this job", remedy="Wait for it to end, or stop it first."
        )
    if journal.find(entry.fingerprint) != entry:
        raise UsageError(
            f"{entry.shot}: the job has gone on meanwhile", remedy="`seedgen jobs list` shows where it is."
        )
