"""What strangers write reaches a terminal as text, never as a command to it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from seedgen.errors import StoreError
from seedgen.execution.outcome import Failure, Outcome
from seedgen.planning.lock import Lock
from seedgen.ports import events
from seedgen.views.diagnostics import error_text
from seedgen.views.outcome import outcome_text
from seedgen.views.paint import Paint, harmless, harmless_json
from seedgen.views.progress import event_line

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film

PLAIN = Paint(on=False)
EVIL = "\x1b[2J\x1b]0;title\x07\x9b31m\u202eevil\r\x08"
"""Clears the screen, sets the title, colours in 8-bit form, writes backwards, goes back in the line."""
HARMFUL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
WRITTEN = r"\e[2J\e]0;title\a\x9b31m\u202eevil\r\b"
"""EVIL as double-quoted YAML writes it."""


def test_text_without_controls_is_left_alone() -> None:
    """Lines, tabs, accents, other scripts and emoji are text."""
    text = "Zwei\n\tÄpfel, 林檎, 🍎."
    assert harmless(text) == text
    assert HARMFUL.search(harmless(EVIL)) is None
    assert "evil" in harmless(EVIL)


def test_json_keeps_its_meaning() -> None:
    """Escaped, so that a program reads what was written and a terminal sees none of it."""
    text = harmless_json(json.dumps({"prompt": EVIL}, ensure_ascii=False))
    assert HARMFUL.search(text) is None
    assert json.loads(text) == {"prompt": EVIL}


PROJECTS = {
    "prompt": ("A roof under a {{ sky }} sky.", f"A {WRITTEN} roof."),
    "variable": ("vars: {sky: pale}", f'vars: {{sky: "{WRITTEN}"}}'),
    "tag": ("    tags: [wide]\nreels", f'    tags: ["{WRITTEN}"]\nreels'),
    "id": ("- id: s3", f'- id: "{WRITTEN}"'),
    "name": ("name: film", f'name: "{WRITTEN}"'),
    "reference": ("refs/door.png", f'"{WRITTEN}.png"'),
    "set": ("references: [door]", f'references: ["{WRITTEN}"]'),
    "key": ("    vars: {sky: pale}", f'    vars: {{sky: pale}}\n    "{WRITTEN}": 1'),
    "option": (
        "    vars: {sky: pale}",
        f'    vars: {{sky: pale}}\n    options: {{"{WRITTEN}": "{WRITTEN}"}}',
    ),
    "resolution": ("480p", f'"{WRITTEN}"'),
    "template": ('prompt: "A roof under a {{ sky }} sky."', f'template: "{WRITTEN}"'),
    "expression": ("A roof under a {{ sky }} sky.", f"A {{{{ {WRITTEN} }}}} sky."),
    "from_shot": ("    vars: {sky: pale}", f'    vars: {{sky: pale}}\n    from_shot: {{id: "{WRITTEN}"}}'),
    "provider": ("    vars: {sky: pale}", f'    vars: {{sky: pale}}\n    provider: "{WRITTEN}"'),
    "reel": ("main: {size", f'"{WRITTEN}": {{size'),
    "cut": ("fps: 24", f'fps: 24, cut: {{"{WRITTEN}": {{in: 1f}}}}'),
    "shots of a reel": ("fps: 24", f'fps: 24, shots: ["{WRITTEN}"]'),
}
COMMANDS = [
    "validate",
    "plan",
    "plan --json",
    "validate --json",
    "status",
    "status --json",
    "graph --reels",
    "graph --format dot",
    "fmt --diff",
    "doctor",
    "show s1",
    "show s1 --json",
    "show s3",
    "render s3",
    "render s3 --prompt",
]


@pytest.mark.parametrize("place", PROJECTS)
def test_no_word_of_a_project_commands_the_terminal(place: str, film: Film) -> None:
    """Wherever it stands in the project, in data and in errors, on stdout and on stderr."""
    old, new = PROJECTS[place]
    film.edit(old, new)
    for command in COMMANDS:
        ran = film.run(*command.split())
        assert HARMFUL.search(ran.out + ran.err) is None, command
        assert "bug" not in ran.err


def test_a_prompt_with_controls_is_applied_quietly(film: Film) -> None:
    """Events, progress, captions and the contact sheet take it; what is sent is what was written."""
    film.edit("A roof under a {{ sky }} sky.", f"A {WRITTEN} roof.")
    events_told = film.apply("--select", "s3")
    plain = film.run("apply", "--auto-approve", "--replace", "s3")
    assert HARMFUL.search(events_told.out + events_told.err + plain.out + plain.err) is None
    assert json.loads(film.run("render", "s3").out)["prompt"].startswith("A \x1b[2J")


def test_a_lock_from_a_stranger_is_shown_harmlessly(applied: Film) -> None:
    """Ids, models and job ids of a lock were written by somebody; they are only text."""
    path = applied.root / "seedgen.lock"
    evil = json.dumps(EVIL, ensure_ascii=False)[1:-1]
    text = (
        path.read_text()
        .replace('"s3"', f'"{evil}"')
        .replace('"local-', f'"{evil}-')
        .replace("animatic", evil)
    )
    path.write_text(text)
    for command in ["plan", "plan --json", "status", "show s1", "show s2"]:
        ran = applied.run(*command.split())
        assert ran.code == 0
        assert HARMFUL.search(ran.out + ran.err) is None, command


def test_what_is_typed_wrong_is_repeated_harmlessly(film: Film) -> None:
    """A pasted argument may carry anything."""
    for arguments in (
        ["show", EVIL],
        [EVIL],
        ["plan", "--select", EVIL],
        ["--profile", EVIL, "plan"],
        ["reel", EVIL],
    ):
        assert HARMFUL.search(film.run(*arguments).err) is None


def test_what_a_provider_says_is_shown_harmlessly(tmp_path: Path) -> None:
    """Its messages come from the network."""
    failed = events.JobFailed("s1", 1, EVIL, EVIL)
    assert HARMFUL.search(event_line(failed, "", tmp_path, PLAIN)) is None
    outcome = Outcome(Lock(), spent=Decimal(0), failures=[Failure("s1", 1, EVIL, EVIL)])
    assert HARMFUL.search(outcome_text(outcome, PLAIN)) is None


def test_a_system_error_is_shown_harmlessly(film: Film) -> None:
    """A file's name may hold anything but a slash."""
    folder = film.root / "a\x1b[31mb"
    ran = film.run("--cache-dir", str(folder / "c"), "-C", str(folder), "plan")
    assert ran.code == 1
    assert HARMFUL.search(ran.err) is None
    assert HARMFUL.search(error_text(StoreError(EVIL, remedy=EVIL), film.root, PLAIN)) is None
