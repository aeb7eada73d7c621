"""Mistakes: every one of a project is reported at once, each with its place, its line and a remedy."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from seedgen.app import Settings, Workspace
from seedgen.errors import ProjectError
from tests.project.workspaces import CASES, errors, picture, workspace

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.project.diagnostics import Diagnostic

Marked = tuple[str, int, int, str, str]


def marked(root: Path) -> dict[Marked, tuple[str, str]]:
    """Line and remedy of each mistake that the files of a project are marked with, by where it stands,
    its summary and its address."""
    found = {}
    for file in (*root.rglob("*.yaml"), *root.rglob("*.j2")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            code, sign, mark = line.partition("#! ")
            if sign and not line.startswith("#"):
                text, summary, address, remedy = (
                    part.strip() for part in mark.removesuffix(" #}").split(" | ")
                )
                where = (file.relative_to(root).as_posix(), number, code.rindex(text) + 1)
                found[*where, summary, address] = (line, remedy)
    return found


def reported(diagnostics: list[Diagnostic], root: Path) -> dict[Marked, Diagnostic]:
    """Diagnostics by where they stand, their summary and their address."""
    found = {}
    for d in diagnostics:
        assert d.file is not None
        assert d.spot is not None
        where = d.file.relative_to(root).as_posix(), d.spot.line, d.spot.column
        found[*where, d.summary, d.address] = d
    return found


def test_all_mistakes_of_a_project_are_reported_at_once(tmp_path: Path) -> None:
    """Each marked line of the case, and no other, has its error: file, line, column, source line, remedy."""
    root = tmp_path.resolve() / "mistakes"
    shutil.copytree(CASES / "mistakes", root)
    picture(root / "refs/front.png")
    expected = marked(root)

    found = reported(errors(Workspace(Settings(root=root))), root)

    assert found.keys() == expected.keys()
    for where, (line, remedy) in expected.items():
        assert found[where].source == line
        assert remedy in found[where].detail
    assert len(expected) >= 25


def test_what_is_underlined_is_what_is_wrong(tmp_path: Path) -> None:
    """A spot is as long as the key or the value that it means."""
    opened = workspace(tmp_path, "provder: local\nshots:\n  - {id: a, prompt: A quay., duration: '  99'}\n")
    texts = [d.source[d.spot.column - 1 :][: d.spot.length] for d in errors(opened) if d.spot]
    assert texts == ["provder", "'  99'"]


@pytest.mark.parametrize(
    ("prompt", "line", "underlined"),
    [
        (">-\n    {{ mood }} light,\n\n    {{ mood | uper }} and {{ mood }}.", 9, "{{ mood | uper }}"),
        ("|\n    {{ mood }} light,\n    {{ ref('shoe') }}.", 8, "{{ ref('shoe') }}"),
        ("'It''s {{ mood }},\n\n    it''s {{ moood }}.'", 8, "moood"),
        # Of what is not closed the beginning: at the end nothing is wrong.
        (
            "|\n    {% if 1 %}\n    {% if mood %}\n    a{# {% endif %} #}\n    {% if 2 %}b{% endif %}\n    "
            "{% endif %}\n    {% raw %}{% if 3 %}{% endraw %}\n",
            7,
            "{% if 1 %}",
        ),
        ('"A \\"{{ mood }}\\" and {{ 1 +\n    }}."', 6, "{{ 1 +"),
        ("A {{ mood }} and\n    a {{ mood.x }}.", 7, "{{ mood.x }}"),
        # An escape for a letter reads otherwise than it is written: the whole text is meant.
        ('"\\u0041 {{ moood }}."', 6, '"\\u0041 {{ moood }}."'),
    ],
)
def test_of_a_prompt_the_expression_that_fails_is_underlined(
    tmp_path: Path, prompt: str, line: int, underlined: str
) -> None:
    """However YAML writes the text, and whether its lines are kept or folded into one."""
    opened = workspace(tmp_path, f"vars: {{mood: soft}}\nshots:\n- id: a\n  prompt: {prompt}\n")
    (found,) = errors(opened)
    assert found.spot is not None
    assert found.source[found.spot.column - 1 :][: found.spot.length] == underlined
    assert found.spot.line == line


def test_a_mistake_in_the_defaults_is_one_mistake(tmp_path: Path) -> None:
    """However many shots take over a wrong default, there is one line to mend and one error."""
    shots = "".join(f"  - {{id: s{n}, prompt: A quay.}}\n" for n in range(40))
    opened = workspace(tmp_path, f"provider: locl\ndefaults: {{duration: 99}}\nshots:\n{shots}")
    assert [(d.summary, d.spot and d.spot.line) for d in errors(opened)] == [("unknown provider", 3)]

    opened = workspace(tmp_path, f"defaults: {{duration: 99}}\nshots:\n{shots}")
    assert [(d.summary, d.spot and d.spot.line) for d in errors(opened)] == [("duration out of range", 3)]


def test_a_mistake_in_a_template_is_reported_for_every_shot_that_makes_it(tmp_path: Path) -> None:
    """A variable that a template needs is missing in the shots, so every shot without it is named."""
    shots = "shots:\n  - {id: a, template: t.j2}\n  - {id: b, template: t.j2}\n"
    opened = workspace(tmp_path, shots, {"templates/t.j2": "{{ angle }}"})
    assert [d.address for d in errors(opened)] == ["shots.a.template", "shots.b.template"]


def test_the_mistakes_of_a_reel_are_told_at_once(tmp_path: Path) -> None:
    """Those that its keys show and those that the shots and files show, each at the word that is wrong."""
    project = """\
