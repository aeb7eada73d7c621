"""Journal: the durable record of jobs, written before money is spent, and who works on what."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from seedgen.digest import Fingerprint
from seedgen.ports.store import OPEN_STAGES, JournalEntry
from seedgen.store.json_cache import TextCache

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

_ENTRY = TypeAdapter(JournalEntry)


class JobJournal:
    """Entries by fingerprint in one folder, shared by everybody who shares the cache."""

    def __init__(self, folder: Path) -> None:
        self._cache = TextCache(
            folder,
            remedy=f"Put {folder} back from a backup. Without it, jobs in flight are forgotten "
            "and could be paid again; only when there are none is it safe to move it away.",
        )
        self._claims = folder / "claims"

    def open_entries(self, fingerprints: Collection[Fingerprint]) -> dict[Fingerprint, JournalEntry]:
        """Entries that are begun and not finished."""
        found = {}
        for key, text in self._cache.get_many(fingerprints):
            entry = _read(text)
            if entry is not None and entry.stage in OPEN_STAGES:
                found[Fingerprint(key)] = entry
        return found

    def entries(self) -> Iterator[JournalEntry]:
        """Every entry."""
        for text in self._cache.values():
            entry = _read(text)
            if entry is not None:
                yield entry

    def write(self, entry: JournalEntry) -> None:
        """Record an entry durably."""
        self._cache.put(entry.fingerprint, _ENTRY.dump_json(entry).decode())

    @contextlib.contextmanager
    def claim(self, fingerprint: Fingerprint) -> Iterator[bool]:
        """Be the one process that works on a request; False when another living one does.

        An OS-level lock on a file: the kernel releases it when a process dies.
        """
        self._claims.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._claims / f"{fingerprint}.lock", thread_local=False)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            lock.release()

    def close(self) -> None:
        """Close the database."""
        self._cache.close()


def _read(text: str) -> JournalEntry | None:
    try:
        return _ENTRY.validate_json(text)
    except ValidationError:
        return None
