"""Loader: included files in sorted order and inside the project; variables from file and command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seedgen.app import Settings, Workspace
from seedgen.errors import UsageError
from tests.project.workspaces import errors, summaries, workspace, write

if TYPE_CHECKING:
    from pathlib import Path

SHOT = "shots:\n  - {{id: {0}, prompt: A.}}\n"


def test_included_files_come_in_sorted_order_after_the_projects_own(tmp_path: Path) -> None:
    """The order of shots hangs neither on the disk's nor on the patterns', and no file counts twice."""
    scenes = {f"scenes/{name}.yaml": SHOT.format(f"s{name}") for name in ("20", "1", "10")}
    opened = workspace(
        tmp_path,
        "include: [scenes/2*.yaml, scenes/*.yaml, acts/**/*.yaml]\n" + SHOT.format("own"),
        {**scenes, "acts/one/a.yaml": SHOT.format("act")},
    )
    assert summaries(opened) == []
    assert [shot.id for shot in opened.shots] == ["own", "act", "s1", "s10", "s20"]


def test_an_include_that_matches_nothing_is_told(tmp_path: Path) -> None:
    """A named file must be there; a pattern may match nothing yet, with a warning."""
    opened = workspace(tmp_path, "include: [scenes/one.yaml, 'acts/*.yaml', seedgen.yaml]\n")
    assert summaries(opened) == ["file not found", "include matches nothing"]


@pytest.mark.parametrize("pattern", ["../*.yaml", "/etc/*.yaml", "scenes/../../x.yaml"])
def test_an_include_does_not_lead_out_of_the_project(tmp_path: Path, pattern: str) -> None:
    """Not upwards, and not from the root of the disk."""
    opened = workspace(tmp_path, f"include: ['{pattern}']\n")
    assert [(d.summary, d.address) for d in errors(opened)] == [("does not fit", "include")]


@pytest.mark.parametrize("pattern", ["", "\\0", "[", "**a", "a/" * 2000 + "b", "x" * 5000 + "*"])
def test_an_include_that_is_no_pattern_is_told(tmp_path: Path, pattern: str) -> None:
    """Whatever it is, it is a diagnostic and not a failure."""
    opened = workspace(tmp_path, f'include: ["{pattern}"]\n')
    assert [d.spot and d.spot.line for d in opened.diagnostics] == [3]


def test_a_link_among_included_files_may_not_lead_out(tmp_path: Path) -> None:
    """A link to a file of the project is a file; one out of it, or to nowhere, is an error."""
    write(tmp_path, {"outside.yaml": SHOT.format("out"), "film/scenes/real.yaml": SHOT.format("real")})
    root = tmp_path / "film"
    (root / "more").mkdir()
    (root / "more/in.yaml").symlink_to(root / "scenes/real.yaml")
    opened = workspace(root, "include: [more/*.yaml]\n")
    assert (summaries(opened), [shot.id for shot in opened.shots]) == ([], ["real"])

    (root / "more/out.yaml").symlink_to(tmp_path / "outside.yaml")
    (root / "more/loop.yaml").symlink_to(root / "more/loop.yaml")
    opened = workspace(root, "include: [more/*.yaml]\n")
    assert (summaries(opened), [shot.id for shot in opened.shots]) == (
        ["path outside the project"],
        ["real"],
    )

    (root / "acts").symlink_to(tmp_path)
    opened = workspace(root, "include: [acts/*.yaml]\n")
    assert (summaries(opened), opened.shots) == (["path outside the project"], [])


def test_an_included_file_declares_shots_and_reference_sets_alone(tmp_path: Path) -> None:
    """Providers, budget and the like are the project's; the error stands in the included file."""
    opened = workspace(tmp_path, "include: [a.yaml]\n", {"a.yaml": "budget: {max_cost: 100}\n"})
    (found,) = errors(opened)
    assert (found.summary, found.file and found.file.name, found.spot and found.spot.line) == (
        "unknown key",
        "a.yaml",
        1,
    )


# -- variables -------------------------------------------------------------------------------------

VARS = """\
vars: {mood: soft, count: 1, wide: false}
shots:
  - {id: a, prompt: "{{ mood }} {{ count + 1 }} {{ wide }}"}
"""


def prompt(opened: Workspace) -> str:
    """The prompt of the only shot."""
    (shot,) = opened.resolved
    return shot.request.prompt


def test_var_beats_var_file_and_var_file_the_project(tmp_path: Path) -> None:
    """The nearer to the command the stronger; of several the last."""
    write(tmp_path, {"noir.yaml": "mood: noir\ncount: 5\n", "last.yaml": "count: 6\n"})
    files = (tmp_path / "noir.yaml", tmp_path / "last.yaml")
    assert prompt(workspace(tmp_path, VARS)) == "soft 2 false"
    assert prompt(workspace(tmp_path, VARS, var_files=files)) == "noir 7 false"
    assert prompt(workspace(tmp_path, VARS, var_files=files, variables=("count=8",))) == "noir 9 false"
    assert prompt(workspace(tmp_path, VARS, variables=("mood=a", "mood=b"))) == "b 2 false"


@pytest.mark.parametrize(
    ("given", "printed"),
    [
        ("true", "true"),
        ("1.50", "1.50"),
        ("no", "no"),
        ("010", "010"),
        ("16:9", "16:9"),
        ("a=b", "a=b"),
        ("{{ 1 }}", "{{ 1 }}"),
    ],
)
def test_a_var_is_typed_as_in_the_project_file(tmp_path: Path, given: str, printed: str) -> None:
    """It means what it would mean in YAML, and it is a value, not a template."""
    project = 'vars: {x: y}\nshots:\n  - {id: a, prompt: "{{ x }}"}\n'
    assert prompt(workspace(tmp_path, project, variables=(f"x={given}",))) == printed


def test_a_var_that_the_project_does_not_declare_is_an_error(tmp_path: Path) -> None:
    """A slip of the pen must not make a film without its mood."""
    (found,) = errors(workspace(tmp_path, VARS, variables=("moood=noir",)))
    assert found.summary == "unknown variable"
    assert "Did you mean 'mood'?" in found.detail


@pytest.mark.parametrize("given", ["mood", "=noir"])
def test_a_var_without_name_or_value_says_how_to_write_one(tmp_path: Path, given: str) -> None:
    """NAME=VALUE."""
    write(tmp_path, {"seedgen.yaml": "seedgen: 1\nname: film\n"})
    with pytest.raises(UsageError, match="NAME=VALUE"):
        Workspace(Settings(root=tmp_path, variables=(given,)))


def test_a_wrong_var_file_says_where(tmp_path: Path) -> None:
    """It is read like every other YAML file: a missing one and a double key are errors with their place."""
    write(tmp_path, {"v.yaml": "mood: a\nmood: b\n"})
    opened = workspace(tmp_path, VARS, var_files=(tmp_path / "v.yaml", tmp_path / "lost.yaml"))
    assert [(d.summary, d.file and d.file.name, d.spot and d.spot.line) for d in errors(opened)] == [
        ("file not found", "lost.yaml", None),
        ("key given twice", "v.yaml", 2),
    ]
