"""Lock merge: two locks that grew from one, put together shot by shot. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from seedgen.planning.lock import Lock, LockedShot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seedgen.planning.lock import Take

T = TypeVar("T")


class _Both(Exception):
    """Both sides changed the same thing, each in its own way."""


@dataclass(frozen=True, slots=True)
class MergedLock:
    """Two locks put together. `conflicts` are the shots about which both sides say something else.

    Of those, `ours` and `theirs` have one side each; in everything else the two are the same.
    """

    ours: Lock
    theirs: Lock
    conflicts: tuple[str, ...] = ()

    def to_text(self) -> str:
        """The lock's text; with git's conflict markers around each shot in conflict."""
        ours = _blocks(self.ours.to_text())
        theirs = dict(_blocks(self.theirs.to_text()))
        return "".join(
            f"<<<<<<< ours\n{block}=======\n{theirs[shot_id]}>>>>>>> theirs\n"
            if shot_id is not None and shot_id in self.conflicts
            else block
            for shot_id, block in ours
        )


def merge_locks(base: Lock, ours: Lock, theirs: Lock) -> MergedLock:
    """What both sides came to have since `base`.

    A shot that one side changed and the other removed is kept: a plan says so when nobody declares it. Both
    sides may have added takes for the same request. Anything else that both changed is a conflict.
    """
    shots: dict[str, LockedShot] = {}
    other: dict[str, LockedShot] = {}
    for shot_id in sorted({*ours.shots, *theirs.shots}):
        before, mine, yours = (side.shots.get(shot_id) for side in (base, ours, theirs))
        try:
            if (kept := _either(before, mine, yours, _shot)) is not None:
                shots[shot_id] = kept
        except _Both:
            if mine is not None and yours is not None:
                shots[shot_id], other[shot_id] = mine, yours
    return MergedLock(
        _lock(base, ours, theirs, shots), _lock(base, ours, theirs, {**shots, **other}), tuple(other)
    )


def _lock(base: Lock, ours: Lock, theirs: Lock, shots: dict[str, LockedShot]) -> Lock:
    """The lock of these shots: a side's own where it has them all, else the next one."""
    serial = max(ours.serial, theirs.serial)
    for side in (ours, theirs):
        if side.shots == shots:
            return side.model_copy(update={"serial": serial})
    plan_id = ours.plan_id if ours.plan_id == theirs.plan_id else None
    return Lock(version=base.version, serial=serial + 1, plan_id=plan_id, shots=shots)


def _either(before: T, mine: T, yours: T, both: Callable[[T, T, T], T]) -> T:
    if yours in (mine, before):
        return mine
    return yours if before == mine else both(before, mine, yours)


def _shot(before: LockedShot | None, mine: LockedShot | None, yours: LockedShot | None) -> LockedShot | None:
    if mine is None or yours is None:
        return mine or yours
    if mine.fingerprint != yours.fingerprint:
        raise _Both
    old = before if before is not None and before.fingerprint == mine.fingerprint else None
    return mine.model_copy(
        update={
            "takes": tuple(_takes(old, mine, yours)),
            "pick": _either(old and old.pick, mine.pick, yours.pick, _neither),
            "accepted_from": _either(
                old and old.accepted_from, mine.accepted_from, yours.accepted_from, _neither
            ),
        }
    )


def _takes(before: LockedShot | None, mine: LockedShot, yours: LockedShot) -> Iterator[Take]:
    for number in sorted({take.take for take in (*mine.takes, *yours.takes)}):
        old = before.take(number) if before is not None else None
        kept = _either(old, mine.take(number), yours.take(number), _kept)
        if kept is not None:
            yield kept


def _kept(_: Take | None, mine: Take | None, yours: Take | None) -> Take | None:
    """A take that one side changed and the other has no longer is kept: it was paid."""
    if mine is not None and yours is not None:
        raise _Both
    return mine or yours


def _neither(*_: object) -> Any:
    raise _Both


def _blocks(text: str) -> Iterator[tuple[str | None, str]]:
    """A lock's text in pieces, each of one shot by its id, or of what stands around the shots."""
    piece, shot_id, inside = "", None, False
    for line in text.splitlines(keepends=True):
        inside = inside or line == '  "shots": {\n'
        if inside and line.startswith('    "') and line.endswith('": {\n'):
            if piece:
                yield shot_id, piece
            piece, shot_id = "", str(json.loads(line.strip()[:-3]))
        piece += line
        if inside and line in ("    },\n", "    }\n"):
            yield shot_id, piece
            piece, shot_id = "", None
    if piece:
        yield shot_id, piece
