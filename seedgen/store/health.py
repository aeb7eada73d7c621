"""Health: what is wrong with a cache, looked at without changing anything."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from seedgen.store.disk import folder_size

if TYPE_CHECKING:
    from pathlib import Path


def database_problem(folder: Path) -> str:
    """Why a database of the cache cannot be relied on, as SQLite says; empty when it can, or is not there."""
    database = folder / "cache.db"
    if not database.is_file():
        return ""
    try:
        address = f"{database.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as opened:
            (answer,) = opened.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        return str(error)
    return "" if answer == "ok" else str(answer)


def orphans(parent: Path) -> tuple[int, int]:
    """Scratch folders whose process died: how many, and their bytes."""
    count = size = 0
    for held in parent.glob("in-*.held"):
        with contextlib.suppress(OSError, Timeout), FileLock(held, timeout=0, thread_local=False):
            count, size = count + 1, size + folder_size(parent / held.stem)
    return count, size
