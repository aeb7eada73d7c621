"""Running flows under signals: the first Ctrl-C asks to stop, the second stops at once."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

T = TypeVar("T")


def run_until_stopped(work: Callable[[asyncio.Event], Coroutine[Any, Any, T]]) -> T:
    """Run `work` with an event that a first SIGINT or SIGTERM sets.

    A second one cancels it: what ffmpeg does for us is killed, the lock is written. Raises click.Abort.
    """
    return asyncio.run(_main(work))


async def _main(work: Callable[[asyncio.Event], Coroutine[Any, Any, T]]) -> T:
    stopping = asyncio.Event()
    task = asyncio.ensure_future(work(stopping))

    def stop() -> None:
        if stopping.is_set():
            task.cancel()
        stopping.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        return await task
    except asyncio.CancelledError:
        raise click.Abort from None
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
