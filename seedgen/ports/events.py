"""Events: what flows tell whoever watches. Values; views turn them into text or JSON lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal
    from pathlib import Path

    from seedgen.ports.segments import LoudnessMissed
    from seedgen.ports.store import Running


@dataclass(frozen=True, slots=True)
class JobSubmitted:
    """A take's job was handed to a provider."""

    shot: str
    take: int
    provider: str
    job_id: str


@dataclass(frozen=True, slots=True)
class JobResumed:
    """A job of an earlier apply goes on: it is not paid again."""

    shot: str
    take: int
    provider: str
    job_id: str


@dataclass(frozen=True, slots=True)
class SubmitUnsure:
    """A submit's answer was lost; the service is asked whether it took the job."""

    shot: str
    take: int
    provider: str
    error: str


@dataclass(frozen=True, slots=True)
class WaitsForMoney:
    """A submit was refused for want of money; it is repeated when a job in flight has ended."""

    shot: str
    take: int
    provider: str
    error: str


@dataclass(frozen=True, slots=True)
class Slowed:
    """A service said that it is too much: fewer jobs at once, and the next submit in `seconds`."""

    provider: str
    limit: int
    seconds: float
    error: str


@dataclass(frozen=True, slots=True)
class Unreached:
    """No connection to a service can be made; it is tried again. Told once until it answers again."""

    provider: str
    error: str


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is, 0.0 to 1.0; None when the provider does not say."""

    shot: str
    take: int
    part: float | None


@dataclass(frozen=True, slots=True)
class JobSucceeded:
    """A job ended well; its clip is fetched next."""

    shot: str
    take: int
    job_id: str


@dataclass(frozen=True, slots=True)
class JobFailed:
    """A take could not be generated. `remedy` says what to do, or is empty.

    `in_flight` says that its job goes on at the provider: it is not lost, only not here yet.
    """

    shot: str
    take: int
    error: str
    remedy: str = ""
    in_flight: bool = False


@dataclass(frozen=True, slots=True)
class TakeRecorded:
    """A shot has a clip. `action` says how it came by it."""

    shot: str
    take: int
    action: str
    digest: str
    frames: int
    rate: str
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class ShotLeft:
    """A take is not begun: `upstream`, whose clip it would go on from, has none. `because` says why:
    `failed`, `blocked`, `in_flight` or `not_started`."""

    shot: str
    take: int
    upstream: str
    because: str


@dataclass(frozen=True, slots=True)
class ShotRemoved:
    """A shot left the lock; its clip stays in the cache."""

    shot: str


@dataclass(frozen=True, slots=True)
class Draining:
    """An interrupt was received: nothing more is submitted.

    `ending` jobs would be lost with this process and are waited for; `leaving` go on without it; of
    `submitting` it is not known yet whether the service takes them.
    """

    ending: int
    leaving: int = 0
    submitting: int = 0


@dataclass(frozen=True, slots=True)
class AssemblyWaits:
    """Another process assembles this project's reels; this one goes on when it has ended. `other` is None
    when it is not known which."""

    other: Running | None


@dataclass(frozen=True, slots=True)
class ReelBegun:
    """A reel is being made for which segments have to be encoded, `missing` of `total`."""

    path: Path
    missing: int
    total: int


@dataclass(frozen=True, slots=True)
class ReelProgress:
    """Segments of a reel: how many there are, how many are ready, how many had to be encoded."""

    reel: str
    ready: int
    total: int
    encoded: int


@dataclass(frozen=True, slots=True)
class ReelAssembled:
    """A reel stands in `build/`. `changed` is False when it stood there already.

    `left_out` are shots without a clip that it does not show. `missed` says how loud it is when that is not
    what was asked for.
    """

    reel: str
    path: Path
    frames: int
    rate: str
    encoded: int
    segments: int
    stand_ins: tuple[str, ...] = ()
    changed: bool = True
    left_out: tuple[str, ...] = ()
    missed: LoudnessMissed | None = None


@dataclass(frozen=True, slots=True)
class SheetDrawn:
    """The contact sheet stands in `build/`."""

    path: Path
    changed: bool


@dataclass(frozen=True, slots=True)
class PageWritten:
    """The storyboard page stands in `build/`."""

    path: Path
    changed: bool


Event = (
    JobSubmitted
    | JobResumed
    | SubmitUnsure
    | WaitsForMoney
    | Slowed
    | Unreached
    | JobProgress
    | JobSucceeded
    | JobFailed
    | TakeRecorded
    | ShotLeft
    | ShotRemoved
    | Draining
    | AssemblyWaits
    | ReelBegun
    | ReelProgress
    | ReelAssembled
    | SheetDrawn
    | PageWritten
)
