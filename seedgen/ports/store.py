"""Port to what is kept on disk: clips, takes, the lock and the journal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from seedgen.digest import Fingerprint  # noqa: TC001  the journal reads entries by their annotations

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from seedgen.digest import Digest
    from seedgen.planning.lock import Lock, Take


class Objects(Protocol):
    """Clips by digest. Written once, read-only, never deleted here."""

    def present(self, digests: Collection[Digest]) -> set[Digest]:
        """Those that are there."""

    def path(self, digest: Digest) -> Path:
        """Where a clip is. Raises ObjectMissing."""

    def verify(self, digest: Digest) -> None:
        """Read a clip whole and compare. Raises ObjectMissing, ObjectCorrupt."""

    def adopt(self, file: Path) -> Digest:
        """Keep a file that stands in `scratch()`; it is renamed, not copied."""

    def scratch(self) -> AbstractContextManager[Path]:
        """A folder in the same file system for files on their way in; removed afterwards."""


class Takes(Protocol):
    """Takes by fingerprint: the action cache."""

    def find(self, fingerprints: Collection[Fingerprint]) -> Mapping[Fingerprint, Take]:
        """The takes recorded for some requests."""

    def record(self, take: Take) -> None:
        """Remember a take under its fingerprint."""


class LockFile(Protocol):
    """seedgen.lock"""

    def read(self) -> Lock:
        """The lock; an empty one when there is no file. Raises LockUnreadable."""

    def write(self, lock: Lock) -> None:
        """Replace the file atomically, unless it has these bytes already."""


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes that the cache takes, and that are free beside it."""

    objects: int
    segments: int
    free: int


class Stage(StrEnum):
    """How far a job has come, as the journal knows it."""

    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    DOWNLOADED = "downloaded"
    RECORDED = "recorded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A job: for which request, at whom, and how far. `digest` is known once it is downloaded."""

    fingerprint: Fingerprint
    provider: str
    model: str
    stage: Stage
    shot: str
    take: int
    job_id: str = ""
    digest: str = ""
    message: str = ""


OPEN_STAGES = frozenset({Stage.SUBMITTING, Stage.SUBMITTED, Stage.SUCCEEDED, Stage.DOWNLOADED})


class Journal(Protocol):
    """The durable record of jobs, shared by everybody who shares the cache."""

    def open_entries(self, fingerprints: Collection[Fingerprint]) -> Mapping[Fingerprint, JournalEntry]:
        """Entries that are begun and not finished."""

    def write(self, entry: JournalEntry) -> None:
        """Record an entry durably: when this returns it survives a power cut."""

    def claim(self, fingerprint: Fingerprint) -> AbstractContextManager[bool]:
        """Try to be the one process that works on a request; False when another living one is.

        The kernel ends the claim when the process dies.
        """
