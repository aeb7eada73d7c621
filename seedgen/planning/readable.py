"""Readable: a prompt as people read it, its references by the names that the project file gives them. Pure.

A model counts references; who watches a reel or cuts it knows them by name. Nothing here is ever sent.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from seedgen.project.cards import prompt_pieces, wire_prompt

if TYPE_CHECKING:
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.project.media import MediaType


def readable_prompt(shot: ResolvedShot) -> str:
    """A shot's prompt with `shoe 2` where its model reads `[Image 3]`."""
    return "".join(text for text, _ in readable_pieces(shot))


def readable_pieces(shot: ResolvedShot) -> list[tuple[str, int | None]]:
    """The same, cut where it names a reference; with the place of that one among the request's."""
    places = _places(shot)
    found: list[tuple[str, int | None]] = []
    for text, addressed in prompt_pieces(shot.request.prompt):
        place = places.get(addressed) if addressed else None
        found.append((wire_prompt(text, shot.card) if place is None else shot.names[place], place))
    return found


def _places(shot: ResolvedShot) -> dict[tuple[MediaType, int], int]:
    """Which reference a type and a number stand for: numbers count within a type, in the order sent."""
    counted: Counter[MediaType] = Counter()
    found: dict[tuple[MediaType, int], int] = {}
    for place, reference in enumerate(shot.request.references):
        counted[reference.type] += 1
        found[reference.type, counted[reference.type]] = place
    return found
