"""Decisions for programs: `seedgen pick --json` and `seedgen accept --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from seedgen.planning.accept import Refusal
from seedgen.views.document import Document
from seedgen.views.documents import DiffDocument, diff_documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seedgen.planning.accept import Acceptance
    from seedgen.planning.pick import Picked


class PickDocument(Document):
    """What `seedgen pick SHOT TAKE --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    project: str
    profile: str | None
    shot: str
    take: int = Field(description="The one that goes into reels now.")
    before: int | None = Field(description="The one that did before; null when there was none.")
    changed: bool = Field(description="Whether it is another one: else the lock was not written.")
    continued_by: tuple[str, ...] = Field(
        description="Shots that continue this one, and ask anew for a clip."
    )


class AcceptedDocument(Document):
    """What became of one shot."""

    shot: str
    accepted: bool
    refusal: Refusal | None = Field(description="Why its clips do not stand for the request; null: they do.")
    kept: tuple[int, ...] = Field(description="Takes that stand for the changed request now.")
    missing: tuple[int, ...] = Field(description="Takes that are declared and still to generate.")
    diff: tuple[DiffDocument, ...] = Field(description="How the request changed.")


class AcceptDocument(Document):
    """What `seedgen accept --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    project: str
    profile: str | None
    shots: tuple[AcceptedDocument, ...]


def pick_document(
    picked: Picked, following: Sequence[str], project: str, profile: str | None, version: str
) -> PickDocument:
    """Which take goes into reels now. `following` are the shots that continue it."""
    return PickDocument(
        seedgen_version=version,
        project=project,
        profile=profile,
        shot=picked.shot,
        take=picked.take,
        before=picked.before,
        changed=picked.changed,
        continued_by=tuple(following),
    )


def accept_document(
    done: Iterable[Acceptance], project: str, profile: str | None, version: str
) -> AcceptDocument:
    """What became of each shot that was to be accepted."""
    return AcceptDocument(
        seedgen_version=version,
        project=project,
        profile=profile,
        shots=tuple(
            AcceptedDocument(
                shot=one.shot,
                accepted=one.entry is not None,
                refusal=one.refusal,
                kept=one.kept,
                missing=one.missing,
                diff=diff_documents(one.diff),
            )
            for one in done
        ),
    )
