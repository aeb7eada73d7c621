"""Status for programs: `seedgen status --json`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from seedgen.planning.lock import Money
from seedgen.planning.plan import Action
from seedgen.views.cost_documents import PendingDocument, pending_document
from seedgen.views.document import Document
from seedgen.views.documents import (
    CostDocument,
    DiagnosticDocument,
    ReelDocument,
    SummaryDocument,
    cost_document,
    diagnostic_document,
    reel_document,
    summary_document,
)
from seedgen.views.job_documents import JobDocument, job_document
from seedgen.views.status import seconds_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from seedgen.planning.plan import Plan
    from seedgen.project.diagnostics import Diagnostic
    from seedgen.views.status import Situation


class LockedDocument(Document):
    """What the lock holds."""

    serial: int
    takes: int
    seconds: float = Field(description="Of video.")


class SpendDocument(Document):
    """What the project has spent, in USD; `seedgen costs --json` says for what."""

    spent_usd: Money = Field(description="The bill, or the estimate where there is no bill.")
    unpriced: int = Field(description="Takes and failed attempts with neither: not in `spent_usd`.")
    in_flight: PendingDocument
    in_doubt: PendingDocument
    by_hand: PendingDocument = Field(description="Closed by hand as not billed: nobody has verified it.")


class DiskDocument(Document):
    """Bytes."""

    objects: int = Field(description="Clips in the cache, which other projects may share.")
    segments: int = Field(description="Segments in the cache: made again when they are missing.")
    build: int = Field(description="Outputs in build/.")
    free: int = Field(description="Free where the cache is.")


class ProfileDocument(Document):
    """The clips of one profile's lock; `profile` is null for the lock without one."""

    profile: str | None
    clips: int = Field(description="Shots whose clip is there.")
    current: int | None = Field(
        description="Those of `clips` whose request did not change; null: not compared."
    )
    stale: int | None = Field(description="Those of `clips` whose request changed; null: not compared.")
    missing: int = Field(description="Shots without a clip.")
    errors: int = Field(description="Of the project under the profile; it cannot be planned with any.")


class RunningDocument(Document):
    """An apply that runs in the project now."""

    pid: int
    host: str
    since: datetime


class StatusDocument(Document):
    """What `seedgen status --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    project: str
    profile: str | None
    summary: SummaryDocument
    estimated_cost: CostDocument
    shots: dict[Action, tuple[str, ...]] = Field(description="Ids by action, without the unchanged.")
    lock: LockedDocument
    jobs: tuple[JobDocument, ...] = Field(description="Open ones.")
    costs: SpendDocument
    running: RunningDocument | None = Field(description="Null: no apply runs.")
    reels: tuple[ReelDocument, ...]
    unmade: tuple[str, ...] = Field(description="Reels whose file is not in build/.")
    disk: DiskDocument
    profiles: tuple[ProfileDocument, ...] = Field(description="Empty in a project without profiles.")
    diagnostics: tuple[DiagnosticDocument, ...]


def status_document(
    situation: Situation, diagnostics: Iterable[Diagnostic], root: Path, version: str
) -> StatusDocument:
    """Where a project stands, for programs."""
    plan, lock, costs, disk = situation.plan, situation.lock, situation.costs, situation.disk
    runs = situation.running
    return StatusDocument(
        seedgen_version=version,
        project=plan.project,
        profile=plan.profile,
        summary=summary_document(plan),
        estimated_cost=cost_document(plan),
        shots=_by_action(plan),
        lock=LockedDocument(
            serial=lock.serial,
            takes=sum(len(shot.takes) for shot in lock.shots.values()),
            seconds=round(seconds_of(lock), 3),
        ),
        jobs=tuple(job_document(job, situation.jobs) for job in situation.jobs),
        costs=SpendDocument(
            spent_usd=costs.total.spent,
            unpriced=costs.total.unpriced,
            in_flight=pending_document(costs.in_flight),
            in_doubt=pending_document(costs.in_doubt),
            by_hand=pending_document(costs.by_hand),
        ),
        running=RunningDocument(pid=runs.pid, host=runs.host, since=runs.since) if runs else None,
        reels=tuple(reel_document(reel) for reel in plan.reels),
        unmade=situation.unmade,
        disk=DiskDocument(objects=disk.objects, segments=disk.segments, build=disk.build, free=disk.free),
        profiles=tuple(
            ProfileDocument(
                profile=one.profile,
                clips=one.clips,
                current=one.current,
                stale=one.stale,
                missing=one.missing,
                errors=one.errors,
            )
            for one in situation.profiles
        ),
        diagnostics=tuple(diagnostic_document(one, root) for one in diagnostics),
    )


def _by_action(plan: Plan) -> dict[Action, tuple[str, ...]]:
    found: dict[Action, dict[str, None]] = {}
    for change in plan.changes:
        found.setdefault(change.action, {})[change.shot] = None
    return {action: tuple(found[action]) for action in Action if action in found}
