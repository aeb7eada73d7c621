"""What a finished reel shows and plays: its frames, its seams, and where its flashes and beeps are."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import av

from tests.media.clips import make, onsets, samples
from tests.media.conftest import count_samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seedgen.timing import Rate

SAMPLE_RATE = 48_000
_BRIGHT = 75
"""Luma from which a half is white. In the middle of a dissolve a flash is half as bright, about 125."""

_QUIET = 500
"""Samples of silence before a beep, 10 ms. From the beep of a clip of one frame to the next it is 17 ms."""

_NEAR = Fraction(1, 5)
"""Seconds around a mark in which its flash and its beep are looked for."""

_PARAMETER_SETS = {7, 8}
"""SPS and PPS among the types of NAL units (ITU-T H.264, table 7-1)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A frame of the reel at which a clip flashes, in its upper (0) or lower (1) half, and maybe beeps."""

    clip: int
    frame: int
    half: int
    beeps: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found near a mark: frames from it to the flash and seconds from it to the beep.

    None for what was not found, or is not to be heard.
    """

    mark: Mark
    flash: int | None
    beep: Fraction | None

    def apart(self, rate: Rate) -> Fraction | None:
        """Seconds from the flash to the beep; more than 0 when the sound comes late."""
        if self.flash is None or self.beep is None:
            return None
        return self.beep - rate.seconds(self.flash)

    def is_astray(self, rate: Rate) -> bool:
        """Whether flash or beep is more than a frame from the mark, or from the other, or not there."""
        if self.flash is None or (self.mark.beeps and self.beep is None):
            return True
        beep, apart = self.beep or Fraction(0), self.apart(rate) or Fraction(0)
        return max(abs(rate.seconds(self.flash)), abs(beep), abs(apart)) > rate.seconds(1)


@dataclass(frozen=True, slots=True)
class Watched:
    """A reel as it was decoded: frames, samples, what was found at the marks, what is wrong at its seams."""

    frames: int
    samples: int
    hits: tuple[Hit, ...]
    faults: tuple[str, ...]


def watch(reel: Path, rate: Rate, marks: Sequence[Mark]) -> Watched:
    """Decode a reel from end to end, and look for every mark."""
    with tempfile.TemporaryDirectory(prefix="seedgen-watch-") as folder:
        heard = _sound(reel, Path(folder) / "heard.pcm")
    halves = list(_halves(reel))
    hits = []
    for mark in marks:
        lit = [pair[mark.half] >= _BRIGHT for pair in halves]
        hits.append(Hit(mark, _flash(lit, mark, rate), _beep(heard, mark, rate) if mark.beeps else None))
    return Watched(len(halves), count_samples(reel), tuple(hits), tuple(faults(reel, rate)))


def faults(reel: Path, rate: Rate) -> Iterator[str]:
    """What is wrong with a reel's pictures as a decoder meets them, packet by packet."""
    with av.open(str(reel)) as source:
        stream = source.streams.video[0]
        yield from _parameter_faults(stream.codec_context.extradata or b"")
        tick = 1 / rate.fraction / (stream.time_base or Fraction(1))
        packets = [packet for packet in source.demux(stream) if packet.size]
        stamps = sorted(packet.pts or 0 for packet in packets)
        if stamps != [int(number * tick) for number in range(len(packets))]:
            yield "the pictures' times have gaps"
        if any((b.dts or 0) <= (a.dts or 0) for a, b in pairwise(packets)):
            yield "the decoding times do not rise"
        if any(packet.has_sidedata("new_extradata") or _in_band(bytes(packet)) for packet in packets):
            yield "parameters change within the reel"
    yield from _decoding_faults(reel)


def _decoding_faults(reel: Path) -> Iterator[str]:
    for type_ in ("video", "audio"):
        with av.open(str(reel)) as source:
            source.streams.get({type_: 0})[0].codec_context.options = {"err_detect": "explode"}
            try:
                if any(getattr(frame, "is_corrupt", True) for frame in source.decode({type_: 0})):
                    yield f"some {type_} is damaged"
            except av.FFmpegError as error:
                yield f"the {type_} does not decode: {error}"


def _parameter_faults(record: bytes) -> Iterator[str]:
    """Whether an AVCDecoderConfigurationRecord has one SPS and one PPS (ISO/IEC 14496-15, 5.3.3.1)."""
    sequences = record[5] & 0x1F
    length = int.from_bytes(record[6:8], "big")
    pictures = record[8 + length]
    if (sequences, pictures) != (1, 1):
        yield f"there are {sequences} SPS and {pictures} PPS"


def _in_band(packet: bytes) -> bool:
    """Whether a packet of length-prefixed NAL units carries parameter sets of its own."""
    start = 0
    while start + 4 < len(packet):
        if packet[start + 4] & 0x1F in _PARAMETER_SETS:
            return True
        start += 4 + int.from_bytes(packet[start : start + 4], "big")
    return False


def _halves(reel: Path) -> Iterator[tuple[int, int]]:
    """The luma in the middle of the upper and of the lower half of every picture."""
    with av.open(str(reel)) as source:
        for frame in source.decode(video=0):
            plane = frame.planes[0]
            luma, width = memoryview(plane), plane.line_size
            upper, lower = (frame.height * part // 4 * width + frame.width // 2 for part in (1, 3))
            yield luma[upper], luma[lower]


def _sound(reel: Path, out: Path) -> Sequence[int]:
    """The left channel from time 0 on: sound that begins late is led by silence, as a player plays it."""
    make(out, "-i", f"file:{reel}", "-map", "0:a", "-af", "aresample=async=1:first_pts=0", "-f", "s16le")
    return samples(out.read_bytes())


def _flash(lit: Sequence[bool], mark: Mark, rate: Rate) -> int | None:
    reach = rate.count(_NEAR)
    found = [
        frame - mark.frame
        for frame in range(max(0, mark.frame - reach), min(len(lit), mark.frame + reach + 1))
        if lit[frame] and not (frame and lit[frame - 1])
    ]
    return min(found, key=abs, default=None)


def _beep(heard: Sequence[int], mark: Mark, rate: Rate) -> Fraction | None:
    middle, reach = rate.samples(mark.frame), int(_NEAR * SAMPLE_RATE)
    begin = max(0, middle - reach)
    found = [begin + onset - middle for onset in onsets(heard[begin : middle + reach], quiet=_QUIET)]
    nearest = min(found, key=abs, default=None)
    return None if nearest is None else Fraction(nearest, SAMPLE_RATE)
