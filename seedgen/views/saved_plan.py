"""Saved plans as text: what they are about, and what they would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.views.paint import harmless
from seedgen.views.plan_text import plan_text
from seedgen.views.words import dollars

if TYPE_CHECKING:
    from seedgen.planning.plan import Plan
    from seedgen.planning.saved_plan import SavedPlan
    from seedgen.views.paint import Paint


def saved_plan_text(saved: SavedPlan, plan: Plan, paint: Paint, width: int) -> str:
    """What the plan froze in a line or two, and the plan as it was shown when it was made."""
    under = f", profile {saved.profile}" if saved.profile else ""
    lines = [f"A plan of {saved.project}{under}, made against the lock's serial {saved.lock.serial}."]
    if saved.variables:
        given = ", ".join(f"{name}={_shown(value)}" for name, value in saved.overrides().items())
        lines.append(f"Variables given: {given}.")
    if saved.max_cost_usd is not None:
        lines.append(f"Made under a cap of {dollars(saved.max_cost_usd)}.")
    return harmless("\n".join(lines)) + "\n\n" + plan_text(plan, paint, width)


def _shown(value: object) -> str:
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:60] + "…"
