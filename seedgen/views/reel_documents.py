"""Reels for programs: `seedgen reel --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from seedgen.ports import events
from seedgen.views.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class LoudnessDocument(Document):
    """How loud a reel is where that is not what was asked for, in LUFS."""

    asked: float
    reached: float
    by_peaks: bool = Field(description="Its peaks allow no more; else it is too quiet to be lifted further.")


class AssembledDocument(Document):
    """One reel that was asked for."""

    reel: str
    path: str | None = Field(description="From the project's folder; null: it has no shots to show.")
    frames: int
    rate: str = Field(description="Frames per second as 24/1.")
    changed: bool = Field(description="False: it stood there already.")
    segments: int
    encoded: int = Field(description="Those of `segments` that were not in the cache.")
    stand_ins: tuple[str, ...] = Field(description="Shots without a clip that are shown all the same.")
    left_out: tuple[str, ...] = Field(description="Shots without a clip that are not shown.")
    loudness: LoudnessDocument | None = Field(
        description="Null: as asked for, nothing was asked for, or it stood there already."
    )


class PageDocument(Document):
    """What stands beside the reels: contact sheet and storyboard."""

    path: str
    changed: bool


class ReelsDocument(Document):
    """What `seedgen reel --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    project: str
    profile: str | None
    reels: tuple[AssembledDocument, ...]
    pages: tuple[PageDocument, ...]


def reels_document(
    told: Iterable[events.Event], project: str, profile: str | None, root: Path, version: str
) -> ReelsDocument:
    """What an assembly told, as a whole."""
    reels, pages = [], []
    for event in told:
        if isinstance(event, events.ReelAssembled):
            reels.append(_reel(event, root))
        elif isinstance(event, events.SheetDrawn | events.PageWritten):
            pages.append(PageDocument(path=event.path.relative_to(root).as_posix(), changed=event.changed))
    return ReelsDocument(
        seedgen_version=version, project=project, profile=profile, reels=tuple(reels), pages=tuple(pages)
    )


def _reel(event: events.ReelAssembled, root: Path) -> AssembledDocument:
    missed = event.missed
    return AssembledDocument(
        reel=event.reel,
        path=event.path.relative_to(root).as_posix() if event.segments else None,
        frames=event.frames,
        rate=event.rate,
        changed=event.changed,
        segments=event.segments,
        encoded=event.encoded,
        stand_ins=event.stand_ins,
        left_out=event.left_out,
        loudness=LoudnessDocument(
            asked=float(missed.asked), reached=float(missed.reached), by_peaks=missed.by_peaks
        )
        if missed
        else None,
    )
