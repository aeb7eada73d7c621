"""Start-up: `seedgen version` and `seedgen plan` on 5 shots, and that they import nothing heavy.

python -m benchmarks.startup [--runs N]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Command, environment, measure
from benchmarks.ourselves import plan, seedgen
from benchmarks.peers import Absent, terraform
from benchmarks.projects import pretend_applied, write_project
from benchmarks.report import Goal, Measured, Report, say

if TYPE_CHECKING:
    from collections.abc import Collection

# Not needed to print a version or to plan: they draw, decode, submit or show progress.
HEAVY = ("httpx", "rich", "av", "PIL")
PYTHON = "python -c pass"
VERSION, PLAN = "seedgen version", "seedgen plan, 5 shots"


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=21, help="rounds that count")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seedgen-bench-") as folder:
        compare(Path(folder), options.runs).publish()


def compare(folder: Path, runs: int) -> Report:
    """Measure in turns, then look at what was imported."""
    write_project(folder / "project", shots=5, references=5)
    pretend_applied(folder / "project")
    ours = [seedgen(VERSION, folder, "version"), plan(PLAN, folder / "project", changes=False)]
    commands = [Command(PYTHON, (sys.executable, "-c", "pass"), folder), *ours]
    peer = terraform()
    if not isinstance(peer, Absent):
        commands.append(Command(f"{peer.name} version", (peer.program, "version"), folder, peer.environment))
    found = measure(commands, runs=runs, warm_ups=2, tell=say)
    heavy = {command.name: heavy_imports(command) for command in ours}
    rows = [
        Measured(
            name,
            series,
            found[PYTHON] if name != PYTHON else None,
            _imports_text(heavy[name]) if name in heavy else "",
        )
        for name, series in found.items()
    ]
    goals = [
        Goal(VERSION, found[VERSION].wall * 1000, 60, "ms"),
        Goal(PLAN, found[PLAN].wall * 1000, 250, "ms"),
        *(
            Goal(f"heavy modules imported by {name}", len(names), 0, "modules")
            for name, names in heavy.items()
        ),
    ]
    absent = [peer] if isinstance(peer, Absent) else []
    return Report("startup", f"Start-up; {runs} runs in turns", rows, absent, goals=goals)


def heavy_imports(command: Command) -> list[str]:
    """The heavy modules a command of ours imports, as the interpreter itself tells."""
    interpreter, *rest = command.argv
    done = subprocess.run(
        [interpreter, "-X", "importtime", *rest],
        cwd=command.folder,
        env=environment(command.environment),
        capture_output=True,
        text=True,
        check=True,
    )
    names = imported(done.stderr)
    return [name for name in HEAVY if name in names]


def imported(importtime: str) -> Collection[str]:
    """Names of the modules in what `-X importtime` printed."""
    lines = (line for line in importtime.splitlines() if line.startswith("import time:"))
    return {line.rsplit("|", 1)[-1].strip() for line in lines}


def _imports_text(names: list[str]) -> str:
    listed = ", ".join(HEAVY)
    return f"imports {', '.join(names)}" if names else f"imports none of {listed}"


if __name__ == "__main__":
    main()
