"""Reconcile: find out from a service's listing what became of a submit whose answer was lost."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.errors import ProviderError
from seedgen.planning.request import Request
from seedgen.ports.provider import Submission, Window
from seedgen.ports.store import UNKNOWN_STAGES, JournalEntry, Stage

if TYPE_CHECKING:
    from seedgen.ports.provider import Listing, Provider
    from seedgen.ports.store import Journal

GRACE_S = 30.0
"""How long a service may take to list a job that it has accepted."""
_ASK_EVERY_S = 5.0
_CLOCKS_APART = timedelta(minutes=2)
_LEFT_WITHIN = timedelta(minutes=5)
"""A submit reaches the service this long after it was journalled, at the latest."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a submit: the adopted entry, certainly nothing, or neither.

    `why` says in the last case what stands in the way; `candidates` are the jobs that match all the same,
    and `absent` says that the listing was read and none does.
    """

    adopted: JournalEntry | None = None
    not_accepted: bool = False
    why: str = ""
    candidates: tuple[str, ...] = ()
    absent: bool = False


async def reconcile(
    entry: JournalEntry, submission: Submission, provider: Provider, journal: Journal, *, pace: float = 1.0
) -> Verdict:
    """Ask until the service has had time to list the job.

    A job is adopted when it matches in all that can be compared, belongs to no other entry, and there
    are exactly as many such jobs as identical takes in doubt. Whoever calls has claimed the request.
    """
    while True:
        settled, sure = _past_grace(entry, pace), False
        with journal.claim(f"reconcile-{entry.provider}") as ours:
            if ours:
                try:
                    listing = await provider.find(submission, _window(entry))
                except ProviderError as error:
                    return Verdict(why=f"{error}")
                verdict, sure = _judge(entry, listing, journal, settled=settled)
                if sure or settled:
                    return verdict
        await asyncio.sleep(_ASK_EVERY_S * pace)


def _judge(entry: JournalEntry, listing: Listing, journal: Journal, *, settled: bool) -> tuple[Verdict, bool]:
    """A verdict, and whether it is one to act on.

    The journal changes meanwhile: its writes come from threads and from other processes. So who is being
    sent is asked before who has which job: an identical take whose job is in the listing was then either
    on its way, or has its job in the journal by now. The other way round its job would look free.
    """
    twins, sending = _twins(entry, journal)
    if sending:
        return Verdict(why="another take of the same request is being submitted"), False
    known = {other.job_id for other in journal.entries()}
    free = [job_id for job_id in listing.job_ids if job_id not in known]
    if free and len(free) == twins:
        adopted = replace(entry, stage=Stage.SUBMITTED, job_id=free[0], message="")
        journal.write(adopted)
        return Verdict(adopted=adopted), True
    strange = tuple(job_id for job_id in listing.others if job_id not in known)
    if not free and strange:
        # This clock and the service's may differ: a job like it at another time may be the one.
        why = f"a job like it is there, begun at another time: {', '.join(strange[:4])}"
        return Verdict(why=why, candidates=strange), False
    if not free and listing.complete and settled:
        return Verdict(not_accepted=True), True
    if free:
        shown = ", ".join(free[:4]) + (" …" if len(free) > 4 else "")
        match = "1 job matches" if len(free) == 1 else f"{len(free)} jobs match"
        submits = "1 submit" if twins == 1 else f"{twins} submits"
        why = f"{match} {submits} in doubt: {shown}"
        return Verdict(why=why, candidates=tuple(free)), False
    return Verdict(why="no job there matches, but its listing may have gaps", absent=True), False


def _twins(entry: JournalEntry, journal: Journal) -> tuple[int, bool]:
    """How many identical takes are in doubt, this one included, and whether one is just being sent."""
    count = 1
    for other in journal.standing().values():
        same = (other.provider, other.first) == (entry.provider, entry.first)
        if other.fingerprint == entry.fingerprint or not same or other.stage not in UNKNOWN_STAGES:
            continue
        if other.job_id:
            continue
        with journal.claim(other.fingerprint) as abandoned:
            if other.stage is Stage.SUBMITTING and not abandoned:
                return count, True
        count += 1
    return count, False


def _past_grace(entry: JournalEntry, pace: float) -> bool:
    begun = entry.submitted_at
    return begun is None or datetime.now(UTC) - begun > timedelta(seconds=GRACE_S * pace)


def _window(entry: JournalEntry) -> Window:
    begun = entry.submitted_at or datetime.now(UTC)
    return Window(begun - _CLOCKS_APART, begun + _LEFT_WITHIN + _CLOCKS_APART)


def submission_of(entry: JournalEntry) -> Submission | None:
    """The submission that an entry stands for, as far as it can be told without its files.

    None when the entry does not say what was asked for.
    """
    try:
        return to_compare(Request.of_canonical(entry.request or {}))
    except (KeyError, ValueError, TypeError):
        return None


def to_compare(request: Request) -> Submission:
    """A submission of a request that nobody sends: it is compared with jobs.

    Media known by digest alone stand as a path by that name, which nobody opens.
    """
    names = [str(reference.id) for reference in request.references]
    media = tuple(name.removeprefix("url:") if name.startswith("url:") else Path(name) for name in names)
    return Submission(request, request.fingerprint(), media)


def resolve_remedy(entry: JournalEntry) -> str:
    """What a person types about a submit in doubt: as a rule an apply, which asks once more."""
    command = f"seedgen jobs resolve {entry.shot} --take {entry.take}"
    return (
        f"`seedgen apply` asks {entry.provider} again. If that does not help, look it up there, then run "
        f"`{command} --job-id ID`, or `{command} --not-billed` when it is not there."
    )
