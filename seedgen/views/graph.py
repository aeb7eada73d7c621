"""Graph: shots, the reference sets and shots that they are made from and the reels that show them, drawn."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from seedgen.planning.plan import Action
from seedgen.views.paint import harmless
from seedgen.views.plan_text import SYMBOLS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from seedgen.planning.plan import Change
    from seedgen.project.shots import Shot


class Language(StrEnum):
    """What a graph is drawn in."""

    MERMAID = "mermaid"
    DOT = "dot"


class Kind(StrEnum):
    """What a node stands for."""

    SET = "set"
    SHOT = "shot"
    REEL = "reel"


@dataclass(frozen=True, slots=True)
class Node:
    """Something that is drawn. `lines` are its label; `state` is what a plan would do with a shot, None for
    one that stands only at the edge of what was selected, and for what is no shot."""

    kind: Kind
    name: str
    lines: tuple[str, ...]
    state: Action | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """From what is used to what uses it. `use` is what a shot takes over from another one."""

    source: Node
    target: Node
    use: str = ""


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges, in the order of the project."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


_URGENT = (
    *(Action.BLOCKED, Action.REGENERATE, Action.GENERATE, Action.RESUME, Action.REUSE, Action.MOVE),
    Action.UNCHANGED,
)
"""Of a shot with several takes, the first of these is its state."""


def states_of(changes: Iterable[Change]) -> dict[str, Action]:
    """What a plan would do with each shot."""
    found: dict[str, Action] = {}
    for change in changes:
        if change.action in _URGENT:
            known = found.setdefault(change.shot, change.action)
            found[change.shot] = min(known, change.action, key=_URGENT.index)
    return found


def graph_of(
    shots: Sequence[Shot], states: Mapping[str, Action], reels: Mapping[str, Collection[str]]
) -> Graph:
    """The graph of the shots that have a state. `reels` are the ids that each shows.

    A shot from which a chosen one goes on is drawn as well, without a state.
    """
    chosen = [shot for shot in shots if shot.id in states]
    before = {shot.upstream.shot for shot in chosen if shot.upstream}
    drawn = {
        shot.id: Node(Kind.SHOT, shot.id, _label(shot, states.get(shot.id)), states.get(shot.id))
        for shot in shots
        if shot.id in states or shot.id in before
    }
    names = dict.fromkeys(name for shot in chosen for name in shot.references)
    sets = {name: Node(Kind.SET, name, (name,)) for name in names}
    shown = {name: [one for one in ids if one in states] for name, ids in reels.items()}
    films = {name: Node(Kind.REEL, name, (f"{name}.mp4",)) for name, ids in shown.items() if ids}
    edges = [Edge(sets[name], drawn[shot.id]) for shot in chosen for name in dict.fromkeys(shot.references)]
    edges += [
        Edge(drawn[shot.upstream.shot], drawn[shot.id], shot.upstream.use.value)
        for shot in chosen
        if shot.upstream and shot.upstream.shot in drawn
    ]
    edges += [Edge(drawn[shot_id], films[name]) for name, ids in shown.items() for shot_id in ids]
    return Graph((*sets.values(), *drawn.values(), *films.values()), tuple(edges))


def _label(shot: Shot, state: Action | None) -> tuple[str, ...]:
    # The symbol comes last: Mermaid would take `+ 010` for an item of a list.
    symbol = SYMBOLS[state].strip() if state else ""
    tags = " ".join(f"#{tag}" for tag in shot.tags)
    return tuple(line for line in (f"{shot.id} {symbol}".strip(), tags) if line)


_FILLS = {
    Action.GENERATE: "#d9f2e3",
    Action.REGENERATE: "#fdf0c4",
    Action.REUSE: "#d7eaf8",
    Action.RESUME: "#d7eaf8",
    Action.MOVE: "#d7eaf8",
    Action.BLOCKED: "#f8d5d2",
    Action.UNCHANGED: "#f3f3f3",
}


def graph_text(graph: Graph, language: Language) -> str:
    """The graph in a language, with a line end."""
    lines = _mermaid(graph) if language is Language.MERMAID else _dot(graph)
    return "\n".join(lines) + "\n"


def _present(graph: Graph) -> list[Action]:
    """The states that occur, as they are listed everywhere."""
    return [action for action in _FILLS if any(node.state is action for node in graph.nodes)]


def _legend(graph: Graph) -> str:
    return ", ".join(f"{SYMBOLS[a]} {a}" for a in _present(graph) if SYMBOLS[a].strip())


# -- Mermaid ---------------------------------------------------------------------------------------

_SHAPES = {Kind.SET: ("([", "])"), Kind.SHOT: ("[", "]"), Kind.REEL: ("[[", "]]")}


def _mermaid(graph: Graph) -> Iterator[str]:
    yield "flowchart LR"
    if legend := _legend(graph):
        yield f"  %% {legend}"
    keys = {node: f"n{index}" for index, node in enumerate(graph.nodes)}
    for node, key in keys.items():
        opened, closed = _SHAPES[node.kind]
        label = "<br/>".join(_entities(line) for line in node.lines)
        state = f":::{node.state}" if node.state else ""
        yield f'  {key}{opened}"{label}"{closed}{state}'
    for edge in graph.edges:
        arrow = f"==>|{edge.use}|" if edge.use else "-.->" if edge.target.kind is Kind.REEL else "-->"
        yield f"  {keys[edge.source]} {arrow} {keys[edge.target]}"
    for action in _present(graph):
        yield f"  classDef {action} fill:{_FILLS[action]},color:#222"


def _entities(text: str) -> str:
    """Text in a label of Mermaid: whatever could mean something there is written by its number.

    https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
    """
    return "".join(sign if sign.isalnum() or sign in " ._-" else f"#{ord(sign)};" for sign in harmless(text))


# -- DOT -------------------------------------------------------------------------------------------

_DOT_SHAPES = {Kind.SET: "folder", Kind.SHOT: "box", Kind.REEL: "component"}


def _dot(graph: Graph) -> Iterator[str]:
    yield "digraph seedgen {"
    if legend := _legend(graph):
        yield f"  // {legend}"
    yield "  rankdir=LR;"
    yield '  node [fontname="Helvetica", style="filled", fillcolor="#ffffff"];'
    for node in graph.nodes:
        label = "\\n".join(_escaped(line) for line in node.lines)
        fill = f', fillcolor="{_FILLS[node.state]}"' if node.state else ""
        yield f'  {_key(node)} [shape={_DOT_SHAPES[node.kind]}, label="{label}"{fill}];'
    for edge in graph.edges:
        looks = f' [label="{edge.use}", style="bold"]' if edge.use else ""
        looks = ' [style="dashed"]' if edge.target.kind is Kind.REEL else looks
        yield f"  {_key(edge.source)} -> {_key(edge.target)}{looks};"
    yield "}"


def _key(node: Node) -> str:
    return f'"{node.kind}:{_escaped(node.name)}"'


def _escaped(text: str) -> str:
    r"""Text within a quoted string of DOT, where `\N` in a label would be the node's name.

    https://graphviz.org/doc/info/lang.html
    """
    return harmless(text).replace("\n", " ").replace("\\", "\\\\").replace('"', '\\"')
