"""Lock digests: every digest that stands in a lock, whether or not the lock can be understood.

Who asks wants to delete what nobody names. A lock with conflict markers, or of another version, names its
clips all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.errors import StoreError, UsageError
from seedgen.store.lockfile import is_lock, locks_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from seedgen.store.blobs import Blobs, Revision
    from seedgen.store.git import Repository

EVERYTHING = "all"
"""In place of revisions: every branch, tag and stash."""

_DIGEST = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


@dataclass(frozen=True, slots=True)
class Named:
    """Digests, and in how many different locks they stand."""

    digests: frozenset[str]
    locks: int


def in_folder(root: Path) -> Named:
    """What the locks in a project's folder name. Raises OSError for one that cannot be read."""
    return _named(file.read_bytes() for file in locks_in(root))


def in_history(repository: Repository, revisions: Sequence[str] = (EVERYTHING,)) -> Named:
    """What locks name in the history of some revisions, wherever in the repository they stood then.

    A revision is whatever git takes for a commit, `A..B` for what came after A up to B, or `all`. Raises
    UsageError, StoreError also when a lock is not in this clone.
    """
    with repository.blobs() as blobs:
        wanted = {blob for asked in revisions for blob in _versions(repository, blobs, asked)}
        return _named(_read(blobs, blob) for blob in sorted(wanted))


def _versions(repository: Repository, blobs: Blobs, asked: str) -> Iterator[str]:
    if asked.removeprefix("--") == EVERYTHING:
        yield from (blob for name, blob in repository.versions() if is_lock(name))
        return
    first, dots, last = asked.partition("..")
    if dots and (not first or not last or last.startswith(".")):
        raise UsageError(f"{asked!r} is no range", remedy="Write REV, or FIRST..LAST.")
    tip = blobs.revision(last if dots else asked)
    without = [blobs.revision(first).commit] if dots else []
    found = repository.versions([tip.commit], without)
    yield from (blob for name, blob in found if is_lock(name))
    yield from _standing(repository, tip)


def _standing(repository: Repository, revision: Revision) -> Iterator[str]:
    """The locks of a revision itself, which no commit of a range may have touched."""
    yield from (file.blob for file in repository.files(revision) if is_lock(file.path.name))


def _read(blobs: Blobs, blob: str) -> bytes:
    content = blobs.content(blob)
    if content is None:
        raise StoreError(
            "git's history names a lock that is not in this clone",
            remedy="What it uses cannot be known without it: `git fetch --refetch` completes the clone.",
        )
    return content


def _named(texts: Iterator[bytes]) -> Named:
    digests: set[str] = set()
    count = 0
    for text in texts:
        digests.update(found.decode() for found in _DIGEST.findall(text))
        count += 1
    return Named(frozenset(digests), count)
