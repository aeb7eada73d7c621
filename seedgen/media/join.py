"""Join segments into a reel: pictures copied as they are, sound encoded in a single pass.

Encoding each segment's sound apart would add up to two seconds over 60 joins, as AAC comes in
frames of 1,024 samples.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from seedgen.errors import FfmpegFailed
from seedgen.media.ffmpeg import BITEXACT
from seedgen.media.headers import VideoHeader, read_header
from seedgen.media.normalise import (
    BYTES_PER_SAMPLE,
    REORDER,
    SAMPLE_RATE,
    sample_count,
    track_timescale,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seedgen.media.ffmpeg import Ffmpeg
    from seedgen.ports.media import ReelFormat, SegmentFiles
    from seedgen.timing import Rate

_BLOCK = 1 << 18
_READER_PATIENCE = 0.005
_REMEDY = "Clear the cached segments (.seedgen/cache/segments) and assemble the reel again."


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The first `count` bytes of a file."""

    path: Path
    count: int


async def join_segments(
    ffmpeg: Ffmpeg, segments: Sequence[SegmentFiles], form: ReelFormat, out: Path
) -> None:
    """Write the reel to `out`, which appears only when it is whole. Raises FfmpegFailed."""
    if not segments:
        raise FfmpegFailed("a reel needs at least one segment")
    await asyncio.to_thread(check_segments, segments, form)
    draft = out.with_name(f".{out.name}.{secrets.token_hex(4)}.partial")
    try:
        with tempfile.TemporaryDirectory(prefix="seedgen-join-") as folder:
            await _join(ffmpeg, segments, form.rate, Path(folder), draft)
        draft.replace(out)
    except OSError as error:
        raise FfmpegFailed(f"the reel {out.name} cannot be written: {error}") from None
    finally:
        draft.unlink(missing_ok=True)


def check_segments(segments: Sequence[SegmentFiles], form: ReelFormat) -> None:
    """See that the segments can be joined as they are.

    All must have the same SPS and PPS and time base (a player keeps the first it reads), and the
    frames and samples that they promise. Raises FfmpegFailed.
    """
    seen: dict[SegmentFiles, VideoHeader] = {}
    for segment in segments:
        if segment not in seen:
            seen[segment] = _checked_header(segment, form.rate)
    first = seen[segments[0]]
    for segment, header in seen.items():
        if header.parameters != first.parameters:
            raise FfmpegFailed(
                f"the segments {segments[0].video.name} and {segment.video.name} were encoded "
                "with different settings and cannot be joined",
                remedy=_REMEDY,
            )


def concat_script(segments: Sequence[SegmentFiles], rate: Rate) -> bytes:
    """What ffmpeg's concat demuxer reads. Raises FfmpegFailed for a path that it cannot express.

    Durations are whole microseconds; taken as differences from the start of the reel, their
    rounding never adds up.
    """
    lines = [b"ffconcat version 1.0"]
    frame = 0
    for segment in segments:
        path = os.fsencode(segment.video.absolute())
        if b"\n" in path or b"\r" in path:
            raise FfmpegFailed(
                f"ffmpeg cannot join from a folder with a line break in its name: {segment.video.parent!s}",
                remedy="Rename the folder, or give another one with --cache-dir.",
            )
        lines.append(b"file '" + path.replace(b"'", rb"'\''") + b"'")
        begin, frame = frame, frame + segment.frames
        duration = _microseconds(frame, rate) - _microseconds(begin, rate)
        lines.append(f"duration {duration}us".encode())
    return b"\n".join(lines) + b"\n"


def _checked_header(segment: SegmentFiles, rate: Rate) -> VideoHeader:
    try:
        header = read_header(segment.video)
        sound = segment.audio.stat().st_size
    except (OSError, ValueError) as error:
        raise FfmpegFailed(f"the segment {segment.video.name} is damaged: {error}", remedy=_REMEDY) from None
    if header.frames != segment.frames or header.timescale != track_timescale(rate):
        raise FfmpegFailed(
            f"the segment {segment.video.name} has {header.frames} frames at {header.timescale} ticks a "
            f"second instead of {segment.frames} at {track_timescale(rate)}",
            remedy=_REMEDY,
        )
    if sound < sample_count(rate, segment.frames) * BYTES_PER_SAMPLE:
        raise FfmpegFailed(f"the sound of the segment {segment.audio.name} is too short", remedy=_REMEDY)
    return header


