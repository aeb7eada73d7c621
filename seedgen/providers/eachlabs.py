"""The each::labs provider: predictions that are submitted, polled and downloaded."""

from __future__ import annotations

import asyncio
import contextlib
import random
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from seedgen.errors import BadResponse, JobLost, RateLimited, Rejected, Unavailable
from seedgen.ports.provider import ENDED, JobState, Listing
from seedgen.project.models import EACHLABS
from seedgen.providers.eachlabs_answers import clip_url, prediction_id, status_of
from seedgen.providers.eachlabs_request import UNKNOWN_URL, request_body, same_input
from seedgen.providers.eachlabs_uploads import References, promised
from seedgen.providers.http import NotThere

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine, Iterable
    from datetime import datetime
    from decimal import Decimal
    from pathlib import Path

    from seedgen.digest import Digest
    from seedgen.planning.request import Request, RequestReference
    from seedgen.ports.provider import JobStatus, OnProgress, Submission, Window
    from seedgen.ports.store import Uploads
    from seedgen.project.cards import ModelCard
    from seedgen.project.models import EachlabsSettings
    from seedgen.project.shelf import Cards
    from seedgen.providers.http import Api

__all__ = ["EachlabsProvider", "request_body"]

T = TypeVar("T")

_FIRST_POLL_S, _LONGEST_POLL_S = 2.0, 10.0
"""The service's own examples ask every two seconds; films take minutes, so that it soon gets rarer."""
_GROWTH = (1.2, 1.4)
"""By how much, at random in between: jobs that are asked for at the same moment drift apart."""
_PAGE, _PAGES = 100, 100
_SIDE_BY_SIDE = 8
_ODD = 3
"""Answers in a row that make no sense, after which a wait gives up: a proxy may send one."""


