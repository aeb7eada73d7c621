"""Disk: the few file operations that keep a promise when the power goes."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from pathlib import Path


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


def rewrite_text(path: Path, text: str) -> None:
    """Replace the text of somebody's file atomically: its mode is kept, and a link stays a link."""
    real = path.resolve(strict=True)
    replace_text(real, text, mode=stat.S_IMODE(real.stat().st_mode))


def replace_text(path: Path, text: str, *, durable: bool = True, mode: int | None = None) -> None:
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
        written.chmod(_default_mode() if mode is None else mode)
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
