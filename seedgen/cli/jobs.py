"""`seedgen jobs list`, `seedgen jobs resolve` and `seedgen jobs cancel`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.groups import ListByDefault
from seedgen.cli.options import Number, complete_shots
from seedgen.cli.pages import page
from seedgen.errors import AuthError, SeedgenError, UsageError

if TYPE_CHECKING:
    from seedgen.app import Workspace
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
    epilog=page(
        ("seedgen jobs", "what is in flight, in doubt or refused"),
        ("seedgen jobs resolve 010 --job-id 3f2a", "a submit whose answer was lost, decided"),
        ("seedgen jobs cancel 010", "ask for a job to end"),
    ),
)
def command() -> None:
    """List the jobs at services, decide about those in doubt, cancel those in flight."""


take_option = click.option("--take", metavar="N", type=Number(min=1), help="Which take of the shot.")
fingerprint_option = click.option(
    "--fingerprint", metavar="PREFIX", default="", help="Which request, when a shot has jobs of several."
)


@command.command(
    "list",
    epilog=page(
        ("seedgen jobs list --online", "how far each open job is, as its service says"),
        ("seedgen jobs list --all --json", "every job there ever was, for a program"),
    ),
)
@click.option("--all", "everything", is_flag=True, help="Also jobs that are over, newest first.")
@click.option("--online", is_flag=True, help="Ask the services how each open job stands. Needs the keys.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document (`seedgen schema jobs`).")
@click.pass_obj
def list_jobs(invocation: Invocation, everything: bool, online: bool, as_json: bool) -> int:
    """List the open jobs (the default).

    Open is what is in flight, not downloaded yet, in doubt, or refused by moderation. Told from the
    journal; only --online asks the services. Writes nothing and costs nothing.
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
        text = jobs_text(jobs, datetime.now(UTC), paint, invocation.width) if jobs else nothing
        click.echo(invocation.typed(text), nl=False, color=paint.on)
    return 0


def _newest_first(jobs: list[Listed]) -> list[Listed]:
    from datetime import UTC, datetime

    beginning = datetime.min.replace(tzinfo=UTC)
    return sorted(jobs, key=lambda job: job.entry.submitted_at or beginning, reverse=True)


# -- resolve -----------------------------------------------------------------------------------------


@command.command(
    "resolve",
    epilog=page(
        ("seedgen jobs resolve 010", "ask the service once more, and show what may be it"),
        ("seedgen jobs resolve 010 --job-id 3f2a", "it was accepted as this job; the next apply collects it"),
        ("seedgen jobs resolve 010 --not-billed", "it was not accepted; the next apply submits it again"),
        exits={0: "decided", 1: "an error, or it stays in doubt"},
    ),
)
@click.argument("shot_id", metavar="SHOT", shell_complete=complete_shots)
@take_option
@fingerprint_option
@click.option("--job-id", metavar="ID", help="It was accepted, and this is its job.")
@click.option("--not-billed", is_flag=True, help="It was not accepted, and may be submitted again.")
@click.option("--force", is_flag=True, help="Take your word for it, whatever the service says.")
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
    more, and jobs that may be it are shown. With --not-billed it is asked first too, and a job that is
    it after all is kept; --force closes it unasked, or forgets a job in flight. A job that was asked for
    something else is not taken with --job-id, unless with --force.
    """
    _require_sense(job_id, not_billed=not_billed, force=force)
    from seedgen.cli import deciding
    from seedgen.execution.overview import State

    workspace = invocation.open()
    docket = _docket(workspace)
    job = docket.job_of(shot_id, take, fingerprint, among={State.IN_DOUBT})
    deciding.require_doubt(job, force=force and not_billed)
    if job_id is not None:
        code = deciding.adopt(invocation, docket, job, job_id.strip(), force=force)
    elif not_billed:
        code = deciding.give_up(invocation, workspace.desk, docket, job, force=force)
    else:
        code = deciding.ask(invocation, workspace.desk, job, docket.jobs_of(shot_id))
    return code


def _require_sense(job_id: str | None, *, not_billed: bool, force: bool) -> None:
    """Raises UsageError for options that do not go together."""
    if job_id is not None and not_billed:
        raise UsageError("--job-id and --not-billed exclude each other", remedy="Give the one that is true.")
    if job_id is not None and not job_id.strip():
        raise UsageError("--job-id is empty", remedy="Give the id as the service shows it.")
    if force and not not_billed and job_id is None:
        raise UsageError(
            "--force goes with --not-billed or --job-id", remedy="Leave it out, or say one of them too."
        )


# -- cancel ------------------------------------------------------------------------------------------


@command.command(
    "cancel",
    epilog=page(
        ("seedgen jobs cancel 010 020 --yes", "both jobs, without a question"),
        ("seedgen jobs cancel 030 --take 2", "one of several takes"),
        exits={0: "done", 1: "an error, a no, or a job that could not be cancelled"},
    ),
)
@click.argument("shot_ids", metavar="SHOT...", nargs=-1, required=True, shell_complete=complete_shots)
@take_option
@fingerprint_option
@click.option("--yes", is_flag=True, help="Do not ask. Without a terminal it is needed.")
@click.pass_obj
def cancel(
    invocation: Invocation, shot_ids: tuple[str, ...], take: int | None, fingerprint: str, yes: bool
) -> int:
    """Ask for jobs in flight to end.

    A job that is cancelled may be billed all the same. What it made until then is lost; a clip that is
    there already is not touched. The shots are generated by the next apply.
    """
    workspace = invocation.open()
    docket = _docket(workspace)
    jobs = [_running(docket, shot_id, take, fingerprint) for shot_id in dict.fromkeys(shot_ids)]
    for name in {job.entry.provider for job in jobs}:
        workspace.desk.require(name, ())
    if not _confirmed(invocation, jobs, yes=yes):
        invocation.say("Not confirmed. Nothing was done.\n")
        return EXIT_LEFT
    failed = [job for job in jobs if not _cancelled(invocation, docket, job)]
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
    return invocation.ask(question)


def _cancelled(invocation: Invocation, docket: Docket, job: Listed) -> bool:
    """One failure stops no other."""
    import asyncio

    from seedgen.views.jobs import cancelled_text, failed_text

    try:
        answer = asyncio.run(docket.cancel(job.entry))
    except AuthError:
        raise
    except SeedgenError as error:
        invocation.say(failed_text(job, error, invocation.paint))
        return False
    invocation.say(cancelled_text(answer, job.shot, invocation.paint))
    return True
