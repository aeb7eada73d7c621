"""Apply lock: one apply in a project at a time, held by the OS and released when a process dies."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from seedgen.errors import Locked
from seedgen.ports.store import Running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def apply_lock(folder: Path) -> Iterator[None]:
    """Hold the project's apply lock. Raises Locked with who holds it and since when."""
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / "apply.json"
    lock = FileLock(folder / "apply.lock", thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise Locked(
            f"another apply runs in this project{_holder(note)}",
            remedy="Wait for it to end. `seedgen plan`, `status` and `show` work meanwhile.",
        ) from error
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
        lock.acquire(blocking=False)
    except Timeout:
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
    found = _noted(note)
    if found is None:
        return ""
    return f": process {found.pid} on {found.host}, since {found.since.isoformat(timespec='seconds')}"
