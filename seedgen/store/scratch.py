"""Scratch: folders for files on their way in, gone with the work or with the process that made them."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextlib.contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A new folder inside `parent`, removed with all that is in it.

    Folders whose process died are removed too: beside each stands a file with an OS lock, which the
    kernel released then.
    """
    parent.mkdir(parents=True, exist_ok=True)
    sweep(parent)
    folder = parent / f"in-{secrets.token_hex(8)}"
    # Locked before there is a folder, so that no sweep can take away one that is in use.
    with FileLock(_held(folder), thread_local=False):
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            _held(folder).unlink(missing_ok=True)


def _held(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.held")


def abandoned(parent: Path) -> list[Path]:
    """Folders whose process died."""
    found = []
    for held in sorted(parent.glob("in-*.held")):
        with contextlib.suppress(OSError, Timeout), FileLock(held, timeout=0, thread_local=False):
            found.append(parent / held.stem)
    return [folder for folder in found if folder.is_dir()]


def sweep(parent: Path) -> None:
    """Remove folders whose process died."""
    for held in parent.glob("in-*.held"):
        with contextlib.suppress(OSError, Timeout), FileLock(held, timeout=0, thread_local=False):
            shutil.rmtree(parent / held.stem, ignore_errors=True)
            held.unlink(missing_ok=True)
