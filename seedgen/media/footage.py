"""Open video and sound from a stranger with PyAV: only as the format it was recognised as."""

from __future__ import annotations

from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, cast

import av
import av.logging
from av.stream import Disposition

from seedgen.errors import UnreadableMedia
from seedgen.geometry import Size
from seedgen.media.pictures import MAX_PIXELS, plain_errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL import Image

    from seedgen.media.magic import Container

MICROSECONDS = 1_000_000
"""libav's ticks in a second of a file as a whole (AV_TIME_BASE)."""

_LENIENT: dict[str, Any] = {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}
"""Before version 19 PyAV refuses a file with a tag that is no UTF-8 unless it is told not to. From 19 on it
knows no such argument, and escapes what is no UTF-8."""

# libav writes its complaints about damaged files to stderr by itself, past Python.
av.logging.set_level(None)


class Ratio(Protocol):
    """PyAV's rational numbers: fractions up to version 18, a kind of its own from 19 on."""

    @property
    def numerator(self) -> int: ...

    @property
    def denominator(self) -> int: ...


def exact(ratio: Ratio | None) -> Fraction:
    """The same as a fraction; 0 for what is not known."""
    return Fraction(ratio.numerator, ratio.denominator) if ratio and ratio.denominator else Fraction(0)


def length(source: InputContainer) -> Fraction:
    """Seconds, as its header says; 0 where it says nothing."""
    return Fraction(source.duration or 0, MICROSECONDS)


@contextmanager
def opened(path: Path, container: Container) -> Iterator[InputContainer]:
    """The file, open for demuxing. Within the block PyAV's errors become UnreadableMedia."""
    guard = {"protocol_whitelist": "file", "format_whitelist": container.demuxer}
    with (
        plain_errors(path),
        av.open(f"file:{path}", "r", format=container.demuxer, container_options=guard, **_LENIENT) as source,
    ):
        yield source


def video_stream(source: InputContainer) -> VideoStream | None:
    """The first video stream that is not a cover picture."""
    for stream in source.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
            # A clip is looked into for two or three pictures: to start threads takes longer than these do.
            stream.codec_context.thread_count = 1
            return stream
    return None


def first_frame(source: InputContainer, stream: VideoStream, path: Path) -> VideoFrame:
    """Decode the first picture. Raises UnreadableMedia when there is none."""
    for frame in source.decode(stream):
        return frame
    raise UnreadableMedia(f"{path.name} holds no pictures")


def displayed_size(frame: VideoFrame, stream: VideoStream) -> Size:
    """A frame's size in square pixels, turned as its display matrix says."""
    width = max(1, round(frame.width * _pixel_shape(stream)))
    return Size(frame.height, width) if _quarters(frame) % 2 else Size(width, frame.height)


def displayed_picture(frame: VideoFrame, stream: VideoStream) -> Image.Image:
    """A frame as it is meant to be seen: square pixels, upright, RGB."""
    image = cast("Image.Image", frame.to_image())  # type: ignore[no-untyped-call]
    width = max(1, round(frame.width * _pixel_shape(stream)))
    if width != image.width:
        image = image.resize((width, image.height))
    turns = _quarters(frame)
    return image.rotate(90 * turns, expand=True) if turns else image


def _pixel_shape(stream: VideoStream) -> Fraction:
    ratio = exact(stream.sample_aspect_ratio)
    # Nothing real is squeezed further than anamorphic 2:1; beyond 4 the header is nonsense.
    return ratio if ratio and Fraction(1, 4) <= ratio <= 4 else Fraction(1)


def _quarters(frame: VideoFrame) -> int:
    """Counter-clockwise quarter turns to upright."""
    return round(frame.rotation / 90) % 4
