"""`seedgen version`"""

from __future__ import annotations

import click

from seedgen import __version__
from seedgen.cli.pages import page


@click.command(
    epilog=page(
        ("seedgen version", "for a bug report"),
        ("seedgen --version", "the same"),
    )
)
def command() -> None:
    """Print seedgen's version, and nothing else."""
    click.echo(f"seedgen {__version__}")
