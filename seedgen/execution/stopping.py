"""Stopping: work that may be left when a stop is asked for, because nothing is lost with it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine


async def until_stopped(work: Coroutine[Any, Any, None], stopping: asyncio.Event) -> bool:
    """Run what loses nothing when it is cut short; False when a stop did so."""
    task = asyncio.ensure_future(work)
    if not await ended(task, stopping):
        return False
    await task
    return True


async def ended(work: asyncio.Future[Any], stopping: asyncio.Event) -> bool:
    """Wait until `work` has ended; False when a stop, or our own end, cancelled it before."""
    stop = asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        if not work.done():
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
    return not work.cancelled()
