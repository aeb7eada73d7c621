"""Nasty files: each is refused in words that name it, or taken; none is a traceback or opens another file."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.film import Film
from tests.nasty import NASTY_FILES, TAKEN, write_corpus

KINDS = {"mp4": "videos", "wav": "audios"}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """A folder with all of them."""
    film = Film(tmp_path_factory.mktemp("corpus"))
    write_corpus(film.root)
    return film


def found(film: Film, name: str) -> list[dict[str, Any]]:
    """The errors of a project with one shot that is guided by a file."""
    document = {
        "seedgen": 1,
        "name": "film",
        "reference_sets": {"one": {KINDS.get(name.rpartition(".")[2], "images"): [name]}},
        "defaults": {"duration": 1},
        "shots": [{"id": "a", "prompt": "A {{ ref('one') }}.", "references": ["one"]}],
    }
    film.write({"seedgen.yaml": json.dumps(document)})
    ran = film.run("validate", "--json")
    assert "bug in seedgen" not in ran.err, ran.err
    return [one for one in json.loads(ran.out)["diagnostics"] if one["severity"] == "error"]


@pytest.mark.parametrize("name", NASTY_FILES, ids=lambda name: repr(name)[:20])
def test_a_nasty_reference_is_refused_at_its_place(name: str, corpus: Film) -> None:
    """With what it is instead."""
    [error] = found(corpus, name)
    assert NASTY_FILES[name] in error["summary"]
    assert error["line"] == 1


@pytest.mark.parametrize("name", TAKEN)
def test_what_can_be_used_is_taken_and_rendered_or_refused(name: str, corpus: Film) -> None:
    """A plan looks at heads alone; the renderer meets the damage, and says so in words."""
    assert found(corpus, name) == []
    ran = corpus.run("apply", "--auto-approve", "--no-reel")
    assert "bug in seedgen" not in ran.err, ran.err
    assert ran.code == 0 or name in ran.err


@pytest.mark.parametrize("name", [name for name in NASTY_FILES if name.endswith(".mp4")])
def test_no_nasty_file_becomes_a_clip(name: str, corpus: Film) -> None:
    """`import` takes in what decodes to its end, and nothing else."""
    assert found(corpus, "named.png") == []
    before = corpus.objects
    ran = corpus.run("import", "a", str(corpus.root / name))
    assert ran.code == 1
    assert "bug in seedgen" not in ran.err, ran.err
    assert corpus.objects == before
