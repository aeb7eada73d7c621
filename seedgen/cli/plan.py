"""`seedgen plan`"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.options import exclude_option, max_cost_option, replace_option, select_option
from seedgen.cli.pages import page

if TYPE_CHECKING:
    from decimal import Decimal

    from seedgen.cli.invocation import Invocation

EXIT_CHANGES = 2


@click.command(
    epilog=page(
        ("seedgen plan", "everything that an apply would do, and what it would cost"),
        ("seedgen plan --select 'tag:hero 030*' --exclude 030-de", "the hero shots and all of 030 but one"),
        (
            "seedgen plan --select '020+,action:regenerate'",
            "what changed of 020 and of all that continues it",
        ),
        ("seedgen plan --json --detailed-exitcode > plan.json", "for a program"),
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
@click.option("--json", "as_json", is_flag=True, help="One JSON document (schema/plan.schema.json).")
@click.option("--all", "everything", is_flag=True, help="List unchanged shots too.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.pass_obj
def command(
    invocation: Invocation,
    chosen: tuple[str, ...],
    excluded: tuple[str, ...],
    replaced: tuple[str, ...],
    max_cost: Decimal | None,
    as_json: bool,
    everything: bool,
    detailed_exitcode: bool,
) -> int:
    """Show which shots would be generated, why, and for how much.

    Each shot's request is compared with what the lock and the cache have. Nothing is submitted and
    nothing is written; no network and no key is needed. Costs are estimates from the prices of the model
    cards; what has no price there counts as unpriced, never as free.
    """
    workspace = invocation.open()
    plan = workspace.plan(chosen=chosen, excluded=excluded, replaced=replaced, max_cost=max_cost)
    if as_json:
        from seedgen.views.documents import plan_document, plan_json

        root, found = workspace.project.root, workspace.warnings
        click.echo(plan_json(plan_document(plan, found, root, __version__, everything=everything)), nl=False)
    else:
        from seedgen.views.plan_text import blocked_text, plan_text, strays_text

        invocation.warn(workspace)
        text = plan_text(plan, invocation.out_paint, invocation.width, everything=everything)
        text = invocation.typed(text)
        click.echo(text, nl=False, color=invocation.out_paint.on)
        cap = workspace.cap(max_cost)
        invocation.say(
            blocked_text(plan, cap) + strays_text(workspace.strays(plan), workspace.desk.elsewhere())
        )
    workspace.close()
    return EXIT_CHANGES if detailed_exitcode and plan.has_changes else 0
