"""Jobs as text: what is open, what the services say of it, and what to type next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seedgen.execution.doubt import Answer, Finding
from seedgen.execution.overview import State
from seedgen.execution.reconcile import resolve_remedy
from seedgen.views.paint import harmless
from seedgen.views.words import counted, dollars, lasted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from seedgen.errors import SeedgenError
    from seedgen.execution.overview import Listed
    from seedgen.planning.lock import Take
    from seedgen.ports.store import JournalEntry
    from seedgen.views.paint import Paint

NOTHING_OPEN = "No jobs are open: nothing is in flight, in doubt or refused.\n"
NOTHING_AT_ALL = "No jobs: nothing was ever submitted to a service from here.\n"
_PRINT = 8
_TWO_DAYS_S = 2 * 24 * 3600

WORDS = {
    State.SUBMITTING: "being submitted",
    State.IN_DOUBT: "in doubt",
    State.IN_FLIGHT: "in flight",
    State.FINISHED: "finished, not downloaded",
    State.DOWNLOADED: "downloaded, not recorded",
    State.REJECTED: "refused by moderation",
    State.RECORDED: "done",
    State.FAILED: "failed",
}


def asking_text(entries: Sequence[JournalEntry]) -> str:
    """What is about to be asked."""
    names = _line(", ".join(dict.fromkeys(entry.provider for entry in entries)))
    return f"Asking {names} about {counted(len(entries), 'submit')} whose answer was lost.\n"


def finding_text(answer: Answer, paint: Paint, shot: str = "") -> str:
    """What was found out about one of them; `shot` is what its shot is called now."""
    entry = answer.entry
    name = harmless(_name(shot or entry.shot, entry.take))
    match answer.finding:
        case Finding.IN_FLIGHT:
            what = f"job {entry.job_id}" if entry.job_id else answer.why
            return f"  {paint.green('✓')} {name}  found: {_line(what)}\n"
        case Finding.NOT_ACCEPTED:
            return f"  {paint.green('✓')} {name}  was not accepted; it may be submitted again\n"
        case Finding.ENDED:
            return f"  {paint.green('✓')} {name}  {_line(answer.why)}\n"
        case Finding.IN_DOUBT:
            remedy = resolve_remedy(replace(entry, shot=shot or entry.shot))
            why = f"{_line(answer.why)}\n      {harmless(remedy)}"
            return f"  {paint.red('!')} {name}  still in doubt: {why}\n"


# -- the list ----------------------------------------------------------------------------------------


def jobs_text(jobs: Sequence[Listed], now: datetime, paint: Paint, width: int) -> str:
    """Two lines a job, the first in columns; below what it says and what to type, where a person has to."""
    profiles = any(job.entry.profile for job in jobs)
    rows = [_row(job, now) for job in jobs]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for job, row in zip(jobs, rows, strict=True):
        mark, cells = (
            _mark(job.state, paint),
            [f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)],
        )
        lines.append(f"  {mark} {'  '.join(cells)}".rstrip())
        lines.append(_whose(job.entry, width, profiles=profiles))
        lines += [f"      {line}" for line in _below(job, jobs)]
    return "\n".join(lines) + "\n"


def _row(job: Listed, now: datetime) -> list[str]:
    entry = job.entry
    name = _line(_name(job.shot, entry.take))
    return [name, WORDS[job.state], _cost(entry), since(entry.submitted_at, now)]


def _whose(entry: JournalEntry, width: int, *, profiles: bool) -> str:
    """The job's id whole, for it is typed; of the model what there is room for."""
    job = f"job {_line(entry.job_id)}" if entry.job_id else "job unknown"
    if profiles:
        job += f"  profile {_line(entry.profile)}" if entry.profile else "  no profile"
    line = f"      {job}  {_line(f'{entry.provider} {entry.model}')}"
    return line if len(line) <= width else f"{line[: max(width - 1, len(job) + 6)]}…"


def since(then: datetime | None, now: datetime) -> str:
    """`3 min 05 s ago`, `2026-05-01 12:00 UTC` after two days."""
    if then is None:
        return "at an unknown time"
    seconds = max(0.0, (now - then).total_seconds())
    return f"{lasted(seconds)} ago" if seconds < _TWO_DAYS_S else f"{then:%Y-%m-%d %H:%M} UTC"


def _cost(entry: JournalEntry) -> str:
    if entry.closed_by_hand and entry.cost_usd is None:
        return "bill unverified"
    if entry.cost_usd is not None:
        return f"{dollars(entry.cost_usd)} billed"
    return "price unknown" if entry.estimate_usd is None else f"{dollars(entry.estimate_usd)} estimated"


def _mark(state: State, paint: Paint) -> str:
    if state in (State.IN_DOUBT, State.REJECTED):
        return paint.red("!")
    if state is State.FAILED:
        return paint.red("✗")
    return paint.green("✓") if state is State.RECORDED else paint.cyan(">")


