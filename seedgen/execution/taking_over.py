"""Taking over: the bytes that a shot goes on from, out of the clip of the one before it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seedgen.project.media import Derived
from seedgen.project.models import FromShotUse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seedgen.digest import Digest
    from seedgen.ports.media import FrameReader
    from seedgen.ports.store import Frames, Objects
    from seedgen.project.media import Media


@dataclass(frozen=True, slots=True)
class Excerpts:
    """Where clips are, and how pictures are taken out of them: once for each clip."""

    objects: Objects
    frames: Frames
    reader: FrameReader
    _turns: defaultdict[Digest, asyncio.Lock] = field(
        default_factory=lambda: defaultdict(asyncio.Lock), init=False, repr=False, compare=False
    )
    """Shots that continue one clip begin at the same moment: the first takes the picture, the others wait."""

    async def sendable(self, media: Sequence[Media]) -> tuple[Path | str, ...]:
        """Media with a file in place of what is taken from a clip.

        Raises ObjectMissing, ObjectCorrupt, UnreadableMedia, OSError.
        """
        found: list[Path | str] = []
        for one in media:
            if not isinstance(one, Derived):
                found.append(one)
            elif one.clip is None:
                raise ValueError(f"the clip of {one.shot} is not known")
            else:
                async with self._turns[one.clip]:
                    found.append(await asyncio.to_thread(self._file, one.use, one.clip))
        return tuple(found)

    def _file(self, use: FromShotUse, clip: Digest) -> Path:
        self.objects.verify(clip)
        path = self.objects.path(clip)
        if use is FromShotUse.CLIP:
            return path
        kept = self.frames.find(clip, use, self.reader.recipe)
        if kept is None:
            with self.frames.making(clip, use, self.reader.recipe) as draft:
                self.reader.last_frame(path, draft)
            kept = self.frames.find(clip, use, self.reader.recipe)
        if kept is None:
            raise FileNotFoundError(f"the last frame of {path.name} was removed while it was needed")
        return kept
