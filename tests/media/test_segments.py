"""Segments: any clip, any part of it, comes out in the reel's form with exactly the frames asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import av
import pytest

from seedgen.errors import FfmpegFailed, UnreadableMedia
from seedgen.geometry import Fit, Size
from seedgen.media.headers import read_header
from seedgen.media.normalise import RECIPE, THREADS, seek_frame, track_timescale
from seedgen.media.segments import FfmpegSegments
from seedgen.ports.media import CardSegment, ClipSegment, ReelFormat, SegmentFiles
from seedgen.timing import Rate
from tests.media.clips import (
    LADDER,
    SMALL,
    Seen,
    encode,
    ffmpeg,
    ladder,
    make,
    picture,
    pictures,
    samples,
    tone,
)

if TYPE_CHECKING:
    from pathlib import Path

TONE = tone("0.5*sin(2*PI*441*t)", rate=44_100)
H264 = ("-c:v", "libx264", "-preset", "ultrafast")

TRAPS: dict[str, tuple[str, ...]] = {
    "pixels 80 by 81": (*picture("setsar=80/81", size="162x90"), *H264),
    "4:4:4": (*picture(), *H264, "-pix_fmt", "yuv444p"),
    "4:2:2 in ProRes": (*picture(), "-c:v", "prores_ks", "-pix_fmt", "yuv422p10le"),
    "10 bit": (*picture(), *H264, "-pix_fmt", "yuv420p10le"),
    "full range": (*picture(), *H264, "-pix_fmt", "yuvj420p"),
    "RGB": (*picture(), "-c:v", "libx264rgb", "-preset", "ultrafast"),
    "29.97 frames a second": (*picture(rate="30000/1001", frames=15), *H264),
    "variable rate": (*picture("select='not(mod(n,3)*mod(n,5))'"), *H264, "-fps_mode", "vfr"),
    "odd size": (*picture(size="321x241"), *H264, "-pix_fmt", "yuv444p"),
    "taller than wide": (*picture(size="90x160"), *H264),
    "mono 44.1 kHz": (*picture(), *TONE, *H264, "-ac", "1", "-c:a", "aac"),
    "sound of 5.1 channels": (*picture(), *TONE, *H264, "-ac", "6", "-c:a", "aac"),
    "one frame": (*picture(frames=1), *H264),
    "B-frames": (*picture(LADDER), "-c:v", "libx264", "-bf", "3"),
    "90 kHz ticks": (*picture(), *H264, "-video_track_timescale", "90000"),
    "starts at 1.3 s": (*picture(), *H264, "-output_ts_offset", "1.3"),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_every_kind_of_clip_becomes_the_same_form(trap: str, tmp_path: Path) -> None:
    """Twelve frames of 160x90, square pixels, 4:2:0, BT.709 tags, 24 a second, and the sound's length."""
    clip = make(tmp_path / "clip.mov", *TRAPS[trap])
    files = encode(ClipSegment(clip, 0, 12), tmp_path)
    with av.open(str(files.video)) as source:
        stream = source.streams.video[0]
        frames = list(source.decode(stream))
        assert [frame.pts for frame in frames] == [512 * n for n in range(12)]
        assert (stream.width, stream.height, str(stream.sample_aspect_ratio)) == (160, 90, "1")
        assert (stream.pix_fmt, stream.codec_context.color_range) == ("yuv420p", 1)
        assert (stream.codec_context.colorspace, stream.codec_context.color_primaries) == (1, 1)
    # 12 frames at 24 a second are 24,000 samples; one more is kept; four bytes each.
    assert files.audio.stat().st_size == 24_001 * 4


def test_all_kinds_of_segments_share_the_decoders_parameters(tmp_path: Path) -> None:
    """SPS and PPS are the same for clips with and without B-frames or label, for cards, for one frame."""
    one = make(tmp_path / "one.mov", *TRAPS["4:4:4"])
    two = make(tmp_path / "two.mov", *TRAPS["B-frames"])
    segments: list[ClipSegment | CardSegment] = [
        ClipSegment(one, 0, 12),
        ClipSegment(two, 3, 7, ("010", "take 1")),
        CardSegment(1, "020", ("take 1",), "A prompt."),
        ClipSegment(one, 0, 1),
    ]
    encoded = [encode(segment, tmp_path, f"s{n}") for n, segment in enumerate(segments)]
    assert len({read_header(files.video).parameters for files in encoded}) == 1


@pytest.mark.parametrize(
    ("start", "frames", "shown"),
    [
        (0, 12, range(12)),
        (5, 4, range(5, 9)),
        (11, 1, [11]),
        (9, 6, [9, 10, 11, 11, 11, 11]),
        (20, 3, [11, 11, 11]),
    ],
    ids=["all", "a part", "the last", "past the end", "beyond the end"],
)
def test_a_part_has_exactly_its_frames(start: int, frames: int, shown: list[int], tmp_path: Path) -> None:
    """A part begins and ends on the frame; where the clip is too short its last picture stands."""
    files = encode(ClipSegment(ladder(tmp_path / "clip.mp4"), start, frames), tmp_path)
    assert _numbers(files) == list(shown)


