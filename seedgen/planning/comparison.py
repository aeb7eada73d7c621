"""Comparison: which shots differ between two versions of a project and its lock. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from seedgen.planning.differences import differences
from seedgen.planning.lock import IMPORTED
from seedgen.planning.plan import FieldDiff, Reason, ReasonKind

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence

    from seedgen.planning.lock import Lock, LockedShot, Take
    from seedgen.planning.resolved import ResolvedShot


class Difference(StrEnum):
    """How a shot differs. `clip` is one whose request is the same and whose clip is not."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"
    CLIP = "clip"
    UNCHANGED = "unchanged"


class ClipReason(StrEnum):
    """How the takes of a shot differ: those declared (`takes`), and what the lock has."""

    TAKES = "takes"
    FIRST_CLIP = "first_clip"
    NO_CLIP = "no_clip"
    CLIP = "clip"
    PICK = "pick"
    OTHER_TAKES = "other_takes"
    COST = "cost"
    ACCEPTED = "accepted"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class ShotAt:
    """A shot in one version: what is declared, and what the lock has for it."""

    shot: ResolvedShot
    locked: LockedShot | None

    @property
    def take(self) -> Take | None:
        """The take that goes into reels."""
        return self.locked.picked if self.locked else None

    @property
    def is_current(self) -> bool:
        """Whether the lock's takes are for what is declared."""
        return self.locked is not None and self.locked.fingerprint == self.shot.fingerprint

    @property
    def is_accepted(self) -> bool:
        """Whether a person took the clip of another request for this one."""
        return self.locked is not None and self.locked.accepted_from is not None


@dataclass(frozen=True, slots=True)
class Version:
    """A project as it was at one time: its shots in order, and its lock."""

    shots: Sequence[ResolvedShot]
    lock: Lock

    def by_id(self) -> dict[str, ShotAt]:
        """Its shots by id, in order."""
        return {shot.id: ShotAt(shot, self.lock.shots.get(shot.id)) for shot in self.shots}


@dataclass(frozen=True, slots=True)
class ShotDifference:
    """What differs about one shot. `before` is None for an added shot, `after` for a removed one.

    `reasons` say how the requests differ and `clip_reasons` how the clips do.
    """

    shot: str
    difference: Difference
    before: ShotAt | None
    after: ShotAt | None
    reasons: tuple[Reason, ...] = ()
    clip_reasons: tuple[ClipReason, ...] = ()
    diff: tuple[FieldDiff, ...] = ()

    @property
    def renamed_from(self) -> str | None:
        """The id that a renamed shot had."""
        return self.before.shot.id if self.before and self.difference is Difference.RENAMED else None


@dataclass(frozen=True)
class Comparison:
    """Two versions compared: every shot of either, in the order of the later one, the removed last."""

    shots: tuple[ShotDifference, ...]
    fresh: tuple[Take, ...]
    """Takes that only the later lock has."""

    @property
    def differing(self) -> Iterator[ShotDifference]:
        """All but the unchanged."""
        return (shot for shot in self.shots if shot.difference is not Difference.UNCHANGED)

    @cached_property
    def counts(self) -> Counter[Difference]:
        """How many shots of each."""
        return Counter(shot.difference for shot in self.shots)

    @property
    def differs(self) -> bool:
        """Whether anything differs."""
        return any(True for _ in self.differing)

    @property
    def generated(self) -> list[Take]:
        """The fresh takes that were generated, and not imported from a file."""
        return [take for take in self.fresh if take.job_id != IMPORTED]

    @property
    def spent(self) -> Decimal:
        """What the generated takes cost in USD, as far as that is known."""
        return sum((take.cost_usd for take in self.generated if take.cost_usd is not None), Decimal(0))

    @property
    def unpriced(self) -> int:
        """How many generated takes have no known cost."""
        return sum(1 for take in self.generated if take.cost_usd is None)


