"""Importing: adopt a clip that exists already, from a file or from a job that was begun elsewhere."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from textwrap import shorten
from typing import TYPE_CHECKING

from seedgen.digest import digest_file
from seedgen.errors import JobLost, UsageError
from seedgen.execution.jobs import Job
from seedgen.execution.lanes import Lane
from seedgen.execution.reconcile import resolve_remedy, to_compare
from seedgen.execution.stopping import ended
from seedgen.planning.lock import IMPORTED, Take
from seedgen.ports.provider import ENDED, JobState
from seedgen.ports.store import OPEN_STAGES, UNKNOWN_STAGES, JournalEntry, Stage
from seedgen.project.models import LOCAL

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from seedgen.execution.jobs import Line, Workshop
    from seedgen.planning.request import Request
    from seedgen.ports.provider import JobStatus, Submission


_LONGEST_PROMPT, _WORDS_BEFORE = 160, 6


@dataclass(frozen=True, slots=True)
class Wanted:
    """For what a clip is adopted: one take of a shot as it is declared now.

    `estimate` is what the request would cost, in USD. With `anew` a clip that the take has is replaced.
    `prompt` is the request's as its provider is sent it. With `force` a job that was asked for something
    else is taken too. `accepted` is a take with a clip that the lock has for the request by a person's word.
    """

    shot: str
    take: int
    request: Request
    estimate: Decimal | None = None
    anew: bool = False
    prompt: str = ""
    force: bool = False
    accepted: Take | None = None


def import_file(file: Path, wanted: Wanted, shop: Workshop) -> Take:
    """Keep a copy of a file as the clip of a take. Its bytes may be any video that decodes.

    Raises UnreadableMedia, UsageError for a take that has a clip or a job, OSError.
    """
    info = shop.clips.check_decodes(file)
    fingerprint = wanted.request.fingerprint()
    with shop.journal.claim(fingerprint) as ours:
        _require_free(wanted, shop, ours=ours)
        copy = shop.scratch / "import.mp4"
        shutil.copyfile(file, copy)
        digest = digest_file(copy)
        held = _held(wanted, shop)
        if held is not None and held.digest == digest:
            return held
        _require_replaceable(wanted, held)
        shop.objects.adopt(copy, digest)
        take = Take(
            take=wanted.take,
            fingerprint=fingerprint,
            digest=digest,
            provider=wanted.request.provider,
            model=wanted.request.model,
            job_id=IMPORTED,
            cost_usd=None,
            cost_estimated=False,
            frames=info.frames,
            rate=str(info.rate),
        )
        shop.takes.record(take)
    return take


async def import_job(
    job_id: str, wanted: Wanted, line: Line, shop: Workshop, stopping: asyncio.Event
) -> Take | None:
    """Fetch what a service's job made, as the clip of a take; wait for it where it still runs.

    None when a stop left it in flight, for the next apply to collect. Raises UsageError, JobLost,
    ProviderError, MediaError, OSError.
    """
    held = _held(wanted, shop)
    if held is not None and held.job_id == job_id:
        return held
    _require_replaceable(wanted, held)
    _entry(job_id, wanted, shop)
    status = await known(job_id, line)
    if not wanted.force:
        await require_made_for(status, to_compare(wanted.request), line, _name(wanted), wanted.prompt)
    if status.state in ENDED and status.state is not JobState.SUCCEEDED:
        why = f": {status.message}" if status.message else ""
        raise UsageError(
            f"the job {job_id} has no clip, it ended as {status.state}{why}",
            remedy="Import another job, or a file.",
        )
    with shop.journal.claim(wanted.request.fingerprint()) as ours:
        _require_free(wanted, shop, ours=ours)
        entry = _entry(job_id, wanted, shop)
        shop.journal.write(entry)
    lane = Lane(entry.provider, 1, shop.tell, pace=line.pace)
    lane.join()
    work = asyncio.ensure_future(Job(line, lane, shop).collect(entry))
    if not await ended(work, stopping):
        return None
    return await work


async def known(job_id: str, line: Line) -> JobStatus:
    """What the service says of a job that a person named. Raises JobLost, ProviderError."""
    try:
        return await line.provider.status(job_id)
    except JobLost as error:
        why = "Check the id, and that the key is of the account that the job belongs to."
        raise JobLost(str(error), remedy=why) from error


async def require_made_for(
    status: JobStatus, submission: Submission, line: Line, name: str, prompt: str
) -> None:
    """Check that a job was asked for what a shot asks for. `prompt` is the shot's, as it is sent.

    Raises UsageError that shows both prompts, JobLost, ProviderError.
    """
    if await line.provider.made_for(status.job_id, submission):
        return
    what = "its parameters or references differ"
    if status.prompt and status.prompt.split() != prompt.split():
        its, ours = _apart(status.prompt, prompt)
        what = f"its prompt is “{its}”, that of the shot is “{ours}”"
    raise UsageError(
        f"the job {status.job_id} was asked for something else than {name}: {what}",
        remedy="Check the id. To take its clip all the same, add --force.",
    )


def _apart(one: str, other: str) -> tuple[str, str]:
    """Two prompts that differ, cut to where they do."""
    left, right = one.split(), other.split()
    same = next((n for n, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]), None)
    start = max(0, (min(len(left), len(right)) if same is None else same) - _WORDS_BEFORE)
    its, ours = (
        shorten(" ".join(words[start:]), _LONGEST_PROMPT, placeholder=" …") for words in (left, right)
    )
    return (f"… {its}", f"… {ours}") if start else (its, ours)


def _entry(job_id: str, wanted: Wanted, shop: Workshop) -> JournalEntry:
    """The entry of a job that nobody here submitted. Raises UsageError when it is another entry's."""
    fingerprint = wanted.request.fingerprint()
    attempt = shop.journal.attempts(fingerprint) + 1
    for other in shop.journal.entries():
        if (other.provider, other.job_id) != (wanted.request.provider, job_id):
            continue
        if other.fingerprint != fingerprint:
            raise UsageError(
                f"the job {job_id} belongs to shot {other.shot}, take {other.take}",
                remedy="`seedgen jobs list --all` shows it. To use its clip here too, import the file.",
            )
        attempt = other.attempt  # closed by hand, or its clip was lost: it is the same job, paid once
    return JournalEntry(
        fingerprint=fingerprint,
        first=wanted.request.numbered(1).fingerprint(),
        request=wanted.request.canonical(),
        attempt=attempt,
        provider=wanted.request.provider,
        model=wanted.request.model,
        stage=Stage.SUBMITTED,
        shot=wanted.shot,
        take=wanted.take,
        project=shop.project,
        profile=shop.profile,
        apply=shop.apply,
        submitted_at=datetime.now(UTC),
        job_id=job_id,
        estimate_usd=wanted.estimate,
    )


