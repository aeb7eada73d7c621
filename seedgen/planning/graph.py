"""Graph: which shot continues which, and in what order their clips can be made. Pure."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from seedgen.project.diagnostics import did_you_mean, there_are
from seedgen.project.missing import may_be_declared

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from seedgen.project.diagnostics import Problems
    from seedgen.project.shots import Shot


class Graph:
    """Shots in their order, each with the one that it continues, if any. Edges to nowhere do not count."""

    def __init__(self, shots: Iterable[Shot]) -> None:
        self.shots: Mapping[str, Shot] = {shot.id: shot for shot in shots}

    def before(self, shot_id: str) -> str | None:
        """The shot that one continues."""
        upstream = self.shots[shot_id].upstream
        return upstream.shot if upstream is not None and upstream.shot in self.shots else None

    @cached_property
    def after(self) -> Mapping[str, list[str]]:
        """The shots that continue each shot, in order."""
        found: dict[str, list[str]] = defaultdict(list)
        for shot_id in self.shots:
            if (before := self.before(shot_id)) is not None:
                found[before].append(shot_id)
        return found

    @cached_property
    def order(self) -> list[str]:
        """Every shot after the one that it continues, and else in their order.

        Of a loop the first shot comes last.
        """
        if not self.after:
            return list(self.shots)
        placed: dict[str, None] = {}
        for shot_id in self.shots:
            placed.update((one, None) for one in reversed(self._chain(shot_id, placed)))
        return list(placed)

    def loops(self) -> list[list[str]]:
        """Every loop once, each from its first shot on in the order in which clips would be made."""
        found = []
        seen: set[str] = set()
        for shot_id in self.shots:
            chain = self._chain(shot_id, seen)
            back = self.before(chain[-1]) if chain else None
            if back is not None and back in chain:
                loop = [back, *reversed(chain[chain.index(back) + 1 :])]
                places = [self._places[one] for one in loop]
                first = places.index(min(places))
                found.append(loop[first:] + loop[:first])
            seen.update(chain)
        return found

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {shot_id: place for place, shot_id in enumerate(self.shots)}

    def _chain(self, shot_id: str, known: Container[str]) -> list[str]:
        """A shot and those that it continues, the nearest first, up to one that is known or came already."""
        chain: dict[str, None] = {}
        at: str | None = shot_id
        while at is not None and at not in chain and at not in known:
            chain[at] = None
            at = self.before(at)
        return list(chain)

    def upstream_of(self, ids: Iterable[str]) -> frozenset[str]:
        """All that some shots continue, directly or not; without themselves unless one continues another."""
        found: set[str] = set()
        for shot_id in ids:
            at = self.before(shot_id)
            while at is not None and at not in found:
                found.add(at)
                at = self.before(at)
        return frozenset(found)

    def downstream_of(self, ids: Iterable[str]) -> frozenset[str]:
        """All that continue some shots, directly or not; without themselves unless one continues another."""
        found: set[str] = set()
        waiting = list(ids)
        while waiting:
            for after in self.after.get(waiting.pop(), ()):
                if after not in found:
                    found.add(after)
                    waiting.append(after)
        return frozenset(found)


def check(graph: Graph, problems: Problems) -> frozenset[str]:
    """Note edges that lead nowhere or round in a circle; the shots that have such an edge.

    Of one to a shot that is left out for an error of its own nothing is said.
    """
    lost = set()
    for shot in graph.shots.values():
        if shot.upstream is not None and shot.upstream.shot not in graph.shots:
            name = shot.upstream.shot
            lost.add(shot.id)
            if may_be_declared(name, problems):
                continue
            others = (known for known in graph.shots if known != shot.id)
            hint = did_you_mean(name, others) or there_are(graph.shots)
            problems.error(
                "unknown shot",
                f"No shot {name!r} to continue. {hint}",
                at=shot.place.at("from_shot", "id"),
                address=f"{shot.address}.from_shot",
            )
    for loop in graph.loops():
        shot = graph.shots[loop[0]]
        whole = " -> ".join([*loop, loop[0]])
        problems.error(
            "shots continue each other in a circle" if len(loop) > 1 else "a shot continues itself",
            f"{whole}: none of them can be made first. Take one from_shot out.",
            at=shot.place.at("from_shot"),
            address=f"{shot.address}.from_shot",
        )
        lost.update(loop)
    return frozenset(lost)
