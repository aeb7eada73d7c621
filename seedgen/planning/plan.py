"""Plan: the changes that an apply would make, why, and for how much. Values only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seedgen.digest import digest_json
from seedgen.project.media import Derived

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seedgen.digest import Fingerprint
    from seedgen.planning.lock import Take
    from seedgen.planning.request import Request
    from seedgen.project.media import Media


class Action(StrEnum):
    """What an apply does about one take of one shot."""

    GENERATE = "generate"
    REGENERATE = "regenerate"
    REUSE = "reuse"
    RESUME = "resume"
    MOVE = "move"
    REMOVE = "remove"
    BLOCKED = "blocked"
    UNCHANGED = "unchanged"


SUBMITTING = frozenset({Action.GENERATE, Action.REGENERATE})
"""Actions that cost money."""


class ReasonKind(StrEnum):
    """Why a take is regenerated, reused or blocked."""

    PROMPT = "prompt"
    PARAMETER = "parameter"
    REFERENCE = "reference"
    MODEL = "model"
    PROVIDER = "provider"
    UPSTREAM = "upstream"
    OBJECT_MISSING = "object_missing"
    REPLACE_REQUESTED = "replace_requested"
    SAME_REQUEST = "same_request"
    AMBIGUOUS = "ambiguous"
    REJECTED = "rejected"
    UNPRICED = "unpriced"
    OVER_BUDGET = "over_budget"


class Standing(StrEnum):
    """What the journal knows of a request that keeps it from being submitted."""

    IN_FLIGHT = "in_flight"
    AMBIGUOUS = "ambiguous"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as data; `name` says which parameter, reference set or shot."""

    kind: ReasonKind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else str(self.kind)


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One field of the request that differs. `before` is None when there was none.

    With `after_unknown` what comes after is known only once another shot has its clip.
    """

    path: str
    before: Any
    after: Any
    after_unknown: bool = False


TakeName = tuple[str, int]
"""A shot and the number of its take."""


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one take of one shot.

    `request` and `media` are what would be submitted; None and empty for a remove. `found` is the
    take that a reuse or move takes over. `moved_from` is the id that a move leaves. While another shot's
    clip is waited for, the request is open and `fingerprint` is None. `stale_upstream` says that the
    clip which is continued is out of date, and that the plan leaves it so.
    """

    shot: str
    take: int
    action: Action
    provider: str
    model: str
    reasons: tuple[Reason, ...] = ()
    fingerprint: Fingerprint | None = None
    prior_fingerprint: Fingerprint | None = None
    cost: Decimal | None = None
    seconds: int = 0
    diff: tuple[FieldDiff, ...] = ()
    request: Request | None = None
    media: tuple[Media, ...] = ()
    found: Take | None = None
    moved_from: str | None = None
    stale_upstream: bool = False

    @property
    def submits(self) -> bool:
        """Whether it costs money, known or unknown."""
        return self.action in SUBMITTING

    @property
    def replaces(self) -> bool:
        """Whether it was asked for anew, whatever the cache holds."""
        return any(reason.kind is ReasonKind.REPLACE_REQUESTED for reason in self.reasons)

    @property
    def continues(self) -> Derived | None:
        """What it takes over from another shot's clip."""
        return next((one for one in self.media if isinstance(one, Derived)), None)

    @property
    def awaits(self) -> str | None:
        """The shot whose clip has to be there before its request is known."""
        continued = self.continues
        return continued.shot if continued is not None and continued.clip is None else None

    @property
    def follows(self) -> TakeName | None:
        """The take that is made for it too, as it asks for the very same."""
        if self.action is not Action.REUSE or self.found is not None:
            return None
        first = next((r.name for r in self.reasons if r.kind is ReasonKind.SAME_REQUEST), None)
        return None if first is None else (first, self.take)

    @property
    def name(self) -> TakeName:
        """Which take of which shot."""
        return self.shot, self.take


class ReelAction(StrEnum):
    """What an apply does about one reel."""

    ASSEMBLE = "assemble"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ReelChange:
    """One reel. `stand_ins` are the shots that it shows without a clip of theirs as things are, `left_out`
    those that it does not show for want of one."""

    reel: str
    action: ReelAction
    stand_ins: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Every change, in the order of the project; unchanged takes included.

    The same project, lock and cache always give the same plan, with the same id.
    """

    project: str
    profile: str | None
    lock_serial: int
    takes: tuple[Change, ...]
    reels: tuple[ReelChange, ...] = ()
    left_out: int = 0
    """Shots of the project, and of its lock, that it is not about."""
    unpicked: tuple[TakeName, ...] = ()
    """Takes that are picked, and no longer once the shot has takes for another request."""

    @property
    def changes(self) -> Iterator[Change]:
        """Everything but the unchanged."""
        return (change for change in self.takes if change.action is not Action.UNCHANGED)

    @cached_property
    def counts(self) -> Counter[Action]:
        """How many of each action."""
        return Counter(change.action for change in self.takes)

    @property
    def has_changes(self) -> bool:
        """Whether any shot changes; blocked ones count."""
        return any(True for _ in self.changes)

    @property
    def has_work(self) -> bool:
        """Whether an apply would do anything about shots; what is blocked waits for a person."""
        return any(change.action is not Action.BLOCKED for change in self.changes)

    @property
    def cost(self) -> Decimal:
        """USD of everything to submit whose price is known."""
        return sum((c.cost for c in self.takes if c.submits and c.cost is not None), Decimal(0))

    @property
    def unpriced(self) -> int:
        """How many takes to submit have no known price."""
        return sum(1 for c in self.takes if c.submits and c.cost is None)

    @property
    def seconds(self) -> int:
        """Seconds of video to generate."""
        return sum(c.seconds for c in self.takes if c.submits)

    @cached_property
    def plan_id(self) -> str:
        """Names the plan: the digest of what it would do to which lock."""
        return digest_json(
            {
                "project": self.project,
                "profile": self.profile,
                "lock_serial": self.lock_serial,
                "changes": [
                    {"shot": c.shot, "take": c.take, "action": c.action.value, "fingerprint": c.fingerprint}
                    | ({"outline": c.request.outline()} if c.request and c.fingerprint is None else {})
                    for c in self.changes
                ],
            }
        )
