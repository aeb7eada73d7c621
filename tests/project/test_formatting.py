"""Formatting: the same project, every comment, once and for all."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from seedgen.project.commented import comments_in
from seedgen.project.diagnostics import Problems
from seedgen.project.formatting import formatted
from seedgen.project.key_order import known_keys
from seedgen.project.loader import load_project
from seedgen.project.models import ProjectFile, SceneFile, ShotEntry
from seedgen.project.source import parse
from tests.project.yaml_by_hand import texts

if TYPE_CHECKING:
    from seedgen.project.fields import Model

FILE = Path("seedgen.yaml")
ROOT = Path(__file__).parent.parent.parent
PROJECTS = sorted([*ROOT.glob("examples/*/seedgen.yaml"), ROOT / "seedgen/starter/seedgen.yaml"])


def fmt(text: str, model: type[Model] = ProjectFile) -> str:
    """A text's canonical form, which it has to have."""
    result, problems = formatted(text, FILE, model)
    assert result is not None, problems
    return result


def declared(text: str) -> Any:
    """What a project file with this text declares, as the loader reads it, places left out."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "seedgen.yaml").write_text(text, encoding="utf-8")
        problems = Problems()
        project = load_project(Path(folder), problems)
        found = sorted((p.summary, p.address) for p in problems)
        return project and (project.spec, [shot.entry for shot in project.shots], project.vars, found)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts())
def test_formatting_changes_nothing_that_is_said(text: str) -> None:
    """The project that is loaded is the same, so is every comment, and a second time changes nothing."""
    assume(not parse(text, FILE)[1])
    once = fmt(text)
    assert declared(once) == declared(text)
    assert sorted(comments_in(once)) == sorted(comments_in(text))
    assert fmt(once) == once


@pytest.mark.parametrize("file", PROJECTS, ids=lambda file: file.parent.name)
def test_our_own_projects_are_formatted(file: Path) -> None:
    """The examples and the starter show the canonical form."""
    text = file.read_text(encoding="utf-8")
    assert fmt(text) == text


BEFORE = """\
# A film.


name: film        # its name
seedgen:   1
vars: { mood : noir,"x":  "a\\tb",  'q': 'it''s', z: 010 }
shots:
- prompt: |2
     indented first
    second

  # the id of it
  id: 010 # why
  mystery: 1
  tags: [ a ,b,   c]
  # duration: 5

# about two
-
  # its prompt
  prompt: >+
       folded

  id: "020"
  aspect_ratio:   16:9


- {id: 030, tags: [x], prompt: "long enough that nobody could want it in one line, however wide it is"} # wide
- id: 040
  prompt: plain text
     goes on
  references: [
     one, # first
     # second is next
     two
  ]
# what is watched
reels: {main: {fps: 24, shots: ["0*"]}}
reference_sets:

  door:
      videos: []
      images:
      - refs/a.png
      - {face: true, path: b.png}
# the end
"""
AFTER = """\
# A film.

seedgen: 1
name: film        # its name
vars: {mood: noir, "x": "a\\tb", 'q': 'it''s', z: 010}

reference_sets:
  door:
    images:
      - refs/a.png
      - {path: b.png, face: true}
    videos: []

shots:
  # the id of it
  - id: 010 # why
    prompt: |2
       indented first
      second
    tags: [a, b, c]
    mystery: 1
    # duration: 5

  # about two
  # its prompt
  - id: "020"
    prompt: >+
      folded

    aspect_ratio: 16:9

  # wide
  - id: 030
    prompt: "long enough that nobody could want it in one line, however wide it is"
    tags: [x]
  - id: 040
    prompt: plain text
      goes on
    references:
      - one  # first
      # second is next
      - two

