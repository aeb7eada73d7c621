"""Saved plan: a plan as frozen data, from which it can be shown, and with which a later one is compared.

Data only: nothing in it is a path that anybody opens, an address, a key or a time. The same plan of the
same project always gives the same bytes.
"""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from seedgen.digest import Digest, Fingerprint, digest_bytes, digest_json
from seedgen.planning.lock import Dollars, Hex64, Number, RequestRecord
from seedgen.planning.plan import (
    SUBMITTING,
    Action,
    Change,
    FieldDiff,
    Plan,
    Reason,
    ReasonKind,
    ReelAction,
    ReelChange,
)
from seedgen.planning.request import Request
from seedgen.project.fields import NAME
from seedgen.project.media import Derived, MediaType
from seedgen.project.models import FromShotUse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from seedgen.planning.lock import Lock

_PRINTED = r"^[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]*$"
"""A file may come from a stranger: what is shown in a line of its own has nothing that moves a cursor."""

Label = Annotated[str, StringConstraints(pattern=_PRINTED, max_length=4096)]
ProfileName = Annotated[str, StringConstraints(pattern=NAME)]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class FrozenDiff(_Frozen):
    """One field of the request that differs from what the lock had."""

    path: Label
    before: Any
    after: Any
    after_unknown: bool = Field(description="What comes after is known only after an apply.")


class FrozenReference(_Frozen):
    """A reference of a request by content; without an id while it is not known."""

    type: MediaType
    id: str | None
    face: bool | None = None


class FrozenRequest(RequestRecord):
    """A request, whole but for what is taken from a clip that is not there yet."""

    references: tuple[FrozenReference, ...]  # type: ignore[assignment]


class FrozenClip(_Frozen):
    """The clip of another shot that a shot continues; its digest is null while it is not known."""

    shot: Label
    use: FromShotUse
    clip: Hex64 | None
    stale: bool = Field(description="It is out of date, and its shot is not selected.")


class FrozenTake(_Frozen):
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


class FrozenReel(_Frozen):
    """One reel."""

    reel: Label
    action: ReelAction
    stand_ins: tuple[Label, ...]
    left_out: tuple[Label, ...] = ()


class FrozenLock(_Frozen):
    """The lock that the plan was made against: its serial, and the digest of what it says of the shots."""

    serial: Number
    digest: Hex64


class SavedPlan(_Frozen):
    """What `seedgen plan -o FILE` writes."""

    seedgen_plan: Literal[1] = Field(1, description="The version of this format.")
    seedgen_version: Label
    project: Label
    profile: ProfileName | None
    variables: dict[str, Any] = Field(
        description="Given with --var and --var-file. A number with a point is {decimal: TEXT}, a mapping "
        "{mapping: [[NAME, VALUE] …]}, so that each keeps how it was written."
    )
    selected: tuple[Label, ...] = Field(description="Every shot that the plan is about.")
    replaced: tuple[Label, ...] = Field(description="Shots to generate anew whatever the cache holds.")
    max_cost_usd: Dollars | None = Field(description="The cap that it was made under.")
    lock: FrozenLock
    plan_id: Hex64
    takes: tuple[FrozenTake, ...] = Field(description="Every take of the selected shots, in order.")
    reels: tuple[FrozenReel, ...]

    @model_validator(mode="after")
    def _is_its_own(self) -> Self:
        if self.plan().plan_id != self.plan_id:
            raise ValueError("the plan_id is not that of these changes")
        return self

    def plan(self) -> Plan:
        """The plan that was saved, without where its references lie."""
        takes = tuple(map(_thawed, self.takes))
        reels = tuple(
            ReelChange(reel.reel, reel.action, reel.stand_ins, reel.left_out) for reel in self.reels
        )
        return Plan(self.project, self.profile, self.lock.serial, takes, reels)

    def overrides(self) -> dict[str, Any]:
        """The variables as they were given. Raises ValueError."""
        return {name: _read(value) for name, value in self.variables.items()}

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all to do."""
        acts = any(take.action is not Action.UNCHANGED for take in self.takes)
        return not acts and all(reel.action is ReelAction.UNCHANGED for reel in self.reels)

    @property
    def costs(self) -> bool:
        """Whether it costs money, or may."""
        return any(take.submits and take.cost_usd != 0 for take in self.takes)

    def identity(self) -> str:
        """Names the plan among those that were applied: whatever it would do to which lock."""
        parts = [
            [take.shot, take.take, take.action.value, take.fingerprint or _canonical(take)]
            for take in self.takes
        ]
        return digest_json({"plan": self.plan_id, "lock": self.lock.digest, "takes": parts})

    def to_text(self) -> str:
        """The file's text: the same plan always gives the same bytes."""
        value = self.model_dump(mode="json", exclude={"takes": {"__all__": {"request"}}})
        for frozen, take in zip(value["takes"], self.takes, strict=True):
            frozen["request"] = _canonical(take)
        return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def freeze(
    plan: Plan,
    lock: Lock,
    *,
    version: str,
    variables: Mapping[str, Any],
    replaced: Collection[str] = (),
    max_cost: Decimal | None = None,
) -> SavedPlan:
    """A plan, and what it was made from, as data."""
    shots = {change.shot for change in plan.takes}
    left = {change.moved_from for change in plan.takes if change.moved_from is not None}
    return SavedPlan(
        seedgen_version=version,
        project=plan.project,
        profile=plan.profile,
        variables={name: _written(value) for name, value in variables.items()},
        selected=tuple(sorted(shots | left)),
        replaced=tuple(sorted(set(replaced))),
        max_cost_usd=max_cost,
        lock=FrozenLock(serial=plan.lock_serial, digest=lock_digest(lock)),
        plan_id=plan.plan_id,
        takes=tuple(map(_frozen, plan.takes)),
        reels=tuple(
            FrozenReel(reel=one.reel, action=one.action, stand_ins=one.stand_ins, left_out=one.left_out)
            for one in plan.reels
        ),
    )


