"""`seedgen merge-lock`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seedgen.cli.pages import page
from seedgen.errors import UsageError

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation


@click.command(
    epilog=page(
        ("seedgen merge-lock", "in the middle of a merge: mend the lock that git calls unmerged"),
        ("seedgen --profile final merge-lock", "the lock of that profile"),
        (
            "git config merge.seedgen.driver 'seedgen merge-lock %O %A %B'",
            "git does it by itself, with `seedgen*.lock merge=seedgen` in .gitattributes",
        ),
        exits={0: "merged", 1: "an error, or a shot to which both sides gave another clip"},
    )
)
@click.argument("files", metavar="[BASE OURS THEIRS]", nargs=-1, type=click.Path(path_type=Path))
@click.pass_obj
def command(invocation: Invocation, files: tuple[Path, ...]) -> int:
    """Put together two locks that grew from one, shot by shot, and keep every clip of both.

    Given three files it is a merge driver for git: BASE is where both began, and what comes out is written
    over OURS. Without any it mends the project's lock while git calls it unmerged. When both sides gave one
    shot another clip, the file has conflict markers around just that shot. Nothing is submitted.
    """
    from seedgen.app.merging import merge_conflicted, merge_files
    from seedgen.store.lockfile import lock_name
    from seedgen.views.paint import harmless
    from seedgen.views.words import counted

    if files and len(files) != 3:
        raise UsageError(
            "merge-lock takes three files, or none",
            remedy="As git's driver: `seedgen merge-lock %O %A %B`. In the middle of a merge: no file.",
        )
    name = files[1].name if files else lock_name(invocation.profile)
    merged = merge_files(*files) if files else merge_conflicted(invocation.settings)
    if merged.conflicts:
        shots = harmless(", ".join(merged.conflicts))
        click.echo(
            f"Both sides gave another clip to {shots}. {name} has conflict markers there: "
            "keep one side of each, whole.",
            err=True,
        )
        return 1
    if not files:
        shots = counted(len(merged.ours.shots), "shot")
        click.echo(f"{name} is merged: {shots}. Next: `git add {name}`, then plan.", err=True)
    return 0
