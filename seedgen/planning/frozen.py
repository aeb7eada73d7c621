"""Frozen: the parts of a saved plan as data, each checked by itself.

Data only: nothing in it is a path that anybody opens, an address, a key or a time.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from seedgen.digest import digest_json
from seedgen.planning.lock import Dollars, Hex64, Number, RequestRecord
from seedgen.planning.plan import SUBMITTING, Action, ReasonKind, ReelAction
from seedgen.project.fields import NAME
from seedgen.project.media import MediaType
from seedgen.project.models import FromShotUse

_PRINTED = r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$"
"""A file may come from a stranger: what is shown in a line of its own has nothing that moves a cursor."""

Label = Annotated[str, StringConstraints(pattern=_PRINTED, max_length=4096)]
ProfileName = Annotated[str, StringConstraints(pattern=NAME)]


class Frozen(BaseModel):
    """Data that a stranger may have written: nothing is guessed, nothing more is taken."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class FrozenDiff(Frozen):
    """One field of the request that differs from what the lock had."""

    path: Label
    before: Any
    after: Any
    after_unknown: bool = Field(description="What comes after is known only after an apply.")


class FrozenReference(Frozen):
    """A reference of a request by content; without an id while it is not known."""

    type: MediaType
    id: str | None
    face: bool | None = None


class FrozenRequest(RequestRecord):
    """A request, whole but for what is taken from a clip that is not there yet."""

    references: tuple[FrozenReference, ...]  # type: ignore[assignment]


class FrozenClip(Frozen):
    """The clip of another shot that a shot continues; its digest is null while it is not known."""

    shot: Label
    use: FromShotUse
    clip: Hex64 | None
    stale: bool = Field(description="It is out of date, and its shot is not selected.")


class FrozenTake(Frozen):
    """What happens to one take of one shot."""

    shot: Label
    take: int = Field(ge=1, le=1000)
    action: Action
    reasons: tuple[Label, ...]
    provider: Label
    model: Label
    fingerprint: Hex64 | None = Field(description="Null while what the request continues is not there yet.")
    prior_fingerprint: Hex64 | None
    cost_usd: Dollars | None = Field(description="USD; null when it costs nothing to do or is unknown.")
    seconds: Number
    diff: tuple[FrozenDiff, ...]
    moved_from: Label | None
    continues: FrozenClip | None = Field(description="For a shot with from_shot.")
    request: FrozenRequest | None = Field(description="The whole request; null for a take that stays.")

    @property
    def submits(self) -> bool:
        """Whether it costs money, known or unknown."""
        return self.action in SUBMITTING

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for text in self.reasons:
            ReasonKind(text.partition(":")[0])
        if self.request is None or self.fingerprint is None:
            return self
        if digest_json(self.request.canonical()) != self.fingerprint:
            raise ValueError("the fingerprint is not that of the request")
        return self


class FrozenReel(Frozen):
    """One reel."""

    reel: Label
    action: ReelAction
    stand_ins: tuple[Label, ...]
    left_out: tuple[Label, ...] = ()


class FrozenPick(Frozen):
    """A take that is picked."""

    shot: Label
    take: int = Field(ge=1, le=1000)


class FrozenLock(Frozen):
    """The lock that the plan was made against: its serial, and the digest of what it says of the shots."""

    serial: Number
    digest: Hex64
