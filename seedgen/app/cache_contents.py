"""Cache contents: what a cache holds, and which locks of the project use it. Needs no sound project."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from seedgen.errors import LockUnreadable, UsageError
from seedgen.execution.clips import Use, remember
from seedgen.execution.upkeep import Holdings, Kind, amount
from seedgen.ports.store import OPEN_STAGES
from seedgen.project.reading import PROJECT_FILE
from seedgen.store.cache_files import CacheFiles
from seedgen.store.disk import free_space
from seedgen.store.journal import JobJournal
from seedgen.store.lockfile import LockOnDisk, locks_in
from seedgen.store.takes import TakeStore

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.app.kept import Settings
    from seedgen.digest import Fingerprint
    from seedgen.execution.clips import KnownClip, Memory
    from seedgen.planning.lock import Lock, Take
    from seedgen.ports.store import JournalEntry
    from seedgen.store.cache_files import Stored


class CacheContents:
    """A cache and the locks beside it, read when they are asked for; nothing is written.

    Raises UsageError where there is neither a project nor a cache, and where a link leads out of the project.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.root = settings.root.resolve()
        self.cache = settings.cache_dir or self.root / ".seedgen" / "cache"
        if not (self.root / PROJECT_FILE).is_file() and not self.cache.is_dir():
            raise UsageError(
                f"no {PROJECT_FILE} in {self.root}",
                remedy="Name the project's folder with `seedgen -C DIR`, or a cache with --cache-dir.",
            )
        ours = settings.allow_outside or settings.cache_dir is not None
        if not ours and not self.cache.resolve().is_relative_to(self.root):
            raise UsageError(
                ".seedgen/cache leads out of the project",
                remedy="Allow it with --allow-outside, or name the cache with --cache-dir.",
            )
        self.files = CacheFiles(self.cache)
        self.takes = TakeStore(self.cache / "takes")
        self.journal = JobJournal(self.cache / "journal")
        self.unreadable: list[LockUnreadable] = []

    @cached_property
    def locks(self) -> dict[Path, Lock]:
        """The locks of the project, of every profile; those that cannot be read are in `unreadable`."""
        found = {}
        for path in locks_in(self.root):
            try:
                found[path] = LockOnDisk(path).read()
            except LockUnreadable as error:
                self.unreadable.append(error)
        return found

    @cached_property
    def uses(self) -> list[Use]:
        """The takes of the locks."""
        return [
            Use(path, shot, take, picked=take == locked.picked)
            for path, lock in self.locks.items()
            for shot, locked in sorted(lock.shots.items())
            for take in locked.takes
        ]

    @cached_property
    def recorded(self) -> list[Take]:
        """Every take that the cache has recorded. Raises StoreError."""
        return list(self.takes.every())

    @cached_property
    def accepted(self) -> list[tuple[str, Fingerprint, Take]]:
        """As `TakeStore.every_accepted`. Raises StoreError."""
        return list(self.takes.every_accepted())

    @cached_property
    def entries(self) -> list[JournalEntry]:
        """Every job that the journal knows. Raises StoreError."""
        return list(self.journal.entries())

    @cached_property
    def memory(self) -> Memory:
        """What is known of clips. Raises StoreError."""
        return remember(self.recorded, self.entries, self.uses)

    def known(self, stored: Stored) -> KnownClip:
        """A clip with everything that is known of it. Raises StoreError."""
        return self.memory.of(stored.name, stored.size, stored.written)

    def holdings(self) -> Holdings:
        """All that there is. Raises StoreError."""
        files = self.files
        posters = self.root / ".seedgen" / "posters"
        pictures = [file.stat().st_size for file in posters.glob("*/**/*") if file.is_file()]
        others = {
            Kind.SEGMENTS: files.segments(),
            Kind.STAND_INS: files.stand_ins(),
            Kind.SOUND: files.sound(),
            Kind.FRAMES: files.frames(),
            Kind.LEFTOVERS: files.leftovers(),
        }
        return Holdings(
            self.cache,
            tuple(self.known(clip) for clip in files.clips()),
            {kind: amount([one.size for one in found]) for kind, found in others.items()}
            | {Kind.POSTERS: amount(pictures)},
            amount([one.size for one in files.quarantined()]),
            files.databases(),
            files.others(),
            free_space(self.cache),
            len(self.locks),
            len(self.recorded),
            len(self.entries),
            sum(entry.stage in OPEN_STAGES for entry in self.entries),
        )

    def close(self) -> None:
        """Close the databases."""
        self.takes.close()
        self.journal.close()
