"""Deciding: what becomes of a submit in doubt when a person says so, and what its service says to that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.app.desk import Desk
    from seedgen.app.docket import Docket
    from seedgen.cli.invocation import Invocation
    from seedgen.execution.doubt import Answer
    from seedgen.execution.overview import Listed

EXIT_LEFT = 1


def require_doubt(job: Listed, *, force: bool) -> None:
    """Raises UsageError for a job about which there is nothing to decide."""
    from seedgen.execution.overview import State

    if job.state is State.IN_DOUBT:
        return
    if job.state is State.REJECTED:
        raise UsageError(
            f"{job.shot} is not in doubt: moderation refused it",
            remedy=f"Change the shot, or `seedgen retry {job.shot}` and apply again.",
        )
    if not force:
        raise UsageError(
            f"{job.shot} is not in doubt: {_known_as(job)} is in flight and may be billed",
            remedy="`seedgen apply` collects its clip, "
            f"`seedgen jobs cancel {job.shot} --take {job.entry.take}` asks it to end. "
            "To forget it and what it costs all the same: --not-billed --force.",
        )


def _known_as(job: Listed) -> str:
    return f"its job {job.entry.job_id}" if job.entry.job_id else "its submit"


def ask(invocation: Invocation, desk: Desk, job: Listed, among: Sequence[Listed]) -> int:
    """Ask the service once more; 1 when it stays in doubt. `among` are the jobs beside it."""
    from seedgen.execution.doubt import Finding
    from seedgen.views.jobs import resolved_text

    answer = _asked(invocation, desk, job)
    invocation.say(resolved_text(answer, job, among, invocation.paint))
    return EXIT_LEFT if answer.finding is Finding.IN_DOUBT else 0


def _asked(invocation: Invocation, desk: Desk, job: Listed) -> Answer:
    import asyncio

    from seedgen.views.jobs import asking_text

    if desk.reachable(job.entry.provider):
        invocation.say(asking_text([job.entry]))
    (answer,) = asyncio.run(desk.ask_services([job.entry]))
    return answer


def adopt(invocation: Invocation, docket: Docket, job: Listed, job_id: str, *, force: bool) -> int:
    """A person says which job it is. Raises UsageError, JobLost, ProviderError."""
    import asyncio

    from seedgen.views.jobs import adopted_text

    checked = asyncio.run(docket.check(job, job_id, force=force))
    found = docket.adopt(job.entry, job_id)
    said = f"{job.entry.provider} says: {checked.state}" if checked else "unchecked: there is no key"
    invocation.say(adopted_text(job, found, said, invocation.paint))
    return 0


def give_up(invocation: Invocation, desk: Desk, docket: Docket, job: Listed, *, force: bool) -> int:
    """A person says that it was not billed. The service is asked before: what is closed is paid again.

    Raises UsageError unless it was asked and has none, or with `force`.
    """
    from seedgen.execution.doubt import Finding
    from seedgen.views.jobs import given_up_text, resolved_text, way_out

    entry, command = job.entry, way_out(job, docket.jobs_of(job.shot))
    if not force:
        answer = _asked(invocation, desk, job)
        if answer.finding is not Finding.IN_DOUBT:
            invocation.say(resolved_text(answer, job, [job], invocation.paint, kept=True))
            return 0
        _require_absent(job, answer, command)
        entry = answer.entry
    docket.give_up(entry)
    invocation.say(given_up_text(job, invocation.paint, asked=not force))
    return 0


def _require_absent(job: Listed, answer: Answer, command: str) -> None:
    """Raises UsageError unless the service was asked and has no job that may be it."""
    if answer.absent:
        return
    if answer.candidates:
        chosen = " or ".join(f"`{command} --job-id {one}`" for one in answer.candidates)
        raise UsageError(
            f"{job.shot} is not closed: {answer.why}",
            remedy=f"Say which it is: {chosen}. If it is none of them: `{command} --not-billed --force`.",
        )
    raise UsageError(
        f"{job.shot} is not closed: {answer.why}",
        remedy=f"Nobody has looked whether {job.entry.provider} has the job. If it has, it is paid twice "
        f"after `{command} --not-billed --force`.",
    )
