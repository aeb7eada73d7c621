"""Adopting: bring a clip from elsewhere into a project, under the request that its shot has now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.errors import UnreadableMedia, UsageError
from seedgen.execution.importing import Wanted, import_file, import_job
from seedgen.execution.locking import RunningLock
from seedgen.planning.plan import Action, Change
from seedgen.planning.pricing import price_of
from seedgen.project.cards import wire_prompt
from seedgen.project.models import LOCAL

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from pathlib import Path

    from seedgen.app.desk import Desk
    from seedgen.app.opened import OpenedProject
    from seedgen.planning.lock import Take
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.ports.events import Event


_APPLY = "import"
"""What stands in place of an apply's plan, in the journal and in `costs`."""

_VIDEO = "A clip is a video, such as MP4 or MOV. What guides a shot goes under `reference_sets:`."


class Adopting:
    """Clips from elsewhere for a project. Whoever calls holds the project's apply lock."""

    def __init__(self, opened: OpenedProject, desk: Desk) -> None:
        self._opened = opened
        self._desk = desk

    def wanted(self, shot_id: str, take: int, *, anew: bool = False, force: bool = False) -> Wanted:
        """What a clip is adopted for. Raises UsageError for an unknown shot or take."""
        shot = self._complete(self._opened.shot(shot_id))
        if take > shot.shot.takes:
            raise UsageError(
                f"{shot_id} has no take {take}: it declares {shot.shot.takes}",
                remedy=f"Declare `takes: {take}` for the shot first.",
            )
        request = shot.of_take(take)[0]
        prompt = wire_prompt(request.prompt, shot.card)
        price, held = price_of(request, shot.card), self._accepted(shot, take)
        return Wanted(shot_id, take, request, price, anew, prompt, force, held)

    def _accepted(self, shot: ResolvedShot, number: int) -> Take | None:
        """The take that the lock has for a request, though it was generated for another one."""
        locked = self._opened.lock_file.read().shots.get(shot.id)
        take = locked.take(number) if locked and locked.fingerprint == shot.fingerprint else None
        return take if take is not None and self._opened.objects.present([take.clip]) else None

    def _complete(self, shot: ResolvedShot) -> ResolvedShot:
        """The shot with the clip that it continues. Raises UsageError when that is not known."""
        if shot.upstream is None:
            return shot
        found = next(one for one in self._opened.current() if one.id == shot.id)
        if found.fingerprint is None:
            raise UsageError(
                f"{shot.id} continues {shot.upstream}, which has no clip for its present request",
                remedy=f"Make that one first: `seedgen apply --select {shot.upstream}`, or import it.",
            )
        return found

    def file(self, file: Path, wanted: Wanted) -> Take:
        """Adopt a file. Raises UnreadableMedia, UsageError, StoreError, OSError."""
        self._remember()
        with self._opened.objects.scratch() as scratch:
            try:
                take = import_file(file, wanted, self._desk.workshop(lambda _: None, scratch, _APPLY))
            except UnreadableMedia as error:
                error.remedy = error.remedy or _VIDEO
                raise
        self._lock(wanted, take)
        return take

    async def job(
        self, job_id: str, wanted: Wanted, tell: Callable[[Event], None], stopping: asyncio.Event
    ) -> Take | None:
        """Adopt what a service's job made; None when a stop left it in flight.

        Raises SeedgenError, OSError.
        """
        name = wanted.request.provider
        if name == LOCAL:
            raise UsageError(
                f"{wanted.shot} is made by the local provider, which has no jobs to import",
                remedy="Choose a profile or a provider whose job it is, or import a file.",
            )
        self._remember()
        with self._opened.objects.scratch() as scratch:
            shop = self._desk.workshop(tell, scratch, _APPLY)
            async with self._desk.talking(name) as line:
                take = await import_job(job_id, wanted, line, shop, stopping)
        if take is not None:
            self._lock(wanted, take)
        return take

    def _remember(self) -> None:
        """A lost cache of takes is begun anew from the locks, so that no clip is replaced unseen."""
        self._opened.remember_takes()

    def _lock(self, wanted: Wanted, take: Take) -> None:
        lock = self._opened.lock_file.read()
        running = RunningLock(self._opened.lock_file, lock, lock.plan_id)
        change = Change(wanted.shot, wanted.take, Action.REUSE, take.provider, take.model)
        running.record(change, wanted.request, take)
        entry = running.shots[wanted.shot]
        if entry.take(entry.pick) is None:  # what was brought by hand is shown until another is picked
            running.shots[wanted.shot] = entry.model_copy(update={"pick": wanted.take})
        running.flush()
