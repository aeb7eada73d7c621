"""Oxen's single jobs: one asked for, its bill, and its clip.

The queue knows best how a job stands, and the history alone what it cost. So the queue is asked first, but
for a job that has probably ended well: of that the history tells both at once.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from seedgen.errors import BadResponse, JobFailed, JobLost, ProviderError, Rejected
from seedgen.ports.provider import JobState
from seedgen.providers.answers import NotThere
from seedgen.providers.oxen_answers import SERVICE, read_row
from seedgen.providers.oxen_listing import HISTORY, QUEUE

if TYPE_CHECKING:
    from decimal import Decimal

    from seedgen.providers.http import Api
    from seedgen.providers.oxen_answers import Row

_SIDE_BY_SIDE = 16
"""How many jobs are asked for at once; others that have news wait their turn."""
_BILL_WITHIN_S = 15
"""A clip does not wait longer for the history."""
_URL_TRIES = 5
_URL_PAUSE_S = 2.0


class Jobs:
    """Jobs by id. `pace` multiplies every waiting time."""

    def __init__(self, api: Api, *, pace: float = 1.0) -> None:
        self._api = api
        self._pace = pace
        self._turns = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def row(self, job_id: str) -> Row:
        """Ask once. Raises JobLost when neither queue nor history knows the job, ProviderError."""
        async with self._turns:
            for place in (QUEUE, HISTORY):
                try:
                    row = read_row(await self._api.ask("GET", _path(place, job_id)))
                except NotThere:
                    continue
                return replace(row, job_id=job_id)
        raise JobLost(f"{SERVICE} no longer knows the job {job_id}")

    async def ended_row(self, job_id: str) -> Row:
        """Ask for a job of which there is news: if it went well, its row with its bill. Raises as `row`.

        Why one failed is asked of the queue: that the history tells it as well is not documented.
        """
        try:
            async with self._turns:
                row = await self._of_history(job_id)
        except (ProviderError, TimeoutError):
            return await self.row(job_id)
        well = row.state is JobState.SUCCEEDED
        return replace(row, job_id=job_id) if well else await self.row(job_id)

    async def bill(self, job_id: str) -> Decimal | None:
        """What an ended job cost in USD; None when it cannot be learnt. Raises nothing of its own."""
        try:
            return (await self._of_history(job_id)).cost
        except (ProviderError, TimeoutError):
            return None

    async def _of_history(self, job_id: str) -> Row:
        """Raises ProviderError, TimeoutError."""
        async with asyncio.timeout(_BILL_WITHIN_S):
            return read_row(await self._api.ask("GET", _path(HISTORY, job_id)))

    async def url(self, job_id: str) -> str:
        """Where a job's clip lies now. Asked a few times: success may be told before its address.

        Raises BadResponse when there is none, JobFailed for a job without a clip, JobLost, ProviderError.
        """
        for attempt in range(_URL_TRIES):
            if attempt:
                await asyncio.sleep(_URL_PAUSE_S * self._pace)
            row = await self.row(job_id)
            if row.state is not JobState.SUCCEEDED:
                raise JobFailed(f"the job {job_id} has no clip: it is {row.state} {row.error}".rstrip())
            if row.url:
                return row.url
        raise BadResponse(
            f"{SERVICE} says that the job {job_id} succeeded, and not where its clip is",
            remedy="Apply again later: the job is kept.",
        )

    async def cancel(self, job_id: str) -> None:
        """Ask for a job to end; one that has ended stays as it is. Raises JobLost, ProviderError."""
        try:
            await self._api.ask("DELETE", _path(QUEUE, job_id))
        except NotThere:
            raise JobLost(f"{SERVICE} does not know the job {job_id}") from None
        except Rejected:
            if not (await self.row(job_id)).ended:
                raise


def _path(place: str, job_id: str) -> str:
    return f"{place}/{quote(job_id, safe='')}"
