"""`seedgen schema`"""

from __future__ import annotations

import click

from seedgen.cli.pages import page
from seedgen.views.schemas import NAMES, schema_text


@click.command(
    epilog=page(
        (
            "seedgen schema project > project.schema.json",
            "for an editor that checks seedgen.yaml as you type",
        ),
        ("seedgen schema plan", "what `plan --json` prints"),
    )
)
@click.argument("name", type=click.Choice(NAMES))
def command(name: str) -> None:
    """Print the JSON Schema of a kind of file or document."""
    click.echo(schema_text(name), nl=False)
