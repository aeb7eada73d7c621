"""Read a segment's index, straight from its mp4: how its pictures lie in the file, and are shown.

Opening 3,000 segments with a demuxer takes half a minute; these few reads take 0.3 s. Only files that
this program has encoded are read so: one H.264 track, its samples end to end.
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from seedgen.media.mp4.boxes import words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SAMPLE_ENTRY_BYTES = 78
"""A VisualSampleEntry's fields before its inner boxes."""

_BITRATE = b"btrt"
"""The inner box that says how large a segment is: what is left of the entry is the same for all of a reel."""

_FULL_BOX_BYTES = 4
_MOST_HEADER_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class VideoHeader:
    """A segment's index.

    `entry` is the sample entry (`avc1`) with the decoder's parameters (SPS and PPS). `sizes` are those of the
    frames in the order they lie in, four bytes each; `keyframes` are counted from 1. `shown` has a pair of
    numbers for each run of frames: how many, and how many ticks after its decoding each is shown; `delay` is
    how many ticks of these all have in common. `begin` and `end` are where the frames lie in the file.
    """

    frames: int
    timescale: int
    entry: bytes
    sizes: bytes
    keyframes: tuple[int, ...]
    shown: bytes
    delay: int
    begin: int
    end: int


def read_header(path: Path) -> VideoHeader:
    """The index of an mp4 with a single H.264 track.

    Raises ValueError when it is damaged or something else, OSError when it cannot be read.
    """
    try:
        with path.open("rb") as stream:
            places = dict(_top(stream))
            begin, end = places[b"mdat"]
            stream.seek(places[b"moov"][0])
            size = places[b"moov"][1] - places[b"moov"][0]
            if size > _MOST_HEADER_BYTES:
                raise ValueError("its index is too large")
            track = _enter(memoryview(stream.read(size)), b"trak")
        return _header(track, begin, end)
    except KeyError as error:
        raise ValueError(f"it has no {error.args[0].decode()} box") from None
    except struct.error as error:
        raise ValueError(f"a box ends too early: {error}") from None


def _header(track: memoryview, begin: int, end: int) -> VideoHeader:
    media = _enter(track, b"mdia")
    (timescale,) = struct.unpack_from(">I", _enter(media, b"mdhd"), 12)
    samples = _enter(media, b"minf", b"stbl")
    one_size, frames = struct.unpack_from(">II", _enter(samples, b"stsz"), _FULL_BOX_BYTES)
    sizes = bytes(_enter(samples, b"stsz")[_FULL_BOX_BYTES + 8 :])
    sizes = sizes if not one_size else struct.pack(">I", one_size) * frames
    first = struct.unpack_from(">I", _enter(samples, b"stco"), _FULL_BOX_BYTES + 4)[0]
    lying = sum(struct.unpack(f">{frames}I", sizes))
    if first != begin or lying != end - begin:
        raise ValueError("its frames do not lie where the index says")
    known = {name for name, _ in _boxes(samples)}
    keyframes = _numbers(_enter(samples, b"stss")) if b"stss" in known else range(1, frames + 1)
    return VideoHeader(
        frames,
        timescale,
        _entry(_enter(samples, b"stsd")[_FULL_BOX_BYTES + 4 :]),
        sizes,
        tuple(keyframes),
        bytes(_enter(samples, b"ctts")[_FULL_BOX_BYTES + 4 :]) if b"ctts" in known else words((frames, 0)),
        _delay(track),
        begin,
        end,
    )


def _numbers(table: memoryview) -> tuple[int, ...]:
    (count,) = struct.unpack_from(">I", table, _FULL_BOX_BYTES)
    return struct.unpack_from(f">{count}I", table, _FULL_BOX_BYTES + 4)


def _delay(track: memoryview) -> int:
    """The ticks that an edit list takes off the time of every frame."""
    if b"edts" not in {name for name, _ in _boxes(track)}:
        return 0
    edits = _enter(track, b"edts", b"elst")
    wide = edits[0] == 1
    (count,) = struct.unpack_from(">I", edits, _FULL_BOX_BYTES)
    (begin,) = struct.unpack_from(">q" if wide else ">i", edits, _FULL_BOX_BYTES + 4 + (8 if wide else 4))
    if count != 1 or begin < 0:
        raise ValueError("it has an edit list of another kind")
    return int(begin)


def _entry(described: memoryview) -> bytes:
    content = _enter(described, b"avc1")
    inner = [(name, part) for name, part in _boxes(content[_SAMPLE_ENTRY_BYTES:]) if name != _BITRATE]
    if b"avcC" not in {name for name, _ in inner}:
        raise ValueError("it has no avcC box")
    kept = b"".join(struct.pack(">I4s", len(part) + 8, name) + part for name, part in inner)
    size = 8 + _SAMPLE_ENTRY_BYTES + len(kept)
    return struct.pack(">I4s", size, b"avc1") + bytes(content[:_SAMPLE_ENTRY_BYTES]) + kept


def _top(stream: BinaryIO) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """The outermost boxes and where their content lies, found without reading it."""
    end = os.fstat(stream.fileno()).st_size
    start = 0
    while start < end:
        stream.seek(start)
        size, name = struct.unpack(">I4s", stream.read(8))
        header = 8
        if size == 1:
            (size,) = struct.unpack(">Q", stream.read(8))
            header = 16
        if size < header or start + size > end:
            raise ValueError("it is cut off")
        yield name, (start + header, start + size)
        start += size


def _enter(data: memoryview, *names: bytes) -> memoryview:
    """The content of the first box of a name in the first box of the name before it."""
    for name in names:
        data = next((content for found, content in _boxes(data) if found == name), data[:0])
        if not data:
            raise ValueError(f"it has no {name.decode()} box")
    return data


def _boxes(data: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    start = 0
    while start + 8 <= len(data):
        size, name = struct.unpack_from(">I4s", data, start)
        if size < 8:
            return
        yield name, data[start + 8 : start + size]
        start += size
