"""Segments: any clip, any part of it, comes out in the reel's form with exactly the frames asked for."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from math import pi
from typing import TYPE_CHECKING

import pytest

from seedgen.digest import digest_file
from seedgen.errors import FfmpegFailed, UnreadableMedia
from seedgen.geometry import Fit, Size
from seedgen.media.normalise import RECIPE, THREADS, seek_frame, track_timescale
from seedgen.media.segments import FfmpegSegments
from seedgen.ports.segments import CardSegment, ClipSegment, Label, ReelFormat, SegmentFiles, SegmentSound
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
    from array import array
    from pathlib import Path

AS_IT_IS = SegmentSound(soft_start=False, soft_end=False)
TONE = tone("0.5*sin(2*PI*441*t)", rate=44_100)
AAC = ("-c:a", "aac")
H264 = ("-c:v", "libx264", "-preset", "ultrafast")


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
    files = encode(ClipSegment(clip, start, 6, sound=AS_IT_IS), tmp_path)
    assert _numbers(files) == [(start + n) % 25 for n in range(6)]
    heard = samples(files.audio.read_bytes())
    assert abs(heard[0] - round(start / 24 / 40 * 32767)) <= 2


def test_sound_goes_on_over_a_seek(tmp_path: Path) -> None:
    """Of AAC at 44.1 kHz, a part reached by seeking is heard as if all was decoded, but for rounding."""
    scene = picture(frames=26 * 24, size="32x18")
    clip = make(
        tmp_path / "clip.mp4", *scene, *tone("0.5*sin(2*PI*200*t)", seconds=26, rate=44_100), *H264, *AAC
    )
    start = 24 * 24 + 9
    assert seek_frame(start, Rate(24)) > 0
    whole = _heard(ClipSegment(clip, 0, start + 6, sound=AS_IT_IS), tmp_path)
    part = _heard(ClipSegment(clip, start, 6, sound=AS_IT_IS), tmp_path)
    assert max(abs(a - b) for a, b in zip(part, whole[start * 2_000 :], strict=True)) <= 1


@pytest.mark.parametrize(
    "rate", [Rate(24), Rate(25), Rate(30000, 1001), Rate(24000, 1001), Rate(60), Rate(25, 2)]
)
def test_seeks_and_ticks_are_whole(rate: Rate) -> None:
    """A frame takes a whole number of ticks; a seek falls on a whole microsecond and a whole sample."""
    assert track_timescale(rate) * rate.per_seconds % rate.frames == 0
    frame = seek_frame(rate.count(rate.seconds(1) * 100_003), rate)
    assert rate.seconds(frame) * 1_000_000 % 1 == 0
    assert rate.seconds(frame) * 48_000 % 1 == 0
    assert rate.seconds(frame) * 44_100 % 1 == 0


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
        for label in (Label(), Label(("010", "take 2")))
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
    heard = _heard(ClipSegment(clip, 0, 12, sound=AS_IT_IS), tmp_path)
    first, end = round(begins * 48_000), min(24_001, round((begins + lasts) * 48_000))
    assert set(heard[:first]) <= {0}
    assert min(heard[first + 2 : end - 2]) > 16_000
    assert set(heard[end + 2 :]) <= {0}


def test_sound_is_cut_with_its_picture(tmp_path: Path) -> None:
    """A part that starts at frame 7 has the sound from sample 14,000 on."""
    clip = make(tmp_path / "clip.mov", *picture(), *tone("t"), *H264)
    heard = _heard(ClipSegment(clip, 7, 3, sound=AS_IT_IS), tmp_path)
    assert len(heard) == 6_001
    assert abs(heard[0] - 14_000 / 48_000 * 32_767) <= 2


def test_a_timecode_runs_below_the_label(tmp_path: Path) -> None:
    """It counts on with every picture, at the reel's rate, and the words above it stand still."""
    clip = make(tmp_path / "clip.mp4", *picture(frames=30, size="320x180"), *H264)
    form = ReelFormat(Size(320, 180), Rate(24))
    label = Label(("010",), timecode_from=24 * 60)
    shown = pictures(encode(ClipSegment(clip, 0, 26, label), tmp_path, form=form).video)
    again = pictures(
        encode(ClipSegment(clip, 0, 2, Label(("010",), 24 * 60 + 24)), tmp_path, form=form).video
    )
    assert len(shown) == 26
    # 00:01:00:00, 00:01:00:01 and 00:01:01:00: all below the line of words, which never changes.
    assert _rows_that_differ(shown[0], shown[1]) <= set(range(26, 42))
    assert _rows_that_differ(shown[0], shown[1])
    assert _rows_that_differ(shown[0], shown[24])
    assert not _rows_that_differ(shown[24], again[0])
    assert not _rows_that_differ(shown[25], again[1])


