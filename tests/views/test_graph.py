"""Graphs: what is drawn, in two languages, whatever sets, tags and shots are called."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pydot
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.planning.plan import Action, Change
from seedgen.project.diagnostics import Place
from seedgen.project.models import FromShotUse
from seedgen.project.shots import Shot, Upstream
from seedgen.views.graph import Graph, Kind, Language, graph_of, graph_text, states_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film


def shot(
    shot_id: str,
    *sets: str,
    after: str = "",
    use: FromShotUse = FromShotUse.LAST_FRAME,
    tags: tuple[str, ...] = (),
) -> Shot:
    """A shot with some reference sets that goes on from another one."""
    from pathlib import Path

    place = Place(Path("seedgen.yaml"))
    return Shot(
        id=shot_id,
        provider="local",
        model=None,
        template=None,
        prompt="A door.",
        references=sets,
        tags=tags,
        takes=1,
        upstream=Upstream(after, use) if after else None,
        parameters={},
        scope=MappingProxyType({}),
        place=place,
        provider_place=place,
        model_place=place,
        ordinal=0,
    )


CHAIN = [
    shot("010", "door", "wall", tags=("hero",)),
    shot("020", "wall", after="010"),
    shot("030", after="020", use=FromShotUse.CLIP),
]
STATES = {"010": Action.UNCHANGED, "020": Action.REGENERATE, "030": Action.GENERATE}


def read_back(text: str) -> Any:
    """The one graph of a DOT text, as another program reads it."""
    read = pydot.graph_from_dot_data(text)
    assert read is not None, text
    assert len(read) == 1
    return read[0]


def edges(graph: Graph) -> set[tuple[str, str, str]]:
    """Who leads to whom, by name."""
    return {(edge.source.name, edge.target.name, edge.use) for edge in graph.edges}


def test_sets_lead_to_shots_and_shots_to_those_that_go_on_from_them() -> None:
    """And to the reels that show them, when these are asked for."""
    graph = graph_of(CHAIN, STATES, {"main": ["010", "030"]})
    assert edges(graph) == {
        ("door", "010", ""),
        ("wall", "010", ""),
        ("wall", "020", ""),
        ("010", "020", "last_frame"),
        ("020", "030", "clip"),
        ("010", "main", ""),
        ("030", "main", ""),
    }
    assert [node.name for node in graph.nodes] == ["door", "wall", "010", "020", "030", "main"]


def test_what_a_chosen_shot_goes_on_from_is_drawn_without_a_state() -> None:
    """A selection shows where it hangs; nothing else of what was left out is drawn, nor an empty reel."""
    graph = graph_of(CHAIN, {"030": Action.GENERATE}, {"main": ["010"]})
    assert {node.name: node.state for node in graph.nodes} == {"020": None, "030": Action.GENERATE}
    assert edges(graph) == {("020", "030", "clip")}


def test_the_most_urgent_take_is_the_state_of_a_shot() -> None:
    """One of three takes is blocked: that is what to look at. Removed shots are not drawn."""
    changes = [
        Change("010", 1, Action.UNCHANGED, "local", "animatic"),
        Change("010", 2, Action.BLOCKED, "local", "animatic"),
        Change("010", 3, Action.GENERATE, "local", "animatic"),
        Change("old", 1, Action.REMOVE, "local", "animatic"),
    ]
    assert states_of(changes) == {"010": Action.BLOCKED}


def test_the_mermaid_text() -> None:
    """A flowchart with the symbols of a plan, a legend of those that occur, and a colour for each state."""
    text = graph_text(graph_of(CHAIN, STATES, {}), Language.MERMAID)
    assert text.splitlines() == [
        "flowchart LR",
        "  %% + generate, ~ regenerate",
        '  n0(["door"])',
        '  n1(["wall"])',
        '  n2["010<br/>#35;hero"]:::unchanged',
        '  n3["020 #126;"]:::regenerate',
        '  n4["030 #43;"]:::generate',
        "  n0 --> n2",
        "  n1 --> n2",
        "  n1 --> n3",
        "  n2 ==>|last_frame| n3",
        "  n3 ==>|clip| n4",
        "  classDef generate fill:#d9f2e3,color:#222",
        "  classDef regenerate fill:#fdf0c4,color:#222",
        "  classDef unchanged fill:#f3f3f3,color:#222",
    ]


def test_the_dot_text_is_read_by_another_program() -> None:
    """pydot finds the nodes and the edges that are meant, with their labels."""
    graph = graph_of(CHAIN, STATES, {"main": ["030"]})
    read = read_back(graph_text(graph, Language.DOT))
    assert len(read.get_edges()) == len(graph.edges)
    labels = {node.get_name(): node.get("label") for node in read.get_nodes() if node.get("label")}
    assert labels['"shot:010"'] == '"010\\n#hero"'
    assert labels['"shot:020"'] == '"020 ~"'
    assert labels['"reel:main"'] == '"main.mp4"'


NASTY = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(
    [
        '"',
        "\\",
        '\\"',
        "\\N",
        "]",
        '"]',
        "end",
        "<script>",
        "%%",
        "-->",
        "#quot;",
        "`x`",
        "a\nb",
        "{",
        ";",
        "é鞋",
    ]
)
TEXT = r'"[^"\[\]`|{}]*"'
MERMAID_LINE = re.compile(
    rf"flowchart LR|  %% [\w +~<>=!,-]+|  n\d+(?:\(\[{TEXT}\]\)|\[{TEXT}\]|\[\[{TEXT}\]\])(?::::\w+)?"
    r"|  n\d+ (?:-->|==>\|\w+\||-\.->) n\d+|  classDef \w+ fill:#\w{6},color:#222"
)


@settings(max_examples=40, deadline=None)
@given(NASTY, NASTY, NASTY)
def test_no_name_breaks_out_of_its_label(name: str, tag: str, reel: str) -> None:
    """Both texts have the nodes and edges of the graph and nothing else, whatever is written in them."""
    shots = [shot("010", name, tags=(tag,)), shot("020", name, after="010", tags=(tag, tag))]
    graph = graph_of(shots, dict.fromkeys(("010", "020"), Action.REUSE), {reel: ["010"]})
    lines = graph_text(graph, Language.MERMAID).rstrip("\n").split("\n")
    assert [line for line in lines if not MERMAID_LINE.fullmatch(line)] == []
    assert all(set(re.findall(r"<[^>]*>", line)) <= {"<br/>"} for line in lines if '"' in line)
    assert len(lines) == 3 + len(graph.nodes) + len(graph.edges)
    read = read_back(graph_text(graph, Language.DOT))
    named = [node for node in read.get_nodes() if node.get("shape")]
    assert len(named) == len(graph.nodes)
    assert [(e.get_source(), e.get_destination()) for e in read.get_edges()] == [
        (named[graph.nodes.index(edge.source)].get_name(), named[graph.nodes.index(edge.target)].get_name())
        for edge in graph.edges
    ]


def test_graph_is_a_command(applied: Film) -> None:
    """States come of a plan; the same project gives the same text; a selection draws what it chooses."""
    applied.edit("bare", "tall")
    ran = applied.run("graph")
    assert ran.code == 0
    assert '["s2 #126;<br/>' in ran.out
    assert '["s1<br/>' in ran.out
    assert applied.run("graph").out == ran.out
    some = applied.run("graph", "--select", "tag:hero", "--format", "dot", "--reels")
    read = read_back(some.out)
    names = {node.get_name() for node in read.get_nodes() if node.get("shape")}
    assert names == {'"set:door"', '"set:wall"', '"shot:s1"', '"shot:s2"', '"reel:main"'}


def test_a_graph_of_a_broken_project_is_an_error(film: Film, tmp_path: Path) -> None:
    """The same diagnostics as everywhere; a selection that matches nothing, too."""
    assert film.run("graph", "--select", "nobody").code == 1
    film.edit("references: [door]", "references: [dor]")
    ran = film.run("graph")
    assert (ran.code, ran.out) == (1, "")
    assert "Did you mean 'door'?" in ran.err


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_a_shape_in_both_languages(kind: Kind) -> None:
    """A further kind cannot be forgotten."""
    graph = graph_of(CHAIN, STATES, {"main": ["010"]})
    assert kind in {node.kind for node in graph.nodes}
    for language in Language:
        assert graph_text(graph, language)
