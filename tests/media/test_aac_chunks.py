"""Sound encoded in chunks: as clean as in one pass, the same bytes from the folder or anew."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import pytest

from seedgen.errors import FfmpegFailed
from seedgen.media.aac_chunks import (
    CHUNK,
    LEAD_IN,
    LEAD_OUT,
    SETTINGS,
    encode_sound,
    packet_count,
    windows,
)
from seedgen.media.adts import PACKET, packets
from seedgen.media.ffmpeg import BITEXACT
from seedgen.media.pcm import PCM_INPUT, Sound, Stretch
from tests.media.clips import ffmpeg, make, samples

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable
    from pathlib import Path

LENGTH = 2 * CHUNK * PACKET + 100_000
"""Samples of three chunks."""

SHORT = CHUNK * PACKET + 20_000
"""Samples of two chunks: what costs least and has a seam."""

_START = f"({(CHUNK - 1) * PACKET}/48000)"
"""Where the second chunk's first packet begins to be heard, in seconds."""

MATERIAL = {
    "a tone": "0.4*sin(2*PI*440*t)+0.1*sin(2*PI*3000*t)",
    "bursts like syllables": "0.5*gt(sin(2*PI*3.1*t),0.2)*sin(2*PI*(140+30*sin(9*t))*t)*sin(2*PI*700*t)",
    "a chord that fades": "0.4*exp(-4*mod(t,0.5))*(sin(2*PI*220*t)+0.5*sin(2*PI*331*t)+0.3*sin(2*PI*660*t))",
    "a blow at the seam": f"0.03*sin(2*PI*200*t)+0.9*between(t,{_START},{_START}+0.004)*sin(2*PI*2500*t)",
    "silence until the seam": f"gte(t,{_START})*0.7*sin(2*PI*1000*t)",
}
LEGAL = {0: (0, 1), 1: (2,), 2: (2, 3), 3: (0, 1)}
"""Which window sequences may follow one another: long, start, short, stop (ISO/IEC 13818-7, 8.3.3)."""