# what is watched
reels: {main: {shots: ["0*"], fps: 24}}
# the end
""".replace("010 # why", "010  # why")


def test_the_canonical_form() -> None:
    """Known keys in the models' order and others behind them, two spaces, flow where it fits, blank lines
    around sections; a value's own text, blank lines within sections and the places of comments stay."""
    assert fmt(BEFORE) == AFTER


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("seedgen: 1\r\nname: film\r\n", "seedgen: 1\nname: film\n"),
        ("---\nname: film\nseedgen: 1\n", "---\nseedgen: 1\nname: film\n"),
        ("# top\n---\n# more\nseedgen: 1\n", "# top\n---\n# more\nseedgen: 1\n"),
        ("{name: film, seedgen: 1}", "{seedgen: 1, name: film}\n"),
        ("seedgen: 1\nvars: {}\nshots: []\n", "seedgen: 1\nvars: {}\nshots: []\n"),
        ("seedgen: 1\nvars: # none\n", "seedgen: 1\nvars:  # none\n"),
        ("seedgen: 1\nvars: [ # none\n]\n", "seedgen: 1\n# none\nvars: []\n"),
        ("seedgen: 1\nvars:\n  a:\n  # of a\n    b\n", "seedgen: 1\n\nvars:\n  # of a\n  a: b\n"),
        ("name: f\nvars: &v {b: 1}\nseedgen: 1\n", "name: f\nvars: &v {b: 1}\nseedgen: 1\n"),
        ("# yaml-language-server: $schema=x\nname: f\nseedgen: 1\n",
         "# yaml-language-server: $schema=x\nseedgen: 1\nname: f\n"),
    ],
)  # fmt: skip
def test_corners(before: str, after: str) -> None:
    """Line ends, `---`, one-line files, nothing at all, anchors (whose file keeps its order), modelines."""
    assert fmt(before) == after


def test_a_file_with_anchors_keeps_the_order_of_its_keys() -> None:
    """An alias has to stand behind its anchor; spacing is put right all the same."""
    text = (
        "shots:\n- &a\n  prompt: x\n  id:  1\n- prompt: *b\n".replace("*b", "&b y")
        + "- {prompt: *b, id: 3}\n"
    )
    assert fmt(text) == (
        "shots:\n  - &a\n    prompt: x\n    id: 1\n  - prompt: &b y\n  - {prompt: *b, id: 3}\n"
    )


@pytest.mark.parametrize(
    ("text", "summary", "line"),
    [
        ("seedgen: 1\nname: [x\n", "not valid YAML", 3),
        ("seedgen: 1\n\tname: x\n", "tab used for indentation", 2),
        ("seedgen: 1\nname: a\nname: b\n", "key given twice", 3),
        ("seedgen: 1\n? name\n: b\n", "cannot be formatted", 2),
        ("seedgen: 1\nname: b\n...\n", "cannot be formatted", 3),
        ("%YAML 1.2\n---\nseedgen: 1\n", "cannot be formatted", 1),
        ("seedgen: 1 # a\u2028name: b\n", "cannot be formatted", 1),
        ("- 1\n", "should be a mapping", None),
        ("", "should be a mapping", None),
        ("# only this\n", "should be a mapping", None),
        ("seedgen: !!int 1\n", "tags are not read", 1),
    ],
)
def test_what_cannot_be_formatted_safely_is_said(text: str, summary: str, line: int | None) -> None:
    """A diagnostic with its place, and no text to write."""
    result, (problem,) = formatted(text, FILE, ProjectFile)
    assert result is None
    assert problem.summary == summary
    assert (problem.spot.line if problem.spot else None) == line


def test_a_shot_begins_with_its_id() -> None:
    """What a shot shares with `defaults` comes after what is its own, whichever model declares it first."""
    keys = list(known_keys(ShotEntry))
    assert keys[:5] == ["id", "matrix", "exclude", "template", "prompt"]
    assert keys[-6:] == ["resolution", "aspect_ratio", "duration", "generate_audio", "takes", "options"]
    assert set(keys) == set(ShotEntry.model_fields)


def test_a_scene_file_has_its_own_order() -> None:
    """Reference sets, then shots."""
    text = "shots:\n- {prompt: a, id: 1}\nreference_sets: {a: {images: [b]}}\n"
    assert fmt(text, SceneFile) == "reference_sets: {a: {images: [b]}}\n\nshots:\n  - {id: 1, prompt: a}\n"