def test_a_timecode_needs_no_words(tmp_path: Path) -> None:
    """A label of a timecode alone is drawn as well."""
    clip = make(tmp_path / "clip.mp4", *picture(frames=2, size="320x180"), *H264)
    form = ReelFormat(Size(320, 180), Rate(24))
    shown = pictures(encode(ClipSegment(clip, 0, 2, Label((), 0)), tmp_path, form=form).video)
    assert shown[0].at(18, 12)[0] < 160


def test_a_blurred_background_shows_the_picture_itself(tmp_path: Path) -> None:
    """Beside an upright picture, red above and blue below, stands the same, darker and paler."""
    two = "drawbox=color=red:t=fill,drawbox=y=ih/2:color=blue:t=fill"
    clip = make(tmp_path / "clip.mp4", *picture(two, size="90x160"), *H264, "-pix_fmt", "yuv444p")
    blur, plain = (
        pictures(encode(ClipSegment(clip, 0, 2), tmp_path, form=replace(SMALL, background=ground)).video)[1]
        for ground in ("blur", "#000000")
    )
    for y, (luma, blue, red) in {6: (63, 102, 240), 84: (32, 240, 118)}.items():
        seen = blur.at(10, y)
        assert abs(blur.at(80, y)[0] - plain.at(80, y)[0]) <= 3
        # Nearer to black and to grey than BT.709's red and blue, but the same hue.
        assert seen[0] < luma
        assert abs(seen[1] - (128 + 0.8 * (blue - 128))) <= 6
        assert abs(seen[2] - (128 + 0.8 * (red - 128))) <= 6


def test_a_blurred_background_shows_no_words(tmp_path: Path) -> None:
    """Of a white line on black, high as one of a caption, no more than a fifth of its light is left."""
    line = "drawbox=y=76:h=5:color=white:t=fill"
    clip = make(tmp_path / "clip.mp4", *picture(line), *H264)
    form = ReelFormat(Size(90, 160), Rate(24), background="blur")
    seen = pictures(encode(ClipSegment(clip, 0, 2), tmp_path, form=form).video)[1]
    assert max(seen.at(45, y)[0] for y in (*range(50), *range(110, 160))) - 16 < (235 - 16) / 5


@pytest.mark.parametrize("shape", ["160x90", "320x180", "640x360", "turned"])
def test_a_picture_that_fills_the_frame_has_no_background(shape: str, tmp_path: Path) -> None:
    """With `blur` a clip of the frame's own shape has the very bytes that it has with a colour."""
    source = picture(LADDER, size="90x160" if shape == "turned" else shape, frames=3)
    clip = make(tmp_path / "clip.mp4", *source, *H264)
    if shape == "turned":
        clip = make(tmp_path / "turned.mp4", "-display_rotation", "90", "-i", str(clip), "-c", "copy")
    files = [
        encode(ClipSegment(clip, 0, 3), tmp_path, ground, replace(SMALL, background=ground))
        for ground in ("blur", "#00ff00")
    ]
    assert files[0].video.read_bytes() == files[1].video.read_bytes()


def test_a_card_has_nothing_to_blur(tmp_path: Path) -> None:
    """Its ground is a dark grey then."""
    (card,) = pictures(encode(CardSegment(1, "010"), tmp_path, form=replace(SMALL, background="blur")).video)
    luma, blue, red = card.at(2, 2)
    assert 30 < luma < 45
    assert max(abs(blue - 128), abs(red - 128)) <= 4


def test_gain_makes_sound_louder_or_softer(tmp_path: Path) -> None:
    """Six decibels are a factor of two, to the rounding of a sample."""
    clip = make(tmp_path / "clip.mov", *picture(), *tone("0.4*sin(2*PI*441*t)"), *H264)
    plain = _heard(ClipSegment(clip, 0, 12, sound=AS_IT_IS), tmp_path)
    for decibels, factor in {"-6.0206": 0.5, "6.0206": 2.0}.items():
        sound = replace(AS_IT_IS, gain_db=Decimal(decibels))
        heard = _heard(ClipSegment(clip, 0, 12, sound=sound), tmp_path)
        assert max(abs(a - b * factor) for a, b in zip(heard, plain, strict=True)) <= 2


def test_too_much_gain_stops_at_full_scale(tmp_path: Path) -> None:
    """Samples beyond the scale stay at its end instead of turning over."""
    clip = make(tmp_path / "clip.mov", *picture(), *tone("0.6"), *H264)
    sound = replace(AS_IT_IS, gain_db=Decimal(12))
    assert set(_heard(ClipSegment(clip, 0, 11, sound=sound), tmp_path)) == {32_767}


def test_a_muted_clip_is_silent(tmp_path: Path) -> None:
    """Zeros of the exact length."""
    clip = make(tmp_path / "clip.mov", *picture(), *TONE, *H264)
    files = encode(ClipSegment(clip, 0, 12, sound=SegmentSound(mute=True)), tmp_path)
    assert files.audio.read_bytes() == bytes(24_001 * 4)


