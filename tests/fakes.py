"""Fakes at the ports: written once, used by every test that does not need the real thing."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from seedgen.digest import digest_file
from seedgen.geometry import Size
from seedgen.planning.lock import Lock
from seedgen.ports.media import ClipInfo
from seedgen.ports.provider import JobState, JobStatus
from seedgen.ports.store import OPEN_STAGES
from seedgen.project.media import FileIdentity, MediaFacts, MediaType
from seedgen.timing import Rate

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from pathlib import Path

    from seedgen.digest import Digest, Fingerprint
    from seedgen.planning.lock import Take
    from seedgen.ports.provider import OnProgress, Submission
    from seedgen.ports.store import JournalEntry

_BY_SUFFIX = {
    ".png": MediaFacts(MediaType.IMAGE, "png", 1000, 640, 360),
    ".mp4": MediaFacts(MediaType.VIDEO, "mp4", 1000, 640, 360, Decimal(4)),
    ".wav": MediaFacts(MediaType.AUDIO, "wav", 1000, seconds=Decimal(3)),
}


class FakeProbe:
    """Facts of media files told from their names; `asked` lists every file it was asked about."""

    def __init__(self, facts: Mapping[str, MediaFacts] | None = None) -> None:
        self._facts = dict(facts or {})
        self.asked: list[str] = []

    def __call__(self, path: Path) -> MediaFacts:
        """What is said of a file of this name, or of this ending."""
        self.asked.append(path.name)
        return self._facts.get(path.name) or _BY_SUFFIX[path.suffix]

    def identify(self, path: Path) -> FileIdentity:
        """Digest and facts, remembering nothing."""
        return FileIdentity(digest_file(path), self(path))


class FakeCache:
    """The takes and clips that a cache has; `lookups` counts how often it was asked for takes."""

    def __init__(self, *takes: Take) -> None:
        self.takes: dict[str, Take] = {}
        self.clips: set[str] = set()
        self.lookups = 0
        for take in takes:
            self.keep(take)

    def keep(self, take: Take) -> None:
        """Have a take and its clip."""
        self.takes[take.fingerprint] = take
        self.clips.add(take.digest)

    def find(self, fingerprints: Collection[Fingerprint]) -> Mapping[Fingerprint, Take]:
        """The takes recorded for some requests."""
        self.lookups += 1
        return {key: self.takes[key] for key in fingerprints if key in self.takes}

    def present(self, digests: Collection[Digest]) -> set[Digest]:
        """The clips that are there."""
        return {digest for digest in digests if digest in self.clips}


@dataclass(frozen=True)
class Fate:
    """What becomes of one job at a FakeProvider: where it goes wrong, or what it costs."""

    on_submit: Exception | None = None
    on_wait: Exception | None = None
    on_fetch: Exception | None = None
    state: JobState = JobState.SUCCEEDED
    message: str = ""
    cost: Decimal | None = None


class FakeProvider:
    """A service in memory. Jobs end as `fates` say, by prompt; those it does not name end well.

    With `meet` no job ends before so many run at once, so that a test is told how many may. With
    `hold` none ends before `let_go` is set. `story` is told what happens, in order.
    """

    def __init__(
        self,
        fates: Mapping[str, Fate] | None = None,
        *,
        survives: bool = True,
        meet: int = 0,
        hold: bool = False,
        story: list[str] | None = None,
    ) -> None:
        self.survives = survives
        self.story = [] if story is None else story
        self.submitted: list[str] = []
        self.running = 0
        self.peak = 0
        self.closed = False
        self.let_go = asyncio.Event()
        self.busy = asyncio.Event()
        self._fates = dict(fates or {})
        self._meet = meet
        self._hold = hold
        self._jobs: dict[str, str] = {}

    def _fate(self, job_id: str) -> Fate:
        return self._fates.get(self._jobs[job_id], Fate())

    async def submit(self, submission: Submission) -> str:
        """Accept a request, or fail as its fate says."""
        prompt = submission.request.prompt
        job_id = f"job-{len(self.submitted) + 1}"
        self.submitted.append(prompt)
        self.story.append(f"submit {prompt}")
        self._jobs[job_id] = prompt
        if error := self._fate(job_id).on_submit:
            raise error
        return job_id

    async def wait(self, job_id: str, progress: OnProgress) -> JobStatus:
        """End as the job's fate says."""
        self.running += 1
        self.peak = max(self.peak, self.running)
        try:
            if self.running >= self._meet:
                self.busy.set()
            progress(0.5)
            await (self.let_go if self._hold else self.busy).wait()
        finally:
            self.running -= 1
        fate = self._fate(job_id)
        if fate.on_wait is not None:
            raise fate.on_wait
        return JobStatus(job_id, fate.state, fate.cost, fate.message)

    async def fetch(self, job_id: str, out: Path) -> None:
        """Write bytes that differ from job to job."""
        if error := self._fate(job_id).on_fetch:
            raise error
        out.write_bytes(f"clip of {job_id} for {self._jobs[job_id]}".encode())  # noqa: ASYNC240

    async def cancel(self, job_id: str) -> None:
        """Nothing to do."""

    async def close(self) -> None:
        """Remember that it was closed."""
        self.closed = True


class FakeClips:
    """Every file is a clip of 24 frames at 24 a second."""

    def probe(self, path: Path) -> ClipInfo:
        """As said above."""
        return ClipInfo(Size(854, 480), Rate(24), 24, has_audio=False)

    def check_decodes(self, path: Path) -> ClipInfo:
        """As said above."""
        return self.probe(path)


class FakeTakes(FakeCache):
    """A cache that takes can be recorded in."""

    def record(self, take: Take) -> None:
        """Remember a take under its fingerprint."""
        self.keep(take)


class FakeJournal:
    """Keeps every entry that was written, and tells `story` of each. All claims are free but `taken`."""

    def __init__(self, story: list[str] | None = None) -> None:
        self.story = [] if story is None else story
        self.written: list[JournalEntry] = []
        self.taken: set[str] = set()

    def last(self, shot: str) -> JournalEntry:
        """The newest entry of a shot."""
        return next(entry for entry in reversed(self.written) if entry.shot == shot)

    def open_entries(self, fingerprints: Collection[Fingerprint]) -> Mapping[Fingerprint, JournalEntry]:
        """Entries that are begun and not finished."""
        newest = {entry.fingerprint: entry for entry in self.written}
        return {
            key: newest[key] for key in fingerprints if key in newest and newest[key].stage in OPEN_STAGES
        }

    def write(self, entry: JournalEntry) -> None:
        """Keep an entry."""
        self.written.append(entry)
        self.story.append(f"journal {entry.stage} {entry.shot}")

    @contextlib.contextmanager
    def claim(self, fingerprint: Fingerprint) -> Iterator[bool]:
        """Whether the request is free."""
        yield fingerprint not in self.taken


class FakeLockFile:
    """A lock in memory; `written` holds every lock that was written. `broken` says why it cannot be."""

    def __init__(self, lock: Lock | None = None, *, broken: OSError | None = None) -> None:
        self.lock = lock or Lock()
        self.written: list[Lock] = []
        self._broken = broken

    def read(self) -> Lock:
        """The lock as it stands."""
        return self.lock

    def write(self, lock: Lock) -> None:
        """Replace it."""
        if self._broken is not None:
            raise self._broken
        self.lock = lock
        self.written.append(lock)
