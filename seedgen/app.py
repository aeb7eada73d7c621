"""App: the one place that wires parts together. A workspace is a project, opened."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seedgen.errors import ProjectError, UsageError
from seedgen.planning.plan import Action, ReelAction, ReelChange
from seedgen.planning.planner import Caps, World, make_plan
from seedgen.planning.pricing import seconds_of
from seedgen.planning.resolve import resolve
from seedgen.planning.select import Selectable, in_order, matching, select
from seedgen.project.diagnostics import Diagnostic, Place, Problems, Severity, did_you_mean
from seedgen.project.expand import expand
from seedgen.project.loader import load_project, load_var_file, parse_var
from seedgen.project.locating import located
from seedgen.project.models import Reel
from seedgen.project.shelf import load_cards
from seedgen.project.survey import survey
from seedgen.project.templates import Templates
from seedgen.store.lockfile import LockOnDisk, lock_name
from seedgen.store.objects import ObjectStore
from seedgen.store.reference_index import ReferenceIndex

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from seedgen.digest import Fingerprint
    from seedgen.execution.apply import Line, Outcome
    from seedgen.geometry import Size
    from seedgen.media.ffmpeg import Ffmpeg
    from seedgen.planning.lock import Lock, Take
    from seedgen.planning.plan import Plan
    from seedgen.planning.resolve import ResolvedShot
    from seedgen.ports.events import Event
    from seedgen.ports.store import DiskUse
    from seedgen.project.expand import Shot
    from seedgen.project.loader import Project
    from seedgen.project.media import MediaFacts
    from seedgen.project.shelf import Cards
    from seedgen.providers.local import LocalProvider
    from seedgen.reel.cut_list import CutList
    from seedgen.store.journal import JobJournal
    from seedgen.store.outputs import Outputs
    from seedgen.store.segments import SegmentStore
    from seedgen.store.takes import TakeStore

DEFAULT_REEL = "main"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the command line and the environment say about how to open a project."""

    root: Path
    profile: str | None = None
    variables: tuple[str, ...] = ()
    var_files: tuple[Path, ...] = ()
    cache_dir: Path | None = None
    allow_outside: bool = False
    ffmpeg: Path | None = None
    search_path: str | None = None


