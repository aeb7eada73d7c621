"""`seedgen doctor`: what is sound, what is not, and what to do about it."""

from __future__ import annotations

import contextlib
import json
import subprocess
from typing import TYPE_CHECKING, Any

from seedgen.views.schemas import schema_text
from tests.cli.test_documents import valid
from tests.emulator import Fault

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.emulator import Emulator
    from tests.film import Film, Ran


def checks(ran: Ran) -> list[dict[str, Any]]:
    """The checks of a `doctor --json`."""
    document = json.loads(ran.out)
    valid("doctor", document)
    assert document["sound"] is (ran.code == 0)
    found: list[dict[str, Any]] = document["checks"]
    return found


def look(film: Film, check: str, *options: str) -> list[tuple[str, str]]:
    """Level and message of one check."""
    return [
        (one["level"], one["message"])
        for one in checks(film.run("doctor", "--json", *options))
        if one["check"] == check
    ]


def git(film: Film, *arguments: str) -> None:
    """Run git in the project."""
    subprocess.run(["git", *arguments], cwd=film.root, check=True, capture_output=True)


def test_a_sound_project_is_sound(applied: Film) -> None:
    """Every line has a level; nothing but git, which is not there, has a remark."""
    found = checks(applied.run("doctor", "--json"))
    levels = {one["check"]: one["level"] for one in found}
    assert levels == {
        **dict.fromkeys(
            ["seedgen", "ffmpeg", "fonts", "project", "disk", "lock", "clips", "databases"], "ok"
        ),
        "git": "note",
        "keys": "note",
    }
    assert applied.run("doctor").out.endswith("Everything is as it should be.\n")


def test_without_a_project_the_installation_is_looked_at(tmp_path: Path, film: Film) -> None:
    """And it is said how to name one."""
    ran = film.run("-C", str(tmp_path), "doctor", "--json")
    assert ("project", "note") in [(one["check"], one["level"]) for one in checks(ran)]


def test_a_broken_project_is_a_problem_that_validate_shows(film: Film) -> None:
    """Both one that cannot be read and one with errors; the rest is looked at all the same."""
    film.edit("references: [door]", "references: [dor]")
    assert look(film, "project") == [("problem", "the project has 1 error")]
    film.write({"seedgen.yaml": "shots: ["})
    assert look(film, "project")[0][0] == "problem"
    assert look(film, "ffmpeg")[0][0] == "ok"


def test_clips_that_are_missing_or_damaged_are_told_apart(applied: Film) -> None:
    """A missing one can be had again, which is a warning; a damaged one is a problem."""
    applied.object("s1").unlink()
    assert look(applied, "clips") == [
        ("warning", "1 clip of the locks not in the cache: s1"),
        ("ok", "2 clips of the locks in the cache"),
    ]
    damaged = applied.object("s2")
    damaged.chmod(0o644)
    damaged.write_bytes(b"x" + damaged.read_bytes()[1:])
    level, message = look(applied, "clips")[1]
    assert level == "problem"
    assert message.startswith("s2: ")


def test_damaged_databases_and_locks_are_problems(applied: Film) -> None:
    """Each with its place and what can be done."""
    database = applied.cache / "takes" / "cache.db"
    database.write_bytes(b"not a database" * 1000)
    (applied.root / "seedgen.lock").write_text("<<<<<<< ours\n")
    ran = applied.run("doctor")
    assert ran.code == 1
    assert "problem  the takes database is damaged" in ran.out
    assert "problem  seedgen.lock has conflict markers from a merge" in ran.out
    assert "`git checkout --theirs seedgen.lock`" in ran.out


def test_what_dead_processes_left_over_is_counted(applied: Film) -> None:
    """A folder whose lock nobody holds; looking removes nothing."""
    left = applied.cache / "incoming" / "in-0123456789abcdef"
    left.mkdir(parents=True)
    (left / "part").write_bytes(b"0" * 1024 * 1024)
    left.with_name(f"{left.name}.held").touch()
    assert look(applied, "scratch") == [("warning", "1 folder left over by processes that died, 1.0 MiB")]
    assert (left / "part").exists()


