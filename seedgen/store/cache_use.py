"""Cache use: who works with a cache shares it; who clears it out has it alone.

An apply that finds a clip in the cache writes it into its lock some time later. If the clip went in between,
it would have to be paid again. The kernel ends what a process holds when it dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from typing import TYPE_CHECKING

from seedgen.errors import Locked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FILE = "in-use.lock"


@contextlib.contextmanager
def using_cache(folder: Path) -> Iterator[None]:
    """Work with a cache, beside others who do; waits for one who clears it out, which takes seconds."""
    with _held(folder, fcntl.LOCK_SH):
        yield


@contextlib.contextmanager
def cache_alone(folder: Path) -> Iterator[None]:
    """Have a cache to oneself. Raises Locked while anybody works with it."""
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(_held(folder, fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError as error:
            raise Locked(
                "an apply, an import or a reel is at work in this cache",
                remedy="Nothing was deleted. Wait for it to end; `gc --dry-run` works meanwhile.",
            ) from error
        yield


@contextlib.contextmanager
def _held(folder: Path, how: int) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    # Read and write: NFS keeps these locks as byte ranges, and those need both.
    descriptor = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
