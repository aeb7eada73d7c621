"""App: the one place that wires parts together. A workspace is a project that can be planned and applied."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seedgen.desk import Desk
from seedgen.digest import digest_json
from seedgen.errors import ObjectCorrupt, UsageError
from seedgen.opened import OpenedProject, Settings, probe
from seedgen.planning.frame import requested_size
from seedgen.planning.plan import Action, ReelAction, ReelChange
from seedgen.planning.planner import Caps, World, make_plan
from seedgen.planning.pricing import seconds_of
from seedgen.planning.select import Selectable, in_order, select
from seedgen.project.diagnostics import did_you_mean, known_words
from seedgen.project.models import LOCAL, Placeholder

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    from seedgen.digest import Fingerprint
    from seedgen.execution.jobs import Line
    from seedgen.execution.outcome import Outcome
    from seedgen.geometry import Size
    from seedgen.planning.lock import Lock, Take
    from seedgen.planning.plan import Plan
    from seedgen.planning.resolve import ResolvedShot
    from seedgen.ports.events import Event
    from seedgen.ports.store import JournalEntry
    from seedgen.project.models import Reel

    Pick = Callable[[ResolvedShot], Take | None]
    from seedgen.providers.local import LocalProvider
    from seedgen.reel.cut_list import CutList

SHEET = "contact-sheet.png"
__all__ = ["Settings", "Workspace"]


class Workspace(OpenedProject):
    """A project, opened: plan it, apply plans, assemble its reels.

    Planning needs no network, no key and no ffmpeg, and writes nothing but a memory of digests.
    """

    @cached_property
    def desk(self) -> Desk:
        """The project's jobs at services."""
        return Desk(self)

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
            if self.shot(shot_id).id not in ids:
                raise UsageError(
                    f"--replace {shot_id}: the shot is not among the selected ones",
                    remedy="Select it as well, or leave --select out.",
                )
        plan = make_plan(
            self.resolved,
            lock,
            World(self._find_takes, self.objects.present, self.desk.standings),
            project=self.project.name,
            profile=self.settings.profile,
            caps=Caps(self.cap(max_cost)),
            selected=ids.__contains__,
            replaced=replaced,
        )
        return replace(plan, reels=tuple(self._reel_changes(plan, lock)))

    def _find_takes(self, wanted: Collection[Fingerprint]) -> Mapping[Fingerprint, Take]:
        """Opens the takes database only when there is something to look up."""
        return self.takes.find(wanted)

    def _chosen(self, expressions: Sequence[str], lock: Lock) -> frozenset[str]:
        declared = self.selectable(self.shots)
        ids = {shot.id for shot in self.shots}
        gone = [Selectable(shot_id, frozenset()) for shot_id in lock.shots if shot_id not in ids]
        return select(expressions, declared + gone)

    def cap(self, max_cost: Decimal | None) -> Decimal | None:
        """The cap in force: the command line's, else the project's."""
        return self.project.spec.budget.max_cost if max_cost is None else max_cost

    def _reel_changes(self, plan: Plan, lock: Lock) -> Iterator[ReelChange]:
        changing = {c.shot for c in plan.changes if c.action is not Action.BLOCKED}
        pick = self.picked(lock)
        for name, reel in self.reels.items():
            shots = self.reel_shots(reel)
            touched = any(shot.id in changing for shot in shots)
            there = (self.build / f"{name}.mp4").is_file() or not self._shows(reel, shots, pick)
            same = there and self.outputs.noted(name) == self._reel_state(reel, shots, pick)
            yield ReelChange(name, ReelAction.UNCHANGED if same and not touched else ReelAction.ASSEMBLE)

    @staticmethod
    def _shows(reel: Reel, shots: Sequence[ResolvedShot], pick: Pick) -> bool:
        return bool(shots) and (reel.placeholder is not Placeholder.SKIP or any(map(pick, shots)))

    @staticmethod
    def _reel_state(reel: Reel, shots: Sequence[ResolvedShot], pick: Pick) -> str:
        """Names what a reel would show, without asking ffmpeg: its settings, its shots and their clips."""
        clips = [[shot.id, take.digest if (take := pick(shot)) else shot.fingerprint] for shot in shots]
        return digest_json({"reel": reel.model_dump(mode="json"), "clips": clips})

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
        detach: bool = False,
        stopping: asyncio.Event | None = None,
    ) -> Outcome:
        """Carry out a plan. Raises SeedgenError; failures of single shots are in the outcome.

        `detach` leaves every job in flight to the next apply.
        """
        from seedgen.execution.apply import Terms, apply_plan

        lock = self.lock_file.read()
        self.takes.restore(take for shot in lock.shots.values() for take in shot.takes)
        strays = [entry for entry in self.strays() if self.desk.reachable(entry.provider)]
        names = {*self.require_providers(plan), *(entry.provider for entry in strays)}
        with self.objects.scratch() as scratch:
            return await apply_plan(
                plan,
                lock,
                self.lock_file,
                {name: self._line(name, scratch, concurrency) for name in sorted(names)},
                self.desk.workshop(tell, scratch, plan.plan_id),
                terms=Terms(self.cap(max_cost), detach, self.desk.failures_are_free),
                stopping=stopping,
                strays=strays,
            )

    def request_body(self, shot: ResolvedShot) -> dict[str, Any]:
        """What a submit of a shot would carry, without uploading anything."""
        from seedgen.providers.bodies import request_body

        return request_body(shot, self.project.spec.providers, self.project.root)

    def strays(self) -> list[JournalEntry]:
        """Jobs in flight for requests that this project declares no longer."""
        return self.desk.strays(
            {shot.of_take(number)[1] for shot in self.resolved for number in range(1, shot.shot.takes + 1)}
        )

    def require_providers(self, plan: Plan) -> list[str]:
        """The providers that a plan needs, each with its key and able to get at its references.

        Raises AuthError, UsageError: before anything is asked or spent.
        """
        needed = [c for c in plan.changes if c.submits or c.action is Action.RESUME]
        names = sorted({change.provider for change in needed})
        for name in names:
            if name != LOCAL:
                self.desk.require(name, [change for change in needed if change.provider == name])
        return names

    def _line(self, name: str, scratch: Path, concurrency: int | None) -> Line:
        from seedgen.execution.jobs import Line

        if name != LOCAL:
            return self.desk.line(name, concurrency)
        declared = self.project.spec.providers.local.concurrency
        return Line(self.local_provider(scratch), concurrency or declared or _cores())

    def local_provider(self, scratch: Path) -> LocalProvider:
        """The embedded renderer. Raises FfmpegNotFound."""
        from seedgen.media.animatic import FfmpegAnimatics
        from seedgen.providers.local import LocalProvider

        card = self.cards.find("local", None)
        if card is None:
            raise UsageError("no card for the local provider", remedy="Reinstall seedgen.")
        return LocalProvider(FfmpegAnimatics(self.ffmpeg), card, probe, scratch)

    # -- reels -----------------------------------------------------------------------------------

    def reel_shots(self, reel: Reel) -> list[ResolvedShot]:
        """The shots of a reel, in its order."""
        everything = self.selectable(self.shots)

        def match(pattern: str) -> frozenset[str]:
            try:
                return select([pattern], everything)
            except UsageError:
                return frozenset()

        by_id = {shot.id: shot for shot in self.resolved}
        return [by_id[shot_id] for shot_id in in_order(reel.shots, list(by_id), match)]

    def picked(self, lock: Lock) -> Callable[[ResolvedShot], Take | None]:
        """Gives the take of a shot that goes into reels, as far as its clip is there."""
        takes = {shot_id: shot.picked for shot_id, shot in lock.shots.items()}
        declared = {shot.id for shot in self.shots}
        # A shot that was renamed and not applied yet still has its clip, under its old id.
        renamed = {shot.key: shot.picked for shot_id, shot in lock.shots.items() if shot_id not in declared}
        present = self.objects.present([take.clip for take in takes.values() if take])

        def pick(shot: ResolvedShot) -> Take | None:
            take = takes[shot.id] if shot.id in takes else renamed.get(shot.fingerprint)
            return take if take is not None and take.clip in present else None

        return pick

    def cut_list(self, name: str, lock: Lock) -> CutList:
        """What a reel shows. Raises UsageError for an unknown reel."""
        from seedgen.media.probe import PyavClipReader
        from seedgen.reel.cut_list import cut_list, reel_format

        reel = self._reel(name)
        shots, pick = self.reel_shots(reel), self.picked(lock)
        size: Size | None = None
        if reel.size is None and shots:
            first = pick(shots[0])
            size = (
                PyavClipReader().probe(self.objects.path(first.clip)).size
                if first
                else requested_size(shots[0].request.parameters)
            )
        form = reel_format(reel, size)
        return cut_list(name, reel, form, shots, pick, lambda shot: seconds_of(shot.request, shot.card))

    def _reel(self, name: str) -> Reel:
        """A reel by name. Raises UsageError with near names."""
        reel = self.reels.get(name)
        if reel is None:
            raise UsageError(
                f"no reel {name!r}",
                remedy=did_you_mean(name, self.reels) or f"There are {known_words(self.reels)}.",
            )
        return reel

    async def assemble(self, names: Sequence[str], tell: Callable[[Event], None]) -> None:
        """Make reels, `build/clips/` and the contact sheet from what there is. Raises SeedgenError."""
        from seedgen.media.segments import FfmpegSegments
        from seedgen.media.sheet import PillowSheets
        from seedgen.reel.assembler import Bench, assemble
        from seedgen.reel.contact_sheet import draw_contact_sheet

        self.require_sound()
        lock = self.lock_file.read()
        pick = self.picked(lock)
        for name in names:
            self._reel(name)
        self._place_clips(pick, lock)
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
                    reel = self.reels[name]
                    await assemble(self.cut_list(name, lock), reel.slate, bench)
                    self.outputs.note(name, self._reel_state(reel, self.reel_shots(reel), pick))
            await draw_contact_sheet(
                self.project.name,
                self.resolved,
                pick,
                self.objects,
                self.outputs,
                PillowSheets(),
                SHEET,
                tell,
            )
        finally:
            self.outputs.save()

    def _place_clips(self, pick: Pick, lock: Lock) -> None:
        """Put each picked clip into `build/clips/`, the takes of a shot that has several into
        `build/takes/`, and take away what no shot and no reel makes any more."""
        placed = [SHEET]
        for name, reel in self.reels.items():
            if self._shows(reel, self.reel_shots(reel), pick):
                placed.append(f"{name}.mp4")
        for shot in self.resolved:
            wanted = [(f"clips/{shot.id}.mp4", take)] if (take := pick(shot)) else []
            takes = lock.shots[shot.id].takes if shot.id in lock.shots else ()
            if len(takes) > 1:
                present = self.objects.present([one.clip for one in takes])
                wanted += [(f"takes/{shot.id}/{one.take}.mp4", one) for one in takes if one.clip in present]
            for name, one in wanted:
                if not self.outputs.is_current(name, one.digest):
                    self._verify(shot, one)
                self.outputs.place(name, self.objects.path(one.clip), one.digest)
                placed.append(name)
        self.outputs.keep_only(placed)

    def _verify(self, shot: ResolvedShot, take: Take) -> None:
        """Read a clip whole before it is used. Raises ObjectCorrupt, with the shot and the way out."""
        try:
            self.objects.verify(take.clip)
        except ObjectCorrupt as error:
            raise ObjectCorrupt(
                f"{shot.id}: {error}",
                remedy=f"{error.remedy} Or make it anew: `seedgen apply --replace {shot.id}`.",
            ) from error


def _cores() -> int:
    return os.cpu_count() or 2
