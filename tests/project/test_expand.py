"""Expand: the matrix is multiplied out, the profile laid over, the nearest variable wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seedgen.project.diagnostics import Severity
from tests.project.workspaces import errors, summaries, workspace

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.app import Workspace

# -- matrix ----------------------------------------------------------------------------------------

ENDS = """\
shots:
  - id: "030-{{ lang }}-{{ ratio | replace(':', 'x') }}"
    matrix: {lang: [en, de], ratio: ["16:9", "9:16"]}
    EXCLUDE
    aspect_ratio: "{{ ratio }}"
    prompt: "End card in {{ lang }}."
"""


def ids(opened: Workspace) -> list[str]:
    """The shots of a project, in order."""
    return [shot.id for shot in opened.shots]


def test_a_matrix_makes_a_shot_of_every_combination(tmp_path: Path) -> None:
    """The last variable changes first, and every string of the shot sees the values."""
    opened = workspace(tmp_path, ENDS.replace("EXCLUDE", ""))
    assert ids(opened) == ["030-en-16x9", "030-en-9x16", "030-de-16x9", "030-de-9x16"]
    made = [(shot.request.prompt, shot.request.parameters["aspect_ratio"]) for shot in opened.resolved]
    assert made[1:3] == [("End card in en.", "9:16"), ("End card in de.", "16:9")]


@pytest.mark.parametrize(
    ("exclude", "left", "said"),
    [
        ('[{lang: de, ratio: "9:16"}]', ["030-en-16x9", "030-en-9x16", "030-de-16x9"], []),
        ("[{lang: de}]", ["030-en-16x9", "030-en-9x16"], []),
        ('[{lang: de}, {ratio: "9:16"}]', ["030-en-16x9"], []),
        ("[{}]", ["030-en-16x9", "030-en-9x16", "030-de-16x9", "030-de-9x16"], []),
        ("[{lang: en}, {lang: fr}]", ["030-de-16x9", "030-de-9x16"], ["exclude matches nothing"]),
    ],
)
def test_exclude_leaves_out_what_has_all_its_values(
    tmp_path: Path, exclude: str, left: list[str], said: list[str]
) -> None:
    """One variable excludes all its combinations, several exclude together, and one in vain is a warning."""
    opened = workspace(tmp_path, ENDS.replace("EXCLUDE", f"exclude: {exclude}"))
    assert (ids(opened), summaries(opened)) == (left, said)


def test_a_matrix_with_a_variable_without_values_is_an_error(tmp_path: Path) -> None:
    """It would make no shot at all, without a word."""
    opened = workspace(tmp_path, "shots:\n  - {id: a, prompt: A., matrix: {lang: []}}\n")
    assert [(d.summary, d.address) for d in errors(opened)] == [("empty matrix", "shots.a.matrix.lang")]


def test_a_matrix_whose_id_says_too_little_is_an_error(tmp_path: Path) -> None:
    """Two combinations with one id are one file; the remedy says what to put into the id."""
    opened = workspace(tmp_path, "shots:\n  - {id: a, prompt: A., matrix: {lang: [en, de]}}\n")
    (found,) = errors(opened)
    assert found.summary == "shot id used twice"
    assert "into the id" in found.detail


@pytest.mark.parametrize("exclude", ["", ", exclude: [{a: 0}]"])
def test_a_matrix_that_multiplies_without_end_is_refused(tmp_path: Path, exclude: str) -> None:
    """Ten variables of ten values are ten thousand million shots, from one line; none of them is made."""
    matrix = ", ".join(f"{name}: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]" for name in "abcdefghij")
    opened = workspace(tmp_path, f"shots:\n  - {{id: a, prompt: A., matrix: {{{matrix}}}{exclude}}}\n")
    assert ([d.summary for d in errors(opened)], ids(opened)) == (["too many shots"], [])


# -- ids -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("good", ["a", "010", "A.b_c-d", "x" * 64, "console", "com10", "{{ 'a' }}"])
def test_an_id_that_can_be_a_file_name_is_taken(tmp_path: Path, good: str) -> None:
    """Letters, digits, dot, underscore and hyphen, at most 64, a letter or a digit first."""
    opened = workspace(tmp_path, f'shots:\n  - {{id: "{good}", prompt: A.}}\n')
    assert (summaries(opened), len(opened.shots)) == ([], 1)


@pytest.mark.parametrize(
    "bad",
    ["", ".a", "-a", "a/b", "../a", "a b", "ä", "x" * 65, "a\\nb", "con", "NUL", "com1.v2", "{{ '../a' }}"],
)
def test_an_id_that_cannot_be_a_file_name_is_an_error(tmp_path: Path, bad: str) -> None:
    """Nor may it be a device name on some system, and what is checked is the rendered id."""
    opened = workspace(tmp_path, f'shots:\n  - {{id: "{bad}", prompt: A.}}\n')
    assert ([d.summary for d in errors(opened)], ids(opened)) == (["shot id not allowed"], [])


def test_ids_are_unique_without_regard_to_case(tmp_path: Path) -> None:
    """On some systems A.mp4 and a.mp4 are one file."""
    opened = workspace(tmp_path, "shots:\n  - {id: a1, prompt: A.}\n  - {id: A1, prompt: B.}\n")
    (found,) = errors(opened)
    assert (found.summary, found.spot and found.spot.line) == ("shot id used twice", 5)
    assert "one file name on some systems" in found.detail


# -- precedence ------------------------------------------------------------------------------------

LAYERS = {
    "card": "",
    "defaults": "defaults: {resolution: 480p, duration: 7, takes: 2}\n",
    "shot": "resolution: 720p, duration: 8, takes: 3, ",
    "profile": "profiles: {p: {resolution: 1080p, duration: 9, takes: 4}}\n",
}


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        (["card"], ("720p", "auto", 1)),
        (["card", "defaults"], ("480p", 7, 2)),
        (["card", "defaults", "shot"], ("720p", 8, 3)),
        (["card", "defaults", "shot", "profile"], ("1080p", 9, 4)),
        (["card", "profile"], ("1080p", 9, 4)),
    ],
)
def test_the_profile_beats_the_shot_and_the_shot_the_defaults(
    tmp_path: Path, layers: list[str], expected: tuple[str, object, int]
) -> None:
    """Precedence: profile, shot, defaults, and last the card's default (720p and auto for local)."""
    top = "".join(LAYERS[layer] for layer in layers if layer != "shot")
    own = LAYERS["shot"] if "shot" in layers else ""
    opened = workspace(
        tmp_path,
        f"{top}shots:\n  - {{id: a, {own}prompt: A.}}\n",
        profile="p" if "profile" in layers else None,
    )
    (shot,) = opened.resolved
    parameters = shot.request.parameters
    assert (parameters["resolution"], parameters["duration"], shot.shot.takes) == expected


