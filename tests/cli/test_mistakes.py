"""Whatever a user, a file or a disk does: one plain message, exit code 1, and no traceback."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from seedgen.cli.refusals import refused
from tests.permissions import read_only, unprivileged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.film import Film

CHECKED = ("cache", "verify")
CONFLICT = "<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n"

USAGE = [
    ("plan --nonsense", "--nonsense"),
    ("plann", "Did you mean `plan`?"),
    ("frobnicate", "seedgen --help"),
    ("destroy", "seedgen --help"),
    ("verify", "Did you mean `cache verify`?"),
    ("resolv", "Did you mean `jobs resolve`?"),
    ("clean", "Did you mean `cache gc`?"),
    ("takes", "Did you mean `show`?"),
    ("plan s1 s2", "`seedgen plan --select 's1 s2'`"),
    ("apply -y", "`seedgen apply --auto-approve`"),
    ("apply -auto-approve", "`seedgen apply --auto-approve`"),
    ("show", "SHOT"),
    ("show s1 s2", "unexpected"),
    ("schema nothing", "project"),
    ("completion tcsh", "bash"),
    ("apply --max-cost lots", "not an amount"),
    ("apply --max-cost nan", "not an amount"),
    ("apply --max-cost 1e999999999", "not an amount"),
    ("apply --max-cost 1e-999999999", "not an amount"),
    ("apply --max-cost -1", "not an amount"),
    ("apply --concurrency 0", "1<=x"),
    ("--var colour plan", "NAME=VALUE"),
    ("--var-file nowhere.yaml plan", "nowhere.yaml"),
    ("--profile nobody plan", "proof"),
    ("plan --select s9", "s1, s2, s3"),
    ("reel nothing", "no reel 'nothing'"),
]


@pytest.mark.parametrize(("typed", "said"), USAGE)
def test_wrong_usage_is_exit_code_1(typed: str, said: str, film: Film) -> None:
    """2 is kept for `plan --detailed-exitcode`; the message says what would be right."""
    ran = film.run(*typed.split())
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert ran.err.startswith("Error: ")


def _folder_as(name: str) -> Callable[[Film], None]:
    def prepare(film: Film) -> None:
        path = film.root / name
        path.unlink(missing_ok=True)
        path.mkdir()

    return prepare


def _file_as(name: str, content: str = "") -> Callable[[Film], None]:
    def prepare(film: Film) -> None:
        path = film.root / name
        if path.is_dir():
            shutil.rmtree(path)
        film.write({name: content})

    return prepare


def _without(name: str) -> Callable[[Film], None]:
    return lambda film: (film.root / name).unlink()


JUNK = "junk" * 999
BROKEN = {
    "no project": (_without("seedgen.yaml"), "plan", "seedgen init"),
    "a folder in place of the project": (_folder_as("seedgen.yaml"), "plan", "directory"),
    "an empty project": (_file_as("seedgen.yaml"), "plan", "seedgen.yaml"),
    "a project that is no YAML": (_file_as("seedgen.yaml", "shots: [\x00"), "plan", "seedgen.yaml"),
    "a missing reference": (_without("refs/door.png"), "plan", "door.png"),
    "a reference that is no picture": (_file_as("refs/door.png", "hello"), "apply", "door.png"),
    "a folder in place of the lock": (_folder_as("seedgen.lock"), "apply", "seedgen.lock"),
    "a lock with conflict markers": (_file_as("seedgen.lock", CONFLICT), "plan", "git checkout"),
    "a lock that is cut off": (_file_as("seedgen.lock", '{"version": 1, "shots"'), "status", "git checkout"),
    "a lock from the future": (_file_as("seedgen.lock", '{"version": 2}'), "reel", "Upgrade"),
    "a file in place of .seedgen": (_file_as(".seedgen"), "apply", ".seedgen"),
    "a file in place of the cache": (_file_as(".seedgen/cache"), "apply", "cache"),
    "a file in place of build": (_file_as("build"), "reel", "build"),
    "a folder in place of the reel": (_folder_as("build/main.mp4"), "reel", "main.mp4"),
    "takes that are no database": (_file_as(".seedgen/cache/takes/cache.db", JUNK), "plan", "takes"),
    "a journal that is no database": (
        _file_as(".seedgen/cache/journal/cache.db", JUNK),
        "apply",
        "journal",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_world_is_told_in_plain_words(name: str, film: Film) -> None:
    """The file that is at fault is named; it is never called a bug."""
    prepare, command, said = BROKEN[name]
    if "main.mp4" in said:
        (film.root / "build").mkdir()
    prepare(film)
    ran = film.run(command, *(["--auto-approve"] if command == "apply" else []))
    assert ran.code == 1
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert "bug" not in ran.err


@pytest.mark.parametrize("command", ["plan", "status", "show s1", "validate"])
def test_looking_works_where_nothing_can_be_written(command: str, film: Film) -> None:
    """A file stands where seedgen keeps its own things: looking at a film still works."""
    _file_as(".seedgen")(film)
    assert film.run(*command.split()).code == 0


@pytest.mark.parametrize("limit", [2_000, 200_000])
def test_a_full_disk_is_told_in_plain_words(limit: int, film: Film) -> None:
    """No file may grow beyond a limit, as on a disk that is full: at whatever step it hits, exit code 1."""
    film.write({"seedgen.yaml": film.yaml.replace("480p, duration: 1", "720p, duration: 3")})
    film.edit("160x90", "1280x720")
    process = film.start(
        *("apply", "--auto-approve"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    _, err = process.communicate()
    assert process.returncode == 1
    assert "Traceback" not in err
    assert "bug" not in err
    if (film.root / "seedgen.lock").exists():
        film.lock()
    film.write({"seedgen.yaml": film.yaml.replace("720p, duration: 3", "480p, duration: 1")})
    assert film.run("apply", "--auto-approve").code == 0, "with room again, the next apply goes on"


def test_a_problem_of_another_profile_is_told_with_where_to_look(film: Film) -> None:
    """`validate` without a profile is about the plain project, and does not call the others sound."""
    film.edit("proof: {provider: eachlabs, duration: 4}", "proof: {provider: eachlabs, duration: 99}")
    ran = film.run("validate")
    assert ran.code == 0
    assert "film is sound" in ran.out
    assert ran.err == "1 error under the profile proof: `seedgen --profile proof validate` shows it.\n"
    assert film.run("--profile", "proof", "validate").code == 1
    ran = film.run("cache", "gc", "--dry-run")
    assert ran.code == 1
    assert "not sound under its profile proof" in ran.err


def test_a_shot_with_an_error_is_not_missing_from_reels(film: Film) -> None:
    """One mistake, one message: of the reel that names the shot nothing is said."""
    film.edit("main: {size: 160x90, fps: 24}", "main: {size: 160x90, fps: 24, shots: [s1, s3, 's3*']}")
    film.edit('prompt: "A roof', 'promt: "A roof')
    ran = film.run("validate")
    assert ran.code == 1
    assert (ran.err.count("Error: "), ran.err.count("Warning: ")) == (1, 0)


def test_a_closed_stdout_is_no_bug(film: Film) -> None:
    """What would be printed goes nowhere, and into no file that is opened later."""
    command = f"{sys.executable} -m seedgen -C {film.root} plan"
    done = subprocess.run(["sh", "-c", f"{command} >&-"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    done = subprocess.run(["sh", "-c", f"{command} 2>&-"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "3 to generate" in done.stdout


def seedgen(film: Film, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody whom permissions hold for."""
    return unprivileged(sys.executable, "-m", "seedgen", "-C", str(film.root), *arguments)


