"""`seedgen cache push` and `pull`: clips to and from other caches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.cache_opened import EXIT_PROBLEMS, opened, warn_of_unreadable
from seedgen.cli.pages import page

if TYPE_CHECKING:
    from seedgen.cli.invocation import Invocation

_COPIED = {0: "all that was wanted is there", 1: "an error, or a clip was damaged or in neither cache"}
_other = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
_everything = click.option(
    "--all", "everything", is_flag=True, help="Every clip, not only those of the locks."
)
_json = click.option(
    "--json", "as_json", is_flag=True, help="One JSON document (`seedgen schema cache-copy`)."
)


@click.command(
    "push",
    epilog=page(
        ("seedgen cache push /mnt/studio/cache", "copy what the locks use into a shared folder"),
        ("seedgen cache push ../film --all", "every clip, into another project's cache"),
        exits=_COPIED,
    ),
)
@_other
@_everything
@_json
@click.pass_obj
def push(invocation: Invocation, folder: Path, everything: bool, as_json: bool) -> int:
    """Copy clips and takes into another cache: a folder on a shared drive, or another project.

    By default those that the locks here use. Each is checked on its way; nothing is overwritten or deleted.
    """
    return _copy(invocation, folder, bring=False, everything=everything, as_json=as_json)


@click.command(
    "pull",
    epilog=page(
        ("seedgen cache pull /mnt/studio/cache", "get what the locks use from a shared folder"),
        ("seedgen cache pull ../film --all", "every clip, from another project's cache"),
        exits=_COPIED,
    ),
)
@_other
@_everything
@_json
@click.pass_obj
def pull(invocation: Invocation, folder: Path, everything: bool, as_json: bool) -> int:
    """Copy clips and takes from another cache: a folder on a shared drive, or another project.

    By default those that the locks here use. Each is checked on its way; nothing is overwritten or deleted.
    """
    return _copy(invocation, folder, bring=True, everything=everything, as_json=as_json)


def _copy(invocation: Invocation, folder: Path, *, bring: bool, everything: bool, as_json: bool) -> int:
    from seedgen.app.cache_copying import copy_clips, other_cache
    from seedgen.cli.reading import reading

    contents = opened(invocation)
    other = other_cache(contents, folder.absolute())
    source, target = (other, contents.cache) if bring else (contents.cache, other)
    with reading(invocation) as told:
        copied = copy_clips(contents, other, bring=bring, everything=everything, told=told)
    if as_json:
        from seedgen.views.cache_documents import copy_document

        click.echo(copy_document(copied, str(source), str(target), __version__).text(), nl=False)
    else:
        from seedgen.views.cache_check import copied_text

        paint = invocation.out_paint
        text = copied_text(copied, contents.uses, str(source), str(target), paint)
        click.echo(text, nl=False, color=paint.on)
    warn_of_unreadable(invocation, contents)
    return 0 if copied.whole else EXIT_PROBLEMS
