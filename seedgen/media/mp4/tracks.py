"""Tracks: what the index of an mp4 says of its pictures, its sound and its words."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain, groupby
from math import lcm
from typing import TYPE_CHECKING

from seedgen.media.mp4.boxes import UNDETERMINED, UNITY, box, full_box, length, offsets, table, words

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class _Kind:
    """The boxes that tell players what a track is: its handler, and the header of its media."""

    handler: bytes
    name: bytes
    header: bytes
    volume: int = 0
    group: int = 0
    enabled: bool = True


class Kind(Enum):
    """What a track holds."""

    VIDEO = _Kind(b"vide", b"VideoHandler", full_box(b"vmhd", bytes(8), flags=1))
    AUDIO = _Kind(b"soun", b"SoundHandler", full_box(b"smhd", bytes(4)), volume=0x0100, group=1)
    SUBTITLES = _Kind(b"sbtl", b"SubtitleHandler", full_box(b"nmhd"), group=3)
    CHAPTERS = _Kind(
        b"text",
        b"ChapterHandler",
        box(
            b"gmhd",
            full_box(b"gmin", struct.pack(">H3H2h", 0x40, 0x8000, 0x8000, 0x8000, 0, 0)),
            box(b"text", UNITY),
        ),
        enabled=False,
    )


@dataclass(frozen=True, slots=True)
class Samples:
    """A track's samples in the order of the file. `durations` has runs: how many, of how many ticks."""

    sizes: array[int]
    durations: Sequence[tuple[int, int]]
    extra: bytes = b""
    """Further boxes of the sample table: keyframes, times of showing, groups."""


@dataclass(frozen=True, slots=True)
class Track:
    """A track but for where its samples lie.

    Of the ticks of its samples `skipped` are not shown: they only lead in. `length` is how many are.
    """

    kind: Kind
    timescale: int
    length: int
    entry: bytes
    samples: Samples
    skipped: int = 0
    width: int = 0
    height: int = 0
    top: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """Samples of one track that lie end to end: [first, first + count)."""

    track: int
    first: int
    count: int


@dataclass(frozen=True)
class Film:
    """Everything an index says. `chapters` is the number of the track with chapters, if there is one."""

    tracks: Sequence[Track]
    chunks: Sequence[Chunk]
    chapters: int | None = None
    extra: bytes = b""
    _scale: int = field(init=False)

    def __post_init__(self) -> None:
        """Choose ticks in which every track has a whole length."""
        scale = lcm(*(track.timescale for track in self.tracks))
        object.__setattr__(self, "_scale", scale if scale < 2**32 else 90_000)

    def index(self, places: Sequence[int], *, wide: bool) -> bytes:
        """The `moov` box. `places` are where the chunks begin in the file; `wide` is for more than 4 GB."""
        lasts = max(map(self._length, self.tracks))
        size = length(lasts)
        version = int(size == "Q")
        header = full_box(
            b"mvhd",
            struct.pack(f">{size}{size}I{size}", 0, 0, self._scale, lasts),
            struct.pack(">IH10x", 0x10000, 0x100),
            UNITY,
            bytes(24),
            struct.pack(">I", len(self.tracks) + 1),
            version=version,
        )
        tracks = (self._track(number, places, wide=wide) for number in range(len(self.tracks)))
        return box(b"moov", header, *tracks, self.extra)

    def _length(self, track: Track) -> int:
        """How long a track is shown, in ticks of the film."""
        return -(-track.length * self._scale // track.timescale)

    def _track(self, number: int, places: Sequence[int], *, wide: bool) -> bytes:
        track = self.tracks[number]
        located = zip(self.chunks, places, strict=True)
        mine = [(chunk, place) for chunk, place in located if chunk.track == number]
        kind = track.kind.value
        return box(
            b"trak",
            self._header(number, track),
            self._edits(track),
            b"" if self.chapters in {None, number} else _refers_to(self.chapters),
            box(
                b"mdia",
                _media_header(track),
                full_box(b"hdlr", bytes(4), kind.handler, bytes(12), kind.name, b"\0"),
                box(
                    b"minf",
                    kind.header,
                    box(b"dinf", table(b"dref", 1, full_box(b"url ", flags=1))),
                    _sample_table(track, mine, wide=wide),
                ),
            ),
        )

    def _header(self, number: int, track: Track) -> bytes:
        lasts, kind = self._length(track), track.kind.value
        size = length(lasts)
        return full_box(
            b"tkhd",
            struct.pack(f">{size}{size}II{size}", 0, 0, number + 1, 0, lasts),
            struct.pack(">8x4H", 0, kind.group, kind.volume, 0),
            UNITY[:28] + struct.pack(">I", track.top << 16) + UNITY[32:],
            struct.pack(">II", track.width << 16, track.height << 16),
            version=int(size == "Q"),
            flags=3 if kind.enabled else 2,
        )

    def _edits(self, track: Track) -> bytes:
        lasts = self._length(track)
        size = length(lasts)
        entry = struct.pack(f">{size}{size.lower()}I", lasts, track.skipped, 0x10000)
        return box(b"edts", full_box(b"elst", struct.pack(">I", 1), entry, version=int(size == "Q")))


def _refers_to(chapters: int) -> bytes:
    return box(b"tref", box(b"chap", words([chapters + 1])))


def _media_header(track: Track) -> bytes:
    lasts = sum(count * ticks for count, ticks in track.samples.durations)
    size = length(lasts)
    return full_box(
        b"mdhd",
        struct.pack(f">{size}{size}I{size}", 0, 0, track.timescale, lasts),
        struct.pack(">HH", UNDETERMINED, 0),
        version=int(size == "Q"),
    )


def _sample_table(track: Track, chunks: Sequence[tuple[Chunk, int]], *, wide: bool) -> bytes:
    sizes = track.samples.sizes
    return box(
        b"stbl",
        table(b"stsd", 1, track.entry),
        table(b"stts", len(track.samples.durations), words(chain.from_iterable(track.samples.durations))),
        track.samples.extra,
        _chunk_lengths([chunk.count for chunk, _ in chunks]),
        full_box(b"stsz", struct.pack(">II", 0, len(sizes)), words(sizes)),
        offsets([place for _, place in chunks], wide=wide),
    )


def _chunk_lengths(counts: Iterable[int]) -> bytes:
    """Which chunks have how many samples: only where that changes."""
    entries = []
    number = 1
    for count, run in groupby(counts):
        entries.append((number, count, 1))
        number += sum(1 for _ in run)
    return table(b"stsc", len(entries), words(chain.from_iterable(entries)))
