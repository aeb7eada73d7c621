"""The graph of shots that continue one another: its order, its loops, and what lies up and down stream."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedgen.planning.graph import Graph
from seedgen.project.diagnostics import Place
from seedgen.project.models import FromShotUse
from seedgen.project.shots import Shot, Upstream
from tests.planning.projects import opened

PLACE = Place(Path("seedgen.yaml"))


def shot(shot_id: str, before: str | None) -> Shot:
    """A shot that continues another one, or none."""
    return Shot(
        id=shot_id,
        provider="local",
        model=None,
        template=None,
        prompt="A door.",
        references=(),
        tags=(),
        takes=1,
        upstream=Upstream(before, FromShotUse.LAST_FRAME) if before else None,
        parameters={},
        scope={},
        place=PLACE,
        provider_place=PLACE,
        model_place=PLACE,
        ordinal=0,
    )


def graph(**edges: str | None) -> Graph:
    """Shots in order, each with the one that it continues."""
    return Graph(shot(*edge) for edge in edges.items())


@st.composite
def forests(draw: st.DrawFn) -> dict[str, str | None]:
    """Up to a dozen shots in any order, each of which continues none or one, never in a circle."""
    count = draw(st.integers(1, 12))
    before = [draw(st.none() | st.integers(0, n - 1)) if n else None for n in range(count)]
    order = draw(st.permutations(range(count)))
    return {f"s{n}": None if before[n] is None else f"s{before[n]}" for n in order}


@given(forests())
def test_every_shot_stands_after_the_one_that_it_continues(edges: dict[str, str | None]) -> None:
    """All of them, each once; what is independent keeps its order."""
    order = graph(**edges).order
    assert sorted(order) == sorted(edges)
    assert all(order.index(before) < order.index(after) for after, before in edges.items() if before)
    if not any(edges.values()):
        assert order == list(edges)


@given(forests())
def test_up_and_down_stream_are_each_other_s_reverse(edges: dict[str, str | None]) -> None:
    """A shot is down the stream of all that are up its stream, and there are no loops."""
    found = graph(**edges)
    for one in edges:
        for other in edges:
            assert (other in found.upstream_of([one])) == (one in found.downstream_of([other]))
        assert one not in found.upstream_of([one])
    assert found.loops() == []


def test_closures_unite_what_lies_along_the_ways() -> None:
    """Of a chain with a fan at its end: everything before, and everything after."""
    found = graph(a=None, b="a", c="b", d="b", e=None)
    assert found.upstream_of(["c", "d"]) == {"a", "b"}
    assert found.downstream_of(["a", "e"]) == {"b", "c", "d"}


def test_a_long_chain_is_no_trouble() -> None:
    """Twenty thousand shots, the last declared first: no recursion, each looked at a few times."""
    many = 20_000
    edges = {f"s{n}": f"s{n - 1}" if n else None for n in reversed(range(many))}
    found = graph(**edges)
    assert found.order == list(reversed(edges))
    assert found.loops() == []
    assert len(found.downstream_of(["s0"])) == many - 1


LOOPS = {
    "three": (
        "{id: a, prompt: A.}, {id: 010, prompt: B., from_shot: {id: 030}}, "
        "{id: 020, prompt: C., from_shot: {id: 010}}, {id: 030, prompt: D., from_shot: {id: 020}}",
        "010 -> 020 -> 030 -> 010",
    ),
    "with a tail before it": (
        "{id: t, prompt: A., from_shot: {id: 020}}, {id: 010, prompt: B., from_shot: {id: 020}}, "
        "{id: 020, prompt: C., from_shot: {id: 010}}",
        "010 -> 020 -> 010",
    ),
    "itself": ("{id: 010, prompt: A., from_shot: {id: 010}}", "010 -> 010"),
}


@pytest.mark.parametrize("case", LOOPS)
def test_a_loop_is_told_once_and_whole(case: str, tmp_path: Path) -> None:
    """In the order in which clips would be made, from its first shot in the file on."""
    shots, loop = LOOPS[case]
    errors = opened(tmp_path, f"shots: [{shots}]\n").found()
    assert len(errors) == 1
    assert errors[0][1].startswith(f"{loop}: none of them")


def test_an_unknown_shot_is_told_with_near_names(tmp_path: Path) -> None:
    """Never with the shot's own."""
    yaml = "shots: [{id: s10, prompt: A.}, {id: s20, prompt: B., from_shot: {id: s21}}]\n"
    [(summary, detail)] = opened(tmp_path, yaml).found()
    assert summary == "unknown shot"
    assert detail == "No shot 's21' to continue. Did you mean 's10'?"


def test_the_shots_of_a_matrix_continue_their_own(tmp_path: Path) -> None:
    """The id is rendered as every string of a shot is."""
    yaml = """\
shots:
  - {id: "010-{{ lang }}", matrix: {lang: [en, de]}, prompt: A.}
  - {id: "020-{{ lang }}", matrix: {lang: [en, de]}, prompt: B., from_shot: {id: "010-{{ lang }}"}}
"""
    found = opened(tmp_path, yaml)
    assert found.found() == []
    assert [one.upstream for one in found.shots] == [None, None, "010-en", "010-de"]
