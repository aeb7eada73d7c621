"""Jobs: one take from submit to record, journalled so that nothing is paid twice or lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seedgen.digest import Digest
from seedgen.errors import JobFailed, JobLost, ProviderError, SubmitUnknown, UnreadableMedia
from seedgen.execution.reconcile import resolve_remedy
from seedgen.execution.submitting import Submitter, moderated_remedy
from seedgen.planning.lock import Take
from seedgen.ports import events
from seedgen.ports.provider import ENDED, JobState
from seedgen.ports.store import FLYING_STAGES, UNKNOWN_STAGES, JournalEntry, Stage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from decimal import Decimal
    from pathlib import Path

    from seedgen.execution.lanes import Lane
    from seedgen.execution.taking_over import Excerpts
    from seedgen.planning.plan import Change
    from seedgen.planning.request import Request
    from seedgen.ports.media import ClipInfo, ClipReader
    from seedgen.ports.provider import JobStatus, Provider
    from seedgen.ports.store import Journal, Objects, Takes

_ASK_AGAIN_S = 0.5
"""How often to ask whether another process has finished a take that we both want."""
_DOWNLOADS = 2
"""A clip that came damaged is downloaded once more; it is never paid once more."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What jobs need: where to keep things, how to look into clips, and whom to tell.

    `scratch` is a folder of the objects' own for clips on their way. `excerpts` gives what a shot takes
    over from another one's clip. `project`, `profile` and `apply` name
    what a job belongs to, in the journal and in `costs`.
    """

    objects: Objects
    takes: Takes
    journal: Journal
    clips: ClipReader
    tell: Callable[[events.Event], None]
    scratch: Path
    excerpts: Excerpts
    project: str = ""
    profile: str = ""
    apply: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A provider at work: how to talk to it, and how many jobs it may have at once.

    `pace` multiplies every waiting time; it is 1 but in tests.
    """

    provider: Provider
    concurrency: int
    pace: float = 1.0


