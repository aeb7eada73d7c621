"""Found: which takes there are for the requests of a plan, by the lock and by the cache. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.digest import Digest, Fingerprint

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from seedgen.planning.lock import Lock, Take
    from seedgen.planning.plan import Standing
    from seedgen.planning.resolved import ResolvedShot

OfShot = tuple[str, Fingerprint]
"""A shot, and the fingerprint of a request of it."""


@dataclass(frozen=True, slots=True)
class World:
    """What planning needs to know of the cache, asked in batches.

    `find_takes` gives the takes recorded for some fingerprints, `present` those of some digests whose
    clip is there, `standings` what the journal holds against submitting some requests. `find_accepted`
    gives the takes that were accepted for some requests of some shots, though generated for others.
    """

    find_takes: Callable[[Collection[Fingerprint]], Mapping[Fingerprint, Take]]
    present: Callable[[Collection[Digest]], Collection[Digest]]
    standings: Callable[[], Mapping[Fingerprint, Standing]] = dict
    find_accepted: Callable[[Collection[OfShot]], Mapping[OfShot, Take]] = lambda _: {}


class FoundTakes:
    """Takes whose clip is there: those that the lock has, and what the cache has for requests looked up.

    `clips` are the digests of all clips of them that are present.
    """

    def __init__(self, lock: Lock, world: World) -> None:
        self._lock, self._world = lock, world
        self.clips = set(world.present({take.clip for shot in lock.shots.values() for take in shot.takes}))
        self._of_any_shot = {
            Fingerprint(take.fingerprint): take for shot in lock.shots.values() for take in shot.takes
        }
        self._recorded: dict[Fingerprint, Take] = {}
        self._accepted: dict[OfShot, Take] = {}

    def look_up(self, shots: Iterable[ResolvedShot]) -> None:
        """Ask the cache, at once, for all requests of some shots that the lock has no clip for."""
        asked = [(shot.id, key) for shot in shots for key in self._unlocked(shot)]
        if not asked:
            return
        wanted = [key for _, key in asked]
        takes = dict(self._world.find_takes(wanted))
        self._accepted.update(self._world.find_accepted(asked))
        clips = {take.clip for take in (*takes.values(), *self._accepted.values())}
        self.clips |= set(self._world.present(clips - self.clips))
        for key in wanted:
            # From the cache, or from what the lock has for other shots: a lost cache of takes costs nothing.
            for take in (takes.get(key), self._of_any_shot.get(key)):
                if take is not None and take.clip in self.clips:
                    self._recorded.setdefault(key, take)

    def locked(self, shot: ResolvedShot, number: int) -> Take | None:
        """A shot's own take in the lock, if it is for just this request."""
        locked = self._lock.shots.get(shot.id)
        if locked is None or locked.fingerprint != shot.fingerprint:
            return None
        take = locked.take(number)
        return take if take is not None and take.clip in self.clips else None

    def for_request(self, shot_id: str, fingerprint: Fingerprint) -> Take | None:
        """What was generated for a request that was looked up, or else accepted for it."""
        if take := self._recorded.get(fingerprint):
            return take
        accepted = self._accepted.get((shot_id, fingerprint))
        return accepted if accepted is not None and accepted.clip in self.clips else None

    def _unlocked(self, shot: ResolvedShot) -> Iterable[Fingerprint]:
        for number in range(1, shot.shot.takes + 1):
            fingerprint = shot.of_take(number)[1]
            if fingerprint is not None and self.locked(shot, number) is None:
                yield fingerprint
