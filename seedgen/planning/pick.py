"""Pick: which take of a shot goes into reels. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.planning.accept import made_for
from seedgen.planning.plan import Action

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seedgen.planning.lock import Lock
    from seedgen.planning.plan import Change, TakeName

_LEFT_ALONE = frozenset({Action.UNCHANGED, Action.BLOCKED, Action.MOVE, Action.REMOVE})


@dataclass(frozen=True, slots=True)
class Picked:
    """A take that goes into reels, and the one that did before; None when there was none."""

    shot: str
    take: int
    before: int | None

    @property
    def changed(self) -> bool:
        """Whether it is another one."""
        return self.take != self.before


def picked(lock: Lock, shot_id: str, number: int) -> Lock:
    """The lock with another pick; the same one when it is picked already. The shot has the take."""
    entry = lock.shots[shot_id].model_copy(update={"pick": number})
    return lock.with_shots({**lock.shots, shot_id: entry}, lock.plan_id)


def unpicked(changes: Iterable[Change], lock: Lock) -> Iterator[TakeName]:
    """The picks that a plan takes back: a shot begins with take 1 again when its request is another one.

    An accepted change that is taken back is no other request to a take that was generated for it.
    """
    told: set[str] = set()
    for change in changes:
        locked = lock.shots.get(change.shot)
        if locked is None or locked.pick == 1 or change.shot in told or change.action in _LEFT_ALONE:
            continue
        take, request = locked.take(locked.pick), change.request
        if request is not None and not request.is_open:
            same = request.numbered(1).fingerprint() == locked.fingerprint
            if same or (take is not None and locked.accepted_from is not None and made_for(take, request)):
                continue
        told.add(change.shot)
        yield change.shot, locked.pick
