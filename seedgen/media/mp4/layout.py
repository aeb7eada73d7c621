"""Layout: what stands where in a reel's file. All of it is known before the first byte is written."""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, chain, groupby
from typing import TYPE_CHECKING

from seedgen.media.adts import PACKET
from seedgen.media.mp4 import text
from seedgen.media.mp4.boxes import box, descriptor, full_box, media_data, table, words
from seedgen.media.mp4.tracks import Chunk, Film, Kind, Samples, Track

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from seedgen.geometry import Size
    from seedgen.media.adts import Packets
    from seedgen.media.mp4.reading import VideoHeader
    from seedgen.media.mp4.text import Words
    from seedgen.ports.segments import Passage, SegmentFiles
    from seedgen.timing import Rate

RECIPE = 2
"""Raise it whenever a reel of the same segments comes out with other bytes."""

FILE_TYPE = box(b"ftyp", b"isom", struct.pack(">I", 0x200), b"isom", b"iso2", b"avc1", b"mp41")

_CHUNK = Fraction(1, 2)
"""Seconds of pictures that lie end to end before the sound beside them. A player reads about so far ahead."""

_LARGEST_NARROW = 2**32 - 1

VIDEO, AUDIO = 0, 1
"""The numbers of their tracks; those of words come after them."""


@dataclass(frozen=True, slots=True)
class Pictures:
    """The segments of a reel with their indexes, and the frames by which decoding runs ahead of showing."""

    segments: Sequence[tuple[SegmentFiles, VideoHeader]]
    size: Size
    rate: Rate
    timescale: int
    ahead: int

    @property
    def tick(self) -> int:
        """How long a frame lasts."""
        return self.timescale // self.rate.frames * self.rate.per_seconds

    @property
    def frames(self) -> int:
        """Of the whole reel."""
        return sum(header.frames for _, header in self.segments)


@dataclass(frozen=True, slots=True)
class EncodedSound:
    """The sound of a reel as an ADTS stream, whose first packet only leads in.

    `samples` are those that are heard, at `sample_rate`.
    """

    file: Path
    packets: Packets
    samples: int
    sample_rate: int


