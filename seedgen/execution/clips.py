"""Clips: what is known of each clip in a cache. Where it came from, what it cost, which locks use it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from seedgen.planning.lock import IMPORTED
from seedgen.project.models import LOCAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal
    from pathlib import Path

    from seedgen.planning.lock import Take
    from seedgen.ports.store import JournalEntry


class Origin(StrEnum):
    """Where a clip came from. Only what was rendered here can be made again for nothing."""

    PAID = "paid"
    IMPORTED = "imported"
    LOCAL = "local"
    UNKNOWN = "unknown"

    @property
    def free(self) -> bool:
        """Whether it can be made again at no cost."""
        return self is Origin.LOCAL


@dataclass(frozen=True, slots=True)
class Use:
    """A lock's take that has a clip; `picked` is the one that goes into reels."""

    lock: Path
    shot: str
    take: Take
    picked: bool


@dataclass(frozen=True, slots=True)
class KnownClip:
    """A clip in a cache. `size` is in bytes, `written` in seconds since 1970.

    `shot`, `take` and `project` say what it was made for, empty and 0 when nobody knows any more. `cost_usd`
    is None while unknown. `uses` are the takes of locks that have it.
    """

    digest: str
    size: int
    written: float
    origin: Origin
    provider: str = ""
    model: str = ""
    job_id: str = ""
    project: str = ""
    shot: str = ""
    take: int = 0
    cost_usd: Decimal | None = None
    cost_estimated: bool = False
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """What is known of clips besides their bytes: by digest, takes recorded and jobs journalled."""

    takes: Mapping[str, list[Take]] = field(default_factory=dict)
    entries: Mapping[str, list[JournalEntry]] = field(default_factory=dict)
    uses: Mapping[str, list[Use]] = field(default_factory=dict)

    def of(self, digest: str, size: int, written: float) -> KnownClip:
        """A clip with everything that is known of it."""
        uses = self.uses.get(digest, [])
        takes = [use.take for use in uses] + list(self.takes.get(digest, []))
        made = self.entries.get(digest, [])
        first = min(takes, key=_rank, default=None)
        job = next((one for one in made if first is None or one.job_id == first.job_id), None)
        known = KnownClip(digest, size, written, _origin(takes, made), uses=tuple(uses))
        return _made_for(known, first, job, uses)


def remember(takes: Iterable[Take], entries: Iterable[JournalEntry], uses: Iterable[Use]) -> Memory:
    """What takes, jobs and locks tell of clips."""
    memory: tuple[dict[str, list[Take]], dict[str, list[JournalEntry]], dict[str, list[Use]]] = ({}, {}, {})
    for take in takes:
        memory[0].setdefault(take.digest, []).append(take)
    for entry in entries:
        if entry.digest:
            memory[1].setdefault(entry.digest, []).append(entry)
    for use in uses:
        memory[2].setdefault(use.take.digest, []).append(use)
    return Memory(*memory)


def origin_of(take: Take) -> Origin:
    """Where a take's clip came from."""
    if take.job_id == IMPORTED:
        return Origin.IMPORTED
    return Origin.LOCAL if take.provider == LOCAL else Origin.PAID


_DEAREST = (Origin.PAID, Origin.IMPORTED, Origin.LOCAL, Origin.UNKNOWN)


def _rank(take: Take) -> int:
    return _DEAREST.index(origin_of(take))


def _origin(takes: list[Take], made: list[JournalEntry]) -> Origin:
    """Of the same bytes from two sources, the dearer one."""
    found = {origin_of(take) for take in takes}
    found |= {Origin.LOCAL if one.provider == LOCAL else Origin.PAID for one in made}
    return min(found, key=_DEAREST.index, default=Origin.UNKNOWN)


def _made_for(known: KnownClip, take: Take | None, job: JournalEntry | None, uses: list[Use]) -> KnownClip:
    if take is not None:
        known = replace(
            known,
            provider=take.provider,
            model=take.model,
            job_id=take.job_id,
            take=take.take,
            cost_usd=take.cost_usd,
            cost_estimated=take.cost_estimated,
            shot=uses[0].shot if uses else "",
        )
    if job is None:
        return known
    if take is None:
        bill = job.cost_usd
        known = replace(
            known,
            provider=job.provider,
            model=job.model,
            job_id=job.job_id,
            take=job.take,
            cost_usd=job.estimate_usd if bill is None else bill,
            cost_estimated=bill is None and job.estimate_usd is not None,
        )
    return replace(known, project=job.project, shot=known.shot or job.shot)
