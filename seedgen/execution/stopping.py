"""Stopping: work that may be left when a stop is asked for, because nothing is lost with it."""

from __future__ import annotations

import asyncio
from typing import Any


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