async def _join(
    ffmpeg: Ffmpeg, segments: Sequence[SegmentFiles], rate: Rate, folder: Path, out: Path
) -> None:
    script = folder / "segments.txt"
    script.write_bytes(concat_script(segments, rate))
    pipe = folder / "sound.pcm"
    os.mkfifo(pipe)
    frames = sum(segment.frames for segment in segments)
    ended = threading.Event()
    feeding = asyncio.create_task(asyncio.to_thread(_feed, pipe, list(_sound(segments, rate)), ended))
    joining = asyncio.create_task(
        ffmpeg.run(_arguments(script, pipe, rate, out), timeout=600 + float(rate.seconds(frames)))
    )
    try:
        # Whichever fails first is the cause; the other then waits for a partner that is gone.
        await asyncio.wait((feeding, joining), return_when=asyncio.FIRST_EXCEPTION)
        for task in (feeding, joining):
            if task.done():
                await task
    except OSError as error:
        raise FfmpegFailed(f"the sound of a segment cannot be read: {error}", remedy=_REMEDY) from None
    finally:
        ended.set()
        joining.cancel()
        await asyncio.gather(feeding, joining, return_exceptions=True)


def _arguments(script: Path, pipe: Path, rate: Rate, out: Path) -> list[str]:
    timescale = track_timescale(rate)
    tick = timescale // rate.frames * rate.per_seconds
    # A segment of one or two frames is too short to show its decoding delay in its own timestamps.
    # The delay is the same for all, so decoding times are counted instead: strictly increasing.
    stamps = f"setts=pts=round(PTS/{tick})*{tick}:dts=(N-{REORDER})*{tick}:duration={tick}"
    return [
        # Without auto_convert=0 every segment would be rewritten with its parameters in its pictures.
        *("-f", "concat", "-safe", "0", "-auto_convert", "0", "-i", f"file:{script}"),
        *("-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "2", "-i", f"file:{pipe}"),
        *("-map", "0:v:0", "-c:v", "copy", "-bsf:v", stamps),
        *("-map", "1:a:0", "-c:a", "aac", "-aac_coder", "fast", "-b:a", "160k"),
        *("-video_track_timescale", str(timescale), "-movflags", "+faststart"),
        *BITEXACT,
        *("-f", "mp4", f"file:{out}"),
    ]


def _sound(segments: Sequence[SegmentFiles], rate: Rate) -> Iterator[_Stretch]:
    """Each segment's share of samples: counted from the start of the reel, so rounding never adds up."""
    frame = 0
    for segment in segments:
        begin, frame = frame, frame + segment.frames
        yield _Stretch(segment.audio, (rate.samples(frame) - rate.samples(begin)) * BYTES_PER_SAMPLE)


def _feed(pipe: Path, stretches: Sequence[_Stretch], ended: threading.Event) -> None:
    """Write the stretches end to end into the pipe, as fast as ffmpeg reads them.

    Returns when ffmpeg has gone: its own error says more. Raises OSError when a file cannot be read.
    """
    descriptor = _open_for_writing(pipe, ended)
    if descriptor is None:
        return
    with contextlib.suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as sink:
        for stretch in stretches:
            with stretch.path.open("rb") as source:
                sink.writelines(_blocks(source, stretch))


def _blocks(source: BinaryIO, stretch: _Stretch) -> Iterator[bytes]:
    left = stretch.count
    while left:
        block = source.read(min(left, _BLOCK))
        if not block:
            raise OSError(f"{stretch.path.name} ends too early")
        left -= len(block)
        yield block


def _open_for_writing(pipe: Path, ended: threading.Event) -> int | None:
    """Open a named pipe once ffmpeg reads it; None when ffmpeg ended without ever doing so."""
    while not ended.wait(_READER_PATIENCE):
        with contextlib.suppress(OSError):
            # ENXIO while nobody reads. Blocking here instead would never end if ffmpeg fails early.
            descriptor = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
            os.set_blocking(descriptor, True)
            return descriptor
    return None


def _microseconds(frame: int, rate: Rate) -> int:
    return round(rate.seconds(frame) * 1_000_000)
