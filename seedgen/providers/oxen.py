"""The Oxen.ai provider: queue, events and history, or one long call, behind the port."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedgen.errors import (
    BadResponse,
    JobLost,
    OutOfCredits,
    RateLimited,
    Rejected,
    Unavailable,
)
from seedgen.ports.provider import ENDED, Listing
from seedgen.project.models import OxenMode
from seedgen.providers.oxen_answers import SERVICE, accepted_id, believed, for_credits
from seedgen.providers.oxen_events import Subscription
from seedgen.providers.oxen_jobs import Jobs
from seedgen.providers.oxen_listing import QUEUE, Census, active_ids, history
from seedgen.providers.oxen_matching import ANY, Likeness, compare
from seedgen.providers.oxen_request import request_body, unreachable
from seedgen.providers.oxen_sync import SyncCalls
from seedgen.providers.oxen_uploads import References
from seedgen.providers.oxen_watch import Watch

if TYPE_CHECKING:
    from collections.abc import Collection
    from decimal import Decimal

    from seedgen.digest import Digest
    from seedgen.ports.provider import JobStatus, OnProgress, Submission, Window
    from seedgen.ports.store import Uploads
    from seedgen.project.cards import ModelCard
    from seedgen.project.models import OxenSettings
    from seedgen.project.shelf import Cards
    from seedgen.providers.http import Api
    from seedgen.providers.oxen_answers import Row
    from seedgen.providers.oxen_watch import Post

__all__ = ["OxenProvider", "request_body", "unreachable"]

_DOUBTS = 3
_DOUBT_PAUSE_S = 2.0


class OxenProvider:
    """Oxen.ai. Jobs are submitted to its queue and go on without us; `pace` multiplies every waiting time."""

    survives = True

    def __init__(
        self, api: Api, cards: Cards, settings: OxenSettings, uploads: Uploads, *, pace: float = 1.0
    ) -> None:
        self._api = api
        self._cards = cards
        self._settings = settings
        self._pace = pace
        self._references = References(api, api.base_url, settings, uploads)
        self._jobs = Jobs(api, pace=pace)
        self._sync = SyncCalls(api, settings)
        self._census = Census(api, settings.target_namespace)
        self._watch = Watch(self._active, pace=pace)
        self._events = Subscription(api, self._watch.hear, self._watch.look_now, pace=pace)
        self._fresh: set[str] = set()
        self._urls: dict[str, str] = {}

    # -- there -----------------------------------------------------------------------------------

    async def prepare(self, submission: Submission) -> Submission:
        """The submission with URLs alone.

        Raises Rejected for a file that may not go or is not what the plan saw, ProviderError, OSError.
        """
        return replace(submission, media=await self._references.urls(submission))

    async def submit(self, submission: Submission) -> str:
        """Hand over a prepared submission, once. Raises as the port says."""
        body, card = self._body(submission), self._card(submission)
        try:
            if self._settings.mode is OxenMode.SYNC:
                return await self._sync.submit(submission, body, card)
            if self._settings.mode is OxenMode.SSE:
                await self._events.open()  # what ends before somebody listens is not told again
            job_id = accepted_id(await self._api.submit(QUEUE, body))
        except Rejected as error:
            if short_of_money := for_credits(error):
                raise short_of_money from error
            raise
        self._fresh.add(job_id)
        return job_id

    async def find(self, submission: Submission, window: Window) -> Listing:
        """Jobs with this prompt and these parameters that were enqueued within the window.

        The synchronous call has no listing of what runs, so that its history is never complete.
        """
        body, card = self._body(submission, files=ANY), self._card(submission)
        if self._settings.mode is OxenMode.SYNC:
            rows = await history(self._api, card.model, self._settings.target_namespace)
        else:
            rows = await self._census.take(card.model)
        found = {row.job_id: compare(row, body, card, window) for row in rows.by_id.values()}
        sure = rows.whole and Likeness.UNSURE not in found.values()
        same = tuple(job_id for job_id, likeness in found.items() if likeness is Likeness.SAME)
        ever = (job_id for job_id, row in rows.by_id.items() if compare(row, body, card) is Likeness.SAME)
        return Listing(
            same,
            complete=sure and self._settings.mode is not OxenMode.SYNC,
            others=tuple(job_id for job_id in ever if job_id not in same),
        )

    async def made_for(self, job_id: str, submission: Submission) -> bool:
        """Whether nothing that a job's row says differs from a submission. Raises JobLost, ProviderError."""
        finished = self._sync.finished(job_id)
        row = finished.row if finished else await self._jobs.row(job_id)
        body = self._body(submission, files=ANY)
        return compare(row, body, self._card(submission)) is not Likeness.OTHER

    # -- and back --------------------------------------------------------------------------------

    async def status(self, job_id: str) -> JobStatus:
        """Ask once, and for the bill of a job that has ended. Raises JobLost, ProviderError."""
        finished = self._sync.finished(job_id)
        status = (finished.row if finished else await self._jobs.row(job_id)).status()
        return replace(status, cost=await self.bill(status)) if status.state in ENDED else status

    async def wait(self, job_id: str, progress: OnProgress) -> JobStatus:
        """Until the job has ended. Raises as the port says, Unavailable after `wait_minutes` too."""
        if finished := self._sync.finished(job_id):
            return finished.row.status()
        minutes = self._settings.wait_minutes
        try:
            async with asyncio.timeout(minutes * 60 * self._pace):
                row = await self._ended(job_id, progress)
        except TimeoutError as error:
            raise Unavailable(
                f"the job {job_id} at {SERVICE} still runs after {minutes} minutes",
                remedy="It goes on. Apply again later to collect its clip.",
            ) from error
        except (RateLimited, OutOfCredits) as error:
            raise Unavailable(str(error), remedy=error.remedy) from error
        except Rejected as error:
            raise BadResponse(str(error), remedy=error.remedy) from error
        if row.url:
            self._urls[job_id] = row.url
        return row.status()

    async def bill(self, status: JobStatus) -> Decimal | None:
        """What an ended job cost: the history knows. None when it cannot be learnt."""
        if status.cost is not None:
            return status.cost
        return believed(await self._jobs.bill(status.job_id), status.state)

    async def fetch(self, job_id: str, out: Path) -> Digest:
        """Write a succeeded job's clip. Raises JobLost, ProviderError, OSError."""
        finished = self._sync.finished(job_id)

        async def fresh() -> str:
            return finished.url if finished and finished.nameless else await self._jobs.url(job_id)

        url = finished.url if finished else self._urls.pop(job_id, "") or await fresh()
        digest = await self._api.download(url, out, fresh=fresh)
        self._sync.forget(job_id)
        return digest

    async def cancel(self, job_id: str) -> None:
        """Ask for a job to end. No event tells of it. Raises JobLost, ProviderError."""
        if self._sync.finished(job_id) is None:
            await self._jobs.cancel(job_id)
            self._watch.hear(job_id)

    async def close(self) -> None:
        """End subscription, polling and connections."""
        await self._events.close()
        await self._watch.close()
        await self._api.close()

    # -- waiting ---------------------------------------------------------------------------------

    async def _active(self) -> Collection[str]:
        return await active_ids(self._api, self._settings.target_namespace)

    async def _ended(self, job_id: str, progress: OnProgress) -> Row:
        fresh = job_id in self._fresh
        self._fresh.discard(job_id)
        if self._settings.mode is OxenMode.SSE:
            self._events.begin()
        with self._watch.over(job_id, fresh=fresh) as post:
            while True:
                row = await self._news(job_id, post)
                if row.ended:
                    return row
                progress(None)

    async def _news(self, job_id: str, post: Post) -> Row:
        """Wait until there is news of a job, and ask. A strange answer is not believed at once."""
        await post.news()
        for doubt in range(1, _DOUBTS):
            try:
                return await self._jobs.ended_row(job_id)
            except (JobLost, BadResponse):
                await asyncio.sleep(doubt * _DOUBT_PAUSE_S * self._pace)
        return await self._jobs.ended_row(job_id)

    # -- what is sent ----------------------------------------------------------------------------

    def _card(self, submission: Submission) -> ModelCard:
        request = submission.request
        card = self._cards.find(request.provider, request.model)
        if card is None:
            raise Rejected(
                f"there is no card for {request.model} any more", remedy="Bring its card back to cards/."
            )
        return card

    def _body(self, submission: Submission, *, files: str | None = None) -> dict[str, Any]:
        """`files` stands for those that have no address yet; a submit may have none."""
        urls = [files if isinstance(location, Path) else location for location in submission.media]
        known = [url for url in urls if url is not None]
        if len(known) < len(urls):
            raise TypeError("a submission is prepared before it is submitted")
        return request_body(submission.request, self._card(submission), known, self._settings)
