"""Jobs: one take from submit to record, journalled so that nothing is paid twice or lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.digest import Digest
from seedgen.errors import BadResponse, JobFailed, SeedgenError, SubmitUnknown
from seedgen.planning.lock import Take
from seedgen.ports import events
from seedgen.ports.provider import JobState, Submission
from seedgen.ports.store import JournalEntry, Stage

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from seedgen.digest import Fingerprint
    from seedgen.planning.plan import Change
    from seedgen.planning.request import Request
    from seedgen.ports.media import ClipInfo, ClipReader
    from seedgen.ports.provider import Provider
    from seedgen.ports.store import Journal, Objects, Takes

_ASK_AGAIN_S = 0.5
"""How often to ask whether another process has finished a take that we both want."""


@dataclass(frozen=True, slots=True)
class Workshop:
    """What a job needs: where to keep things, how to look into clips, and whom to tell."""

    objects: Objects
    takes: Takes
    journal: Journal
    clips: ClipReader
    tell: Callable[[events.Event], None]


async def run_job(change: Change, request: Request, provider: Provider, shop: Workshop) -> Take:
    """Make one take, or wait for a living process that makes the same one.

    Raises ProviderError, MediaError, StoreError, OSError; whatever is in flight stays in the journal.
    """
    fingerprint = request.fingerprint()
    anew = change.replaces
    while True:
        with shop.journal.claim(fingerprint) as ours:
            if ours:
                take = None if anew else shop.takes.find([fingerprint]).get(fingerprint)
                if take is not None and shop.objects.present([take.clip]):
                    return take
                return await _Job(change, request, fingerprint, provider, shop).run()
        anew = False  # whoever has the claim makes it anew for us
        await asyncio.sleep(_ASK_AGAIN_S)


class _Job:
    """The state machine: submitting → submitted → succeeded → downloaded → recorded, or failed."""

    def __init__(
        self, change: Change, request: Request, fingerprint: Fingerprint, provider: Provider, shop: Workshop
    ) -> None:
        self.change = change
        self.request = request
        self.fingerprint = fingerprint
        self.provider = provider
        self.shop = shop
        self.job_id = ""
        self.digest = ""

    async def run(self) -> Take:
        if downloaded := self._downloaded_before():
            self.job_id, self.digest = downloaded.job_id, downloaded.digest
            return self._record(self.shop.clips.probe(self.shop.objects.path(Digest(self.digest))), None)
        await self._submit()
        cost = await self._wait()
        return self._record(await self._download(), cost)

    def _downloaded_before(self) -> JournalEntry | None:
        """A clip that was kept just before a process died, and not recorded any more."""
        entry = self.shop.journal.open_entries([self.fingerprint]).get(self.fingerprint)
        if entry is None or entry.stage is not Stage.DOWNLOADED:
            return None
        return entry if self.shop.objects.present([Digest(entry.digest)]) else None

    def _note(self, stage: Stage, message: str = "") -> None:
        self.shop.journal.write(
            JournalEntry(
                fingerprint=self.fingerprint,
                provider=self.change.provider,
                model=self.change.model,
                stage=stage,
                shot=self.change.shot,
                take=self.change.take,
                job_id=self.job_id,
                digest=self.digest,
                message=message,
            )
        )

    async def _submit(self) -> None:
        # Intent before money: whatever kills us after this line, the next run knows of it.
        self._note(Stage.SUBMITTING)
        sending = asyncio.ensure_future(self._send())
        try:
            await asyncio.shield(sending)
        except asyncio.CancelledError:
            # A submit cut off may have been billed: a stop waits for its answer, a second one does not.
            await asyncio.gather(sending, return_exceptions=True)
            raise

    async def _send(self) -> None:
        change = self.change
        try:
            self.job_id = await self.provider.submit(Submission(self.request, self.fingerprint, change.media))
        except (SubmitUnknown, BadResponse):
            raise  # it may have been accepted: the entry stays open
        except SeedgenError as error:
            self._note(Stage.FAILED, str(error))
            raise
        self._note(Stage.SUBMITTED)
        self.shop.tell(events.JobSubmitted(change.shot, change.take, change.provider, self.job_id))

    async def _wait(self) -> Decimal | None:
        """The bill of a job that succeeded. Only a job that failed is over: any other trouble passes."""
        shot, take = self.change.shot, self.change.take
        try:
            status = await self.provider.wait(
                self.job_id, lambda part: self.shop.tell(events.JobProgress(shot, take, part))
            )
        except JobFailed as error:
            self._note(Stage.FAILED, str(error))
            raise
        if status.state is not JobState.SUCCEEDED:
            message = status.message or f"the job ended as {status.state}"
            self._note(Stage.FAILED, message)
            raise JobFailed(message)
        self._note(Stage.SUCCEEDED)
        self.shop.tell(events.JobSucceeded(shot, take, self.job_id))
        return status.cost

    async def _download(self) -> ClipInfo:
        with self.shop.objects.scratch() as folder:
            file = folder / "clip.mp4"
            await self.provider.fetch(self.job_id, file)
            info = await asyncio.to_thread(self.shop.clips.check_decodes, file)
            self.digest = await asyncio.to_thread(self.shop.objects.adopt, file)
        self._note(Stage.DOWNLOADED)
        return info

    def _record(self, info: ClipInfo, cost: Decimal | None) -> Take:
        take = Take(
            take=self.change.take,
            fingerprint=self.fingerprint,
            digest=self.digest,
            provider=self.change.provider,
            model=self.change.model,
            job_id=self.job_id,
            cost_usd=self.change.cost if cost is None else cost,
            cost_estimated=cost is None and self.change.cost is not None,
            frames=info.frames,
            rate=str(info.rate),
        )
        self.shop.takes.record(take)
        self._note(Stage.RECORDED)
        return take