def test_a_part_is_counted_at_the_reels_rate(tmp_path: Path) -> None:
    """Of a clip of 12 frames a second, each picture shows twice at 24: parts start between them, too."""
    clip = ladder(tmp_path / "clip.mp4", rate="12")
    assert _numbers(encode(ClipSegment(clip, 3, 6), tmp_path)) == [1, 2, 2, 3, 3, 4]


def test_2997_becomes_24_without_drift(tmp_path: Path) -> None:
    """Each picture is the one that the clip shows at that moment, give or take half a frame."""
    clip = ladder(tmp_path / "clip.mp4", rate="30000/1001", frames=20)
    for n, number in enumerate(_numbers(encode(ClipSegment(clip, 0, 15), tmp_path))):
        assert abs(number * 1001 / 30000 - n / 24) <= 0.5 / 24 + 0.5 * 1001 / 30000


def test_a_cut_deep_inside_a_long_clip_is_exact(tmp_path: Path) -> None:
    """A cut that is reached by seeking has the same pictures and sound as one reached by decoding."""
    scene = picture(LADDER.replace("N", "mod(N,25)"), frames=30 * 24, size="32x18")
    clip = make(tmp_path / "clip.mov", *scene, *tone("t/40", seconds=30), *H264, "-qp", "0")
    start = 29 * 24 + 7
    assert seek_frame(start, Rate(24)) > 0
    files = encode(ClipSegment(clip, start, 6), tmp_path)
    assert _numbers(files) == [(start + n) % 25 for n in range(6)]
    heard = samples(files.audio.read_bytes())
    assert abs(heard[0] - round(start / 24 / 40 * 32767)) <= 2


@pytest.mark.parametrize(
    "rate", [Rate(24), Rate(25), Rate(30000, 1001), Rate(24000, 1001), Rate(60), Rate(25, 2)]
)
def test_seeks_and_ticks_are_whole(rate: Rate) -> None:
    """A frame takes a whole number of ticks; a seek falls on a whole microsecond and a whole sample."""
    assert track_timescale(rate) * rate.per_seconds % rate.frames == 0
    frame = seek_frame(rate.count(rate.seconds(1) * 100_003), rate)
    assert rate.seconds(frame) * 1_000_000 % 1 == 0
    assert rate.seconds(frame) * 48_000 % 1 == 0


def test_anamorphic_pixels_are_shown_in_their_shape(tmp_path: Path) -> None:
    """80x90 pixels twice as wide as high fill a 160x90 frame, and so do 162x90 pixels of 80:81."""
    for number, (size, shape) in enumerate({"80x90": "2/1", "162x90": "80/81"}.items()):
        clip = make(tmp_path / f"{number}.mp4", *picture(f"negate,setsar={shape}", size=size), *H264)
        (seen,) = pictures(encode(ClipSegment(clip, 0, 1), tmp_path).video)
        assert min(seen.planes[0]) > 220


def test_a_turned_clip_stands_upright(tmp_path: Path) -> None:
    """A phone's clip, stored lying and marked as turned, fills an upright reel the right way round."""
    lying = make(tmp_path / "lying.mp4", *picture("drawbox=w=iw/4:color=white:t=fill"), *H264)
    turned = make(tmp_path / "turned.mp4", "-display_rotation", "90", "-i", str(lying), "-c", "copy")
    form = ReelFormat(Size(90, 160), Rate(24))
    (seen,) = pictures(encode(ClipSegment(turned, 0, 1), tmp_path, form=form).video)
    # The left quarter, turned by 90 degrees against the clock, is the bottom quarter.
    assert seen.at(45, 150)[0] > 220
    assert seen.at(45, 10)[0] < 30


def test_full_range_is_brought_to_video_range(tmp_path: Path) -> None:
    """Black 0 becomes 16 and white 255 becomes 235."""
    source = picture("drawbox=w=iw/2:color=white:t=fill")
    clip = make(tmp_path / "clip.mp4", *source, *H264, "-qp", "0", "-pix_fmt", "yuvj420p")
    (seen,) = pictures(encode(ClipSegment(clip, 0, 1), tmp_path).video)
    assert abs(seen.at(20, 45)[0] - 235) <= 2
    assert abs(seen.at(140, 45)[0] - 16) <= 2


