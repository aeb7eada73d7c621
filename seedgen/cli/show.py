"""`seedgen show`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen.cli.options import complete_shots

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(epilog="Example:  seedgen show 010")
@click.argument("shot_id", metavar="SHOT", shell_complete=complete_shots)
@click.pass_obj
def command(invocation: Invocation, shot_id: str) -> int:
    """Print one shot whole: what is declared, what it has, and how the two differ."""
    from seedgen.views.shots import show_text

    workspace = invocation.open()
    workspace.require_sound()
    shot = workspace.shot(shot_id)
    plan = workspace.plan(chosen=(shot_id,))
    locked = workspace.lock_file.read().shots.get(shot_id)
    text = show_text(
        shot, locked, plan, workspace.clip_paths(shot_id), invocation.out_paint, invocation.width
    )
    click.echo(invocation.typed(text), nl=False, color=invocation.out_paint.on)
    workspace.close()
    return 0
