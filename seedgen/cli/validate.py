"""`seedgen validate`"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(epilog="Example:  seedgen -C examples/sneaker validate")
@click.pass_obj
def command(invocation: Invocation) -> int:
    """Report every problem of the project at once, each with its place and a remedy."""
    workspace = invocation.open()
    invocation.warn(workspace)
    workspace.require_sound()
    from seedgen.views.words import counted

    shots = counted(len(workspace.resolved), "shot")
    sys.stdout.write(
        f"{workspace.project.name} is sound: {shots}, {counted(len(workspace.reels), 'reel')}.\n"
    )
    return 0
