"""The cache for programs: `seedgen cache ls | verify | gc --json`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from seedgen.execution.clips import Origin
from seedgen.execution.retention import Keep
from seedgen.execution.upkeep import Fault, Kind, Remedy
from seedgen.planning.lock import Hex64, Money
from seedgen.views.document import Document

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seedgen.execution.clips import KnownClip, Use
    from seedgen.execution.upkeep import Amount, Checked, ClipProblem, Copied, Garbage, Holdings


class UseDocument(Document):
    """A take of a lock that has a clip."""

    lock: str = Field(description="The lock's file.")
    shot: str
    take: int
    picked: bool = Field(description="Whether it goes into reels.")


class CachedClipDocument(Document):
    """A clip in the cache. Null is not known."""

    digest: Hex64
    bytes: int
    written_at: datetime
    origin: Origin
    provider: str | None
    model: str | None
    job_id: str | None
    project: str | None = Field(description="For which project it was made.")
    shot: str | None
    take: int | None
    cost_usd: Money | None
    cost_estimated: bool
    uses: tuple[UseDocument, ...]


class AmountDocument(Document):
    """How many, and how much."""

    count: int
    bytes: int


class CacheDocument(Document):
    """What `seedgen cache ls --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    folder: str
    bytes: int
    free_bytes: int = Field(description="Beside the cache, on the same disk.")
    clips: tuple[CachedClipDocument, ...]
    others: dict[Kind, AmountDocument] = Field(description="What can be made again at no cost.")
    quarantined: AmountDocument
    databases: dict[str, int] = Field(description="Bytes by name.")
    unknown: dict[str, int] = Field(description="Bytes of folders that this seedgen does not know.")
    takes: int
    jobs: int
    open_jobs: int


class ClipProblemDocument(Document):
    """A clip that is not what a lock or a record says."""

    digest: Hex64
    fault: Fault
    remedy: Remedy
    uses: tuple[UseDocument, ...]
    path: str | None
    quarantined: str | None = Field(description="Where it was moved to.")


class SpoiltDocument(Document):
    """Something that was damaged, can be made again, and was removed."""

    kind: Kind
    name: str
    why: str


class CheckDocument(Document):
    """What `seedgen cache verify --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    folder: str
    sound: bool
    clips: AmountDocument
    others: dict[Kind, AmountDocument]
    problems: tuple[ClipProblemDocument, ...]
    removed: tuple[SpoiltDocument, ...]
    databases: dict[str, tuple[str, ...]] = Field(description="What is wrong with each, in words.")
    locks: tuple[str, ...] = Field(description="What is wrong with locks that cannot be read.")
    leftovers: AmountDocument
    quarantined: AmountDocument


class GarbageDocument(Document):
    """What `seedgen cache gc --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    folder: str
    deleted: bool = Field(description="False when it was only looked at.")
    freed_bytes: int = Field(description="What went; 0 when it was only looked at.")
    bytes: int = Field(description="What may go.")
    clips: tuple[CachedClipDocument, ...] = Field(description="Those that may go.")
    others: dict[Kind, AmountDocument] = Field(description="What may go besides them.")
    records: int = Field(description="Records of clips that had gone before.")
    kept: dict[Keep, AmountDocument] = Field(description="Clips that stay, by the first reason that holds.")
    unknown_reels: dict[str, str] = Field(description="Reels of which it cannot be told what they use.")


class CopyDocument(Document):
    """What `seedgen cache push --json` and `pull --json` print."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    source: str
    target: str
    whole: bool = Field(description="Whether the target has all that was wanted.")
    copied: AmountDocument
    present: AmountDocument = Field(description="Were at the target already.")
    records: int = Field(description="Takes that the target did not know.")
    missing: tuple[Hex64, ...] = Field(description="Clips that neither has.")
    damaged: tuple[Hex64, ...] = Field(description="Clips that are not whole at the source: not copied.")
    differing: tuple[Hex64, ...] = Field(description="Clips that have another size at the target.")


def copy_document(copied: Copied, source: str, target: str, version: str) -> CopyDocument:
    """A copy, for programs."""
    return CopyDocument(
        seedgen_version=version,
        source=source,
        target=target,
        whole=copied.whole,
        copied=_amount(copied.clips),
        present=_amount(copied.present),
        records=copied.records,
        missing=copied.missing,
        damaged=copied.damaged,
        differing=copied.differing,
    )


def cache_document(held: Holdings, clips: Sequence[KnownClip], version: str) -> CacheDocument:
    """What a cache holds, for programs."""
    return CacheDocument(
        seedgen_version=version,
        folder=str(held.folder),
        bytes=held.size,
        free_bytes=held.free,
        clips=tuple(map(_clip, clips)),
        others=_amounts(held.others),
        quarantined=_amount(held.quarantined),
        databases=dict(held.databases),
        unknown=dict(held.unknown),
        takes=held.takes,
        jobs=held.jobs,
        open_jobs=held.open_jobs,
    )


def check_document(checked: Checked, folder: str, version: str) -> CheckDocument:
    """A check, for programs."""
    return CheckDocument(
        seedgen_version=version,
        folder=folder,
        sound=checked.sound,
        clips=_amount(checked.clips),
        others=_amounts(checked.others),
        problems=tuple(map(_problem, checked.problems)),
        removed=tuple(SpoiltDocument(kind=one.kind, name=one.name, why=one.why) for one in checked.spoilt),
        databases=dict(checked.databases),
        locks=checked.locks,
        leftovers=_amount(checked.leftovers),
        quarantined=_amount(checked.quarantined),
    )


def garbage_document(garbage: Garbage, folder: str, version: str, freed: int | None) -> GarbageDocument:
    """What may go, or went, for programs. `freed` is None when it was only looked at."""
    return GarbageDocument(
        seedgen_version=version,
        folder=folder,
        deleted=freed is not None,
        freed_bytes=freed or 0,
        bytes=garbage.size,
        clips=tuple(map(_clip, garbage.clips)),
        others=_amounts(garbage.others),
        records=garbage.records,
        kept={why: _amount(one) for why, one in garbage.kept.items()},
        unknown_reels=dict(garbage.unknown),
    )


def _amount(amount: Amount) -> AmountDocument:
    return AmountDocument(count=amount.count, bytes=amount.size)


def _amounts(amounts: Mapping[Kind, Amount]) -> dict[Kind, AmountDocument]:
    return {kind: _amount(amount) for kind, amount in amounts.items()}


def _use(use: Use) -> UseDocument:
    return UseDocument(lock=use.lock.name, shot=use.shot, take=use.take.take, picked=use.picked)


def _problem(problem: ClipProblem) -> ClipProblemDocument:
    return ClipProblemDocument(
        digest=problem.digest,
        fault=problem.fault,
        remedy=problem.remedy,
        uses=tuple(map(_use, problem.uses)),
        path=str(problem.path) if problem.path else None,
        quarantined=str(problem.aside) if problem.aside else None,
    )


def _clip(clip: KnownClip) -> CachedClipDocument:
    return CachedClipDocument(
        digest=clip.digest,
        bytes=clip.size,
        written_at=datetime.fromtimestamp(int(clip.written), UTC),
        origin=clip.origin,
        provider=clip.provider or None,
        model=clip.model or None,
        job_id=clip.job_id or None,
        project=clip.project or None,
        shot=clip.shot or None,
        take=clip.take or None,
        cost_usd=clip.cost_usd,
        cost_estimated=clip.cost_estimated,
        uses=tuple(map(_use, clip.uses)),
    )
