"""Uploads: which file was uploaded to which service, and until when its link lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from seedgen.ports.store import Upload
from seedgen.store.json_cache import TextCache

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.digest import Digest

_UPLOAD = TypeAdapter(Upload)


class UploadStore:
    """Uploads by service and digest. One that cannot be read counts as absent: it goes up again."""

    def __init__(self, folder: Path) -> None:
        self._cache = TextCache(folder, remedy=f"Move {folder} away: references are uploaded again.")

    def find(self, service: str, digest: Digest) -> Upload | None:
        """The upload of a file's bytes at a service, dead ones included."""
        for _, text in self._cache.get_many([f"{service}:{digest}"]):
            try:
                return _UPLOAD.validate_json(text)
            except ValidationError:
                return None
        return None

    def note(self, service: str, digest: Digest, upload: Upload) -> None:
        """Remember an upload durably."""
        self._cache.put(f"{service}:{digest}", _UPLOAD.dump_json(upload).decode())

    def faults(self) -> list[str]:
        """What is wrong with the database, in words; nothing when all is well. Raises StoreError."""
        return self._cache.faults()

    def close(self) -> None:
        """Close the database."""
        self._cache.close()
