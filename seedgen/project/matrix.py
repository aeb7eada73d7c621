"""Matrix: every combination of some values, without the excluded ones."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any

from seedgen.project.diagnostics import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seedgen.project.diagnostics import Problems
    from seedgen.project.loader import PlacedShot

_MAX_HELD = 10_000_000
"""Combinations times exclusions: every one is held against every other."""


def combination_count(placed: PlacedShot) -> int:
    """How many combinations an entry's matrix makes, before exclusions; 1 without a matrix."""
    return math.prod(map(len, placed.entry.matrix.values()))


def too_many(placed: PlacedShot) -> bool:
    """Whether holding every combination against every exclusion would take minutes."""
    return combination_count(placed) * len(placed.entry.exclude) > _MAX_HELD


def combinations(placed: PlacedShot, problems: Problems) -> Iterator[dict[str, Any]]:
    """The variables of each combination that is not excluded. Problems are noted on the way."""
    matrix, excluded = placed.entry.matrix, placed.entry.exclude
    _check(placed, problems)
    if not matrix:
        yield {}
        return
    unused = dict(enumerate(excluded))
    for values in itertools.product(*matrix.values()):
        combination = dict(zip(matrix, values, strict=True))
        hits = [i for i, out in enumerate(excluded) if out and out.items() <= combination.items()]
        for index in hits:
            unused.pop(index, None)
        if not hits:
            yield combination
    for index, out in unused.items():
        if out and out.keys() <= matrix.keys():
            problems.warning(
                "exclude matches nothing",
                "No combination of the matrix has these values.",
                at=placed.place.at("exclude", index),
                address=f"{placed.address}.exclude.{index}",
            )


def _check(placed: PlacedShot, problems: Problems) -> None:
    matrix, place, address = placed.entry.matrix, placed.place, placed.address
    for name, values in matrix.items():
        if not values:
            problems.error(
                "empty matrix",
                f"Give {name} at least one value.",
                at=place.at("matrix", name),
                address=f"{address}.matrix.{name}",
            )
    for index, out in enumerate(placed.entry.exclude):
        for name in out:
            if name not in matrix:
                problems.error(
                    "unknown variable",
                    did_you_mean(name, matrix) or "Only variables of the matrix can be excluded.",
                    at=place.key("exclude", index, name),
                    address=f"{address}.exclude.{index}.{name}",
                )
