"""The page about profiles is run: its project, its commands, and what it prints that they answer."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from seedgen.cli.main import command_line
from seedgen.planning.lock import Lock

PAGE = (Path(__file__).parent.parent / "docs" / "profiles.md").read_text(encoding="utf-8")


def test_the_page_is_true(tmp_path: Path) -> None:
    """Every command succeeds, and prints what stands below it; a shot that asks for the same has one clip."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (project,) = (text for language, text in blocks if language == "yaml")
    (tmp_path / "seedgen.yaml").write_text(project, encoding="utf-8")
    said, compared = "", 0
    for language, text in blocks:
        if language == "sh":
            for line in text.splitlines():
                said = _said(tmp_path, *shlex.split(line)[1:])
        elif language == "text":
            assert said == text
            compared += 1
    assert compared == 2
    locks = [
        Lock.model_validate_json((tmp_path / name).read_bytes())
        for name in ("seedgen.lock", "seedgen.final.lock")
    ]
    assert [sorted(lock.shots) for lock in locks] == [["010", "020", "030"], ["010", "020"]]
    assert locks[0].shots["020"] == locks[1].shots["020"]
    assert locks[0].shots["010"] != locks[1].shots["010"]


def _said(folder: Path, *arguments: str) -> str:
    result = CliRunner().invoke(command_line, ["-C", str(folder), *arguments], standalone_mode=False)
    assert result.exception is None, result.output
    return result.stdout
