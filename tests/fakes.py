"""Fakes at the ports: written once, used by every test that does not need the real thing."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from seedgen.digest import digest_bytes, digest_file
from seedgen.geometry import Size
from seedgen.planning.lock import Lock
from seedgen.ports.media import ClipInfo
from seedgen.ports.provider import JobState, JobStatus, Listing
from seedgen.ports.store import STANDING_STAGES
from seedgen.project.media import FileIdentity, MediaFacts, MediaType
from seedgen.timing import Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from seedgen.digest import Digest, Fingerprint
    from seedgen.planning.lock import Take
    from seedgen.ports.provider import OnProgress, Submission, Window
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
        self.accepted: dict[tuple[str, Fingerprint], Take] = {}
        self.clips: set[str] = set()
        self.lookups = 0
        for take in takes:
            self.have(take)

    def have(self, take: Take) -> None:
        """Have a take and its clip."""
        self.takes[take.fingerprint] = take
        self.clips.add(take.digest)

    def find(self, fingerprints: Collection[Fingerprint]) -> Mapping[Fingerprint, Take]:
        """The takes recorded for some requests."""
        self.lookups += 1
        return {key: self.takes[key] for key in fingerprints if key in self.takes}

    def find_accepted(
        self, wanted: Collection[tuple[str, Fingerprint]]
    ) -> Mapping[tuple[str, Fingerprint], Take]:
        """The takes that were accepted for requests of some shots."""
        return {one: self.accepted[one] for one in wanted if one in self.accepted}

    def present(self, digests: Collection[Digest]) -> set[Digest]:
        """The clips that are there."""
        return {digest for digest in digests if digest in self.clips}


@dataclass(frozen=True)
class Fate:
    """What becomes of one job at a FakeProvider: where it goes wrong, or what it costs.

    The first submits meet `refusals`, one each; those after them go well, or meet `on_submit`. It ends
    only when a job of the prompt `waits_for` was submitted; with `at_once` it does not wait for others.
    """

    refusals: tuple[Exception, ...] = ()
    on_submit: Exception | None = None
    on_wait: Exception | None = None
    on_fetch: Exception | None = None
    state: JobState = JobState.SUCCEEDED
    message: str = ""
    cost: Decimal | None = None
    moderated: bool = False
    waits_for: str = ""
    at_once: bool = False


class FakeProvider:
    """A service in memory. Jobs end as `fates` say, by prompt; those it does not name end well.

    With `meet` no job ends before so many run at once, so that a test is told how many may. With
    `hold` none ends before `let_go` is set. `story` is told what happens, in order. `jobs` are known to
    the service from before, by id; `listed` is what it lists by prompt, unless `unlisted` is raised.
    `others` are jobs that were asked for something else than anybody here wants. `sent` are the media
    of each prompt. With `same_clips` the same request always gives the same clip.
    """

    def __init__(
        self,
        fates: Mapping[str, Fate] | None = None,
        *,
        survives: bool = True,
        meet: int = 0,
        bill_after: int = 0,
        hold: bool = False,
        story: list[str] | None = None,
        jobs: Mapping[str, str] | None = None,
        same_clips: bool = False,
    ) -> None:
        self.survives = survives
        self.sent: dict[str, list[Any]] = {}
        self.ended_well: list[str] = []
        self._same_clips = same_clips
        self._takes: dict[str, int] = {}
        self._came = asyncio.Event()
        self.story = [] if story is None else story
        self.submitted: list[str] = []
        self.running = 0
        self.peak = 0
        self.closed = False
        self.let_go = asyncio.Event()
        self.busy = asyncio.Event()
        self._fates = dict(fates or {})
        self._meet = meet
        self._bill_after = bill_after
        self._billing = asyncio.Event()
        self._hold = hold
        self._jobs: dict[str, str] = dict(jobs or {})
        self.listed: dict[str, Listing] = {}
        self.unlisted: Exception | None = None
        self.others: set[str] = set()

    def know(self, job_id: str, prompt: str) -> None:
        """Have a job from before."""
        self._jobs[job_id] = prompt

    def forgive(self) -> None:
        """From now on all goes well."""
        self._fates = {}

    def _fate(self, job_id: str) -> Fate:
        return self._fates.get(self._jobs[job_id], Fate())

    async def prepare(self, submission: Submission) -> Submission:
        """Nothing to upload."""
        return submission

    async def find(self, submission: Submission, window: Window) -> Listing:
        """What `listed` says of this prompt."""
        if self.unlisted is not None:
            raise self.unlisted
        return self.listed.get(submission.request.prompt, Listing((), complete=False))

    async def made_for(self, job_id: str, submission: Submission) -> bool:
        """True, but for `others`."""
        return job_id not in self.others

    async def status(self, job_id: str) -> JobStatus:
        """As the job's fate says."""
        fate = self._fate(job_id)
        return JobStatus(job_id, fate.state, fate.cost, fate.message)

    async def submit(self, submission: Submission) -> str:
        """Accept a request, or fail as its fate says."""
        prompt = submission.request.prompt
        job_id = f"job-{len(self.submitted) + 1}"
        self.submitted.append(prompt)
        if len(self.submitted) >= self._bill_after:
            self._billing.set()
        self.story.append(f"submit {prompt}")
        self._jobs[job_id] = prompt
        self._takes[job_id] = submission.request.take
        self.sent[prompt] = list(submission.media)
        self._came.set()
        self._came = asyncio.Event()
        fate = self._fate(job_id)
        before = self.submitted.count(prompt) - 1
        if error := fate.refusals[before] if before < len(fate.refusals) else fate.on_submit:
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
            while (other := self._fate(job_id).waits_for) and other not in self.submitted:
                await self._came.wait()
            if not self._fate(job_id).at_once:
                await (self.let_go if self._hold else self.busy).wait()
        finally:
            self.running -= 1
        fate = self._fate(job_id)
        if fate.on_wait is not None:
            raise fate.on_wait
        return JobStatus(job_id, fate.state, fate.cost, fate.message, fate.moderated)

    async def bill(self, status: JobStatus) -> Decimal | None:
        """As the job's status said, when there were `bill_after` submits."""
        if self._bill_after:
            await self._billing.wait()
        return status.cost

    async def fetch(self, job_id: str, out: Path) -> Digest:
        """Write bytes that differ from job to job."""
        if error := self._fate(job_id).on_fetch:
            raise error
        clip = f"clip of {job_id} for {self._jobs[job_id]}".encode()
        if self._same_clips:
            take = self._takes.get(job_id, 1)
            clip = f"clip for {self._jobs[job_id]}{f' {take}' if take > 1 else ''}".encode()
        self.ended_well.append(job_id)
        out.write_bytes(clip)  # noqa: ASYNC240
        return digest_bytes(clip)

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


