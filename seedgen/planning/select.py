"""Select: which shots a command is about. Spaces unite, commas intersect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from seedgen.errors import UsageError
from seedgen.project.diagnostics import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_GLOB = re.compile(r"[*?\[]")


@dataclass(frozen=True, slots=True)
class Selectable:
    """What a shot can be selected by."""

    id: str
    tags: frozenset[str]


def select(expressions: Iterable[str], shots: Sequence[Selectable]) -> frozenset[str]:
    """The ids that some `--select` values choose; all of them when there is none.

    Each value is a list of terms: an id, a glob over ids, or `tag:NAME` (a glob too). Raises UsageError
    when a term matches nothing.
    """
    terms = [term for expression in expressions for term in expression.split()]
    if not terms:
        return frozenset(shot.id for shot in shots)
    chosen: frozenset[str] = frozenset()
    for term in terms:
        chosen |= _intersection(term, shots)
    return chosen


def _intersection(term: str, shots: Sequence[Selectable]) -> frozenset[str]:
    parts = [part for part in term.split(",") if part]
    if not parts:
        raise UsageError(f"nothing to select in {term!r}", remedy="Name ids, globs or tag:NAME.")
    return frozenset.intersection(*(matching(part, shots) for part in parts))


def matching(part: str, shots: Sequence[Selectable]) -> frozenset[str]:
    """The ids that one id, glob or `tag:NAME` matches. Raises UsageError when there is none."""
    kind, sign, name = part.partition(":")
    if sign and kind == "tag":
        found = frozenset(shot.id for shot in shots if any(fnmatchcase(tag, name) for tag in shot.tags))
        known: set[str] = {tag for shot in shots for tag in shot.tags}
        what = f"no shot has the tag {name!r}"
    elif sign:
        raise UsageError(f"cannot select by {kind!r}", remedy="Select by ids, globs, or tag:NAME.")
    else:
        name = part
        found = frozenset(shot.id for shot in shots if shot.id == part or _globbed(shot.id, part))
        known = {shot.id for shot in shots}
        what = f"no shot matches {part!r}"
    if not found:
        raise UsageError(what, remedy=did_you_mean(name, known) or _some(known))
    return found


def _globbed(shot_id: str, pattern: str) -> bool:
    return bool(_GLOB.search(pattern)) and fnmatchcase(shot_id, pattern)


def _some(known: set[str]) -> str:
    shown = ", ".join(sorted(known)[:8])
    return f"There are {shown}{' …' if len(known) > 8 else ''}." if known else "There are none."
