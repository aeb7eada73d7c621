"""Reels: what a project's reels show, and making them from what there is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.app.opened import OpenedProject, probe
from seedgen.digest import digest_json
from seedgen.errors import ObjectCorrupt, UsageError
from seedgen.planning.frame import requested_size
from seedgen.planning.pricing import seconds_of
from seedgen.planning.select import in_order, select
from seedgen.project.diagnostics import did_you_mean, known_words
from seedgen.project.models import Placeholder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from seedgen.geometry import Size
    from seedgen.planning.lock import Lock, Take
    from seedgen.planning.resolve import ResolvedShot
    from seedgen.ports.events import Event
    from seedgen.project.models import Reel
    from seedgen.providers.local import LocalProvider
    from seedgen.reel.cut_list import CutList

    Pick = Callable[[ResolvedShot], Take | None]

SHEET = "contact-sheet.png"


class ReeledProject(OpenedProject):
    """A project whose reels can be assembled. Free: what has no clip is rendered locally."""

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
                    self.outputs.note(name, self.reel_state(reel, self.reel_shots(reel), pick))
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
            if self.shows(reel, self.reel_shots(reel), pick):
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

    @staticmethod
    def shows(reel: Reel, shots: Sequence[ResolvedShot], pick: Pick) -> bool:
        """Whether a reel has anything to show."""
        return bool(shots) and (reel.placeholder is not Placeholder.SKIP or any(map(pick, shots)))

    @staticmethod
    def reel_state(reel: Reel, shots: Sequence[ResolvedShot], pick: Pick) -> str:
        """Names what a reel would show, without asking ffmpeg: its settings, its shots and their clips."""
        clips = [[shot.id, take.digest if (take := pick(shot)) else shot.fingerprint] for shot in shots]
        return digest_json({"reel": reel.model_dump(mode="json"), "clips": clips})

    def local_provider(self, scratch: Path) -> LocalProvider:
        """The embedded renderer. Raises FfmpegNotFound."""
        from seedgen.media.animatic import FfmpegAnimatics
        from seedgen.providers.local import LocalProvider

        card = self.cards.find("local", None)
        if card is None:
            raise UsageError("no card for the local provider", remedy="Reinstall seedgen.")
        return LocalProvider(FfmpegAnimatics(self.ffmpeg), card, probe, scratch)
