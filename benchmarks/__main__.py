"""Every benchmark that ends within minutes, one after the other: `python -m benchmarks [--all]`.

Each is a module of its own (`python -m benchmarks.NAME --help`) and leaves `benchmarks/results/NAME.json`,
from which `python -m benchmarks.page` writes docs/performance.md.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from benchmarks.report import say

SHORT = (
    ("startup",),
    ("plan_noop", "--runs", "5"),
    ("plan_many", "--runs", "3"),
    ("plan_many", "--runs", "3", "--chain", "20"),
    ("hashing",),
    ("local_renderer",),
    ("apply_jobs", "--runs", "1"),
)
LONG = (("reassembly", "--runs", "1", "--peers"), ("join_many", "--runs", "1"), ("apply_many",))
"""They take half an hour together, and 35 GB of disk."""


def main() -> int:
    """Run them; 1 when one of them broke."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    long = ", ".join(name for name, *_ in LONG)
    parser.add_argument("--all", action="store_true", help=f"also {long}")
    everything = parser.parse_args().all
    broken = [one[0] for one in (*SHORT, *(LONG if everything else ())) if _run(*one)]
    if not everything:
        say(f"Left out, as they take longer: {long} (--all).")
    if broken:
        say(f"Broken: {', '.join(broken)}.")
    return 1 if broken else 0


def _run(name: str, *flags: str) -> int:
    say(f"\n== {name}")
    return subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *flags], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
