"""The first page is true: what it types is typed, and what it shows is what is answered."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

from seedgen.cli.main import command_line

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).parent.parent / "docs" / "start.md").read_text(encoding="utf-8")
_TOOK = re.compile(r"(?<= clip in )[\d.]+(?= s$)", re.MULTILINE)


def test_the_first_page_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From an empty folder to a film, by the page's commands and edits alone, with the page's answers."""
    monkeypatch.chdir(tmp_path)
    answers: list[tuple[str, str]] = []
    compared = 0
    for language, text in re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        if language == "sh":
            answers = [answer for line in text.splitlines() if (answer := _typed(line, monkeypatch))]
        elif language == "diff":
            _edit(text)
        elif language == "text":
            assert text in answers[-1] or _as_seen(text) == _as_seen(answers[-1][1])
            compared += 1
    assert compared == 8
    for name in ("main.mp4", "german.mp4", "storyboard.html", "contact-sheet.png", "clips/030-de.mp4"):
        assert (Path("build") / name).stat().st_size


def _typed(line: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str] | None:
    """What a command says, on stdout and on stderr; None for the shell's own commands, and for installing."""
    words = shlex.split(line)
    if words[0] == "cd":
        monkeypatch.chdir(words[1])
        return None
    if words[0] != "seedgen":
        assert words[0] in {"python3", "pip"}
        return None
    result = CliRunner().invoke(command_line, words[1:], standalone_mode=False)
    assert result.exception is None, result.output
    return result.stdout, result.stderr


def _edit(text: str) -> None:
    """Change the project's lines as they are shown."""
    before, after = (line[1:] for line in text.splitlines())
    file = Path("seedgen.yaml")
    project = file.read_text(encoding="utf-8")
    assert project.count(before) == 1
    file.write_text(project.replace(before, after), encoding="utf-8")


def _as_seen(text: str) -> list[str]:
    """Its lines without what the clock says, in no order: shots are made side by side."""
    return sorted(_TOOK.sub("…", text).splitlines())
