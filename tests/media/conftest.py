"""Real ffmpeg, and small media files made with it."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av
import pytest

from seedgen.media.ffmpeg_finder import find_ffmpeg

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PIL import Image

    from seedgen.media.ffmpeg import Ffmpeg

    Make = Callable[..., Path]


@pytest.fixture(scope="session")
def ffmpeg() -> Ffmpeg:
    """The ffmpeg that comes with the dependencies."""
    return find_ffmpeg(None, None)


@pytest.fixture
def make(ffmpeg: Ffmpeg, tmp_path: Path) -> Make:
    """Run ffmpeg with the given arguments, writing a file of the given name in the test's folder."""

    def run(name: str, *arguments: str) -> Path:
        out = tmp_path / name
        asyncio.run(ffmpeg.run([*arguments, str(out)]))
        return out

    return run


def frames_of(path: Path) -> list[Image.Image]:
    """Every frame of a video, decoded."""
    with av.open(str(path)) as source:
        return [
            cast("Image.Image", frame.to_image())  # type: ignore[no-untyped-call]
            for frame in source.decode(video=0)
        ]


def count_samples(path: Path) -> int:
    """The audio samples that a player plays: packets that are not hidden, the last one cut short.

    PyAV's decoder gives the last packet whole, so its samples cannot simply be counted.
    """
    with av.open(str(path)) as source:
        stream = source.streams.audio[0]
        assert stream.time_base == Fraction(1, stream.rate)
        return sum(packet.duration or 0 for packet in source.demux(stream) if not packet.is_discard)
