"""Tiny clips made with real ffmpeg, and what a test wants to know of the files that come out."""

from __future__ import annotations

import asyncio
from array import array
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import av

from seedgen.geometry import Size
from seedgen.media.ffmpeg_finder import find_ffmpeg
from seedgen.media.segments import FfmpegSegments
from seedgen.ports.segments import Finish, ReelFormat, SegmentFiles
from seedgen.timing import Rate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.media.ffmpeg import Ffmpeg
    from seedgen.ports.segments import Segment

SMALL = ReelFormat(Size(160, 90), Rate(24))

LADDER = "geq=lum='32+8*N':cb=128:cr=128"
"""A filter that makes picture N plain grey of luma 32 + 8 N, so that a picture tells its number."""


@cache
def ffmpeg() -> Ffmpeg:
    """The ffmpeg from imageio-ffmpeg, looked up once."""
    return find_ffmpeg(None, None)


def make(out: Path, *arguments: str) -> Path:
    """Run ffmpeg with some arguments to write `out`."""
    asyncio.run(ffmpeg().run([*arguments, f"file:{out}"]))
    return out


def picture(source: str = "", *, frames: int = 12, rate: str = "24", size: str = "160x90") -> tuple[str, ...]:
    """The input of a clip of so many lavfi pictures: black ones through the filters `source`, or white.

    They are counted by a filter, as `-frames:v` would end the sound with the picture.
    """
    colour = f"black:s={size}:r={rate},{source}" if source else f"white:s={size}:r={rate}"
    return ("-f", "lavfi", "-i", f"color={colour},trim=end_frame={frames}")


def tone(expression: str, *, seconds: float = 0.5, rate: int = 48_000) -> tuple[str, ...]:
    """The input of a sound: `expression` of the time t, stored without loss."""
    source = f"aevalsrc='{expression}':s={rate}:d={seconds:.6f}"
    return ("-f", "lavfi", "-i", source, "-c:a", "pcm_s16le")


def ladder(out: Path, *sound: str, frames: int = 12, rate: str = "24") -> Path:
    """A clip whose picture N has luma 32 + 8 N, stored without loss, with a sound or none."""
    stored = ("-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p")
    return make(out, *picture(LADDER, frames=frames, rate=rate), *sound, *stored)


def flash_and_beep(out: Path, *, frames: int, rate: str = "24") -> Path:
    """A black clip whose first picture is white, with a beep just as long beside it."""
    beep = tone(f"if(lt(t,1/({rate})),0.8*sin(2*PI*2000*t),0)", seconds=float(frames / Fraction(rate)))
    return make(out, *picture("drawbox=enable='eq(n,0)':color=white:t=fill", frames=frames, rate=rate), *beep)


def encode(segment: Segment, folder: Path, name: str = "segment", form: ReelFormat = SMALL) -> SegmentFiles:
    """Encode one segment into `folder`."""
    files = SegmentFiles(folder / f"{name}.mp4", folder / f"{name}.pcm", segment.frames)
    asyncio.run(FfmpegSegments(ffmpeg()).encode(segment, form, files))
    return files


def join(
    segments: Sequence[SegmentFiles], out: Path, form: ReelFormat = SMALL, finish: Finish | None = None
) -> Path:
    """Join segments into `out`, by default with nothing added."""
    with TemporaryDirectory() as scratch:
        asyncio.run(FfmpegSegments(ffmpeg()).join(segments, form, finish or Finish(), out, Path(scratch)))
    return out


@dataclass(frozen=True, slots=True)
class Seen:
    """A decoded picture: its time in seconds and its three planes, without padding."""

    seconds: float
    width: int
    planes: tuple[bytes, bytes, bytes]

    def at(self, x: int, y: int) -> tuple[int, int, int]:
        """The sample (Y, Cb, Cr) at a pixel of a 4:2:0 picture."""
        luma, *chroma = self.planes
        small = (self.width + 1) // 2
        blue, red = (plane[y // 2 * small + x // 2] for plane in chroma)
        return luma[y * self.width + x], blue, red

    @property
    def middle(self) -> int:
        """The luma in the middle."""
        return self.planes[0][len(self.planes[0]) // 2 + self.width // 2]


def pictures(path: Path) -> list[Seen]:
    """Decode every picture."""
    with av.open(str(path)) as source:
        return [_seen(frame) for frame in source.decode(video=0)]


def _seen(frame: av.VideoFrame) -> Seen:
    planes = [
        b"".join(
            bytes(plane)[row * plane.line_size : row * plane.line_size + plane.width]
            for row in range(plane.height)
        )
        for plane in frame.planes
    ]
    return Seen(float(frame.time or 0), frame.width, (planes[0], planes[1], planes[2]))


def samples(pcm: bytes) -> array[int]:
    """The left channel of s16le stereo."""
    values = array("h")
    values.frombytes(pcm)
    return values[::2]


def sound(path: Path, folder: Path) -> array[int]:
    """Decode a reel's sound, as a player hears it, and return the left channel."""
    raw = make(folder / f"{path.stem}-heard.pcm", "-i", f"file:{path}", "-map", "0:a", "-f", "s16le")
    return samples(raw.read_bytes())


def onsets(heard: Sequence[int], *, quiet: int) -> list[int]:
    """Where sound begins after at least `quiet` samples of near silence."""
    found, last = [], -quiet
    for index, value in enumerate(heard):
        if abs(value) > 6000:
            if index - last >= quiet:
                found.append(index)
            last = index
    return found
