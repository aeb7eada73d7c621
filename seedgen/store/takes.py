"""Takes by fingerprint: what has been generated for which request, and what was accepted for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from seedgen.digest import Fingerprint
from seedgen.planning.lock import Take
from seedgen.store.json_cache import TextCache

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

_HEX = 64
"""Digits of a fingerprint."""


class TakeStore:
    """The action cache. A record that cannot be read counts as absent: corrupt means miss."""

    def __init__(self, folder: Path) -> None:
        self._cache = TextCache(
            folder,
            remedy=f"Move {folder} away: the next apply begins it anew from seedgen.lock. "
            "What only the old one knew (earlier states, other projects) could then be paid again.",
        )

    def find(self, fingerprints: Collection[Fingerprint]) -> dict[Fingerprint, Take]:
        """The takes recorded for some requests."""
        found = {}
        for key, text in self._cache.get_many(fingerprints):
            if take := _read(key, text):
                found[Fingerprint(key)] = take
        return found

    def record(self, take: Take) -> None:
        """Remember a take under its fingerprint, durably."""
        self._cache.put(take.fingerprint, take.model_dump_json())

    async def keep(self, take: Take) -> None:
        """As `record`, while other jobs go on."""
        await self._cache.commit({take.fingerprint: take.model_dump_json()})

    def restore(self, takes: Iterable[Take]) -> None:
        """Where the database is gone, remember at least what the lock holds."""
        if not self._cache.exists:
            for take in takes:
                self.record(take)

    @property
    def exists(self) -> bool:
        """Whether any take was ever recorded here."""
        return self._cache.exists

    def find_accepted(
        self, project: str, wanted: Collection[tuple[str, Fingerprint]]
    ) -> dict[tuple[str, Fingerprint], Take]:
        """The takes that were accepted for requests of some shots of a project."""
        keys = {_accepted_key(project, *one): one for one in wanted}
        found = {}
        for key, text in self._cache.get_many(keys):
            if take := _read(key, text):
                found[keys[key]] = take
        return found

    def accept(self, project: str, takes: Iterable[tuple[str, Fingerprint, Take]]) -> None:
        """Remember durably that takes stand for requests of some shots, each given by its fingerprint."""
        new = {_accepted_key(project, shot, key): take.model_dump_json() for shot, key, take in takes}
        known = dict(self._cache.get_many(new))
        if new != known:
            self._cache.replace(new)

    def every_accepted(self) -> Iterator[tuple[str, Fingerprint, Take]]:
        """Every accepted take: the key of its record, the fingerprint that it stands for, and the take."""
        for key, text in self._cache.items():
            if _is_accepted(key) and (take := _read(key, text)):
                yield key, Fingerprint(key[:_HEX]), take

    def every(self) -> Iterator[Take]:
        """Every take of the cache, whoever made it."""
        for key, text in self._cache.items():
            if not _is_accepted(key) and (take := _read(key, text)):
                yield take

    def add(self, takes: Iterable[Take]) -> int:
        """Remember takes durably whose requests have none yet; how many those are."""
        wanted = {take.key: take for take in takes}
        new = wanted.keys() - self.find(wanted).keys()
        if new:
            self._cache.replace({key: wanted[key].model_dump_json() for key in new})
        return len(new)

    def forget(self, keys: Collection[str]) -> None:
        """Take records away, all of them or none. A request that has none is generated anew."""
        self._cache.replace({}, keys)

    def faults(self) -> list[str]:
        """What is wrong with the database and its records, in words; nothing when all is well.

        Raises StoreError when it cannot be read at all.
        """
        if found := self._cache.faults():
            return found
        return [
            f"a record that cannot be read: {key}"
            for key, text in self._cache.items()
            if not _read(key, text)
        ]

    def close(self) -> None:
        """Close the database."""
        self._cache.close()


def _read(key: str, text: str) -> Take | None:
    try:
        take = Take.model_validate_json(text)
    except ValidationError:
        return None
    return take if take.fingerprint == key or _is_accepted(key) else None


def _accepted_key(project: str, shot: str, fingerprint: Fingerprint) -> str:
    """Not the fingerprint alone: for nobody else's request was the clip accepted."""
    return f"{fingerprint}:{project}:{shot}"


def _is_accepted(key: str) -> bool:
    return key[_HEX : _HEX + 1] == ":"
