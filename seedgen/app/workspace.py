"""Workspace: a project that can be planned and applied."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seedgen.app.desk import Desk
from seedgen.app.reels import ReeledProject
from seedgen.app.selecting import select_shots
from seedgen.errors import UsageError
from seedgen.planning.capping import Caps
from seedgen.planning.found import World
from seedgen.planning.lock import IMPORTED
from seedgen.planning.plan import Action, ReelAction, ReelChange
from seedgen.planning.planner import make_plan
from seedgen.project.models import LOCAL
from seedgen.project.reels import Placeholder

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
    from pathlib import Path

    from seedgen.digest import Fingerprint
    from seedgen.execution.budget import InFlight
    from seedgen.execution.jobs import Line
    from seedgen.execution.outcome import Outcome
    from seedgen.planning.lock import Lock, Take
    from seedgen.planning.plan import Plan
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.ports.events import Event
    from seedgen.ports.store import JournalEntry


class Workspace(ReeledProject):
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
        excluded: Sequence[str] = (),
        replaced: Sequence[str] = (),
        max_cost: Decimal | None = None,
        ids: Collection[str] | None = None,
    ) -> Plan:
        """What an apply would do. Raises ProjectError, UsageError, LockUnreadable.

        `ids` are chosen already, whether there are such shots or not; `chosen` are expressions.
        """
        self.require_sound()
        lock = self.lock_file.read()
        for shot_id in replaced:
            self.shot(shot_id)

        def plan_for(about: Container[str]) -> Plan:
            return make_plan(
                self.resolved,
                lock,
                World(self._find_takes, self.present, self.desk.standings, self.find_accepted),
                project=self.project.name,
                profile=self.settings.profile,
                caps=Caps(self.cap(max_cost)),
                selected=about.__contains__,
                replaced=replaced,
            )

        ids = select_shots(self, lock, chosen, excluded, plan_for) if ids is None else frozenset(ids)
        for shot_id in replaced:
            if shot_id not in ids:
                raise UsageError(
                    f"--replace {shot_id}: the shot is not among the selected ones",
                    remedy="Select it as well, or leave --select and --exclude out.",
                )
        plan = plan_for(ids)
        everything = {shot.id for shot in self.shots} | lock.shots.keys()
        left_out = len(everything - ids)
        return replace(plan, reels=tuple(self._reel_changes(plan, lock)), left_out=left_out)

    def select(self, chosen: Sequence[str], excluded: Sequence[str] = ()) -> list[str]:
        """The declared shots that some expressions choose, in the project's order. Raises as `plan` does."""
        lock = self.lock_file.read()
        ids = select_shots(self, lock, chosen, excluded, lambda _: self.plan())
        return [shot.id for shot in self.shots if shot.id in ids]

    def following(self, shot_id: str) -> list[str]:
        """The shots that continue one, and ask for another clip when it has another."""
        return [shot.id for shot in self.shots if shot.upstream and shot.upstream.shot == shot_id]

    def plan_of_shot(self, shot_id: str) -> Plan:
        """What an apply of everything would do about one shot, as far as that one is concerned."""
        plan = self.plan()
        takes = tuple(change for change in plan.takes if change.shot == shot_id)
        shown = [
            one for one in plan.reels if any(s.id == shot_id for s in self.reel_shots(self.reel(one.reel)))
        ]

        def own(shots: Collection[str]) -> tuple[str, ...]:
            return (shot_id,) if shot_id in shots else ()

        reels = (replace(one, stand_ins=own(one.stand_ins), left_out=own(one.left_out)) for one in shown)
        return replace(plan, takes=takes, reels=tuple(reels), left_out=len(self.shots) - 1)

    def _find_takes(self, wanted: Collection[Fingerprint]) -> Mapping[Fingerprint, Take]:
        """Opens the takes database only when there is something to look up.

        Without one, what the locks of all profiles name: a lost database costs nothing.
        """
        if self.takes.exists:
            return self.takes.find(wanted)
        keys = set(wanted)
        return {take.key: take for take in self.locked_takes() if take.key in keys}

    def cap(self, max_cost: Decimal | None) -> Decimal | None:
        """The cap in force: the command line's, else the project's."""
        return self.project.spec.budget.max_cost if max_cost is None else max_cost

    def _reel_changes(self, plan: Plan, lock: Lock) -> Iterator[ReelChange]:
        changing = {c.shot for c in plan.changes if c.action is not Action.BLOCKED}
        pick = self.picked(lock)
        for name, reel in self.reels.items():
            shots = self.reel_shots(reel)
            touched = any(shot.id in changing for shot in shots)
            there = (self.build / f"{name}.mp4").is_file() or not self.shows(reel, shots, pick)
            # Of no shots nothing is made, whatever it was asked to show before.
            same = not shots or (
                there and self.outputs.noted(name) == self.reel_state(name, reel, shots, pick)
            )
            action = ReelAction.UNCHANGED if same and not touched else ReelAction.ASSEMBLE
            missing = tuple(shot.id for shot in shots if pick(shot) is None)
            stands_in = reel.placeholder in (Placeholder.ANIMATIC, Placeholder.SLATE)
            left_out = reel.placeholder is Placeholder.SKIP
            yield ReelChange(name, action, missing if stands_in else (), missing if left_out else ())

    # -- recover -------------------------------------------------------------------------------------

    def take_back(self) -> list[str]:
        """Put clips back into the cache that it has lost and `build/` still has; the shots."""
        from seedgen.app.taking_back import take_back

        return take_back(self, self.lock_file.read())

    def lost(self) -> list[Take]:
        """Takes of services whose request is still declared and whose clip is not in the cache."""
        locked = self.lock_file.read().shots
        takes = [
            take
            for shot in self.current()
            if shot.id in locked and locked[shot.id].fingerprint == shot.fingerprint
            for take in locked[shot.id].takes
            if take.provider != LOCAL and take.job_id != IMPORTED and self.desk.reachable(take.provider)
        ]
        present = self.objects.present([take.clip for take in takes])
        return [take for take in takes if take.clip not in present]

    async def recover(self, takes: Sequence[Take]) -> list[Take]:
        """Fetch lost clips from the services that made them; those that came back. Submits nothing."""
        from seedgen.execution.recovering import recover

        found = []
        with self.objects.scratch() as scratch:
            shop = self.desk.workshop(lambda _: None, scratch)
            for name in sorted({take.provider for take in takes}):
                async with self.desk.talking(name) as line:
                    found += await recover([take for take in takes if take.provider == name], line, shop)
        return found

    # -- assemble --------------------------------------------------------------------------------

    async def assemble(self, names: Sequence[str], tell: Callable[[Event], None]) -> None:
        """Make reels and what stands beside them in `build/`, from what there is. Raises SeedgenError."""
        from seedgen.app.assembling import assemble_project

        await assemble_project(self, names, tell)

    # -- apply -----------------------------------------------------------------------------------

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

        `detach` leaves what is in flight to the next apply.
        """
        from seedgen.execution.apply import apply_plan
        from seedgen.execution.terms import Terms

        lock = self.lock_file.read()
        self.remember_takes()
        strays = [entry for entry in self.strays(plan) if self.desk.reachable(entry.provider)]
        names = {*self.require_providers(plan), *(entry.provider for entry in strays)}
        with self.objects.scratch() as scratch:
            return await apply_plan(
                plan,
                lock,
                self.lock_file,
                {name: self._line(name, scratch, concurrency, tell) for name in sorted(names)},
                self.desk.workshop(tell, scratch, plan.plan_id),
                terms=Terms(self.cap(max_cost), detach, self.desk.failures_are_free),
                stopping=stopping,
                strays=strays,
            )

    def request_body(self, shot: ResolvedShot) -> dict[str, Any]:
        """What a submit of a shot would carry, without uploading anything."""
        from seedgen.providers.bodies import request_body

        return request_body(shot, self.project.spec.providers, self.project.root)

    def strays(self, plan: Plan) -> list[JournalEntry]:
        """Jobs in flight for requests that this project declares no longer."""
        declared = {fingerprint for shot in self.current() for fingerprint in shot.fingerprints}
        return self.desk.strays(
            declared | {change.fingerprint for change in plan.takes if change.fingerprint}
        )

    def in_flight(self, plan: Plan) -> InFlight:
        """What the jobs are estimated at that an apply of a plan goes on with: they count under its cap."""
        from seedgen.execution.budget import InFlight

        resumed = {change.fingerprint for change in plan.changes if change.action is Action.RESUME}
        entries = [entry for key, entry in self.desk.standing().items() if key in resumed]
        prices = [one.estimate_usd for one in (*entries, *self.strays(plan)) if one.provider != LOCAL]
        known = [price for price in prices if price is not None]
        return InFlight(sum(known, Decimal(0)), len(prices) - len(known))

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

    def _line(self, name: str, scratch: Path, concurrency: int | None, tell: Callable[[Event], None]) -> Line:
        from seedgen.execution.jobs import Line

        if name != LOCAL:
            return self.desk.line(name, concurrency, tell)
        declared = self.project.spec.providers.local.concurrency
        return Line(self.local_provider(scratch), concurrency or declared or _cores())


def _cores() -> int:
    return os.cpu_count() or 2
