"""`seedgen import`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seedgen.cli.options import Number, complete_shots
from seedgen.cli.pages import page
from seedgen.errors import UsageError

if TYPE_CHECKING:
    import asyncio

    from seedgen.app import Workspace
    from seedgen.app.adopting import Adopting
    from seedgen.cli.invocation import Invocation
    from seedgen.execution.importing import Wanted
    from seedgen.planning.lock import Take

EXIT_INTERRUPTED = 130


@click.command(
    epilog=page(
        ("seedgen import 010 cuts/010-graded.mp4 --replace", "a graded version in place of the clip"),
        ("seedgen import 020 paint-over.mov --take 2", "a clip of your own beside the generated one"),
        ("seedgen import 030 --job-id 3f2a", "what a job made that was begun elsewhere"),
        exits={0: "done", 1: "an error, or wrong usage", 130: "interrupted; the job is left in flight"},
    )
)
@click.argument("shot_id", metavar="SHOT", shell_complete=complete_shots)
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--job-id", metavar="ID", help="Take what this job of the shot's provider makes.")
@click.option("--take", metavar="N", type=Number(min=1), default=1, show_default=True, help="As which take.")
@click.option("--replace", "anew", is_flag=True, help="Also where the take has a clip already.")
@click.option("--force", is_flag=True, help="With --job-id: also a job that was asked for something else.")
@click.pass_obj
def command(
    invocation: Invocation,
    shot_id: str,
    file: Path | None,
    job_id: str | None,
    take: int,
    anew: bool,
    force: bool,
) -> int:
    """Adopt a clip for a shot as it is declared now: a video file, or what a service's job makes.

    Nothing is submitted and nothing is paid. A copy goes into the cache, and the lock names it; the
    file itself is left alone. A job has to have been asked for what the shot asks for. Nobody checks
    that a file shows it: that is for you to say. `seedgen reel` shows the clip.
    """
    if (file is None) == (job_id is None):
        wrong = "FILE and --job-id exclude each other" if file else "nothing to import"
        raise UsageError(wrong, remedy="Give a FILE, or --job-id ID.")
    if job_id is not None and not job_id.strip():
        raise UsageError("--job-id is empty", remedy="Give the id as the service shows it.")
    if force and job_id is None:
        raise UsageError("--force goes with --job-id", remedy="Leave it out: a file is taken as it is.")
    from seedgen.app.adopting import Adopting
    from seedgen.views.importing import imported_text, left_text

    workspace = invocation.open()
    workspace.require_sound()
    adopting = Adopting(workspace, workspace.desk)
    wanted = adopting.wanted(shot_id, take, anew=anew, force=force)
    with workspace.applying(for_apply=False):
        if file is not None:
            found: Take | None = adopting.file(_readable(file), wanted)
        else:
            found = _fetched(invocation, workspace, adopting, wanted, (job_id or "").strip())
    shown = workspace.lock_file.read().shots.get(shot_id)
    following = workspace.following(shot_id) if shown and shown.pick == take else []
    if found is None:
        sys.stderr.write(left_text(wanted, invocation.paint))
        return EXIT_INTERRUPTED
    sys.stderr.write(imported_text(wanted, found, following, invocation.paint))
    return 0


def _readable(file: Path) -> Path:
    """Raises UsageError for what is no file. It is named from where the command was typed."""
    if not file.is_file():
        what = "is a folder" if file.is_dir() else "is not there"
        raise UsageError(f"{file} {what}", remedy="Give a video file; its path counts from where you are.")
    return file


def _fetched(
    invocation: Invocation, workspace: Workspace, adopting: Adopting, wanted: Wanted, job_id: str
) -> Take | None:
    from seedgen.cli.running import run_until_stopped
    from seedgen.cli.watching import watcher

    with watcher(invocation, None, workspace.project.root) as watching:

        async def work(stopping: asyncio.Event) -> Take | None:
            return await adopting.job(job_id, wanted, watching.tell, stopping)

        return run_until_stopped(work)
