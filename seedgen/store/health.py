"""Health: what processes that died left in a cache, looked at without changing anything."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from seedgen.store.disk import folder_size

if TYPE_CHECKING:
    from pathlib import Path


def orphans(parent: Path) -> tuple[int, int]:
    """Scratch folders whose process died: how many, and their bytes."""
    count = size = 0
    for held in parent.glob("in-*.held"):
        with contextlib.suppress(OSError, Timeout), FileLock(held, timeout=0, thread_local=False):
            count, size = count + 1, size + folder_size(parent / held.stem)
    return count, size
