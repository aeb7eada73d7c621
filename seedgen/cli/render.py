"""`seedgen render`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen.cli.options import complete_shots
from seedgen.cli.pages import page

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(
    epilog=page(
        ("seedgen render 010", "the request's body, as JSON"),
        ("seedgen render 010 --prompt", "the prompt alone, to read or to paste"),
        ("seedgen --var mood=noir render 010 --prompt", "the prompt with another variable"),
    )
)
@click.argument("shot_id", metavar="SHOT", shell_complete=complete_shots)
@click.option("--prompt", "prompt_only", is_flag=True, help="The prompt alone, as plain text.")
@click.pass_obj
def command(invocation: Invocation, shot_id: str, prompt_only: bool) -> int:
    """Print a shot's prompt and request as they would be sent.

    SHOT is an id. References show in the model's own words, such as [Image 1], and as the files that
    would be uploaded. Nothing is submitted or uploaded, and no key is needed.
    """
    from seedgen.views.shots import body_text, prompt_text

    workspace = invocation.open()
    workspace.require_sound()
    shot = workspace.shot(shot_id)
    click.echo(prompt_text(shot) if prompt_only else body_text(workspace.request_body(shot)), nl=False)
    return 0
