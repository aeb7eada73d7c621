"""Revision files: a project's folder as it was at a revision, laid out elsewhere as far as it is needed."""

from __future__ import annotations

import contextlib
import os
import shutil
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from seedgen.digest import digest_file
from seedgen.project.files import inside
from seedgen.project.source import MAX_BYTES
from seedgen.store.git import pointed_at

if TYPE_CHECKING:
    from seedgen.store.blob_memory import BlobMemory
    from seedgen.store.blobs import Blobs, Revision
    from seedgen.store.git import Repository

_PRIVATE = ".seedgen"
_LONGEST_PATH = 1024
_LONG_AGO = 1_000_000_000
"""What was written just now is not trusted to stay as it is. These files are ours alone."""
_MEDIA = frozenset(
    [
        ".aac",
        ".avi",
        ".avif",
        ".bmp",
        ".flac",
        ".gif",
        ".heic",
        ".heif",
        ".jpeg",
        ".jpg",
        ".m4a",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp3",
        ".mp4",
        ".ogg",
        ".opus",
        ".pdf",
        ".png",
        ".psd",
        ".tif",
        ".tiff",
        ".wav",
        ".webm",
        ".webp",
        ".zip",
    ]
)
"""Endings of what may be large, and is needed only where the project names it."""


class Brought(Enum):
    """What became of a file that the project names. `NOW`: the revision lacks it, so it is as it is now;
    `UNFETCHED`: it is in Git LFS, and not in this clone."""

    THERE = "there"
    NOW = "now"
    UNFETCHED = "unfetched"
    ABSENT = "absent"


class RevisionFiles:
    """One revision of the project in `now`, its folder today, laid out below `folder`, which is new.

    `root` is the project's folder there. Nothing is written outside `folder`, whatever the revision holds.
    """

    def __init__(
        self,
        repository: Repository,
        blobs: Blobs,
        revision: Revision,
        now: Path,
        folder: Path,
        memory: BlobMemory,
    ) -> None:
        self._repository = repository
        self._blobs = blobs
        self._revision = revision
        self._now = now.resolve()
        self._folder = folder.resolve()
        self._memory = memory
        self._brought: dict[str, Brought] = {}
        self._names: dict[PurePosixPath, str] = {}
        self._media: dict[Path, str] = {}
        self.root = self._folder / repository.prefix

    def lay_out(self) -> None:
        """Write every file that may be part of the project's text, and every link.

        Raises StoreError, OSError.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        links = []
        for file in self._repository.files(self._revision):
            within = file.path.relative_to(self._repository.prefix)
            self._names[file.path] = file.blob
            if within.parts[0] == _PRIVATE:
                continue
            if file.is_link:
                links.append(file.path)
            elif file.size <= MAX_BYTES and file.path.suffix.lower() not in _MEDIA:
                self._write(file.path)
        # Last, so that no file is written through one of them.
        for path in links:
            self._link(path)

    def bring(self, written: str) -> Brought:
        """Write a file that the project names, by its path in the project. Raises StoreError, OSError.

        What the revision does not have is copied from the project as it is now, if that has it.
        """
        if written not in self._brought:
            self._brought[written] = self._bring(written)
        return self._brought[written]

    def _bring(self, written: str) -> Brought:
        if len(written) > _LONGEST_PATH or any(ord(sign) < 32 or ord(sign) == 127 for sign in written):
            return Brought.ABSENT
        place = Path(os.path.normpath(self.root / written))
        try:
            real = place.resolve()
        except (OSError, RuntimeError):  # links that go round in a circle
            return Brought.ABSENT
        if not real.is_relative_to(self._folder) or Path(written).is_absolute():
            return Brought.ABSENT
        path = PurePosixPath(real.relative_to(self._folder))
        blob = self._names.get(path)
        if real.exists():
            return Brought.THERE  # under another name, or because it looks like text
        if blob is not None and self._stands_in(blob, path):
            self._media[real] = blob
            return Brought.THERE
        if not self._write(path):
            return self._copied(written, real)
        digest = pointed_at(real)
        brought = Brought.THERE if digest is None else self._fetched(digest, written, real)
        if blob is not None and brought is Brought.THERE:
            os.utime(real, (_LONG_AGO, _LONG_AGO))
            self._media[real] = blob
        return brought

    def introduce(self) -> None:
        """Have whoever opens the project at `root` trust what is known of its media."""
        self._memory.introduce(self.root, self._media)

    def learn(self) -> None:
        """Remember what they found out about the others."""
        self._memory.learn(self.root, self._media)

    def _copied(self, written: str, place: Path) -> Brought:
        current = inside(self._now, written)
        if not isinstance(current, Path):
            return Brought.ABSENT
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(current, place)
        return Brought.NOW

    def _fetched(self, digest: str, written: str, place: Path) -> Brought:
        """The file in place of its pointer, from what Git LFS keeps or from the work tree."""
        kept = self._repository.fetched(digest)
        if kept is None:
            current = inside(self._now, written)
            kept = current if isinstance(current, Path) and digest_file(current) == digest else None
        if kept is None:
            return Brought.UNFETCHED
        shutil.copyfile(kept, place)
        return Brought.THERE

    def _write(self, path: PurePosixPath) -> bool:
        """False where there is no such file."""
        place = self._place(path)
        return place is not None and self._blobs.write(self._revision, path, place)

    def _stands_in(self, blob: str, path: PurePosixPath) -> bool:
        place = self._place(path)
        return place is not None and self._memory.stand_in(blob, place)

    def _link(self, path: PurePosixPath) -> None:
        place = self._place(path)
        target = self._blobs.read(self._revision, path)
        if place is not None and target:
            with contextlib.suppress(OSError, ValueError):  # one that could not be checked out either
                place.symlink_to(os.fsdecode(target))

    def _place(self, path: PurePosixPath) -> Path | None:
        """Where a file goes; None where a hostile tree has something in its way."""
        place = self._folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            taken = place.is_symlink() or place.exists()
            return place if not taken and place.parent.resolve().is_relative_to(self._folder) else None
        except (FileExistsError, NotADirectoryError):
            return None
