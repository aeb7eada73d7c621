"""Submitting: hand over a request once. Certain refusals are repeated, doubtful ones are looked into."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from seedgen.errors import (
    BadResponse,
    Moderated,
    OutOfCredits,
    ProviderError,
    RateLimited,
    Rejected,
    SubmitUnknown,
    Unavailable,
)
from seedgen.execution.reconcile import reconcile, resolve_remedy
from seedgen.execution.stopping import ended
from seedgen.ports import events
from seedgen.ports.provider import Submission
from seedgen.ports.store import JournalEntry, Stage

if TYPE_CHECKING:
    from seedgen.execution.jobs import Job
    from seedgen.planning.plan import Change
    from seedgen.planning.request import Request


_LOST = 3
"""Submits in a row whose answer was lost and that the service then did not have: it is left alone."""


class Submitter:
    """Brings one job to the point where the provider has it."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._began = 0.0
        self._ended = 0
        self._lost = 0

    async def submit(self, change: Change, request: Request) -> JournalEntry | None:
        """The entry of the accepted job; None when the lane was closed before anything was sent.

        Raises ProviderError, MediaError, StoreError, OSError.

        The media are uploaded before the intent is written: that costs nothing, and a process that
        dies meanwhile leaves nothing in doubt.
        """
        fingerprint = request.fingerprint()
        media = await self._job.shop.excerpts.sendable(change.media)
        submission = await self._prepared(Submission(request, fingerprint, media))
        if submission is None:
            return None
        entry = JournalEntry(
            fingerprint=fingerprint,
            first=request.numbered(1).fingerprint(),
            request=request.canonical(),
            attempt=self._job.shop.journal.attempts(fingerprint) + 1,
            provider=change.provider,
            model=change.model,
            stage=Stage.SUBMITTING,
            shot=change.shot,
            take=change.take,
            project=self._job.shop.project,
            profile=self._job.shop.profile,
            apply=self._job.shop.apply,
            estimate_usd=change.cost,
        )
        while True:
            accepted = await self._once(entry, submission)
            if accepted is not None:
                return accepted

    async def _prepared(self, submission: Submission) -> Submission | None:
        """With its media uploaded; None when the lane is closed: an upload would be for nothing."""
        lane = self._job.lane
        preparing = asyncio.ensure_future(self._job.provider.prepare(submission))
        try:
            if not await ended(preparing, lane.shut):
                return None
            prepared = await preparing
        except ProviderError as error:
            error.remedy = f"Nothing was submitted. {error.remedy}".rstrip()
            raise
        return None if lane.closed else prepared

    async def _once(self, entry: JournalEntry, submission: Submission) -> JournalEntry | None:
        """One try; None when it was certainly not accepted and may be repeated."""
        sending = asyncio.ensure_future(self._send(entry, submission))
        try:
            return await asyncio.shield(sending)
        except asyncio.CancelledError:
            # A submit cut off may have been billed: a stop waits for its answer, a second one does not.
            await asyncio.gather(sending, return_exceptions=True)
            raise
        except RateLimited as error:
            await self._wait_for_room(error)
        except OutOfCredits as error:
            await self._wait_for_money(error)
        except (SubmitUnknown, BadResponse) as error:
            return await self._look_into(self._job.noted, submission, error)
        return None

    async def _send(self, entry: JournalEntry, submission: Submission) -> JournalEntry:
        job = self._job
        self._began, self._ended = job.lane.now(), job.lane.ended
        # Intent before money: whatever kills us after this line, the next run knows of it.
        entry = await job.note(replace(entry, submitted_at=datetime.now(UTC)), Stage.SUBMITTING)
        try:
            job_id = await job.provider.submit(submission)
        except (SubmitUnknown, BadResponse) as error:
            await job.note(entry, Stage.AMBIGUOUS, str(error))
            raise
        except ProviderError as error:
            # Certainly not accepted: closed before anything is waited for.
            stage = Stage.REJECTED if isinstance(error, Moderated) else Stage.FAILED
            await job.note(entry, stage, str(error))
            error.remedy = error.remedy or _advice(error, entry.shot)
            raise
        accepted = await job.note(replace(entry, job_id=job_id), Stage.SUBMITTED)
        job.lane.accepted()
        job.shop.tell(events.JobSubmitted(entry.shot, entry.take, entry.provider, job_id))
        return accepted

    async def _wait_for_room(self, error: RateLimited) -> None:
        """Give the place back and take the next one that is free. Raises what there is no end to."""
        self._job.step_out()
        if not self._job.lane.refused(error, self._began):
            raise error
        await self._step_in(error)

    async def _wait_for_money(self, error: OutOfCredits) -> None:
        """Money may be set aside for jobs in flight: wait for one to end. Without any it is gone."""
        job = self._job
        job.step_out()
        if job.lane.flying:
            entry = job.noted
            job.shop.tell(events.WaitsForMoney(entry.shot, entry.take, entry.provider, str(error)))
        if not await job.lane.more_room(self._ended):
            raise error
        await self._step_in(error)

    async def _step_in(self, error: ProviderError) -> None:
        await self._job.step_in()
        if self._job.lane.closed:
            raise error

    async def _look_into(
        self, entry: JournalEntry, submission: Submission, error: ProviderError
    ) -> JournalEntry | None:
        """Ask the service what became of it; None when it certainly has no such job."""
        job = self._job
        job.shop.tell(events.SubmitUnsure(entry.shot, entry.take, entry.provider, str(error)))
        verdict = await reconcile(entry, submission, job.provider, job.shop.journal, pace=job.pace)
        if verdict.adopted is not None:
            job.entry = verdict.adopted
            job.shop.tell(events.JobResumed(entry.shot, entry.take, entry.provider, verdict.adopted.job_id))
            return verdict.adopted
        if verdict.not_accepted:
            await job.note(entry, Stage.FAILED, str(error))
            self._lost += 1
            if self._lost < _LOST:
                return None
            gone = f"{error}; {entry.provider} was asked and has no such job"
            raise Unavailable(gone, remedy="Nothing was billed. Try again later.") from error
        raise SubmitUnknown(f"{error}; {verdict.why}", remedy=resolve_remedy(entry)) from error


def moderated_remedy(shot: str) -> str:
    """What to do about a request that was refused for its content."""
    return (
        f"Change the prompt or the references. As it is, it is only sent again after `seedgen retry {shot}`."
    )


def _advice(error: ProviderError, shot: str) -> str:
    if isinstance(error, Moderated):
        return moderated_remedy(shot)
    if isinstance(error, Rejected):
        return (
            f"Nothing was begun. `seedgen render {shot}` shows what is sent; the next apply sends it again."
        )
    return ""
