"""Apply: 10,000 jobs, 500 at once, and whether memory grows with those that are done.

python -m benchmarks.apply_many [--jobs N] [--concurrency N] [--latency S] [--service oxen|eachlabs]

Of a film of so many shots a quarter is applied, and then all of another such film: the project is as large
both times, and what the second apply needs more is for its finished jobs, which the lock names each.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from pathlib import Path

from benchmarks.apply_jobs import SERVICES, applying, emulator, make_clip, write_film
from benchmarks.measure import Series, run_once
from benchmarks.report import MIB, Goal, Measured, Report, say

_PART = 4
_KIB = 1024


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--concurrency", type=int, default=500)
    parser.add_argument("--latency", type=float, default=5.0, help="seconds that a job runs")
    parser.add_argument("--service", choices=SERVICES, default="oxen")
    given = parser.parse_args()
    compare(given.jobs, given.concurrency, given.latency, given.service).publish()


def compare(jobs: int, concurrency: int, latency: float, service: str) -> Report:
    """Apply a part of a film and then a larger part."""
    few = jobs // _PART
    with tempfile.TemporaryDirectory(prefix="seedgen-bench-") as folder:
        clip = make_clip(Path(folder))
        rows, found = [], {}
        for count in (few, jobs):
            name = f"{count:,} jobs"
            say(name)
            # A film of its own for each, or the second would find the first one's clips.
            film = write_film(Path(folder) / f"film-{count}", service, jobs)
            chosen = () if count == jobs else ("--select", " ".join(f"s{n:05}" for n in range(count)))
            with emulator(clip, latency) as environment:
                run = run_once(applying(name, film, concurrency, environment, *chosen))
            ideal = latency * math.ceil(count / concurrency)
            found[count] = run
            rows.append(Measured(name, Series(name, (run,)), None, f"{run.wall / ideal:.2f} x ideal"))
    ideal = latency * math.ceil(jobs / concurrency)
    growth = (found[jobs].peak - found[few].peak) / (jobs - few) / _KIB
    goals = [
        Goal("wall over ideal", found[jobs].wall / ideal, 1.15, "x"),
        Goal("memory for each finished job", growth, 10, "KiB"),
        Goal("peak memory", found[jobs].peak / MIB, 300, "MiB"),
    ]
    title = f"Apply of {jobs:,} jobs of {latency:g} s at {SERVICES[service]}, {concurrency} at once"
    return Report("apply_many", f"{title} (ideal {ideal:g} s); one run", rows, goals=goals)


if __name__ == "__main__":
    main()
