"""Merging locks: as git's merge driver, or of a lock that a merge left in conflict."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from seedgen.errors import UsageError
from seedgen.planning.lock import Lock
from seedgen.planning.lock_merge import merge_locks
from seedgen.store.disk import replace_text
from seedgen.store.git import find_repository
from seedgen.store.lockfile import has_markers, lock_name, read_lock

if TYPE_CHECKING:
    from seedgen.app.kept import Settings
    from seedgen.planning.lock_merge import MergedLock


def merge_files(base: Path, ours: Path, theirs: Path) -> MergedLock:
    """Merge three files and write the outcome over `ours`, as git asks of a driver.

    Raises UsageError, LockUnreadable; then nothing is written.
    """
    merged = merge_locks(*(_lock(path.name, _bytes(path)) for path in (base, ours, theirs)))
    replace_text(ours, merged.to_text())
    return merged


def merge_conflicted(settings: Settings) -> MergedLock:
    """Merge both sides of a lock that is in conflict, as git's index has them, and write the lock.

    Raises UsageError when it is in none, StoreError, LockUnreadable.
    """
    name = lock_name(settings.profile)
    repository = find_repository(settings.root, settings.search_path)
    path = repository.prefix / PurePosixPath(name)
    with repository.blobs() as blobs:
        base, ours, theirs = (blobs.staged(stage, path) for stage in (1, 2, 3))
    if ours is None or theirs is None:
        remedy = "There is something to merge only while `git status` calls it unmerged."
        file = settings.root / name
        if file.is_file() and has_markers(_bytes(file)):
            remedy = (
                "It has conflict markers, and git calls it merged. In a merge, "
                f"`git checkout --merge {name}` undoes `git add`, and merge-lock can be run again. Else "
                f"`git checkout HEAD -- {name}` takes the committed one: apply reuses what the cache has."
            )
        raise UsageError(f"{name} is not in conflict", remedy=remedy)
    merged = merge_locks(_lock(name, base or b""), _lock(name, ours), _lock(name, theirs))
    replace_text(settings.root / name, merged.to_text())
    return merged


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from error


def _lock(name: str, data: bytes) -> Lock:
    """Git gives an empty file for a side that had none."""
    return read_lock(name, data) if data.strip() else Lock()
