"""By action: the shots of a plan, by what it would do to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.planning.plan import Action

if TYPE_CHECKING:
    from seedgen.planning.plan import Plan


def shots_by_action(plan: Plan) -> dict[str, frozenset[str]]:
    """The ids by action, every action named. A shot with several takes may stand under several.

    A take that waits for what another shot is about to get stands under that one's action: chosen by
    itself it would have to be made, and what is chosen as free must not come to cost something. A shot
    is unchanged when all its takes are.
    """
    making = {change.name: change.action for change in plan.takes}
    found: dict[Action, set[str]] = {action: set() for action in Action}
    for change in plan.takes:
        action = change.action if change.follows is None else making.get(change.follows, change.action)
        found[action].add(change.shot)
    found[Action.UNCHANGED] -= set[str]().union(
        *(ids for action, ids in found.items() if action is not Action.UNCHANGED)
    )
    return {action.value: frozenset(ids) for action, ids in found.items()}
