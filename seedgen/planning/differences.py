"""Differences: which fields of two requests differ, and what that is called as a reason."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from seedgen.planning.plan import FieldDiff, Reason, ReasonKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.planning.lock import ReferenceRecord, RequestRecord
    from seedgen.planning.request import Request, RequestReference


def differences(
    before: RequestRecord, after: Request, set_names: Sequence[str]
) -> tuple[tuple[Reason, ...], tuple[FieldDiff, ...]]:
    """Reasons and field by field differences. `set_names` stand beside `after.references`.

    A set that lost its last reference has no name any more; then the reason names its position.
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
    pairs = zip_longest(before.references, after.references, set_names)
    for index, (was, is_now, set_name) in enumerate(pairs, start=1):
        if _identity(was) != _identity(is_now):
            reasons[Reason(ReasonKind.REFERENCE, set_name or str(index))] = None
            diff.append(FieldDiff(f"references.{index}", _shown(was), _shown(is_now)))
    return tuple(reasons), tuple(diff)


def _identity(reference: ReferenceRecord | RequestReference | None) -> object:
    return reference and (reference.type, reference.id, reference.face)


def _shown(reference: ReferenceRecord | RequestReference | None) -> str | None:
    return None if reference is None else f"{reference.type.value} {reference.id}"