@pytest.mark.parametrize("rate", [Rate(24), Rate(30000, 1001), Rate(120)], ids=str)
@pytest.mark.parametrize("start", [0, 1, 3])
def test_a_cut_never_clicks(start: int, rate: Rate, tmp_path: Path) -> None:
    """A tone of 200 Hz, cut anywhere and put between silences, has no step that a fade of 5 ms has not.

    Its own steepest step is 2 pi 200 / 48,000 of its height; the fade adds a 240th.
    """
    height = 20_000
    clip = make(tmp_path / "clip.mov", *picture(), *tone(f"{height}/32768*cos(2*PI*200*t)"), *H264)
    form = ReelFormat(SMALL.size, rate)
    heard = samples(encode(ClipSegment(clip, start, 4), tmp_path, form=form).audio.read_bytes())
    shares = {rate.samples(n + 4) - rate.samples(n) for n in range(40)}
    for share in shares:
        taken = [0, *heard[:share], 0]
        steps = [abs(b - a) for a, b in pairwise(taken)]
        assert max(steps) <= height * (2 * pi * 200 / 48_000 + 1 / 240) + 2
    assert max(abs(value) for value in heard[300:-300]) > 0.9 * height


def test_what_goes_on_is_not_touched(tmp_path: Path) -> None:
    """Without soft edges the samples are the clip's own, bit for bit."""
    clip = make(tmp_path / "clip.mov", *picture(), *tone("0.5*sin(2*PI*441*t)"), *H264, "-ac", "2")
    heard = _heard(ClipSegment(clip, 2, 4, sound=AS_IT_IS), tmp_path)
    own = samples(make(tmp_path / "own.pcm", "-i", str(clip), "-f", "s16le").read_bytes())
    assert heard == own[4_000:12_001]


def test_a_soft_edge_changes_only_its_own_five_milliseconds(tmp_path: Path) -> None:
    """The rest is the clip's own; each edge is soft by itself."""
    clip = make(tmp_path / "clip.mov", *picture(), *tone("0.5*cos(2*PI*441*t)"), *H264)
    plain = _heard(ClipSegment(clip, 2, 4, sound=AS_IT_IS), tmp_path)
    begin = _heard(ClipSegment(clip, 2, 4, sound=replace(AS_IT_IS, soft_start=True)), tmp_path)
    end = _heard(ClipSegment(clip, 2, 4, sound=replace(AS_IT_IS, soft_end=True)), tmp_path)
    assert begin[240:] == plain[240:]
    assert end[: 8_000 - 241] == plain[: 8_000 - 241]
    assert (begin[0], end[-2]) == (0, 0)
    assert abs(begin[120] - plain[120] / 2) <= 1


def test_the_same_segment_has_the_same_bytes(tmp_path: Path) -> None:
    """Both files are reproduced byte by byte, with a label and for a card too."""
    clip = make(tmp_path / "clip.mov", *picture(), *TONE, *H264, "-c:a", "aac")
    for segment in (
        ClipSegment(clip, 0, 12, Label(("010", "take 1"), 7)),
        CardSegment(6, "010", (), "Words."),
    ):
        once, again = (encode(segment, tmp_path, name) for name in ("once", "again"))
        assert once.video.read_bytes() == again.video.read_bytes()
        assert once.audio.read_bytes() == again.audio.read_bytes()


def test_many_encodes_of_moving_pictures_give_one_file(tmp_path: Path) -> None:
    """Side by side, as a reel is made: threads that race would show here in two of three runs."""
    source = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=24:d=2,noise=alls=20:allf=t")
    segment = ClipSegment(make(tmp_path / "clip.mp4", *source, "-c:v", "libx264", "-crf", "10"), 0, 48)
    files = [SegmentFiles(tmp_path / f"{n}.mp4", tmp_path / f"{n}.pcm", 48) for n in range(24)]

    async def encode_all() -> None:
        encoder, gate = FfmpegSegments(ffmpeg()), asyncio.Semaphore(4)
        form = ReelFormat(Size(320, 180), Rate(24))

        async def one(made: SegmentFiles) -> None:
            async with gate:
                await encoder.encode(segment, form, made)

        await asyncio.gather(*map(one, files))

    asyncio.run(encode_all())
    assert len({digest_file(made.video) for made in files}) == 1


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


def _heard(segment: ClipSegment, folder: Path) -> array[int]:
    return samples(encode(segment, folder).audio.read_bytes())


def _numbers(files: SegmentFiles) -> list[int]:
    return [_number(seen) for seen in pictures(files.video)]


def _rows_that_differ(one: Seen, other: Seen) -> set[int]:
    """Rows of luma that are not the same, but for what coding does."""
    width = one.width
    pairs = enumerate(zip(one.planes[0], other.planes[0], strict=True))
    return {index // width for index, (a, b) in pairs if abs(a - b) > 70}


def _number(seen: Seen) -> int:
    return round((seen.middle - 32) / 8)
