"""The README is run: its project, its plans, its commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from seedgen.cli.main import command_line
from tests.test_docs import check_command

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def seedgen(folder: Path, *arguments: str) -> str:
    """What a command prints on stdout; it must succeed."""
    result = CliRunner().invoke(command_line, ["-C", str(folder), *arguments], standalone_mode=False)
    assert result.exception is None, result.output
    return result.stdout


@pytest.fixture
def teaser(tmp_path: Path) -> Path:
    """The README's project with a picture where it names one."""
    (project,) = blocks("yaml")
    (tmp_path / "seedgen.yaml").write_text(project, encoding="utf-8")
    (tmp_path / "refs").mkdir()
    Image.new("RGB", (640, 480), (250, 190, 205)).save(tmp_path / "refs" / "shoe.png")
    return tmp_path


def test_the_first_two_commands_are_the_two_that_ci_relies_on() -> None:
    """Exactly two shell blocks: one makes the example film, one runs the tests."""
    assert blocks("sh") == [
        "pip install . && seedgen -C examples/sneaker apply --auto-approve\n",
        "pip install -e '.[dev]' && pytest\n",
    ]


def test_the_first_plan_is_printed_as_shown(teaser: Path) -> None:
    """Planning the README's project prints the README's first plan."""
    assert seedgen(teaser, "plan") == blocks("text")[0]


def test_the_second_plan_is_printed_as_shown(teaser: Path) -> None:
    """After an apply and the README's edit, the plan is the README's second one; then a rename is free."""
    seedgen(teaser, "apply", "--auto-approve")
    file = teaser / "seedgen.yaml"
    file.write_text(file.read_text().replace("soft pink rim light", "hard blue rim light"), encoding="utf-8")
    assert seedgen(teaser, "plan") == blocks("text")[1]


def test_what_one_types_every_day_can_be_typed() -> None:
    """Each command line in the README's table is one of the program's, with its options."""
    table = README.split("## Every day")[1].split("\n\n")[1]
    typed = re.findall(r"`(seedgen [^`]+)`", table)
    assert len(typed) > len(table.splitlines()) - 2
    for line in typed:
        check_command(line)
