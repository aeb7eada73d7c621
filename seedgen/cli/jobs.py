"""`seedgen jobs list`, `seedgen jobs resolve` and `seedgen jobs cancel`"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.groups import ListByDefault
from seedgen.cli.options import complete_shots
from seedgen.errors import AuthError, SeedgenError, UsageError

if TYPE_CHECKING:
    from seedgen.app import Workspace
    from seedgen.app.desk import Desk
    from seedgen.app.docket import Docket
    from seedgen.cli.invocation import Invocation
    from seedgen.execution.overview import Listed

EXIT_LEFT = 1


def _docket(workspace: Workspace) -> Docket:
    from seedgen.app.docket import Docket

    return Docket(workspace, workspace.desk)


@click.group(
    cls=ListByDefault,
    subcommand_metavar="[--all] [--online] [--json] | resolve SHOT … | cancel SHOT …",
    epilog="Example:  seedgen jobs --online",
)
def command() -> None:
    """List the jobs at services, decide about those in doubt, cancel those in flight."""


take_option = click.option("--take", type=click.IntRange(min=1), help="Which take of the shot.")
fingerprint_option = click.option(
    "--fingerprint", metavar="PREFIX", default="", help="Which request, when a shot has jobs of several."
)


@command.command("list", epilog="Example:  seedgen jobs list --all --online")
@click.option("--all", "everything", is_flag=True, help="Also jobs that are over, newest first.")
@click.option("--online", is_flag=True, help="Ask the services how each open job stands. Needs the keys.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document (`seedgen schema jobs`).")
@click.pass_obj
def list_jobs(invocation: Invocation, everything: bool, online: bool, as_json: bool) -> int:
    """List the open jobs (the default).

    Open is what is in flight, not downloaded yet, in doubt, or refused by moderation.
    """
    from datetime import UTC, datetime

    workspace = invocation.open()
    docket = _docket(workspace)
    jobs = docket.open_jobs()
    if everything:
        jobs = _newest_first(jobs + docket.closed_jobs())
    if online:
        import asyncio

        jobs = asyncio.run(docket.look(jobs))
    if as_json:
        from seedgen.views.job_documents import jobs_document

        click.echo(jobs_document(jobs, workspace.project.name, __version__).text(), nl=False)
    else:
        from seedgen.views.jobs import NOTHING_AT_ALL, NOTHING_OPEN, jobs_text

        paint = invocation.out_paint
        nothing = NOTHING_AT_ALL if everything else NOTHING_OPEN
        click.echo(jobs_text(jobs, datetime.now(UTC), paint) if jobs else nothing, nl=False, color=paint.on)
    workspace.close()
    return 0


def _newest_first(jobs: list[Listed]) -> list[Listed]:
    from datetime import UTC, datetime

    beginning = datetime.min.replace(tzinfo=UTC)
    return sorted(jobs, key=lambda job: job.entry.submitted_at or beginning, reverse=True)


# -- resolve -----------------------------------------------------------------------------------------


@command.command("resolve", epilog="Example:  seedgen jobs resolve 010 --job-id 3f2a…")
@click.argument("shot_id", metavar="SHOT", shell_complete=complete_shots)
@take_option
@fingerprint_option
@click.option("--job-id", metavar="ID", help="It was accepted, and this is its job.")
@click.option("--not-billed", is_flag=True, help="It was not accepted, and may be submitted again.")
@click.option("--force", is_flag=True, help="With --not-billed: forget a job that is in flight.")
@click.pass_obj
def resolve(
    invocation: Invocation,
    shot_id: str,
    take: int | None,
    fingerprint: str,
    job_id: str | None,
    not_billed: bool,
    force: bool,
) -> int:
    """Decide about a submit whose answer was lost.

    Nobody knows whether it was accepted and is billed. Without an option the service is asked once
    more, and jobs that may be it are shown.
    """
    if job_id is not None and not_billed:
        raise UsageError("--job-id and --not-billed exclude each other", remedy="Give the one that is true.")
    if job_id is not None and not job_id.strip():
        raise UsageError("--job-id is empty", remedy="Give the id as the service shows it.")
    if force and not not_billed:
        raise UsageError("--force goes with --not-billed", remedy="Leave it out, or say --not-billed too.")
    from seedgen.execution.overview import State

    workspace = invocation.open()
    docket = _docket(workspace)
    job = docket.job_of(shot_id, take, fingerprint, among={State.IN_DOUBT})
    _require_doubt(job, force=force)
    if job_id is not None:
        code = _adopt(invocation, docket, job, job_id.strip())
    elif not_billed:
        code = _give_up(invocation, docket, job)
    else:
        code = _ask(invocation, workspace.desk, job)
    workspace.close()
    return code


def _require_doubt(job: Listed, *, force: bool) -> None:
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
            remedy=f"`seedgen apply` collects its clip, `seedgen jobs cancel {job.shot}` asks it to end. "
            "To forget it and what it costs all the same: --not-billed --force.",
        )


def _known_as(job: Listed) -> str:
    return f"its job {job.entry.job_id}" if job.entry.job_id else "its submit"


def _ask(invocation: Invocation, desk: Desk, job: Listed) -> int:
    import asyncio

    from seedgen.execution.doubt import Finding
    from seedgen.views.jobs import asking_text, resolved_text

    if desk.reachable(job.entry.provider):
        sys.stderr.write(asking_text([job.entry]))
    (answer,) = asyncio.run(desk.ask_services([job.entry]))
    sys.stderr.write(resolved_text(answer, job, invocation.paint))
    return EXIT_LEFT if answer.finding is Finding.IN_DOUBT else 0


def _adopt(invocation: Invocation, docket: Docket, job: Listed, job_id: str) -> int:
    import asyncio

    from seedgen.views.jobs import adopted_text

    checked = asyncio.run(docket.check(job.entry.provider, job_id))
    found = docket.adopt(job.entry, job_id)
    said = f"{job.entry.provider} says: {checked.state}" if checked else "unchecked: there is no key"
    sys.stderr.write(adopted_text(job, found, said, invocation.paint))
    return 0


def _give_up(invocation: Invocation, docket: Docket, job: Listed) -> int:
    from seedgen.views.jobs import given_up_text

    docket.give_up(job.entry)
    sys.stderr.write(given_up_text(job, invocation.paint))
    return 0


# -- cancel ------------------------------------------------------------------------------------------


@command.command("cancel", epilog="Example:  seedgen jobs cancel 010 020 --yes")
@click.argument("shot_ids", metavar="SHOT...", nargs=-1, required=True, shell_complete=complete_shots)
@take_option
@fingerprint_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def cancel(
    invocation: Invocation, shot_ids: tuple[str, ...], take: int | None, fingerprint: str, yes: bool
) -> int:
    """Ask for jobs in flight to end.

    A job that is cancelled may be billed all the same.
    """
    workspace = invocation.open()
    docket = _docket(workspace)
    jobs = [_running(docket, shot_id, take, fingerprint) for shot_id in dict.fromkeys(shot_ids)]
    for name in {job.entry.provider for job in jobs}:
        workspace.desk.require(name, ())
    if not _confirmed(invocation, jobs, yes=yes):
        sys.stderr.write("Not confirmed. Nothing was done.\n")
        return EXIT_LEFT
    failed = [job for job in jobs if not _cancelled(invocation, docket, job)]
    workspace.close()
    return EXIT_LEFT if failed else 0


def _running(docket: Docket, shot_id: str, take: int | None, fingerprint: str) -> Listed:
    """The job of a shot that can be cancelled. Raises UsageError."""
    from seedgen.execution.overview import State
    from seedgen.views.jobs import WORDS, way_out

    job = docket.job_of(shot_id, take, fingerprint, among={State.IN_FLIGHT})
    if job.state is State.IN_FLIGHT:
        return job
    if job.state is State.IN_DOUBT:
        remedy = f"`{way_out(job, docket.jobs_of(shot_id))}` finds out."
        raise UsageError(f"{shot_id} is in doubt: nobody knows which job to cancel", remedy=remedy)
    remedy = "" if job.state is State.REJECTED else "`seedgen apply` collects its clip."
    raise UsageError(f"{shot_id} has nothing to cancel: its job is {WORDS[job.state]}", remedy=remedy)


def _confirmed(invocation: Invocation, jobs: list[Listed], *, yes: bool) -> bool:
    from seedgen.views.words import counted

    if yes:
        return True
    if not invocation.can_ask:
        raise UsageError("nobody is here to confirm the cancel", remedy="Confirm beforehand with --yes.")
    question = f"Cancel {counted(len(jobs), 'job')}? What is cancelled may be billed all the same."
    return click.confirm(question, err=True)


def _cancelled(invocation: Invocation, docket: Docket, job: Listed) -> bool:
    """One failure stops no other."""
    import asyncio

    from seedgen.views.jobs import cancelled_text, failed_text

    try:
        answer = asyncio.run(docket.cancel(job.entry))
    except AuthError:
        raise
    except SeedgenError as error:
        sys.stderr.write(failed_text(job, error, invocation.paint))
        return False
    sys.stderr.write(cancelled_text(answer, job.shot, invocation.paint))
    return True
