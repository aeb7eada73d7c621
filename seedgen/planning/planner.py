"""Planner: the difference between what is declared and what the lock and the cache hold. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from seedgen.digest import Digest, Fingerprint
from seedgen.planning.differences import differences
from seedgen.planning.plan import Action, Change, Plan, Reason, ReasonKind, Standing
from seedgen.planning.pricing import price_of, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from seedgen.planning.lock import Lock, Take
    from seedgen.planning.resolve import ResolvedShot


@dataclass(frozen=True, slots=True)
class World:
    """What planning needs to know of the cache, asked in batches.

    `find_takes` gives the takes recorded for some fingerprints, `present` those of some digests whose
    clip is there, `standings` what the journal holds against submitting some requests.
    """

    find_takes: Callable[[Collection[Fingerprint]], Mapping[Fingerprint, Take]]
    present: Callable[[Collection[Digest]], Collection[Digest]]
    standings: Callable[[], Mapping[Fingerprint, Standing]] = dict


@dataclass(frozen=True, slots=True)
class Caps:
    """Limits on money for one apply. `max_cost` is USD; None is no cap."""

    max_cost: Decimal | None = None


def make_plan(
    shots: Sequence[ResolvedShot],
    lock: Lock,
    world: World,
    *,
    project: str,
    profile: str | None = None,
    caps: Caps = Caps(),
    selected: Callable[[str], bool] = lambda _: True,
    declared: Collection[str] = (),
    replaced: Collection[str] = (),
) -> Plan:
    """The plan for some shots against a lock and a cache.

    `declared` are all ids of the project, also of shots that are not in `shots` because of an error:
    only what is not among them is removed. `selected` restricts the plan; `replaced` are shots to
    generate anew whatever the cache holds.
    """
    everything = frozenset(declared) | {shot.id for shot in shots}
    planner = _Planner(shots, lock, world, everything, frozenset(replaced))
    changes = [change for shot in shots if selected(shot.id) for change in planner.changes(shot)]
    changes += [change for change in planner.removals() if selected(change.shot)]
    return Plan(project, profile, lock.serial, tuple(_capped(changes, caps)))


class _Planner:
    """Plans one shot after another; remembers which request is already to be generated."""

    def __init__(
        self,
        shots: Sequence[ResolvedShot],
        lock: Lock,
        world: World,
        declared: frozenset[str],
        replaced: frozenset[str],
    ) -> None:
        self.lock = lock
        self.world = world
        self.replaced = replaced
        # By id: a lock that was merged by hand may have another order, and must give the same plan.
        self.orphans = {
            shot_id: locked for shot_id, locked in sorted(lock.shots.items()) if shot_id not in declared
        }
        self.movable = {locked.key: shot_id for shot_id, locked in reversed(self.orphans.items())}
        self.orphans_moved: set[str] = set()
        self.generating: dict[Fingerprint, str] = {}
        self.standings = world.standings()
        self.clips = set(world.present({take.clip for shot in lock.shots.values() for take in shot.takes}))
        self.recorded = self._recorded(shots)

    def _recorded(self, shots: Sequence[ResolvedShot]) -> dict[Fingerprint, Take]:
        """The takes for what a shot's own lock entry does not have, as far as their clips are present.

        From the cache, and from what the lock has for other shots: a lost cache of takes costs nothing.
        """
        wanted = [
            shot.of_take(number)[1]
            for shot in shots
            for number in range(1, shot.shot.takes + 1)
            if self._locked_take(shot, number) is None
        ]
        if not wanted:
            return {}
        found = dict(self.world.find_takes(wanted))
        self.clips |= set(self.world.present({take.clip for take in found.values()} - self.clips))
        locked = (
            (Fingerprint(take.fingerprint), take) for shot in self.lock.shots.values() for take in shot.takes
        )
        return {key: take for key, take in (*locked, *found.items()) if take.clip in self.clips}

    def _locked_take(self, shot: ResolvedShot, number: int) -> Take | None:
        """The lock's take for just this request, when its clip is present."""
        locked = self.lock.shots.get(shot.id)
        if locked is None or locked.fingerprint != shot.fingerprint:
            return None
        take = locked.take(number)
        return take if take is not None and take.clip in self.clips else None

    def changes(self, shot: ResolvedShot) -> list[Change]:
        """What happens to each take of a shot."""
        numbers = range(1, shot.shot.takes + 1)
        if shot.id in self.replaced:
            return [self._replacement(shot, number) for number in numbers]
        source = self._move_source(shot) if shot.id not in self.lock.shots else None
        return [self._change(shot, number, source) for number in numbers]

    def _move_source(self, shot: ResolvedShot) -> str | None:
        source = self.movable.pop(shot.fingerprint, None)
        if source is not None and all(take.clip in self.clips for take in self.orphans[source].takes):
            return source
        return None

    def _blank(self, shot: ResolvedShot, number: int) -> Change:
        locked = self.lock.shots.get(shot.id)
        request, fingerprint = shot.of_take(number)
        return Change(
            shot=shot.id,
            take=number,
            action=Action.UNCHANGED,
            provider=request.provider,
            model=request.model,
            fingerprint=fingerprint,
            prior_fingerprint=locked.key if locked else None,
            request=request,
            media=shot.media,
        )

    def _change(self, shot: ResolvedShot, number: int, source: str | None) -> Change:
        blank = self._blank(shot, number)
        _, fingerprint = shot.of_take(number)
        # A job in flight is newer than whatever the lock and the cache have: it was asked for anew.
        if self.standings.get(fingerprint) is Standing.IN_FLIGHT:
            return self._resumed(blank, fingerprint)
        if take := self._locked_take(shot, number):
            return replace(blank, found=take)
        if source is not None and (take := self.orphans[source].take(number)):
            self.orphans_moved.add(source)
            return replace(blank, action=Action.MOVE, moved_from=source, found=take)
        if take := self.recorded.get(fingerprint):
            return replace(blank, action=Action.REUSE, found=take)
        if first := self.generating.get(fingerprint):
            return replace(blank, action=Action.REUSE, reasons=(Reason(ReasonKind.SAME_REQUEST, first),))
        if standing := self.standings.get(fingerprint):
            return _blocked(blank, _BLOCKED_BY[standing])
        locked = self.lock.shots.get(shot.id)
        if locked is None or locked.take(number) is None:
            return self._submit(blank, shot, ())
        if locked.fingerprint == shot.fingerprint:
            return self._submit(blank, shot, (Reason(ReasonKind.OBJECT_MISSING),))
        reasons, diff = differences(locked.request, shot.request, shot.set_names)
        return replace(self._submit(blank, shot, reasons), diff=diff)

    def _resumed(self, blank: Change, fingerprint: Fingerprint) -> Change:
        if first := self.generating.get(fingerprint):
            return replace(blank, action=Action.REUSE, reasons=(Reason(ReasonKind.SAME_REQUEST, first),))
        self.generating[fingerprint] = blank.shot
        return replace(blank, action=Action.RESUME)

    def _replacement(self, shot: ResolvedShot, number: int) -> Change:
        blank = self._blank(shot, number)
        fingerprint = shot.of_take(number)[1]
        standing = self.standings.get(fingerprint)
        if standing is Standing.IN_FLIGHT:
            return self._resumed(blank, fingerprint)
        if standing is Standing.AMBIGUOUS:
            return _blocked(blank, ReasonKind.AMBIGUOUS)
        if first := self.generating.get(fingerprint):
            return replace(blank, action=Action.REUSE, reasons=(Reason(ReasonKind.SAME_REQUEST, first),))
        return self._submit(blank, shot, (Reason(ReasonKind.REPLACE_REQUESTED),))

    def _submit(self, blank: Change, shot: ResolvedShot, reasons: tuple[Reason, ...]) -> Change:
        request, fingerprint = shot.of_take(blank.take)
        self.generating.setdefault(fingerprint, shot.id)
        locked = self.lock.shots.get(shot.id)
        known = locked is not None and locked.take(blank.take) is not None
        return replace(
            blank,
            action=Action.REGENERATE if known else Action.GENERATE,
            reasons=reasons,
            cost=price_of(request, shot.card),
            seconds=seconds_of(request, shot.card),
        )

    def removals(self) -> list[Change]:
        """What the lock has and nobody declares any more."""
        return [
            Change(
                shot=shot_id,
                take=locked.pick,
                action=Action.REMOVE,
                provider=locked.request.provider,
                model=locked.request.model,
                prior_fingerprint=locked.key,
            )
            for shot_id, locked in self.orphans.items()
            if shot_id not in self.orphans_moved
        ]


def _capped(changes: Sequence[Change], caps: Caps) -> list[Change]:
    """Changes with those blocked that would pass the cap, or whose price is unknown under one.

    What waits for the take of a blocked change is blocked with it.
    """
    if caps.max_cost is None:
        return list(changes)
    spent = Decimal(0)
    stopped: dict[Fingerprint | None, ReasonKind] = {}
    done = []
    for change in changes:
        waits = change.action is Action.REUSE and change.found is None
        if change.submits and change.cost is None:
            stopped[change.fingerprint] = ReasonKind.UNPRICED
        elif change.submits and change.cost is not None and spent + change.cost > caps.max_cost:
            stopped[change.fingerprint] = ReasonKind.OVER_BUDGET
        elif change.submits:
            spent += change.cost or 0
        kind = stopped.get(change.fingerprint) if change.submits or waits else None
        done.append(_blocked(change, kind) if kind else change)
    return done


_BLOCKED_BY = {Standing.AMBIGUOUS: ReasonKind.AMBIGUOUS, Standing.REJECTED: ReasonKind.REJECTED}


def _blocked(change: Change, kind: ReasonKind) -> Change:
    return replace(change, action=Action.BLOCKED, reasons=(Reason(kind), *change.reasons))
