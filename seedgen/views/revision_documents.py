"""Two revisions for programs: `seedgen diff --json`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from seedgen.planning.comparison import Difference
from seedgen.planning.lock import IMPORTED, Hex64, Money
from seedgen.views.document import Document
from seedgen.views.documents import (
    DiagnosticDocument,
    DiffDocument,
    diagnostic_document,
    diff_documents,
)
from seedgen.views.paint import harmless_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from seedgen.planning.comparison import Comparison, ShotAt, ShotDifference
    from seedgen.project.diagnostics import Diagnostic
    from seedgen.store.blobs import Revision

Commit = Annotated[str, StringConstraints(pattern=r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")]


class RevisionDocument(Document):
    """One side. Both are null for the project as it lies in the work tree."""

    rev: str | None
    commit: Commit | None


class ClipDocument(Document):
    """The take that goes into reels, as the lock of one side has it."""

    take: int
    digest: Hex64
    fingerprint: Hex64 = Field(description="The request that the take was made for.")
    provider: str
    model: str
    frames: int
    rate: str
    cost_usd: Money | None = Field(description="USD; null when it is unknown.")
    cost_estimated: bool
    takes: int = Field(description="How many takes the lock has for the shot.")
    imported: bool
    accepted: bool = Field(description="A person took it for a request that changed since it was made.")
    current: bool = Field(description="Whether the lock's request is the declared one.")


class ShotDifferenceDocument(Document):
    """What differs about one shot. `before` and `after` are null where the lock has no clip for it."""

    shot: str
    action: Difference
    reasons: tuple[str, ...]
    renamed_from: str | None = Field(None, alias="from", description="The id that a renamed shot had.")
    fingerprint: Hex64 | None = Field(description="Of the request in the later version.")
    prior_fingerprint: Hex64 | None = Field(description="Of the request in the earlier version.")
    diff: tuple[DiffDocument, ...]
    before: ClipDocument | None
    after: ClipDocument | None


class DifferencesDocument(Document):
    """How many shots of each kind."""

    added: int
    removed: int
    renamed: int
    changed: int
    clip: int
    unchanged: int


class FreshDocument(Document):
    """The takes that only the later lock has. Imported and `unpriced` ones are not in `usd`."""

    takes: int
    imported: int
    usd: Money
    unpriced: int


class ComparisonDocument(Document):
    """What `seedgen diff --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    project: str
    profile: str | None
    before: RevisionDocument = Field(alias="from")
    after: RevisionDocument = Field(alias="to")
    summary: DifferencesDocument
    new_takes: FreshDocument
    changes: tuple[ShotDifferenceDocument, ...]
    diagnostics: tuple[DiagnosticDocument, ...]

    def text(self) -> str:
        """The document as JSON, two spaces deep; only a renamed shot has `from`."""
        value = self.model_dump(mode="json", by_alias=True)
        for change in value["changes"]:
            if change["from"] is None:
                del change["from"]
        return harmless_json(json.dumps(value, indent=2, ensure_ascii=False)) + "\n"


def comparison_document(
    found: Comparison,
    before: Revision | None,
    after: Revision | None,
    notes: Iterable[Diagnostic],
    *,
    project: str,
    profile: str | None,
    root: Path,
    version: str,
) -> ComparisonDocument:
    """A whole comparison for programs."""
    counts = found.counts
    return ComparisonDocument(
        seedgen_version=version,
        project=project,
        profile=profile,
        before=_revision(before),
        after=_revision(after),
        summary=DifferencesDocument(**{one.value: counts[one] for one in Difference}),
        new_takes=FreshDocument(
            takes=len(found.fresh),
            imported=len(found.fresh) - len(found.generated),
            usd=found.spent,
            unpriced=found.unpriced,
        ),
        changes=tuple(_shot(shot) for shot in found.differing),
        diagnostics=tuple(diagnostic_document(note, root) for note in notes),
    )


def _revision(side: Revision | None) -> RevisionDocument:
    return RevisionDocument(rev=side.name if side else None, commit=side.commit if side else None)


def _shot(shot: ShotDifference) -> ShotDifferenceDocument:
    return ShotDifferenceDocument(
        shot=shot.shot,
        action=shot.difference,
        reasons=tuple(str(reason) for reason in (*shot.reasons, *shot.clip_reasons)),
        renamed_from=shot.renamed_from,
        fingerprint=shot.after.shot.fingerprint if shot.after else None,
        prior_fingerprint=shot.before.shot.fingerprint if shot.before else None,
        diff=diff_documents(shot.diff),
        before=_clip(shot.before),
        after=_clip(shot.after),
    )


def _clip(at: ShotAt | None) -> ClipDocument | None:
    if at is None or at.locked is None or at.take is None:
        return None
    take = at.take
    return ClipDocument(
        take=take.take,
        digest=take.digest,
        fingerprint=take.fingerprint,
        provider=take.provider,
        model=take.model,
        frames=take.frames,
        rate=take.rate,
        cost_usd=take.cost_usd,
        cost_estimated=take.cost_estimated,
        takes=len(at.locked.takes),
        imported=take.job_id == IMPORTED,
        accepted=at.is_accepted,
        current=at.is_current,
    )
