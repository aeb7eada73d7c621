"""Peak memory of a command with everything that it starts: ffmpeg counts as much as who called it.

Summed are the proportional set sizes, in which two processes of one program share its code. Linux only;
elsewhere a run keeps the peak of its largest process.
"""

from __future__ import annotations

import os
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Series, run_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.measure import Command, Run

PROC = Path("/proc")
_EVERY = 0.05
_SHARE = re.compile(rb"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(slots=True)
class _Peak:
    """The most bytes seen so far."""

    most: int = 0


def run_tree(command: Command) -> Run:
    """Run a command to its end, like `run_once`, with the peak of all its processes together.

    Looked at twenty times a second, so that a shorter peak can be missed. Raises CommandFailedError.
    """
    with _watching() as peak:
        run = run_once(command)
    return replace(run, peak=max(run.peak, peak.most))


def both(name: str, one: Sequence[Run], other: Sequence[Run]) -> Series:
    """Runs of two commands one after the other, as runs of a single one."""
    pairs = zip(one, other, strict=True)
    joined = [replace(a, wall=a.wall + b.wall, cpu=a.cpu + b.cpu, peak=max(a.peak, b.peak)) for a, b in pairs]
    return Series(name, tuple(joined))


@contextmanager
def _watching() -> Iterator[_Peak]:
    peak, ended = _Peak(), threading.Event()

    def look() -> None:
        while not ended.wait(_EVERY):
            # The child is the stopwatch; what it measures are its children.
            inner = [pid for child in _children(os.getpid()) for pid in _children(child)]
            peak.most = max(peak.most, sum(map(_tree, inner)))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        ended.set()
        thread.join()


def _tree(pid: int) -> int:
    return _share(pid) + sum(map(_tree, _children(pid)))


def _children(pid: int) -> list[int]:
    """The processes that any thread of a process has started."""
    try:
        lists = [(task / "children").read_text() for task in (PROC / str(pid) / "task").iterdir()]
    except OSError:
        return []
    return [int(child) for children in lists for child in children.split()]


def _share(pid: int) -> int:
    try:
        found = _SHARE.search((PROC / str(pid) / "smaps_rollup").read_bytes())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0
