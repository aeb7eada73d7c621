"""Completion: what Tab offers, asked of the program as a shell asks it, and of real shells at a terminal."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.screen import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film

SHELLS = ("bash", "zsh", "fish")
CHAINED = """\
  - {id: s4, prompt: On., from_shot: {id: s1, use: last_frame}}
  - {id: "end-{{ n }}-{{ city[0] }}", prompt: Go., matrix: {n: [1, 2], city: [Rome, New York]}}
reels:
"""


@pytest.fixture
def film(film: Film) -> Film:
    """The film with a shot that continues s1, and a tag that would be a command."""
    film.edit("reels:\n", CHAINED)
    film.edit("tags: [wide]", "tags: [wide, '$(touch here)', 'two words']")
    return film


def asked(line: str, film: Film, shell: str = "bash") -> list[str]:
    """What the program answers to a shell in a film's folder."""
    words = {"COMP_WORDS": line, "COMP_BREAKS": " \t\n\"'@><=;|&(:", "_SEEDGEN_COMPLETE": f"{shell}_complete"}
    process = subprocess.run(
        [sys.executable, "-m", "seedgen"],
        cwd=film.root,
        env={**os.environ, **words},
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.stderr == ""
    return [line.removeprefix("plain,") for line in process.stdout.splitlines() if line]


ACTIONS = "generate regenerate reuse resume move remove blocked unchanged"
OFFERED: dict[str, str] = {
    "seedgen sta": "status",
    "seedgen show s": "s1 s2 s3 s4",
    "seedgen render s": "s1 s2 s3 s4",
    "seedgen reel m": "main",
    "seedgen apply --replace s": "s1 s2 s3 s4",
    "seedgen --profile p": "proof",
    "seedgen schema pl": "plan",
    "seedgen show zz": "",
    "seedgen retry ta": "tag:hero tag:wide",
    "seedgen plan --select tag:": "hero wide",
    "seedgen plan --select=tag:h": "hero",
    "seedgen plan --select=s3": "s3",
    "seedgen plan --select reel:": "main",
    "seedgen plan --select action:": ACTIONS,
    "seedgen plan --exclude action:bl": "blocked",
    "seedgen plan --select +s": "+s1 +s2 +s3 +s4",
    "seedgen plan --select s1": "s1 s1+",
    "seedgen plan --select +s1": "+s1 +s1+",
    "seedgen plan --select tag:hero,s2": "hero,s2",
    "seedgen plan --select 'tag:hero s3": "tag:hero s3",
    "seedgen plan --select 'tag:hero +tag:w": "tag:hero +tag:wide",
    'seedgen plan --select "s1 action:un': "s1 action:unchanged",
    "seedgen plan --select city": "city=Rome",
    "seedgen plan --select n=": "1 2",
    'seedgen plan --select \'city="New York" tag:w': 'city="New York" tag:wide',
}


@pytest.mark.parametrize("line", OFFERED)
def test_words_are_completed(line: str, film: Film) -> None:
    """Commands, ids, reels, tags, actions, profiles, and expressions at their last term; bash keeps what
    stands before a colon outside quotes. What a shell would run, or split, is never offered."""
    assert " ".join(asked(line, film)) == OFFERED[line]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_whole_words(shell: str, film: Film) -> None:
    """They replace all of what was typed, the option's name included."""
    assert "tag:hero" in " ".join(asked("seedgen plan --select tag:h", film, shell))
    assert "--select=tag:hero" in " ".join(asked("seedgen plan --select=tag:h", film, shell))


def test_takes_are_completed_from_the_lock(applied: Film) -> None:
    """First the shots that have something to pick from, then their takes, with what is said of each."""
    assert asked("seedgen pick ", applied) == ["s1", "s2", "s3"], "no shot has several"
    applied.edit("tags: [hero]\n", "tags: [hero]\n    takes: 2\n")
    applied.apply("--no-reel")
    assert asked("seedgen pick ", applied) == ["s1"]
    assert asked("seedgen pick s1 ", applied) == ["1", "2"]
    assert asked("seedgen pick s1 ", applied, "fish") == ["1\tpicked", "2"]


@pytest.mark.parametrize("broken", ["shots: [", "seedgen: 99\n", "include: [nowhere.yaml]\n", "\x00"])
@pytest.mark.parametrize("line", ["seedgen show s", "seedgen pick s1 ", "seedgen plan --select 'a +t"])
def test_a_broken_project_completes_nothing_and_says_nothing(line: str, broken: str, film: Film) -> None:
    """Pressing Tab never prints an error."""
    film.write({"seedgen.yaml": broken, "seedgen.lock": "<<<<<<< ours\n"})
    assert asked(line, film) == []


def test_no_project_completes_commands(tmp_path: Path, film: Film) -> None:
    """And nothing where a shot would stand."""
    (film.root / "seedgen.yaml").unlink()
    assert asked("seedgen sho", film) == ["show"]
    assert asked("seedgen show s", film) == []


def test_what_is_sound_of_a_project_in_the_making_is_offered(film: Film) -> None:
    """One shot has a mistake, a reference is not there: the others are still to be typed."""
    film.edit("id: s2", "id: s2\n    durration: 5")
    (film.root / "refs" / "door.png").unlink()
    assert set(asked("seedgen show s", film)) >= {"s1", "s3"}


# -- real shells -------------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_scripts_parse(shell: str, film: Film) -> None:
    """The shell itself, where it is installed, finds no mistake in its script."""
    ran = film.run("completion", shell)
    assert ran.code == 0
    assert "_SEEDGEN_COMPLETE" in ran.out
    if shell == "zsh":
        assert "$QIPREFIX$PREFIX" in ran.out, "the line goes as typed"
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"no {shell} here")
    subprocess.run([found, "-n"], input=ran.out, text=True, check=True)


