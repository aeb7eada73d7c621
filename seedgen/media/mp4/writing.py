"""Write a reel: the index, and behind it pictures, sound and words side by side, in one go from start to end.

Everything is known before the first byte is written, so that the index stands first and the file's digest is
ready with the file.
"""

from __future__ import annotations

import hashlib
import struct
from array import array
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, chain, groupby, islice
from typing import TYPE_CHECKING

from seedgen.digest import Digest
from seedgen.errors import FfmpegFailed, SegmentDamaged
from seedgen.media.adts import PACKET, without_header
from seedgen.media.mp4 import text
from seedgen.media.mp4.boxes import box, descriptor, full_box, media_data, table, words
from seedgen.media.mp4.tracks import Chunk, Film, Kind, Samples, Track

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from seedgen.geometry import Size
    from seedgen.media.adts import Packets
    from seedgen.media.mp4.reading import VideoHeader
    from seedgen.media.mp4.text import Words
    from seedgen.ports.media import Passage, SegmentFiles
    from seedgen.timing import Rate

FILE_TYPE = box(b"ftyp", b"isom", struct.pack(">I", 0x200), b"isom", b"iso2", b"avc1", b"mp41")

_CHUNK = Fraction(1, 2)
"""Seconds of pictures that lie end to end before the sound beside them. A player reads about so far ahead."""

_BLOCK = 1 << 20
_LARGEST_NARROW = 2**32 - 1


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


def write_reel(
    pictures: Pictures,
    sound: EncodedSound,
    chapters: Sequence[Passage],
    subtitles: Sequence[Passage],
    out: BinaryIO,
    given_up: Callable[[], bool] = lambda: False,
) -> Digest:
    """Write an mp4 and return its digest. Same arguments: same bytes.

    It ends early, with what it has, when `given_up` says that nobody waits for it. Raises SegmentDamaged
    for pictures that are not what their index says, FfmpegFailed for sound that is not, OSError.
    """
    layout = _Layout(pictures, sound, chapters, subtitles)
    writer = _Writer(out)
    writer.write(layout.head)
    frames = frames_of(pictures.segments)
    with sound.file.open("rb", buffering=_BLOCK) as adts:
        for chunk in layout.chunks:
            end = chunk.first + chunk.count
            if chunk.track == _VIDEO:
                samples: Iterable[bytes] = islice(frames, chunk.count)
            elif chunk.track == _AUDIO:
                samples = (without_header(adts, size) for size in sound.packets.sizes[chunk.first : end])
            else:
                samples = layout.words[chunk.track].samples[chunk.first : end]
            for sample in samples:
                writer.write(sample)
            if given_up():
                return writer.digest
    if writer.written != layout.end:
        raise FfmpegFailed("the encoded sound is cut off")
    return writer.digest


_VIDEO, _AUDIO = 0, 1


class _Layout:
    """What lies where."""

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
        if track == _VIDEO:
            return frame
        is_last = frame == pictures.frames
        if track == _AUDIO:
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


class _Writer:
    """Writes and digests."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self.written = 0

    def write(self, data: bytes | memoryview) -> None:
        self._out.write(data)
        self._digest.update(data)
        self.written += len(data)

    @property
    def digest(self) -> Digest:
        return Digest(self._digest.hexdigest())


def frames_of(segments: Sequence[tuple[SegmentFiles, VideoHeader]]) -> Iterator[bytes]:
    """The frames of all segments, in order. Each is looked at on its way. Raises SegmentDamaged."""
    for files, header in segments:
        with files.video.open("rb", buffering=_BLOCK) as stream:
            stream.seek(header.begin)
            for size in struct.unpack(f">{header.frames}I", header.sizes):
                frame = stream.read(size)
                if not _is_whole(frame, size):
                    raise SegmentDamaged(files.video)
                yield frame


def _is_whole(frame: bytes, size: int) -> bool:
    """Whether a frame's units (NAL units, each behind its length) fill it to its end."""
    at = 0
    while at + 4 < size == len(frame):
        (unit,) = struct.unpack_from(">I", frame, at)
        if not unit:
            return False
        at += 4 + unit
    return at == size
