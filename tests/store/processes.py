"""Real second processes: a snippet of Python that says when it is ready and then waits to be told."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import seedgen

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES = Path(seedgen.__file__).parent.parent

ASSEMBLER = """
import asyncio, sys
from pathlib import Path
from seedgen.store.apply_lock import assembly_turn
async def main():
    async with assembly_turn(Path(sys.argv[1]), print):
        print("held", flush=True)
        sys.stdin.readline()
asyncio.run(main())
"""
"""Has the turn to assemble reels in a folder, until it is told to go on."""


@contextlib.contextmanager
def process(code: str, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Run a snippet with `sys.argv[1:]`; it is killed at the end if it still runs."""
    child = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
    )
    try:
        yield child
    finally:
        child.kill()
        child.communicate()


def line_of(child: subprocess.Popen[str]) -> str:
    """The next line that a process prints; waits for it."""
    assert child.stdout is not None
    return child.stdout.readline().strip()


def go(child: subprocess.Popen[str]) -> None:
    """Let a process that waits for a line go on."""
    assert child.stdin is not None
    child.stdin.write("go\n")
    child.stdin.flush()
