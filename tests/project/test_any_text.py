"""Any text: whatever stands in a project's files gives a project or diagnostics, never a traceback."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedgen.app import Settings, Workspace
from seedgen.errors import ProjectError
from seedgen.project.templates import TemplateFailure, Templates
from tests.fuzzing import laws
from tests.project.workspaces import CASES, write

SOUND = """\
seedgen: 1
name: film
provider: local
vars: {mood: soft, moods: [a, b]}
reference_sets:
  sneaker: {images: [refs/front.png, {url: "https://example.com/a.png", face: true}]}
defaults: {resolution: 720p, aspect_ratio: 16:9, duration: 6, generate_audio: false, takes: 1}
profiles: {draft: {provider: local}, final: {provider: oxen, resolution: 1080p}}
providers: {oxen: {mode: sse, concurrency: 16}}
budget: {max_cost: 5.00}
include: [scenes/*.yaml]
shots:
  - {id: 010, template: product.j2, vars: {angle: "{{ mood }}"}, references: [sneaker], tags: [hero]}
  - id: "030-{{ lang }}"
    matrix: {lang: [en, de]}
    exclude: [{lang: de}]
    prompt: "{{ ref('sneaker') }} in {{ lang }}."
    from_shot: {id: 010, use: clip}
    options: {oxen: {watermark: true}}
reels:
  main: {shots: ["0*"], size: 1280x720, fps: 24, cut: {"010": {in: 1.5, out: 36f}}, slate: card}
"""
WORDS = [
    *("null", "~", "true", "-1", "0", "1.50", "010", "16:9", "auto", "sneaker", "9" * 20, "x" * 300),
    *("''", "[]", "{}", "[[]]", "{a: {b: []}}", "[1, {a: b}, null]", "&a [*a]", "*b", "!!int 3", "|\n  x"),
    *("{{ mood }}", '"{{ mood"', '"{% if %}"', "\"{{ ref('x') }}\"", '"{{ ref(1, 2, 3) }}"', "[Image 9]"),
    *("../x", "- ", ": ", "#", "\t", "\0", "\u2028", "\u0085", "\ufeff", "é", '"\\ud800"'),
]


def opens(content: bytes) -> bool:
    """Whether a project with such a file has no errors; fails when opening it raises anything but
    diagnostics."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write(root, {"seedgen.yaml": content, "templates/product.j2": "{{ angle }} {{ ref('sneaker') }}"})
        for profile in (None, "final"):
            try:
                opened = Workspace(Settings(root=root, profile=profile))
                found = opened.diagnostics
            except ProjectError as error:
                found = list(error.diagnostics)
                assert found
            for diagnostic in found:
                assert diagnostic.summary
                assert diagnostic.spot is None or diagnostic.spot.line >= 1
        return not found


@laws(150)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_are_a_project_or_diagnostics(content: bytes) -> None:
    """Nothing that a file can hold is a traceback."""
    opens(content)


@laws(150)
@given(st.data())
def test_a_project_in_which_a_value_is_replaced_is_a_project_or_diagnostics(data: st.DataObject) -> None:
    """Each place of a project gets what should not stand there: another type, an alias, half a template."""
    lines = SOUND.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, len(lines) - 1))
        cuts = [at for at, sign in enumerate(lines[number]) if sign in " :,[{}]"] or [0]
        start, end = sorted(data.draw(st.tuples(st.sampled_from(cuts), st.sampled_from(cuts))))
        word = data.draw(st.sampled_from(WORDS))
        lines[number] = lines[number][: start + 1] + word + lines[number][end + (start == end) :]
    opens("\n".join(lines).encode("utf-8", "replace"))


@pytest.mark.parametrize("end", range(0, len(SOUND), 97))
def test_half_a_project_is_a_project_or_diagnostics(end: int) -> None:
    """As an editor saves it, in the middle of a word."""
    opens(SOUND[:end].encode())


def test_half_of_a_case_of_many_mistakes_is_diagnostics() -> None:
    """Mistakes that meet a file that ends too soon."""
    text = (CASES / "mistakes/seedgen.yaml").read_bytes()
    for end in range(len(text) // 2, len(text), 401):
        assert not opens(text[:end])


PIECES = [
    *(
        "{{ xs }}",
        "{{ xs[0] }}",
        "{{ n ** 99 }}",
        "{{ 'x' * n }}",
        "{{ gone }}",
        "{{ xs | map('upper') | join }}",
    ),
    *("{% for x in range(n) %}", "{% for x in xs recursive %}", "{{ loop(xs) }}", "{{ loop.index }}"),
    *("{% endfor %}", "{% if n %}", "{% else %}", "{% endif %}", "{% macro m(a=1) %}", "{{ m() }}"),
    *("{% endmacro %}", "{% set n = n * n %}", "{% set xs = [xs, xs, xs] %}", "{% set q %}", "{% endset %}"),
    *(
        "{{ xs.__class__ }}",
        "{{ self }}",
        "{% block b %}",
        "{% endblock %}",
        "{% raw %}",
        "{% endraw %}",
        "{#",
    ),
    *(
        "{% filter upper %}",
        "{% endfilter %}",
        "{% call m() %}",
        "{% endcall %}",
        "{% include 'a' %}",
        "x",
        "{{",
    ),
]


@laws(150)
@given(st.lists(st.sampled_from(PIECES), max_size=8))
def test_any_template_prints_a_little_or_fails_in_words(pieces: list[str]) -> None:
    """Loops in loops, values that grow, macros that call themselves: none takes more than a moment."""
    with TemporaryDirectory() as folder:
        try:
            printed = Templates(Path(folder)).text("".join(pieces), {"xs": ["a", "b"], "n": 5000})
        except TemplateFailure:
            return
        assert len(printed.encode()) <= 32 * 1024
