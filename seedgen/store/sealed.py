"""A database that may not be written, as on a drive that is mounted read-only, can be read all the same.

diskcache keeps a write-ahead log, for which SQLite makes two files beside the database even to read it
(https://www.sqlite.org/wal.html, "Read-Only Databases"). Who may not make them can read them where a
writer left them, or be told that nobody writes (`immutable`).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING

from diskcache.core import MODE_RAW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_TEXTS = "SELECT key, value FROM Cache WHERE raw = 1 AND mode = ? AND typeof(value) = 'text' ORDER BY key"


class SealedTexts:
    """The texts of a diskcache database, as they stood when they were read."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    @classmethod
    def read(cls, database: Path) -> SealedTexts:
        """Read all of it at once, for somebody else may write it. Raises sqlite3.Error."""
        with contextlib.closing(read_only(database)) as connection:
            return cls(dict(connection.execute(_TEXTS, (MODE_RAW,))))

    def __len__(self) -> int:
        return len(self._texts)

    def iterkeys(self) -> Iterator[str]:
        """The keys, sorted."""
        return iter(self._texts)

    def get(self, key: str) -> str | None:
        """One text, None when there is none."""
        return self._texts.get(key)


def read_only(database: Path) -> sqlite3.Connection:
    """A connection that writes nothing. Raises sqlite3.Error.

    What stands in a log that a writer left is never passed over: it may be a job that was paid.
    """
    log = database.with_name(f"{database.name}-wal")
    logged = log.is_file() and log.stat().st_size > 0
    nobody_writes = not logged and not os.access(database.parent, os.W_OK)
    address = f"{database.absolute().as_uri()}?mode=ro{'&immutable=1' if nobody_writes else ''}"
    return sqlite3.connect(address, uri=True)
