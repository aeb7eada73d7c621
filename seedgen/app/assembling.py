"""Assembling: reels, clips under readable names, contact sheet and storyboard page, from what there is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seedgen.app.posters import Posters
from seedgen.app.reels import clip_name, take_name
from seedgen.app.storyboard import PAGE, poster_folder, stand_in_name, write_storyboard
from seedgen.app.taking_back import take_back
from seedgen.digest import digest_file
from seedgen.errors import SeedgenError
from seedgen.media.segments import FfmpegSegments
from seedgen.planning.lock import ReelRecord
from seedgen.ports import events
from seedgen.reel.assembler import Bench, assemble
from seedgen.reel.contact_sheet import draw_contact_sheet, sheet_names
from seedgen.reel.pieces import stand_in_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from seedgen.app.reels import Pick, ReeledProject
    from seedgen.planning.lock import Lock
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.ports.provider import Submission
    from seedgen.ports.sheets import Sheet

    Tell = Callable[[events.Event], None]

_SHEET = "contact-sheet.png"


async def assemble_project(project: ReeledProject, names: Sequence[str], tell: Tell) -> None:
    """Make the reels of these names, and everything that stands beside them in `build/`.

    Free: what has no clip is rendered locally. Waits for another process that does so here, or two would
    encode the same segments and write the same files. Raises SeedgenError.
    """
    from seedgen.store.apply_lock import assembly_turn

    project.require_sound()
    for name in names:
        project.reel(name)
    async with assembly_turn(project.private, lambda other: tell(events.AssemblyWaits(other))):
        # Whoever was before us may have made all of it.
        project.outputs.refresh()
        try:
            await _assemble(project, names, project.lock_file.read(), tell)
        finally:
            project.outputs.save()


async def _assemble(project: ReeledProject, names: Sequence[str], lock: Lock, tell: Tell) -> None:
    take_back(project, lock)  # before anything in `build/` is replaced
    pick = project.picked(lock)
    _place_clips(project, pick, lock)
    posters = Posters(poster_folder(project) / "clips", project.cache / "objects")
    encoder = FfmpegSegments(project.ffmpeg, project.segments.sound, posters)
    with project.segments.scratch() as scratch:
        local = _Renderer(project, scratch)
        encoded = asyncio.Event()
        bench = Bench(project.objects, project.segments, project.outputs, encoder, local, tell)
        pages = asyncio.create_task(
            _pages(project, names, lock, pick, posters, encoder.identity, tell, encoded)
        )
        try:
            failed = await _reels(project, names, lock, bench, encoded)
            await pages
        finally:
            pages.cancel()
    if failed is not None:
        raise failed


async def _reels(
    project: ReeledProject, names: Sequence[str], lock: Lock, bench: Bench, encoded: asyncio.Event
) -> SeedgenError | None:
    """Each by itself: one that cannot be made does not keep the others from being made.

    `encoded` is set when nothing is left but to join the last one.
    """
    records = {name: record for name, record in lock.reels.items() if name in project.reels}
    pick = project.picked(lock)
    failed: SeedgenError | None = None
    for name in names:
        own = replace(bench, encoded=encoded.set) if name == names[-1] else bench
        try:
            await _one(project, name, lock, pick, own, records)
        except SeedgenError as error:
            failed = failed or error
    encoded.set()
    project.record(records)
    return failed


async def _pages(
    project: ReeledProject,
    names: Sequence[str],
    lock: Lock,
    pick: Pick,
    posters: Posters,
    encoder: str,
    tell: Tell,
    encoded: asyncio.Event,
) -> None:
    """What stands beside the reels. Joining takes one core: pages are drawn beside it, by when there are all
    stand-ins, and the posters of clips that were encoded. Those of clips in no reel are made before."""
    shown = {shot.id for name in names for shot in project.reel_shots(project.reel(name))}
    takes = [(shot.id in shown, take.clip) for shot in project.resolved if (take := pick(shot))]
    for in_reel, clip in dict.fromkeys(sorted(takes)):
        if in_reel:
            await encoded.wait()
        path = project.objects.path(clip)
        if posters.wants(path):
            await asyncio.to_thread(posters.prepare, path)
    await encoded.wait()
    await draw_contact_sheet(
        project.project.name,
        project.resolved,
        pick,
        project.objects,
        project.outputs,
        _Sheets(posters),
        _SHEET,
        tell,
        project.lock_version(lock),
    )
    changed = await _storyboard(project, names, lock, pick, posters, encoder)
    tell(events.PageWritten(project.outputs.path(PAGE), changed))


async def _one(
    project: ReeledProject,
    name: str,
    lock: Lock,
    pick: Pick,
    bench: Bench,
    records: dict[str, ReelRecord],
) -> None:
    """Make a reel, and note in `records` what it is."""
    reel, line = project.reel(name), project.timeline(name, lock)
    finish = project.finish(name, line)
    if not project.reel_shots(reel):
        line = replace(line, spans=())  # title cards alone are no reel
    digest = await assemble(line, reel.slate, finish, project.music_digest(name), bench)
    project.outputs.note(name, project.reel_state(name, reel, project.reel_shots(reel), pick))
    if line.stand_ins or not line.spans:
        records.pop(name, None)  # its bytes do not come from the lock alone
    elif digest or name not in records:
        digest = digest or await asyncio.to_thread(digest_file, project.outputs.path(f"{name}.mp4"))
        records[name] = ReelRecord(digest=digest, frames=line.frames, rate=str(line.form.rate))


@dataclass(frozen=True, slots=True)
class _Renderer:
    """The local renderer, which is there when a stand-in has to be rendered."""

    project: ReeledProject
    scratch: Path

    async def stand_in(self, submission: Submission, out: Path, mark: str, caption: str) -> None:
        """Fulfils `ports.outputs.StandIns`."""
        await self.project.local_provider(self.scratch).stand_in(submission, out, mark, caption)


@dataclass(frozen=True, slots=True)
class _Sheets:
    """Draws contact sheets with Pillow, which is imported when there is one to draw."""

    posters: Posters

    def draw(self, sheet: Sheet, out: Path) -> None:
        """Fulfils `ports.sheets.SheetDrawer`."""
        from seedgen.media.sheet import PillowSheets

        PillowSheets(self.posters.picture).draw(sheet, out)


async def _storyboard(
    project: ReeledProject, names: Sequence[str], lock: Lock, pick: Pick, posters: Posters, encoder: str
) -> bool:
    def stand_in(shot: ResolvedShot) -> Path | None:
        place = project.segments.stand_in(stand_in_key(shot, encoder))
        return place if place.is_file() else None

    changed = await write_storyboard(project, lock, pick, posters, stand_in, making=names)
    if changed:
        takes = [take.clip for shot in lock.shots.values() for take in shot.takes]
        posters.keep_only([project.objects.path(clip) for clip in project.objects.present(takes)])
    return changed


def _place_clips(project: ReeledProject, pick: Pick, lock: Lock) -> None:
    """Put each picked clip into `build/clips/`, the takes of a shot that has several into
    `build/takes/`, and take away what no shot and no reel makes any more."""
    placed = [*sheet_names(_SHEET, len(project.resolved)), PAGE]
    for name, reel in project.reels.items():
        shots = project.reel_shots(reel)
        # Patterns that match nothing are a slip of the pen: what was made before it is not thrown away.
        if not shots or project.shows(reel, shots, pick):
            placed.append(f"{name}.mp4")
    for shot in project.resolved:
        picked = pick(shot)
        wanted = [(clip_name(shot.id), picked)] if picked else []
        takes = lock.shots[shot.id].takes if shot.id in lock.shots else ()
        if len(takes) > 1:
            present = project.objects.present([one.clip for one in takes])
            wanted += [(take_name(shot.id, one.take), one) for one in takes if one.clip in present]
        if not picked:
            placed.append(stand_in_name(shot.id))
        for name, one in wanted:
            if not project.outputs.is_current(name, one.digest):
                project.verify_clip(shot, one)
            project.outputs.place(name, project.objects.path(one.clip), one.digest)
            placed.append(name)
    project.outputs.keep_only(placed)
