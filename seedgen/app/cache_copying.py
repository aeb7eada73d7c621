"""Cache copying: clips and their takes from one cache folder into another, each read whole on the way."""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from seedgen.digest import Digest
from seedgen.errors import UsageError
from seedgen.execution.upkeep import Copied, amount
from seedgen.store.cache_files import CacheFiles
from seedgen.store.cache_use import using_cache
from seedgen.store.objects import ObjectStore
from seedgen.store.takes import TakeStore

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from seedgen.app.cache_contents import CacheContents
    from seedgen.planning.lock import Take

    Told = Callable[[int, int], None]

_BLOCK = 1024 * 1024


def other_cache(contents: CacheContents, named: Path) -> Path:
    """The cache that somebody means by a folder: itself, or that of the project in it. Raises UsageError."""
    if not named.is_dir():
        raise UsageError(
            f"{named} is no folder", remedy="Make it first; if it is on a drive, see that that is mounted."
        )
    within = named / ".seedgen" / "cache"
    cache = within if within.is_dir() else named
    if cache.resolve() == contents.cache.resolve():
        raise UsageError(f"{named} is this project's own cache", remedy="Name the other one.")
    return cache


def copy_clips(
    contents: CacheContents,
    other: Path,
    *,
    bring: bool,
    everything: bool = False,
    told: Told = lambda *_: None,
) -> Copied:
    """Copy clips into another cache, or with `bring` from it: those that the locks here use, or all.

    Nothing is overwritten, and an interrupted copy goes on where it ended. Raises OSError, StoreError.
    """
    source, target = (other, contents.cache) if bring else (contents.cache, other)
    with contextlib.ExitStack() as stack:
        stack.enter_context(using_cache(target))
        # A drive that can only be read is read all the same; whoever clears it out makes clips missing.
        with contextlib.suppress(OSError):
            stack.enter_context(using_cache(source))
        copying = _Copying(source, target, told)
        stack.callback(copying.close)
        if everything:
            return copying.run([clip.name for clip in CacheFiles(source).clips()], copying.recorded())
        takes = [use.take for use in contents.uses]
        return copying.run(list(dict.fromkeys(take.digest for take in takes)), takes)


class _Copying:
    """One copy from one folder into another."""

    def __init__(self, source: Path, target: Path, told: Told) -> None:
        self._from = {clip.name: clip for clip in CacheFiles(source).clips()}
        self._there = {clip.name: clip.size for clip in CacheFiles(target).clips()}
        self._objects = ObjectStore(target / "objects")
        self._source_takes = TakeStore(source / "takes")
        self._takes = TakeStore(target / "takes")
        self._told = told

    def recorded(self) -> list[Take]:
        """Every take that the source knows."""
        return list(self._source_takes.every())

    def run(self, digests: Sequence[str], takes: Sequence[Take]) -> Copied:
        """Copy these clips, then the records of those that arrived or were there."""
        lacking = [one for one in digests if one in self._from and one not in self._there]
        whole, read = sum(self._from[one].size for one in lacking), 0
        copied: list[tuple[str, int]] = []
        damaged: list[tuple[str, int]] = []
        self._told(0, whole)
        with self._objects.scratch() as scratch:
            for digest in lacking:
                size = self._from[digest].size
                (copied if self._copy(digest, scratch / "clip.mp4") else damaged).append((digest, size))
                read += size
                self._told(read, whole)
        arrived = {digest for digest, _ in copied}
        there = [one for one in digests if one in self._there]
        records = self._takes.add([take for take in takes if take.digest in arrived | set(self._there)])
        differ = [one for one in there if one in self._from and self._from[one].size != self._there[one]]
        return Copied(
            amount([size for _, size in copied]),
            amount([self._there[one] for one in there]),
            records,
            tuple(one for one in digests if one not in self._from and one not in self._there),
            tuple(digest for digest, _ in damaged),
            tuple(differ),
        )

    def _copy(self, digest: str, place: Path) -> bool:
        """False for a clip whose bytes are not those of its name."""
        read = hashlib.sha256()
        with self._from[digest].files[0].open("rb") as clip, place.open("wb") as copy:
            while block := clip.read(_BLOCK):
                read.update(block)
                copy.write(block)
        if read.hexdigest() != digest:
            place.unlink()
            return False
        self._objects.adopt(place, Digest(digest))
        return True

    def close(self) -> None:
        """Close the databases."""
        self._takes.close()
        self._source_takes.close()
