"""Documents: what programs read. The plan as one JSON document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from seedgen.planning.lock import Hex64, Money
from seedgen.planning.plan import Action, ReelAction
from seedgen.project.diagnostics import Severity
from seedgen.project.models import FromShotUse
from seedgen.views.document import Document
from seedgen.views.paint import harmless_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from seedgen.planning.plan import Change, FieldDiff, Plan, ReelChange
    from seedgen.project.diagnostics import Diagnostic


class DiagnosticDocument(Document):
    """A problem. Line and column count from 1."""

    severity: Severity
    summary: str
    detail: str = ""
    address: str = ""
    file: str | None = None
    line: int | None = None
    column: int | None = None


class DiffDocument(Document):
    """One field of the request that differs."""

    path: str
    before: Any
    after: Any
    after_unknown: bool = Field(False, description="What comes after is known only after an apply.")


class ContinuedDocument(Document):
    """The clip that a shot continues."""

    shot: str
    use: FromShotUse
    clip: Hex64 | None = Field(description="Its digest; null while it is known only after an apply.")
    stale: bool = Field(description="It is out of date, and its shot is not selected.")


class ChangeDocument(Document):
    """What happens to one take of one shot."""

    shot: str
    take: int
    action: Action
    reasons: tuple[str, ...]
    provider: str
    model: str
    fingerprint: Hex64 | None = Field(
        description="Null for a remove, and while the clip that the shot continues is not known."
    )
    prior_fingerprint: Hex64 | None
    continues: ContinuedDocument | None = Field(None, description="For a shot with from_shot.")
    cost_usd: Money | None = Field(description="USD; null when it costs nothing to do or is unknown.")
    diff: tuple[DiffDocument, ...]
    moved_from: str | None = Field(None, alias="from", description="The id that a move leaves.")


class ReelDocument(Document):
    """One reel."""

    reel: str
    action: ReelAction
    stand_ins: tuple[str, ...] = Field(description="Shots that have no clip yet.")
    left_out: tuple[str, ...] = Field((), description="Shots without a clip that the reel does not show.")


class PickDocument(Document):
    """A take that is picked."""

    shot: str
    take: int


class SummaryDocument(Document):
    """How many takes of each action."""

    generate: int
    regenerate: int
    reuse: int
    resume: int
    move: int
    remove: int
    blocked: int
    unchanged: int


class CostDocument(Document):
    """The estimate. `unpriced` takes are not in `usd`."""

    usd: Money
    unpriced: int
    seconds: int


class PlanDocument(Document):
    """What `seedgen plan --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    project: str
    profile: str | None
    plan_id: Hex64
    lock_serial: int
    summary: SummaryDocument
    estimated_cost: CostDocument
    changes: tuple[ChangeDocument, ...]
    unpicked: tuple[PickDocument, ...] = Field(
        (), description="Takes that are picked, and no longer after an apply: take 1 of another request is."
    )
    reels: tuple[ReelDocument, ...]
    diagnostics: tuple[DiagnosticDocument, ...]


def diagnostic_document(diagnostic: Diagnostic, root: Path) -> DiagnosticDocument:
    """A diagnostic for programs; the file is relative to the project where it can be."""
    file = diagnostic.file
    if file is not None and file.is_relative_to(root):
        file = file.relative_to(root)
    spot = diagnostic.spot
    return DiagnosticDocument(
        severity=diagnostic.severity,
        summary=diagnostic.summary,
        detail=diagnostic.detail,
        address=diagnostic.address,
        file=file.as_posix() if file else None,
        line=spot.line if spot else None,
        column=spot.column if spot else None,
    )


def change_document(change: Change) -> ChangeDocument:
    """One change for programs."""
    return ChangeDocument(
        shot=change.shot,
        take=change.take,
        action=change.action,
        reasons=tuple(str(reason) for reason in change.reasons),
        provider=change.provider,
        model=change.model,
        fingerprint=change.fingerprint,
        prior_fingerprint=change.prior_fingerprint,
        continues=_continued(change),
        cost_usd=change.cost,
        diff=diff_documents(change.diff),
        moved_from=change.moved_from,
    )


def _continued(change: Change) -> ContinuedDocument | None:
    if (one := change.continues) is None:
        return None
    return ContinuedDocument(shot=one.shot, use=one.use, clip=one.clip, stale=change.stale_upstream)


def diff_documents(fields: Iterable[FieldDiff]) -> tuple[DiffDocument, ...]:
    """Differing fields for programs."""
    return tuple(
        DiffDocument(path=d.path, before=d.before, after=d.after, after_unknown=d.after_unknown)
        for d in fields
    )


def summary_document(plan: Plan) -> SummaryDocument:
    """Counts by action."""
    return SummaryDocument(**{action.value: plan.counts[action] for action in Action})


def cost_document(plan: Plan) -> CostDocument:
    """The estimate."""
    return CostDocument(usd=plan.cost, unpriced=plan.unpriced, seconds=plan.seconds)


def reel_document(reel: ReelChange) -> ReelDocument:
    """One reel for programs."""
    return ReelDocument(reel=reel.reel, action=reel.action, stand_ins=reel.stand_ins, left_out=reel.left_out)


def plan_document(
    plan: Plan, diagnostics: Iterable[Diagnostic], root: Path, version: str, *, everything: bool = False
) -> PlanDocument:
    """A whole plan for programs."""
    return PlanDocument(
        seedgen_version=version,
        project=plan.project,
        profile=plan.profile,
        plan_id=plan.plan_id,
        lock_serial=plan.lock_serial,
        summary=summary_document(plan),
        estimated_cost=cost_document(plan),
        changes=tuple(change_document(c) for c in (plan.takes if everything else plan.changes)),
        unpicked=unpicked_documents(plan),
        reels=tuple(reel_document(reel) for reel in plan.reels),
        diagnostics=tuple(diagnostic_document(d, root) for d in diagnostics),
    )


def unpicked_documents(plan: Plan) -> tuple[PickDocument, ...]:
    """The picks that are lost."""
    return tuple(PickDocument(shot=shot, take=take) for shot, take in plan.unpicked)


def plan_json(document: PlanDocument) -> str:
    """The document as JSON, two spaces deep."""
    value = document.model_dump(mode="json", by_alias=True)
    for change in value["changes"]:
        drop_empty(change)
    return harmless_json(json.dumps(value, indent=2, ensure_ascii=False)) + "\n"


def drop_empty(change: dict[str, Any]) -> None:
    """Only a move has `from`, only a shot with `from_shot` has `continues`."""
    for name in ("from", "continues"):
        if change[name] is None:
            del change[name]
    for field in change["diff"]:
        if not field["after_unknown"]:
            del field["after_unknown"]
