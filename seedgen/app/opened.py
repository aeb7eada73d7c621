"""Opened: a project with its shots resolved, its lock and its cache. What is declared, what is kept."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seedgen.app.reel_checks import ReelChecks
from seedgen.errors import LockUnreadable, ProjectError, UsageError
from seedgen.planning.current import as_locked
from seedgen.planning.resolve import resolve
from seedgen.planning.select import Selectable
from seedgen.project.diagnostics import Diagnostic, Problems, Severity, did_you_mean, known_words
from seedgen.project.expand import expand
from seedgen.project.loader import load_project, load_var_file, parse_var
from seedgen.project.locating import located
from seedgen.project.models import OXEN
from seedgen.project.reels import Reel
from seedgen.project.shelf import load_cards
from seedgen.project.survey import survey
from seedgen.project.templates import Templates
from seedgen.store.lockfile import LockOnDisk, lock_name, locks_in
from seedgen.store.objects import ObjectStore
from seedgen.store.reference_index import ReferenceIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from seedgen.media.ffmpeg import Ffmpeg
    from seedgen.planning.lock import Lock, Take
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.ports.store import DiskUse
    from seedgen.project.loader import Project
    from seedgen.project.media import MediaFacts
    from seedgen.project.shelf import Cards
    from seedgen.project.shots import Shot
    from seedgen.store.frames import FrameStore
    from seedgen.store.journal import JobJournal
    from seedgen.store.outputs import Outputs
    from seedgen.store.segments import SegmentStore
    from seedgen.store.takes import TakeStore
    from seedgen.store.uploads import UploadStore

DEFAULT_REEL = "main"


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


class OpenedProject:
    """A project with its shots resolved, its lock and its cache. Opening it writes nothing but memory
    of reference digests, and needs no network, no key and no ffmpeg."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.problems = Problems()
        self._texts: Mapping[Path, str] = {}
        self._locks: dict[Path, LockOnDisk] = {}
        self.project = self._load()
        self._check_places()
        self.cards: Cards = load_cards(self.project.root, self.problems)
        self._templates = Templates(self.project.root)
        self.shots: list[Shot] = expand(self.project, self._templates, settings.profile, self.problems)
        index = ReferenceIndex(self.private / "references.json", probe)
        self._library = survey(
            self.project, index.identify, self.problems, allow_outside=settings.allow_outside
        )
        self.resolved: list[ResolvedShot] = self._resolve(self.shots, self.problems)
        checks = ReelChecks(self.project, self.selectable(self.shots), self.resolved, self.problems)
        self.music = checks.run(index.identify, allow_outside=settings.allow_outside)
        index.save()
        self._check_reach()

    def _resolve(self, shots: list[Shot], problems: Problems) -> list[ResolvedShot]:
        return resolve(shots, self._library, self.cards, self._templates, problems)

    def under(self, profile: str | None) -> tuple[list[ResolvedShot], int]:
        """The shots as they are under another profile, and how many errors there are under it.

        Shots with an error are left out.
        """
        problems = Problems()
        shots = self._resolve(expand(self.project, self._templates, profile, problems), problems)
        found = located(problems, self._texts) if problems.errors else []
        return shots, sum(one.severity is Severity.ERROR for one in found)

    def _load(self) -> Project:
        overrides: dict[str, Any] = dict(self.settings.frozen)
        for file in self.settings.var_files:
            overrides.update(load_var_file(file, self.problems))
        for text in self.settings.variables:
            pair = parse_var(text)
            if pair is None:
                raise UsageError(f"--var {text}: write NAME=VALUE")
            overrides[pair[0]] = pair[1]
        self.overrides = overrides
        project = load_project(self.settings.root, self.problems, overrides)
        if project is None:
            raise ProjectError(located(self.problems, {}))
        self._texts = project.texts
        return project

    def _check_places(self) -> None:
        """A stranger's project must not have us write elsewhere through a link of its own.

        Checked before anything is written. Raises ProjectError.
        """
        root = self.project.root
        for place in (root / "build", self.build, self.build / "clips", self.private, self.private / "cache"):
            if not self.settings.allow_outside and not place.resolve().is_relative_to(root):
                name = place.relative_to(root).as_posix()
                detail = (
                    "seedgen writes there. Allow it with --allow-outside, or share a cache with --cache-dir."
                )
                self.problems.error("a link leads out of the project", detail, address=name)
                raise ProjectError(located(self.problems, self._texts))

    # -- what is declared ------------------------------------------------------------------------

    @cached_property
    def diagnostics(self) -> list[Diagnostic]:
        """Everything found wrong, located."""
        return located(self.problems, self._texts)

    @property
    def warnings(self) -> list[Diagnostic]:
        """Everything found that does not stop plan and apply."""
        return [d for d in self.diagnostics if d.severity is Severity.WARNING]

    def require_sound(self) -> None:
        """Raises ProjectError with all diagnostics when any of them is an error."""
        if self.problems.errors:
            raise ProjectError(self.diagnostics)

    @property
    def reels(self) -> Mapping[str, Reel]:
        """Reels by name; without any declared, `main` with every shot."""
        return self.project.spec.reels or {DEFAULT_REEL: Reel()}

    def _check_reach(self) -> None:
        """Warn of files that a service could not get at: planning goes on without it, an apply would not."""
        out_of_reach = []
        for shot in self.resolved:
            if shot.request.provider == OXEN and not all(isinstance(one, str) for one in shot.media):
                from seedgen.providers.registry import unreachable

                if why := unreachable(OXEN, shot.request, shot.media, self.project.spec.providers):
                    out_of_reach.append((shot, why))
        if out_of_reach:
            from seedgen.providers.registry import HOW_TO_REACH

            shot, why = out_of_reach[0]
            others = f" So it is for {len(out_of_reach)} shots." if len(out_of_reach) > 1 else ""
            detail = f"{why}.{others} {HOW_TO_REACH[OXEN]}"
            at = shot.shot.place.at("references")
            self.problems.warning("reference out of reach", detail, at=at)

    @staticmethod
    def selectable(shots: Collection[Shot]) -> list[Selectable]:
        """What shots can be selected by."""
        return [
            Selectable(
                shot.id, frozenset(shot.tags), shot.scope, shot.upstream.shot if shot.upstream else None
            )
            for shot in shots
        ]

    def current(self) -> list[ResolvedShot]:
        """The shots, complete as far as the lock has the clips that they continue."""
        return as_locked(self.resolved, self.lock_file.read())

    def shot(self, shot_id: str) -> ResolvedShot:
        """One shot by id, complete as far as the lock has the clip that it continues.

        Raises UsageError with near names.
        """
        found = next((shot for shot in self.current() if shot.id == shot_id), None)
        if found is None:
            known = [shot.id for shot in self.resolved]
            raise UsageError(
                f"no shot {shot_id!r}",
                remedy=did_you_mean(shot_id, known) or f"There are {known_words(known)}.",
            )
        return found

    # -- what is kept ----------------------------------------------------------------------------

    @property
    def private(self) -> Path:
        """`.seedgen/`: everything of this checkout that is not in git."""
        return self.project.root / ".seedgen"

    @property
    def cache(self) -> Path:
        """The cache folder, which several projects may share."""
        return self.settings.cache_dir or self.private / "cache"

    @property
    def build(self) -> Path:
        """Where outputs go: `build/`, or `build/<profile>/`, so that profiles do not overwrite each other."""
        build = self.project.root / "build"
        return build / self.settings.profile if self.settings.profile else build

    @cached_property
    def lock_file(self) -> LockOnDisk:
        """seedgen.lock, or the profile's own."""
        return self.lock_at(self.project.root / lock_name(self.settings.profile))

    def lock_at(self, path: Path) -> LockOnDisk:
        """Any lock of the project: of another profile, say. Asked again, the same one."""
        return self._locks.setdefault(path, LockOnDisk(path))

    def locked_takes(self) -> Iterator[Take]:
        """The takes of the locks of all profiles, this one's last; of those that can be read."""
        for path in sorted(locks_in(self.project.root), key=lambda path: path == self.lock_file.path):
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
        """Which lock a page shows, for people: `lock 12`, and the commit in which it stands, if it does."""
        from seedgen.store.committed import commit_of

        if not lock.shots:
            return ""
        commit = commit_of(self.lock_file.path, self.settings.search_path)
        return f"lock {lock.serial}" + (f" · {commit}" if commit else "")

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
            folder_size(self.project.root / "build"),
        )

    @cached_property
    def ffmpeg(self) -> Ffmpeg:
        """The ffmpeg to use. Raises FfmpegNotFound."""
        from seedgen.media.ffmpeg import find_ffmpeg
        from seedgen.store.memory import remembered

        with remembered(self.private / "ffmpeg.json") as known:
            return find_ffmpeg(self.settings.ffmpeg, self.settings.search_path, known)

    def close(self) -> None:
        """Close the databases that were opened."""
        for name in ("takes", "journal", "uploads"):
            if name in self.__dict__:
                getattr(self, name).close()


def probe(path: Path) -> MediaFacts:
    """The facts of a media file; PyAV and Pillow are imported only when there is one to look at."""
    from seedgen.media.probe import probe_media

    return probe_media(path)