def test_a_cache_that_may_not_be_written_can_be_read(applied: Film) -> None:
    """A shared drive that is mounted read-only: plans are true, and nothing is called damaged, for whoever
    believed that would move the journal away and pay again."""
    applied.edit("how: open", "how: shut")
    with read_only(applied.cache):
        plan, status, verify = (seedgen(applied, *asked) for asked in (("plan",), ("status",), CHECKED))
        doctor, apply = seedgen(applied, "doctor"), seedgen(applied, "apply", "--auto-approve")
    assert "~ s1  regenerate" in plan.stdout
    assert "1 to regenerate" in status.stdout
    assert "All is well." in verify.stdout
    assert [ran.returncode for ran in (plan, status, verify, doctor, apply)] == [0, 0, 0, 1, 1]
    assert "cannot be written" in doctor.stdout
    assert "the cache's databases are sound" in doctor.stdout
    assert "name another cache with --cache-dir" in apply.stderr
    assert applied.actions() == {"s1": "regenerate"}


def test_a_folder_that_cannot_be_written(film: Film) -> None:
    """Planning works; an apply says which file cannot be written."""
    with read_only(film.root):
        assert seedgen(film, "plan").returncode == 0
        ran = seedgen(film, "apply", "--auto-approve")
    assert ran.returncode == 1
    assert ran.stderr.endswith(
        f"Error: {film.root}/.seedgen: Permission denied\n  Make {film.root} writable.\n"
    )


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("plan", "No changes. No shots are declared yet.\n"),
        ("status", "No shots are declared yet.\n"),
        ("reel", "Declare some, or mend its `shots:`."),
        ("reel main", "No shots are declared yet. Nothing was changed."),
    ],
)
def test_a_project_without_shots_says_so(command: str, says: str, film: Film) -> None:
    """Nothing that is not there is called right, or wrong; and no reel is to be assembled of nothing."""
    film.write({"seedgen.yaml": "seedgen: 1\nname: film\n"})
    ran = film.run(*command.split())
    assert says in ran.out + ran.err
    assert "to assemble" not in ran.out


