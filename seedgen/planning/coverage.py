"""Coverage: how far the clips of a lock cover the shots that are declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.planning.current import as_locked

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from seedgen.digest import Digest
    from seedgen.planning.lock import Lock
    from seedgen.planning.resolved import ResolvedShot


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shots of one profile (None is without one): those with a clip, and those that have none.

    `current` are the ones of `clips` whose request is still that of the clip; None when not compared.
    `errors` are those of the project under the profile.
    """

    profile: str | None
    clips: int
    missing: int
    current: int | None
    errors: int = 0

    @property
    def stale(self) -> int | None:
        """Those whose request changed since their clip."""
        return None if self.current is None else self.clips - self.current


def coverage(
    profile: str | None,
    ids: Sequence[str],
    lock: Lock,
    present: Collection[Digest],
    resolved: Sequence[ResolvedShot] | None,
) -> Coverage:
    """What a lock has for some shots. Without `resolved`, requests are not compared."""
    having = {shot_id for shot_id in ids if _has_clip(lock, shot_id, present)}
    current = None
    if resolved is not None:
        prints = {shot.id: shot.fingerprint for shot in as_locked(resolved, lock)}
        current = sum(lock.shots[shot_id].fingerprint == prints.get(shot_id) for shot_id in having)
    return Coverage(profile, len(having), len(ids) - len(having), current)


def _has_clip(lock: Lock, shot_id: str, present: Collection[Digest]) -> bool:
    locked = lock.shots.get(shot_id)
    return locked is not None and locked.picked is not None and locked.picked.clip in present