def _require_free(wanted: Wanted, shop: Workshop, *, ours: bool) -> None:
    """Raises UsageError when the take has an open job: what that makes would be lost."""
    if not ours:
        raise UsageError(f"{wanted.shot}: somebody works on this take", remedy="Wait for the apply to end.")
    entry = shop.journal.find(wanted.request.fingerprint())
    if entry is None or entry.stage not in OPEN_STAGES:
        return
    if entry.provider == LOCAL:
        # What a local render left behind cost nothing, and would come in place of the import.
        shop.journal.write(replace(entry, stage=Stage.FAILED, message="a clip was imported instead"))
        return
    if entry.stage in UNKNOWN_STAGES:
        raise UsageError(f"{wanted.shot} has a submit in doubt", remedy=resolve_remedy(entry))
    raise UsageError(
        f"{wanted.shot} has a job in flight: {entry.job_id}",
        remedy=f"`seedgen apply` collects its clip. To end it first: "
        f"`seedgen jobs cancel {wanted.shot} --take {wanted.take}`.",
    )


def _held(wanted: Wanted, shop: Workshop) -> Take | None:
    """The take that there is for this very request, as far as its clip is there."""
    if wanted.accepted is not None:
        return wanted.accepted
    fingerprint = wanted.request.fingerprint()
    take = shop.takes.find([fingerprint]).get(fingerprint)
    return take if take is not None and shop.objects.present([take.clip]) else None


def _require_replaceable(wanted: Wanted, held: Take | None) -> None:
    if held is not None and not wanted.anew:
        raise UsageError(
            f"{_name(wanted)} has a clip for this very request already",
            remedy="Put the import in its place with --replace, or declare another take and use --take.",
        )


def _name(wanted: Wanted) -> str:
    return wanted.shot if wanted.take == 1 else f"{wanted.shot} take {wanted.take}"