def test_reels_that_are_made_are_not_called_missing(film: Film) -> None:
    """Where the lock alone cannot be written, the summary says what is made all the same."""
    film.apply("--no-reel")
    (film.root / "build").mkdir()
    film.root.chmod(0o555)
    try:
        ran = seedgen(film, "apply", "--replace", "s1", "--auto-approve")
    finally:
        film.root.chmod(0o755)
    assert ran.returncode == 1
    assert "recorded and every reel made, but then something failed: 1 generated." in ran.stderr
    assert f"Error: {film.root}/seedgen.lock: Permission denied\n" in ran.stderr
    assert (film.root / "build" / "main.mp4").is_file()


@pytest.mark.parametrize(
    ("number", "name", "message", "remedy"),
    [
        (errno.EACCES, "build/.main.mp4._lufo60t", "build/main.mp4: Permission denied", "Make {0} writable."),
        (
            errno.EPERM,
            "build/.s1.mp4.0f3e9a1c.partial",
            "build/s1.mp4: Operation not permitted",
            "{0} may be marked immutable, or its file system allow no such thing: make it writable.",
        ),
        (
            errno.EROFS,
            "cache/objects/ab",
            "cache/objects/ab: Read-only file system",
            "The file system of {0} is read-only: work on a copy elsewhere, "
            "or name another cache with --cache-dir.",
        ),
        (
            errno.ENOSPC,
            "build/main.mp4",
            "build/main.mp4: No space left on device",
            "Free some space and apply again; what is done is kept.",
        ),
        (errno.EIO, "build/main.mp4", "build/main.mp4: Input/output error", ""),
    ],
)
def test_what_the_system_refused(number: int, name: str, message: str, remedy: str, tmp_path: Path) -> None:
    """The file that was to be written is named, never its draft, and the remedy is about its folder."""
    said = refused(OSError(number, os.strerror(number), str(tmp_path / name)), tmp_path / "cache")
    assert str(said) == f"{tmp_path}/{message}"
    assert said.remedy == remedy.format(tmp_path)
