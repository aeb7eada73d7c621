"""Takes by fingerprint: what has been generated for which request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from seedgen.digest import Fingerprint
from seedgen.planning.lock import Take
from seedgen.store.json_cache import TextCache

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path


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
            try:
                take = Take.model_validate_json(text)
            except ValidationError:
                continue
            if take.fingerprint == key:
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

    def close(self) -> None:
        """Close the database."""
        self._cache.close()
