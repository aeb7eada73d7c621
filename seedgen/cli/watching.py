"""Watching: the right kind of progress for where stderr goes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from seedgen.views.progress import LiveProgress, PlainProgress

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.cli.invocation import Invocation
    from seedgen.planning.plan import Plan
    from seedgen.views.progress import Watcher


def watcher(invocation: Invocation, plan: Plan | None, root: Path) -> Watcher:
    """Live progress on a terminal, plain lines elsewhere."""
    if invocation.live:
        takes = sum(1 for change in plan.changes if change.submits) if plan else 0
        return LiveProgress(takes, root.resolve(), invocation.paint)
    return PlainProgress(sys.stderr, root.resolve(), invocation.paint)
