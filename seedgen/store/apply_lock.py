"""Locks of a project: one apply at a time, and one assembly of reels; the OS ends them when a process dies.

A second apply is refused, for what it planned is not true any more. A second assembly waits: what it makes
is made from whatever there is then, and most of that will have been encoded.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from seedgen.errors import Locked
from seedgen.ports.store import Running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path


_LOOKS_SECONDS = 0.2
"""How often who waits looks whether it is its turn."""


_NOTE_SECONDS = 0.3
"""How long who has just taken a lock may need to write its note."""


@contextlib.contextmanager
def apply_lock(folder: Path, *, for_apply: bool = True) -> Iterator[None]:
    """Hold the project's apply lock. Raises Locked with who holds it and since when.

    `for_apply` says whether who asks is an apply too.
    """
    note, lock = folder / "apply.json", _lock(folder / "apply.lock")
    if not _taken(lock):
        who = _holder(note)
        raise Locked(
            f"another apply runs in this project{who}"
            if for_apply
            else f"an apply runs in this project{who}",
            remedy="Wait for it to end. `seedgen plan`, `status` and `show` work meanwhile.",
        )
    with _holding(lock, note):
        yield


@contextlib.asynccontextmanager
async def assembly_turn(folder: Path, waits: Callable[[Running | None], None]) -> AsyncIterator[None]:
    """Be the only one who assembles the project's reels.

    While another process does, `waits` is told once who, as far as it is known, and this one waits for its
    end; it can be cancelled meanwhile.
    """
    note, lock = folder / "assembly.json", _lock(folder / "assembly.lock")
    told = False
    while not _taken(lock):
        if not told:
            waits(_noted(note))
            told = True
        await asyncio.sleep(_LOOKS_SECONDS)
    with _holding(lock, note):
        yield


def _lock(file: Path) -> FileLock:
    file.parent.mkdir(parents=True, exist_ok=True)
    return FileLock(file, thread_local=False)


def _taken(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True


@contextlib.contextmanager
def _holding(lock: FileLock, note: Path) -> Iterator[None]:
    """Say in a note who has the lock, and let go of both at the end."""
    try:
        since = datetime.now(UTC).isoformat(timespec="seconds")
        note.write_text(json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since}))
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def running(folder: Path) -> Running | None:
    """The apply that runs in a project now, if there is one. Writes nothing.

    The lock itself is tried only where an apply has left its note: who was killed leaves one behind.
    """
    found = _noted(folder / "apply.json")
    if found is None:
        return None
    lock = FileLock(folder / "apply.lock", thread_local=False)
    try:
        if not _taken(lock):
            return found
    except OSError:  # what may not be written here cannot be tried
        return None
    lock.release()
    return None


def _noted(note: Path) -> Running | None:
    try:
        value = json.loads(note.read_text())
        return Running(int(value["pid"]), str(value["host"]), datetime.fromisoformat(value["since"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _holder(note: Path) -> str:
    """Who holds a lock, from the note, which may be about to be written."""
    until = time.monotonic() + _NOTE_SECONDS
    while (found := _noted(note)) is None and time.monotonic() < until:
        time.sleep(_NOTE_SECONDS / 10)
    if found is None:
        return ""
    return f": process {found.pid} on {found.host}, since {found.since.isoformat(timespec='seconds')}"
