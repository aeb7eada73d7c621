"""Retention: which clips are kept, and why. What nobody can be shown to need may go. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from seedgen.execution.clips import KnownClip
    from seedgen.planning.lock import Take
    from seedgen.ports.store import JournalEntry

A_WEEK = timedelta(days=7)


class Keep(StrEnum):
    """Why a clip is kept; the first that holds is the one that is told."""

    LOCK = "lock"
    DECLARED = "declared"
    JOB = "job"
    OTHER_PROJECT = "other_project"
    HISTORY = "history"
    YOUNG = "young"


@dataclass(frozen=True, slots=True)
class Needs:
    """The digests of clips that are needed, by why. Other digests among them do no harm."""

    by: Mapping[Keep, Collection[str]] = field(default_factory=dict)

    def why(self, digest: str) -> Keep | None:
        """Why a clip is needed; None when it is not."""
        return next((keep for keep in Keep if digest in self.by.get(keep, ())), None)


@dataclass(frozen=True, slots=True)
class Terms:
    """How old has to be what goes: what can be made again for nothing, and what cannot. `now` is in seconds
    since 1970."""

    now: float
    free: timedelta = A_WEEK
    paid: timedelta = A_WEEK

    def old(self, written: float, *, free: bool) -> bool:
        """Whether something is old enough to go. What claims to come from the future is not."""
        return self.now - written >= (self.free if free else self.paid).total_seconds()


def kept(clips: Iterable[KnownClip], needs: Needs, terms: Terms) -> dict[str, Keep | None]:
    """By digest, why each clip is kept; None for what may go."""
    found: dict[str, Keep | None] = {}
    for clip in clips:
        why = needs.why(clip.digest)
        if why is None and not terms.old(clip.written, free=clip.origin.free):
            why = Keep.YOUNG
        found[clip.digest] = why
    return found


def of_others(entries: Iterable[JournalEntry], ours: Collection[str], takes: Iterable[Take]) -> set[str]:
    """The digests of clips that the journal says were made for other projects."""
    theirs = [entry for entry in entries if entry.project not in ours]
    requests = {entry.fingerprint for entry in theirs}
    return {entry.digest for entry in theirs if entry.digest} | {
        take.digest for take in takes if take.fingerprint in requests
    }