def compare(before: Version, after: Version) -> Comparison:
    """Compare two versions. The order of shots is no difference."""
    old, new = before.by_id(), after.by_id()
    origins = _renamed(old, new)
    found = []
    for shot_id, now in new.items():
        origin = origins.get(shot_id, shot_id)
        if now.locked is None and origin != shot_id:
            # Its entry leaves the former id only with the next apply.
            now = replace(now, locked=after.lock.shots.get(origin))  # noqa: PLW2901
        found.append(_compared(shot_id, old.get(origin), now))
    gone = old.keys() - new.keys() - set(origins.values())
    found += [
        ShotDifference(shot_id, Difference.REMOVED, was, None)
        for shot_id, was in old.items()
        if shot_id in gone
    ]
    return Comparison(tuple(found), _fresh(before.lock, after.lock))


def _renamed(old: Mapping[str, ShotAt], new: Mapping[str, ShotAt]) -> dict[str, str]:
    """The former ids of shots that have another one now and ask for the same."""
    leaving: dict[Hashable, list[str]] = {}
    for shot_id, was in old.items():
        if shot_id not in new:
            leaving.setdefault(was.shot.key, []).append(shot_id)
    origins = {}
    for shot_id, now in new.items():
        if shot_id not in old and (ids := leaving.get(now.shot.key)):
            origins[shot_id] = ids.pop(0)
    return origins


def _compared(shot_id: str, was: ShotAt | None, now: ShotAt) -> ShotDifference:
    if was is None:
        return ShotDifference(shot_id, Difference.ADDED, None, now)
    reasons: tuple[Reason, ...] = ()
    diff: tuple[FieldDiff, ...] = ()
    if was.shot.key != now.shot.key:
        reasons, diff = differences(was.shot.request, now.shot.request, now.shot.set_names, now.shot.upstream)
        if not reasons:  # neither clip is known, and they are those of different shots
            reasons = (Reason(ReasonKind.UPSTREAM, now.shot.upstream or ""),)
            diff = (FieldDiff("from_shot", was.shot.upstream, now.shot.upstream),)
    clips = tuple(_clip_reasons(was, now))
    if ClipReason.TAKES in clips:
        diff = (*diff, FieldDiff("takes", was.shot.shot.takes, now.shot.shot.takes))
    difference = Difference.UNCHANGED
    if was.shot.id != shot_id:
        difference = Difference.RENAMED
    elif diff:
        difference = Difference.CHANGED
    elif clips:
        difference = Difference.CLIP
    return ShotDifference(shot_id, difference, was, now, reasons, clips, diff)


def _clip_reasons(was: ShotAt, now: ShotAt) -> Iterator[ClipReason]:
    before, after = was.take, now.take
    if was.shot.shot.takes != now.shot.shot.takes:
        yield ClipReason.TAKES
    if before is None or after is None:
        if before is not after:
            yield ClipReason.FIRST_CLIP if before is None else ClipReason.NO_CLIP
    else:
        if before.digest != after.digest:
            yield ClipReason.CLIP
        if before.take != after.take:
            yield ClipReason.PICK
        elif before.digest == after.digest and before.cost_usd != after.cost_usd:
            yield ClipReason.COST
        picked = {before.take, after.take}
        if _others(was, picked) != _others(now, picked):
            yield ClipReason.OTHER_TAKES
    if now.is_accepted and not was.is_accepted:
        yield ClipReason.ACCEPTED
    if after is not None and after.job_id == IMPORTED and (before is None or before.digest != after.digest):
        yield ClipReason.IMPORTED


def _others(at: ShotAt, picked: Collection[int]) -> dict[int, str]:
    """The clips of the takes that are picked in neither version."""
    takes = at.locked.takes if at.locked else ()
    return {take.take: take.digest for take in takes if take.take not in picked}


def _fresh(before: Lock, after: Lock) -> tuple[Take, ...]:
    """Takes of the later lock that the earlier one has nowhere; one that two shots share counts once."""
    known = {_paid(take) for shot in before.shots.values() for take in shot.takes}
    fresh = {_paid(take): take for shot in after.shots.values() for take in shot.takes}
    return tuple(take for key, take in fresh.items() if key not in known)


def _paid(take: Take) -> tuple[str, str, str]:
    return take.fingerprint, take.job_id, take.digest