class EachlabsProvider:
    """Transport to each::labs. Its jobs go on when this process ends.

    `pace` multiplies every waiting time; it is 1 but in tests.
    """

    survives = True

    def __init__(
        self, api: Api, cards: Cards, settings: EachlabsSettings, uploads: Uploads, *, pace: float = 1.0
    ) -> None:
        self._api = api
        self._cards = cards
        self._settings = settings
        self._references = References(api, uploads)
        self._pace = pace
        self._clips: dict[str, str] = {}
        self._fresh: set[str] = set()
        self._inputs: dict[str, Any] = {}
        """What known predictions were asked to do: it never changes, and `find` compares it often."""

    async def prepare(self, submission: Submission) -> Submission:
        """The submission with an address for each of its media. Raises ProviderError, OSError."""
        references = submission.request.references
        urls = await _together(map(self._references.url, references, submission.media))
        return replace(submission, media=tuple(urls))

    async def submit(self, submission: Submission) -> str:
        """Create a prediction, once, and return its id. Raises as the port says."""
        urls = [str(url) for url in submission.media]
        body = request_body(submission.request, self._card(submission.request), urls, self._settings)
        job_id = prediction_id(await self._api.submit("/v1/prediction/", body))
        self._fresh.add(job_id)
        return job_id

    async def find(self, submission: Submission, window: Window) -> Listing:
        """Predictions of that time whose input is the same, as far as addresses are known.

        The listing has no input and no promise to be complete (eachlabs.md section 4): each candidate
        is asked for. Raises ProviderError.
        """
        card, sent = self._card(submission.request), self._sent(submission)
        candidates = [job_id async for job_id in self._listed(card.model, window)]
        gate = asyncio.Semaphore(_SIDE_BY_SIDE)

        async def matches(job_id: str) -> bool:
            async with gate:
                return same_input(sent, await self._input(job_id), card)

        found = await _together(map(matches, candidates))
        same = tuple(job_id for job_id, one in zip(candidates, found, strict=True) if one)
        return Listing(same, complete=False)

    async def made_for(self, job_id: str, submission: Submission) -> bool:
        """Whether a prediction's input is what a submission would send. Raises JobLost, ProviderError.

        One that echoes no input cannot be compared, and passes.
        """
        answer = await self._prediction(job_id)
        asked = answer.get("input") if isinstance(answer, dict) else None
        return asked is None or same_input(self._sent(submission), asked, self._card(submission.request))

    async def status(self, job_id: str) -> JobStatus:
        """Ask once. Raises JobLost, ProviderError."""
        answer = await self._prediction(job_id)
        status = status_of(job_id, answer)
        if status.state is JobState.SUCCEEDED:
            with contextlib.suppress(BadResponse):  # what is odd about its output, `fetch` tells
                self._clips[job_id] = clip_url(job_id, answer)
        return status

    async def wait(self, job_id: str, progress: OnProgress) -> JobStatus:
        """Poll until the prediction has ended, ever more slowly.

        Raises JobLost, AuthError, BadResponse; Unavailable when the service is silent for too long or
        the prediction takes more than `wait_minutes`: it goes on.
        """
        try:
            async with asyncio.timeout(self._settings.wait_minutes * 60 * self._pace):
                return await self._poll(job_id, progress)
        except TimeoutError:
            raise Unavailable(
                f"the prediction {job_id} has not ended after {self._settings.wait_minutes} minutes",
                remedy="It goes on: the next apply collects its clip.",
            ) from None

    async def _poll(self, job_id: str, progress: OnProgress) -> JobStatus:
        seconds, odd, last = _FIRST_POLL_S, 0, None
        asks_now = job_id not in self._fresh
        self._fresh.discard(job_id)
        while True:
            if not asks_now:
                await asyncio.sleep(seconds * self._pace)
                seconds = min(seconds * random.uniform(*_GROWTH), _LONGEST_POLL_S)  # noqa: S311  no secret
            asks_now = False
            try:
                status = await self.status(job_id)
            except RateLimited:
                pass  # it was waited for as long as the service asked; the prediction is no worse for it
            except (JobLost, BadResponse):
                odd += 1
                if odd == _ODD:
                    raise
            else:
                if status.state in ENDED:
                    return status
                if status.state is not last:
                    progress(None)
                odd, last = 0, status.state

    async def bill(self, status: JobStatus) -> Decimal | None:
        """What the prediction says of itself; there is nobody else to ask."""
        return status.cost

    async def fetch(self, job_id: str, out: Path) -> Digest:
        """Download a succeeded prediction's clip. Raises JobLost, ProviderError, OSError."""
        url = self._clips.pop(job_id, None) or await self._clip(job_id)
        return await self._api.download(url, out, fresh=lambda: self._clip(job_id))

    async def cancel(self, job_id: str) -> None:
        """Ask for a prediction to end. Raises JobLost, ProviderError.

        It is looked at first: to an unknown id the service may answer 500 (eachlabs.md section 4).
        """
        if (await self.status(job_id)).state in ENDED:
            return
        try:
            await self._api.ask("POST", f"{_path(job_id)}/cancel")
        except NotThere as error:
            raise _lost(job_id) from error

    async def close(self) -> None:
        """Close the connections; predictions go on."""
        await self._api.close()

    def _card(self, request: Request) -> ModelCard:
        card = self._cards.find(EACHLABS, request.model)
        if card is None:
            raise Rejected(f"there is no model card for {request.model}", remedy="Put it into cards/ again.")
        return card

    async def _prediction(self, job_id: str) -> Any:
        try:
            return await self._api.ask("GET", _path(job_id))
        except NotThere as error:
            raise _lost(job_id) from error

    async def _clip(self, job_id: str) -> str:
        return clip_url(job_id, await self._prediction(job_id))

    def _sent(self, submission: Submission) -> dict[str, Any]:
        """The input that is sent for a submission, as far as addresses are known."""
        request = submission.request
        media = zip(request.references, submission.media, strict=True)
        urls = [self._known_url(reference, location) for reference, location in media]
        sent: dict[str, Any] = request_body(request, self._card(request), urls, self._settings)["input"]
        return sent

    def _known_url(self, reference: RequestReference, media: Path | str) -> str:
        if isinstance(media, str):
            return media
        digest = promised(reference)
        return (digest and self._references.remembered(digest, dead_too=True)) or UNKNOWN_URL

    async def _input(self, job_id: str) -> Any:
        if job_id not in self._inputs:
            try:
                answer = await self._prediction(job_id)
            except JobLost:
                return None
            self._inputs[job_id] = answer.get("input") if isinstance(answer, dict) else None
        return self._inputs[job_id]

    async def _listed(self, model: str, window: Window) -> AsyncIterator[str]:
        """The ids of a model's predictions in a window, each once: pages shift while new ones come."""
        seen: set[str] = set()
        params = {"model": model, "from": _rfc3339(window.since), "to": _rfc3339(window.until)}
        for page in range(_PAGES):
            span = {"limit": _PAGE, "offset": page * _PAGE}
            answer = await self._api.ask("GET", "/v1/executions", params=params | span)
            rows = answer.get("executions") if isinstance(answer, dict) else None
            if not isinstance(rows, list):
                raise BadResponse("each::labs answered something else than a list of executions")
            for row in rows:
                job_id = row.get("id") if isinstance(row, dict) else None
                if isinstance(job_id, str) and job_id and job_id not in seen:
                    seen.add(job_id)
                    yield job_id
            if len(rows) < _PAGE:
                return


async def _together(calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results of all; the first error when every one has ended, so that none goes on unwatched."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]


def _path(job_id: str) -> str:
    return f"/v1/prediction/{quote(job_id, safe='')}"


def _lost(job_id: str) -> JobLost:
    return JobLost(f"each::labs does not know the prediction {job_id}")


def _rfc3339(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
