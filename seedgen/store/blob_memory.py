"""Blob memory: what is known of media by git's name for their bytes, so that no revision's are read twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.errors import UnreadableMedia
from seedgen.store.reference_index import ReferenceIndex, stamp_of

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.project.media import FileIdentity, MediaFacts

INDEX = ".seedgen/references.json"
"""Where a project keeps its reference index."""

_STAMP = [0, 0, 0]
"""The bytes of a blob never change."""


class BlobMemory:
    """Remembers media of revisions in a file; without one, only as long as it lives."""

    def __init__(self, path: Path | None) -> None:
        self._index = ReferenceIndex(path, _never) if path else None
        self._here: dict[str, FileIdentity] = {}

    def known(self, blob: str) -> FileIdentity | None:
        """What is known of a blob."""
        if blob in self._here:
            return self._here[blob]
        return self._index.known(blob, _STAMP) if self._index else None

    def stand_in(self, blob: str, place: Path) -> bool:
        """Put an empty file of its size in the place of a blob that is known; False for one that is not.

        Whoever opens the project there takes the file for what `introduce` says of it, and does not read it.
        """
        known = self.known(blob)
        if known is None or known.facts is None:
            return False
        with place.open("xb") as stream:
            stream.truncate(known.facts.size_bytes)
        return True

    def introduce(self, root: Path, places: dict[Path, str]) -> None:
        """Tell the reference index of the project in `root` what is known of the blobs in these places."""
        index = ReferenceIndex(root / INDEX, _never)
        for place, blob in places.items():
            if (known := self.known(blob)) is not None:
                index.remember(str(place), stamp_of(place), known)
        index.save()

    def learn(self, root: Path, places: dict[Path, str]) -> None:
        """Remember what the reference index of the project in `root` has found out since."""
        index = ReferenceIndex(root / INDEX, _never)
        for place, blob in places.items():
            found = index.known(str(place), stamp_of(place))
            if found is not None and self.known(blob) is None:
                self._here[blob] = found
                if self._index:
                    self._index.remember(blob, _STAMP, found)

    def save(self) -> None:
        """Write what was learnt; a folder that cannot be written costs time later, and no more."""
        if self._index:
            self._index.save()


def _never(path: Path) -> MediaFacts:
    """Nothing is looked into here, only remembered."""
    raise UnreadableMedia(f"{path.name} is not remembered")
