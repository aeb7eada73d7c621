"""Oxen's synchronous call: one long request, whose job is looked up in the history once it is done."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from seedgen.errors import JobLost, ProviderError
from seedgen.ports.provider import JobState, Window
from seedgen.providers.oxen_answers import SERVICE, Row, finished_url
from seedgen.providers.oxen_listing import history
from seedgen.providers.oxen_matching import Likeness, compare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.ports.provider import Submission
    from seedgen.project.cards import ModelCard
    from seedgen.project.models import OxenSettings
    from seedgen.providers.http import Api

GENERATE = "/ai/videos/generate"
_OWN = "sync-"
_LOOK_UP_WITHIN_S = 15
_CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Finished:
    """A job that the call waited for. Its row is a bare one where the history did not have it."""

    row: Row
    url: str

    @property
    def nameless(self) -> bool:
        """Whether the service cannot be asked for it again."""
        return self.row.job_id.startswith(_OWN)


class SyncCalls:
    """Makes the long calls, and remembers what came of them until it is fetched."""

    def __init__(self, api: Api, settings: OxenSettings) -> None:
        self._api = api
        self._settings = settings
        self._finished: dict[str, Finished] = {}
        self._given: set[str] = set()

    async def submit(self, submission: Submission, body: Mapping[str, Any], card: ModelCard) -> str:
        """Generate, however long it takes; the job's id, or a name of our own where it has none.

        Raises as the port's `submit`.
        """
        began = datetime.now(UTC)
        url = finished_url(await self._api.submit(GENERATE, body, read_s=self._settings.wait_minutes * 60))
        window = Window(began - _CLOCKS_DIFFER, datetime.now(UTC) + _CLOCKS_DIFFER)
        row = await self._look_up(body, card, window, url) or Row(
            f"{_OWN}{submission.fingerprint[:16]}", JobState.SUCCEEDED
        )
        self._given.add(row.job_id)
        self._finished[row.job_id] = Finished(row, url)
        return row.job_id

    async def _look_up(
        self, body: Mapping[str, Any], card: ModelCard, window: Window, url: str
    ) -> Row | None:
        """The job that was just finished: that with the same clip, else the newest that is like it."""
        try:
            async with asyncio.timeout(_LOOK_UP_WITHIN_S):
                rows = await history(self._api, card.model, self._settings.target_namespace, newest=True)
        except (ProviderError, TimeoutError):
            return None
        alike = [
            row
            for row in rows.by_id.values()
            if row.state is JobState.SUCCEEDED
            and row.job_id not in self._given
            and compare(row, body, card, window) is Likeness.SAME
        ]
        return max(alike, key=lambda row: (row.url == url, row.enqueued_at or 0.0), default=None)

    def finished(self, job_id: str) -> Finished | None:
        """What came of a call of this process; None of any other job.

        Raises JobLost for one without an id at the service, of which only the process that made it knew.
        """
        if job_id not in self._finished and job_id.startswith(_OWN):
            raise JobLost(
                f"{SERVICE} gave the job {job_id} no id, so its clip cannot be asked for again",
                remedy="Look for the clip at the service, and adopt it with seedgen import.",
            )
        return self._finished.get(job_id)

    def forget(self, job_id: str) -> None:
        """A job's clip was fetched. Only one that can be asked for again is let go."""
        if not job_id.startswith(_OWN):
            self._finished.pop(job_id, None)
