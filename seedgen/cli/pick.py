"""`seedgen pick`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.options import Number, complete_pickable, complete_takes
from seedgen.cli.pages import page

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(
    epilog=page(
        ("seedgen show 020", "which takes there are, and their files to look at"),
        ("seedgen pick 020 3 && seedgen reel", "the third one from now on, and the reels with it"),
    )
)
@click.argument("shot_id", metavar="SHOT", shell_complete=complete_pickable)
@click.argument("take", type=Number(min=1), shell_complete=complete_takes)
@click.option("--json", "as_json", is_flag=True, help="One JSON document (schema/pick.schema.json).")
@click.pass_obj
def command(invocation: Invocation, shot_id: str, take: int, as_json: bool) -> int:
    """Choose which take of a shot goes into reels.

    SHOT is an id, TAKE the number of a take that has its clip. Changes the lock and nothing else: it
    costs nothing, no clip is lost, and another pick undoes it. Reels, the contact sheet, the storyboard
    and build/clips/ follow with the next `seedgen reel` or `seedgen apply`. Shots that continue this one
    ask for another clip then; `seedgen plan` says what that costs.
    """
    from seedgen.app.takes import pick_take

    workspace = invocation.open()
    with workspace.applying(for_apply=False):
        picked = pick_take(workspace, shot_id, take)
    following = workspace.following(shot_id)
    if as_json:
        from seedgen.views.decision_documents import pick_document

        name, profile = workspace.project.name, invocation.profile
        click.echo(pick_document(picked, following, name, profile, __version__).text(), nl=False)
    else:
        from seedgen.views.takes import picked_text

        invocation.say(picked_text(picked, following, invocation.paint))
    return 0
