"""`seedgen render`"""

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
        ("seedgen render 010", "the request's body, as JSON"),
        ("seedgen render 010 --prompt", "the prompt alone, to read or to paste"),
        ("seedgen --var mood=noir render 010 --prompt", "the prompt with another variable"),
    )
)
@click.argument("shot_id", metavar="SHOT", shell_complete=complete_shots)
@click.option("--prompt", "prompt_only", is_flag=True, help="The prompt alone, as plain text.")
@click.option("--json", "as_json", is_flag=True, help="The body in a document (schema/render.schema.json).")
@click.pass_obj
def command(invocation: Invocation, shot_id: str, prompt_only: bool, as_json: bool) -> int:
    """Print a shot's prompt and request as they would be sent.

    SHOT is an id. References show in the model's own words, such as [Image 1], and as the files that
    would be uploaded. Nothing is submitted or uploaded, and no key is needed.
    """
    from seedgen.errors import UsageError
    from seedgen.views.shots import body_text, prompt_text

    if prompt_only and as_json:
        raise UsageError(
            "--prompt and --json exclude each other", remedy="`sent_prompt` of the document is it."
        )
    workspace = invocation.open()
    workspace.require_sound()
    shot = workspace.shot(shot_id)
    if as_json:
        from seedgen.views.shot_documents import render_document

        body, profile = workspace.request_body(shot), invocation.profile
        document = render_document(shot, body, workspace.project.name, profile, __version__)
        click.echo(document.text(), nl=False)
        return 0
    click.echo(prompt_text(shot) if prompt_only else body_text(workspace.request_body(shot)), nl=False)
    return 0