class Workspace:
    """A project with its shots resolved, its lock and its cache. Opening it writes nothing but memory
    of reference digests, and needs no network, no key and no ffmpeg."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.problems = Problems()
        self._texts: Mapping[Path, str] = {}
        self.project = self._load()
        self.cards: Cards = load_cards(self.project.root, self.problems)
        templates = Templates(self.project.root)
        self.shots: list[Shot] = expand(self.project, templates, settings.profile, self.problems)
        index = ReferenceIndex(self.private / "references.json", _probe)
        library = survey(self.project, index.identify, self.problems, allow_outside=settings.allow_outside)
        index.save()
        self.resolved: list[ResolvedShot] = resolve(self.shots, library, self.cards, templates, self.problems)
        self._check_reels()

    def _load(self) -> Project:
        overrides: dict[str, Any] = {}
        for file in self.settings.var_files:
            overrides.update(load_var_file(file, self.problems))
        for text in self.settings.variables:
            pair = parse_var(text)
            if pair is None:
                raise UsageError(f"--var {text}: write NAME=VALUE")
            overrides[pair[0]] = pair[1]
        project = load_project(self.settings.root, self.problems, overrides)
        if project is None:
            raise ProjectError(located(self.problems, {}))
        self._texts = project.texts
        return project

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

    def _check_reels(self) -> None:
        everything = self._selectable(self.shots)
        known = {shot.id for shot in self.shots}
        for name, reel in self.project.spec.reels.items():
            place = Place(self.project.file, ("reels", name))
            for index, pattern in enumerate(reel.shots):
                try:
                    matching(pattern, everything)
                except UsageError as error:
                    self.problems.warning(
                        "reel matches no shot", f"{error}. {error.remedy}", at=place.at("shots", index)
                    )
            for shot_id in reel.cut:
                if shot_id not in known:
                    hint = did_you_mean(shot_id, known)
                    at = place.key("cut", shot_id)
                    self.problems.error("unknown shot", f"No shot {shot_id!r}. {hint}", at=at)

    @staticmethod
    def _selectable(shots: Collection[Shot]) -> list[Selectable]:
        return [Selectable(shot.id, frozenset(shot.tags)) for shot in shots]

    def shot(self, shot_id: str) -> ResolvedShot:
        """One shot by id. Raises UsageError with near names."""
        found = next((shot for shot in self.resolved if shot.id == shot_id), None)
        if found is None:
            known = [shot.id for shot in self.resolved]
            raise UsageError(f"no shot {shot_id!r}", remedy=did_you_mean(shot_id, known))
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
        return LockOnDisk(self.project.root / lock_name(self.settings.profile))

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

    def clip_paths(self, shot_id: str) -> dict[int, Path]:
        """Where the clips of a shot's takes are, by take; those that are missing are left out."""
        locked = self.lock_file.read().shots.get(shot_id)
        takes = locked.takes if locked else ()
        present = self.objects.present([take.clip for take in takes])
        return {take.take: self.objects.path(take.clip) for take in takes if take.clip in present}

    def disk_use(self) -> DiskUse:
        """What the cache takes."""
        from seedgen.ports.store import DiskUse
        from seedgen.store.disk import folder_size, free_space

        sizes = [folder_size(self.cache / name) for name in ("objects", "segments")]
        return DiskUse(sizes[0], sizes[1], free_space(self.cache))

    @cached_property
    def ffmpeg(self) -> Ffmpeg:
        """The ffmpeg to use. Raises FfmpegNotFound."""
        from seedgen.media.ffmpeg import find_ffmpeg

        return find_ffmpeg(self.settings.ffmpeg, self.settings.search_path)

    def close(self) -> None:
        """Close the databases that were opened."""
        for name in ("takes", "journal"):
            if name in self.__dict__:
                getattr(self, name).close()

    # -- plan ------------------------------------------------------------------------------------

    def plan(
        self,
        *,
        chosen: Sequence[str] = (),
        replaced: Sequence[str] = (),
        max_cost: Decimal | None = None,
    ) -> Plan:
        """What an apply would do. Raises ProjectError, UsageError, LockUnreadable."""
        self.require_sound()
        lock = self.lock_file.read()
        ids = self._chosen(chosen, lock)
        for shot_id in replaced:
            self.shot(shot_id)
        plan = make_plan(
            self.resolved,
            lock,
            World(self._find_takes, self.objects.present),
            project=self.project.name,
            profile=self.settings.profile,
            caps=Caps(self.cap(max_cost)),
            selected=ids.__contains__,
            replaced=replaced,
        )
        return replace(plan, reels=tuple(self._reel_changes(plan)))

    def _find_takes(self, wanted: Collection[Fingerprint]) -> Mapping[Fingerprint, Take]:
        """Opens the takes database only when there is something to look up."""
        return self.takes.find(wanted)

    def _chosen(self, expressions: Sequence[str], lock: Lock) -> frozenset[str]:
        declared = self._selectable(self.shots)
        ids = {shot.id for shot in self.shots}
        gone = [Selectable(shot_id, frozenset()) for shot_id in lock.shots if shot_id not in ids]
        return select(expressions, declared + gone)

    def cap(self, max_cost: Decimal | None) -> Decimal | None:
        """The cap in force: the command line's, else the project's."""
        return self.project.spec.budget.max_cost if max_cost is None else max_cost

    def _reel_changes(self, plan: Plan) -> Iterator[ReelChange]:
        changing = {c.shot for c in plan.changes if c.action is not Action.BLOCKED}
        removing = any(c.action in (Action.REMOVE, Action.MOVE) for c in plan.changes)
        for name, reel in self.reels.items():
            shots = self.reel_shots(reel)
            touched = removing or any(shot.id in changing for shot in shots)
            missing = bool(shots) and not (self.build / f"{name}.mp4").is_file()
            yield ReelChange(name, ReelAction.ASSEMBLE if touched or missing else ReelAction.UNCHANGED)

    # -- apply -----------------------------------------------------------------------------------

    @contextmanager
    def applying(self) -> Iterator[None]:
        """Hold the project's apply lock. Raises Locked."""
        from seedgen.store.apply_lock import apply_lock

        with apply_lock(self.private):
            yield

    async def apply(
        self,
        plan: Plan,
        tell: Callable[[Event], None],
        *,
        max_cost: Decimal | None = None,
        concurrency: int | None = None,
        stopping: asyncio.Event | None = None,
    ) -> Outcome:
        """Carry out a plan. Raises SeedgenError; failures of single shots are in the outcome."""
        from seedgen.execution.apply import apply_plan
        from seedgen.execution.jobs import Workshop
        from seedgen.media.probe import PyavClipReader

        with self.objects.scratch() as scratch:
            lines = self._lines(plan, scratch, concurrency)
            shop = Workshop(self.objects, self.takes, self.journal, PyavClipReader(), tell)
            return await apply_plan(
                plan,
                self.lock_file.read(),
                self.lock_file,
                lines,
                shop,
                max_cost=self.cap(max_cost),
                stopping=stopping,
            )

    def _lines(self, plan: Plan, scratch: Path, concurrency: int | None) -> dict[str, Line]:
        from seedgen.execution.apply import Line

        names = {c.provider for c in plan.changes if c.submits or c.action is Action.RESUME}
        lines = {}
        for name in sorted(names):
            if name != "local":
                raise UsageError(
                    f"this version cannot talk to {name} yet",
                    remedy="Plan with it as you like; apply with `provider: local` or a profile that has it.",
                )
            declared = self.project.spec.providers.local.concurrency
            lines[name] = Line(self.local_provider(scratch), concurrency or declared or _cores())
        return lines

    def local_provider(self, scratch: Path) -> LocalProvider:
        """The embedded renderer. Raises FfmpegNotFound."""
        from seedgen.media.animatic import FfmpegAnimatics
        from seedgen.providers.local import LocalProvider

        card = self.cards.find("local", None)
        if card is None:
            raise UsageError("no card for the local provider", remedy="Reinstall seedgen.")
        return LocalProvider(FfmpegAnimatics(self.ffmpeg), card, _probe, scratch)

    # -- reels -----------------------------------------------------------------------------------

    def reel_shots(self, reel: Reel) -> list[ResolvedShot]:
        """The shots of a reel, in its order."""
        everything = self._selectable(self.shots)

        def match(pattern: str) -> frozenset[str]:
            try:
                return matching(pattern, everything)
            except UsageError:
                return frozenset()

        by_id = {shot.id: shot for shot in self.resolved}
        return [by_id[shot_id] for shot_id in in_order(reel.shots, list(by_id), match)]

    def picked(self, lock: Lock) -> Callable[[ResolvedShot], Take | None]:
        """Gives the take of a shot that goes into reels, as far as its clip is there."""
        takes = {shot_id: shot.picked for shot_id, shot in lock.shots.items()}
        present = self.objects.present([take.clip for take in takes.values() if take])

        def pick(shot: ResolvedShot) -> Take | None:
            take = takes.get(shot.id)
            return take if take is not None and take.clip in present else None

        return pick

    def cut_list(self, name: str, lock: Lock) -> CutList:
        """What a reel shows. Raises UsageError for an unknown reel."""
        from seedgen.media.probe import PyavClipReader
        from seedgen.reel.cut_list import cut_list, reel_format

        reel = self.reels.get(name)
        if reel is None:
            raise UsageError(f"no reel {name!r}", remedy=did_you_mean(name, self.reels))
        shots, pick = self.reel_shots(reel), self.picked(lock)
        size: Size | None = None
        if reel.size is None:
            first = next((take for take in map(pick, shots) if take), None)
            size = PyavClipReader().probe(self.objects.path(first.clip)).size if first else None
        form = reel_format(reel, size)
        return cut_list(name, reel, form, shots, pick, lambda shot: seconds_of(shot.request, shot.card))

    async def assemble(self, names: Sequence[str], tell: Callable[[Event], None]) -> None:
        """Make reels, `build/clips/` and the contact sheet from what there is. Raises SeedgenError."""
        from seedgen.media.segments import FfmpegSegments
        from seedgen.media.sheet import PillowSheets
        from seedgen.reel.assembler import Bench, assemble
        from seedgen.reel.contact_sheet import draw_contact_sheet

        self.require_sound()
        lock = self.lock_file.read()
        pick = self.picked(lock)
        self._place_clips(pick)
        try:
            with self.segments.scratch() as scratch:
                bench = Bench(
                    self.objects,
                    self.segments,
                    self.outputs,
                    FfmpegSegments(self.ffmpeg),
                    self.local_provider(scratch),
                    tell,
                )
                for name in names:
                    await assemble(self.cut_list(name, lock), self.reels[name].slate, bench)
            await draw_contact_sheet(
                self.project.name, self.resolved, pick, self.objects, self.outputs, PillowSheets(), tell
            )
        finally:
            self.outputs.save()

    def _place_clips(self, pick: Callable[[ResolvedShot], Take | None]) -> None:
        placed = []
        for shot in self.resolved:
            if take := pick(shot):
                name = f"clips/{shot.id}.mp4"
                self.outputs.place(name, self.objects.path(take.clip), take.digest)
                placed.append(name)
        self.outputs.keep_only("clips/", placed)


def _probe(path: Path) -> MediaFacts:
    from seedgen.media.probe import probe_media

    return probe_media(path)


def _cores() -> int:
    return os.cpu_count() or 2
