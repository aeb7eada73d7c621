"""References: hashed once, and not read at all while they are unchanged.

python -m benchmarks.hashing [--files N] [--runs N]

Read bytes are what the kernel counts for the process (`rchar` in /proc/self/io, Linux only), with Python's
own modules in it: those of a project with one small reference are taken off.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from benchmarks.measure import Command, Run, Series, environment, run_once
from benchmarks.ourselves import CHANGES, seedgen
from benchmarks.projects import LONG_AGO
from benchmarks.report import Goal, Measured, Report, say

FIRST, AGAIN, FLOOR = "first plan", "plan again, all unchanged", "SHA-256 of the same files"
_COUNTING = """
import contextlib, sys
from pathlib import Path
from seedgen.cli.main import run
with contextlib.redirect_stdout(None):
    run(["plan"])
counted = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
print(counted["rchar"])
"""
_FLOOR = """
import hashlib, sys
for name in sys.argv[1:]:
    with open(name, "rb") as stream:
        hashlib.file_digest(stream, "sha256").hexdigest()
"""


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, default=100, help="pictures of 18 MB each")
    parser.add_argument("--runs", type=int, default=3, help="rounds that count")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seedgen-bench-") as folder:
        compare(Path(folder), given.files, given.runs).publish()


def compare(folder: Path, files: int, runs: int) -> Report:
    """Write the pictures, and plan before and after they are known."""
    say(f"writing {files} pictures")
    project, little = folder / "project", folder / "little"
    size = _write(project, files, Image.effect_noise((3000, 2000), 60).convert("RGB"))
    _write(little, 1, Image.new("RGB", (640, 480)))
    floor = Command(
        FLOOR, (sys.executable, "-c", _FLOOR, *map(str, sorted((project / "refs").iterdir()))), folder
    )
    taken: dict[str, list[Run]] = {FIRST: [], AGAIN: [], FLOOR: []}
    for number in range(-1, runs):
        say(f"round {number + 1} of {runs}" if number >= 0 else "warm-up")
        shutil.rmtree(project / ".seedgen", ignore_errors=True)
        for name in (FIRST, AGAIN):
            run = run_once(seedgen(name, project, "plan", "--detailed-exitcode", code=CHANGES))
            if number >= 0:
                taken[name].append(run)
        run = run_once(floor)
        if number >= 0:
            taken[FLOOR].append(run)
    bytes_read = _bytes_read(project) - _bytes_read(little)
    found = {name: Series(name, tuple(series)) for name, series in taken.items()}
    notes = {
        FIRST: f"{size / 1e9:.2f} GB",
        AGAIN: f"{bytes_read / 1e6:.2f} MB read more than with one small picture",
        FLOOR: f"{size / found[FLOOR].wall / 1e9:.2f} GB/s",
    }
    rows = [
        Measured(name, series, found[FLOOR] if name != FLOOR else None, notes[name])
        for name, series in found.items()
    ]
    goals = [Goal("of unchanged files, read again", 100 * max(0, bytes_read) / size, 0.1, "%")]
    return Report("hashing", f"References: {files} pictures; {runs} runs in turns", rows, goals=goals)


def _write(root: Path, files: int, picture: Image.Image) -> int:
    """A project of one shot whose references are so many pictures, no two alike. Returns their bytes."""
    (root / "refs").mkdir(parents=True)
    lines = ["seedgen: 1", "name: many", "reference_sets:"]
    for number in range(files):
        file = root / "refs" / f"{number:03}.png"
        picture.putpixel((number, 0), (number, 0, 0))
        picture.save(file, compress_level=0)
        os.utime(file, (LONG_AGO, LONG_AGO))
        lines.append(f"  set-{number:03}: {{images: [refs/{number:03}.png]}}")
    lines += ["shots:", "  - {id: a, prompt: A scene.}"]
    (root / "seedgen.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return sum(file.stat().st_size for file in (root / "refs").iterdir())


def _bytes_read(project: Path) -> int:
    """What the second of two plans reads, from files and all else."""
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", _COUNTING],
            cwd=project,
            env=environment({}),
            capture_output=True,
            text=True,
            check=True,
        )
    return int(done.stdout)


if __name__ == "__main__":
    main()
