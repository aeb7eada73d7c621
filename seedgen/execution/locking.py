"""Locking: the state of the lock while an apply goes on, written at checkpoints."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from seedgen.planning.accept import made_for, with_origin
from seedgen.planning.lock import LockedShot, RequestRecord

if TYPE_CHECKING:
    from collections.abc import Callable

    from seedgen.planning.lock import Lock, Take
    from seedgen.planning.plan import Change
    from seedgen.planning.request import Request
    from seedgen.ports.store import LockFile

_CHECKPOINT_S = 5.0
_SHARE = 20
"""Writing takes at most one part in so many of the time: a lock of 10,000 shots takes a second."""


class RunningLock:
    """Takes arrive one by one; the file is rewritten every five seconds at most, and at the end."""

    def __init__(
        self, file: LockFile, lock: Lock, plan_id: str | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._file = file
        self._start = lock
        self._plan_id = plan_id
        self._clock = clock
        self._next_at = clock() + _CHECKPOINT_S
        self.shots = dict(lock.shots)

    @property
    def lock(self) -> Lock:
        """The lock as it stands now; the one it began with when nothing changed."""
        return self._start.with_shots(self.shots, self._plan_id)

    def record(self, change: Change, request: Request, take: Take) -> None:
        """A shot has a take for this request."""
        first = request.numbered(1)
        fingerprint = first.fingerprint()
        before = self.shots.get(change.shot)
        take = take if take.take == change.take else take.model_copy(update={"take": change.take})
        if before is not None and before.fingerprint == fingerprint:
            entry = before.model_copy(update={"takes": _with(before.takes, take)})
            origin = before.accepted_from or take.fingerprint
        else:
            entry = LockedShot(
                fingerprint=fingerprint,
                request=RequestRecord.model_validate(first.canonical()),
                takes=(take,),
            )
            origin = take.fingerprint  # another one than the request's when it was accepted for it before
            if before is not None and before.accepted_from is not None:
                entry = _come_home(entry, before, request)
        self.shots[change.shot] = with_origin(entry, request, origin)

    def move(self, change: Change) -> None:
        """A shot's whole entry goes to another id."""
        if change.moved_from in self.shots:
            self.shots[change.shot] = self.shots.pop(change.moved_from)

    def remove(self, change: Change) -> None:
        """A shot is declared no longer."""
        self.shots.pop(change.shot, None)

    def checkpoint(self) -> None:
        """Write the file if the last time is long enough ago."""
        if self._clock() >= self._next_at:
            self.flush()

    def flush(self) -> None:
        """Write the file now, if anything changed since the apply began."""
        begun, lock = self._clock(), self.lock
        if lock is not self._start:
            self._file.write(lock)
        now = self._clock()
        self._next_at = now + max(_CHECKPOINT_S, _SHARE * (now - begun))


def _with(takes: tuple[Take, ...], take: Take) -> tuple[Take, ...]:
    others = (one for one in takes if one.take != take.take)
    return tuple(sorted((*others, take), key=lambda one: one.take))


def _come_home(entry: LockedShot, before: LockedShot, request: Request) -> LockedShot:
    """The entry of a shot whose accepted change was taken back: its takes are for its request again.

    So is the pick, if it is one of them.
    """
    (take,) = entry.takes
    own = tuple(one for one in before.takes if made_for(one, request))
    pick = before.pick if any(one.take == before.pick for one in own) else entry.pick
    return entry.model_copy(update={"takes": _with(own, take), "pick": pick})
