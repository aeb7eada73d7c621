"""`seedgen plan`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.options import exclude_option, max_cost_option, replace_option, select_option
from seedgen.cli.pages import page
from seedgen.errors import UsageError

if TYPE_CHECKING:
    from decimal import Decimal

    from seedgen.app import Workspace
    from seedgen.cli.invocation import Invocation
    from seedgen.planning.plan import Plan

EXIT_CHANGES = 2


@click.command(
    epilog=page(
        ("seedgen plan", "everything that an apply would do, and what it would cost"),
        ("seedgen plan --select 'tag:hero 030*' --exclude 030-de", "the hero shots and all of 030 but one"),
        (
            "seedgen plan --select '020+,action:regenerate'",
            "what changed of 020 and of all that continues it",
        ),
        ("seedgen plan -o plan.json", "save it, to review it and to apply just that"),
        ("seedgen plan --json --detailed-exitcode > changes.json", "for a program"),
        exits={
            0: "done; with --detailed-exitcode, there is nothing to do",
            1: "an error, or wrong usage",
            2: "with --detailed-exitcode: there are changes, blocked ones included",
        },
    )
)
@select_option
@exclude_option
@replace_option
@max_cost_option
@click.option(
    "-o",
    "--out",
    "file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Save the plan; `seedgen apply FILE` carries out just that.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document (schema/plan.schema.json).")
@click.option("--markdown", is_flag=True, help="As Markdown, for a comment on a pull request.")
@click.option(
    "--thumbnails",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="With --markdown: write small pictures of changed shots' present clips there, and show them.",
)
@click.option("--all", "everything", is_flag=True, help="List unchanged shots too.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.pass_obj
def command(
    invocation: Invocation,
    chosen: tuple[str, ...],
    excluded: tuple[str, ...],
    replaced: tuple[str, ...],
    max_cost: Decimal | None,
    file: Path | None,
    as_json: bool,
    markdown: bool,
    thumbnails: Path | None,
    everything: bool,
    detailed_exitcode: bool,
) -> int:
    """Show which shots would be generated, why, and for how much.

    Each shot's request is compared with what the lock and the cache have. Nothing is submitted, and
    nothing is written but what -o and --thumbnails ask for; no network and no key is needed. Costs are
    estimates from the prices of the model cards; what has no price there counts as unpriced, never as free.
    """
    if as_json and markdown:
        raise UsageError("--json and --markdown exclude each other", remedy="Give one of them.")
    if thumbnails is not None and not markdown:
        raise UsageError("--thumbnails goes with --markdown", remedy="Add --markdown.")
    workspace = invocation.open()
    plan = workspace.plan(chosen=chosen, excluded=excluded, replaced=replaced, max_cost=max_cost)
    if file is not None:
        from seedgen.app.saved import save_plan

        save_plan(workspace, plan, file, replaced=replaced, max_cost=max_cost)
    if as_json:
        from seedgen.views.documents import plan_document, plan_json

        root, found = workspace.project.root, workspace.warnings
        click.echo(plan_json(plan_document(plan, found, root, __version__, everything=everything)), nl=False)
    elif markdown:
        _markdown(invocation, workspace, plan, max_cost, thumbnails)
    else:
        from seedgen.views.plan_text import blocked_text, plan_text, strays_text
        from seedgen.views.unpriced import unpriced_text

        invocation.warn(workspace)
        text = plan_text(plan, invocation.out_paint, invocation.width, everything=everything)
        text = invocation.typed(text)
        click.echo(text, nl=False, color=invocation.out_paint.on)
        cap = workspace.cap(max_cost)
        strays = strays_text(workspace.strays(plan), workspace.desk.elsewhere())
        invocation.say(unpriced_text(plan) + blocked_text(plan, cap) + strays)
    if file is not None:
        import shlex

        # As it is typed: the plan brings its profile along.
        click.echo(f"Saved. `seedgen apply {shlex.quote(str(file))}` carries out just this plan.", err=True)
    return EXIT_CHANGES if detailed_exitcode and plan.has_changes else 0


def _markdown(
    invocation: Invocation,
    workspace: Workspace,
    plan: Plan,
    max_cost: Decimal | None,
    thumbnails: Path | None,
) -> None:
    from seedgen.views.plan_markdown import plan_markdown

    pictures = {}
    if thumbnails is not None:
        from seedgen.app.thumbnails import write_thumbnails

        pictures = write_thumbnails(workspace, plan, thumbnails)
    text = plan_markdown(plan, workspace.warnings, workspace.project.root, workspace.cap(max_cost), pictures)
    click.echo(invocation.typed(text), nl=False)
