"""`seedgen status`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen.cli.pages import page

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(
    epilog=page(
        ("seedgen status", "the whole project on one screen"),
        ("seedgen --profile final status", "as it stands under another profile, which has its own lock"),
    )
)
@click.pass_obj
def command(invocation: Invocation) -> int:
    """Show where things stand: shots by state, open jobs, what was spent, the cache.

    Told from the lock, the journal and the cache: asks no service, writes nothing, costs nothing.
    """
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
