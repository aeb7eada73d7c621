"""Event documents: what programs read of an apply, one JSON object a line."""

from __future__ import annotations

import json
from enum import StrEnum

from pydantic import Field

from seedgen.execution.outcome import LeftBecause
from seedgen.planning.lock import Hex64, Money
from seedgen.planning.plan import Action
from seedgen.views.document import Document
from seedgen.views.documents import (
    ChangeDocument,
    CostDocument,
    DiagnosticDocument,
    PickDocument,
    SummaryDocument,
    drop_empty,
)
from seedgen.views.paint import harmless_json


class EventType(StrEnum):
    """What an event tells."""

    VERSION = "version"
    PLANNED_CHANGE = "planned_change"
    CHANGE_SUMMARY = "change_summary"
    JOB_SUBMITTED = "job_submitted"
    JOB_RESUMED = "job_resumed"
    JOB_PROGRESS = "job_progress"
    JOB_SUCCEEDED = "job_succeeded"
    JOB_FAILED = "job_failed"
    SHOT_LEFT = "shot_left"
    TAKE_RECORDED = "take_recorded"
    REEL_PROGRESS = "reel_progress"
    REEL_ASSEMBLED = "reel_assembled"
    DIAGNOSTIC = "diagnostic"
    APPLY_COMPLETE = "apply_complete"


class EventDocument(Document):
    """One line of `seedgen apply --json`. Which further fields there are depends on `type`."""

    type: EventType
    ts: str = Field(description="When, as RFC 3339 in UTC.")
    message: str = Field(description="The event in a sentence.")
    seedgen_version: str | None = None
    change: ChangeDocument | None = None
    summary: SummaryDocument | None = None
    estimated_cost: CostDocument | None = None
    unpicked: tuple[PickDocument, ...] | None = Field(
        None, description="Takes that are picked, and no longer after the apply; only where there are any."
    )
    shot: str | None = None
    take: int | None = None
    upstream: str | None = Field(None, description="The shot whose clip is missing.")
    because: LeftBecause | None = Field(None, description="Why it is.")
    provider: str | None = None
    job_id: str | None = None
    in_flight: bool | None = Field(None, description="The job goes on; only its clip is not here yet.")
    part: float | None = Field(None, description="How much is done, 0 to 1.")
    action: Action | None = None
    digest: Hex64 | None = None
    frames: int | None = None
    rate: str | None = Field(None, description="Frames per second as 24/1.")
    cost_usd: Money | None = None
    reel: str | None = None
    path: str | None = Field(None, description="Relative to the project.")
    ready: int | None = None
    total: int | None = None
    encoded: int | None = None
    changed: bool | None = None
    stand_ins: tuple[str, ...] | None = None
    left_out: tuple[str, ...] | None = Field(None, description="Shots that the reel skips.")
    loudness_asked: float | None = Field(None, description="LUFS; only where the reel does not have it.")
    loudness_reached: float | None = Field(None, description="LUFS, where another was asked for.")
    diagnostic: DiagnosticDocument | None = None
    failed: int | None = None
    blocked: int | None = None
    untouched: int | None = Field(None, description="Takes left, as the shot before them has no clip.")
    done: int | None = None
    resumed: int | None = Field(None, description="Takes made by jobs of earlier applies.")
    reused: int | None = Field(None, description="Takes that were there, or made for another shot.")
    moved: int | None = Field(None, description="Takes whose shot has another id now.")
    removed: int | None = Field(None, description="Shots that left the lock.")
    unpriced: int | None = Field(None, description="Jobs of which nobody knows what they cost.")
    pending_usd: Money | None = Field(None, description="Estimate of what is in flight or in doubt.")
    left: int | None = Field(None, description="Jobs that go on and are collected by the next apply.")
    collected: int | None = Field(None, description="Clips fetched for requests declared no longer.")
    interrupted: bool | None = None

    def line(self) -> str:
        """The event as one line of JSON; its fields that do not apply are left out."""
        value = self.model_dump(mode="json", by_alias=True)
        value = {name: field for name, field in value.items() if field is not None}
        if "change" in value:
            drop_empty(value["change"])
        return harmless_json(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
