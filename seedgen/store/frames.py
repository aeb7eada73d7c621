"""Frames by clip: pictures taken out of clips for the shots that go on from them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from seedgen.store.scratch import scratch_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seedgen.digest import Digest


class FrameStore:
    """Files under `<folder>/ab/<clip digest>-<use>-<recipe>.png`. They can always be made again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, clip: Digest, use: str, recipe: str) -> Path | None:
        """A picture that was taken before."""
        place = self._place(clip, use, recipe)
        return place if place.is_file() else None

    @contextlib.contextmanager
    def making(self, clip: Digest, use: str, recipe: str) -> Iterator[Path]:
        """A file to write to; it is moved into place, whole, when the block ends well."""
        place = self._place(clip, use, recipe)
        with scratch_folder(self._folder / "incoming") as folder:
            yield folder / place.name
            place.parent.mkdir(parents=True, exist_ok=True)
            (folder / place.name).replace(place)

    def _place(self, clip: Digest, use: str, recipe: str) -> Path:
        return self._folder / clip[:2] / f"{clip}-{use}-{recipe}.png"
