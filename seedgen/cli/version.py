"""`seedgen version`"""

from __future__ import annotations

import click

from seedgen import __version__


@click.command(epilog="Example:  seedgen version")
def command() -> None:
    """Print seedgen's version."""
    click.echo(f"seedgen {__version__}")
