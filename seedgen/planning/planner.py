"""Planner: the difference between what is declared and what the lock and the cache hold. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seedgen.planning.capping import UNCAPPED, blocked, capped
from seedgen.planning.differences import differences
from seedgen.planning.found import FoundTakes
from seedgen.planning.graph import Graph
from seedgen.planning.pick import unpicked
from seedgen.planning.plan import Action, Change, Plan, Reason, ReasonKind, Standing
from seedgen.planning.pricing import price_of, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Sequence

    from seedgen.digest import Digest, Fingerprint
    from seedgen.planning.capping import Caps
    from seedgen.planning.found import World
    from seedgen.planning.lock import Lock, LockedShot
    from seedgen.planning.resolved import ResolvedShot


@dataclass(frozen=True, slots=True)
class _End:
    """How a shot's picked take ends: with a clip, with one that an apply makes (`made`), or with neither.

    `stale` says that the clip is not for the shot's present request, and that the plan leaves it so.
    """

    clip: Digest | None = None
    made: bool = False
    stale: bool = False


def make_plan(
    shots: Sequence[ResolvedShot],
    lock: Lock,
    world: World,
    *,
    project: str,
    profile: str | None = None,
    caps: Caps = UNCAPPED,
    selected: Callable[[str], bool] = lambda _: True,
    declared: Collection[str] = (),
    replaced: Collection[str] = (),
) -> Plan:
    """The plan for some shots against a lock and a cache.

    `declared` are all ids of the project, also of shots that are not in `shots` because of an error:
    only what is not among them is removed. `selected` restricts the plan; `replaced` are shots to
    generate anew whatever the cache holds. A shot that continues another one comes after it, whatever
    their order in the project: what it asks for depends on what becomes of that one.
    """
    everything = frozenset(declared) | {shot.id for shot in shots}
    graph = Graph(shot.shot for shot in shots)
    planner = _Planner(shots, graph, lock, world, everything, frozenset(replaced))
    changes: list[Change] = []
    for shot_id in graph.order:
        changes += planner.plan(planner.by_id[shot_id], selected=selected(shot_id))
    changes += [change for change in planner.removals() if selected(change.shot)]
    changes = capped(changes, caps, planner.picks)
    if graph.after:
        places = {shot_id: place for place, shot_id in enumerate(graph.shots)}
        changes.sort(key=lambda change: places.get(change.shot, len(places)))
    return Plan(project, profile, lock.serial, tuple(changes), unpicked=tuple(unpicked(changes, lock)))


class _Planner:
    """Plans one shot after another; remembers which request is already to be generated.

    `picks` says which take of each planned shot goes into the reel, and is continued, afterwards.
    """

    def __init__(
        self,
        shots: Sequence[ResolvedShot],
        graph: Graph,
        lock: Lock,
        world: World,
        declared: frozenset[str],
        replaced: frozenset[str],
    ) -> None:
        self.lock = lock
        self.replaced = replaced
        # By id: a lock that was merged by hand may have another order, and must give the same plan.
        self.orphans = {
            shot_id: locked for shot_id, locked in sorted(lock.shots.items()) if shot_id not in declared
        }
        self.movable = {locked.key: shot_id for shot_id, locked in reversed(self.orphans.items())}
        self.orphans_moved: set[str] = set()
        self.generating: dict[Hashable, str] = {}
        self.picks: dict[str, int] = {}
        self.ends: dict[str, _End] = {}
        self.standings = world.standings()
        self.found = FoundTakes(lock, world)
        self.continued = graph.after
        self.by_id = {shot.id: shot for shot in shots}
        self.known: dict[str, ResolvedShot] = {}
        self._know(shot for shot in shots if shot.upstream is None)

    def _know(self, shots: Iterable[ResolvedShot]) -> None:
        """Shots whose requests are known now: look up what there is for them, all at once."""
        known = {shot.id: shot for shot in shots}
        self.known |= known
        self.found.look_up(known.values())

    # -- one shot --------------------------------------------------------------------------------

    def plan(self, shot: ResolvedShot, *, selected: bool) -> list[Change]:
        """What happens to each take of a shot; nothing when it is not selected."""
        before = None if shot.upstream is None else self.ends.get(shot.upstream, _End())
        now = self.known.get(shot.id, shot)
        if not selected:
            changes = []
        elif before is not None and before.clip is None and not before.made:
            reason = Reason(ReasonKind.UPSTREAM, shot.upstream or "")
            changes = [blocked(self._blank(now, number), reason) for number in range(1, shot.shot.takes + 1)]
        else:
            changes = self._changes(now)
            if before is not None and before.stale:
                changes = [replace(change, stale_upstream=True) for change in changes]
        if after := self.continued.get(shot.id):
            end = self.ends[shot.id] = self._end(now, changes) if selected else self._left(now)
            if end.clip is not None:
                self._know(self.by_id[one].continuing(end.clip) for one in after)
        return changes

    def _end(self, shot: ResolvedShot, changes: Sequence[Change]) -> _End:
        """How a planned shot's picked take ends. A changed request begins with take 1 again."""
        entry = self._entry(shot, changes)
        pick = self.picks[shot.id] = entry.pick if entry else 1
        change = next((one for one in changes if one.take == pick), None)
        if change is None:  # fewer takes are declared than were made
            take = entry.picked if entry else None
            return _End(take.clip if take and take.clip in self.found.clips else None)
        if change.action is Action.BLOCKED:
            return _End()
        return _End(change.found.clip if change.found else None, made=change.found is None)

    def _entry(self, shot: ResolvedShot, changes: Sequence[Change]) -> LockedShot | None:
        """The lock entry that a shot goes on with: its own, or that of its former id."""
        locked = self.lock.shots.get(shot.id)
        if locked is not None:
            return locked if locked.fingerprint == shot.fingerprint else None
        former = next((one.moved_from for one in changes if one.moved_from is not None), None)
        return self.orphans[former] if former is not None else None

    def _left(self, shot: ResolvedShot) -> _End:
        """How a shot stands that is not selected: it keeps the clip that the lock has, stale or not."""
        former = self.movable.get(shot.fingerprint) if shot.fingerprint else None
        locked = self.lock.shots.get(shot.id) or (self.orphans[former] if former else None)
        take = locked.picked if locked else None
        if locked is None or take is None or take.clip not in self.found.clips:
            return _End()
        return _End(take.clip, stale=locked.fingerprint != shot.fingerprint)

    def _changes(self, shot: ResolvedShot) -> list[Change]:
        numbers = range(1, shot.shot.takes + 1)
        if shot.id in self.replaced:
            return [self._replacement(shot, number) for number in numbers]
        source = self._move_source(shot) if shot.id not in self.lock.shots else None
        return [self._change(shot, number, source) for number in numbers]

    def _move_source(self, shot: ResolvedShot) -> str | None:
        source = self.movable.pop(shot.fingerprint, None) if shot.fingerprint else None
        if source is not None and all(take.clip in self.found.clips for take in self.orphans[source].takes):
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
        fingerprint = blank.fingerprint
        if fingerprint is not None and (settled := self._settled(shot, blank, fingerprint, source)):
            return settled
        if first := self.generating.get((shot.key, number)):
            return replace(blank, action=Action.REUSE, reasons=(Reason(ReasonKind.SAME_REQUEST, first),))
        standing = self.standings.get(fingerprint) if fingerprint is not None else None
        if standing is not None:
            return blocked(blank, Reason(_BLOCKED_BY[standing]))
        locked = self.lock.shots.get(shot.id)
        if locked is None or locked.take(number) is None:
            return self._submit(blank, shot, ())
        if locked.fingerprint == shot.fingerprint:
            return self._submit(blank, shot, (Reason(ReasonKind.OBJECT_MISSING),))
        reasons, diff = differences(locked.request, shot.request, shot.set_names, shot.upstream)
        return replace(self._submit(blank, shot, reasons), diff=diff)

    def _settled(
        self, shot: ResolvedShot, blank: Change, fingerprint: Fingerprint, source: str | None
    ) -> Change | None:
        """A change for which there is a take already, or a job; None when there is neither."""
        # A job in flight is newer than whatever the lock and the cache have: it was asked for anew.
        if self.standings.get(fingerprint) is Standing.IN_FLIGHT:
            return self._resumed(blank, shot)
        if take := self.found.locked(shot, blank.take):
            return replace(blank, found=take)
        if source is not None and (take := self.orphans[source].take(blank.take)):
            self.orphans_moved.add(source)
            return replace(blank, action=Action.MOVE, moved_from=source, found=take)
        if take := self.found.for_request(shot.id, fingerprint):
            return replace(blank, action=Action.REUSE, found=take)
        return None

    def _resumed(self, blank: Change, shot: ResolvedShot) -> Change:
        if first := self.generating.get((shot.key, blank.take)):
            return replace(blank, action=Action.REUSE, reasons=(Reason(ReasonKind.SAME_REQUEST, first),))
        self.generating[shot.key, blank.take] = blank.shot
        return replace(blank, action=Action.RESUME)

    def _replacement(self, shot: ResolvedShot, number: int) -> Change:
        blank = self._blank(shot, number)
        standing = self.standings.get(blank.fingerprint) if blank.fingerprint is not None else None
        if standing is Standing.IN_FLIGHT:
            return self._resumed(blank, shot)
        if standing is Standing.AMBIGUOUS:
            return blocked(blank, Reason(ReasonKind.AMBIGUOUS))
        if first := self.generating.get((shot.key, number)):
            return replace(blank, action=Action.REUSE, reasons=(Reason(ReasonKind.SAME_REQUEST, first),))
        return self._submit(blank, shot, (Reason(ReasonKind.REPLACE_REQUESTED),))

    def _submit(self, blank: Change, shot: ResolvedShot, reasons: tuple[Reason, ...]) -> Change:
        request, _ = shot.of_take(blank.take)
        self.generating.setdefault((shot.key, blank.take), shot.id)
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


_BLOCKED_BY = {Standing.AMBIGUOUS: ReasonKind.AMBIGUOUS, Standing.REJECTED: ReasonKind.REJECTED}
