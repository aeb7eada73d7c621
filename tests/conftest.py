"""The film, fresh or applied; an emulator of the services; an environment that says nothing to seedgen."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.emulator.fixtures import busy, emulator, tiny_clip
from tests.film import Film, new_film
from tests.fuzzing import SOAK

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["applied", "busy", "emulator", "environment", "film", "tiny_clip"]

_SILENT = ("NO_COLOR", "FORCE_COLOR", "EACHLABS_API_KEY", "OXEN_API_KEY", "COLUMNS")


def pytest_configure(config: pytest.Config) -> None:
    """`-m soak` makes soaks of the laws, before any of them is imported."""
    if config.option.markexpr == SOAK:
        settings.load_profile(SOAK)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that a developer has set in their shell reaches the tests."""
    for name in [name for name in os.environ if name.startswith("SEEDGEN_") or name in _SILENT]:
        monkeypatch.delenv(name)


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """Three shots of one second, nothing applied."""
    return new_film(_folder(tmp_path))


@pytest.fixture(scope="session")
def _applied_once(tmp_path_factory: pytest.TempPathFactory) -> Film:
    film = new_film(tmp_path_factory.mktemp("film"))
    film.apply()
    return film


@pytest.fixture
def applied(_applied_once: Film, tmp_path: Path) -> Film:
    """The film after its first apply: clips, lock, reel and contact sheet are there."""
    root = tmp_path / "film"
    shutil.copytree(_applied_once.root, root)
    return Film(root)


def _folder(parent: Path) -> Path:
    root = parent / "film"
    root.mkdir()
    return root
