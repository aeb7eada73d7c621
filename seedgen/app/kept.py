"""Kept: what there is of a project on disk besides what is declared: its lock, its cache, its outputs.

Each part is opened when it is first asked for.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seedgen.errors import LockUnreadable
from seedgen.store.lockfile import LockOnDisk, lock_name, locks_in
from seedgen.store.objects import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from seedgen.media.ffmpeg import Ffmpeg
    from seedgen.planning.lock import Lock, Take
    from seedgen.ports.store import DiskUse
    from seedgen.store.frames import FrameStore
    from seedgen.store.journal import JobJournal
    from seedgen.store.outputs import Outputs
    from seedgen.store.segments import SegmentStore
    from seedgen.store.takes import TakeStore
    from seedgen.store.uploads import UploadStore


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line and the environment say about how to open a project."""

    root: Path
    profile: str | None = None
    variables: tuple[str, ...] = ()
    var_files: tuple[Path, ...] = ()
    frozen: Mapping[str, Any] = field(default_factory=dict)
    """Variables as a saved plan has them: values, typed already."""
    cache_dir: Path | None = None
    allow_outside: bool = False
    ffmpeg: Path | None = None
    search_path: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Keys and base URLs are looked up in it, and nothing else."""


class Kept:
    """What is kept of the project in `root`, with a cache that other projects may share."""

    def __init__(self, settings: Settings, root: Path) -> None:
        self.settings = settings
        self._root = root
        self._locks: dict[Path, LockOnDisk] = {}

    @property
    def private(self) -> Path:
        """`.seedgen/`: everything of this checkout that is not in git."""
        return self._root / ".seedgen"

    @property
    def cache(self) -> Path:
        """The cache folder, which several projects may share."""
        return self.settings.cache_dir or self.private / "cache"

    @property
    def build(self) -> Path:
        """Where outputs go: `build/`, or `build/<profile>/`, so that profiles do not overwrite each other."""
        build = self._root / "build"
        return build / self.settings.profile if self.settings.profile else build

    @cached_property
    def lock_file(self) -> LockOnDisk:
        """seedgen.lock, or the profile's own."""
        return self.lock_at(self._root / lock_name(self.settings.profile))

    def lock_at(self, path: Path) -> LockOnDisk:
        """Any lock of the project: of another profile, say. Asked again, the same one."""
        return self._locks.setdefault(path, LockOnDisk(path))

    def locked_takes(self) -> Iterator[Take]:
        """The takes of the locks of all profiles, this one's last; of those that can be read."""
        for path in sorted(locks_in(self._root), key=lambda path: path == self.lock_file.path):
            with contextlib.suppress(LockUnreadable):
                for shot in self.lock_at(path).read().shots.values():
                    yield from shot.takes

    @cached_property
    def objects(self) -> ObjectStore:
        """Clips by digest."""
        return ObjectStore(self.cache / "objects")

    @cached_property
    def takes(self) -> TakeStore:
        """Takes by fingerprint."""
        from seedgen.store.takes import TakeStore

        return TakeStore(self.cache / "takes")

    @cached_property
    def journal(self) -> JobJournal:
        """Jobs."""
        from seedgen.store.journal import JobJournal

        return JobJournal(self.cache / "journal")

    @cached_property
    def uploads(self) -> UploadStore:
        """Which references are at which service already."""
        from seedgen.store.uploads import UploadStore

        return UploadStore(self.cache / "uploads")

    @cached_property
    def frames(self) -> FrameStore:
        """Pictures taken out of clips."""
        from seedgen.store.frames import FrameStore

        return FrameStore(self.cache / "frames")

    @cached_property
    def segments(self) -> SegmentStore:
        """Segments by key."""
        from seedgen.store.segments import SegmentStore

        return SegmentStore(self.cache / "segments")

    @cached_property
    def outputs(self) -> Outputs:
        """What stands in `build/`."""
        from seedgen.store.outputs import Outputs

        name = f"outputs.{self.settings.profile}.json" if self.settings.profile else "outputs.json"
        return Outputs(self.build, self.private / name)

    def lock_version(self, lock: Lock) -> str:
        """Which lock a page shows, for people: `lock serial 12`, and the commit that has it, if one does."""
        from seedgen.store.committed import commit_of

        if not lock.shots:
            return ""
        commit = commit_of(self.lock_file.path, self.settings.search_path)
        return f"lock serial {lock.serial}" + (f" · commit {commit}" if commit else "")

    def clip_paths(self, shot_id: str) -> dict[int, Path]:
        """Where the clips of a shot's takes are, by take; those that are missing are left out."""
        locked = self.lock_file.read().shots.get(shot_id)
        takes = locked.takes if locked else ()
        present = self.objects.present([take.clip for take in takes])
        return {take.take: self.objects.path(take.clip) for take in takes if take.clip in present}

    def disk_use(self) -> DiskUse:
        """What cache and outputs take."""
        from seedgen.ports.store import DiskUse
        from seedgen.store.disk import folder_size, free_space

        return DiskUse(
            folder_size(self.cache / "objects"),
            folder_size(self.cache / "segments"),
            free_space(self.cache),
            folder_size(self._root / "build"),
        )

    @cached_property
    def ffmpeg(self) -> Ffmpeg:
        """The ffmpeg to use. Raises FfmpegNotFound."""
        from seedgen.media.ffmpeg_finder import find_ffmpeg
        from seedgen.store.memory import remembered

        with remembered(self.private / "ffmpeg.json") as known:
            return find_ffmpeg(self.settings.ffmpeg, self.settings.search_path, known)

    def close(self) -> None:
        """Close the databases that were opened."""
        for name in ("takes", "journal", "uploads"):
            if name in self.__dict__:
                getattr(self, name).close()
