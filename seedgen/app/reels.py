"""Reels: what a project's reels show, and when."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from typing import TYPE_CHECKING

from seedgen.app.opened import OpenedProject, probe
from seedgen.app.taking_back import to_be_taken_back
from seedgen.digest import digest_json
from seedgen.errors import Locked, ObjectCorrupt, UsageError
from seedgen.planning.current import as_locked
from seedgen.planning.frame import requested_size
from seedgen.planning.pricing import seconds_of
from seedgen.planning.select import in_order, select
from seedgen.project.diagnostics import did_you_mean, there_are
from seedgen.project.reels import Placeholder, Slate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from seedgen.digest import Digest
    from seedgen.geometry import Size
    from seedgen.planning.lock import Lock, ReelRecord, Take
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.ports.segments import Finish
    from seedgen.ports.store import Running
    from seedgen.project.reels import Reel
    from seedgen.providers.local import LocalProvider
    from seedgen.reel.timeline import Timeline

    Pick = Callable[[ResolvedShot], Take | None]


def clip_name(shot_id: str) -> str:
    """What the clip of a shot is called in `build/`."""
    return f"clips/{shot_id}.mp4"


def take_name(shot_id: str, take: int) -> str:
    """What one of several takes of a shot is called in `build/`."""
    return f"takes/{shot_id}/{take}.mp4"


class ReeledProject(OpenedProject):
    """A project, and what its reels show."""

    _holds_lock = False

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
        prints = {shot.id: shot.fingerprint for shot in as_locked(self.resolved, lock)} if renamed else {}
        present = self.present([take.clip for take in takes.values() if take])

        def pick(shot: ResolvedShot) -> Take | None:
            key = prints.get(shot.id)
            take = takes[shot.id] if shot.id in takes else (renamed.get(key) if key else None)
            return take if take is not None and take.clip in present else None

        return pick

    def present(self, clips: Collection[Digest]) -> set[Digest]:
        """Those that are in the cache, or that an assembly takes back into it from `build/`."""
        found = self.objects.present(clips)
        lost = set(clips) - found
        return found | to_be_taken_back(self, self.lock_file.read(), lost) if lost else found

    def copies(self, shot_id: str) -> dict[int, Path]:
        """The files in `build/` that are the clips of a shot's takes, by take; those that are there."""
        locked = self.lock_file.read().shots.get(shot_id)
        found = {}
        for take in locked.takes if locked else ():
            names = [clip_name(shot_id)] if locked and take == locked.picked else []
            for name in (*names, take_name(shot_id, take.take)):
                if take.take not in found and self.outputs.is_current(name, take.digest):
                    found[take.take] = self.outputs.folder / name
        return found

    def timeline(self, name: str, lock: Lock) -> Timeline:
        """What a reel shows, and when. Raises UsageError for an unknown reel, and one that cannot be."""
        from seedgen.reel.cut_list import cut_list, reel_format
        from seedgen.reel.timeline import timeline

        reel = self.reel(name)
        shots, pick = self.reel_shots(reel), self.picked(lock)
        size: Size | None = None
        if reel.size is None and shots:
            first = pick(shots[0])
            size = self._size_of(first) if first else requested_size(shots[0].request.parameters)
        form = reel_format(reel, size)
        cuts = cut_list(name, reel, form, shots, pick, lambda shot: seconds_of(shot.request, shot.card))
        return timeline(cuts, reel)

    def _size_of(self, take: Take) -> Size:
        from seedgen.media.probe import PyavClipReader

        return PyavClipReader().probe(self.objects.path(take.clip)).size

    def finish(self, name: str, line: Timeline) -> Finish:
        """What a reel gets besides its pictures and their sound."""
        from seedgen.ports.segments import Finish, Score
        from seedgen.reel.passages import chapters, subtitles

        reel, score = self.reel(name), None
        if reel.music is not None:
            music, (file, _) = reel.music, self.music[name]
            fades = Fraction(music.fade_in), Fraction(music.fade_out)
            score = Score(file, music.gain_db, music.duck, *fades)
        return Finish(
            score,
            reel.loudness,
            chapters(line) if reel.chapters else (),
            subtitles(line) if reel.subtitles else (),
        )

    def reel(self, name: str) -> Reel:
        """A reel by name. Raises UsageError with near names."""
        reel = self.reels.get(name)
        if reel is None:
            raise UsageError(
                f"no reel {name!r}",
                remedy=did_you_mean(name, self.reels) or there_are(self.reels),
            )
        return reel

    def reels_asked_for(self, names: Sequence[str]) -> list[str]:
        """These reels, or all when none is named. A named one that matches no shot is a slip of the pen, and
        no order to make nothing.

        Raises ProjectError, UsageError.
        """
        self.require_sound()  # a shot with an error may be the one that is meant
        for name in names:
            reel = self.reel(name)
            if not self.reel_shots(reel):
                mend = "Mend its `shots:`; `seedgen validate` says what is near. Nothing was changed."
                none = "No shots are declared yet. Nothing was changed."
                raise UsageError(f"the reel {name!r} matches no shot", remedy=mend if self.shots else none)
        return list(names) or list(self.reels)

    def apply_running(self) -> Running | None:
        """The apply that runs in the project now, if there is one."""
        from seedgen.store.apply_lock import running

        return running(self.private)

    @contextlib.contextmanager
    def applying(self, *, for_apply: bool = True) -> Iterator[None]:
        """Hold the project's apply lock, and have the cache left as it is. Raises Locked.

        What is no apply, and may not run beside one, says so.
        """
        from seedgen.store.apply_lock import apply_lock

        with apply_lock(self.private, for_apply=for_apply), self.using_cache():
            self._holds_lock = True
            try:
                yield
            finally:
                self._holds_lock = False

    def using_cache(self) -> AbstractContextManager[None]:
        """Have nobody clear out the cache meanwhile."""
        from seedgen.store.cache_use import using_cache

        return using_cache(self.cache)

    def record(self, reels: dict[str, ReelRecord]) -> None:
        """Write the digests of reels into the lock, if they changed and nobody else is at work on it."""
        if self.lock_file.read().reels == reels:
            return
        # Another apply that runs writes them itself when it assembles its reels.
        with contextlib.suppress(Locked), contextlib.nullcontext() if self._holds_lock else self.applying():
            self.lock_file.write(self.lock_file.read().with_reels(reels))

    def verify_clip(self, shot: ResolvedShot, take: Take) -> None:
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

    def reel_state(self, name: str, reel: Reel, shots: Sequence[ResolvedShot], pick: Pick) -> str:
        """Names what a reel would show, without asking ffmpeg: its settings, its shots and their clips."""
        clips = [[shot.id, take.digest if (take := pick(shot)) else shot.outline] for shot in shots]
        # Only prompts that it shows, or every edit would ask for a new one; stand-ins show theirs always.
        always = self.shows_prompts(reel)
        words = [[shot.request.prompt, *shot.names] for shot in shots if always or pick(shot) is None]
        settings = reel.model_dump(mode="json")
        return digest_json(
            {"reel": settings, "clips": clips, "words": words, "music": self.music_digest(name)}
        )

    def outdated_reels(self, shot_ids: Collection[str]) -> list[str]:
        """Reels with any of these shots that were last asked to show something else than there is now."""
        pick, found = self.picked(self.lock_file.read()), []
        for name, reel in self.reels.items():
            shots = self.reel_shots(reel)
            shown = any(shot.id in shot_ids for shot in shots)
            if shown and self.outputs.noted(name) != self.reel_state(name, reel, shots, pick):
                found.append(name)
        return found

    @staticmethod
    def shows_prompts(reel: Reel) -> bool:
        """Whether a reel differs when a prompt does and no clip."""
        return reel.subtitles or reel.slate is Slate.CARD

    def music_digest(self, name: str) -> str:
        """The digest of a reel's music; empty without."""
        return self.music[name][1].digest if name in self.music else ""

    def local_provider(self, scratch: Path) -> LocalProvider:
        """The embedded renderer. Raises FfmpegNotFound."""
        from seedgen.media.animatic import FfmpegAnimatics
        from seedgen.providers.local import LocalProvider

        card = self.cards.find("local", None)
        if card is None:
            raise UsageError("no card for the local provider", remedy="Reinstall seedgen.")
        return LocalProvider(FfmpegAnimatics(self.ffmpeg), card, probe, scratch)
