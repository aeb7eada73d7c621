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


def _holder(note: Path) -> str:
    try:
        value = json.loads(note.read_text())
        return f": process {value['pid']} on {value['host']}, since {value['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
