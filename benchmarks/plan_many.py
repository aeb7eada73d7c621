"""Plans of 10,000 shots, all new and no-op, and whether a shot costs more there than among 1,000.

python -m benchmarks.plan_many [--shots N] [--chain N] [--runs N] [--no-peer]

With --chain every N shots continue one another, so that all but the first of them are known after apply.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import measure
from benchmarks.ourselves import plan
from benchmarks.peer_projects import terraform_plan, write_terraform
from benchmarks.peers import Absent, Peer, opentofu, terraform
from benchmarks.projects import pretend_applied, write_project
from benchmarks.report import Goal, Measured, Recorded, Report, say

if TYPE_CHECKING:
    from benchmarks.measure import Command, Series

FEW = 1000
NEW, UNCHANGED = "all new", "no-op"
THEIRS = "terraform plan, all new"
ELSEWHERE = "terraform 1.11 on another 2-core machine, 10,000 resources; not measured in this run"


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--shots", type=int, default=10_000, help="how many shots and resources")
    parser.add_argument("--chain", type=int, default=1, help="shots that continue one another")
    parser.add_argument("--runs", type=int, default=5, help="rounds that count")
    parser.add_argument("--no-peer", action="store_true", help="measure seedgen alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seedgen-bench-") as folder:
        compare(
            Path(folder), options.shots, options.chain, options.runs, with_peer=not options.no_peer
        ).publish()


def compare(folder: Path, many: int, chain: int, runs: int, *, with_peer: bool) -> Report:
    """Set up every side, measure them in turns, and say how they compare."""
    commands: list[Command] = []
    sizes: dict[str, int] = {}
    for shots in (FEW, many):
        say(f"writing two projects of {shots:,} shots")
        write_project(folder / f"new-{shots}", shots, chain=chain)
        write_project(folder / f"same-{shots}", shots, chain=chain)
        pretend_applied(folder / f"same-{shots}")
        commands.append(plan(_name(shots, NEW), folder / f"new-{shots}", changes=True))
        commands.append(plan(_name(shots, UNCHANGED), folder / f"same-{shots}", changes=False))
        sizes |= dict.fromkeys((_name(shots, NEW), _name(shots, UNCHANGED)), shots)
    peer = _peer(folder) if with_peer else Absent("terraform", "left out by --no-peer")
    absent: list[Absent] = []
    recorded: list[Recorded] = []
    if isinstance(peer, Absent):
        absent.append(peer)
        recorded.append(Recorded("terraform plan, 10,000 all new", 14.4, None, ELSEWHERE))
    else:
        write_terraform(folder / "peer", peer, many)
        commands.append(terraform_plan(folder / "peer", peer, THEIRS, changes=True))
    found = measure(commands, runs=runs, tell=say)
    theirs = found.get(THEIRS)
    rows = [
        Measured(
            name,
            series,
            theirs if name == _name(many, NEW) else None,
            f"{series.wall / sizes.get(name, many) * 1e6:.0f} us each",
        )
        for name, series in found.items()
    ]
    by = f", against {peer.name}" if isinstance(peer, Peer) else ""
    chained = f" in chains of {chain}" if chain > 1 else ""
    title = f"Plans of {many:,} shots{chained}{by}; {runs} runs in turns"
    return Report(
        "plan_chains" if chain > 1 else "plan_many",
        title,
        rows,
        absent,
        recorded,
        _goals(found, theirs, many),
    )


def _name(shots: int, kind: str) -> str:
    return f"seedgen plan, {shots:,} {kind}"


def _peer(folder: Path) -> Peer | Absent:
    found = terraform()
    return opentofu(folder / "npm") if isinstance(found, Absent) else found


def _goals(found: dict[str, Series], theirs: Series | None, many: int) -> list[Goal]:
    new = found[_name(many, NEW)]
    growth = [
        Goal(
            f"time per shot, {kind}, against {FEW:,} shots",
            (found[_name(many, kind)].wall / many) / (found[_name(FEW, kind)].wall / FEW),
            1.2,
            "x",
        )
        for kind in (NEW, UNCHANGED)
    ]
    return [
        Goal("time, all new, against terraform", new.wall / theirs.wall if theirs else None, 0.2, "x"),
        *growth,
    ]


if __name__ == "__main__":
    main()
