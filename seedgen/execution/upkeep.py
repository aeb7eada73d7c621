"""Upkeep: what a check of a cache finds, and what clearing it out would take away. Values only."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from seedgen.execution.clips import KnownClip, Origin, Use
    from seedgen.execution.retention import Keep
    from seedgen.planning.lock import Take


class Kind(StrEnum):
    """What a cache holds besides clips. All of it can be made again, at no cost."""

    SEGMENTS = "segments"
    STAND_INS = "stand-ins"
    SOUND = "sound"
    FRAMES = "frames"
    POSTERS = "posters"
    LEFTOVERS = "leftovers"


@dataclass(frozen=True, slots=True)
class Amount:
    """How many of something, and their bytes."""

    count: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that a cache holds. `databases` and `unknown` are bytes by folder, `free` are those beside it.

    `takes`, `jobs` and `open_jobs` count what the databases hold. `locks` are those of the project.
    """

    folder: Path
    clips: tuple[KnownClip, ...]
    others: Mapping[Kind, Amount]
    quarantined: Amount
    databases: Mapping[str, int]
    unknown: Mapping[str, int]
    free: int
    locks: int
    takes: int
    jobs: int
    open_jobs: int

    @property
    def size(self) -> int:
        """Bytes of everything."""
        amounts = [*self.others.values(), self.quarantined]
        known = sum(clip.size for clip in self.clips) + sum(one.size for one in amounts)
        return known + sum(self.databases.values()) + sum(self.unknown.values())


# -- a check -----------------------------------------------------------------------------------------


class Fault(StrEnum):
    """What can be wrong with a clip."""

    DAMAGED = "damaged"
    MISSING = "missing"


class Remedy(StrEnum):
    """How a clip comes back: taken from `build/`, asked of the service, rendered, imported by hand.

    Nobody needs one of which only a record is left.
    """

    BUILD = "build"
    SERVICE = "service"
    RENDER = "render"
    IMPORT = "import"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ClipProblem:
    """A clip that is not what a lock or a record says. `aside` is where a damaged one was moved."""

    digest: str
    fault: Fault
    remedy: Remedy
    uses: tuple[Use, ...]
    take: Take | None = None
    path: Path | None = None
    aside: Path | None = None


@dataclass(frozen=True, slots=True)
class Spoilt:
    """Something besides clips that was damaged, and was removed."""

    kind: Kind
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A check of a whole cache.

    `clips` and `others` are what was read; `databases` and `locks` say what is wrong with them, in words.
    """

    clips: Amount
    others: Mapping[Kind, Amount]
    problems: tuple[ClipProblem, ...] = ()
    spoilt: tuple[Spoilt, ...] = ()
    databases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    locks: tuple[str, ...] = ()
    leftovers: Amount = Amount()
    quarantined: Amount = Amount()

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong. Leftovers of killed processes harm nobody."""
        return not (self.problems or self.spoilt or self.locks or any(self.databases.values()))


# -- clearing out ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Garbage:
    """What may go, and what is kept of the clips, by why. `whole` is what the cache holds, in bytes.

    `records` are requests whose clip has gone already. `unknown` says of reels why it cannot be told which
    segments they use; then none go. `young_origins` says where the clips are from that are too young to go:
    of those that cost nothing their age alone decides.
    """

    clips: tuple[KnownClip, ...]
    others: Mapping[Kind, Amount]
    kept: Mapping[Keep, Amount]
    whole: int
    locks: int
    old_locks: int
    records: int = 0
    unknown: Mapping[str, str] = field(default_factory=dict)
    young_origins: frozenset[Origin] = frozenset()

    @property
    def size(self) -> int:
        """Bytes that go."""
        return sum(clip.size for clip in self.clips) + sum(one.size for one in self.others.values())

    @property
    def empty(self) -> bool:
        """Whether nothing goes."""
        return not self.clips and not self.records and not any(one.count for one in self.others.values())


@dataclass(frozen=True, slots=True)
class Copied:
    """What a copy between two caches came to.

    `present` were at the target already. `missing` are digests that neither has, `damaged` those that are not
    whole at the source, `differing` those of another size at the target.
    """

    clips: Amount
    present: Amount
    records: int
    missing: tuple[str, ...] = ()
    damaged: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether all that was wanted is at the target, as far as sizes tell."""
        return not (self.missing or self.damaged or self.differing)


def amount(sizes: list[int]) -> Amount:
    """How many, and how much together."""
    return Amount(len(sizes), sum(sizes))
