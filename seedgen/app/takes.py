"""Takes: which take of a shot goes into reels, and clips that stand for a changed request.

Both are decisions that stand in the lock: no clip is touched, and nothing costs anything. What was accepted
is remembered in the cache too, for the lock forgets it with the next request. Whoever calls holds the
project's apply lock.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from typing import TYPE_CHECKING

from seedgen.app.opened import unknown_shot
from seedgen.errors import ReadOnly, UsageError
from seedgen.planning.accept import acceptance
from seedgen.planning.pick import Picked, picked

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from seedgen.app.workspace import Workspace
    from seedgen.planning.accept import Acceptance
    from seedgen.planning.lock import LockedShot
    from seedgen.planning.plan import Change


def pick_take(project: Workspace, shot_id: str, number: int) -> Picked:
    """Have another take go into reels. Raises UsageError for one that is not there, LockUnreadable."""
    lock = project.lock_file.read()
    locked = lock.shots.get(shot_id)
    if locked is None:
        raise _without_clip(project, shot_id, lock.shots)
    take = locked.take(number)
    if take is None:
        raise _no_such_take(project, shot_id, locked, number)
    if not project.objects.present([take.clip]):
        raise UsageError(
            f"the clip of {shot_id} take {number} is missing from the cache",
            remedy="`seedgen apply` fetches it from who made it, or makes it again.",
        )
    before = locked.picked
    project.lock_file.write(picked(lock, shot_id, number))
    return Picked(shot_id, number, before.take if before else None)


def _without_clip(project: Workspace, shot_id: str, locked: Collection[str]) -> UsageError:
    declared = [shot.id for shot in project.shots]
    if shot_id in declared:
        return UsageError(f"{shot_id} has no clip to pick", remedy="`seedgen apply` generates its takes.")
    return unknown_shot(shot_id, [*declared, *(one for one in locked if one not in declared)])


def _no_such_take(project: Workspace, shot_id: str, locked: LockedShot, number: int) -> UsageError:
    declared = next((shot.takes for shot in project.shots if shot.id == shot_id), 0)
    has = ", ".join(str(take.take) for take in locked.takes)
    more = "apply" if number <= declared else f"declare `takes: {number}` for the shot and apply"
    return UsageError(f"{shot_id} has no take {number}", remedy=f"It has {has}. For another one, {more}.")


def accept_shots(project: Workspace, shot_ids: Sequence[str]) -> list[Acceptance]:
    """Have the clips that shots have stand for their requests as they are now; one refusal stops no other.

    Raises ProjectError, UsageError for an unknown shot, LockUnreadable.
    """
    project.require_sound()
    lock = project.lock_file.read()
    shots = [project.shot(shot_id) for shot_id in dict.fromkeys(shot_ids)]
    plan = project.plan(chosen=[shot.id for shot in shots])
    present = project.objects.present([take.clip for locked in lock.shots.values() for take in locked.takes])
    changes: dict[str, list[Change]] = defaultdict(list)
    for change in plan.takes:
        changes[change.shot].append(change)
    done = [
        acceptance(shot.id, changes[shot.id], lock.shots.get(shot.id), shot.set_names, present)
        for shot in shots
    ]
    entries = {one.shot: one.entry for one in done if one.entry is not None}
    # The clips are the same, and so are the reels made of them, but for those that show prompts.
    same = {
        name: record
        for name, record in lock.reels.items()
        if name in project.reels and not project.shows_prompts(project.reels[name])
    }
    if entries:
        _remember(project)  # a lock from elsewhere may hold the only word of what was accepted before
        project.lock_file.write(lock.with_shots({**lock.shots, **entries}, lock.plan_id).with_reels(same))
        _remember(project)
    return done


def _remember(project: Workspace) -> None:
    """The lock holds without it, so that a cache which may only be read is no reason to refuse."""
    with contextlib.suppress(ReadOnly):
        project.remember_takes()
