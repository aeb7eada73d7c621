"""Pick: which take of a shot goes into reels. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seedgen.planning.lock import Lock


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