def test_colours_of_standard_definition_are_converted(tmp_path: Path) -> None:
    """Red under BT.601 (81, 90, 240) becomes red under BT.709 (63, 102, 240)."""
    tags = ("-colorspace", "smpte170m", "-color_primaries", "smpte170m", "-color_trc", "smpte170m")
    red = "color=red:s=160x90:r=24,scale=out_color_matrix=bt601,format=yuv420p,setparams=colorspace=smpte170m"
    clip = make(tmp_path / "clip.mp4", "-f", "lavfi", "-i", red, "-frames:v", "1", *H264, "-qp", "0", *tags)
    assert max(abs(a - b) for a, b in zip(pictures(clip)[0].at(80, 44), (81, 90, 240), strict=True)) <= 1
    (seen,) = pictures(encode(ClipSegment(clip, 0, 1), tmp_path).video)
    assert max(abs(a - b) for a, b in zip(seen.at(80, 44), (63, 102, 240), strict=True)) <= 2


def test_untagged_high_definition_is_taken_for_bt709(tmp_path: Path) -> None:
    """A large clip without colour tags keeps its sample values, as players show it."""
    flat = "color=black:s=1280x720:r=24,format=yuv420p,geq=lum=63:cb=102:cr=240"
    clip = make(tmp_path / "clip.mp4", "-f", "lavfi", "-i", flat, "-frames:v", "1", *H264, "-qp", "0")
    (seen,) = pictures(encode(ClipSegment(clip, 0, 1), tmp_path).video)
    assert max(abs(a - b) for a, b in zip(seen.at(80, 44), (63, 102, 240), strict=True)) <= 2


def test_contain_shows_all_and_fills_up_with_the_background(tmp_path: Path) -> None:
    """A square clip has bars at its sides, of the very colour that a card's ground has."""
    clip = make(tmp_path / "clip.mp4", *picture(size="90x90"), *H264)
    form = ReelFormat(Size(160, 90), Rate(24), Fit.CONTAIN, "#2244aa")
    (seen,) = pictures(encode(ClipSegment(clip, 0, 1), tmp_path, form=form).video)
    (card,) = pictures(encode(CardSegment(1, "x"), tmp_path, form=form).video)
    # BT.709, 8 bit: Y = 16 + 219 (0.2126 R + 0.7152 G + 0.0722 B) and so on.
    for x in (2, 30, 130, 157):
        assert max(abs(a - b) for a, b in zip(seen.at(x, 45), (75, 176, 109), strict=True)) <= 2
        assert max(abs(a - b) for a, b in zip(seen.at(x, 45), card.at(2, 2), strict=True)) <= 3
    assert seen.at(40, 45)[0] > 220
    assert seen.at(119, 45)[0] > 220


def test_cover_fills_the_frame_and_cuts_the_rest(tmp_path: Path) -> None:
    """A square clip with a white top edge loses that edge, and no background shows."""
    source = picture("drawbox=color=gray:t=fill,drawbox=h=ih/8:color=white:t=fill", size="160x160")
    clip = make(tmp_path / "clip.mp4", *source, *H264)
    form = ReelFormat(Size(160, 90), Rate(24), Fit.COVER, "#ff0000")
    (seen,) = pictures(encode(ClipSegment(clip, 0, 1), tmp_path, form=form).video)
    assert all(110 < value < 140 for value in seen.planes[0])


def test_a_label_stands_in_the_upper_left_alone(tmp_path: Path) -> None:
    """The burn-in darkens the upper left inside the safe margin and leaves the rest as it was."""
    clip = make(tmp_path / "clip.mp4", *picture(frames=3, size="320x180"), *H264)
    form = ReelFormat(Size(320, 180), Rate(24))
    plain, labelled = (
        pictures(encode(ClipSegment(clip, 0, 3, label), tmp_path, form=form).video)
        for label in ((), ("010", "take 2"))
    )
    assert len(plain) == len(labelled) == 3
    for before, after in zip(plain, labelled, strict=True):
        assert after.at(18, 20)[0] < before.at(18, 20)[0] - 60
        assert abs(after.at(160, 90)[0] - before.at(160, 90)[0]) <= 2
        assert abs(after.at(8, 20)[0] - before.at(8, 20)[0]) <= 8
        assert abs(after.at(300, 20)[0] - before.at(300, 20)[0]) <= 2


def test_a_clip_without_sound_and_a_card_give_silence(tmp_path: Path) -> None:
    """Their PCM is zeros of the exact length."""
    clip = ladder(tmp_path / "clip.mp4")
    for segment in (ClipSegment(clip, 0, 12), CardSegment(12, "010")):
        assert encode(segment, tmp_path).audio.read_bytes() == bytes(24_001 * 4)


