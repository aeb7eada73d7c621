"""Traps: whatever a provider may send becomes a segment like any other, in time from its first frame on.

Every clip begins with a flash and a beep, one frame of the reel long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import pytest

from seedgen.geometry import Size
from seedgen.media.mp4.reading import read_header
from seedgen.ports.segments import CardSegment, ClipSegment, CrossSegment, Label, ReelFormat, SegmentSound
from seedgen.project.reels import TransitionType
from seedgen.timing import Rate
from tests.media.clips import SMALL, encode, make, onsets, picture, pictures, samples, tone

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.ports.segments import Segment

FRAMES = 12
H264 = ("-c:v", "libx264", "-preset", "ultrafast")
AAC = ("-c:a", "aac")


def flash(more: str = "", *, rate: str = "24", size: str = "160x90", frames: int = FRAMES) -> tuple[str, ...]:
    """Black pictures, but for those within the first frame of the reel, which are white."""
    lit = "drawbox=enable='lt(t,1/31)':color=white:t=fill"
    return picture(f"{lit},{more}" if more else lit, rate=rate, size=size, frames=frames)


def beep(*, seconds: float = 0.5, rate: int = 48_000) -> tuple[str, ...]:
    """A beep from the first sample on, then silence. Half as loud again as what counts as an onset."""
    return tone("if(lt(t,1/24),0.8*sin(2*PI*1000*t),0)", seconds=seconds, rate=rate)


BEEP = (*beep(), *AAC)

TRAPS: dict[str, tuple[str, ...]] = {
    "pixels 80 by 81": (*flash("setsar=80/81", size="162x90"), *BEEP, *H264),
    "4:2:2": (*flash(), *BEEP, *H264, "-pix_fmt", "yuv422p"),
    "4:2:2 in ProRes": (*flash(), *beep(), "-c:v", "prores_ks", "-pix_fmt", "yuv422p10le"),
    "4:4:4": (*flash(), *BEEP, *H264, "-pix_fmt", "yuv444p"),
    "10 bit": (*flash(), *BEEP, *H264, "-pix_fmt", "yuv420p10le"),
    "full range": (*flash(), *BEEP, *H264, "-pix_fmt", "yuvj420p"),
    "RGB": (*flash(), *BEEP, "-c:v", "libx264rgb", "-preset", "ultrafast"),
    "29.97 frames a second": (*flash(rate="30000/1001", frames=15), *BEEP, *H264),
    "60 frames a second": (*flash(rate="60", frames=30), *BEEP, *H264),
    "variable rate": (*flash("select='lt(n,2)+not(mod(n,3)*mod(n,5))'"), *BEEP, *H264, "-fps_mode", "vfr"),
    "odd size": (*flash(size="321x241"), *BEEP, *H264, "-pix_fmt", "yuv444p"),
    "taller than wide": (*flash(size="90x160"), *BEEP, *H264),
    "90 kHz ticks": (*flash(), *BEEP, *H264, "-video_track_timescale", "90000"),
    "no sound": (*flash(), *H264),
    "mono 44.1 kHz": (*flash(), *beep(rate=44_100), *H264, "-ac", "1", *AAC),
    "sound of 5.1 channels": (*flash(), *beep(), *H264, "-ac", "6", *AAC),
    "sound shorter than the picture": (*flash(), *beep(seconds=0.1), *H264, *AAC),
    "sound longer than the picture": (*flash(), *beep(seconds=1.5), *H264, *AAC),
    "B-frames": (*flash(), *BEEP, "-c:v", "libx264", "-bf", "3"),
    "one frame": (*flash(frames=1), *BEEP, *H264),
    "starts at 1.3 s": (*flash(), *beep(), *H264, "-output_ts_offset", "1.3"),
}


@pytest.fixture(scope="session")
def decoding(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """SPS and PPS of a card, which comes from no clip at all."""
    return read_header(encode(CardSegment(1, "010"), tmp_path_factory.mktemp("card")).video).entry


@pytest.mark.parametrize("trap", TRAPS)
def test_every_kind_of_clip_becomes_the_same_form_and_stays_in_time(
    trap: str, decoding: bytes, tmp_path: Path
) -> None:
    """Exact frames, size, shape, format and tags; flash on frame 0, beep with it, and exact samples."""
    clip = make(tmp_path / "clip.mov", *TRAPS[trap])
    _check(clip, tmp_path, decoding, flashes=FRAMES if trap == "one frame" else 1, beeps=trap != "no sound")


@pytest.mark.parametrize("turn", ["90", "180", "270"])
def test_a_turned_clip_is_like_any_other(turn: str, decoding: bytes, tmp_path: Path) -> None:
    """A phone's clip, stored with a display matrix."""
    lying = make(tmp_path / "lying.mov", *flash(), *BEEP, *H264)
    turned = make(tmp_path / "turned.mov", "-display_rotation", turn, "-i", str(lying), "-c", "copy")
    _check(turned, tmp_path, decoding)


