"""The README's terminal says what a terminal says now; else it is drawn anew (`tests/write_pictures.py`)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.film import Film
from tests.write_pictures import CELL, EDGE, PICTURES, SCENES

if TYPE_CHECKING:
    from pathlib import Path

PRICED = next(number for number, scene in enumerate(SCENES) if "final" in scene.arguments)


def shown(scene: int) -> list[str]:
    """The lines of a scene of the picture, below what is typed."""
    root = ET.parse(PICTURES / "terminal.svg").getroot()
    groups = [one for one in root.iter() if one.get("class") == "said"]
    rows: dict[int, str] = defaultdict(str)
    for run in groups[scene]:
        row, column = int(run.get("y", "0")), round((float(run.get("x", "0")) - EDGE) / CELL)
        rows[row] = rows[row].ljust(column) + (run.text or "")
    return [rows[row].rstrip() for row in sorted(rows)]


@pytest.mark.parametrize("scene", [0, PRICED])
def test_the_picture_of_a_terminal_is_true(scene: int, tmp_path: Path) -> None:
    """What a new film's plan prints, free and priced, is what the picture shows."""
    film = Film(tmp_path / "my-film")
    film.root.mkdir()
    film.run("init")
    printed = film.run(*SCENES[scene].arguments).out
    assert shown(scene) == [line for line in printed.splitlines() if line]
