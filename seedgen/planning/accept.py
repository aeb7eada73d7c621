"""Accept: bless the clips that a shot has for a request that changed since they were made. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from seedgen.planning.differences import differences
from seedgen.planning.lock import RequestRecord
from seedgen.planning.plan import Action, FieldDiff, ReasonKind
from seedgen.planning.request import Request

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from seedgen.digest import Digest, Fingerprint
    from seedgen.planning.lock import LockedShot, Take
    from seedgen.planning.plan import Change


class Refusal(StrEnum):
    """Why a shot's clips cannot be accepted."""

    NO_CLIP = "no_clip"
    UNCHANGED = "unchanged"
    UNKNOWN_REQUEST = "unknown_request"
    IN_FLIGHT = "in_flight"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What becomes of one shot: its next entry in the lock, or why there is none.

    `kept` are the takes that stand for the changed request from now on, `missing` those that are
    declared and still have to be generated.
    """

    shot: str
    entry: LockedShot | None = None
    refusal: Refusal | None = None
    diff: tuple[FieldDiff, ...] = ()
    kept: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()

    @property
    def idle(self) -> bool:
        """Whether there is no clip, or no change of the request: nothing that could be accepted."""
        return self.refusal in {Refusal.NO_CLIP, Refusal.UNCHANGED}

    @property
    def refused(self) -> bool:
        """Whether the shot's next plan will have a change that was to be accepted."""
        return self.refusal not in {None, Refusal.UNCHANGED}


def acceptance(
    shot_id: str,
    changes: Sequence[Change],
    locked: LockedShot | None,
    set_names: Sequence[str],
    present: Collection[Digest],
) -> Acceptance:
    """Whether the clips of a shot can stand for its request as it is now.

    `changes` are what a plan says of each of its takes, `present` the clips that are there. A job for
    the changed request, in flight or in doubt, is paid already or may be: its clip would come all the same.
    """
    takes = {take.take for take in locked.takes if take.clip in present} if locked else set()
    if locked is None or not takes:
        return Acceptance(shot_id, refusal=Refusal.NO_CLIP)
    known = (change.request for change in changes if change.take == 1 and change.fingerprint is not None)
    request = next(known, None)
    if request is None:
        return Acceptance(shot_id, refusal=Refusal.UNKNOWN_REQUEST)
    if request.fingerprint() == locked.fingerprint:
        return Acceptance(shot_id, refusal=Refusal.UNCHANGED)
    if any(change.action is Action.RESUME for change in changes):
        return Acceptance(shot_id, refusal=Refusal.IN_FLIGHT)
    reasons = {reason.kind for change in changes for reason in change.reasons}
    if ReasonKind.AMBIGUOUS in reasons:
        return Acceptance(shot_id, refusal=Refusal.IN_DOUBT)
    return Acceptance(
        shot_id,
        entry=accepted(locked, request),
        diff=differences(locked.request, request, set_names)[1],
        kept=tuple(sorted(takes)),
        missing=tuple(change.take for change in changes if change.take not in takes),
    )


def accepted(locked: LockedShot, request: Request) -> LockedShot:
    """An entry whose takes stand for another request. Takes, pick and clips are as they were.

    Each take keeps the fingerprint under which it was generated: what the cache knows stays true, and
    nobody else's request is ever answered with it.
    """
    first = request.numbered(1)
    entry = locked.model_copy(
        update={
            "fingerprint": first.fingerprint(),
            "request": RequestRecord.model_validate(first.canonical()),
        }
    )
    return with_origin(entry, request, locked.accepted_from or locked.fingerprint)


def with_origin(entry: LockedShot, request: Request, origin: str | None) -> LockedShot:
    """An entry that says under which fingerprint its clips were generated, as long as any of them was."""
    foreign = origin is not None and not all(made_for(take, request) for take in entry.takes)
    return entry.model_copy(update={"accepted_from": origin if foreign else None})


def made_for(take: Take, request: Request) -> bool:
    """Whether a take was generated for a request, under its own number."""
    return take.fingerprint == request.numbered(take.take).fingerprint()


def accepted_takes(shots: Mapping[str, LockedShot]) -> Iterator[tuple[str, Fingerprint, Take]]:
    """The takes of a lock that stand for a request they were not generated for: shot, fingerprint, take."""
    for shot_id, locked in shots.items():
        if locked.accepted_from is not None:
            request = Request.of_canonical(locked.request.canonical())
            for take in locked.takes:
                if not made_for(take, request):
                    yield shot_id, request.numbered(take.take).fingerprint(), take
