"""Join: many segments into one reel, whose time and memory must not grow faster than their number.

python -m benchmarks.join_many [--segments N,N] [--seconds S] [--size 1280x720] [--runs N]

Each reel is joined twice: first all of its sound is encoded, then it is there already, as after a change. The
segments are a few encoded ones under many names (hard links). What the disk itself takes is shown by copying
the same bytes. Where it has no room for a reel of this size, smaller pictures are taken.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Command, Series
from benchmarks.memory import run_tree
from benchmarks.reel_peers import copy
from benchmarks.reel_sets import RATE, make_clips
from benchmarks.report import MIB, Goal, Measured, Recorded, Report, say
from seedgen.geometry import Size
from seedgen.media.segments import FfmpegSegments
from seedgen.ports.segments import ClipSegment, Finish, ReelFormat, SegmentFiles
from seedgen.timing import Rate
from tests.media.clips import ffmpeg

if TYPE_CHECKING:
    from benchmarks.measure import Run

DISTINCT = 4
"""Segments that are encoded; all others are links to one of them."""

CHUNKS = "sound"
"""Where encoded sound is kept from one join to the next."""

_ROOM = 2.2
"""A reel and its copy, and a bit, must find room on the disk."""

_ELSEWHERE = "a prototype on another 2-core machine, 5 s at 1280x720; not measured in this run"
_PROTOTYPE = {600: (11.0, 47), 3000: (69.0, 74)}
"""Seconds and MiB by segments."""


def main() -> None:
    """Measure and report; or, as the process that is measured, join."""
    if sys.argv[1:2] == ["--join"]:
        join(Path(sys.argv[2]), int(sys.argv[3]), Size.parse(sys.argv[4]))
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--segments", default="600,3000", help="how many, one after the other")
    parser.add_argument("--seconds", type=int, default=5, help="of each segment")
    parser.add_argument("--size", type=Size.parse, default=Size(1280, 720))
    parser.add_argument("--runs", type=int, default=3, help="rounds that count")
    given = parser.parse_args()
    counts = sorted(int(count) for count in given.segments.split(","))
    with tempfile.TemporaryDirectory(prefix="seedgen-bench-") as folder:
        compare(Path(folder), counts, given.seconds, given.size, given.runs).publish()


def compare(folder: Path, counts: list[int], seconds: int, size: Size, runs: int) -> Report:
    """Encode, link, join in turns, and say whether it is linear."""
    size = _prepare(folder, counts[-1], seconds, size)
    first: dict[int, list[Run]] = defaultdict(list)
    again: dict[int, list[Run]] = defaultdict(list)
    copied: dict[int, list[Run]] = defaultdict(list)
    out, other = folder / "reel.mp4", folder / "copy.mp4"
    bytes_of = {}
    for number in range(runs):
        for count in counts:
            say(f"round {number + 1} of {runs}: {count:,} segments")
            shutil.rmtree(folder / CHUNKS, ignore_errors=True)
            first[count].append(run_tree(_joining(folder, count, size)))
            again[count].append(run_tree(_joining(folder, count, size)))
            bytes_of[count] = out.stat().st_size
            copied[count].append(run_tree(copy(out, other)))
            other.unlink()
    rows = []
    for count in counts:
        cp = Series(f"cp, {count:,}", tuple(copied[count]))
        words = f"join of {count:,} segments"
        for name, taken in ((words, first), (f"{words}, their sound kept", again)):
            rows.append(Measured(name, Series(name, tuple(taken[count])), cp, _size_text(bytes_of[count])))
        rows.append(Measured(f"copying that reel ({cp.name})", cp))
    recorded = [
        Recorded(f"join of {count:,} segments", wall, mib * MIB, _ELSEWHERE)
        for count, (wall, mib) in _PROTOTYPE.items()
        if count in counts
    ]
    title = f"Join of segments of {seconds} s, {size.width}x{size.height}, {RATE} fps; {runs} runs in turns"
    goals = _goals(
        *({count: Series("", tuple(taken[count])) for count in counts} for taken in (first, again))
    )
    return Report("join_many", title, rows, recorded=recorded, goals=goals)


def join(folder: Path, count: int, size: Size) -> None:
    """Join the first segments of a folder into `reel.mp4`. Runs in a process of its own, to be measured."""
    frames = int((folder / "frames").read_text(encoding="utf-8"))
    segments = [SegmentFiles(*_names(folder, number), frames) for number in range(count)]
    form = ReelFormat(size, Rate(RATE))
    encoder = FfmpegSegments(ffmpeg(), folder / CHUNKS)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        asyncio.run(encoder.join(segments, form, Finish(), folder / "reel.mp4", Path(scratch)))


def _joining(folder: Path, count: int, size: Size) -> Command:
    given = ("--join", str(folder), str(count), f"{size.width}x{size.height}")
    argv = (sys.executable, "-m", f"benchmarks.{Path(__file__).stem}", *given)
    return Command(f"join {count}", argv, Path(__file__).parents[1])


def _prepare(folder: Path, count: int, seconds: int, size: Size) -> Size:
    """Encode the distinct segments and link the rest. Returns the pictures' size, which may be smaller."""
    free = shutil.disk_usage(folder).free
    while True:
        say(f"encoding {DISTINCT} segments of {size.width}x{size.height}")
        mean = _encode(folder, seconds, size)
        if mean * count * _ROOM <= free:
            break
        say(f"{_size_text(mean * count)} twice over do not fit into {_size_text(free)}: smaller pictures")
        size = Size(size.width // 4 * 2, size.height // 4 * 2)
    for number in range(DISTINCT, count):
        for one, other in zip(_names(folder, number % DISTINCT), _names(folder, number), strict=True):
            os.link(one, other)
    return size


def _encode(folder: Path, seconds: int, size: Size) -> int:
    """Encode the distinct segments. Returns the bytes of one, on the average."""
    frames = seconds * RATE
    (folder / "frames").write_text(str(frames), encoding="utf-8")
    (folder / "segments").mkdir(exist_ok=True)
    encoder, form = FfmpegSegments(ffmpeg()), ReelFormat(size, Rate(RATE))
    for number, clip in enumerate(make_clips(folder / "clips", range(DISTINCT), seconds, size)):
        files = SegmentFiles(*_names(folder, number), frames)
        asyncio.run(encoder.encode(ClipSegment(clip, 0, frames), form, files))
    return sum(_names(folder, number)[0].stat().st_size for number in range(DISTINCT)) // DISTINCT


def _names(folder: Path, number: int) -> tuple[Path, Path]:
    return folder / "segments" / f"{number:05}.mp4", folder / "segments" / f"{number:05}.pcm"


def _goals(first: dict[int, Series], again: dict[int, Series]) -> list[Goal]:
    few, many = min(first), max(first)
    each = {count: first[count].wall / count for count in (few, many)}
    ratio = each[many] / each[few] if many > few else None
    return [
        Goal(f"time per segment at {many:,}, against that at {few:,}", ratio, 1.2, "x"),
        *(
            Goal(f"join of {count:,}, its sound kept", again[count].wall, _PROTOTYPE[count][0], "s")
            for count in sorted(again.keys() & _PROTOTYPE)
        ),
        Goal(f"peak memory of all processes at {many:,}", first[many].peak / MIB, 250, "MiB"),
    ]


def _size_text(count: int) -> str:
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


if __name__ == "__main__":
    main()