def test_git_is_asked_what_it_keeps(applied: Film) -> None:
    """The lock has to be in it; what belongs to this checkout, and keys, must not."""
    git(applied, "init", "-q")
    assert look(applied, "git") == [
        ("warning", "seedgen.lock is not in git yet"),
        ("warning", "`git add` would take .seedgen/, build/"),
    ]
    git(applied, "add", "seedgen.lock")
    applied.write({".env": "OXEN_API_KEY=very-secret\n", ".gitignore": "build/\n"})
    assert look(applied, "git") == [("warning", "`git add` would take .seedgen/, .env, keys and all")]
    assert applied.run("init").code == 0
    assert look(applied, "git") == [("ok", "git keeps what it should, and nothing else")]
    git(applied, "add", "-f", "build/main.mp4")
    git(applied, "add", "-f", ".env")
    found = look(applied, "git")
    assert found == [
        ("problem", "1 file in git that belong to this checkout alone: build/main.mp4"),
        ("problem", ".env is in git, with the keys in it"),
    ]
    git(applied, "rm", "-q", "-r", "--cached", ".")
    applied.write({".gitignore": "*.lock\n"})
    assert ("problem", "git ignores seedgen.lock") in look(applied, "git")


def test_a_repository_cannot_have_a_program_run(applied: Film, tmp_path: Path) -> None:
    """`core.fsmonitor` of a stranger's repository names one."""
    trap, trace = tmp_path / "trap", tmp_path / "trace"
    trap.write_text(f"#!/bin/sh\ntouch {trace}\n")
    trap.chmod(0o755)
    git(applied, "init", "-q")
    git(applied, "config", "core.fsmonitor", str(trap))
    trace.unlink(missing_ok=True)
    look(applied, "git")
    assert not trace.exists()


def test_keys_and_their_file(film: Film) -> None:
    """A key that shots need and that is nowhere is a warning; so is a file that others can read."""
    warned = ("warning", "EACHLABS_API_KEY for eachlabs: not set, and 3 shots would need it")
    ran = film.run("--profile", "proof", "doctor", "--json")
    assert warned in [(one["level"], one["message"]) for one in checks(ran)]
    film.write({".env": "EACHLABS_API_KEY=very-secret\n"})
    (film.root / ".env").chmod(0o644)
    assert ("warning", "others on this machine can read .env") in look(film, "keys")
    (film.root / ".env").chmod(0o600)
    assert [level for level, _ in look(film, "keys")] == ["ok", "note"]


def test_too_little_room_for_the_plan_is_a_problem(film: Film) -> None:
    """What is planned, at the usual bytes of a second, in three copies; no disk has room for this."""
    shots = "".join(f"  - {{id: x{n}, prompt: Roof {n}., duration: 60, takes: 100}}\n" for n in range(200))
    film.edit("reels:\n", f"{shots}reels:\n")
    (found,) = [one for one in checks(film.run("doctor", "--json")) if one["check"] == "disk"]
    assert found["level"] == "problem"
    assert found["detail"].startswith("what is planned takes about ")


def test_online_services_are_asked(film: Film, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with a key is asked one thing that costs nothing; a wrong key and silence are told apart."""
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SEEDGEN_PACE", "0.002")
    assert look(film, "service") == []
    assert look(film, "service", "--online") == [
        ("ok", "each::labs answers and takes the key"),
        ("ok", "Oxen.ai answers and takes the key"),
    ]
    assert emulator.violations == []
    assert emulator.submits == []
    emulator.add(Fault("oxen", "list", status=503, times=None))
    monkeypatch.setenv("EACHLABS_API_KEY", "a-wrong-key")
    ran = film.run("doctor", "--online")
    assert ran.code == 1
    assert ran.out.count("problem  ") == 2
    assert "a-wrong-key" not in ran.out + ran.err
    monkeypatch.delenv("EACHLABS_API_KEY")
    monkeypatch.delenv("OXEN_API_KEY")
    assert look(film, "service", "--online") == [
        ("note", "no service was asked: none is used, and no key is set")
    ]


def test_doctor_writes_nothing(film: Film) -> None:
    """Looking leaves no cache behind."""
    film.run("doctor", "--json")
    assert not film.cache.exists()
    assert json.loads(schema_text("doctor"))["title"] == "seedgen doctor --json"
    with contextlib.suppress(FileNotFoundError):
        (film.root / ".seedgen").rmdir()
