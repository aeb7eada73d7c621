"""Select: which shots a command is about. Spaces unite, commas intersect."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from seedgen.errors import UsageError
from seedgen.project.diagnostics import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_GLOB = re.compile(r"[*?\[]")
_HOW = "Name ids, globs, tag:NAME or VARIABLE=VALUE."


@dataclass(frozen=True, slots=True)
class Selectable:
    """What a shot can be selected by. `variables` are those that its templates see, a matrix's above all."""

    id: str
    tags: frozenset[str]
    variables: Mapping[str, object] = field(default_factory=dict)


def select(expressions: Iterable[str], shots: Sequence[Selectable]) -> frozenset[str]:
    """The ids that some `--select` values choose; all of them when there is none.

    Each value is a list of terms: an id, a glob over ids, or `tag:NAME` (a glob too). Raises UsageError
    when a term matches nothing, and for a value without a term: an empty shell variable must not
    come to mean every shot.
    """
    expressions = list(expressions)
    if not expressions:
        return frozenset(shot.id for shot in shots)
    if not all(expression.split() for expression in expressions):
        raise UsageError("nothing to select in an empty value", remedy=_HOW)
    terms = [term for expression in expressions for term in expression.split()]
    chosen: frozenset[str] = frozenset()
    for term in terms:
        chosen |= _intersection(term, shots)
    return chosen


def _intersection(term: str, shots: Sequence[Selectable]) -> frozenset[str]:
    parts = [part for part in term.split(",") if part]
    if not parts:
        raise UsageError(f"nothing to select in {term!r}", remedy=_HOW)
    found = frozenset.intersection(*(matching(part, shots) for part in parts))
    if not found:
        raise UsageError(f"no shot matches all of {term!r}", remedy="A comma intersects; a space unites.")
    return found


def matching(part: str, shots: Sequence[Selectable]) -> frozenset[str]:
    """The ids that one id, glob, `tag:NAME` or `VARIABLE=VALUE` matches.

    Raises UsageError when there is none.
    """
    if "=" in part:
        return _valued(part, shots)
    kind, sign, name = part.partition(":")
    if sign and kind == "tag":
        found = frozenset(shot.id for shot in shots if any(fnmatchcase(tag, name) for tag in shot.tags))
        known: set[str] = {tag for shot in shots for tag in shot.tags}
        what = f"no shot has the tag {name!r}"
    elif sign:
        raise UsageError(f"cannot select by {kind!r}", remedy=_HOW)
    else:
        name = part
        found = frozenset(shot.id for shot in shots if shot.id == part or _globbed(shot.id, part))
        known = {shot.id for shot in shots}
        what = f"no shot matches {part!r}"
    if not found:
        raise UsageError(what, remedy=did_you_mean(name, known) or _some(known))
    return found


def _valued(part: str, shots: Sequence[Selectable]) -> frozenset[str]:
    name, _, value = part.partition("=")
    having = {shot.id: str(shot.variables[name]) for shot in shots if _is_plain(shot.variables.get(name))}
    if not having:
        known = {key for shot in shots for key, held in shot.variables.items() if _is_plain(held)}
        raise UsageError(f"no shot has a variable {name!r}", remedy=did_you_mean(name, known) or _some(known))
    found = frozenset(shot_id for shot_id, held in having.items() if fnmatchcase(held, value))
    if not found:
        values = set(having.values())
        raise UsageError(
            f"no shot has {value!r} for {name!r}", remedy=did_you_mean(value, values) or _some(values)
        )
    return found


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | Decimal)


def in_order(
    patterns: Iterable[str], ids: Sequence[str], match: Callable[[str], frozenset[str]]
) -> list[str]:
    """The ids that some patterns match, pattern by pattern, each once: the order of a reel."""
    chosen: dict[str, None] = {}
    for pattern in patterns:
        found = match(pattern)
        chosen.update((shot_id, None) for shot_id in ids if shot_id in found)
    return list(chosen)


def _globbed(shot_id: str, pattern: str) -> bool:
    return bool(_GLOB.search(pattern)) and fnmatchcase(shot_id, pattern)


def _some(known: set[str]) -> str:
    shown = ", ".join(sorted(known)[:8])
    return f"There are {shown}{' …' if len(known) > 8 else ''}." if known else "There are none."