class FakeFrames:
    """The last frame of a clip is a text that names its bytes."""

    recipe = "fake"
    taken = 0

    def last_frame(self, clip: Path, out: Path) -> None:
        """Write it, and count."""
        self.taken += 1
        out.write_bytes(b"the last frame of " + clip.read_bytes())


class FakeTakes(FakeCache):
    """A cache that takes can be recorded in."""

    def record(self, take: Take) -> None:
        """Remember a take under its fingerprint."""
        self.have(take)

    async def keep(self, take: Take) -> None:
        """As `record`."""
        self.have(take)


class FakeJournal:
    """Keeps every entry that was written, and tells `story` of each. `taken` claims belong to others."""

    def __init__(self, story: list[str] | None = None) -> None:
        self.story = [] if story is None else story
        self.written: list[JournalEntry] = []
        self.taken: set[str] = set()
        self.on_write: Callable[[], None] = lambda: None

    def last(self, shot: str) -> JournalEntry:
        """The newest entry of a shot."""
        return next(entry for entry in reversed(self.written) if entry.shot == shot)

    def _newest(self) -> dict[Fingerprint, JournalEntry]:
        return {entry.fingerprint: entry for entry in self.written}

    def standing(self) -> Mapping[Fingerprint, JournalEntry]:
        """Open entries and rejections."""
        return {key: entry for key, entry in self._newest().items() if entry.stage in STANDING_STAGES}

    def find(self, fingerprint: Fingerprint) -> JournalEntry | None:
        """The standing entry of a request."""
        return self.standing().get(fingerprint)

    def attempts(self, fingerprint: Fingerprint) -> int:
        """How many submits of a request were written."""
        entry = self._newest().get(fingerprint)
        return entry.attempt if entry else 0

    def entries(self) -> Iterator[JournalEntry]:
        """The newest state of every attempt."""
        yield from {(entry.fingerprint, entry.attempt): entry for entry in self.written}.values()

    def write(self, entry: JournalEntry) -> None:
        """Keep an entry."""
        self.written.append(entry)
        self.story.append(f"journal {entry.stage} {entry.shot}")
        self.on_write()

    async def record(self, entry: JournalEntry) -> None:
        """As `write`."""
        self.write(entry)

    @contextlib.contextmanager
    def claim(self, name: str) -> Iterator[bool]:
        """Whether it is free; it is taken while the block lasts."""
        if name in self.taken:
            yield False
            return
        self.taken.add(name)
        try:
            yield True
        finally:
            self.taken.remove(name)


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
