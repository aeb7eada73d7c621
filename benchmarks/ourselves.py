"""seedgen as it is measured: this interpreter, this checkout, a whole process."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.measure import Command

if TYPE_CHECKING:
    from pathlib import Path

CHANGES = 2


def seedgen(name: str, folder: Path, *arguments: str, code: int = 0) -> Command:
    """A seedgen command run in a project's folder."""
    return Command(name, (sys.executable, "-m", "seedgen", *arguments), folder, code=code)


def plan(name: str, folder: Path, *, changes: bool) -> Command:
    """`seedgen plan`, which fails the benchmark unless it finds changes or none, as told."""
    return seedgen(name, folder, "plan", "--detailed-exitcode", code=CHANGES if changes else 0)
