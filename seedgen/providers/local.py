"""The local provider: renders a free animatic clip from a request, with no key and no network."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.digest import digest_file
from seedgen.errors import JobFailed, JobLost, MediaError
from seedgen.planning.frame import PLAIN, requested_size
from seedgen.planning.pricing import seconds_of
from seedgen.ports.media import AnimaticSpec
from seedgen.ports.provider import JobState, JobStatus, Listing
from seedgen.project.cards import neutral_tokens, wire_prompt
from seedgen.project.media import MediaType
from seedgen.timing import Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seedgen.digest import Digest
    from seedgen.planning.request import Request
    from seedgen.ports.media import AnimaticRenderer
    from seedgen.ports.provider import OnProgress, Submission, Window
    from seedgen.project.cards import ModelCard
    from seedgen.project.media import MediaFacts

RATE = Rate(24)
_WIDEST = Fraction(21, 9)
_CONTINUED = -1
"""The rank of what a shot goes on from: it is shown first."""


class _Job:
    """A render under way: its task, where it writes, and who watches."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.done = 0.0
        self.task: asyncio.Task[None] | None = None
        self.watchers: list[OnProgress] = []

    def report(self, part: float) -> None:
        self.done = part
        for watcher in self.watchers:
            watcher(part)


class LocalProvider:
    """Jobs are ffmpeg renders in this process; they end with it, and cost nothing to begin again.

    `facts` probes a picture, for `aspect_ratio: auto`. `scratch` is where clips wait to be fetched.
    """

    survives = False

    def __init__(
        self,
        renderer: AnimaticRenderer,
        card: ModelCard,
        facts: Callable[[Path], MediaFacts],
        scratch: Path,
    ) -> None:
        self._renderer = renderer
        self._card = card
        self._facts = facts
        self._scratch = scratch
        self._jobs: dict[str, _Job] = {}

    async def prepare(self, submission: Submission) -> Submission:
        """The submission as it is: files are at hand, and nothing is fetched."""
        return submission

    async def find(self, submission: Submission, window: Window) -> Listing:  # noqa: ARG002
        """None: a render ended with the process that began it."""
        return Listing((), complete=True)

    async def made_for(self, job_id: str, submission: Submission) -> bool:  # noqa: ARG002
        """Never: a render is of the process that began it, which knows what for."""
        return False

    async def status(self, job_id: str) -> JobStatus:
        """How far a render is. Raises JobLost."""
        task = self._job(job_id).task
        done = task is not None and task.done()
        return JobStatus(job_id, JobState.SUCCEEDED if done else JobState.RUNNING, cost=Decimal(0))

    async def submit(self, submission: Submission) -> str:
        """Start rendering. The job's id is made from the fingerprint."""
        job_id = f"local-{submission.fingerprint[:16]}"
        job = _Job(self._scratch / f"{job_id}.mp4")
        spec = self.spec(submission)
        job.task = asyncio.create_task(self._renderer.render(spec, job.out, job.report))
        self._jobs[job_id] = job
        return job_id

    async def wait(self, job_id: str, progress: OnProgress) -> JobStatus:
        """Until the render has ended. Raises JobFailed, JobLost."""
        job = self._job(job_id)
        job.watchers.append(progress)
        if job.task is None:
            raise JobLost(f"the local render {job_id} never began")
        try:
            await job.task
        except MediaError as error:
            raise JobFailed(str(error), remedy=error.remedy) from error
        return JobStatus(job_id, JobState.SUCCEEDED, cost=Decimal(0))

    async def bill(self, status: JobStatus) -> Decimal | None:
        """Nothing: a render is free."""
        return status.cost

    async def fetch(self, job_id: str, out: Path) -> Digest:
        """Move the rendered clip to `out`."""
        self._jobs.pop(job_id, None)
        (self._scratch / f"{job_id}.mp4").replace(out)
        return await asyncio.to_thread(digest_file, out)

    async def cancel(self, job_id: str) -> None:
        """Kill a render."""
        job = self._jobs.pop(job_id, None)
        if job is not None and job.task is not None:
            job.task.cancel()
            await asyncio.gather(job.task, return_exceptions=True)

    async def close(self) -> None:
        """Kill every render that is still under way."""
        for job_id in list(self._jobs):
            await self.cancel(job_id)

    async def stand_in(self, submission: Submission, out: Path, mark: str, caption: str) -> None:
        """Render a request of any model as an animatic, marked in a corner. Raises MediaError."""
        spec = replace(self.spec(submission), mark=mark, caption=caption)
        await self._renderer.render(spec, out, lambda _: None)

    def spec(self, submission: Submission) -> AnimaticSpec:
        """What to render for a request. References that are URLs are not shown: nothing is fetched.

        The caption has references by number, as the request has: a clip is named by its request, and that
        knows no names, so that the same clip serves whatever a reference set is called.
        """
        request = submission.request
        shown = _in_order_of_mention(request, submission.media)
        files = [(kind, path) for _, kind, path in shown]
        return AnimaticSpec(
            caption=wire_prompt(request.prompt, self._card),
            size=requested_size(request.parameters, self._first_ratio(files)),
            rate=RATE,
            frames=RATE.count(Fraction(seconds_of(request, self._card))),
            seed=submission.fingerprint,
            pictures=tuple((kind, path) for kind, path in files if kind is not MediaType.AUDIO),
            sounds=tuple(path for kind, path in files if kind is MediaType.AUDIO),
            tone=bool(request.parameters.get("generate_audio")),
            take=request.take,
            continues=any(rank == _CONTINUED for rank, _, _ in shown),
        )

    def _first_ratio(self, files: list[tuple[MediaType, Path]]) -> Fraction:
        for kind, path in files:
            if kind is not MediaType.AUDIO:
                facts = self._facts(path)
                if facts.width and facts.height:
                    return min(max(Fraction(facts.width, facts.height), 1 / _WIDEST), _WIDEST)
        return PLAIN

    def _job(self, job_id: str) -> _Job:
        try:
            return self._jobs[job_id]
        except KeyError:
            raise JobLost(f"the local render {job_id} ended with the process that began it") from None


def _in_order_of_mention(request: Request, media: Sequence[Path | str]) -> list[tuple[int, MediaType, Path]]:
    """The files of a request with their ranks: what it goes on from, those the prompt names, the rest."""
    mentioned = list(dict.fromkeys(neutral_tokens(request.prompt)))
    counted: dict[MediaType, int] = {}
    found: list[tuple[int, MediaType, Path]] = []
    for reference, location in zip(request.references, media, strict=True):
        number = counted[reference.type] = counted.get(reference.type, 0) + 1
        token = (reference.type, number)
        rank = mentioned.index(token) if token in mentioned else len(mentioned)
        if reference.is_derived:
            rank = _CONTINUED
        if isinstance(location, Path):
            found.append((rank, reference.type, location))
    return sorted(found, key=lambda item: item[0])
