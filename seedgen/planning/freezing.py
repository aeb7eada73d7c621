"""Freezing: changes and variables as data, and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from seedgen.digest import Digest, Fingerprint
from seedgen.planning.frozen import FrozenClip, FrozenDiff, FrozenRequest, FrozenTake
from seedgen.planning.plan import Action, Change, FieldDiff, Reason, ReasonKind
from seedgen.planning.request import Request
from seedgen.project.media import Derived


def frozen(change: Change) -> FrozenTake:
    """A change as data."""
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


def canonical(take: FrozenTake) -> dict[str, Any] | None:
    """The canonical JSON of a take's request, where it has one."""
    return None if take.request is None else take.request.canonical()


def thawed(take: FrozenTake) -> Change:
    """The change that was frozen, without where its references lie."""
    request = canonical(take)
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


def written(value: Any) -> Any:
    """A variable as JSON that can be told from every other one."""
    if isinstance(value, Decimal):
        return {"decimal": format(value, "f")}
    if isinstance(value, dict):
        return {"mapping": [[name, written(inner)] for name, inner in value.items()]}
    return [written(inner) for inner in value] if isinstance(value, list | tuple) else value


def _pair(value: Any) -> tuple[str, Any]:
    match value:
        case [str(name), inner]:
            return name, read(inner)
    raise ValueError("a variable is written in no known form")


def read(value: Any) -> Any:
    """A variable from its JSON. Raises ValueError."""
    if isinstance(value, list):
        return [read(inner) for inner in value]
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
