"""The mp4 that is written: other programs read in it just what they would have written themselves."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import av
import pytest

from seedgen.media.mp4.boxes import media_data, offsets
from seedgen.media.mp4.reading import read_header
from seedgen.ports.segments import CardSegment, ClipSegment, Finish, Passage
from tests.media.clips import encode, ffmpeg, join, ladder, make, tone

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.ports.segments import SegmentFiles

LENGTHS = (40, 1, 2, 30, 3, 60)
"""Frames of six segments: across two keyframes, and too short for a B-frame."""


@dataclass(frozen=True)
class Reel:
    """A reel with words, and the segments it was joined from."""

    path: Path
    segments: list[SegmentFiles]


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Reel:
    """Six seconds of a ladder and a tone, with chapters and subtitles."""
    folder = tmp_path_factory.mktemp("reel")
    clip = ladder(folder / "clip.mov", *tone("0.5*sin(2*PI*500*t)", seconds=3))
    segments = [encode(ClipSegment(clip, 0, frames), folder, f"s{frames}") for frames in LENGTHS]
    words = tuple(Passage(start, start + 34, f"words {start}") for start in range(0, 136, 34))
    return Reel(
        join(segments, folder / "reel.mp4", finish=Finish(chapters=words, subtitles=words[1:3])), segments
    )


def test_ffmpeg_reads_what_it_would_have_written(reel: Reel, tmp_path: Path) -> None:
    """Copied by ffmpeg's own muxer, every packet keeps its times, its length, its bytes and its flag."""
    copied = make(
        tmp_path / "copied.mp4", "-i", f"file:{reel.path}", "-map", "0:v", "-map", "0:a", "-c", "copy"
    )
    for kind in ("video", "audio"):
        assert _packets(reel.path, kind) == _packets(copied, kind)
        assert _facts(reel.path, kind) == _facts(copied, kind)


def test_nothing_in_it_is_strange_to_ffmpeg(reel: Reel) -> None:
    """Read to the end with every track it prints no warning."""
    command = [str(ffmpeg().exe), "-v", "warning", "-i", str(reel.path)]
    outputs = ["-map", "0:v", "-map", "0:a", "-f", "null", "-", "-map", "0:s", "-f", "srt", "-"]
    done = subprocess.run([*command, *outputs], capture_output=True, text=True, check=True)
    assert "words 34" in done.stdout
    assert done.stderr == ""


def test_a_player_never_has_to_look_far(reel: Reel) -> None:
    """Sound lies within a second of the pictures that are shown with it."""
    with av.open(str(reel.path)) as source:
        times = [
            (packet.pos, float(packet.dts * packet.time_base))
            for packet in source.demux(video=0, audio=0)
            if packet.dts is not None and packet.pos is not None and packet.time_base is not None
        ]
    latest = 0.0
    for _, time in sorted(times):
        assert time > latest - 1
        latest = max(latest, time)


def test_a_segments_index_tells_what_a_demuxer_finds(reel: Reel) -> None:
    """Frames, keyframes, sizes, and the place of the first."""
    for files in reel.segments:
        header = read_header(files.video)
        with av.open(str(files.video)) as source:
            packets = [packet for packet in source.demux(video=0) if packet.size]
        assert header.frames == len(packets)
        assert header.begin == packets[0].pos
        assert header.sizes == b"".join(packet.size.to_bytes(4, "big") for packet in packets)
        assert list(header.keyframes) == [n for n, packet in enumerate(packets, 1) if packet.is_keyframe]


@pytest.mark.parametrize("spoil", [b"", b"\0" * 400, b"moov"], ids=["empty", "zeros", "a word"])
def test_what_is_no_mp4_has_no_index(spoil: bytes, tmp_path: Path) -> None:
    """A ValueError with a reason, never a struct.error or a KeyError."""
    (tmp_path / "x.mp4").write_bytes(spoil)
    with pytest.raises(ValueError, match=r"box|cut off"):
        read_header(tmp_path / "x.mp4")


def test_an_index_is_read_or_refused_wherever_it_is_cut_and_zeroed(tmp_path: Path) -> None:
    """No damage of a kind that a disk does raises anything but ValueError."""
    whole = encode(CardSegment(3, "x"), tmp_path).video.read_bytes()
    place, index = tmp_path / "x.mp4", whole.index(b"moov")
    for cut in range(index, len(whole), 7):
        for damaged in (whole[:cut], whole[:cut] + bytes(len(whole) - cut)):
            place.write_bytes(damaged)
            try:
                header = read_header(place)
            except ValueError:
                continue
            assert header.frames == 3


def test_beyond_four_gigabytes_places_are_wide() -> None:
    """`co64` and a 64-bit `mdat`, by ISO/IEC 14496-12, 8.7.5 and 4.2."""
    assert offsets([2**32], wide=True) == (
        (24).to_bytes(4, "big") + b"co64" + bytes(4) + (1).to_bytes(4, "big") + (2**32).to_bytes(8, "big")
    )
    assert media_data(2**32) == (1).to_bytes(4, "big") + b"mdat" + (2**32 + 16).to_bytes(8, "big")
    assert media_data(2**32 - 9) == (2**32 - 1).to_bytes(4, "big") + b"mdat"


def _packets(path: Path, kind: str) -> list[tuple[object, ...]]:
    with av.open(str(path)) as source:
        stream = source.streams.video[0] if kind == "video" else source.streams.audio[0]
        return [(p.pts, p.dts, p.duration, p.is_keyframe, bytes(p)) for p in source.demux(stream) if p.size]


def _facts(path: Path, kind: str) -> tuple[object, ...]:
    with av.open(str(path)) as source:
        stream = source.streams.video[0] if kind == "video" else source.streams.audio[0]
        codec = stream.codec_context
        return (
            stream.time_base,
            stream.start_time,
            stream.duration,
            stream.frames,
            codec.extradata,
            codec.name,
        )
