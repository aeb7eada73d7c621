"""Look into media files in process: their facts, whether they decode, a picture to stand for them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from seedgen.errors import UnreadableMedia
from seedgen.media.footage import (
    MICROSECONDS,
    displayed_picture,
    displayed_size,
    exact,
    first_frame,
    length,
    opened,
    video_stream,
)
from seedgen.media.magic import recognise
from seedgen.media.pictures import picture_size, read_picture
from seedgen.ports.media import ClipInfo
from seedgen.project.media import MediaFacts, MediaType
from seedgen.timing import Rate

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL import Image


_MISSING_END = Fraction(1, 4)
"""Seconds that a file may end before its header says, as edit lists and encoder delays make it."""

_USUAL_RATE = Rate(24)


def probe_media(path: Path) -> MediaFacts:
    """The facts of an image, video or audio file, told from its content, never from its name.

    Images are read by their header alone; of a video the first picture is decoded, as only that
    shows its rotation. Raises UnreadableMedia.
    """
    container = recognise(path)
    size_bytes = path.stat().st_size
    if container.type is MediaType.IMAGE:
        size = picture_size(path, container)
        return MediaFacts(MediaType.IMAGE, container.name, size_bytes, size.width, size.height)
    with opened(path, container) as source:
        stream = video_stream(source) if container.type is MediaType.VIDEO else None
        if stream is not None:
            size = displayed_size(first_frame(source, stream, path), stream)
            seconds = _decimal(length(source))
            return MediaFacts(MediaType.VIDEO, container.name, size_bytes, size.width, size.height, seconds)
        if not source.streams.audio:
            raise UnreadableMedia(f"{path.name} has neither picture nor sound")
        # An mp4 with nothing but sound is what others call m4a.
        name = "m4a" if container.name in ("mp4", "mov") else container.name
        return MediaFacts(MediaType.AUDIO, name, size_bytes, seconds=_decimal(_sound_length(source, name)))


class PyavClipReader:
    """Looks into clips with PyAV; fulfils `ports.media.ClipReader`."""

    def probe(self, path: Path) -> ClipInfo:
        """Read the headers, decode the first picture, count the frames. Raises UnreadableMedia.

        `size` is as displayed: square pixels, rotation applied.
        """
        return _look(path, thorough=False)

    def check_decodes(self, path: Path) -> ClipInfo:
        """Probe, and decode the last pictures too. Raises UnreadableMedia, also when the end is missing."""
        return _look(path, thorough=True)


def poster(path: Path, at: Fraction | None = None, *, quick: bool = False) -> Image.Image:
    """A picture to stand for the file: the frame shown at `at` seconds, by default a third into it.

    By then what a clip is about has come, and the captions of an animatic still are at its first words.

    `quick` takes the nearest frame before it that others are decoded from.

    Upright, square pixels, RGB. For an image, the image. Raises UnreadableMedia.
    """
    container = recognise(path)
    if container.type is MediaType.IMAGE:
        return read_picture(path, container)
    with opened(path, container) as source:
        stream = _required_video(source, path)
        if quick:
            stream.codec_context.skip_frame = "NONREF"
        moment = at if at is not None else length(source) / 3
        return displayed_picture(_frame_at(source, stream, moment, path), stream)


def _look(path: Path, *, thorough: bool) -> ClipInfo:
    container = recognise(path)
    if container.type is not MediaType.VIDEO:
        raise UnreadableMedia(f"{path.name} is not a video but {container.name}")
    with opened(path, container) as source:
        stream = _required_video(source, path)
        rate = _rate(stream)
        seen = _walk(source, stream, path)
        if thorough:
            if seen.damaged or seen.end < length(source) - _MISSING_END:
                raise UnreadableMedia(f"{path.name} is cut off", remedy="Download or export it again.")
            _decode_end(source, stream, path)
        return ClipInfo(displayed_size(seen.first, stream), rate, seen.frames, bool(source.streams.audio))


def _required_video(source: InputContainer, path: Path) -> VideoStream:
    stream = video_stream(source)
    if stream is None:
        raise UnreadableMedia(f"{path.name} has no pictures")
    return stream


def _rate(stream: VideoStream) -> Rate:
    """The average rate, or the nominal one where they differ only by how the last frame is counted."""
    average, nominal = exact(stream.average_rate), exact(stream.guessed_rate)
    if not average:
        return Rate.of(nominal) if nominal else _USUAL_RATE
    is_constant = nominal and abs(nominal - average) <= average / 100
    return Rate.of((nominal if is_constant else average).limit_denominator(1_000_000))


@dataclass(frozen=True, slots=True)
class _Walked:
    """What a walk over all packets shows: frames that will be shown, the end of the last in seconds."""

    first: VideoFrame
    frames: int
    end: Fraction
    damaged: bool


def _walk(source: InputContainer, video: VideoStream, path: Path) -> _Walked:
    """Walk over all packets, once. Raises UnreadableMedia when no picture comes of them.

    Packets are counted, as the header's own count is wrong where an edit list hides frames and
    absent in Matroska. Only the first picture is decoded.
    """
    first: VideoFrame | None = None
    frames, end, damaged = 0, Fraction(0), False
    begins = Fraction(source.start_time or 0, MICROSECONDS)
    for packet in source.demux():
        ours = packet.stream_index == video.index
        if ours and first is None:
            first = next(iter(video.codec_context.decode(packet)), None)
        if packet.size == 0:
            continue
        damaged = damaged or packet.is_corrupt
        frames += ours and not packet.is_discard
        if packet.pts is not None and packet.time_base is not None:
            end = max(end, (packet.pts + (packet.duration or 0)) * exact(packet.time_base) - begins)
    if not frames or first is None:
        raise UnreadableMedia(f"{path.name} holds no pictures")
    return _Walked(first, frames, end, damaged)


def _decode_end(source: InputContainer, stream: VideoStream, path: Path) -> None:
    """Decode from the last key frame on."""
    source.seek(source.duration or 0)
    last: VideoFrame | None = None
    for frame in source.decode(stream):
        last = frame
    if last is None or last.is_corrupt:
        raise UnreadableMedia(f"the last pictures of {path.name} do not decode")


def _frame_at(source: InputContainer, stream: VideoStream, seconds: Fraction, path: Path) -> VideoFrame:
    source.seek(int(seconds * MICROSECONDS) + (source.start_time or 0))
    begins = Fraction(source.start_time or 0, MICROSECONDS)
    shown: VideoFrame | None = None
    for frame in source.decode(stream):
        if shown is not None and _time(frame) - begins > seconds:
            break
        shown = frame
    if shown is None:
        raise UnreadableMedia(f"{path.name} holds no pictures")
    return shown


def _time(frame: VideoFrame) -> Fraction:
    return (frame.pts or 0) * exact(frame.time_base)


def _sound_length(source: InputContainer, name: str) -> Fraction:
    """Seconds of sound; by its packets where the header has no length or, as in MP3, guesses it."""
    if source.duration and name != "mp3":
        return length(source)
    stream = source.streams.audio[0]
    ticks = sum(packet.duration or 0 for packet in source.demux(stream))
    return ticks * exact(stream.time_base)


def _decimal(seconds: Fraction) -> Decimal:
    return Decimal(round(seconds * 1000)).scaleb(-3)
