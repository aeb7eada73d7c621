"""Any project file: `validate` and `plan` end in words with a place, and what is sound can be planned."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from seedgen.project.formatting import formatted
from seedgen.project.models import ProjectFile
from seedgen.project.source import parse
from tests.film import Film, new_film
from tests.fuzzing import damaged, laws, places_in, spoilt
from tests.planning.projects import STUDIO

FILE = Path("seedgen.yaml")
BIG = """\
seedgen: 1
name: film
vars: {mood: soft, n: 3}
reference_sets:
  door: {images: [refs/door.png, {url: "https://example.com/a.png", face: true}]}
defaults: {resolution: 480p, duration: 1, aspect_ratio: "1:1", generate_audio: false, takes: 1}
profiles: {final: {provider: oxen, resolution: 1080p}}
providers: {oxen: {mode: sse, concurrency: 16}}
budget: {max_cost: 5.00}
shots:
  - {id: s1, prompt: "{{ mood }} {{ ref('door', 1) }}", references: [door], tags: [hero], takes: 2}
  - id: "s2-{{ lang }}"
    matrix: {lang: [en, de]}
    exclude: [{lang: de}]
    prompt: "In {{ lang }} {% for i in range(n) %}{{ i }}{% endfor %}."
    options: {oxen: {watermark: true}}
  - {id: s3, prompt: goes on, from_shot: {id: s1, use: clip}}
reels:
  main:
    shots: ["s*"]
    size: 160x90
    fps: 24
    cut: {s1: {in: 0.1, out: 12f}}
    transitions: {s3: {type: dissolve, frames: 4}}
    titles: {start: {title: Film, seconds: 1}}
    loudness: -16
"""
TEMPLATES = [
    *("{{ x }}", "{{", "{% for i in range(99999999) %}a{% endfor %}", "{{ 'x' * 99999999 }}", "{{ ref() }}"),
    *("{{ mood.__class__ }}", "{% include 'x' %}", "{{ shot }}", "{{ project }}", "{{ ref('door', 0) }}"),
    *("{{ ref('door', 2**70) }}", "{{ ref('door', n='x') }}", "{{ ''|map }}", "{{ 9**9**9 }}", "{% raw %}"),
    *(
        "{{ shot.id[0] }}",
        "[Image 99999999999]",
        "[Image 0]",
        "<image 1>",
        "{% macro a() %}{{ a() }}{% endmacro %}",
    ),
]
NUMBERS = ["1e999999999", "-1", "9" * 400, "0.0000001", "1e-999", "99999x99999", "999999999f", "0x10", "1_0"]


def in_words(film: Film, *arguments: str) -> int:
    """The exit code of a command that has told all in words, for each problem with its place."""
    ran = film.run(*arguments)
    assert "bug in seedgen" not in ran.err, ran.err
    assert (ran.out + ran.err).encode()
    assert ran.code in (0, 1)
    return ran.code


def keeps_its_values(content: bytes) -> None:
    """The law of `fmt`: the canonical text says the same, and is its own canonical text."""
    text = content.decode("utf-8", "replace")
    once, problems = formatted(text, FILE, ProjectFile)
    if once is None:
        assert problems
        assert not any("bug in seedgen" in problem.detail for problem in problems)
        return
    assert parse(once, FILE)[0] == parse(text, FILE)[0]
    assert formatted(once, FILE, ProjectFile) == (once, [])


def opens(film: Film, content: bytes) -> None:
    """The laws of a project file."""
    (film.root / "seedgen.yaml").write_bytes(content)
    ran = film.run("validate", "--json")
    assert "bug in seedgen" not in ran.err, ran.err
    document = json.loads(ran.out)
    for problem in document["diagnostics"]:
        assert problem["summary"]
        assert problem["file"], problem
        assert problem["line"] is None or problem["line"] >= 1
    assert document["sound"] == (ran.code == 0)
    assert document["diagnostics"] or document["sound"]
    keeps_its_values(content)
    assert in_words(film, "validate") == ran.code
    assert in_words(film, "plan") == ran.code


def plainly(value: Any) -> bytes:
    """A document as JSON, which is YAML as well; plain words and numbers stand without quotes."""
    text = json.dumps(value, ensure_ascii=True)
    return re.sub(r'"([a-z_0-9][a-z_0-9.-]*)"', r"\1", text).encode()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Film:
    """A folder with the film's pictures."""
    return new_film(tmp_path_factory.mktemp("any"))


STRANGE = st.sampled_from([*TEMPLATES, *NUMBERS])


@laws(40)
@given(content=spoilt(BIG.encode()))
@example(content=BIG.encode())
@example(content=BIG.encode("utf-16"))
@example(content=b"\xef\xbb\xbf" + BIG.replace("\n", "\r\n").encode())
def test_a_spoilt_project_file_is_refused_with_places_or_planned(content: bytes, place: Film) -> None:
    """Cut off, with conflict markers, control characters, another encoding, parts twice."""
    opens(place, content)


@laws(60)
@given(data=st.data())
def test_a_damaged_project_is_refused_with_places_or_planned(data: st.DataObject, place: Film) -> None:
    """Other types, extreme numbers, nasty templates, keys that are gone or that nobody knows."""
    sound = yaml.load(BIG, yaml.BaseLoader)  # as text alone
    value = data.draw(damaged(sound))
    places, strange = places_in(value), data.draw(st.booleans())
    if places and strange:
        holder, key = places[data.draw(st.integers(0, len(places) - 1))]
        holder[key] = data.draw(STRANGE)
    opens(place, plainly(value))


def test_the_project_that_is_damaged_is_sound(place: Film) -> None:
    """Else nothing of the above would show anything."""
    (place.root / "seedgen.yaml").write_text(BIG)
    assert place.run("validate").code == 0
    assert {*place.actions().values()} == {"generate"}


def test_a_text_that_ends_too_soon_cannot_be_formatted_and_says_so(place: Film) -> None:
    """YAML finds out one line behind the end, where there is none to show."""
    (place.root / "seedgen.yaml").write_text("seedgen: 1\nn")
    ran = place.run("fmt")
    assert ran.code == 1
    assert "not valid YAML" in ran.err


@pytest.mark.parametrize("amount", ["1e999999999", "1e-999999999", "-1"])
def test_an_amount_that_nobody_can_reckon_with_is_refused(amount: str, place: Film) -> None:
    """As a cap it was a traceback; as the price in a stranger's card it could make a plan seem cheap."""
    (place.root / "seedgen.yaml").write_text(BIG.replace("max_cost: 5.00", f"max_cost: {amount}"))
    ran = place.run("plan")
    assert ran.code == 1
    assert "budget.max_cost" in ran.err
    place.write({"seedgen.yaml": BIG, "cards/one.yaml": STUDIO.replace("480p: 0.05", f"480p: {amount}")})
    ran = place.run("plan")
    (place.root / "cards/one.yaml").unlink()
    assert ran.code == 1
    assert "prices.per_second.480p" in ran.err
