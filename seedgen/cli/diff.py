"""`seedgen diff`"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.pages import page

if TYPE_CHECKING:
    from seedgen.app.comparing import Compared
    from seedgen.cli.invocation import Invocation


@click.command(
    epilog=page(
        ("seedgen diff HEAD~1", "what the last commit and the edits since then changed"),
        (
            "seedgen diff main my-branch --html build/review.html",
            "a page that plays old and new clips side by side",
        ),
    )
)
@click.argument("first", metavar="REV1")
@click.argument("second", metavar="[REV2]", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document (schema/diff.schema.json).")
@click.option(
    "--html",
    "page",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A page with old and new clips side by side. It plays copies of them in a folder beside it, "
    "`NAME_clips`. In build/ git ignores both.",
)
@click.pass_obj
def command(invocation: Invocation, first: str, second: str | None, as_json: bool, page: Path | None) -> int:
    """Show which shots, requests and clips differ between two git revisions of project and lock.

    Without REV2, between REV1 and the project as it is now. Nothing is checked out, submitted or
    generated; needs no network and no key.
    """
    from seedgen.app.comparing import compare_revisions

    compared = compare_revisions(invocation.settings, first, second)
    if as_json:
        click.echo(_json(compared, invocation), nl=False)
    else:
        from seedgen.views.revisions import revisions_text

        _warn(compared, invocation)
        paint, sides = invocation.out_paint, (compared.before.revision, compared.after.revision)
        text = revisions_text(compared.comparison, *sides, paint, invocation.width)
        click.echo(text, nl=False, color=paint.on)
    if page is not None:
        _write_page(compared, page, invocation)
    return 0


def _json(compared: Compared, invocation: Invocation) -> str:
    from seedgen.views.revision_documents import comparison_document

    return comparison_document(
        compared.comparison,
        compared.before.revision,
        compared.after.revision,
        compared.notes,
        project=compared.after.project,
        profile=invocation.profile,
        root=compared.root,
        version=__version__,
    ).text()


def _warn(compared: Compared, invocation: Invocation) -> None:
    if compared.notes:
        from seedgen.views.diagnostics import diagnostics_text

        sys.stderr.write(diagnostics_text(compared.notes, compared.root, invocation.paint) + "\n")


def _write_page(compared: Compared, page: Path, invocation: Invocation) -> None:
    from seedgen.store.disk import replace_text
    from seedgen.views.revisions_html import revisions_page

    clips = compared.clips_beside(page)
    text = revisions_page(
        compared.comparison,
        compared.before.revision,
        compared.after.revision,
        clips,
        project=compared.after.project,
        profile=invocation.profile,
    )
    replace_text(page, text, durable=False)
    beside = f", and beside it {page.stem}_clips/ with the clips that it plays" if clips else ""
    invocation.say(f"Wrote {page}{beside}.\n")
