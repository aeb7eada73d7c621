"""Differences: which fields of two requests differ, and what that is called as a reason."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from seedgen.planning.plan import FieldDiff, Reason, ReasonKind
from seedgen.planning.request import is_derived

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seedgen.planning.lock import ReferenceRecord, RequestRecord
    from seedgen.planning.request import Request, RequestReference

    AnyReference = ReferenceRecord | RequestReference
    Numbered = tuple[int, AnyReference]


def differences(
    before: RequestRecord | Request, after: Request, set_names: Sequence[str], upstream: str | None = None
) -> tuple[tuple[Reason, ...], tuple[FieldDiff, ...]]:
    """Reasons and field by field differences. `set_names` stand beside `after.references`.

    `upstream` is the shot that the later request continues. A set that lost its last reference has no
    name any more; then the reason names its position.
    """
    reasons: dict[Reason, None] = {}
    diff: list[FieldDiff] = []
    for kind, path, old, new in (
        (ReasonKind.PROVIDER, "provider", before.provider, after.provider),
        (ReasonKind.MODEL, "model", before.model, after.model),
        (ReasonKind.PROMPT, "prompt", before.prompt, after.prompt),
    ):
        if old != new:
            reasons[Reason(kind)] = None
            diff.append(FieldDiff(path, old, new))
    for name in sorted({*before.parameters, *after.parameters}):
        old_value, new_value = before.parameters.get(name), after.parameters.get(name)
        if old_value != new_value:
            reasons[Reason(ReasonKind.PARAMETER, name)] = None
            diff.append(FieldDiff(f"parameters.{name}", old_value, new_value))
    for reason, field in _references(before.references, after.references, set_names, upstream):
        reasons[reason] = None
        diff.append(field)
    return tuple(reasons), tuple(diff)


def _references(
    before: Sequence[AnyReference], after: Sequence[AnyReference], names: Sequence[str], upstream: str | None
) -> Iterator[tuple[Reason, FieldDiff]]:
    """Those that were declared by position, and by itself what is taken from another shot's clip."""
    named = [(name, one) for name, one in zip(names, _numbered(after), strict=True) if not _derived(one)]
    declared = zip_longest((one for one in _numbered(before) if not _derived(one)), named)
    for was, now in declared:
        name, is_now = now or ("", None)
        if found := _difference(was, is_now):
            yield Reason(ReasonKind.REFERENCE, name or found.path.rpartition(".")[2]), found
    taken_over = [next(filter(_derived, _numbered(one)), None) for one in (before, after)]
    if found := _difference(*taken_over):
        yield Reason(ReasonKind.UPSTREAM, upstream or ""), found


def _numbered(references: Sequence[AnyReference]) -> Iterator[Numbered]:
    return enumerate(references, start=1)


def _derived(reference: Numbered) -> bool:
    return is_derived(reference[1].id)


def _difference(was: Numbered | None, now: Numbered | None) -> FieldDiff | None:
    """None when they are the same. A clip that is not known yet is another one than any that is."""
    if _identity(was) == _identity(now):
        return None
    position = (now or was or (0, None))[0]
    after_unknown = now is not None and now[1].id is None
    return FieldDiff(f"references.{position}", _shown(was), _shown(now), after_unknown=after_unknown)


def _identity(reference: Numbered | None) -> object:
    return reference and (reference[1].type, reference[1].id, reference[1].face)


def _shown(reference: Numbered | None) -> str | None:
    if reference is None or reference[1].id is None:
        return None
    return f"{reference[1].type.value} {reference[1].id}"