def test_options_count_as_parameters_and_a_providers_own_for_it_alone(tmp_path: Path) -> None:
    """`watermark` is known to Oxen alone: under its name it is no error for each::labs, and it wins."""
    project = """\
profiles: {e: {provider: eachlabs}, o: {provider: oxen}}
shots:
  - {id: a, prompt: A., options: {oxen: {watermark: true}}}
"""
    assert summaries(workspace(tmp_path, project, profile="e")) == []
    (shot_on_oxen,) = workspace(tmp_path, project, profile="o").resolved
    assert shot_on_oxen.request.parameters["watermark"] is True

    both = "{watermark: false, oxen: {watermark: true}}"
    (shot_with_both,) = workspace(
        tmp_path, f"provider: oxen\nshots:\n  - {{id: a, prompt: A., options: {both}}}\n"
    ).resolved
    assert shot_with_both.request.parameters["watermark"] is True


def test_a_profile_is_asked_for_by_name(tmp_path: Path) -> None:
    """An unknown one is an error with the near name and those that are declared."""
    opened = workspace(tmp_path, "profiles: {draft: {}, final: {}}\n", profile="darft")
    (found,) = errors(opened)
    assert found.summary == "unknown profile"
    assert "Did you mean 'draft'?" in found.detail
    assert "draft, final" in found.detail


@pytest.mark.parametrize(
    ("profile", "own", "expected"),
    [
        (None, "", ("oxen", "m1")),
        (None, "provider: eachlabs, ", ("eachlabs", None)),
        (None, "model: m2, ", ("oxen", "m2")),
        ("other", "model: m2, ", ("local", None)),
        ("same", "model: m2, ", ("oxen", "m2")),
        ("same", "model: m2, provider: eachlabs, ", ("oxen", "m1")),
        ("named", "model: m2, provider: eachlabs, ", ("local", "m3")),
    ],
)
def test_a_model_goes_with_the_provider_beside_which_it_was_named(
    tmp_path: Path, profile: str | None, own: str, expected: tuple[str, str | None]
) -> None:
    """Another provider does not know it, and takes its own default model."""
    project = f"""\
provider: oxen
model: m1
profiles: {{other: {{provider: local}}, same: {{provider: oxen}}, named: {{provider: local, model: m3}}}}
shots:
  - {{id: a, {own}prompt: A.}}
"""
    (shot,) = workspace(tmp_path, project, profile=profile).shots
    assert (shot.provider, shot.model) == expected


# -- scope -----------------------------------------------------------------------------------------


def test_the_nearest_variable_wins(tmp_path: Path) -> None:
    """A shot's own variable hides the matrix's, and that one the project's; each can use the outer ones."""
    project = """\
vars: {a: project, b: project, c: project}
shots:
  - id: x
    matrix: {b: [matrix], c: [matrix]}
    vars: {c: "shot over {{ c }}", list: ["{{ a }}", {deep: "{{ b }}"}]}
    duration: 6
    tags: [hero]
    prompt: "{{ a }}, {{ b }}, {{ c }}, {{ list[0] }}, {{ list[1].deep }}; {{ shot.id }}, {{ shot.duration }},
      {{ shot.tags[0] }}, {{ project.name }}"
"""
    (shot,) = workspace(tmp_path, project).resolved
    assert shot.request.prompt == ("project, matrix, shot over matrix, project, matrix; x, 6, hero, film")


def test_a_template_does_not_change_what_other_shots_see(tmp_path: Path) -> None:
    """Project variables are shared by all shots, and stay as they are written."""
    project = """\
vars: {moods: [calm]}
shots:
  - {id: a, prompt: "{{ moods.append('loud') }}{{ moods | join }}"}
  - {id: b, prompt: "{{ moods | join }}"}
"""
    opened = workspace(tmp_path, project)
    assert [d.address for d in errors(opened)] == ["shots.a.prompt"]
    assert [shot.request.prompt for shot in opened.resolved] == ["calm"]


def test_a_warning_stops_nothing(tmp_path: Path) -> None:
    """An exclusion in vain is told, and the shot is there."""
    opened = workspace(tmp_path, "shots:\n  - {id: a, prompt: A., matrix: {n: [1]}, exclude: [{n: 2}]}\n")
    assert [d.severity for d in opened.diagnostics] == [Severity.WARNING]
    opened.require_sound()
