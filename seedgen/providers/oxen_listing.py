"""Oxen's listings: which jobs are active, and every job there is of a model."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seedgen.providers.oxen_answers import read_rows

if TYPE_CHECKING:
    from seedgen.providers.http import Api
    from seedgen.providers.oxen_answers import Row

QUEUE, HISTORY = "/ai/queue", "/ai/generations"

_STATUSES = (None, "queued", "processing", "succeeded", "failed", "cancelled")
"""Without a status the queue lists only what is active; each is asked for on its own."""
_PAGE_SIZE = 1000
_SHORT_PAGE = 100
_MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows by id, and whether they are all there are."""

    by_id: dict[str, Row]
    whole: bool


async def active_ids(api: Api, namespace: str | None) -> frozenset[str]:
    """The ids of all jobs that are queued or running. Raises ProviderError."""
    rows = read_rows(await api.ask("GET", QUEUE, params=_query(namespace=namespace)))
    return frozenset(row.job_id for row in rows if not row.ended)


class Census:
    """Every job of a model. Who asks while a count is under way shares the next one.

    The queue is asked status by status, and last the history, to which a service of older days moved
    what had finished. A job only ever moves forward in that order, so none slips through between two calls.
    """

    def __init__(self, api: Api, namespace: str | None) -> None:
        self._api = api
        self._owners = (None,) if namespace is None else (None, namespace)
        self._one_at_a_time = asyncio.Lock()
        self._last: tuple[str, float, Rows] | None = None

    async def take(self, model: str) -> Rows:
        """A count that began after this call. Raises ProviderError when any part of it cannot be had."""
        now = asyncio.get_running_loop().time
        asked = now()
        async with self._one_at_a_time:
            if self._last is None or self._last[0] != model or self._last[1] < asked:
                began = now()
                self._last = (model, began, await self._count(model))
            return self._last[2]

    async def _count(self, model: str) -> Rows:
        parts: list[Rows] = []
        for owner in self._owners:
            parts += [await _queued(self._api, model, owner, status) for status in _STATUSES]
            parts.append(await history(self._api, model, owner))
        return Rows(_merged([part.by_id for part in parts]), all(part.whole for part in parts))


async def history(api: Api, model: str, namespace: str | None, *, newest: bool = False) -> Rows:
    """Every job of a model in the history, unless it is very long; with `newest` a short first page.

    Raises ProviderError.
    """
    found: list[dict[str, Row]] = []
    size = _SHORT_PAGE if newest else _PAGE_SIZE
    for page in range(1, 2 if newest else _MOST_PAGES + 1):
        query = _query(model=model, namespace=namespace, page=page, page_size=size)
        answer = await api.ask("GET", HISTORY, params=query)
        found.append(_by_id(read_rows(answer)))
        pages = answer.get("total_pages")
        if not found[-1] or (isinstance(pages, int) and page >= pages):
            return Rows(_merged(found), whole=True)
    return Rows(_merged(found), whole=False)


async def _queued(api: Api, model: str, namespace: str | None, status: str | None) -> Rows:
    answer = await api.ask("GET", QUEUE, params=_query(model=model, namespace=namespace, status=status))
    rows = read_rows(answer)
    count = answer.get("count")
    return Rows(_by_id(rows), whole=not isinstance(count, int) or count <= len(rows))


def _by_id(rows: list[Row]) -> dict[str, Row]:
    return {row.job_id: row for row in rows}


def _merged(parts: list[dict[str, Row]]) -> dict[str, Row]:
    return {job_id: row for part in parts for job_id, row in part.items()}


def _query(**filters: Any) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if value is not None}