def _below(job: Listed, among: Sequence[Listed]) -> Iterator[str]:
    service = _line(job.entry.provider)
    if job.entry.message:
        yield _line(job.entry.message)
    if job.said is not None:
        bill = f", {dollars(job.said.cost)}" if job.said.cost is not None else ""
        more = f": {_line(job.said.message)}" if job.said.message else ""
        yield f"{service} says: {job.said.state}{bill}{more}"
    elif job.why:
        yield f"{service} says nothing: {_line(job.why)}"
    command = harmless(way_out(job, among))
    if job.state is State.IN_DOUBT:
        yield f"`{command}` asks {service} again;"
        yield f"`{command} --job-id ID` or `{command} --not-billed` decides."
    elif command:
        yield f"Change the shot, or `{command}` lets the next apply submit it as it is."


def way_out(job: Listed, among: Sequence[Listed]) -> str:
    """The command for a job that waits for a person; empty for others. `among` are the jobs beside it."""
    if job.state is State.REJECTED:
        return f"seedgen retry {job.shot}"
    if job.state is not State.IN_DOUBT:
        return ""
    entry = job.entry
    rivals = [
        other.entry
        for other in among
        if other.shot == job.shot and other.state is State.IN_DOUBT and other.entry != entry
    ]
    words = ["seedgen jobs resolve", job.shot]
    words.append(f"--take {entry.take}")
    if any(rival.take == entry.take for rival in rivals):
        words.append(f"--fingerprint {entry.fingerprint[:_PRINT]}")
    return " ".join(words)


# -- decisions ---------------------------------------------------------------------------------------

COLLECTS = "      `seedgen apply` collects its clip.\n"
AGAIN = "      `seedgen apply` submits the shot again.\n"


def resolved_text(
    answer: Answer, job: Listed, among: Sequence[Listed], paint: Paint, *, kept: bool = False
) -> str:
    """What asking again came to, and what to type next. `among` are the jobs beside it.

    `kept` says that a person had given up what was found.
    """
    text = finding_text(answer, paint, job.shot)
    if answer.finding is Finding.IN_FLIGHT:
        if kept and answer.entry.job_id:
            text = (
                f"  {paint.green('✓')} {named(job)}  the service has it: job {_line(answer.entry.job_id)}; "
                "nothing will be submitted again\n"
            )
        return text + COLLECTS
    if answer.finding is not Finding.IN_DOUBT:
        return text + AGAIN
    command = harmless(way_out(job, among))
    for candidate in answer.candidates:
        text += f"      `{command} --job-id {_line(candidate)}`\n"
    return text


def adopted_text(job: Listed, entry: JournalEntry, checked: str, paint: Paint) -> str:
    """A person said which job it is; `checked` is what its service says of it."""
    name = named(job)
    return f"  {paint.green('✓')} {name}  has the job {_line(entry.job_id)} ({_line(checked)}).\n{COLLECTS}"


def given_up_text(job: Listed, paint: Paint, *, asked: bool) -> str:
    """A person said that it was not billed; `asked` says that its service knows of none."""
    who = _line(job.entry.provider)
    why = f"{who} was asked and has no such job" if asked else f"{who} was not asked, it may be paid twice"
    return f"  {paint.green('✓')} {named(job)}  is closed as not billed: {why}.\n{AGAIN}"


def cancelled_text(answer: Answer, shot: str, paint: Paint) -> str:
    """What the service said to a cancel."""
    entry = answer.entry
    name = harmless(_name(shot, entry.take))
    if answer.finding is Finding.ENDED:
        bill = "its bill is not known" if entry.cost_usd is None else f"billed {dollars(entry.cost_usd)}"
        return f"  {paint.green('✓')} {name}  {_line(answer.why)}; {bill}\n{AGAIN}"
    return f"  {paint.yellow('…')} {name}  {_line(answer.why)}; the next apply sees to it\n"


def failed_text(job: Listed, error: SeedgenError, paint: Paint) -> str:
    """What went wrong with one of several."""
    name = named(job)
    remedy = f"\n      {_line(error.remedy)}" if error.remedy else ""
    return f"  {paint.red('✗')} {name}  {_line(str(error))}{remedy}\n"


def named(job: Listed) -> str:
    """A job by its shot, and its take where it is not the first."""
    return harmless(_name(job.shot, job.entry.take))


def _name(shot: str, take: int) -> str:
    return shot if take == 1 else f"{shot} take {take}"


def _line(text: str) -> str:
    """Text from strangers on one line."""
    return " ".join(harmless(text).split())


def recovered_text(lost: Sequence[Take], found: Sequence[Take]) -> str:
    """What became of clips that the cache had lost."""
    names = ", ".join(dict.fromkeys(take.provider for take in lost))
    clips = counted(len(lost), "clip")
    text = f"{clips} of the lock not in the cache; {names} gave back {len(found)} at no cost.\n"
    if len(found) < len(lost):
        text += "  Has another machine the others? Share its cache with --cache-dir before you pay again.\n"
    return text
