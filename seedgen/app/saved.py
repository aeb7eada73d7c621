"""Saved plans: made from a workspace, and carried out in one, once and only while they are true."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from seedgen import __version__
from seedgen.app.workspace import Workspace
from seedgen.errors import Locked, StalePlan, UsageError
from seedgen.planning.plan import Action, ReelAction
from seedgen.planning.saved_plan import freeze
from seedgen.planning.staleness import DriftKind, drifts, learnt, lock_drift
from seedgen.ports.store import Stage
from seedgen.store.applied_plans import AppliedPlan, AppliedPlans
from seedgen.store.plan_file import read_plan, write_plan

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from decimal import Decimal
    from pathlib import Path

    from seedgen.app.kept import Settings
    from seedgen.planning.plan import Change, Plan
    from seedgen.planning.saved_plan import SavedPlan
    from seedgen.planning.staleness import Drift


def save_plan(
    workspace: Workspace, plan: Plan, file: Path, *, replaced: Collection[str], max_cost: Decimal | None
) -> None:
    """Write a plan that was made in a workspace. Raises UsageError, OSError."""
    write_plan(file, frozen(workspace, plan, replaced=replaced, max_cost=max_cost))


def frozen(
    workspace: Workspace, plan: Plan, *, replaced: Collection[str], max_cost: Decimal | None
) -> SavedPlan:
    """A plan that was made in a workspace, as data. Raises UsageError."""
    try:
        return freeze(
            plan,
            workspace.lock_file.read(),
            version=__version__,
            variables=workspace.overrides,
            replaced=replaced,
            max_cost=workspace.cap(max_cost),
        )
    except ValueError as error:
        raise UsageError(
            f"this plan cannot be saved: {error}", remedy="`seedgen apply` can carry it out as it is."
        ) from error


def open_saved(settings: Settings, file: Path) -> SavedApply:
    """A project, opened with the profile and the variables that a plan froze.

    Raises UsageError, PlanUnreadable, ProjectError.
    """
    saved = read_plan(file)
    opened = replace(settings, profile=saved.profile, frozen=saved.overrides())
    workspace = Workspace(opened)  # which opens no database until it is asked for one
    if workspace.project.name != saved.project:
        raise UsageError(
            f"{file.name} is a plan of the project {saved.project!r}; this is {workspace.project.name!r}",
            remedy="Name the folder of that project with `-C DIR` before the command.",
        )
    return SavedApply(workspace, saved, str(file))


def _assembles(plan: Plan) -> bool:
    return any(reel.action is ReelAction.ASSEMBLE for reel in plan.reels)


@dataclass(frozen=True)
class SavedApply:
    """A saved plan, and the project that it is to be carried out in. `name` is the file as it was typed."""

    workspace: Workspace
    saved: SavedPlan
    name: str

    @cached_property
    def _applied(self) -> AppliedPlans:
        return AppliedPlans(self.workspace.cache / "journal" / "plans")

    @cached_property
    def _before(self) -> AppliedPlan | None:
        """What an earlier apply of this very plan left behind."""
        return self._applied.find(self.saved.identity())

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Be the one apply of this plan, also among checkouts that share a cache. Raises Locked."""
        with self.workspace.journal.claim(f"plan-{self.saved.identity()}") as mine:
            if not mine:
                raise Locked(
                    f"{self.name} is being applied elsewhere, over the same cache",
                    remedy="Wait for it to end; `seedgen plan` works meanwhile.",
                )
            yield

    def require_unused(self) -> None:
        """Raises StalePlan for a plan that was applied, or was overtaken by another apply.

        One that costs nothing may be carried out again whenever it is true again.
        """
        lock = self.workspace.lock_file.read()
        drift = lock_drift(self.saved, lock)
        if self._done and (self.saved.costs or drift is not None):
            raise self._used()
        # What this very plan wrote, before it was interrupted, is its own progress.
        own = self._before is not None and lock.plan_id in self._before.plan_ids
        if drift is not None and not own:
            raise self._stale([drift])

    @property
    def _done(self) -> bool:
        return self._before is not None and self._before.done

    def _used(self) -> StalePlan:
        return StalePlan(
            f"{self.name} was applied already",
            remedy="`seedgen plan` shows what is left to do; `seedgen apply` does it.",
        )

    def renewed(self, max_cost: Decimal | None) -> Plan:
        """The plan as it is now: the one that was saved, or one that costs less. Raises StalePlan.

        No cap is lifted: of the plan's own, the project's (or `max_cost` in its place), the lowest holds.
        """
        declared = {shot.id for shot in self.workspace.resolved}
        now = self.workspace.plan(
            ids=self.saved.selected,
            replaced=[shot for shot in self.saved.replaced if shot in declared],
            max_cost=self.cap(max_cost),
        )
        now = self._without_the_paid(now)
        found = drifts(self.saved, now)
        if any(drift.kind is DriftKind.CAP for drift in found):
            from seedgen.views.stale import capped_error

            raise capped_error(self.name, found)
        if found:
            raise self._stale(found)
        if self._done and not now.has_changes and not _assembles(now):
            raise self._used()
        return now

    def cap(self, max_cost: Decimal | None) -> Decimal | None:
        """The cap in force, in USD."""
        caps = [self.workspace.cap(max_cost), self.saved.max_cost_usd]
        return min((cap for cap in caps if cap is not None), default=None)

    def _without_the_paid(self, now: Plan) -> Plan:
        """A take to be made anew that an interrupted apply of this plan has made is not made twice."""
        noted = self._before.attempts if self._before is not None and not self._done else {}
        if not noted:
            return now
        if any(change.replaces and change.fingerprint is None for change in now.takes):
            # Which of them were made anew cannot be told before what they continue is known.
            raise StalePlan(
                f"{self.name} was begun, and makes a shot anew that continues another one of it",
                remedy="What it made is kept. `seedgen plan` shows what is left; give `seedgen apply` a "
                "--replace for those shots alone that were not made anew yet.",
            )
        made = {
            entry.fingerprint
            for entry in self.workspace.journal.entries()
            if entry.stage is Stage.RECORDED and entry.attempt > noted.get(entry.fingerprint, entry.attempt)
        }
        takes = self.workspace.takes.find(made) if made else {}
        return replace(
            now,
            takes=tuple(
                replace(change, action=Action.REUSE, reasons=(), found=takes[change.fingerprint], cost=None)
                if change.replaces and change.fingerprint in takes
                else change
                for change in now.takes
            ),
        )

    def learnt(self, now: Plan) -> list[Change]:
        """What was to be submitted and costs nothing by now."""
        return learnt(self.saved, now)

    def begin(self, now: Plan) -> None:
        """Remember, durably and before anything is spent, that the plan is being carried out."""
        before = self._before if self._before is not None and not self._done else AppliedPlan()
        attempts = {
            change.fingerprint: self.workspace.journal.attempts(change.fingerprint)
            for change in now.takes
            if change.replaces and change.fingerprint is not None
        }
        self._note(
            before.model_copy(
                update={
                    "plan_ids": (*dict.fromkeys((*before.plan_ids, now.plan_id)),),
                    "attempts": {**attempts, **before.attempts},
                }
            )
        )

    def complete(self) -> None:
        """Remember that nothing of the plan is left."""
        noted = self._applied.find(self.saved.identity()) or AppliedPlan()
        self._note(noted.model_copy(update={"done": True}))

    def _note(self, applied: AppliedPlan) -> None:
        self._applied.note(self.saved.identity(), applied)

    def _stale(self, found: Sequence[Drift]) -> StalePlan:
        from seedgen.views.stale import stale_error

        return stale_error(self.name, found, begun=self._before is not None)
