"""Current: shots with the clips that they continue as the lock has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.planning.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.digest import Fingerprint
    from seedgen.planning.lock import Lock, LockedShot
    from seedgen.planning.resolved import ResolvedShot


def as_locked(shots: Sequence[ResolvedShot], lock: Lock) -> list[ResolvedShot]:
    """The shots, complete as far as the lock has the present clip of the shot that each continues.

    Whether the clip is in the cache is not asked. What continues a shot that changed stays open: its
    request is known once that one is made again.
    """
    if all(shot.upstream is None for shot in shots):
        return list(shots)
    found = {shot.id: shot for shot in shots}
    former = {locked.key: locked for shot_id, locked in lock.shots.items() if shot_id not in found}
    for shot_id in Graph(shot.shot for shot in shots).order:
        upstream = found.get(found[shot_id].upstream or "")
        locked = _entry(upstream, lock, former) if upstream is not None else None
        if locked is not None and (take := locked.picked) is not None:
            found[shot_id] = found[shot_id].continuing(take.clip)
    return list(found.values())


def _entry(shot: ResolvedShot, lock: Lock, former: dict[Fingerprint, LockedShot]) -> LockedShot | None:
    """The lock entry for just this request, under the shot's id or a former one."""
    if shot.fingerprint is None:
        return None
    locked = lock.shots.get(shot.id)
    if locked is None:
        return former.get(shot.fingerprint)
    return locked if locked.fingerprint == shot.fingerprint else None
