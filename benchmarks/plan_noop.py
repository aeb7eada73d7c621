"""A plan with nothing to do: 1,000 shots, 100 reference files and a template, against terraform and DVC.

python -m benchmarks.plan_noop [--shots N] [--runs N]
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import measure
from benchmarks.ourselves import plan
from benchmarks.peer_projects import apply_terraform, dvc_status, terraform_plan, write_dvc, write_terraform
from benchmarks.peers import Absent, dvc, opentofu, terraform
from benchmarks.projects import pretend_applied, write_project
from benchmarks.report import MIB, Goal, Measured, Recorded, Report, say

if TYPE_CHECKING:
    from benchmarks.measure import Command, Series
    from benchmarks.peers import Peer

OURS = "seedgen plan"
TERRAFORM = "terraform plan"
TOFU = "tofu plan"
DVC = "dvc status"
ELSEWHERE = "terraform 1.11 on another 2-core machine, 1,000 resources; not measured in this run"


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--shots", type=int, default=1000, help="how many shots, resources and stages")
    parser.add_argument("--runs", type=int, default=7, help="rounds that count")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seedgen-bench-") as folder:
        compare(Path(folder), options.shots, options.runs).publish()


def compare(folder: Path, shots: int, runs: int) -> Report:
    """Set up every side, measure them in turns, and say how they compare."""
    say(f"writing a project of {shots:,} shots")
    write_project(folder / "project", shots)
    pretend_applied(folder / "project")
    commands = [plan(OURS, folder / "project", changes=False)]
    notes: dict[str, str] = {}
    absent: list[Absent] = []
    say("looking for the peers and setting them up")
    peers = {TERRAFORM: terraform(), TOFU: opentofu(folder / "npm"), DVC: dvc(folder / "venv")}
    for name, peer in peers.items():
        if isinstance(peer, Absent):
            absent.append(peer)
        else:
            commands.append(_unchanged(name, folder / name.replace(" ", "-"), peer, shots))
            notes[name] = peer.name
    found = measure(commands, runs=runs, tell=say)
    yardstick = next((found[name] for name in (TERRAFORM, TOFU, DVC) if name in found), None)
    rows = [
        Measured(name, series, yardstick if series is not yardstick else None, notes.get(name, ""))
        for name, series in found.items()
    ]
    recorded = [] if TERRAFORM in found else [Recorded(TERRAFORM, 2.5, 196 * MIB, ELSEWHERE)]
    title = f"No-op plan of {shots:,} shots with 100 reference files and a template; {runs} runs in turns"
    return Report("plan_noop", title, rows, absent, recorded, _goals(found))


def _unchanged(name: str, root: Path, peer: Peer, size: int) -> Command:
    if name == DVC:
        write_dvc(root, peer, size)
        return dvc_status(root, peer, name)
    write_terraform(root, peer, size)
    apply_terraform(root, peer)
    return terraform_plan(root, peer, name, changes=False)


def _goals(found: dict[str, Series]) -> list[Goal]:
    ours, theirs = found[OURS], found.get(TERRAFORM)
    return [
        Goal("time, against terraform", ours.wall / theirs.wall if theirs else None, 0.25, "x"),
        Goal("peak memory", ours.peak / MIB, 80, "MiB"),
    ]


if __name__ == "__main__":
    main()
