"""For programs: a project, opened, planned and applied. What the command line does, without a terminal."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from seedgen.app.carrying_out import How, carry_out
from seedgen.app.kept import Settings
from seedgen.app.opened import unknown_shot
from seedgen.app.saved import SavedApply, frozen
from seedgen.app.workspace import Workspace
from seedgen.errors import UsageError
from seedgen.store.plan_file import write_plan

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal
    from types import TracebackType

    from seedgen.execution.outcome import Outcome
    from seedgen.planning.lock import Lock
    from seedgen.planning.plan import Plan
    from seedgen.planning.saved_plan import SavedPlan
    from seedgen.ports.events import Event
    from seedgen.project.diagnostics import Diagnostic


class Project:
    """A project as it was when it was opened: load it again to see what was edited since.

    Use it as a context manager, or close it. Everything that a user, a file, a service or a disk can
    cause is raised as a `SeedgenError`, with a `remedy`.
    """

    def __init__(self, settings: Settings) -> None:
        self._workspace = Workspace(settings)
        self._made: dict[str, SavedPlan] = {}

    # -- what there is ---------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """As the project file has it."""
        return self._workspace.project.name

    @property
    def root(self) -> Path:
        """The project's folder, absolute."""
        return self._workspace.project.root

    @property
    def profile(self) -> str | None:
        """The profile that it was opened under."""
        return self._workspace.settings.profile

    @property
    def shots(self) -> tuple[str, ...]:
        """The ids of all declared shots, in order."""
        return tuple(shot.id for shot in self._workspace.shots)

    @property
    def reels(self) -> tuple[str, ...]:
        """The names of its reels."""
        return tuple(self._workspace.reels)

    @property
    def diagnostics(self) -> Sequence[Diagnostic]:
        """Every problem, located: with an error among them nothing can be planned."""
        return tuple(self._workspace.diagnostics)

    @property
    def lock(self) -> Lock:
        """Which clip each shot has, as it stands on disk now. Raises LockUnreadable."""
        return self._workspace.lock_file.read()

    def clip(self, shot: str, take: int | None = None) -> Path | None:
        """Where a shot's clip is: of the take that is picked, or of another; None when it has none here.

        The file is the cache's own and read-only. Raises UsageError for a shot that neither the project nor
        its lock has, LockUnreadable.
        """
        lock = self.lock
        known = dict.fromkeys((*self.shots, *lock.shots))
        if shot not in known:
            raise unknown_shot(shot, known)
        locked = lock.shots.get(shot)
        found = locked.picked if locked and take is None else locked.take(take or 0) if locked else None
        return self._workspace.clip_paths(shot).get(found.take) if found else None

    # -- plan and apply --------------------------------------------------------------------------

    def plan(
        self,
        *,
        select: Sequence[str] = (),
        exclude: Sequence[str] = (),
        replace: Sequence[str] = (),
        max_cost: Decimal | None = None,
    ) -> Plan:
        """What an apply would do, why, and for how much. Needs no network, no key and no ffmpeg.

        `select` and `exclude` are expressions as for `--select`, `replace` ids of shots to make anew.
        `max_cost` is a cap in USD in place of the project's. Raises ProjectError, UsageError, StoreError.
        """
        workspace = self._workspace
        plan = workspace.plan(chosen=select, excluded=exclude, replaced=replace, max_cost=max_cost)
        self._made[plan.plan_id] = frozen(workspace, plan, replaced=replace, max_cost=max_cost)
        return plan

    def save(self, plan: Plan, file: str | os.PathLike[str]) -> None:
        """Write a plan of this project for `seedgen apply FILE`. Raises UsageError, OSError."""
        write_plan(Path(file), self._frozen(plan))

    def apply(
        self,
        plan: Plan,
        *,
        on_event: Callable[[Event], None] = lambda _: None,
        allow_unpriced: bool = False,
        concurrency: int | None = None,
        detach: bool = False,
        assemble: bool = True,
    ) -> Outcome:
        """Carry out just this plan, and assemble the reels. Whoever calls has approved it.

        The money rules hold as on the command line: it is done under the project's lock; submits in doubt
        are asked about and lost clips fetched before anything is paid; the plan is made again and refused
        with StalePlan when anything differs but what became cheaper; caps are never lifted, and a take
        without a known price is only submitted with `allow_unpriced`. `detach` waits for no job.

        `on_event` hears every step (`seedgen.events`), in this thread. Failures of single shots are in the
        outcome; what stops all is raised: Locked, StalePlan, AuthError, UsageError, and reels that could not
        be assembled when every clip is recorded. KeyboardInterrupt writes the lock first; jobs in flight
        are collected by the next apply. Must not be called where an event loop runs: use `apply_async`.
        """
        how = How(None, concurrency, detach, assemble)
        return asyncio.run(self._apply(plan, on_event, how, asyncio.Event(), allow_unpriced=allow_unpriced))

    async def apply_async(
        self,
        plan: Plan,
        *,
        on_event: Callable[[Event], None] = lambda _: None,
        stopping: asyncio.Event | None = None,
        allow_unpriced: bool = False,
        concurrency: int | None = None,
        detach: bool = False,
        assemble: bool = True,
    ) -> Outcome:
        """As `apply`. Once `stopping` is set nothing more is submitted, and jobs in flight are left."""
        how = How(None, concurrency, detach, assemble)
        event = stopping or asyncio.Event()
        return await self._apply(plan, on_event, how, event, allow_unpriced=allow_unpriced)

    def reel(self, *names: str, on_event: Callable[[Event], None] = lambda _: None) -> list[Path]:
        """Assemble reels from what there is, all of them by default; their files. Free.

        Raises UsageError for a reel that is unknown or matches no shot, MediaError, StoreError.
        """
        chosen = self._workspace.reels_asked_for(names)
        with self._workspace.using_cache():
            asyncio.run(self._workspace.assemble(chosen, on_event))
        return [self._workspace.outputs.path(f"{name}.mp4") for name in chosen]

    async def _apply(
        self,
        plan: Plan,
        on_event: Callable[[Event], None],
        how: How,
        stopping: asyncio.Event,
        *,
        allow_unpriced: bool,
    ) -> Outcome:
        workspace = self._workspace
        saved = SavedApply(workspace, self._frozen(plan), "this plan")
        with workspace.applying(), saved.alone():
            saved.require_unused()
            cap = saved.cap(None)
            if doubtful := workspace.desk.in_doubt():
                await workspace.desk.ask_services(doubtful)
            workspace.take_back()
            if lost := workspace.lost():
                await workspace.recover(lost)
            now = saved.renewed(cap)
            workspace.require_providers(now)
            if now.unpriced and not allow_unpriced:
                raise UsageError(
                    f"no price is known for {now.unpriced} of the takes to submit",
                    remedy="Submit them all the same with allow_unpriced, or plan without them.",
                )
            saved.begin(now)
            done = await carry_out(
                workspace, now, on_event, stopping, How(cap, how.concurrency, how.detach, how.assemble)
            )
            if done.complete:
                saved.complete()
        if done.unassembled is not None:
            raise done.unassembled
        return done.outcome

    def _frozen(self, plan: Plan) -> SavedPlan:
        try:
            return self._made[plan.plan_id]
        except KeyError:
            raise UsageError(
                "this plan was not made by this project object", remedy="Apply a plan where it was made."
            ) from None

    # -- end -------------------------------------------------------------------------------------

    def close(self) -> None:
        """Close the databases that were opened."""
        self._workspace.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_project(
    path: str | os.PathLike[str],
    environment: Mapping[str, str],
    *,
    profile: str | None,
    variables: Mapping[str, Any],
    cache_dir: str | os.PathLike[str] | None,
    allow_outside: bool,
) -> Project:
    """Open the project in a folder, in an environment that is told. See `seedgen.load`."""
    explicit = environment.get("SEEDGEN_FFMPEG")
    return Project(
        Settings(
            root=Path(path),
            profile=profile,
            frozen=dict(variables),
            cache_dir=Path(cache_dir).absolute() if cache_dir is not None else None,
            allow_outside=allow_outside,
            ffmpeg=Path(explicit) if explicit else None,
            search_path=environment.get("PATH"),
            environment=environment,
        )
    )
