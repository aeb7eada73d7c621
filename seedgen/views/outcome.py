"""Outcomes as text: what an apply did, what is left, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.execution.outcome import LeftBecause
from seedgen.planning.plan import Action
from seedgen.views.paint import harmless
from seedgen.views.words import counted, dollars, estimate

if TYPE_CHECKING:
    from decimal import Decimal

    from seedgen.execution.budget import InFlight
    from seedgen.execution.outcome import Outcome
    from seedgen.planning.plan import Plan
    from seedgen.views.paint import Paint


def question(plan: Plan, cap: Decimal | None, flying: InFlight) -> str:
    """What is asked before a plan is carried out: how much of what, and what bounds it."""
    takes = plan.counts[Action.GENERATE] + plan.counts[Action.REGENERATE]
    resumed = plan.counts[Action.RESUME]
    in_flight = estimate(flying.usd, flying.unpriced)
    if not takes and resumed:
        return (
            f"Collect {counted(resumed, 'take')} from jobs in flight, paid already ({in_flight} estimated)?"
        )
    if not takes:
        return "Apply these changes at no cost?"
    if not plan.cost and not plan.unpriced:
        return f"Generate {counted(takes, 'take')} at no cost?"
    price = f"for {estimate(plan.cost, plan.unpriced)}" if plan.cost else "at an unknown price"
    limit = f"cap {dollars(cap)}" if cap is not None else "no cap"
    return f"Submit {counted(takes, 'take')} {price} ({limit}, {in_flight} in flight)?"


def outcome_text(outcome: Outcome, paint: Paint, reels: tuple[int, int] | None = None) -> str:
    """The last lines of an apply.

    `reels` is how many were made, and of how many, before that failed: why comes after these lines.
    """
    done = [f"{outcome.done} generated"] if outcome.done or not outcome.resumed else []
    done += [f"{outcome.resumed} resumed"] if outcome.resumed else []
    done += [f"{outcome.reused} reused"] if outcome.reused else []
    done += [f"{outcome.moved} moved"] if outcome.moved else []
    done += [f"{outcome.removed} removed"] if outcome.removed else []
    done += [f"{outcome.collected} collected for earlier requests"] if outcome.collected else []
    done += [f"{counted(outcome.left, 'job')} left in flight"] if outcome.left else []
    spent = _spent(outcome)
    if later := sum(1 for one in outcome.untouched if one.because is LeftBecause.IN_FLIGHT):
        done.append(f"{counted(later, 'take')} left to the next apply")
    if outcome.succeeded:
        head = _unassembled(*reels) if reels else paint.green("Apply complete.")
        text = f"{head} {', '.join(done)}.{spent}\n"
        return text + (_COLLECT if outcome.left else "")
    left = []
    going_on = sum(1 for failure in outcome.failures if failure.in_flight)
    if going_on:
        left.append(f"{counted(going_on, 'job')} still in flight")
    if len(outcome.failures) > going_on:
        left.append(f"{len(outcome.failures) - going_on} failed")
    if outcome.blocked:
        left.append(f"{len(outcome.blocked)} blocked")
    if missed := len(outcome.untouched) - later:
        left.append(f"{missed} left as {'it is' if missed == 1 else 'they are'}")
    if outcome.not_started:
        left.append(f"{outcome.not_started} not started")
    head = paint.yellow("Apply interrupted.") if outcome.interrupted else paint.red("Apply incomplete.")
    text = f"{head} {', '.join(done)}{', ' if left else ''}{', '.join(left)}.{spent}\n"
    for failure in outcome.failures:
        take = "" if failure.take == 1 else f" take {failure.take}"
        sign = paint.yellow("!") if failure.in_flight else paint.red("✗")
        text += f"  {sign} {failure.shot}{take}: {harmless(failure.error)}\n"
    if outcome.not_started or outcome.interrupted or not all(f.waits for f in outcome.failures):
        text += "  `seedgen apply` goes on from here; what is done is kept.\n"
    return text


def _unassembled(made: int, wanted: int) -> str:
    if made < wanted:
        reels = f"{made} of {counted(wanted, 'reel')} made" if made else "no reel is made"
        return f"Every clip is recorded, and {reels}:"
    return "Every clip is recorded and every reel made, but then something failed:"


def _spent(outcome: Outcome) -> str:
    if outcome.spent is None:
        return ""
    text = f" Spent {estimate(outcome.spent, outcome.unpriced)}"
    if outcome.pending or outcome.pending_unpriced:
        text += f"; {estimate(outcome.pending, outcome.pending_unpriced)} in flight or in doubt"
    return text + "."


_COLLECT = "  `seedgen apply` collects the clips when they are ready.\n"
