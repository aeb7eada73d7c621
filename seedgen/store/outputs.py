"""Outputs: what stands in `build/`, and whether it is still what was put there.

Clips are placed as reflinks where the file system can, else copied; never as hard links, because a
tool that writes in place would then destroy a paid clip.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import shutil
import tempfile
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from seedgen.store.disk import replace_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_FICLONE = 0x40049409
"""Linux ioctl that shares the extents of one file with another (ioctl_ficlonerange(2))."""


class Outputs:
    """The files of `build/` with the key of what they hold, remembered in `record`."""

    def __init__(self, folder: Path, record: Path) -> None:
        self.folder = folder
        self._record = record
        self._known = _read(record)
        self._changed = False

    def refresh(self) -> None:
        """Take in what another process has made meanwhile, in place of what was noted and not saved."""
        self._known, self._changed = _read(self._record), False

    def is_current(self, name: str, key: str) -> bool:
        """Whether an output is there, untouched since it was made, and made from this key."""
        entry = self._known.get(name)
        return bool(entry and entry[0] == key and _stamp(self.folder / name) == entry[1:])

    def made(self, name: str, key: str) -> None:
        """Note that an output was just made from a key."""
        self._known[name] = [key, *(_stamp(self.folder / name) or [])]
        self._changed = True

    def forget(self, name: str) -> None:
        """An output that turned out not to be what was put there."""
        self._changed |= self._known.pop(name, None) is not None

    def note(self, reel: str, state: str) -> None:
        """Remember what a reel was last asked to show."""
        if self.noted(reel) != state:
            self._known[f"reel:{reel}"] = [state]
            self._changed = True

    def noted(self, reel: str) -> str:
        """What a reel was last asked to show; empty when nobody knows."""
        entry = self._known.get(f"reel:{reel}")
        return str(entry[0]) if entry else ""

    def path(self, name: str) -> Path:
        """Where an output goes; its folder is made."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def place(self, name: str, source: Path, key: str) -> bool:
        """Put a copy of an object into `build/`; False when it is there already."""
        if self.is_current(name, key):
            return False
        target = self.path(name)
        with tempfile.NamedTemporaryFile(
            prefix=f".{target.name}.", dir=target.parent, delete=False
        ) as stream:
            copy = Path(stream.name)
            try:
                with source.open("rb") as original:
                    try:
                        fcntl.ioctl(stream.fileno(), _FICLONE, original.fileno())
                    except OSError:
                        shutil.copyfileobj(original, stream, 1024 * 1024)
            except BaseException:
                copy.unlink(missing_ok=True)
                raise
        copy.chmod(0o644)
        copy.replace(target)
        self.made(name, key)
        return True

    def keep_only(self, names: Iterable[str]) -> None:
        """Remove outputs that were made here, were not touched since, and are not wanted any more."""
        wanted = set(names)
        for name in [n for n in self._known if n not in wanted and not n.startswith("reel:")]:
            # The record lies in a folder that may come from somebody else: it names nothing outside.
            if _stays_inside(name) and _stamp(self.folder / name) == self._known[name][1:]:
                (self.folder / name).unlink(missing_ok=True)
            del self._known[name]
            self._changed = True

    def save(self) -> None:
        """Write what was noted."""
        if self._changed:
            with contextlib.suppress(OSError):
                replace_text(self._record, json.dumps(self._known, indent=1, sort_keys=True), durable=False)
            self._changed = False


def _stays_inside(name: str) -> bool:
    path = PurePath(name)
    return not path.is_absolute() and ".." not in path.parts


def _stamp(path: Path) -> list[int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return [status.st_size, status.st_mtime_ns]


def _read(record: Path) -> dict[str, list[Any]]:
    try:
        value = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return {}
    known = value.items() if isinstance(value, dict) else ()
    return {name: entry for name, entry in known if isinstance(entry, list)}
