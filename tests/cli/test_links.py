"""A project of a stranger may hold links: nothing is written through one that leads out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film


@pytest.mark.parametrize("name", ["build", "build/clips", ".seedgen", ".seedgen/cache"])
def test_nothing_is_written_through_a_folder_that_is_a_link(name: str, film: Film, tmp_path: Path) -> None:
    """An apply refuses, and says how to allow it; what lies elsewhere stays as it was."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = film.root / name
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(elsewhere)
    ran = film.run("apply", "--auto-approve")
    assert ran.code == 1
    assert "a link leads out of the project" in ran.err
    assert "--allow-outside" in ran.err
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["build/clips/s1.mp4", "build/main.mp4", "build/storyboard.html", "seedgen.lock"]
)
def test_a_file_that_is_a_link_is_replaced_and_not_written_through(
    name: str, film: Film, tmp_path: Path
) -> None:
    """The file elsewhere keeps its words; here stands what was made."""
    elsewhere = tmp_path / "precious"
    elsewhere.write_text('{"version": 1, "serial": 0, "shots": {}}', encoding="utf-8")
    before = elsewhere.read_bytes()
    place = film.root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(elsewhere)
    film.apply()
    assert elsewhere.read_bytes() == before
    assert place.is_file()
    assert not place.is_symlink()
