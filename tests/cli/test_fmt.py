"""`seedgen fmt`: which files, what is written, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film

UGLY = "shots:\n- {prompt: A cellar.,   id: s9}\n"
NEAT = "shots:\n  - {id: s9, prompt: A cellar.}\n"


@pytest.fixture
def scenes(film: Film) -> Film:
    """The film, formatted, with an included file that is not."""
    film.edit("shots:\n", "include: [scenes/*.yaml]\nshots:\n")
    assert film.run("fmt").code == 0
    film.write({"scenes/cellar.yaml": UGLY})
    return film


def scene(film: Film) -> str:
    """The included file's text."""
    return (film.root / "scenes/cellar.yaml").read_text()


def test_included_files_are_formatted_too(scenes: Film) -> None:
    """stdout names what changed; a second run changes nothing."""
    ran = scenes.run("fmt")
    assert (ran.code, ran.out) == (0, "scenes/cellar.yaml\n")
    assert ran.err == "1 file formatted, 1 file as it should be.\n"
    assert scene(scenes) == NEAT
    again = scenes.run("fmt")
    assert (again.code, again.out, again.err) == (0, "", "2 files as they should be.\n")


def test_check_writes_nothing_and_fails(scenes: Film) -> None:
    """For hooks and continuous integration: 1 with the names, 0 when there is nothing to do."""
    ran = scenes.run("fmt", "--check")
    assert (ran.code, ran.out) == (1, "scenes/cellar.yaml\n")
    assert "1 file would change" in ran.err
    assert scene(scenes) == UGLY
    scenes.run("fmt")
    assert scenes.run("fmt", "--check").code == 0


def test_diff_shows_and_writes_nothing(scenes: Film) -> None:
    """A unified diff that patch can apply."""
    ran = scenes.run("fmt", "--diff")
    assert ran.code == 0
    assert ran.out == (
        "--- a/scenes/cellar.yaml\n+++ b/scenes/cellar.yaml\n@@ -1,2 +1,2 @@\n shots:\n"
        "-- {prompt: A cellar.,   id: s9}\n+  - {id: s9, prompt: A cellar.}\n"
    )
    assert scene(scenes) == UGLY
    assert scenes.run("fmt", "--diff", "--check").code == 1


def test_files_that_are_named_are_the_only_ones(scenes: Film) -> None:
    """As pre-commit names them; one that is not there is said to be missing."""
    scenes.edit("name: film", "name:   film")
    assert scenes.run("fmt", str(scenes.root / "scenes/cellar.yaml")).code == 0
    assert scene(scenes) == NEAT
    assert "name:   film" in scenes.yaml
    ran = scenes.run("fmt", str(scenes.root / "scenes/attic.yaml"))
    assert ran.code == 1
    assert "file not found" in ran.err


def test_a_broken_file_is_untouched_and_stops_no_other(scenes: Film) -> None:
    """The diagnostic of the one, the format of the other, and the exit code of a failure."""
    broken = UGLY + "reference_sets: {a: [\n"
    scenes.write({"scenes/broken.yaml": broken})
    ran = scenes.run("fmt")
    assert ran.code == 1
    assert "scenes/broken.yaml:" in ran.err
    assert "1 file left alone" in ran.err
    assert (scenes.root / "scenes/broken.yaml").read_text() == broken
    assert scene(scenes) == NEAT


def test_a_project_with_other_problems_is_formatted(film: Film) -> None:
    """An unknown key and a missing reference are none of its business; the key stays behind known ones."""
    film.edit("name: film", "colour: blue\nname:  film")
    film.edit("refs/door.png", "refs/nowhere.png")
    assert film.run("validate").code == 1
    ran = film.run("fmt")
    assert (ran.code, ran.out) == (0, "seedgen.yaml\n")
    assert film.yaml.startswith("seedgen: 1\nname: film\n")
    assert film.yaml.endswith("\ncolour: blue\n")


def test_mode_and_links_are_kept(film: Film, tmp_path: Path) -> None:
    """A file keeps its mode, a link stays one, and the folder has no other file afterwards."""
    film.write({"scenes/real.txt": UGLY})
    real, link = film.root / "scenes/real.txt", film.root / "scenes/link.yaml"
    real.chmod(0o640)
    link.symlink_to("real.txt")
    assert film.run("fmt", str(link)).code == 0
    assert link.is_symlink()
    assert real.read_text() == NEAT
    assert real.stat().st_mode & 0o777 == 0o640
    assert sorted(file.name for file in real.parent.iterdir()) == ["link.yaml", "real.txt"]


def test_nothing_outside_the_project_is_written(film: Film, tmp_path: Path) -> None:
    """A stranger's project whose files are links that lead out has nothing of ours rewritten."""
    outside = tmp_path / "outside.yaml"
    outside.write_text(UGLY)
    film.write({"scenes/a.yaml": ""})
    (film.root / "scenes/a.yaml").unlink()
    (film.root / "scenes/a.yaml").symlink_to(outside)
    film.edit("shots:\n", "include: [scenes/*.yaml, ../*.yaml]\nshots:\n")
    ran = film.run("fmt")
    assert ran.code == 1
    assert "path outside the project" in ran.err
    (film.root / "seedgen.yaml").unlink()
    (film.root / "seedgen.yaml").symlink_to(outside)
    assert film.run("fmt").code == 1
    assert outside.read_text() == UGLY


def test_where_there_is_no_project_it_says_so(film: Film) -> None:
    """And how to name one, or start one."""
    ran = film.run("-C", str(film.root / "refs"), "fmt")
    assert ran.code == 1
    assert "No project here." in ran.err


def test_values_are_the_same_to_a_plan(applied: Film) -> None:
    """After fmt there is nothing to apply: no request changed."""
    applied.edit("  - id: s3\n    prompt:", "  - prompt:")
    applied.edit("    vars: {sky: pale}\n", "    vars:\n         sky:   pale\n    id: s3\n")
    assert applied.run("fmt").out == "seedgen.yaml\n"
    assert applied.plan()["changes"] == []


@pytest.mark.parametrize("name", ["seedgen.lock", "plan.json"])
def test_what_is_no_yaml_by_its_name_is_left_alone(name: str, applied: Film) -> None:
    """A lock and a saved plan are JSON, which reads as YAML: formatted so they would be lost."""
    file = applied.root / name
    if name == "plan.json":
        assert applied.run("plan", "-o", str(file), "--replace", "s1").code == 0
    before = file.read_bytes()
    ran = applied.run("fmt", str(file))
    assert ran.code == 1
    assert "is left alone" in ran.err
    assert file.read_bytes() == before
    assert applied.actions() == {}