class Layout:
    """Where every chunk of pictures, sound and words lies, and the index that says so (`head`)."""

    def __init__(
        self,
        pictures: Pictures,
        sound: EncodedSound,
        chapters: Sequence[Passage],
        subtitles: Sequence[Passage],
    ) -> None:
        tracks = [_video(pictures), _audio(sound)]
        timing = pictures.frames, pictures.timescale, pictures.tick
        self.words: dict[int, Words] = {}
        if subtitles:
            self.words[len(tracks)] = text.subtitles(subtitles, *timing, pictures.size)
            tracks.append(self.words[len(tracks)].track)
        titles = len(tracks) if chapters else None
        if titles is not None:
            self.words[titles] = text.chapters(chapters, *timing)
            tracks.append(self.words[titles].track)
        self._ends = [[0, *accumulate(track.samples.sizes)] for track in tracks]
        self.chunks = list(self._in_order(pictures, sound, titles))
        sizes = [self.size(chunk) for chunk in self.chunks]
        listed = text.chapter_list(chapters, pictures.rate) if chapters else b""
        film = Film(tracks, self.chunks, titles, listed)
        self.head, self.end = _head(film, sizes)

    def size(self, chunk: Chunk) -> int:
        """The bytes of a chunk."""
        ends = self._ends[chunk.track]
        return ends[chunk.first + chunk.count] - ends[chunk.first]

    def _in_order(self, pictures: Pictures, sound: EncodedSound, titles: int | None) -> Iterator[Chunk]:
        """All titles, then stretch after stretch pictures, the sound beside them and the words to them."""
        if titles is not None:
            yield Chunk(titles, 0, len(self.words[titles].samples))
        done = {track: 0 for track in range(len(self._ends)) if track != titles}
        step = max(1, pictures.rate.count(_CHUNK))
        for begin in range(0, pictures.frames, step):
            end = min(begin + step, pictures.frames)
            for track, first in list(done.items()):
                until = self._until(track, end, pictures, sound)
                if until > first:
                    yield Chunk(track, first, until - first)
                    done[track] = until

    def _until(self, track: int, frame: int, pictures: Pictures, sound: EncodedSound) -> int:
        """How many samples of a track belong before a frame."""
        if track == VIDEO:
            return frame
        is_last = frame == pictures.frames
        if track == AUDIO:
            heard, packets = pictures.rate.samples(frame, sound.sample_rate), len(sound.packets.sizes)
            return packets if is_last else min(-(-heard // PACKET) + 1, packets)
        starts = self.words[track].starts
        return len(starts) if is_last else sum(1 for start in starts if start < frame)


def _head(film: Film, sizes: Sequence[int]) -> tuple[bytes, int]:
    """All that stands before the samples, and where the file ends.

    How long the index is does not depend on what it says, so that it is first made with places of zero.
    """
    data = sum(sizes)
    for wide in (False, True):
        index = film.index([0] * len(sizes), wide=wide)
        begin = len(FILE_TYPE) + len(index) + len(media_data(data))
        if wide or begin + data <= _LARGEST_NARROW:
            break
    places = [begin + before for before in accumulate(sizes, initial=0)][:-1]
    return FILE_TYPE + film.index(places, wide=wide) + media_data(data), begin + data


def _video(pictures: Pictures) -> Track:
    headers = [header for _, header in pictures.segments]
    starts = accumulate((header.frames for header in headers), initial=0)
    keyframes = [
        start + key for start, header in zip(starts, headers, strict=False) for key in header.keyframes
    ]
    ahead = pictures.ahead * pictures.tick
    shown = b"".join(_shown(header, ahead) for header in headers)
    extra = table(b"stss", len(keyframes), words(keyframes)) + table(b"ctts", len(shown) // 8, shown)
    sizes = array("I")
    for header in headers:
        sizes.extend(struct.unpack(f">{header.frames}I", header.sizes))
    return Track(
        Kind.VIDEO,
        pictures.timescale,
        pictures.frames * pictures.tick,
        headers[0].entry,
        Samples(sizes, [(pictures.frames, pictures.tick)], extra),
        skipped=ahead,
        width=pictures.size.width,
        height=pictures.size.height,
    )


def _shown(header: VideoHeader, ahead: int) -> bytes:
    """How long after its decoding each frame is shown. One of a frame or two has no delay of its own."""
    if header.delay == ahead:
        return header.shown
    runs = struct.iter_unpack(">II", header.shown)
    return words(chain.from_iterable((count, ticks + ahead - header.delay) for count, ticks in runs))


def _audio(sound: EncodedSound) -> Track:
    count = len(sound.packets.sizes)
    rest = sound.samples - (count - 2) * PACKET
    lasting = [(sum(1 for _ in run), ticks) for ticks, run in groupby([PACKET] * (count - 1) + [rest])]
    config = sound.packets.config
    stream = descriptor(
        3,
        struct.pack(">HB", 0, 0),
        descriptor(4, struct.pack(">BBxHII", 0x40, 0x15, 0, *_bitrates(sound)), descriptor(5, config)),
        descriptor(6, b"\x02"),
    )
    entry = box(
        b"mp4a",
        struct.pack(">6xH8xHH4xI", 1, 2, 16, sound.sample_rate << 16),
        full_box(b"esds", stream),
    )
    # A packet sounds right only after the one before it (ISO/IEC 14496-3 calls it a roll of -1).
    roll = full_box(b"sgpd", b"roll", struct.pack(">IIh", 2, 1, -1), version=1)
    rolls = full_box(b"sbgp", b"roll", struct.pack(">III", 1, count, 1))
    samples = Samples(sound.packets.sizes, lasting, roll + rolls)
    return Track(Kind.AUDIO, sound.sample_rate, sound.samples, entry, samples, skipped=PACKET)


def _bitrates(sound: EncodedSound) -> tuple[int, int]:
    """The most and the mean, in bits per second."""
    sizes = sound.packets.sizes
    per_second = -(-sound.sample_rate // PACKET)
    ends = [0, *accumulate(sizes)]
    most = max(ends[min(n + per_second, len(sizes))] - ends[n] for n in range(0, len(sizes), per_second))
    return most * 8, ends[-1] * 8 * sound.sample_rate // (len(sizes) * PACKET)
