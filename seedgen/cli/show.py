"""`seedgen show`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.options import complete_shots
from seedgen.cli.pages import page

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(
    epilog=page(
        ("seedgen show 010", "its prompt, its takes with their files, and what a plan would do"),
        ("seedgen --profile final show 010", "the same shot as another model is asked for it"),
    )
)
@click.argument("shot_id", metavar="SHOT", shell_complete=complete_shots)
@click.option("--json", "as_json", is_flag=True, help="One JSON document (schema/show.schema.json).")
@click.pass_obj
def command(invocation: Invocation, shot_id: str, as_json: bool) -> int:
    """Print one shot whole: what is declared, what it has, and how the two differ.

    SHOT is an id. Lists each take with the file of its clip, marks the one that is picked, and says
    how to pick another. Writes nothing and costs nothing.
    """
    workspace = invocation.open()
    workspace.require_sound()
    shot = workspace.shot(shot_id)
    plan = workspace.plan_of_shot(shot_id)
    locked = workspace.lock_file.read().shots.get(shot_id)
    clips = workspace.clip_paths(shot_id)
    if as_json:
        from seedgen.views.shot_documents import show_document

        document = show_document(shot, locked, plan, clips, workspace.project.root, __version__)
        click.echo(document.text(), nl=False)
    else:
        from seedgen.views.shots import show_text

        paint = invocation.out_paint
        text = show_text(shot, locked, plan, clips, paint, invocation.width)
        click.echo(invocation.typed(text), nl=False, color=paint.on)
    workspace.close()
    return 0
