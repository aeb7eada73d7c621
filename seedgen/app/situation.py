"""Situation: everything that `status` tells of a project, gathered once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seedgen.planning.coverage import coverage
from seedgen.store.apply_lock import running
from seedgen.store.lockfile import lock_name
from seedgen.views.status import Situation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seedgen.app.workspace import Workspace
    from seedgen.planning.coverage import Coverage
    from seedgen.planning.resolved import ResolvedShot

_MOST_COMPARED = 2_000
"""Shots that are resolved anew for other profiles: about as much work again as a plan of as many."""


def situation(workspace: Workspace) -> Situation:
    """Where a project stands. Raises ProjectError, LockUnreadable, StoreError."""
    from seedgen.app.docket import Docket
    from seedgen.execution.costs import By

    plan = workspace.plan()
    return Situation(
        plan,
        workspace.lock_file.read(),
        tuple(Docket(workspace, workspace.desk).open_jobs()),
        workspace.desk.costs(By.SHOT),
        workspace.disk_use(),
        tuple(_profiles(workspace)),
        running(workspace.private),
        tuple(_unmade(workspace)),
    )


def _unmade(workspace: Workspace) -> Iterator[str]:
    for name, reel in workspace.reels.items():
        if not (workspace.build / f"{name}.mp4").is_file() or not workspace.reel_shots(reel):
            yield name


def _profiles(workspace: Workspace) -> Iterator[Coverage]:
    """Each profile's clips; nothing for a project without profiles. The lock without a profile is one of
    them when there is one, or when it is in force."""
    declared, left = workspace.project.spec.profiles, _MOST_COMPARED
    if not declared:
        return
    for name in (None, *declared):
        file = workspace.project.root / lock_name(name)
        in_force = name == workspace.settings.profile
        if name is None and not (in_force or file.exists()):
            continue
        lock = workspace.lock_at(file).read()
        resolved: list[ResolvedShot] | None = [] if not lock.shots else None
        errors = 0
        if in_force:
            resolved = workspace.resolved
        elif (left := left - len(workspace.shots)) >= 0:
            resolved, errors = workspace.under(name)
        takes = [shot.picked for shot in lock.shots.values()]
        there = workspace.present if in_force else workspace.objects.present
        present = there([take.clip for take in takes if take])
        found = coverage(name, [shot.id for shot in workspace.shots], lock, present, resolved)
        yield replace(found, errors=errors)
