"""`seedgen pick`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen.cli.options import complete_pickable, complete_takes

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(epilog="Example:  seedgen pick 020 3")
@click.argument("shot_id", metavar="SHOT", shell_complete=complete_pickable)
@click.argument("take", type=click.IntRange(min=1), shell_complete=complete_takes)
@click.pass_obj
def command(invocation: Invocation, shot_id: str, take: int) -> int:
    """Choose which take of a shot goes into reels.

    Changes the lock and nothing else: free, and undone by picking again. `seedgen reel` shows it.
    """
    from seedgen.app.takes import pick_take
    from seedgen.views.takes import picked_text

    workspace = invocation.open()
    with workspace.applying():
        picked = pick_take(workspace, shot_id, take)
    workspace.close()
    invocation.say(picked_text(picked, invocation.paint))
    return 0
