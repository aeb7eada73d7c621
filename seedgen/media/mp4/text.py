"""Words in an mp4: chapters twice over, as players know one way or the other, and subtitles.

Sources: 3GPP TS 26.245 (timed text), QuickTime File Format (text media), and for `chpl` what players that
came after Nero's read.
"""

from __future__ import annotations

import re
import struct
from array import array
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from seedgen.media.mp4.boxes import box, full_box
from seedgen.media.mp4.tracks import Kind, Samples, Track

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.geometry import Size
    from seedgen.ports.segments import Passage
    from seedgen.timing import Rate

_LONGEST_TITLE = 255
"""Bytes. The older of an mp4's two lists of chapters has one byte for a title's length."""

_MOST_CHAPTERS = 255
"""That list has one byte for their number, too. The other one holds them all."""

_LONGEST_TEXT = 65_535
_LINE_ENDS = re.compile(r"\r\n?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

_UTF8 = box(b"encd", struct.pack(">I", 0x0100))
"""Stands behind a chapter's title: without it QuickTime reads another alphabet."""

_TICKS_PER_SECOND = 10_000_000
"""`chpl` counts in tenths of a microsecond."""


@dataclass(frozen=True, slots=True)
class Words:
    """A track of words: its samples one by one, and the frame of the reel at which each begins."""

    track: Track
    samples: Sequence[bytes]
    starts: Sequence[int]


def subtitles(passages: Sequence[Passage], frames: int, timescale: int, tick: int, size: Size) -> Words:
    """Subtitles at the bottom of pictures of `size`. `tick` is how long a frame lasts at `timescale`."""
    height = max(1, size.height // 5)
    data, lasting, starts = [], [], []
    at = 0
    for passage in passages:
        if passage.start > at:  # nothing is shown until then
            data.append(_sized(b""))
            lasting.append(passage.start - at)
            starts.append(at)
        data.append(_sized(_plain(passage.text).encode()))
        lasting.append(passage.end - passage.start)
        starts.append(passage.start)
        at = passage.end
    if at < frames:
        data.append(_sized(b""))
        lasting.append(frames - at)
        starts.append(at)
    entry = _timed_text(size.width, height, max(8, size.height // 20))
    samples = Samples(array("I", map(len, data)), _runs(lasting, tick))
    track = Track(
        Kind.SUBTITLES,
        timescale,
        frames * tick,
        entry,
        samples,
        width=size.width,
        height=height,
        top=size.height - height,
    )
    return Words(track, data, starts)


def chapters(passages: Sequence[Passage], frames: int, timescale: int, tick: int) -> Words:
    """Chapters as a track of titles that others refer to. They tile the reel."""
    data = [_sized(title(passage.text).encode()) + _UTF8 for passage in passages]
    starts = [passage.start for passage in passages]
    lasting = [passage.end - passage.start for passage in passages]
    samples = Samples(array("I", map(len, data)), _runs(lasting, tick))
    return Words(Track(Kind.CHAPTERS, timescale, frames * tick, _text_entry(), samples), data, starts)


def chapter_list(passages: Sequence[Passage], rate: Rate) -> bytes:
    """The older list of chapters, in a box of the film's own."""
    entries = []
    for passage in passages[:_MOST_CHAPTERS]:
        at = round(rate.seconds(passage.start) * _TICKS_PER_SECOND)
        name = title(passage.text).encode()
        entries.append(struct.pack(">QB", at, len(name)) + name)
    return box(b"udta", full_box(b"chpl", struct.pack(">4xB", len(entries)), *entries, version=1))


def title(text: str) -> str:
    """A chapter's title: at most so many bytes of UTF-8, never half a character."""
    plain = _plain(text)
    data = plain.encode()
    if len(data) <= _LONGEST_TITLE:
        return plain
    return data[: _LONGEST_TITLE - len("…".encode())].decode(errors="ignore") + "…"


def _plain(text: str) -> str:
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text)).strip()


def _sized(text: bytes) -> bytes:
    text = text[:_LONGEST_TEXT].decode(errors="ignore").encode()
    return struct.pack(">H", len(text)) + text


def _runs(lasting: Sequence[int], tick: int) -> list[tuple[int, int]]:
    return [(sum(1 for _ in run), frames * tick) for frames, run in groupby(lasting)]


def _timed_text(width: int, height: int, letters: int) -> bytes:
    """A `tx3g` sample entry: white letters, in the middle, at the bottom of their box."""
    return box(
        b"tx3g",
        struct.pack(">6xH", 1),
        struct.pack(">Ibb4x", 0, 1, -1),
        struct.pack(">4H", 0, 0, height, width),
        struct.pack(">HHHBB4B", 0, 0, 1, 0, min(letters, 255), 255, 255, 255, 255),
        box(b"ftab", struct.pack(">HHB", 1, 1, 5), b"Arial"),
    )


def _text_entry() -> bytes:
    """A `text` sample entry with as little in it as players have been seen to take: ffmpeg's own muxer
    writes the record of timed text here, all zero, with one font that has no name."""
    return box(
        b"text",
        struct.pack(">6xH", 1),
        struct.pack(">I2x4x8x", 1),
        struct.pack(">HHHBB4x", 0, 0, 1, 0, 0),
        box(b"ftab", struct.pack(">HHB", 1, 1, 0)),
    )
