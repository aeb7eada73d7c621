"""`seedgen export`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seedgen.cli.options import complete_reels
from seedgen.cli.pages import page
from seedgen.errors import UsageError

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation

_FORMATS = ("otio", "edl", "fcpxml", "srt", "vtt", "chapters")
_STDOUT = Path("-")


@click.command(
    epilog=page(
        ("seedgen export fcpxml main", "build/main.fcpxml, for Final Cut Pro and DaVinci Resolve"),
        ("seedgen export srt -o - | less", "subtitles of the only reel, to look at"),
    )
)
@click.argument("form", metavar="FORMAT", type=click.Choice(_FORMATS))
@click.argument("reel", required=False, shell_complete=complete_reels)
@click.option(
    "-o",
    "out",
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True, dir_okay=False),
    help="Write there, over what is there; - for stdout. By default build/REEL.FORMAT.",
)
@click.pass_obj
def command(invocation: Invocation, form: str, reel: str | None, out: Path | None) -> int:
    """Hand a reel over: to editors as otio, edl or fcpxml, to players as srt, vtt or chapters; free.

    REEL is by default the only one, or `main`. Clips stay files in build/clips/, which the export names.
    """
    from seedgen.app.exporting import Format, default_reel, export, place_of

    if out is not None and not out.parent.is_dir():
        raise UsageError(f"no folder {str(out.parent)!r}", remedy="Make it, or give another place with -o.")
    workspace = invocation.open()
    invocation.warn(workspace)
    name, chosen = reel or default_reel(workspace), Format(form)
    # The file's name goes into the export, so it is settled before anything is written.
    place = place_of(workspace, chosen, name) if out is None else None if out == _STDOUT else out
    exported = export(workspace, chosen, name, place)
    if exported.missing:
        shots = ", ".join(exported.missing)
        warning = invocation.paint.yellow("Warning:")
        invocation.say(f"{warning} no clip yet, so these are gaps: {shots}\n  `seedgen apply` makes them.\n")
    if place is None:
        click.echo(exported.text, nl=False)
    else:
        invocation.say(f"Wrote {place}\n")
    return 0
