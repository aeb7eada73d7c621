"""Commits: changes that are asked for side by side are written together, on a thread of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Changes = tuple[Mapping[str, str], Collection[str]]
"""Entries to write, and keys to take away."""


class Commits:
    """Writes batches with `write`, one after another. Belongs to one event loop at a time."""

    def __init__(self, write: Callable[[Sequence[Changes]], None], name: str) -> None:
        self._write = write
        self._waiting: list[tuple[Changes, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None
        # One thread: SQLite's connections belong to threads, and this one's is closed at the end.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{name}-writer")

    async def wait_for(self, changes: Changes) -> None:
        """Return when these changes are written. Raises what `write` raises."""
        done = asyncio.get_running_loop().create_future()
        self._waiting.append((changes, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.ensure_future(self._write_all())
        await done

    async def _write_all(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            error: Exception | None = None
            try:
                changes = [change for change, _ in batch]
                await asyncio.get_running_loop().run_in_executor(self._thread, self._write, changes)
            except Exception as failed:  # noqa: BLE001  whatever it is, each of them hears of it
                error = failed
            for _, done in batch:
                if not done.done():  # else whoever waited has gone
                    done.set_result(None) if error is None else done.set_exception(error)

    def end(self, last: Callable[[], None]) -> None:
        """Do one last thing on the thread, and end it."""
        self._thread.submit(last).result()
        self._thread.shutdown()