shots: [{id: a, prompt: A., tags: [hero]}]
reels:
  main:
    size: 720
    shots: [a, tag:her]
    transitions: {a: disolve}
    music: theme.wav
  short: {transitions: disolve}
"""
    found = workspace(tmp_path, project).diagnostics
    words = [d.source[d.spot.column - 1 :][: d.spot.length] for d in found if d.spot]
    assert words == ["720", "tag:her", "disolve", "theme.wav", "disolve"]


@pytest.mark.parametrize(
    ("project", "remedy"),
    [
        ("name: film\n", "Add `seedgen: 1`."),
        ("seedgen: 1\n", "Add `name:`."),
        ("seedgen: 1\nname: film\ninclude: scenes/*.yaml\n", 'Write `["scenes/*.yaml"]`.'),
        ("seedgen: 1\nname: film\nshots: [{id: a, prompt: A., tags: 10}]\n", "Write `[10]`."),
    ],
)
def test_a_remedy_can_be_copied(project: str, remedy: str, tmp_path: Path) -> None:
    """It is what has to stand there, not only a word for it."""
    (tmp_path / "seedgen.yaml").write_text(project)
    (found,) = errors(Workspace(Settings(root=tmp_path)))
    assert remedy in found.detail


@pytest.mark.parametrize("name", ["", "name: 'bad name!'\n"])
def test_a_project_without_a_good_name_is_checked_all_the_same(tmp_path: Path, name: str) -> None:
    """A missing or wrong name costs one error and hides no other."""
    (tmp_path / "seedgen.yaml").write_text(
        f"seedgen: 1\n{name}shots:\n  - {{id: a, prompt: A., duration: 99}}\n"
    )
    found = errors(Workspace(Settings(root=tmp_path)))
    assert [d.summary for d in found][1:] == ["duration out of range"]
    assert found[0].address == "name"


def test_another_version_of_the_format_is_the_only_mistake(tmp_path: Path) -> None:
    """What a later version means by its keys is not known, so nothing else is said of them."""
    (tmp_path / "seedgen.yaml").write_text("seedgen: 2\nname: film\nshots: {a: 1}\n")
    with pytest.raises(ProjectError) as caught:
        Workspace(Settings(root=tmp_path))
    (found,) = caught.value.diagnostics
    assert (found.summary, found.spot.line, found.spot.column) == ("written for a newer seedgen", 1, 10)
    assert "Upgrade" in found.detail


@pytest.mark.parametrize(
    ("shot", "said"),
    [
        ("{id: b, prompt: \"{{ ref('lamp') }}\", refrences: [lamp]}", "unknown key"),
        ("{id: b, prompt: \"{{ ref('from_shot') }} goes on\", from_shot: a}", "does not fit"),
        ("{id: b, prompt: 'A {{ hue }} lamp.', var: {hue: red}}", "unknown key"),
    ],
)
def test_what_a_mistake_leaves_a_prompt_without_is_no_second_mistake(
    shot: str, said: str, tmp_path: Path
) -> None:
    """The advice for the prompt would be false: the shot says already what it is told to say."""
    picture(tmp_path / "lamp.png")
    project = (
        f"reference_sets: {{lamp: {{images: [lamp.png]}}}}\nshots:\n  - {{id: a, prompt: A.}}\n  - {shot}\n"
    )
    assert [d.summary for d in errors(workspace(tmp_path, project))] == [said]


@pytest.mark.parametrize(
    ("shot", "said"),
    [
        ("{id: a-1, prompt: A., template: t.j2}", "does not fit"),
        ("{id: a-1}", "does not fit"),
        ("{id: a-1, prompt: A., tags: ['{{ moood }}']}", "variable without a value"),
        ("{id: 'a-{{ n }}', matrix: {n: [1]}, prompt: A., template: t.j2}", "does not fit"),
    ],
)
def test_whoever_names_a_shot_with_an_error_makes_no_second_mistake(
    shot: str, said: str, tmp_path: Path
) -> None:
    """The shot is there, and is left out only until it is mended; one that nobody declares is told all the
    same."""
    project = (
        f"shots:\n  - {shot}\n  - {{id: b, prompt: B., from_shot: {{id: a-1}}}}\n"
        "  - {id: c, prompt: C., from_shot: {id: bb}}\n"
        "reels: {main: {cut: {a-1: {in: 1}}, sound: {zz: {mute: true}}}}\n"
    )
    found = errors(workspace(tmp_path, project))
    assert found[0].summary == said
    assert [(d.summary, d.address) for d in found[1:]] == [
        ("unknown shot", "shots.c.from_shot"),
        ("unknown shot", "reels.main.sound.zz"),
    ]


@pytest.mark.parametrize(
    ("shot", "key"),
    [
        (
            "{id: a, template: seedgen/product.j2, references: [bottle], "
            "vars: {product: A bottle, product_set: botle}}",
            "template",
        ),
        (
            "{id: a, prompt: \"{% include 'seedgen/product.j2' %}\", references: [bottle], "
            "vars: {product: A bottle, product_set: botle}}",
            "prompt",
        ),
    ],
)
def test_a_wrong_value_for_a_shipped_template_is_a_mistake_of_the_project(
    shot: str, key: str, tmp_path: Path
) -> None:
    """It stands at the shot, with the template's name; nobody mends a file of the installed package."""
    picture(tmp_path / "bottle.png")
    project = f"reference_sets: {{bottle: {{images: [bottle.png]}}}}\nshots:\n  - {shot}\n"
    (found,) = errors(workspace(tmp_path, project))
    assert (found.file, found.address) == (tmp_path / "seedgen.yaml", f"shots.a.{key}")
    assert found.detail == "seedgen/product.j2: ref('botle'): Did you mean 'bottle'?"


def test_a_folder_without_a_project_says_how_to_start_one(tmp_path: Path) -> None:
    """The two ways on are named: another folder, or a new project."""
    with pytest.raises(ProjectError) as caught:
        Workspace(Settings(root=tmp_path))
    (found,) = caught.value.diagnostics
    assert found.summary == "file not found"
    assert "-C DIR" in found.detail
    assert "seedgen init" in found.detail


def test_a_wrong_item_does_not_move_the_others_of_its_list(tmp_path: Path) -> None:
    """What comes after a wrong reference is found where it stands, and keeps its number for ref()."""
    project = """\
reference_sets:
  shoe:
    images:
      - {path: front.png, url: "https://example.com/front.png"}
      - lost.png
      - {path: back.png, fase: true}
      - front.png
shots:
  - {id: a, prompt: "{{ ref('shoe', 4) }}", references: [shoe]}
"""
    picture(tmp_path / "front.png")
    opened = workspace(tmp_path, project)
    assert [(d.spot and d.spot.line, d.summary) for d in errors(opened)] == [
        (6, "does not fit"),
        (7, "file not found"),
        (8, "file not found"),
        (8, "unknown key"),
    ]
