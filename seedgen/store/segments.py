"""Segments by key: clips normalised for one reel, kept until somebody removes the cache."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from seedgen.ports.segments import SegmentFiles
from seedgen.store.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class SegmentStore:
    """Pairs of files under `<folder>/ab/<key>.mp4` and `.pcm`. They can always be made again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def files(self, key: str, frames: int) -> SegmentFiles:
        """Where a segment is kept, there or not."""
        return _files(self._folder / key[:2], key, frames)

    def find(self, key: str, frames: int) -> SegmentFiles | None:
        """A segment that has been encoded before. Both files are there and not empty."""
        files = self.files(key, frames)
        try:
            whole = files.video.stat().st_size > 0 and files.audio.stat().st_size > 0
        except OSError:
            return None
        return files if whole else None

    @contextlib.contextmanager
    def making(self, key: str, frames: int) -> Iterator[SegmentFiles]:
        """Files to encode into; they are moved into place when the block ends well."""
        place = self.files(key, frames)
        with scratch_folder(self._folder / "incoming") as folder:
            files = _files(folder, key, frames)
            yield files
            place.video.parent.mkdir(parents=True, exist_ok=True)
            # The sound first: `find` asks for both, so a kill in between leaves a miss, not a half.
            files.audio.replace(place.audio)
            files.video.replace(place.video)

    def discard(self, key: str) -> None:
        """Remove a segment, if it is there."""
        files = self.files(key, 0)
        for path in (files.video, files.audio):
            path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for files on their way."""
        with scratch_folder(self._folder / "incoming") as folder:
            yield folder

    @property
    def sound(self) -> Path:
        """Where encoded sound is kept; the folder is made."""
        folder = self._folder / "sound"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def stand_in(self, key: str) -> Path:
        """Where a stand-in clip is kept."""
        return self._folder / "stand-ins" / f"{key}.mp4"


def _files(folder: Path, key: str, frames: int) -> SegmentFiles:
    return SegmentFiles(folder / f"{key}.mp4", folder / f"{key}.pcm", frames)