class Job:
    """The state machine: submitting → submitted → succeeded → downloaded → recorded, or failed.

    `entry` is what the journal knows of it, None before the intent to submit is written. `billed` is
    called once when a job that this apply submitted has succeeded, with its bill or its estimate.
    """

    def __init__(
        self,
        line: Line,
        lane: Lane,
        shop: Workshop,
        billed: Callable[[Decimal | None], None] = lambda _: None,
    ) -> None:
        self.provider = line.provider
        self.pace = line.pace
        self.lane = lane
        self.shop = shop
        self.entry: JournalEntry | None = None
        self._billed = billed
        self._placed = False

    @property
    def in_flight(self) -> bool:
        """Whether the provider works on it, or may do so."""
        return self.entry is not None and self.entry.stage in FLYING_STAGES | UNKNOWN_STAGES

    @property
    def goes_on(self) -> bool:
        """Whether its job certainly goes on, or has ended well, at a provider that outlives us."""
        return self.provider.survives and self.entry is not None and self.entry.stage in FLYING_STAGES

    async def make(self, change: Change, request: Request, *, detach: bool = False) -> Take | None:
        """Make a change's take, or wait for a living process that makes the same one.

        The caller has taken a place in the lane. None when it is left in flight, as `detach` asks: then a
        job of an earlier apply is brought home if it has ended, and nothing is waited for. None too when
        nothing was sent, as the lane was closed; a take without an `entry` is one that another one made.
        Raises ProviderError, MediaError, StoreError, OSError; what is in flight stays in the journal.
        """
        self._placed = True
        fingerprint = request.fingerprint()
        anew = change.replaces
        try:
            while True:
                with self.shop.journal.claim(fingerprint) as ours:
                    if ours:
                        entry = self.shop.journal.find(fingerprint)
                        take = None if anew else self.shop.takes.find([fingerprint]).get(fingerprint)
                        if take is not None and self._kept(take.digest) and not self._flies(entry):
                            return take
                        return await self._claimed(change, request, entry, detach=detach)
                anew = False  # whoever has the claim makes it anew for us
                await asyncio.sleep(_ASK_AGAIN_S)
        finally:
            self.step_out()

    async def collect(self, entry: JournalEntry, *, detach: bool = False) -> Take | None:
        """Fetch and record what an earlier apply began; None when another living process does, or it
        goes on and `detach` asks not to wait."""
        self._placed = True
        try:
            with self.shop.journal.claim(entry.fingerprint) as ours:
                now = self.shop.journal.find(entry.fingerprint) if ours else None
                return await self._resume(now, detach=detach) if now and self._flies(now) else None
        finally:
            self.step_out()

    async def _claimed(
        self, change: Change, request: Request, entry: JournalEntry | None, *, detach: bool
    ) -> Take | None:
        if entry is not None and self._flies(entry):
            return await self._resume(entry, detach=detach)
        if entry is not None and entry.stage in UNKNOWN_STAGES and self.provider.survives:
            raise SubmitUnknown(
                entry.message or "an earlier submit may have been accepted", remedy=resolve_remedy(entry)
            )
        accepted = await Submitter(self).submit(change, request)
        if accepted is None or (detach and self.provider.survives):
            return None
        return await self._bring_home(await self._wait(), self._billed)

    def _flies(self, entry: JournalEntry | None) -> bool:
        """Whether an entry can be gone on from. The local renderer's jobs ended with their process."""
        if entry is None or entry.stage not in FLYING_STAGES:
            return False
        if entry.stage is Stage.DOWNLOADED and self._kept(entry.digest):
            return True
        return self.provider.survives

    def _kept(self, digest: str) -> bool:
        return bool(self.shop.objects.present([Digest(digest)]))

    async def _resume(self, entry: JournalEntry, *, detach: bool) -> Take | None:
        self.entry = entry
        if entry.stage is Stage.DOWNLOADED and self._kept(entry.digest):
            return await self._record(self.shop.clips.probe(self.shop.objects.path(Digest(entry.digest))))
        if detach:
            status = await self._answer(self.provider.status(entry.job_id))
            return await self._bring_home(status) if status.state in ENDED else None
        self.shop.tell(events.JobResumed(entry.shot, entry.take, entry.provider, entry.job_id))
        return await self._bring_home(await self._wait())

    async def note(self, entry: JournalEntry, stage: Stage, message: str = "") -> JournalEntry:
        """Write a step into the journal; when this returns it is durable."""
        self.entry = replace(entry, stage=stage, message=message)
        await self.shop.journal.record(self.entry)
        return self.entry

    @property
    def noted(self) -> JournalEntry:
        """What the journal knows of it."""
        if self.entry is None:
            raise RuntimeError("a job that was never submitted has no entry")
        return self.entry

    async def _wait(self) -> JobStatus:
        """Until the job has ended."""
        entry = self.noted
        tell, shot, take = self.shop.tell, entry.shot, entry.take
        status = await self._answer(
            self.provider.wait(entry.job_id, lambda part: tell(events.JobProgress(shot, take, part)))
        )
        self.lane.job_ended()
        if self.provider.survives:
            self.step_out()  # the service has room again; our own renderer has other work yet
        return status

    async def _answer(self, asked: Awaitable[JobStatus]) -> JobStatus:
        """What a service says of the job. Only a job that failed is over: any other trouble passes."""
        try:
            return await asked
        except JobFailed as error:
            await self._failed(error)
            raise
        except JobLost as error:
            raise await self._lost(error) from error
        except ProviderError as error:
            error.remedy = f"The job is in flight and is not submitted again. {error.remedy}".rstrip()
            raise

    async def _bring_home(
        self, status: JobStatus, billed: Callable[[Decimal | None], None] = lambda _: None
    ) -> Take:
        """Ask for the bill of a job that has ended, fetch its clip and record it."""
        async with self.lane.turn_home():
            bill = await self.provider.bill(status)
            await self._settle(status, bill)
            billed(bill)
            return await self._record(await self._download())

    async def _settle(self, status: JobStatus, bill: Decimal | None) -> None:
        """Note how a job ended, and what it cost. Raises JobFailed."""
        entry, shot = self.noted, self.noted.shot
        if status.state is not JobState.SUCCEEDED:
            message = status.message or f"the job ended as {status.state}"
            remedy = moderated_remedy(shot) if status.moderated else "The next apply submits it again."
            failure = JobFailed(message, bill=bill, moderated=status.moderated, remedy=remedy)
            await self._failed(failure)
            raise failure
        await self.note(replace(entry, cost_usd=bill), Stage.SUCCEEDED)
        self.shop.tell(events.JobSucceeded(shot, entry.take, entry.job_id))

    async def _lost(self, error: JobLost) -> JobLost:
        """The service knows the job no longer. It may have been paid: a person decides."""
        await self.note(self.noted, Stage.AMBIGUOUS, str(error))
        return JobLost(str(error), remedy=resolve_remedy(self.noted))

    async def _failed(self, error: JobFailed) -> None:
        stage = Stage.REJECTED if error.moderated else Stage.FAILED
        await self.note(replace(self.noted, cost_usd=error.bill), stage, str(error))

    async def _download(self) -> ClipInfo:
        for attempt in range(1, _DOWNLOADS + 1):
            try:
                return await self._fetch()
            except JobLost as error:
                raise await self._lost(error) from error
            except UnreadableMedia as error:
                if attempt == _DOWNLOADS:
                    raise UnreadableMedia(
                        "the clip came damaged or incomplete, each time it was downloaded",
                        remedy="It is paid: the next apply downloads it again, and makes no new one.",
                    ) from error
        raise AssertionError

    async def _fetch(self) -> ClipInfo:
        entry = self.noted
        file = self.shop.scratch / f"{entry.fingerprint}.mp4"
        try:
            digest = await self.provider.fetch(entry.job_id, file)
            info = await asyncio.to_thread(self._take_in, file, digest)
        finally:
            file.unlink(missing_ok=True)
        await self.note(replace(entry, digest=digest), Stage.DOWNLOADED)
        return info

    def _take_in(self, file: Path, digest: Digest) -> ClipInfo:
        info = self.shop.clips.check_decodes(file)
        self.shop.objects.adopt(file, digest)
        return info

    async def _record(self, info: ClipInfo) -> Take:
        entry = self.noted
        known = entry.cost_usd is not None
        take = Take(
            take=entry.take,
            fingerprint=entry.fingerprint,
            digest=entry.digest,
            provider=entry.provider,
            model=entry.model,
            job_id=entry.job_id,
            cost_usd=entry.cost_usd if known else entry.estimate_usd,
            cost_estimated=not known and entry.estimate_usd is not None,
            frames=info.frames,
            rate=str(info.rate),
        )
        await self.shop.takes.keep(take)
        await self.note(entry, Stage.RECORDED)
        return take

    def step_out(self) -> None:
        """Give the place in the lane back, if it has one."""
        if self._placed:
            self._placed = False
            self.lane.leave()

    async def step_in(self) -> None:
        """Wait for a place in the lane."""
        await self.lane.enter()
        self._placed = True
