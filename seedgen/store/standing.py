"""Standing: whether a journal holds anything against submitting, told without opening it in earnest.

Every plan asks, and nearly always the answer is no. Opening the database through its library costs
a plan 40 ms; one question to SQLite costs two, and leaves no file behind when the database is taken for
immutable. That is true while it has no write-ahead log (https://www.sqlite.org/uri.html).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STANDING = "!"
"""Keys of standing entries begin with it, so that they sort first and a plan reads no others."""


def anything_stands(folder: Path) -> bool:
    """Whether a journal has standing entries. In doubt it has: who opens it in earnest will see."""
    database = folder / "cache.db"
    if not database.is_file():
        return False
    if (folder / "cache.db-wal").exists():
        return True  # somebody is at work, or died: what counts may not be in the database itself yet
    import sqlite3  # noqa: PLC0415  only where there is a journal

    try:
        connection = sqlite3.connect(f"{database.absolute().as_uri()}?immutable=1", uri=True)
        try:
            found = connection.execute(
                "SELECT 1 FROM Cache WHERE key >= ? AND key < ? LIMIT 1", (STANDING, chr(ord(STANDING) + 1))
            )
            return found.fetchone() is not None
        finally:
            connection.close()
    except sqlite3.Error:
        return True
