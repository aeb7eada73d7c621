"""Commands as whole processes, run in turns: A B A B, so that a busy machine is busy for both."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

STOPWATCH = Path(__file__).with_name("stopwatch.py")


class CommandFailedError(Exception):
    """A measured command ended with another exit code than it should: its time means nothing."""


@dataclass(frozen=True, slots=True)
class Command:
    """A program to measure, and the exit code that says it did what it is measured for.

    `environment` is laid over this process's own; settings of the measured programs are taken out of that.
    """

    name: str
    argv: tuple[str, ...]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    code: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One run: wall and CPU seconds, and peak memory in bytes.

    CPU sums the process and the children it waited for; memory is that of the largest of them.
    """

    wall: float
    cpu: float
    peak: int


@dataclass(frozen=True, slots=True)
class Series:
    """The runs of one command, its warm-ups left out."""

    name: str
    runs: tuple[Run, ...]

    @property
    def wall(self) -> float:
        """Median wall seconds."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def fastest(self) -> float:
        """Wall seconds of the fastest run."""
        return min(run.wall for run in self.runs)

    @property
    def slowest(self) -> float:
        """Wall seconds of the slowest run."""
        return max(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """Median CPU seconds."""
        return statistics.median(run.cpu for run in self.runs)

    @property
    def peak(self) -> int:
        """Median peak memory in bytes."""
        return round(statistics.median(run.peak for run in self.runs))


def measure(
    commands: Sequence[Command],
    *,
    runs: int,
    warm_ups: int = 1,
    tell: Callable[[str], None] = lambda _: None,
) -> dict[str, Series]:
    """Run every command once per round, `warm_ups` rounds uncounted and then `runs`; by command name.

    Raises CommandFailedError.
    """
    found: dict[str, list[Run]] = {command.name: [] for command in commands}
    for number in range(-warm_ups, runs):
        tell(f"round {number + 1} of {runs}" if number >= 0 else "warm-up")
        for command in commands:
            run = run_once(command)
            if number >= 0:
                found[command.name].append(run)
    return {name: Series(name, tuple(taken)) for name, taken in found.items()}


def run_once(command: Command) -> Run:
    """Run a command to its end. Raises CommandFailedError with the last of what it said."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(STOPWATCH), *command.argv],
        cwd=command.folder,
        env=environment(command.environment),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        raise CommandFailedError(f"{command.name} could not be started: {done.stderr.strip()[-500:]}")
    result = json.loads(done.stdout)
    if result["code"] != command.code:
        said = done.stderr.strip()[-500:]
        raise CommandFailedError(
            f"{command.name} ended with {result['code']}, not {command.code}: {said or 'it said nothing'}"
        )
    return Run(result["wall"], result["cpu"], result["peak_kib"] * 1024)


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without the settings of the measured programs, and `more`."""
    personal = ("SEEDGEN_", "TF_", "DVC_", "PYTHON")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(personal)}
    return kept | dict(more)
