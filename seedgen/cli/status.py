"""`seedgen status`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(epilog="Example:  seedgen status")
@click.pass_obj
def command(invocation: Invocation) -> int:
    """Show where things stand: shots by state, open jobs, what was spent, the cache."""
    from seedgen.app.docket import Docket
    from seedgen.execution.costs import By
    from seedgen.views.status import status_text

    workspace = invocation.open()
    invocation.warn(workspace)
    workspace.require_sound()
    plan = workspace.plan()
    text = status_text(
        plan,
        workspace.lock_file.read(),
        Docket(workspace, workspace.desk).open_jobs(),
        workspace.desk.costs(By.SHOT),
        workspace.disk_use(),
        invocation.out_paint,
    )
    click.echo(text, nl=False, color=invocation.out_paint.on)
    workspace.close()
    return 0
