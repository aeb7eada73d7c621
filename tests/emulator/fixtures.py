"""Fixtures for every test: a tiny real clip, and an emulator whose jobs end at once, or when told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.emulator.server import Emulator
from tests.media.clips import make, picture, tone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Half a second of 160x90 H.264 with a tone."""
    out = tmp_path_factory.mktemp("clip") / "tiny.mp4"
    source = picture("geq=lum='32+8*N':cb=128:cr=128", frames=12)
    sound = tone("0.2*sin(2*PI*440*t)")
    return make(out, *source, *sound, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")


@pytest.fixture
def emulator(tiny_clip: Path) -> Iterator[Emulator]:
    """An emulator whose jobs end at once."""
    with Emulator(tiny_clip) as running:
        yield running


@pytest.fixture
def busy(tiny_clip: Path) -> Iterator[Emulator]:
    """An emulator whose jobs run until they are told to end."""
    with Emulator(tiny_clip, hold=True) as running:
        yield running
