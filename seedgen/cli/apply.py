"""`seedgen apply`"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seedgen import __version__
from seedgen.cli.options import exclude_option, max_cost_option, replace_option, select_option
from seedgen.cli.pages import page
from seedgen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from seedgen.app import Workspace
    from seedgen.app.carrying_out import CarriedOut, How
    from seedgen.app.saved import SavedApply
    from seedgen.cli.invocation import Invocation
    from seedgen.planning.plan import Plan
    from seedgen.ports.events import Event
    from seedgen.views.events_json import JsonEvents

EXIT_LEFT = 1
EXIT_INTERRUPTED = 130

_FEW = 8


@click.command(
    epilog=page(
        ("seedgen apply", "show the plan, ask, generate, assemble the reels"),
        ("seedgen apply --max-cost 5 --select tag:hero", "the hero shots, for five dollars at most"),
        ("seedgen apply --auto-approve --json", "in a script: nobody is asked, every event is a line"),
        ("seedgen apply --replace 020", "020 once more, though its clip is the right one"),
        ("seedgen apply plan.json", "just the plan that `seedgen plan -o plan.json` saved"),
        exits={
            0: "done, or nothing to do",
            1: "an error, a no, or a shot that was left failed or blocked",
            130: "interrupted; apply again to go on",
        },
    )
)
@click.argument("file", metavar="[PLAN]", required=False, type=click.Path(path_type=Path))
@select_option
@exclude_option
@replace_option
@max_cost_option
@click.option(
    "--auto-approve", is_flag=True, help="Do not ask. Lifts no cap, and no question about an unknown price."
)
@click.option(
    "--allow-unpriced",
    is_flag=True,
    help="Submit takes whose price is unknown; under a cap they stay blocked.",
)
@click.option(
    "--concurrency",
    metavar="N",
    type=click.IntRange(1, 1000),
    help="Jobs side by side, instead of what the project or the provider says.",
)
@click.option(
    "--detach",
    is_flag=True,
    help="Submit, fetch what has ended, and leave, without reels; the next apply collects the rest.",
)
@click.option("--no-reel", is_flag=True, help="Generate only; assemble nothing.")
@click.option("--json", "as_json", is_flag=True, help="One event a line (schema/event.schema.json).")
@click.pass_obj
def command(
    invocation: Invocation,
    file: Path | None,
    chosen: tuple[str, ...],
    excluded: tuple[str, ...],
    replaced: tuple[str, ...],
    max_cost: Decimal | None,
    auto_approve: bool,
    allow_unpriced: bool,
    concurrency: int | None,
    detach: bool,
    no_reel: bool,
    as_json: bool,
) -> int:
    """Generate what changed, keep every clip, and assemble the reels.

    Shows the plan, its cost and the cap, and asks before anything is submitted. Money is spent only for
    what the plan lists as generate or regenerate, and never past the cap. Clips go into the cache,
    which clip each shot has into the lock, copies and reels into build/. One failure stops no other shot.

    Ctrl-C once stops submitting, twice stops at once; the next apply goes on from there and pays
    nothing twice.

    PLAN is a file that `seedgen plan -o` wrote: just that plan is carried out, once and without asking, and
    only while it is true. It brings its profile, its variables and its shots along.
    """
    saved = None
    if file is not None:
        from seedgen.cli.saved import open_saved_plan

        invocation, saved = open_saved_plan(invocation, file)
    workspace = saved.workspace if saved is not None else invocation.open()
    workspace.require_sound()
    with workspace.applying(), nullcontext() if saved is None else saved.alone():
        if saved is not None:
            saved.require_unused()
            max_cost = saved.cap(max_cost)
        if saved is None or not saved.saved.is_empty:
            _look_into_doubt(invocation, workspace)
            _recover(invocation, workspace)
        plan = _planned(workspace, saved, chosen, excluded, replaced, max_cost)
        view = _view(workspace) if as_json else None
        workspace.require_providers(plan)
        _present(invocation, workspace, plan, view, max_cost, allow_unpriced=allow_unpriced)
        if saved is not None and saved.saved.is_empty:
            _nothing(workspace, view)
            return 0
        if not _approved(
            invocation,
            workspace,
            plan,
            max_cost,
            auto_approve=auto_approve or saved is not None,
            allow_unpriced=allow_unpriced,
        ):
            invocation.say("Not approved. Nothing was done.\n")
            return EXIT_LEFT
        if saved is not None:
            from seedgen.views.stale import learnt_text

            invocation.say(learnt_text(saved.learnt(plan)))
            saved.begin(plan)
        from seedgen.app.carrying_out import How

        how = How(max_cost, concurrency, detach, assemble=not no_reel)
        done = _carry_out(invocation, workspace, plan, view, how)
        if saved is not None and done.complete:
            saved.complete()
    _conclude(invocation, plan, view, done)
    if done.outcome.interrupted:
        return EXIT_INTERRUPTED
    return 0 if done.outcome.succeeded else EXIT_LEFT


def _planned(
    workspace: Workspace,
    saved: SavedApply | None,
    chosen: tuple[str, ...],
    excluded: tuple[str, ...],
    replaced: tuple[str, ...],
    max_cost: Decimal | None,
) -> Plan:
    if saved is None:
        return workspace.plan(chosen=chosen, excluded=excluded, replaced=replaced, max_cost=max_cost)
    return saved.renewed(max_cost)


def _nothing(workspace: Workspace, view: JsonEvents | None) -> None:
    """An empty plan is carried out by doing nothing."""
    if view is not None:
        from seedgen.execution.outcome import Outcome

        view.end(Outcome(workspace.lock_file.read()), None)


def _look_into_doubt(invocation: Invocation, workspace: Workspace) -> None:
    """Ask about submits whose answer was lost, so that the plan to approve is the true one."""
    doubtful = workspace.desk.in_doubt()
    if not doubtful:
        return
    import asyncio

    from seedgen.views.jobs import asking_text, finding_text

    invocation.say(asking_text(doubtful))
    answers = asyncio.run(workspace.desk.ask_services(doubtful))
    for answer in answers:
        invocation.say(finding_text(answer, invocation.paint))


def _recover(invocation: Invocation, workspace: Workspace) -> None:
    """Fetch clips that the lock names and the cache has lost, before anything is paid again."""
    if found := workspace.take_back():
        shots = ", ".join(found[:_FEW]) + (" …" if len(found) > _FEW else "")
        invocation.say(f"Clips that the cache had lost were taken back from build/: {shots}.\n")
    lost = workspace.lost()
    if not lost:
        return
    import asyncio

    from seedgen.views.jobs import recovered_text

    invocation.say(recovered_text(lost, asyncio.run(workspace.recover(lost))))


def _view(workspace: Workspace) -> JsonEvents:
    from seedgen.views.events_json import JsonEvents

    return JsonEvents(sys.stdout, workspace.project.root, __version__)


def _present(
    invocation: Invocation,
    workspace: Workspace,
    plan: Plan,
    view: JsonEvents | None,
    max_cost: Decimal | None,
    *,
    allow_unpriced: bool,
) -> None:
    if view is not None:
        view.begin(plan, workspace.warnings)
        return
    from seedgen.views.plan_text import blocked_text, plan_text, strays_text
    from seedgen.views.unpriced import unpriced_text

    invocation.warn(workspace)
    text = invocation.typed(plan_text(plan, invocation.out_paint, invocation.width))
    click.echo(text, nl=False, color=invocation.out_paint.on)
    sys.stdout.flush()
    cap = workspace.cap(max_cost)
    strays = strays_text(workspace.strays(plan), workspace.desk.elsewhere())
    # Who allows it knows; the sum says how many there are.
    unpriced = "" if allow_unpriced else unpriced_text(plan)
    invocation.say(unpriced + blocked_text(plan, cap) + strays)


def _approved(
    invocation: Invocation,
    workspace: Workspace,
    plan: Plan,
    max_cost: Decimal | None,
    *,
    auto_approve: bool,
    allow_unpriced: bool,
) -> bool:
    """Ask before anything changes. Raises UsageError where nobody can answer."""
    from seedgen.views.outcome import question

    if plan.unpriced and not allow_unpriced:
        many = f"{plan.unpriced} takes have" if plan.unpriced > 1 else "1 take has"
        if auto_approve or not invocation.can_ask:
            raise UsageError(
                f"{many} no known price",
                remedy="Submit all the same with --allow-unpriced, or state a price as `seedgen plan` says.",
            )
        if not invocation.ask(f"{many} no known price. Submit all the same?"):
            return False
    if auto_approve or not plan.has_work:
        return True
    if not invocation.can_ask:
        raise UsageError(
            "nobody is here to approve the plan", remedy="Approve beforehand with --auto-approve."
        )
    asked = question(plan, workspace.cap(max_cost), workspace.in_flight(plan))
    return invocation.ask(asked)


def _carry_out(
    invocation: Invocation, workspace: Workspace, plan: Plan, view: JsonEvents | None, how: How
) -> CarriedOut:
    from seedgen.app.carrying_out import carry_out
    from seedgen.cli.running import run_until_stopped
    from seedgen.cli.watching import watcher

    with watcher(invocation, plan, workspace.project.root) as watching:
        tell_it: Callable[[Event], None] = watching.tell if view is None else view.tell

        def tell(event: Event) -> None:
            tell_it(invocation.typed_event(event))

        return run_until_stopped(lambda stopping: carry_out(workspace, plan, tell, stopping, how))


def _conclude(invocation: Invocation, plan: Plan, view: JsonEvents | None, done: CarriedOut) -> None:
    """Say what became of it all. Raises what kept the reels from being assembled."""
    if view is not None:
        view.end(done.outcome, done.unassembled)
    elif plan.has_changes or done.outcome.interrupted:
        from seedgen.views.outcome import outcome_text

        reels = None if done.unassembled is None else (done.reels, done.wanted)
        invocation.say(outcome_text(done.outcome, invocation.paint, reels))
    if done.unassembled is not None:
        raise done.unassembled