def encoded(pcm: Path, folder: Path, kept: Path | None = None) -> bytes:
    """The sound of a file in chunks, as ADTS."""
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    out = folder / "sound.aac"
    sound = Sound([Stretch(pcm, pcm.stat().st_size // 4)])
    asyncio.run(encode_sound(ffmpeg(), sound, out, kept or scratch, scratch, asyncio.Semaphore(2)))
    return out.read_bytes()


def in_one_pass(pcm: Path, folder: Path) -> bytes:
    """The same sound as ffmpeg encodes it from beginning to end."""
    arguments = (*PCM_INPUT, f"file:{pcm}", *SETTINGS, *BITEXACT, "-f", "adts")
    return make(folder / "one.aac", *arguments).read_bytes()


def made(folder: Path, expression: str, length: int = LENGTH) -> Path:
    """PCM of an expression, with a little noise as all real sound has it."""
    source = f"aevalsrc='{expression}|{expression}':s=48000,atrim=end_sample={length}[a]"
    noise = f"anoisesrc=a=0.003:s=5:r=48000,atrim=end_sample={length}[n]"
    graph = f"{source};{noise};[a][n]amix=normalize=0,aformat=channel_layouts=stereo"
    return make(folder / "sound.pcm", "-filter_complex", graph, "-c:a", "pcm_s16le", "-f", "s16le")


def heard(aac: bytes, folder: Path) -> array[int]:
    """What a decoder makes of it: the left channel, without the packet that leads in."""
    (folder / "heard.aac").write_bytes(aac)
    raw = make(folder / "heard.pcm", "-f", "aac", "-i", f"file:{folder / 'heard.aac'}", "-f", "s16le")
    return samples(raw.read_bytes())[PACKET:]


def noise(decoded: array[int], original: array[int], packet: int) -> float:
    """How far a decoded sound is from the original around a packet's first sample, as RMS."""
    start = (packet - 1) * PACKET
    part = range(start - 3 * PACKET, start + 2 * PACKET)
    return sqrt(sum((decoded[n] - original[n]) ** 2 for n in part) / len(part))


def window_sequence(packet: bytes) -> int:
    """The shape of a packet's windows, from its first bits after the ADTS header."""
    bits = f"{int.from_bytes(packet[7:11], 'big'):032b}"
    common = bits[7] == "1"
    start = 9 if common else 17
    return int(bits[start : start + 2], 2)


@dataclass(frozen=True)
class Encoded:
    """A sound, encoded in two chunks and in one pass."""

    folder: Path
    pcm: Path
    chunks: bytes
    single: bytes


@pytest.fixture(scope="module", params=list(MATERIAL))
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Encoded:
    """A kind of sound, both ways."""
    folder = tmp_path_factory.mktemp("material")
    pcm = made(folder, MATERIAL[request.param], SHORT)
    return Encoded(folder, pcm, encoded(pcm, folder), in_one_pass(pcm, folder))


def test_a_seam_is_as_clean_as_one_pass(both: Encoded) -> None:
    """Around a seam the decoded sound is no further from the original than without a seam there."""
    original = samples(both.pcm.read_bytes())
    chunks, single = heard(both.chunks, both.folder), heard(both.single, both.folder)
    # Five of 32,768 are nothing; a window that does not fit costs hundreds.
    assert noise(chunks, original, CHUNK) <= 1.2 * noise(single, original, CHUNK) + 5


def test_windows_fit_across_a_seam(both: Encoded) -> None:
    """Every packet's window may follow the one before it, or the decoder could not add their halves."""
    shapes = [window_sequence(packet) for packet in packets(both.chunks)]
    assert all(shapes[n] in LEGAL[shapes[n - 1]] for n in range(1, len(shapes)))


def test_chunks_hold_as_many_packets_as_one_pass(both: Encoded) -> None:
    """None is lost or doubled at a seam."""
    assert len(packets(both.chunks)) == len(packets(both.single))


@pytest.mark.parametrize(
    "length", [1, 400, 1023, 1024, 1025, CHUNK * PACKET - 1024, CHUNK * PACKET, CHUNK * PACKET + 1, LENGTH]
)
def test_every_packet_belongs_to_one_chunk(length: int) -> None:
    """The chunks' own packets, end to end, are all packets of the reel."""
    own = [window.begin // PACKET + window.skip + n for window in windows(length) for n in range(window.take)]
    assert own == list(range(packet_count(length)))


def test_a_chunk_is_encoded_with_what_stands_around_it() -> None:
    """Seconds before it for the rate control, some packets after it for the look ahead."""
    second = list(windows(LENGTH))[1]
    assert second.begin == (CHUNK - LEAD_IN) * PACKET
    assert second.end == (2 * CHUNK + LEAD_OUT) * PACKET


@pytest.mark.parametrize("length", [1, 400, 1023, 1024, 1025, 2000])
def test_short_sounds_have_their_packets(length: int, tmp_path: Path) -> None:
    """A reel of one frame at 120 has 400 samples: less than a packet."""
    pcm = made(tmp_path, "0.5*sin(2*PI*440*t)", length)
    assert encoded(pcm, tmp_path) == in_one_pass(pcm, tmp_path)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """An empty folder for chunks."""
    folder = tmp_path / "chunks"
    folder.mkdir()
    return folder


@pytest.fixture
def pcm(tmp_path: Path) -> Path:
    """A tone, three chunks long."""
    return made(tmp_path, MATERIAL["a tone"])


def test_kept_chunks_give_the_same_bytes(pcm: Path, kept: Path, tmp_path: Path) -> None:
    """Nothing kept, keeping, and all kept: no difference can be seen."""
    assert encoded(pcm, tmp_path) == encoded(pcm, tmp_path, kept) == encoded(pcm, tmp_path, kept)
    assert len(list(kept.iterdir())) == 3


def test_kept_chunks_are_not_encoded_again(pcm: Path, kept: Path, tmp_path: Path) -> None:
    """Once all is kept, not even a broken ffmpeg is missed."""
    before = encoded(pcm, tmp_path, kept)
    broken = replace(ffmpeg(), exe=tmp_path / "gone")
    sound = Sound([Stretch(pcm, LENGTH)])
    out = tmp_path / "again.aac"
    asyncio.run(encode_sound(broken, sound, out, kept, tmp_path, asyncio.Semaphore(2)))
    assert out.read_bytes() == before


def test_another_ffmpeg_encodes_its_own(pcm: Path, kept: Path, tmp_path: Path) -> None:
    """Another version may choose other bytes, so its chunks have other names."""
    encoded(pcm, tmp_path, kept)
    sound = Sound([Stretch(pcm, LENGTH)])
    other = replace(ffmpeg(), identity="ffmpeg of another day")
    asyncio.run(encode_sound(other, sound, tmp_path / "other.aac", kept, tmp_path, asyncio.Semaphore(2)))
    assert len(list(kept.iterdir())) == 6


def test_a_change_encodes_what_hears_it(pcm: Path, kept: Path, tmp_path: Path) -> None:
    """A change in the middle of the second chunk leaves the first and the third as they are."""
    encoded(pcm, tmp_path, kept)
    first = set(kept.iterdir())
    data = bytearray(pcm.read_bytes())
    middle = (CHUNK + CHUNK // 2) * PACKET * 4
    data[middle : middle + 40_000] = bytes(40_000)
    pcm.write_bytes(data)
    changed = encoded(pcm, tmp_path, kept)
    assert len(set(kept.iterdir()) - first) == 1
    assert changed == encoded(pcm, tmp_path)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    "spoil",
    [_cut, _flip, lambda path: path.write_bytes(b""), lambda path: path.unlink()],
    ids=["cut", "flipped", "empty", "gone"],
)
def test_a_damaged_chunk_is_encoded_again(
    spoil: Callable[[Path], object], pcm: Path, kept: Path, tmp_path: Path
) -> None:
    """It never gets into a reel, and the folder is whole again afterwards."""
    before = encoded(pcm, tmp_path, kept)
    stored = {path: path.read_bytes() for path in kept.iterdir()}
    spoil(min(stored))
    assert encoded(pcm, tmp_path, kept) == before
    assert {path: path.read_bytes() for path in kept.iterdir()} == stored


def test_no_drafts_stay_behind(pcm: Path, kept: Path, tmp_path: Path) -> None:
    """Neither in the folder that is shared nor in the one that is not."""
    encoded(pcm, tmp_path, kept)
    assert all(path.suffix == ".aac" and path.name[0] != "." for path in kept.iterdir())
    assert not list((tmp_path / "scratch").iterdir())


def test_an_ffmpeg_that_gives_something_else_is_an_error(pcm: Path, tmp_path: Path) -> None:
    """What is no AAC never gets into the folder."""
    exe = tmp_path / "ffmpeg"
    exe.write_text('#!/bin/sh\nfor out; do :; done\necho hello > "${out#file:}"\n')
    exe.chmod(0o755)
    kept = tmp_path / "kept"
    kept.mkdir()
    sound = Sound([Stretch(pcm, LENGTH)])
    with pytest.raises(FfmpegFailed, match="damaged"):
        asyncio.run(
            encode_sound(
                replace(ffmpeg(), exe=exe), sound, tmp_path / "x.aac", kept, tmp_path, asyncio.Semaphore(2)
            )
        )
    assert not list(kept.iterdir())


@pytest.mark.parametrize("damage", [b"\xff", b"\x00" * 7, b"\xff\xf1\x4c\x80\x7f\xff\xfc"], ids=bytes.hex)
def test_a_damaged_stream_is_not_cut_into_packets(damage: bytes) -> None:
    """Half a header, none, and one that promises more than there is."""
    with pytest.raises(ValueError, match=r"damaged|cut off"):
        packets(damage)
