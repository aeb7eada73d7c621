"""Costs for programs: `seedgen costs --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from seedgen.execution.costs import By
from seedgen.planning.lock import Money
from seedgen.views.document import Document

if TYPE_CHECKING:
    from seedgen.execution.costs import Costs, Pending, Sum


class SumDocument(Document):
    """Money in USD. What is not known is counted, never taken for zero."""

    takes: int
    failed: int = Field(description="Failed attempts that were billed, or may have been.")
    seconds: float = Field(description="Of video, where known.")
    untimed: int = Field(description="Takes that are not in `seconds`.")
    estimated_usd: Money
    unestimated: int = Field(description="Takes and failed attempts that are not in `estimated_usd`.")
    actual_usd: Money = Field(description="As billed.")
    unbilled: int = Field(description="Takes and failed attempts whose bill is not known.")
    difference_usd: Money | None = Field(description="Billed less estimated; null where either is not known.")
    spent_usd: Money = Field(description="The bill, or the estimate where there is no bill.")
    unpriced: int = Field(description="Takes and failed attempts with neither: not in `spent_usd`.")


class GroupDocument(SumDocument):
    """One shot, apply, provider or profile. An empty name is an apply that the journal does not know, or no
    profile."""

    name: str


class PendingDocument(Document):
    """Jobs that may still be billed."""

    jobs: int
    estimated_usd: Money
    unpriced: int = Field(description="Jobs without an estimate: not in `estimated_usd`.")


class CostsDocument(Document):
    """What `seedgen costs --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    project: str
    by: By
    groups: tuple[GroupDocument, ...]
    total: SumDocument
    in_flight: PendingDocument
    in_doubt: PendingDocument
    by_hand: PendingDocument = Field(description="Closed by hand as not billed: nobody has verified it.")
    profiles: tuple[str, ...] = Field(description="Under which it was made; an empty one is none.")


def costs_document(costs: Costs, project: str, version: str) -> CostsDocument:
    """Costs for programs."""
    return CostsDocument(
        seedgen_version=version,
        project=project,
        by=costs.by,
        groups=tuple(GroupDocument(name=name, **_sum(group).model_dump()) for name, group in costs.groups),
        total=_sum(costs.total),
        in_flight=pending_document(costs.in_flight),
        in_doubt=pending_document(costs.in_doubt),
        by_hand=pending_document(costs.by_hand),
        profiles=costs.profiles,
    )


def _sum(group: Sum) -> SumDocument:
    return SumDocument(
        takes=group.takes,
        failed=group.failed,
        seconds=round(float(group.seconds), 3),
        untimed=group.untimed,
        estimated_usd=group.estimated,
        unestimated=group.unestimated,
        actual_usd=group.actual,
        unbilled=group.unbilled,
        difference_usd=group.difference,
        spent_usd=group.spent,
        unpriced=group.unpriced,
    )


def pending_document(pending: Pending) -> PendingDocument:
    """What may still be billed, for programs."""
    return PendingDocument(jobs=pending.jobs, estimated_usd=pending.estimated, unpriced=pending.unpriced)
