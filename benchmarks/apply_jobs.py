"""Apply: many jobs side by side at both services, against the time that they take by themselves.

python -m benchmarks.apply_jobs [--jobs N] [--concurrency N] [--latency S] [--runs N]

1,000 jobs of 2 s, 100 at once, take 20 s however fast a client is. The services are the tests'
emulator in a process of its own, on the same machine: what it takes of the cores is reported beside.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Command, Series, run_once
from benchmarks.report import Goal, Measured, Report, say

if TYPE_CHECKING:
    from collections.abc import Iterator

MIB = 1024 * 1024
SERVICES = {"oxen": "Oxen, events", "eachlabs": "each::labs, polling"}


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--jobs", type=int, default=1000)
    parser.add_argument("--concurrency", type=int, default=100)
    parser.add_argument("--latency", type=float, default=2.0, help="seconds that a job runs")
    parser.add_argument("--runs", type=int, default=3, help="rounds that count")
    given = parser.parse_args()
    compare(given.jobs, given.concurrency, given.latency, given.runs).publish()


def compare(jobs: int, concurrency: int, latency: float, runs: int) -> Report:
    """Apply a new film of so many shots at each service in turns."""
    ideal = latency * math.ceil(jobs / concurrency)
    taken: dict[str, list[Any]] = {service: [] for service in SERVICES}
    with tempfile.TemporaryDirectory(prefix="seedgen-bench-") as folder:
        clip = make_clip(Path(folder))
        for number in range(runs):
            say(f"round {number + 1} of {runs}")
            for service, name in SERVICES.items():
                with emulator(clip, latency) as environment:
                    film = write_film(Path(folder) / f"{service}-{number}", service, jobs)
                    command = applying(name, film, concurrency, environment)
                    taken[service].append(run_once(command))
    rows, goals = [], []
    for service, words in SERVICES.items():
        series = Series(words, tuple(taken[service]))
        rows.append(Measured(words, series, None, f"{series.wall / ideal:.2f} x ideal"))
        goals += [
            Goal(f"{words}: wall over ideal", series.wall / ideal, 1.10, "x"),
            Goal(f"{words}: peak memory", series.peak / MIB, 200, "MiB"),
            Goal(f"{words}: CPU of one core", 100 * series.cpu / series.wall, 40, "%"),
        ]
    title = f"Apply of {jobs:,} jobs of {latency:g} s, {concurrency} at once (ideal {ideal:g} s); {runs} runs"
    return Report("apply_jobs", title, rows, goals=goals)


def make_clip(folder: Path) -> Path:
    """What every job makes: a small real clip."""
    from tests.media.clips import ladder  # noqa: PLC0415  the tests' own maker of small clips

    return ladder(folder / "clip.mp4")


def write_film(film: Path, service: str, jobs: int) -> Path:
    """A new project with a shot for each job."""
    film.mkdir()
    shots = "".join(f"  - {{id: s{n:05}, prompt: Scene {n} in the rain.}}\n" for n in range(jobs))
    head = (
        f"seedgen: 1\nname: many\nprovider: {service}\ndefaults: {{resolution: 480p, duration: 4}}\nshots:\n"
    )
    (film / "seedgen.yaml").write_text(head + shots, encoding="utf-8")
    return film


def applying(name: str, film: Path, concurrency: int, environment: dict[str, str], *more: str) -> Command:
    """`seedgen apply` of a film, without reels."""
    flags = ("--auto-approve", "--allow-unpriced", "--no-reel", "--concurrency", str(concurrency), *more)
    return Command(name, (sys.executable, "-m", "seedgen", "apply", *flags), film, environment=environment)


@contextmanager
def emulator(clip: Path, latency: float) -> Iterator[dict[str, str]]:
    """Both services in a process of their own, for the length of a block; the variables that lead there."""
    command = [sys.executable, "-m", "tests.emulator", "--clip", str(clip), "--latency", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout is None:
                raise RuntimeError("the emulator has no output")
            yield json.loads(process.stdout.readline())["environment"]
        finally:
            process.terminate()
            process.wait(30)


if __name__ == "__main__":
    main()