def test_mono_plays_on_both_sides_as_loud_as_it_is(tmp_path: Path) -> None:
    """A mono tone of half the scale at 44.1 kHz is half the scale on both channels at 48 kHz."""
    clip = make(tmp_path / "clip.mov", *picture(), *TONE, *H264)
    pcm = encode(ClipSegment(clip, 0, 12), tmp_path).audio.read_bytes()
    left = samples(pcm)
    assert left == samples(pcm[2:] + b"\0\0")
    assert abs(max(left) / 32767 - 0.5) < 0.02


@pytest.mark.parametrize(("begins", "lasts"), [(0.0, 0.25), (0.25, 0.1), (0.0, 2.0)])
def test_sound_keeps_its_place_and_the_rest_is_silence(begins: float, lasts: float, tmp_path: Path) -> None:
    """Sound shorter or longer than the picture, or starting late, is heard where the clip has it."""
    placed = ("-itsoffset", str(begins), *tone("0.5", seconds=lasts))
    clip = make(tmp_path / "clip.mov", *picture(), *placed, *H264)
    heard = samples(encode(ClipSegment(clip, 0, 12), tmp_path).audio.read_bytes())
    first, end = round(begins * 48_000), min(24_001, round((begins + lasts) * 48_000))
    assert set(heard[:first]) <= {0}
    assert min(heard[first + 2 : end - 2]) > 16_000
    assert set(heard[end + 2 :]) <= {0}


def test_sound_is_cut_with_its_picture(tmp_path: Path) -> None:
    """A part that starts at frame 7 has the sound from sample 14,000 on."""
    clip = make(tmp_path / "clip.mov", *picture(), *tone("t"), *H264)
    heard = samples(encode(ClipSegment(clip, 7, 3), tmp_path).audio.read_bytes())
    assert len(heard) == 6_001
    assert abs(heard[0] - 14_000 / 48_000 * 32_767) <= 2


def test_the_same_segment_has_the_same_bytes(tmp_path: Path) -> None:
    """Both files are reproduced byte by byte, with a label and for a card too."""
    clip = make(tmp_path / "clip.mov", *TRAPS["mono 44.1 kHz"])
    for segment in (ClipSegment(clip, 0, 12, ("010", "take 1")), CardSegment(6, "010", (), "Words.")):
        once, again = (encode(segment, tmp_path, name) for name in ("once", "again"))
        assert once.video.read_bytes() == again.video.read_bytes()
        assert once.audio.read_bytes() == again.audio.read_bytes()


def test_a_playlist_in_disguise_is_refused(tmp_path: Path) -> None:
    """A "video" that is a playlist is not opened, and nothing is left behind."""
    secret = ladder(tmp_path / "secret.mp4")
    clip = tmp_path / "clip.mp4"
    clip.write_text(f"#EXTM3U\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n")
    with pytest.raises(UnreadableMedia):
        encode(ClipSegment(clip, 0, 1), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip.mp4", "secret.mp4"]


def test_a_failure_leaves_the_old_segment_alone(tmp_path: Path) -> None:
    """A clip whose pictures do not decode is an error; an earlier segment of the name stays as it was."""
    clip = ladder(tmp_path / "clip.mp4")
    files = encode(ClipSegment(clip, 0, 3), tmp_path)
    before = files.video.read_bytes()
    data = bytearray(clip.read_bytes())
    start = data.index(b"mdat") + 4
    end = data.index(b"moov") - 4
    data[start:end] = bytes(end - start)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    with pytest.raises((FfmpegFailed, UnreadableMedia)):
        encode(ClipSegment(broken, 0, 3), tmp_path)
    assert files.video.read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """ffmpeg cannot write there: an error for people, not an OSError."""
    with pytest.raises(FfmpegFailed):
        encode(CardSegment(1, "010"), tmp_path / "nowhere")


def test_a_cancelled_encode_leaves_nothing(tmp_path: Path) -> None:
    """Cancelling ends ffmpeg and takes its drafts away."""
    clip = ladder(tmp_path / "clip.mp4")
    files = SegmentFiles(tmp_path / "s.mp4", tmp_path / "s.pcm", 1_000_000)

    async def give_up() -> None:
        encoding = FfmpegSegments(ffmpeg()).encode(ClipSegment(clip, 0, 1_000_000), SMALL, files)
        await asyncio.wait_for(encoding, timeout=0.3)

    with pytest.raises(TimeoutError):
        asyncio.run(give_up())
    assert [path.name for path in tmp_path.iterdir()] == ["clip.mp4"]


def test_the_identity_names_ffmpeg_threads_and_recipe() -> None:
    """Whatever else decides the bytes of a segment is part of its cache key."""
    identity = FfmpegSegments(ffmpeg()).identity
    assert identity == f"{ffmpeg().identity} threads={THREADS} recipe={RECIPE}"


def _numbers(files: SegmentFiles) -> list[int]:
    return [_number(seen) for seen in pictures(files.video)]


def _number(seen: Seen) -> int:
    return round((seen.middle - 32) / 8)
