"""Objects: clips by digest, written once and atomically, read-only, never deleted here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from seedgen.digest import Digest, digest_file
from seedgen.errors import ObjectCorrupt, ObjectMissing
from seedgen.store.disk import sync_file, sync_folder

if TYPE_CHECKING:
    from collections.abc import Collection
    from contextlib import AbstractContextManager
    from pathlib import Path

_READ_ONLY = 0o444


class ObjectStore:
    """Files under `<folder>/ab/cdef….mp4`, named by the SHA-256 of their bytes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder.parent / "incoming"

    def _place(self, digest: str) -> Path:
        return self._folder / digest[:2] / f"{digest[2:]}.mp4"

    def present(self, digests: Collection[Digest]) -> set[Digest]:
        """Those that are there and not empty. Asked of thousands at a time, so with no Path for each."""
        found = set()
        for digest in digests:
            try:
                if os.stat(f"{self._folder}/{digest[:2]}/{digest[2:]}.mp4").st_size:  # noqa: PTH116
                    found.add(digest)
            except OSError:
                continue
        return found

    def path(self, digest: Digest) -> Path:
        """Where a clip is. Raises ObjectMissing."""
        path = self._place(digest)
        if not path.is_file():
            raise ObjectMissing(
                f"the clip {digest[:12]}… is not in the cache",
                remedy="`seedgen plan` shows which shots need it; an apply makes it anew.",
            )
        return path

    def verify(self, digest: Digest) -> None:
        """Read a clip whole and compare. Raises ObjectMissing, ObjectCorrupt."""
        path = self.path(digest)
        if digest_file(path) != digest:
            raise ObjectCorrupt(
                f"the clip {digest[:12]}… in the cache is damaged",
                remedy=f"It is {path}. `seedgen cache verify --quarantine` moves it aside; the next apply "
                "then gets it back, or says what it costs.",
            )

    def scratch(self) -> AbstractContextManager[Path]:
        """A folder in the same file system for files on their way in."""
        from seedgen.store.scratch import scratch_folder

        return scratch_folder(self._incoming)

    def adopt(self, file: Path, digest: Digest | None = None) -> Digest:
        """Keep a file of the same file system: made durable, then renamed into place.

        `digest` is that of its bytes where it was taken while they were written.
        """
        digest = digest or digest_file(file)
        place = self._place(digest)
        if place.is_file() and digest_file(place) == digest:
            file.unlink()
            return digest
        sync_file(file)
        file.chmod(_READ_ONLY)
        if not place.parent.is_dir():
            place.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(self._folder)
        file.replace(place)
        sync_folder(place.parent)
        return digest
