"""`seedgen status`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(epilog="Example:  seedgen status")
@click.pass_obj
def command(invocation: Invocation) -> int:
    """Show where things stand: shots by state, reels, the cache."""
    from seedgen.views.status import status_text

    workspace = invocation.open()
    invocation.warn(workspace)
    workspace.require_sound()
    plan = workspace.plan()
    text = status_text(plan, workspace.lock_file.read(), workspace.disk_use(), invocation.out_paint)
    click.echo(text, nl=False, color=invocation.out_paint.on)
    workspace.close()
    return 0
