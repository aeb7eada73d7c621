"""What was measured: one table for people, one JSON file for programs."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.measure import Series
    from benchmarks.peers import Absent

RESULTS = Path(__file__).with_name("results")
MIB = 1024 * 1024
HEADINGS = ("", "median", "min", "max", "CPU", "peak memory", "ratio", "")


@dataclass(frozen=True, slots=True)
class Measured:
    """A row measured in this run; `against` names the row its ratio is to."""

    name: str
    series: Series
    against: Series | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """Median over the other's median."""
        return self.series.wall / self.against.wall if self.against else None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row NOT measured in this run: a number from another machine, for orientation only."""

    name: str
    wall: float
    peak: int | None
    where: str


@dataclass(frozen=True, slots=True)
class Goal:
    """A number to stay within, and where we are; None where it could not be measured."""

    text: str
    value: float | None
    limit: float
    unit: str

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None when it was not measured."""
        return None if self.value is None else self.value <= self.limit


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one benchmark found."""

    name: str
    title: str
    measured: Sequence[Measured]
    absent: Sequence[Absent] = ()
    recorded: Sequence[Recorded] = ()
    goals: Sequence[Goal] = ()

    def publish(self) -> None:
        """Print the table and write `benchmarks/results/NAME.json`."""
        print(self.table())
        RESULTS.mkdir(exist_ok=True)
        file = RESULTS / f"{self.name}.json"
        file.write_text(json.dumps(self.document(), indent=2) + "\n", encoding="utf-8")
        print(f"\nWritten to {file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file}")

    def table(self) -> str:
        """The table, with the goals below it."""
        rows = [
            HEADINGS,
            *map(_measured_cells, self.measured),
            *((row.name, "not run", "", "", "", "", "", row.reason) for row in self.absent),
            *map(_recorded_cells, self.recorded),
        ]
        widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
        lines = [self.title, f"{_machine_text()}", "", *(_line(row, widths) for row in rows)]
        if self.goals:
            lines += ["", *(_goal_text(goal) for goal in self.goals)]
        return "\n".join(lines)

    def document(self) -> dict[str, Any]:
        """The same as JSON: seconds, bytes, and every single run."""
        return {
            "benchmark": self.name,
            "title": self.title,
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": _commit(),
            "machine": _machine(),
            "measured": [_measured_document(row) for row in self.measured],
            "not_run": [asdict(row) for row in self.absent],
            "recorded_elsewhere": [asdict(row) for row in self.recorded],
            "goals": [asdict(goal) | {"met": goal.met} for goal in self.goals],
        }


def _measured_cells(row: Measured) -> tuple[str, ...]:
    series = row.series
    ratio = f"{row.ratio:.2f} x {row.against.name}" if row.ratio is not None and row.against else ""
    return (
        row.name,
        seconds_text(series.wall),
        seconds_text(series.fastest),
        seconds_text(series.slowest),
        seconds_text(series.cpu),
        f"{series.peak / MIB:.0f} MiB",
        ratio,
        row.note,
    )


def _recorded_cells(row: Recorded) -> tuple[str, ...]:
    peak = f"({row.peak / MIB:.0f} MiB)" if row.peak else ""
    return (row.name, f"({seconds_text(row.wall)})", "", "", "", peak, "", f"recorded elsewhere: {row.where}")


def _measured_document(row: Measured) -> dict[str, Any]:
    series = row.series
    return {
        "name": row.name,
        "median_s": series.wall,
        "min_s": series.fastest,
        "max_s": series.slowest,
        "cpu_s": series.cpu,
        "peak_bytes": series.peak,
        "against": row.against.name if row.against else None,
        "ratio": row.ratio,
        "note": row.note,
        "runs": [asdict(run) for run in series.runs],
    }


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *numbers, ratio, note = (
        cell.ljust(width) if column in {0, 6, 7} else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join([name, *numbers, ratio, note]).rstrip()


def _goal_text(goal: Goal) -> str:
    if goal.value is None:
        return f"  not measured  {goal.text}: at most {goal.limit:g} {goal.unit}"
    word = "reached     " if goal.met else "NOT REACHED "
    return f"  {word}  {goal.text}: {goal.value:.3g} {goal.unit}, at most {goal.limit:g}"


def seconds_text(value: float) -> str:
    """Seconds for people, with three figures or so."""
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.2f} s"


def _machine() -> dict[str, Any]:
    load = os.getloadavg()[0]
    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load_average": round(load, 2),
    }


def _machine_text() -> str:
    facts = _machine()
    return (
        f"{facts['system']} {facts['machine']}, {facts['cores']} cores, Python {facts['python']}, "
        f"load average {facts['load_average']} after the runs. Compare rows of one table, not tables."
    )


def _commit() -> str | None:
    if shutil.which("git") is None:
        return None
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None


def say(text: str) -> None:
    """Tell whoever waits what is going on, apart from the table."""
    sys.stderr.write(f"{text}\n")
