"""`seedgen apply`"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.options import max_cost_option, replace_option, select_option
from seedgen.errors import UsageError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from decimal import Decimal

    from seedgen.app import Workspace
    from seedgen.cli.invocation import Invocation
    from seedgen.execution.apply import Outcome
    from seedgen.planning.plan import Plan
    from seedgen.ports.events import Event
    from seedgen.views.events_json import JsonEvents

EXIT_LEFT = 1
EXIT_INTERRUPTED = 130


@click.command(epilog="Example:  seedgen apply --max-cost 5 --select tag:hero")
@select_option
@replace_option
@max_cost_option
@click.option("--auto-approve", is_flag=True, help="Do not ask. Lifts no cap.")
@click.option("--allow-unpriced", is_flag=True, help="Submit shots whose price is unknown.")
@click.option("--concurrency", type=click.IntRange(1, 1000), help="Jobs side by side.")
@click.option("--no-reel", is_flag=True, help="Generate only; assemble nothing.")
@click.option("--json", "as_json", is_flag=True, help="One event a line (schema/event.schema.json).")
@click.pass_obj
def command(
    invocation: Invocation,
    chosen: tuple[str, ...],
    replaced: tuple[str, ...],
    max_cost: Decimal | None,
    auto_approve: bool,
    allow_unpriced: bool,
    concurrency: int | None,
    no_reel: bool,
    as_json: bool,
) -> int:
    """Generate what changed, keep every clip, and assemble the reels.

    Shows the plan and asks before anything is submitted. Ctrl-C once stops submitting, twice stops
    at once; the next apply goes on from there.
    """
    workspace = invocation.open()
    workspace.require_sound()
    with workspace.applying():
        plan = workspace.plan(chosen=chosen, replaced=replaced, max_cost=max_cost)
        view = _view(workspace) if as_json else None
        _present(invocation, workspace, plan, view)
        _approve(
            invocation, workspace, plan, max_cost, auto_approve=auto_approve, allow_unpriced=allow_unpriced
        )
        outcome = _carry_out(invocation, workspace, plan, view, max_cost, concurrency, reel=not no_reel)
    workspace.close()
    if view is not None:
        view.end(outcome)
    elif plan.has_changes:
        from seedgen.views.outcome import outcome_text

        sys.stderr.write(outcome_text(outcome, invocation.paint))
    if outcome.interrupted:
        return EXIT_INTERRUPTED
    return 0 if outcome.succeeded else EXIT_LEFT


def _view(workspace: Workspace) -> JsonEvents:
    from seedgen.views.events_json import JsonEvents

    return JsonEvents(sys.stdout, workspace.project.root, __version__)


def _present(invocation: Invocation, workspace: Workspace, plan: Plan, view: JsonEvents | None) -> None:
    if view is not None:
        view.begin(plan, workspace.warnings)
        return
    from seedgen.views.plan_text import blocked_text, plan_text

    invocation.warn(workspace)
    click.echo(
        plan_text(plan, invocation.out_paint, invocation.width), nl=False, color=invocation.out_paint.on
    )
    sys.stdout.flush()
    sys.stderr.write(blocked_text(plan))


def _approve(
    invocation: Invocation,
    workspace: Workspace,
    plan: Plan,
    max_cost: Decimal | None,
    *,
    auto_approve: bool,
    allow_unpriced: bool,
) -> None:
    """Ask before anything changes. Raises UsageError where nobody can answer, Abort for a no."""
    from seedgen.views.outcome import question

    if plan.unpriced and not allow_unpriced:
        many = f"{plan.unpriced} takes have" if plan.unpriced > 1 else "1 take has"
        if auto_approve or not invocation.can_ask:
            raise UsageError(
                f"{many} no known price",
                remedy="Submit all the same with --allow-unpriced, or plan without them.",
            )
        if not click.confirm(f"{many} no known price. Submit all the same?", err=True):
            raise click.Abort
    if auto_approve or not plan.has_changes:
        return
    if not invocation.can_ask:
        raise UsageError(
            "nobody is here to approve the plan", remedy="Approve beforehand with --auto-approve."
        )
    if not click.confirm(question(plan, workspace.cap(max_cost)), err=True):
        raise click.Abort


def _carry_out(
    invocation: Invocation,
    workspace: Workspace,
    plan: Plan,
    view: JsonEvents | None,
    max_cost: Decimal | None,
    concurrency: int | None,
    *,
    reel: bool,
) -> Outcome:
    from seedgen.cli.running import run_until_stopped
    from seedgen.cli.watching import watcher

    with watcher(invocation, plan, workspace.project.root) as watching:
        tell: Callable[[Event], None] = watching.tell if view is None else view.tell

        async def work(stopping: asyncio.Event) -> Outcome:
            outcome = await workspace.apply(
                plan, tell, max_cost=max_cost, concurrency=concurrency, stopping=stopping
            )
            if reel and not stopping.is_set():
                await workspace.assemble(list(workspace.reels), tell)
            return outcome

        return run_until_stopped(work)
