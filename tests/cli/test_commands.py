"""The commands that look: status, show, render, validate, doctor, version, schema, completion, help."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from seedgen import __version__
from seedgen.cli.main import command_line

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film

COMMANDS = command_line.list_commands(click.Context(command_line))


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_has_help_with_an_example(command: str, film: Film) -> None:
    """`--help` says what a command does, its options, and how it is typed."""
    ran = film.run(*command.split(), "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "Example" in ran.out
    assert "seedgen" in ran.out.partition("Example")[2]


def test_help_needs_no_project(tmp_path: Path) -> None:
    """Who has nothing yet can read."""
    command = [sys.executable, "-m", "seedgen", "plan", "--help"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True, check=False).returncode == 0


def test_the_command_alone_lists_the_commands() -> None:
    """Nothing was asked for, which is wrong usage, and the help is all that is said."""
    ran = subprocess.run([sys.executable, "-m", "seedgen"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith("Usage: seedgen")
    assert all(f"  {command} " in ran.stderr for command in COMMANDS)


def test_status_before_and_after(film: Film) -> None:
    """Every state with its shots, the lock and the disk."""
    before = film.run("status")
    assert before.code == 0
    assert "3  have no clip yet: s1, s2, s3" in before.out
    assert not film.cache.exists(), "looking writes nothing"
    film.apply()
    film.edit("bare", "tall")
    after = film.run("status")
    assert "1  changed since their clip: s2" in after.out
    assert "2  match their clip" in after.out
    assert "lock  3 takes, 3.0 s of video" in after.out


def test_costs_that_do_not_add_up_are_said_to_be_rounded(film: Film) -> None:
    """Three of $0.5648 are $0.56 each and $1.69 together; of one there is nothing to say."""
    film.edit("proof: {", "proof: {model: bytedance-seedance-2-0-reference-to-video, ")
    plan = film.run("--profile", "proof", "plan").out
    assert plan.count("$0.56") == 3
    assert "Estimated cost $1.69 (12 s of video).\nEach cost above is rounded to a cent" in plan
    assert "rounded" not in film.run("--profile", "proof", "plan", "--select", "s1").out


def test_show_tells_a_shot_whole(applied: Film) -> None:
    """The request, the references, the take with its file in `build/` and in the cache, and how the two
    differ."""
    ran = applied.run("show", "s1")
    assert ran.code == 0
    for said in ("#hero", "local animatic", "duration 1", "A red door, [Image 1], stands open.", "door.png"):
        assert said in ran.out
    assert f"{applied.root / 'build/clips/s1.mp4'}\n" in ran.out
    assert str(applied.object("s1")) in ran.out
    assert ran.out.endswith("\nNo changes. The shot matches its clip.\n")
    applied.object("s1").unlink()
    assert "missing from the cache" in applied.run("show", "s1").out


def test_show_and_render_know_near_names(applied: Film) -> None:
    """An id that is not there is answered with one that is."""
    applied.edit("id: s1", "id: opening")
    for command in ("show", "render"):
        ran = applied.run(command, "openin")
        assert ran.code == 1
        assert "Did you mean 'opening'?" in ran.err


def test_render_prints_the_request_as_it_would_be_sent(film: Film) -> None:
    """JSON with the model's own tokens (`@Image1`) and types: each::labs takes the duration as a string."""
    body = json.loads(film.run("--profile", "proof", "render", "s1").out)
    assert (body["model"], body["version"]) == ("bytedance-seedance-2-0-mini-reference-to-video", "0.0.1")
    assert body["input"]["prompt"] == "A red door, @Image1, stands open."
    assert body["input"]["duration"] == "4"
    assert body["input"]["resolution"] == "480p"
    assert body["input"]["image_urls"] == ["refs/door.png"]
    assert film.run("render", "s1", "--prompt").out == "A red door, [Image 1], stands open.\n"


def test_validate_counts_what_is_sound(film: Film) -> None:
    """One line when all is well."""
    assert film.run("validate").out == "film is sound: 3 shots, 1 reel.\n"


def test_validate_reports_everything_at_once(film: Film) -> None:
    """Three mistakes of three kinds are three diagnostics, each with its line."""
    film.edit("duration: 1,", "duration: 99,")
    film.edit("references: [door]", "references: [dor]")
    film.edit("{{ sky }} sky", "{{ ski }} sky")
    ran = film.run("validate")
    assert ran.code == 1
    assert "Did you mean 'door'?" in ran.err
    assert "'ski'" in ran.err
    assert "1 to 60 whole seconds" in ran.err
    assert ran.err.count("seedgen.yaml:") >= 3


def test_doctor_finds_what_is_needed(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """ffmpeg, Python, room on the disk; a key is said to be set, never what it is."""
    monkeypatch.setenv("OXEN_API_KEY", "sk-very-secret")
    ran = film.run("doctor")
    assert ran.code == 0
    assert f"seedgen {__version__}" in ran.out
    assert "ffmpeg" in ran.out
    assert "EACHLABS_API_KEY for eachlabs: not set" in ran.out
    assert "OXEN_API_KEY for oxen: set" in ran.out
    assert "secret" not in ran.out + ran.err


def test_doctor_and_apply_say_what_is_wrong_with_ffmpeg(
    film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEEDGEN_FFMPEG that is no ffmpeg is never passed over in silence."""
    wrong = shutil.which("true")
    monkeypatch.setenv("SEEDGEN_FFMPEG", str(wrong))
    for command in (["doctor"], ["apply", "--auto-approve"]):
        ran = film.run(*command)
        assert ran.code == 1
        assert "it is not ffmpeg" in ran.out + ran.err
    assert film.run("plan").code == 0, "planning needs no ffmpeg"


def test_version_is_printed(film: Film) -> None:
    """One line for bug reports."""
    assert film.run("version").out == f"seedgen {__version__}\n"
