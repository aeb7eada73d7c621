"""`seedgen schema`"""

from __future__ import annotations

import click

from seedgen.views.schemas import NAMES, schema_text


@click.command(epilog="Example:  seedgen schema project > project.schema.json")
@click.argument("name", type=click.Choice(NAMES))
def command(name: str) -> None:
    """Print the JSON Schema of a kind of file or document."""
    click.echo(schema_text(name), nl=False)
