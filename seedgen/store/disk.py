"""Disk: the few file operations that keep a promise when the power goes."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Iterator


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder durable. A file system that cannot do it is left in peace."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Make a file's bytes durable."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_text(path: Path, text: str, *, durable: bool = True) -> None:
    """Replace a text file atomically: readers see the old text or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    written = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            if durable:
                os.fsync(stream.fileno())
        written.chmod(_default_mode())
        written.replace(path)
    except BaseException:
        written.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


def _default_mode() -> int:
    """What `open` would have given the file; mkstemp makes them private."""
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def folder_size(folder: Path) -> int:
    """Bytes of all files below a folder; 0 when there is none."""
    return sum(file.stat().st_size for file in folder.glob("**/*") if file.is_file())


def free_space(folder: Path) -> int:
    """Bytes free where a folder is or would be."""
    standing = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    return shutil.disk_usage(standing).free


@contextlib.contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A new folder inside `parent`, removed with all that is in it.

    Folders whose process died are removed too: beside each stands a file with an OS lock, which the
    kernel released then.
    """
    parent.mkdir(parents=True, exist_ok=True)
    _sweep(parent)
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


def _sweep(parent: Path) -> None:
    for held in parent.glob("in-*.held"):
        with contextlib.suppress(OSError, Timeout), FileLock(held, timeout=0, thread_local=False):
            shutil.rmtree(parent / held.stem, ignore_errors=True)
            held.unlink(missing_ok=True)
