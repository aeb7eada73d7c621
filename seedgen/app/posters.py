"""Posters: a frame of each clip, decoded once in its life, for the contact sheet and the storyboard page."""

from __future__ import annotations

import contextlib
from io import BytesIO
from typing import TYPE_CHECKING

from seedgen.errors import UnreadableMedia
from seedgen.store.pictures import PictureStore

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from PIL import Image


class Posters:
    """Posters of the clips in a cache, kept in a folder of the project; fulfils `ports.segments.PosterShelf`.

    PyAV and Pillow are imported when there is one to make: a reel that stands needs neither.
    """

    def __init__(self, folder: Path, objects: Path) -> None:
        self._kept = PictureStore(folder, "jpg")
        self._objects = objects

    def picture(self, clip: Path) -> Image.Image:
        """The poster of a clip, RGB; of what is not in the cache, its own. Raises UnreadableMedia.

        It may be a JPEG of which only the head was read, so that who wants it small can read it small.
        """
        from PIL import Image

        from seedgen.media.posters import large_poster
        from seedgen.media.probe import poster

        if not clip.is_relative_to(self._objects):
            return poster(clip)
        data = self._kept.find(_key(clip))
        if data is None or not _is_whole(data):
            data = large_poster(clip)
            self.keep(clip, data)
        return Image.open(BytesIO(data), formats=["JPEG"])

    def wants(self, clip: Path) -> bool:
        """Whether the poster of a clip in the cache is still to be made."""
        return clip.is_relative_to(self._objects) and not self._kept.has(_key(clip))

    def keep(self, clip: Path, jpeg: bytes) -> None:
        """Keep the poster of a clip in the cache."""
        self._kept.keep(_key(clip), jpeg)

    def prepare(self, clip: Path) -> None:
        """Make the poster of a clip in the cache; of what cannot be read, whoever wants it hears why."""
        from seedgen.media.posters import large_poster

        with contextlib.suppress(UnreadableMedia, OSError):
            self.keep(clip, large_poster(clip))

    def keep_only(self, clips: Collection[Path]) -> None:
        """Forget the posters of all other clips."""
        self._kept.keep_only([_key(clip) for clip in clips])


def _is_whole(jpeg: bytes) -> bool:
    """Whether it begins and ends as a JPEG does; what a disk has lost is made again."""
    return jpeg.startswith(b"\xff\xd8\xff") and jpeg.endswith(b"\xff\xd9")


def _key(clip: Path) -> str:
    """An object's digest: its folder's name and its own."""
    return clip.parent.name + clip.stem
