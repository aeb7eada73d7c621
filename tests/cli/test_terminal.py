"""Who is asked, what is drawn, and in which colours: with a terminal and without one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.cli.screen import Screen, Terminal
from tests.film import SHOTS

if TYPE_CHECKING:
    from tests.film import Film

ESCAPE = "\x1b"


def test_nobody_to_ask_is_a_failure_that_names_the_flag(film: Film) -> None:
    """Without a terminal nothing is done, and the message says what to give."""
    ran = film.run("apply")
    assert ran.code == 1
    assert "--auto-approve" in ran.err
    assert not (film.root / "seedgen.lock").exists()
    assert film.objects == set()


def test_with_nothing_to_do_nobody_is_asked(applied: Film) -> None:
    """An apply without changes needs no approval."""
    assert applied.run("apply").code == 0


def test_yes_applies(film: Film) -> None:
    """The question says how much is to be made; before `y` nothing is there, after it everything."""
    terminal = Terminal(film, "apply")
    terminal.read_until("Generate 3 takes")
    terminal.read_until("[y/N]")
    assert not (film.root / "seedgen.lock").exists()
    terminal.type("y\n")
    assert terminal.end() == 0
    assert tuple(film.lock().shots) == SHOTS


@pytest.mark.parametrize("answer", ["n\n", "\n"])
def test_anything_but_yes_does_nothing(answer: str, film: Film) -> None:
    """A no, or no answer, is not an interruption: exit code 1, and nothing was done."""
    terminal = Terminal(film, "apply")
    terminal.read_until("[y/N]")
    terminal.type(answer)
    assert terminal.end() == 1
    assert "Nothing was done." in terminal.written
    assert not (film.root / "seedgen.lock").exists()


def test_ctrl_c_at_the_question_is_an_interruption(film: Film) -> None:
    """Exit code 130, and nothing that was done is spoken of."""
    terminal = Terminal(film, "apply")
    terminal.read_until("[y/N]")
    assert terminal.end(press="\x03") == 130
    assert "Interrupted. Nothing was done." in terminal.written
    assert not (film.root / "seedgen.lock").exists()


def test_live_progress_leaves_only_what_ended(film: Film) -> None:
    """Bars move while jobs run; on the screen at the end stands one line for each thing that ended."""
    film.write({"seedgen.yaml": film.yaml.replace("duration: 1", "duration: 2")})
    terminal = Terminal(film, "apply", "--auto-approve")
    assert terminal.end() == 0
    assert "takes done" in terminal.written, "there was something to see meanwhile"
    screen = Screen(terminal.written)
    for leftover in ("█", "░", "in progress", "takes done", "segments\n"):
        assert leftover not in screen.text
    for shot in SHOTS:
        assert screen.text.count(f"✓ {shot}  done: 2.0 s clip") == 1
    assert screen.text.count("build/main.mp4") == 1
    assert screen.cursor_shown


def test_an_interrupted_terminal_is_left_clean(film: Film) -> None:
    """After Ctrl-C twice the cursor is back and no bar is left."""
    film.write({"seedgen.yaml": film.yaml.replace("480p, duration: 1", "1080p, duration: 60")})
    terminal = Terminal(film, "apply", "--auto-approve", "--concurrency", "1")
    terminal.read_until("░")
    terminal.type("\x03")
    terminal.read_until("Stopping.")
    terminal.read_until("stopping: 1 take to be finished")
    terminal.type("\x03")
    assert terminal.end() == 130
    screen = Screen(terminal.written.replace("^C", ""))
    assert "█" not in screen.text
    assert "Interrupted." in screen.text
    assert screen.cursor_shown


def test_a_terminal_gets_colour(applied: Film) -> None:
    """So that the next test can fail."""
    terminal = Terminal(applied, "plan")
    assert terminal.end() == 0
    assert ESCAPE in terminal.written


@pytest.mark.parametrize(
    ("plain", "command"),
    [
        ({"NO_COLOR": "1"}, ("plan",)),
        ({"TERM": "dumb"}, ("plan",)),
        ({}, ("--no-color", "plan")),
        ({"NO_COLOR": "1"}, ("show", "s2")),
        ({"TERM": "dumb"}, ("status",)),
        ({"NO_COLOR": "1"}, ("doctor",)),
        ({}, ("--no-color", "show", "nobody")),
    ],
    ids=str,
)
def test_plain_is_plain(plain: dict[str, str], command: tuple[str, ...], applied: Film) -> None:
    """NO_COLOR, TERM=dumb and --no-color: not one escape sequence, in errors neither."""
    applied.edit("bare", "tall")
    terminal = Terminal(applied, *command, **plain)
    terminal.end()
    assert ESCAPE not in terminal.written


def test_a_dumb_terminal_sees_plain_lines(film: Film) -> None:
    """No live progress on what cannot be redrawn: a line for each thing that began or ended."""
    terminal = Terminal(film, "apply", "--auto-approve", TERM="dumb")
    assert terminal.end() == 0
    assert ESCAPE not in terminal.written
    assert "s1  submitted to local" in terminal.written


def test_without_colour_progress_has_none(film: Film) -> None:
    """NO_COLOR on a terminal: lines are redrawn, but nothing is coloured."""
    terminal = Terminal(film, "apply", "--auto-approve", NO_COLOR="1")
    assert terminal.end() == 0
    assert f"{ESCAPE}[3" not in terminal.written
    assert f"{ESCAPE}[1m" not in terminal.written


def test_output_that_goes_to_a_file_is_plain(applied: Film) -> None:
    """Colour depends on where each stream goes, not on the shell."""
    applied.edit("bare", "tall")
    process = applied.start("plan", env={**os.environ, "TERM": "xterm-256color"})
    out, err = process.communicate()
    assert ESCAPE not in out + err
