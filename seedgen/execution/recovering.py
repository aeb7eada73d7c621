"""Recovering: clips that the lock names and the cache has lost, fetched again from who made them.

On another machine, or with a lost cache, the lock still says which job made which bytes. A service that
keeps its results a while gives them again for nothing; what it gives counts only when it is those bytes.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from seedgen.errors import SeedgenError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.execution.jobs import Line, Workshop
    from seedgen.planning.lock import Take

_SIDE_BY_SIDE = 8


async def recover(takes: Sequence[Take], line: Line, shop: Workshop) -> list[Take]:
    """Ask a service for the clips of some takes; those that came back as they were. Nothing is submitted."""
    gate = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def one(take: Take) -> Take | None:
        async with gate:
            return take if await _fetched(take, line, shop) else None

    return [take for take in await asyncio.gather(*map(one, takes)) if take is not None]


async def _fetched(take: Take, line: Line, shop: Workshop) -> bool:
    file = shop.scratch / f"{take.digest}.mp4"
    try:
        if await line.provider.fetch(take.job_id, file) != take.clip:
            return False
        await asyncio.to_thread(shop.objects.adopt, file, take.clip)
    except (SeedgenError, OSError):
        return False  # it is gone there too, or cannot be had now: the plan says what it costs to make anew
    finally:
        file.unlink(missing_ok=True)
    return True
