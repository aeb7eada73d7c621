"""Bills: what Oxen's ended jobs cost. Jobs that end together are looked up in one page of the history."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from seedgen.errors import ProviderError
from seedgen.providers.oxen_answers import read_row
from seedgen.providers.oxen_listing import HISTORY, newly_made

if TYPE_CHECKING:
    from decimal import Decimal

    from seedgen.providers.http import Api

_WITHIN_S = 15
"""A clip does not wait longer for its bill."""
_MANY = 4
"""Who so many ask for at once are listed. A page of a hundred rows costs no more than four calls."""


class Bills:
    """Bills by job. They stand in the history alone; `namespace` is that of the jobs."""

    def __init__(self, api: Api, namespace: str | None) -> None:
        self._api = api
        self._namespace = namespace
        self._one_at_a_time = asyncio.Lock()
        self._asked: set[str] = set()
        self._known: dict[str, Decimal] = {}
        self._listed_at = 0.0

    async def of(self, job_id: str) -> Decimal | None:
        """What an ended job cost in USD; None when it cannot be learnt. Raises nothing of its own."""
        asked = asyncio.get_running_loop().time()
        self._asked.add(job_id)
        try:
            async with asyncio.timeout(_WITHIN_S):
                async with self._one_at_a_time:
                    if self._listed_at < asked and len(self._asked) >= _MANY:
                        await self._list()
                if job_id in self._known:
                    return self._known[job_id]
                return read_row(await self._api.ask("GET", f"{HISTORY}/{quote(job_id, safe='')}")).cost
        except (ProviderError, TimeoutError):
            return None
        finally:
            self._asked.discard(job_id)
            self._known.pop(job_id, None)

    async def _list(self) -> None:
        """Read the newest page for all who ask now; who is not in it asks for himself."""
        self._listed_at = asyncio.get_running_loop().time()
        try:
            rows = await newly_made(self._api, self._namespace)
        except ProviderError:
            return
        self._known |= {
            row.job_id: row.cost for row in rows if row.job_id in self._asked and row.cost is not None
        }