START = {
    "bash": (["--norc", "--noprofile", "-i"], 'eval "$(seedgen completion bash)"'),
    "zsh": (["-f", "-i"], 'autoload -U compinit; compinit -u -D; eval "$(seedgen completion zsh)"'),
    "fish": (["--no-config", "-i"], "seedgen completion fish | source"),
}
TYPED: dict[str, str] = {
    "sho": "show",
    "show s3": "show s3",
    "plan --select tag:h": "plan --select tag:hero",
    "plan --select +tag:h": "plan --select +tag:hero",
    "plan --select=tag:h": "plan --select=tag:hero",
    "plan --exclude action:bl": "plan --exclude action:blocked",
    "plan --select s2,tag:h": "plan --select s2,tag:hero",
    "plan --select 'tag:wide tag:h": "plan --select tag:wide tag:hero",
    "--profile pr": "--profile proof",
    "reel ma": "reel main",
}


@pytest.mark.parametrize("typed", TYPED)
@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes_in_a_real_shell(shell: str, typed: str, film: Film, tmp_path: Path) -> None:
    """A line is typed, Tab is pressed, and the line as it stands then is handed to `seedgen`."""
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"no {shell} here")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    program = bin_ / "seedgen"
    program.write_text(
        f'#!/bin/sh\n[ -n "$_SEEDGEN_COMPLETE$COMPLETING" ] || {{ echo "got <$*>"; exit; }}\n'
        f'exec {sys.executable} -m seedgen "$@"\n'
    )
    program.chmod(0o755)
    options, setup = START[shell]
    home = {"HOME": str(tmp_path), "PATH": f"{bin_}:{os.environ['PATH']}", "PS1": "> "}
    terminal = Terminal(film, *options, program=(found,), **home)
    export = "set -x COMPLETING 1" if shell == "fish" else "export COMPLETING=1"
    forget = "set -e COMPLETING" if shell == "fish" else "unset COMPLETING"
    terminal.type(f"cd {film.root}; {export}; {setup}; {forget}; echo rea''dy\n")
    terminal.read_until("ready\r\n")
    terminal.type(f"seedgen {typed}\t\n")
    terminal.read_until("got <")
    terminal.read_until(">\r\n")
    said = terminal.written.rpartition("got <")[2].partition(">\r\n")[0]
    assert said.strip() == TYPED[typed]
    terminal.type("exit\n")
    assert terminal.end() == 0