@pytest.mark.parametrize("reorder", ["0", "3"], ids=["in order", "B-frames"])
def test_what_an_edit_list_hides_is_not_shown(reorder: str, decoding: bytes, tmp_path: Path) -> None:
    """A file that holds six more frames before its first, as phones and editors cut without coding."""
    lit = "drawbox=enable='eq(n,6)':color=white:t=fill"
    later = tone("if(between(t,0.25,0.25+1/24),0.8*sin(2*PI*1000*t),0)", seconds=0.75)
    whole = make(
        tmp_path / "whole.mov", *picture(lit, frames=18), *later, "-c:v", "libx264", "-bf", reorder, *AAC
    )
    cut = make(tmp_path / "cut.mov", "-ss", "0.25", "-i", str(whole), "-c", "copy")
    with av.open(str(cut), options={"ignore_editlist": "1"}) as source:
        hidden = bytes(next(source.decode(video=0)).planes[0])
    assert hidden[0] < 60
    _check(cut, tmp_path, decoding)


def test_webm_is_a_clip_too(decoding: bytes, tmp_path: Path) -> None:
    """VP9 and Opus, in a container whose ticks are milliseconds."""
    clip = make(tmp_path / "clip.webm", *flash(), *beep(), "-c:v", "libvpx-vp9", "-c:a", "libopus")
    _check(clip, tmp_path, decoding)


@pytest.mark.parametrize("rate", [Rate(30000, 1001), Rate(25), Rate(60)], ids=str)
def test_other_rates_are_exact_as_well(rate: Rate, tmp_path: Path) -> None:
    """A segment of a reel at any rate has its frames, and one sample more than beside them."""
    clip = make(tmp_path / "clip.mov", *TRAPS["mono 44.1 kHz"])
    form = ReelFormat(Size(160, 90), rate)
    files = encode(ClipSegment(clip, 0, 7), tmp_path, form=form)
    shown = pictures(files.video)
    assert len(shown) == 7
    assert [seen.middle > 200 for seen in shown[:2]] == [True, rate == Rate(60)]
    assert files.audio.stat().st_size == (rate.samples(7) + 1) * 4


def test_all_segments_of_a_reel_share_the_decoders_parameters(decoding: bytes, tmp_path: Path) -> None:
    """One SPS and PPS: with labels and crosses, for one frame, for any length, for any clip."""
    one = make(tmp_path / "one.mov", *TRAPS["4:4:4"])
    two = make(tmp_path / "two.mov", *TRAPS["full range"])
    card = CardSegment(5, "020", ("take 1",), "A prompt.")
    segments: list[Segment] = [
        ClipSegment(two, 3, 7, Label(("010", "take 1"), 3)),
        ClipSegment(one, 0, 1),
        ClipSegment(two, 0, 60),
        card,
    ]
    sides = (ClipSegment(one, 0, 5), ClipSegment(two, 0, 5))
    for type_ in (TransitionType.DISSOLVE, TransitionType.FADE, TransitionType.WIPE):
        segments += [CrossSegment(*sides, type_, "#ff8800"), CrossSegment(card, sides[1], type_, "#ff8800")]
    for segment in segments:
        assert read_header(encode(segment, tmp_path).video).entry == decoding


def _check(clip: Path, folder: Path, decoding: bytes, *, flashes: int = 1, beeps: bool = True) -> None:
    files = encode(ClipSegment(clip, 0, FRAMES, sound=SegmentSound(soft_start=False)), folder)
    _check_form(files.video)
    assert read_header(files.video).entry == decoding
    lit = [seen.middle > 200 for seen in pictures(files.video)]
    assert lit == [number < flashes for number in range(FRAMES)]
    # 12 frames at 24 a second are 24,000 samples; one more is kept; four bytes each.
    pcm = files.audio.read_bytes()
    assert len(pcm) == 24_001 * 4
    heard = onsets(samples(pcm), quiet=2_400)
    assert len(heard) == int(beeps)
    assert all(sample < 2_000 for sample in heard)


def _check_form(video: Path) -> None:
    with av.open(str(video)) as source:
        stream = source.streams.video[0]
        assert [frame.pts for frame in source.decode(stream)] == [512 * n for n in range(FRAMES)]
        codec = stream.codec_context
        assert Size(stream.width, stream.height) == SMALL.size
        assert stream.sample_aspect_ratio == 1
        assert (codec.pix_fmt, codec.color_range) == ("yuv420p", 1)
        assert (codec.colorspace, codec.color_primaries, codec.color_trc) == (1, 1, 1)
