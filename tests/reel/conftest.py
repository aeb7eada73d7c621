"""Shots and a timeline that every export is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.reel.exported import HOSTILE, line_of, shots_of

if TYPE_CHECKING:
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.reel.timeline import Timeline


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> list[ResolvedShot]:
    """Six shots, a to f, with hostile prompts."""
    return shots_of(tmp_path_factory.mktemp("film"), HOSTILE)


@pytest.fixture
def cut(shots: list[ResolvedShot]) -> Timeline:
    """Three clips of 96 frames: a from 12 to 60, a dissolve of 12 into b, a wipe of 7 into c up to 48."""
    return line_of(
        shots[:3],
        cut={"a": {"in": "12f", "out": "60f"}, "c": {"out": "48f"}},
        transitions={"b": "dissolve", "c": {"type": "wipe", "frames": 7}},
    )
