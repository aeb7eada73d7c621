"""`seedgen status`"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.pages import page

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


_COLUMNS = 80
"""Where there is no terminal that says how wide it is."""


@click.command(
    epilog=page(
        ("seedgen status", "the whole project on one screen"),
        ("seedgen --profile final status", "as it stands under another profile, which has its own lock"),
        ("seedgen status --json", "every id, for programs"),
    )
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document (schema/status.schema.json).")
@click.pass_obj
def command(invocation: Invocation, as_json: bool) -> int:
    """Show where things stand, on one screen: shots by state, open jobs, money, reels, disk, profiles.

    Told from the lock, the journal and the cache: asks no service, writes nothing, costs nothing.
    """
    from seedgen.app.situation import situation

    workspace = invocation.open()
    if not as_json:
        invocation.warn(workspace)
    workspace.require_sound()
    found = situation(workspace)
    if as_json:
        from seedgen.views.status_documents import status_document

        root, warnings = workspace.project.root, workspace.warnings
        click.echo(status_document(found, warnings, root, __version__).text(), nl=False)
    else:
        from seedgen.views.status import status_text

        paint, now = invocation.out_paint, datetime.now(UTC)
        width = invocation.width if sys.stdout.isatty() else _COLUMNS
        click.echo(invocation.typed(status_text(found, now, paint, width)), nl=False, color=paint.on)
    return 0
