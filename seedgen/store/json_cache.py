"""diskcache, tamed: it evicts nothing, stores JSON instead of pickles, and its errors are ours.

By default diskcache throws entries out at 1 GiB and pickles values. A cache folder may come from
somebody else, and reading a pickle runs its code; so keys and values are text here, and anything of
another kind in the database counts as absent.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Any

import diskcache
from diskcache.core import MODE_RAW

from seedgen.errors import ReadOnly, StoreError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from seedgen.store.commits import Commits
    from seedgen.store.sealed import SealedTexts

_INLINE = 2**30
"""Texts below this stand in the database itself, so that no entry is ever a file of its own."""

_MANY = 16
"""Below so many keys, each is asked for: to count what is there costs as much."""

_FEW_FAULTS = 5

_DAMAGE = (sqlite3.Error, OSError, diskcache.Timeout, AttributeError, TypeError, ValueError)
"""What a database in trouble ends in. diskcache takes settings and rows for what it wrote: where a name is
null or a number is text, it fails on that as Python does."""


class _TextDisk(diskcache.Disk):  # type: ignore[misc]
    """Text in, text out. What is not raw text is not read; no file beside the database is touched.

    `settings` are those that the database holds, which may have been written by anybody.
    """

    def __init__(self, directory: str, **settings: object) -> None:
        super().__init__(directory, min_file_size=_INLINE)

    def put(self, key: str) -> tuple[str, bool]:
        return str(key), True

    def get(self, key: Any, raw: bool) -> str:
        return str(key) if raw else ""

    def store(self, value: str, read: bool, key: Any = None) -> tuple[int, int, None, str]:
        return 0, MODE_RAW, None, value

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> str | None:
        return value if mode == MODE_RAW and isinstance(value, str) else None

    def remove(self, file_path: str) -> None:
        """Nothing: no entry has a file, and a row that names one may name any file at all."""


class TextCache:
    """A durable mapping of text to text in one folder, safe for several processes at once."""

    def __init__(self, folder: Path, *, remedy: str = "") -> None:
        self._folder = folder
        self._remedy = remedy
        self._cache: Any = None
        self._commits: Commits | None = None
        self._sealed: SealedTexts | None = None

    @property
    def exists(self) -> bool:
        """Whether anything was ever written."""
        return (self._folder / "cache.db").is_file()

    def _open(self) -> Any:
        if self._cache is None:
            try:
                self._cache = diskcache.Cache(
                    str(self._folder),
                    disk=_TextDisk,
                    eviction_policy="none",
                    cull_limit=0,
                    size_limit=2**60,
                    statistics=False,
                    sqlite_synchronous=2,
                    timeout=60,
                )
            except _DAMAGE as error:
                raise self._failed(error) from error
        return self._cache

    def _open_to_read(self) -> Any:
        """Also where nothing may be written: a shared drive may be mounted read-only."""
        if self._cache is not None or not self._is_denied:
            return self._open()
        if self._sealed is None:
            from seedgen.store.sealed import SealedTexts  # noqa: PLC0415  hardly anybody's folder

            try:
                self._sealed = SealedTexts.read(self._folder / "cache.db")
            except sqlite3.Error as error:
                raise self._failed(error) from error
        return self._sealed

    def get_many(self, keys: Collection[str]) -> Iterator[tuple[str, str]]:
        """The entries of some keys that there are."""
        if not self.exists:
            return
        cache = self._open_to_read()
        try:
            # Asking for each of 10,000 new keys costs more than listing what is there.
            few = len(keys) > _MANY and len(cache) < len(keys)
            for key in set(keys) & set(cache.iterkeys()) if few else keys:
                value = cache.get(key)
                if value is not None:
                    yield key, value
        except _DAMAGE as error:
            raise self._failed(error) from error

    def put(self, key: str, value: str) -> None:
        """Write an entry durably."""
        self.replace({key: value})

    def replace(self, values: Mapping[str, str], gone: Collection[str] = ()) -> None:
        """Write some entries and take others away, all of it or nothing, durably."""
        self._replace_all([(values, gone)])

    def _replace_all(self, changes: Iterable[tuple[Mapping[str, str], Collection[str]]]) -> None:
        cache = self._open()
        try:
            with cache.transact():
                for values, gone in changes:
                    for key, value in values.items():
                        cache.set(key, value)
                    for key in gone:
                        cache.delete(key)
        except _DAMAGE as error:
            raise self._failed(error) from error

    async def commit(self, values: Mapping[str, str], gone: Collection[str] = ()) -> None:
        """As `replace`, while other things go on. What is asked for side by side shares one commit.

        When this returns the entries are on the disk. A disk takes milliseconds for that, however many
        there are.
        """
        self._open()
        if self._commits is None:
            from seedgen.store.commits import Commits  # noqa: PLC0415  a plan reads only, with no asyncio

            self._commits = Commits(self._replace_all, self._folder.name)
        await self._commits.wait_for((values, gone))

    def beginning_with(self, prefix: str) -> Iterator[tuple[str, str]]:
        """The entries whose key begins with a text that sorts before every other key's beginning."""
        if not self.exists:
            return
        cache = self._open_to_read()
        try:
            for key in cache.iterkeys():
                if not key.startswith(prefix):
                    break
                value = cache.get(key)
                if value is not None:
                    yield key, value
        except _DAMAGE as error:
            raise self._failed(error) from error

    def values(self) -> Iterator[str]:
        """Every entry."""
        if not self.exists:
            return
        cache = self._open_to_read()
        try:
            for key in cache.iterkeys():
                value = cache.get(key)
                if value is not None:
                    yield value
        except _DAMAGE as error:
            raise self._failed(error) from error

    def items(self) -> Iterator[tuple[str, str]]:
        """Every entry with its key."""
        return self.beginning_with("")

    def faults(self) -> list[str]:
        """What SQLite finds wrong with the database, in its words; nothing when it is whole or not there.

        Raises ReadOnly.
        """
        if not self.exists:
            return []
        from seedgen.store.sealed import read_only  # noqa: PLC0415  a check, which is no everyday work

        try:
            with contextlib.closing(read_only(self._folder / "cache.db")) as connection:
                found = connection.execute(f"PRAGMA integrity_check({_FEW_FAULTS})").fetchall()
        except sqlite3.Error as error:
            failed = self._failed(error)
            if isinstance(failed, ReadOnly):
                raise failed from error
            return [str(error)]
        return [str(row[0]) for row in found if row[0] != "ok"]

    def close(self) -> None:
        """Close the database."""
        if self._commits is not None:
            self._commits.end(self._cache.close if self._cache is not None else lambda: None)
            self._commits = None
        if self._cache is not None:
            self._cache.close()
            self._cache = None

    @property
    def _is_denied(self) -> bool:
        """Whether it may not be written."""
        there = (place for place in (self._folder, self._folder / "cache.db") if place.exists())
        return not all(os.access(place, os.W_OK) for place in there)

    def _failed(self, error: Exception) -> StoreError:
        # SQLite calls what it may not do operational, in words that sound like damage; damage is another.
        if self._is_denied and isinstance(error, sqlite3.OperationalError | OSError):
            return ReadOnly(
                f"the cache's database in {self._folder} may not be written",
                remedy="Nothing in it is damaged: make it writable, or name another cache with --cache-dir.",
            )
        safe = "Clips are kept apart and are safe. Check free space and permissions."
        return StoreError(
            f"the cache's {self._folder.name} database cannot be used: {error}",
            remedy=f"{safe} {self._remedy}".strip(),
        )
