"""Re-assembly: a reel after one of its clips changed, against making it anew with one ffmpeg, or MoviePy.

python -m benchmarks.reassembly [--clips N] [--seconds S] [--size 1280x720] [--runs N] [--peers]

The floor is the least that any program could do: encode the one clip that changed, and write the bytes of
the reel. Each round runs every side once: cold, the full command, one changed, unchanged, the floor.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import av

from benchmarks.measure import CommandFailedError, Series
from benchmarks.memory import both, run_tree
from benchmarks.ourselves import seedgen
from benchmarks.peers import Absent
from benchmarks.reel_peers import copy, full_command, moviepy, moviepy_command, one_encode
from benchmarks.reel_sets import RATE, adopt, make_clips, write_film
from benchmarks.report import MIB, Goal, Measured, Report, say
from seedgen.geometry import Size
from seedgen.ports.segments import ReelFormat
from seedgen.timing import Rate

if TYPE_CHECKING:
    from benchmarks.measure import Run
    from tests.film import Film

FULL = "one ffmpeg over all clips"
COLD = "seedgen reel, cold"
CHANGED = "seedgen reel, one clip changed"
UNCHANGED = "seedgen reel, nothing changed"
ENCODE, COPY = "one encode", "copying the reel"
FLOOR = "floor: one encode, copying the reel"

_MOVIEPY_PART = 3
"""MoviePy is shown the third part of the clips, as it takes minutes; its time is then taken three times."""


@dataclass(frozen=True, slots=True)
class Set:
    """A film with its clips, and the clips that take another's place, one in each round."""

    film: Film
    clips: list[Path]
    others: list[Path]
    frames: int
    form: ReelFormat

    @property
    def reel(self) -> Path:
        """The finished reel."""
        return self.film.root / "build" / "main.mp4"

    @property
    def scratch(self) -> Path:
        """Where the others write."""
        return self.film.root.parent


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clips", type=int, default=60)
    parser.add_argument("--seconds", type=int, default=5, help="of each clip")
    parser.add_argument("--size", type=Size.parse, default=Size(1280, 720))
    parser.add_argument("--runs", type=int, default=3, help="rounds that count")
    parser.add_argument("--peers", action="store_true", help="also MoviePy, once")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seedgen-bench-") as folder:
        compare(Path(folder), given.clips, given.seconds, given.size, given.runs, peers=given.peers).publish()


def compare(folder: Path, clips: int, seconds: int, size: Size, runs: int, *, peers: bool) -> Report:
    """Make the set, measure every side in turns, and say how they compare."""
    say(f"making {clips + runs} clips of {seconds} s and importing them")
    files = make_clips(folder / "clips", range(clips + runs), seconds, size)
    film = write_film(folder / "film", files[:clips], seconds, size)
    made = Set(film, files[:clips], files[clips:], seconds * RATE, ReelFormat(size, Rate(RATE)))
    taken: dict[str, list[Run]] = defaultdict(list)
    encoded = set()
    for number in range(runs):
        say(f"round {number + 1} of {runs}")
        encoded.add(_round(made, number, taken))
    found = {name: Series(name, tuple(series)) for name, series in taken.items()}
    found[FLOOR] = both(FLOOR, taken[ENCODE], taken[COPY])
    notes = {CHANGED: f"{' or '.join(map(str, sorted(encoded)))} of {clips} segments encoded"}
    full = found[FULL]
    rows = [
        Measured(name, found[name], full if name != FULL else None, notes.get(name, ""))
        for name in (FULL, COLD, CHANGED, UNCHANGED, FLOOR)
    ]
    absent = _moviepy(made, rows, full) if peers else [Absent("MoviePy", "not asked for (--peers)")]
    title = f"A reel of {clips} clips of {seconds} s, {size.width}x{size.height}, {RATE} fps; {runs} runs"
    return Report("reassembly", f"{title} in turns", rows, absent, goals=_goals(found))


def _round(made: Set, number: int, taken: dict[str, list[Run]]) -> int:
    """Run every side once. Returns how many segments one changed clip took. Raises CommandFailedError."""
    film, root = made.film, made.film.root
    for name in ("build", ".seedgen/cache/segments"):
        shutil.rmtree(root / name, ignore_errors=True)
    taken[COLD].append(run_tree(seedgen(COLD, root, "reel")))
    _check(made)
    whole = made.scratch / "full.mp4"
    taken[FULL].append(run_tree(full_command(FULL, made.clips, made.form, whole)))
    whole.unlink()
    middle = len(made.clips) // 2
    before = film.segments
    adopt(film, middle, made.others[number])
    taken[CHANGED].append(run_tree(seedgen(CHANGED, root, "reel")))
    _check(made)
    taken[UNCHANGED].append(run_tree(seedgen(UNCHANGED, root, "reel")))
    taken[ENCODE].append(run_tree(one_encode(made.others[number], made.form, made.scratch)))
    taken[COPY].append(run_tree(copy(made.reel, made.scratch / "copy.mp4")))
    return len(film.segments - before)


def _check(made: Set) -> None:
    """A reel that is made quickly and wrong is worth nothing. Raises CommandFailedError."""
    with av.open(str(made.reel)) as source:
        frames = source.streams.video[0].frames
    if frames != (wanted := made.frames * len(made.clips)):
        raise CommandFailedError(f"the reel has {frames} frames instead of {wanted}")


def _moviepy(made: Set, rows: list[Measured], full: Series) -> list[Absent]:
    say("installing and running MoviePy")
    peer = moviepy(made.scratch / "venv")
    if isinstance(peer, Absent):
        return [peer]
    some = made.clips[: max(1, len(made.clips) // _MOVIEPY_PART)]
    try:
        run = run_tree(moviepy_command(peer, some, made.scratch / "moviepy.mp4"))
    except CommandFailedError as error:
        return [Absent(peer.name, str(error))]
    times = len(made.clips) / len(some)
    series = Series(peer.name, (replace(run, wall=run.wall * times, cpu=run.cpu * times),))
    rows.append(Measured(peer.name, series, full, f"EXTRAPOLATED from one run on {len(some)} clips"))
    return []


def _goals(found: dict[str, Series]) -> list[Goal]:
    changed, full, cold = found[CHANGED], found[FULL], found[COLD]
    return [
        Goal("one changed, against the floor", changed.wall / found[FLOOR].wall, 1.25, "x"),
        Goal(
            "one changed, against the full command (30 times faster)", changed.wall / full.wall, 1 / 30, "x"
        ),
        Goal("one changed, peak memory of all processes", changed.peak / MIB, 250, "MiB"),
        Goal("nothing changed", found[UNCHANGED].wall, 0.4, "s"),
        Goal("cold, against the full command", cold.wall / full.wall, 1.05, "x"),
    ]


if __name__ == "__main__":
    main()
