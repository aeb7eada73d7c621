"""`seedgen retry`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen.cli.options import complete_shots_and_tags
from seedgen.cli.pages import page
from seedgen.errors import UsageError

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation

EXIT_LEFT = 1


@click.command(
    epilog=page(
        ("seedgen retry 010 && seedgen apply --select 010", "once more, word for word"),
        ("seedgen retry '03*' tag:hero", "several shots; the next apply submits them"),
        exits={0: "done", 1: "an error, or a shot that is in doubt instead"},
    )
)
@click.argument(
    "expressions", metavar="SHOT...", nargs=-1, required=True, shell_complete=complete_shots_and_tags
)
@click.pass_obj
def command(invocation: Invocation, expressions: tuple[str, ...]) -> int:
    """Forget that moderation refused some shots, so that the next apply submits them as they are.

    Submits nothing itself and costs nothing: the next apply submits. SHOT is an id, a glob, tag:NAME or
    VARIABLE=VALUE, with +x and x+ for what is upstream and downstream.
    """
    from seedgen.app.docket import Docket
    from seedgen.execution.overview import State
    from seedgen.views.retry import Retried, retried_text

    workspace = invocation.open()
    docket = Docket(workspace, workspace.desk)
    done = Retried()
    for shot_id in docket.selected(expressions):
        jobs = docket.jobs_of(shot_id)
        done.nothing += [] if jobs else [shot_id]
        for job in jobs:
            if job.state is not State.REJECTED:
                (done.doubtful if job.state is State.IN_DOUBT else done.flying).append(job)
                continue
            try:
                docket.forget_rejection(job.entry)
            except UsageError as error:
                done.failed.append((job, error))
            else:
                done.cleared.append(job)
    invocation.say(retried_text(done, invocation.paint))
    return EXIT_LEFT if done.failed or done.doubtful else 0
