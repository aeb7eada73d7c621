"""`seedgen validate`"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.pages import page
from seedgen.errors import ProjectError

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation

EXIT_UNSOUND = 1


@click.command(
    epilog=page(
        ("seedgen validate", "before a commit, or in continuous integration"),
        ("seedgen -C examples/sneaker --profile final validate", "as another model would be asked"),
        ("seedgen validate --json", "every problem as data, with file, line and column"),
        exits={0: "the project is sound; there may be warnings", 1: "there are problems, or no project"},
    )
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document (schema/validate.schema.json).")
@click.pass_obj
def command(invocation: Invocation, as_json: bool) -> int:
    """Report every problem of the project at once, each with its place and a remedy.

    Reads the project file, what it includes, templates, references and model cards. Everything that a
    card can refuse is refused here, before it costs money. Asks no service and needs no key; problems go
    to stderr, with --json to stdout.
    """
    if as_json:
        return _as_json(invocation)
    workspace = invocation.open()
    invocation.warn(workspace)
    workspace.require_sound()
    from seedgen.views.words import counted

    shots = counted(len(workspace.resolved), "shot")
    sys.stdout.write(
        f"{workspace.project.name} is sound: {shots}, {counted(len(workspace.reels), 'reel')}.\n"
    )
    if invocation.profile is None:
        for name in workspace.project.spec.profiles:
            if errors := workspace.under(name)[1]:
                how = f"`seedgen --profile {name} validate` shows {'it' if errors == 1 else 'them'}."
                invocation.say(f"{counted(errors, 'error')} under the profile {name}: {how}\n")
    return 0


def _as_json(invocation: Invocation) -> int:
    """The problems as data, also those that keep a project from being opened at all."""
    from seedgen.views.validate_documents import validate_document

    try:
        workspace = invocation.open()
    except ProjectError as error:
        document = validate_document(
            error.diagnostics, invocation.root.resolve(), __version__, profile=invocation.profile
        )
    else:
        document = validate_document(
            workspace.diagnostics,
            workspace.project.root,
            __version__,
            project=workspace.project.name,
            profile=invocation.profile,
            shots=len(workspace.resolved),
            reels=len(workspace.reels),
        )
    click.echo(document.text(), nl=False)
    return 0 if document.sound else EXIT_UNSOUND
