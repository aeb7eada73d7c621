"""A few of the soak's runs for every change; `pytest -m soak` does two hundred."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.soak.kills import material, soak

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", [10, 20])
def test_a_killed_apply_pays_nothing_twice_and_loses_nothing(seed: int, tmp_path: Path) -> None:
    """Killed at random moments and resumed: each request accepted once, every clip in its place."""
    clip, picture = material(tmp_path)
    tally = soak(2, seed, clip, picture)
    assert tally.runs == 2
    assert tally.kills.total() >= 1, "nothing was killed: the run proves nothing"


@pytest.mark.soak
def test_two_hundred_films_survive_their_kills(tmp_path: Path) -> None:
    """The long version."""
    clip, picture = material(tmp_path)
    assert soak(200, 1000, clip, picture).runs == 200