def lock_digest(lock: Lock) -> str:
    """The digest of what a lock says of its shots. Reels are made from them, and decide nothing."""
    bare = lock.model_copy(update={"serial": 0, "plan_id": None, "reels": {}})
    return digest_bytes(bare.to_text().encode("utf-8"))


def _frozen(change: Change) -> FrozenTake:
    stays = change.action is Action.UNCHANGED or change.request is None
    return FrozenTake(
        shot=change.shot,
        take=change.take,
        action=change.action,
        reasons=tuple(map(str, change.reasons)),
        provider=change.provider,
        model=change.model,
        fingerprint=change.fingerprint,
        prior_fingerprint=change.prior_fingerprint,
        cost_usd=change.cost,
        seconds=change.seconds,
        diff=tuple(_frozen_diff(d) for d in change.diff),
        moved_from=change.moved_from,
        continues=_frozen_clip(change),
        request=None if stays or change.request is None else _record(change.request),
    )


def _frozen_diff(field: FieldDiff) -> FrozenDiff:
    return FrozenDiff(
        path=field.path, before=field.before, after=field.after, after_unknown=field.after_unknown
    )


def _frozen_clip(change: Change) -> FrozenClip | None:
    if (one := change.continues) is None:
        return None
    return FrozenClip(shot=one.shot, use=one.use, clip=one.clip, stale=change.stale_upstream)


def _record(request: Request) -> FrozenRequest:
    return FrozenRequest.model_validate(request.canonical())


def _canonical(take: FrozenTake) -> dict[str, Any] | None:
    return None if take.request is None else take.request.canonical()


def _thawed(take: FrozenTake) -> Change:
    request = _canonical(take)
    return Change(
        shot=take.shot,
        take=take.take,
        action=take.action,
        provider=take.provider,
        model=take.model,
        reasons=tuple(map(_reason, take.reasons)),
        fingerprint=None if take.fingerprint is None else Fingerprint(take.fingerprint),
        prior_fingerprint=None if take.prior_fingerprint is None else Fingerprint(take.prior_fingerprint),
        cost=take.cost_usd,
        seconds=take.seconds,
        diff=tuple(FieldDiff(d.path, d.before, d.after, d.after_unknown) for d in take.diff),
        request=None if request is None else Request.of_canonical(request),
        media=() if take.continues is None else (_derived(take.continues),),
        moved_from=take.moved_from,
        stale_upstream=take.continues is not None and take.continues.stale,
    )


def _derived(clip: FrozenClip) -> Derived:
    return Derived(clip.shot, clip.use, None if clip.clip is None else Digest(clip.clip))


def _reason(text: str) -> Reason:
    kind, _, name = text.partition(":")
    return Reason(ReasonKind(kind), name)


def _written(value: Any) -> Any:
    """A variable as JSON that can be told from every other one."""
    if isinstance(value, Decimal):
        return {"decimal": format(value, "f")}
    if isinstance(value, dict):
        return {"mapping": [[name, _written(inner)] for name, inner in value.items()]}
    return [_written(inner) for inner in value] if isinstance(value, list | tuple) else value


def _pair(value: Any) -> tuple[str, Any]:
    match value:
        case [str(name), inner]:
            return name, _read(inner)
    raise ValueError("a variable is written in no known form")


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"mapping": list(pairs)} if len(value) == 1:
            return dict(map(_pair, pairs))
        case {"decimal": str(text)} if len(value) == 1 and len(text) < 64:
            try:
                return Decimal(text)
            except ArithmeticError as error:
                raise ValueError(f"{text!r} is no number") from error
    raise ValueError("a variable is written in no known form")
