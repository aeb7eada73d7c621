"""Cache files: everything that a cache holds on disk, listed, moved aside and removed.

Nothing else deletes from a cache but what is its own and can be made again.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.store.disk import folder_size, sync_folder
from seedgen.store.scratch import abandoned, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASES = ("takes", "journal", "uploads")
_QUARANTINE = "quarantine"
_KNOWN = frozenset({"objects", "segments", "incoming", "frames", _QUARANTINE, *DATABASES})
_FOLDER = re.compile(r"[0-9a-f]{2}")
_CLIP = re.compile(r"([0-9a-f]{62})\.mp4")
_SEGMENT = re.compile(r"([0-9a-f]{64})\..+")
_FRAME = re.compile(r"[0-9a-f]{64}-.+\.png")
_DRAFT = re.compile(r"\..+\.partial")


@dataclass(frozen=True, slots=True)
class Stored:
    """Something kept: a clip by its digest, or files under a key.

    `size` is in bytes, `written` when the newest of its files was, in seconds since 1970.
    """

    name: str
    files: tuple[Path, ...]
    size: int
    written: float


class CacheFiles:
    """The files of one cache folder. One that is not there holds nothing."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._objects = folder / "objects"
        self._segments = folder / "segments"
        self._frames = folder / "frames"

    # -- what there is ---------------------------------------------------------------------------

    def clips(self) -> list[Stored]:
        """Every clip, whether its bytes are whole or not."""
        found = []
        for folder, file in _nested(self._objects):
            if match := _CLIP.fullmatch(file.name):
                found += _stored(folder + match[1], [file])
        return found

    def segments(self) -> list[Stored]:
        """Segments by key, each with all of its files."""
        files: dict[str, list[Path]] = {}
        for _, file in _nested(self._segments):
            if match := _SEGMENT.fullmatch(file.name):
                files.setdefault(match[1], []).append(file)
        return [one for key, group in files.items() for one in _stored(key, group)]

    def stand_ins(self) -> list[Stored]:
        """Animatics of shots that had no clip, by key."""
        return _flat(self._segments / "stand-ins", ".mp4")

    def sound(self) -> list[Stored]:
        """Encoded sound of reels, in chunks."""
        return _flat(self._segments / "sound", ".aac")

    def frames(self) -> list[Stored]:
        """Pictures taken out of clips; the name begins with the clip's digest."""
        found = [file for _, file in _nested(self._frames) if _FRAME.fullmatch(file.name)]
        return [one for file in found for one in _stored(file.name, [file])]

    def quarantined(self) -> list[Stored]:
        """Clips that were found damaged and were moved aside."""
        return _flat(self.folder / _QUARANTINE, "")

    def leftovers(self) -> list[Stored]:
        """What processes left half-written when they were killed."""
        folders = [one for parent in self._incoming() for one in abandoned(parent)]
        found = [Stored(one.name, (one,), folder_size(one), _time(one)) for one in folders]
        for folder in (self._segments / "sound", self._segments / "stand-ins"):
            for file in _files(folder):
                if _DRAFT.fullmatch(file.name):
                    found += _stored(file.name, [file])
        return found

    def databases(self) -> dict[str, int]:
        """Bytes of each database."""
        return {name: folder_size(self.folder / name) for name in DATABASES}

    def others(self) -> dict[str, int]:
        """Bytes of the folders that are none of the above."""
        with contextlib.suppress(OSError), os.scandir(self.folder) as entries:
            folders = [entry.name for entry in entries if entry.is_dir() and entry.name not in _KNOWN]
            return {name: folder_size(self.folder / name) for name in sorted(folders)}
        return {}

    def _incoming(self) -> tuple[Path, ...]:
        return tuple(parent / "incoming" for parent in (self.folder, self._segments, self._frames))

    # -- what is done about it -------------------------------------------------------------------

    def move_aside(self, clip: Stored) -> Path:
        """Move a damaged clip to where nobody takes it for one; where it is now. Deletes nothing."""
        aside = self.folder / _QUARANTINE
        aside.mkdir(exist_ok=True)
        names = (f"{clip.name}{number}.mp4" for number in ("", *(f".{n}" for n in range(2, 10_000))))
        place = next(aside / name for name in names if not (aside / name).exists())
        (file,) = clip.files
        file.rename(place)
        sync_folder(aside)
        sync_folder(file.parent)
        return place

    def remove(self, stored: Stored) -> None:
        """Delete files; one that is gone already is no error."""
        for file in stored.files:
            if file.is_dir() and not file.is_symlink():
                continue  # a scratch folder goes with its lock, see `sweep`
            file.unlink(missing_ok=True)

    def sweep(self) -> None:
        """Delete scratch folders whose process died."""
        for parent in self._incoming():
            sweep(parent)

    def tidy(self) -> None:
        """Remove folders that are empty now."""
        for parent in (self._objects, self._segments, self._frames):
            for folder in _folders(parent):
                with contextlib.suppress(OSError):
                    folder.rmdir()


def remove_folder(folder: Path) -> None:
    """Delete a folder of small pictures, which are made again when they are wanted."""
    shutil.rmtree(folder, ignore_errors=True)


def _folders(parent: Path) -> list[Path]:
    with contextlib.suppress(OSError), os.scandir(parent) as entries:
        return [Path(one.path) for one in entries if _FOLDER.fullmatch(one.name) and one.is_dir()]
    return []


def _nested(parent: Path) -> Iterator[tuple[str, Path]]:
    """The files of every folder of two digits, with the folder's name."""
    for folder in _folders(parent):
        for file in _files(folder):
            yield folder.name, file


def _files(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return [Path(one.path) for one in entries if not one.is_dir(follow_symlinks=False)]
    return []


def _flat(folder: Path, suffix: str) -> list[Stored]:
    kept = [file for file in _files(folder) if file.name.endswith(suffix) and not file.name.startswith(".")]
    return [one for file in kept for one in _stored(file.name.removesuffix(suffix), [file])]


def _stored(name: str, files: list[Path]) -> list[Stored]:
    """One thing, or none when its files have gone meanwhile."""
    try:
        facts = [file.stat() for file in files]
    except OSError:
        return []
    size, written = sum(one.st_size for one in facts), max(one.st_mtime for one in facts)
    return [Stored(name, tuple(files), size, written)]


def _time(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except OSError:
        return 0.0
