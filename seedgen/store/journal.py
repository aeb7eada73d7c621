"""Journal: the durable record of jobs, written before money is spent, and who works on what."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from seedgen.digest import Fingerprint
from seedgen.errors import StoreError
from seedgen.ports.store import STANDING_STAGES, JournalEntry
from seedgen.store.json_cache import TextCache
from seedgen.store.standing import STANDING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENTRY = TypeAdapter(JournalEntry)


class JobJournal:
    """Entries in one folder, shared by everybody who shares the cache.

    What stands (is open, or was rejected) is kept under its fingerprint; what is closed, under
    fingerprint and attempt.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cache = TextCache(
            folder,
            remedy=f"Put {folder} back from a backup. Without it, jobs in flight are forgotten "
            "and could be paid again; only when there are none is it safe to move it away.",
        )
        self._claims = folder / "claims"

    def standing(self) -> dict[Fingerprint, JournalEntry]:
        """Open entries and rejections, by request. Raises StoreError."""
        return {
            Fingerprint(key.removeprefix(STANDING)): self._sure(text)
            for key, text in self._cache.beginning_with(STANDING)
        }

    def find(self, fingerprint: Fingerprint) -> JournalEntry | None:
        """The standing entry of a request. Raises StoreError."""
        for _, text in self._cache.get_many([STANDING + fingerprint]):
            return self._sure(text)
        return None

    def attempts(self, fingerprint: Fingerprint) -> int:
        """How many submits of a request the journal knows."""
        standing = self.find(fingerprint)
        if standing is not None:
            return standing.attempt
        number = 0
        while list(self._cache.get_many([_closed(fingerprint, number + 1)])):
            number += 1
        return number

    def entries(self) -> Iterator[JournalEntry]:
        """Every entry of every attempt."""
        for text in self._cache.values():
            entry = _read(text)
            if entry is not None:
                yield entry

    def faults(self) -> list[str]:
        """What is wrong with the database and its entries, in words; nothing when all is well.

        Raises StoreError when it cannot be read at all.
        """
        if found := self._cache.faults():
            return found
        return [f"a job that cannot be read: {key}" for key, text in self._cache.items() if not _read(text)]

    def write(self, entry: JournalEntry) -> None:
        """Record an entry durably. An earlier attempt that stands is closed beside it."""
        self._cache.replace(*self._changes(entry))

    async def record(self, entry: JournalEntry) -> None:
        """As `write`, while other jobs go on."""
        await self._cache.commit(*self._changes(entry))

    def _changes(self, entry: JournalEntry) -> tuple[dict[str, str], list[str]]:
        text = _ENTRY.dump_json(entry).decode()
        key = STANDING + entry.fingerprint
        if entry.stage not in STANDING_STAGES:
            return {_closed(entry.fingerprint, entry.attempt): text}, [key]
        values = {key: text}
        before = self.find(entry.fingerprint) if entry.attempt > 1 else None
        if before is not None and before.attempt < entry.attempt:
            values[_closed(before.fingerprint, before.attempt)] = _ENTRY.dump_json(before).decode()
        return values, []

    @contextlib.contextmanager
    def claim(self, name: str) -> Iterator[bool]:
        """Be the one process that works on something; False when another living one does.

        An OS-level lock on a file: the kernel releases it when a process dies.
        """
        self._claims.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._claims / f"{name}.lock", thread_local=False)
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

    def _sure(self, text: str) -> JournalEntry:
        entry = _read(text)
        if entry is None:
            # What cannot be read may stand for a paid job: nothing is submitted beside it.
            raise StoreError(
                f"the journal in {self._folder} holds a job that this seedgen cannot read",
                remedy="Use the newer seedgen that wrote it, or put the folder back from a backup.",
            )
        return entry


def _closed(fingerprint: Fingerprint, attempt: int) -> str:
    return f"{fingerprint}.{attempt}"


def _read(text: str) -> JournalEntry | None:
    try:
        return _ENTRY.validate_json(text)
    except ValidationError:
        return None
