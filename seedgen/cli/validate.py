"""`seedgen validate`"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from seedgen.cli.pages import page

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(
    epilog=page(
        ("seedgen validate", "before a commit, or in continuous integration"),
        ("seedgen -C examples/sneaker --profile final validate", "as another model would be asked"),
        exits={0: "the project is sound; there may be warnings", 1: "there are problems, or no project"},
    )
)
@click.pass_obj
def command(invocation: Invocation) -> int:
    """Report every problem of the project at once, each with its place and a remedy.

    Reads the project file, what it includes, templates, references and model cards. Everything that a
    card can refuse is refused here, before it costs money. Asks no service and needs no key; problems go
    to stderr.
    """
    workspace = invocation.open()
    invocation.warn(workspace)
    workspace.require_sound()
    from seedgen.views.words import counted

    shots = counted(len(workspace.resolved), "shot")
    sys.stdout.write(
        f"{workspace.project.name} is sound: {shots}, {counted(len(workspace.reels), 'reel')}.\n"
    )
    return 0
