"""Memory: small things that are cheap to lose and dear to find out, as one JSON file."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

from seedgen.store.disk import replace_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def remembered(file: Path) -> Iterator[dict[str, Any]]:
    """What the file holds, empty when it cannot be read; written when the block changed it.

    A file that cannot be written is no error: it is found out again next time.
    """
    try:
        value = json.loads(file.read_bytes())
    except (OSError, ValueError):
        value = None
    known: dict[str, Any] = value if isinstance(value, dict) else {}
    before = json.dumps(known)
    yield known
    if json.dumps(known) != before:
        with contextlib.suppress(OSError):
            replace_text(file, json.dumps(known, indent=1, sort_keys=True), durable=False)
