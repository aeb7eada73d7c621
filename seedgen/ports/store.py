"""Port to what is kept on disk: clips, takes, the lock and the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Protocol

from pydantic import AwareDatetime, Field

from seedgen.digest import Fingerprint  # noqa: TC001  the journal reads entries by their annotations
from seedgen.planning.lock import Dollars  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
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

    def adopt(self, file: Path, digest: Digest | None = None) -> Digest:
        """Keep a file that stands in `scratch()`; it is renamed, not copied.

        `digest` is that of its bytes where it is known already.
        """

    def scratch(self) -> AbstractContextManager[Path]:
        """A folder in the same file system for files on their way in; removed afterwards."""


class Frames(Protocol):
    """Pictures taken out of clips, by the clip's digest. They can always be made again."""

    def find(self, clip: Digest, use: str, recipe: str) -> Path | None:
        """A picture that was taken before."""

    def making(self, clip: Digest, use: str, recipe: str) -> AbstractContextManager[Path]:
        """A file to write to; it is moved into place, whole, when the block ends well."""


class Takes(Protocol):
    """Takes by fingerprint: the action cache."""

    def find(self, fingerprints: Collection[Fingerprint]) -> Mapping[Fingerprint, Take]:
        """The takes recorded for some requests."""

    def record(self, take: Take) -> None:
        """Remember a take under its fingerprint, durably."""

    async def keep(self, take: Take) -> None:
        """As `record`, while other jobs go on."""


class LockFile(Protocol):
    """seedgen.lock"""

    def read(self) -> Lock:
        """The lock; an empty one when there is no file. Raises LockUnreadable."""

    def write(self, lock: Lock) -> None:
        """Replace the file atomically, unless it has these bytes already."""


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes that the cache takes, that are free beside it, and that the outputs in `build/` take."""

    objects: int
    segments: int
    free: int
    build: int = 0


@dataclass(frozen=True, slots=True)
class Running:
    """Who applies in a project, or assembles its reels, and since when."""

    pid: int
    host: str
    since: datetime


class Stage(StrEnum):
    """How far a job has come, as the journal knows it.

    `submitting` is written before a submit leaves; who finds it and no living process that owns it
    knows no more than of `ambiguous`: it may or may not have been accepted.
    """

    SUBMITTING = "submitting"
    AMBIGUOUS = "ambiguous"
    SUBMITTED = "submitted"
    SUCCEEDED = "succeeded"
    DOWNLOADED = "downloaded"
    RECORDED = "recorded"
    FAILED = "failed"
    REJECTED = "rejected"


UNKNOWN_STAGES = frozenset({Stage.SUBMITTING, Stage.AMBIGUOUS})
FLYING_STAGES = frozenset({Stage.SUBMITTED, Stage.SUCCEEDED, Stage.DOWNLOADED})
OPEN_STAGES = UNKNOWN_STAGES | FLYING_STAGES
STANDING_STAGES = OPEN_STAGES | {Stage.REJECTED}
CLOSED_BY_HAND = "closed by hand: not billed"
"""The message of an entry that a person closed."""


Moment = Annotated[
    AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(3000, 1, 1, tzinfo=UTC))
]
"""A time of our days: others are written by nobody but a damaged disk, and cannot be reckoned with."""


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """A job: for which request, at whom, and how far.

    `first` is the fingerprint of the request's take 1: identical takes share it. `request` is its
    canonical JSON. `attempt` counts the submits of one request from 1; each has an entry of its own.
    `submitted_at` is when the submit was about to leave, in UTC. `project` and `profile` are those that
    it was submitted under, `apply` names the apply. `digest` is known once the clip is downloaded.
    `estimate_usd` was shown before, `cost_usd` is the bill, None while unknown.
    """

    fingerprint: Fingerprint
    provider: str
    model: str
    stage: Stage
    shot: str
    take: int
    first: str = ""
    request: dict[str, Any] | None = None
    attempt: int = 1
    project: str = ""
    profile: str = ""
    apply: str = ""
    submitted_at: Moment | None = None
    job_id: str = ""
    digest: str = ""
    message: str = ""
    estimate_usd: Dollars | None = None
    cost_usd: Dollars | None = None

    @property
    def closed_by_hand(self) -> bool:
        """Whether it is over by a person's word alone: the service may have billed it all the same."""
        return self.stage is Stage.FAILED and self.message == CLOSED_BY_HAND


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that a service holds for us: the address to give to the model, and until when."""

    url: str
    expires_at: AwareDatetime


class Uploads(Protocol):
    """What was uploaded where, so that a file goes up once while its link lives."""

    def find(self, service: str, digest: Digest) -> Upload | None:
        """The upload of a file's bytes at a service, dead ones included."""

    def note(self, service: str, digest: Digest, upload: Upload) -> None:
        """Remember an upload durably."""


class Journal(Protocol):
    """The durable record of jobs, shared by everybody who shares the cache."""

    def standing(self) -> Mapping[Fingerprint, JournalEntry]:
        """The entries that decide what may be submitted: open ones and rejections, by request.

        Raises StoreError when there is one that cannot be read: it may stand for money.
        """

    def find(self, fingerprint: Fingerprint) -> JournalEntry | None:
        """The standing entry of a request."""

    def attempts(self, fingerprint: Fingerprint) -> int:
        """How many submits of a request the journal knows."""

    def entries(self) -> Iterator[JournalEntry]:
        """Every entry of every attempt."""

    def write(self, entry: JournalEntry) -> None:
        """Record an entry durably: when this returns it survives a power cut.

        An entry of an earlier attempt at the same request is kept beside it.
        """

    async def record(self, entry: JournalEntry) -> None:
        """As `write`, while other jobs go on."""

    def claim(self, name: str) -> AbstractContextManager[bool]:
        """Try to be the one process that works on something; False when another living one is.

        A fingerprint claims a request. The kernel ends the claim when the process dies.
        """
