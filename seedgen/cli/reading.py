"""Reading: how far a long reading of files has come, on one line of a terminal that is gone afterwards."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING

from seedgen.views.cache_check import reading_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seedgen.cli.invocation import Invocation

_OFTEN_S = 0.1


@contextlib.contextmanager
def reading(invocation: Invocation) -> Iterator[Callable[[int, int], None]]:
    """Gives what is told of bytes read, of how many. Without a terminal nothing is shown."""
    drawn = 0.0

    def told(read: int, whole: int) -> None:
        nonlocal drawn
        if invocation.live and time.monotonic() - drawn >= _OFTEN_S:
            drawn = time.monotonic()
            sys.stderr.write(f"\r\x1b[2K{reading_text(read, whole)}")
            sys.stderr.flush()

    try:
        yield told
    finally:
        if invocation.live:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
