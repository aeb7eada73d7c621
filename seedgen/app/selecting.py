"""Selecting: which shots of a project a command is about, those of its lock included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.planning.by_action import shots_by_action
from seedgen.planning.select import Beyond, Selectable, select

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from seedgen.app.reels import ReeledProject
    from seedgen.planning.lock import Lock
    from seedgen.planning.plan import Plan


def select_shots(
    project: ReeledProject,
    lock: Lock,
    chosen: Sequence[str],
    excluded: Sequence[str],
    plan_for: Callable[[Container[str]], Plan],
) -> frozenset[str]:
    """The ids that `chosen` names without those that `excluded` names; all when both are empty.

    An `action:` is that of the plan of the whole project, which `plan_for` makes when one is named.
    Raises UsageError.
    """
    declared = project.selectable(project.shots)
    ids = {shot.id for shot in declared}
    gone = [Selectable(shot_id, frozenset()) for shot_id in lock.shots if shot_id not in ids]
    return select(
        chosen,
        declared + gone,
        exclude=excluded,
        beyond=Beyond(
            reels=lambda: {
                name: [shot.id for shot in project.reel_shots(reel)] for name, reel in project.reels.items()
            },
            actions=lambda: shots_by_action(plan_for(ids.union(lock.shots))),
        ),
    )
