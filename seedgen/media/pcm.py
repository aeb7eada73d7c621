"""The sound of a whole reel as samples that stay on disk: stretches of files, end to end.

All of it is s16le, stereo, 48 kHz. A reel of an hour has 700 MB of it, so it is never held whole.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
import threading
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.errors import FfmpegFailed
from seedgen.media.normalise import BYTES_PER_SAMPLE, SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seedgen.media.ffmpeg import Ffmpeg
    from seedgen.ports.segments import SegmentFiles
    from seedgen.timing import Rate

PCM_INPUT: tuple[str, ...] = ("-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "2", "-i")
"""Input options for a file of such samples; its name follows."""

_BLOCK = SAMPLE_RATE
_READER_PATIENCE = 0.005


@dataclass(frozen=True, slots=True)
class Stretch:
    """The first `samples` samples of a file."""

    path: Path
    samples: int


@dataclass(frozen=True)
class Sound:
    """Stretches end to end; any part of them can be read."""

    stretches: Sequence[Stretch]

    @property
    def samples(self) -> int:
        """How many there are in all."""
        return self._ends[-1] if self.stretches else 0

    def read(self, begin: int, end: int) -> bytes:
        """The samples [begin, end). Raises FfmpegFailed when a file is gone or too short."""
        return b"".join(self._parts(begin, end))

    def blocks(self, begin: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The samples [begin, end), by default all, a second at a time. Raises FfmpegFailed as `read`."""
        end = self.samples if end is None else end
        for start in range(begin, end, _BLOCK):
            yield self.read(start, min(start + _BLOCK, end))

    @cached_property
    def _ends(self) -> list[int]:
        return list(accumulate(stretch.samples for stretch in self.stretches))

    def _parts(self, begin: int, end: int) -> Iterator[bytes]:
        for index in range(bisect_right(self._ends, begin), len(self.stretches)):
            stretch = self.stretches[index]
            first = self._ends[index] - stretch.samples
            if first >= end:
                return
            yield _read(stretch.path, max(begin - first, 0), min(end - first, stretch.samples))


def segments_sound(segments: Sequence[SegmentFiles], rate: Rate) -> Sound:
    """Each segment's share of samples: counted from the start of the reel, so rounding never adds up."""
    ends = [rate.samples(frames) for frames in accumulate(segment.frames for segment in segments)]
    return Sound(
        [
            Stretch(segment.audio, end - begin)
            for segment, begin, end in zip(segments, [0, *ends], ends, strict=False)
        ]
    )


async def run_on_sound(
    ffmpeg: Ffmpeg,
    sound: Sound,
    arguments: Sequence[str],
    *,
    timeout: float,  # noqa: ASYNC109  as Ffmpeg.run
) -> None:
    """Run ffmpeg with the sound as its first input, given through a named pipe. Raises FfmpegFailed.

    The pipe lies where temporary files do: not every disk that can hold a project can hold one.
    """
    with tempfile.TemporaryDirectory(prefix="seedgen-pipe-") as folder:
        await _run_on_pipe(ffmpeg, sound, Path(folder) / "sound", arguments, timeout)


async def _run_on_pipe(
    ffmpeg: Ffmpeg, sound: Sound, pipe: Path, arguments: Sequence[str], patience: float
) -> None:
    os.mkfifo(pipe)
    ended = threading.Event()
    feeding = asyncio.create_task(asyncio.to_thread(_feed, pipe, sound, ended))
    running = asyncio.create_task(ffmpeg.run([*PCM_INPUT, f"file:{pipe}", *arguments], timeout=patience))
    try:
        # Whichever fails first is the cause; the other then waits for a partner that is gone.
        await asyncio.wait((feeding, running), return_when=asyncio.FIRST_EXCEPTION)
        for task in (feeding, running):
            if task.done():
                await task
    finally:
        ended.set()
        running.cancel()
        await asyncio.gather(feeding, running, return_exceptions=True)


def _read(path: Path, begin: int, end: int) -> bytes:
    try:
        with path.open("rb") as source:
            source.seek(begin * BYTES_PER_SAMPLE)
            data = source.read((end - begin) * BYTES_PER_SAMPLE)
    except OSError as error:
        raise FfmpegFailed(f"the sound {path.name} cannot be read: {error}") from None
    if len(data) < (end - begin) * BYTES_PER_SAMPLE:
        raise FfmpegFailed(f"the sound {path.name} ends too early")
    return data


def _feed(pipe: Path, sound: Sound, ended: threading.Event) -> None:
    """Write the sound into the pipe, as fast as ffmpeg reads it; return when ffmpeg has gone."""
    descriptor = _open_for_writing(pipe, ended)
    if descriptor is None:
        return
    # ffmpeg's own error says more than that its end of the pipe is closed.
    with contextlib.suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as sink:
        sink.writelines(sound.blocks())


def _open_for_writing(pipe: Path, ended: threading.Event) -> int | None:
    """Open a named pipe once ffmpeg reads it; None when ffmpeg ended without ever doing so."""
    while not ended.wait(_READER_PATIENCE):
        with contextlib.suppress(OSError):
            # ENXIO while nobody reads. Blocking here instead would never end if ffmpeg fails early.
            descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            os.set_blocking(descriptor, True)
            return descriptor
    return None
