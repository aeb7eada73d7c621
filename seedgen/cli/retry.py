"""`seedgen retry`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen.cli.options import complete_shots_and_tags
from seedgen.errors import UsageError

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation

EXIT_LEFT = 1


@click.command(epilog="Example:  seedgen retry 010 '03*' tag:hero")
@click.argument(
    "expressions", metavar="SHOT...", nargs=-1, required=True, shell_complete=complete_shots_and_tags
)
@click.pass_obj
def command(invocation: Invocation, expressions: tuple[str, ...]) -> int:
    """Forget that moderation refused some shots, so that the next apply submits them as they are.

    Submits nothing itself. Takes ids, globs and tag:NAME.
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
    workspace.close()
    invocation.say(retried_text(done, invocation.paint))
    return EXIT_LEFT if done.failed or done.doubtful else 0
