"""seedgen.lock on disk."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING

from pydantic import ValidationError

from seedgen.digest import digest_bytes
from seedgen.errors import LockUnreadable
from seedgen.planning.lock import Lock
from seedgen.store.disk import replace_text

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"seedgen(\..+)?\.lock")
_MARKERS = re.compile(rb"^(?:<<<<<<<|>>>>>>>) ", re.MULTILINE)


def lock_name(profile: str | None) -> str:
    """`seedgen.lock`, or `seedgen.<profile>.lock`."""
    return f"seedgen.{profile}.lock" if profile else "seedgen.lock"


def profile_of(name: str) -> str:
    """The profile that a lock of this name belongs to; empty for none."""
    return name.removeprefix("seedgen").removesuffix(".lock").removeprefix(".")


def is_lock(name: str) -> bool:
    """Whether a file of this name is a lock."""
    return _NAME.fullmatch(name) is not None


def locks_in(root: Path) -> list[Path]:
    """The locks in a project's folder, one for each profile that was applied."""
    return sorted(file for file in root.glob("seedgen*.lock") if is_lock(file.name))


class LockOnDisk:
    """One lock file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[str, Lock] | None = None

    def read(self) -> Lock:
        """The lock; an empty one when there is no file. Raises LockUnreadable.

        While the file has the same bytes they are not taken apart again.
        """
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return Lock()
        except OSError as error:
            raise LockUnreadable(f"{self.path.name} cannot be read: {error.strerror or error}") from error
        digest = digest_bytes(data)
        if self._read is None or self._read[0] != digest:
            self._read = digest, read_lock(self.path.name, data)
        return self._read[1]

    def write(self, lock: Lock) -> None:
        """Replace the file atomically, unless it has these bytes already."""
        text = lock.to_text()
        with contextlib.suppress(OSError):
            data = text.encode()
            if self.path.stat().st_size == len(data) and self.path.read_bytes() == data:
                return
        replace_text(self.path, text)


def has_markers(data: bytes) -> bool:
    """Whether a lock has the marks that a merge leaves where both sides differ."""
    return _MARKERS.search(data) is not None


def read_lock(name: str, data: bytes) -> Lock:
    """The lock that some bytes are; `name` is the file's. Raises LockUnreadable."""
    if has_markers(data):
        raise LockUnreadable(
            f"{name} has conflict markers from a merge",
            remedy="`seedgen merge-lock` puts both sides together. Or take either side "
            f"(`git checkout --theirs {name}`), then apply: clips that the cache has are reused at no cost.",
        )
    try:
        return Lock.model_validate_json(data)
    except ValidationError as error:
        raise _unreadable(name, data, error) from error


def _unreadable(name: str, data: bytes, error: ValidationError) -> LockUnreadable:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    version = value.get("version") if isinstance(value, dict) else None
    if isinstance(version, int) and version > 1:
        return LockUnreadable(
            f"{name} is of version {version}; this seedgen reads version 1", remedy="Upgrade seedgen."
        )
    first = error.errors(include_url=False)[0]
    where = ".".join(str(step) for step in first["loc"]) or "the file"
    what = f" at {where}: {first['msg'].removeprefix('Value error, ').lower()}"
    if first["type"] == "json_invalid":
        what = ": it is empty" if not data.strip() else ": it is no JSON, or only a part of it"
    return LockUnreadable(
        f"{name} is damaged{what}",
        remedy=f"Restore it with `git checkout {name}`. Without it, an apply reuses what the cache has.",
    )
