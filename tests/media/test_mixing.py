"""Music and loudness: what is asked for is heard, and nothing gets longer, later or clipped."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from fractions import Fraction
from math import cos, log10, pi, sin, sqrt
from typing import TYPE_CHECKING

import pytest

from seedgen.errors import FfmpegFailed, UnreadableMedia
from seedgen.media.mixing import finished_sound
from seedgen.media.pcm import PCM_INPUT, Sound, Stretch
from seedgen.ports.segments import CardSegment, Finish, Score
from tests.media.clips import encode, ffmpeg, join, make, onsets, picture, samples, sound, tone

if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence
    from pathlib import Path

SECOND = 48_000
SILENT = "0"
MUSIC = "0.5*sin(2*PI*300*t)"
LOUD = "0.5*sin(2*PI*2000*t)"


def pcm(path: Path, expression: str, seconds: float) -> Path:
    """Sound of an expression as the segments have it."""
    return make(path, *tone(f"{expression}|{expression}", seconds=seconds), "-f", "s16le")


def clips(folder: Path, expression: str = SILENT, seconds: float = 2) -> Sound:
    """A reel's sound before it is finished."""
    path = pcm(folder / "reel.pcm", expression, seconds)
    return Sound([Stretch(path, path.stat().st_size // 4)])


def finished(sound: Sound, finish: Finish, scratch: Path) -> array[int]:
    """The left channel of the finished sound, which is as long as it was."""
    made, _ = asyncio.run(finished_sound(ffmpeg(), sound, finish, scratch))
    assert made.samples == sound.samples
    return samples(made.read(0, made.samples))


def score(
    file: Path, *, duck: bool = False, gain: str = "0", fade_in: float = 0, fade_out: float = 0
) -> Score:
    """Music without anything done to it, but for what a test is about."""
    return Score(file, Decimal(gain), duck, Fraction(fade_in), Fraction(fade_out))


def music(folder: Path, seconds: float = 4, name: str = "music.wav") -> Path:
    """A low tone of half of full scale."""
    return make(folder / name, *tone(f"{MUSIC}|{MUSIC}", seconds=seconds))


def level(heard: Sequence[int], pitch: int, begin: float, end: float) -> float:
    """How loud a pitch is within some seconds: its amplitude in dB of full scale (Goertzel)."""
    part = heard[int(begin * SECOND) : int(end * SECOND)]
    turn = 2 * pi * pitch / SECOND
    across = sum(value * cos(turn * n) for n, value in enumerate(part))
    along = sum(value * sin(turn * n) for n, value in enumerate(part))
    return 20 * log10(2 * sqrt(across**2 + along**2) / len(part) / 32768 + 1e-6)


def measured(*input_options: str, folder: Path) -> tuple[float, float]:
    """LUFS and dBTP as ffmpeg's meter says, told apart from the one that is tested by its input."""
    report = folder / "measured.txt"
    make(
        folder / "nothing.pcm",
        *input_options,
        *(
            "-map",
            "0:a",
            "-af",
            f"ebur128=peak=true:metadata=1,ametadata=mode=print:file={report}",
            "-f",
            "s16le",
        ),
    )
    last = dict(line.split("=") for line in report.read_text().splitlines() if line.startswith("lavfi"))
    peak = max(float(last[f"lavfi.r128.true_peaks_ch{n}"]) for n in (0, 1))
    return float(last["lavfi.r128.I"]), 20 * log10(peak)


def test_without_a_wish_the_sound_is_left_as_it_is(tmp_path: Path) -> None:
    """Not even a copy is made."""
    plain = clips(tmp_path)
    assert asyncio.run(finished_sound(ffmpeg(), plain, Finish(), tmp_path)) == (plain, None)


def test_music_is_heard_as_loud_as_asked(tmp_path: Path) -> None:
    """Half of full scale is -6 dB; with a gain of -12 dB it is heard at -18."""
    heard = finished(clips(tmp_path), Finish(score=score(music(tmp_path), gain="-12")), tmp_path)
    assert level(heard, 300, 0.1, 0.5) == pytest.approx(-18.06, abs=0.1)
    assert level(heard, 300, 1.5, 1.9) == pytest.approx(-18.06, abs=0.1)


def test_music_in_one_channel_comes_from_both_sides(tmp_path: Path) -> None:
    """As loud as it is: not 3 dB lower."""
    mono = make(tmp_path / "mono.wav", *tone(MUSIC, seconds=2, rate=44_100))
    heard = finished(clips(tmp_path), Finish(score=score(mono)), tmp_path)
    assert level(heard, 300, 0.5, 1) == pytest.approx(-6.02, abs=0.1)


def test_music_fades_in_and_out(tmp_path: Path) -> None:
    """Half way through a straight fade it is 6 dB lower; the reel begins and ends in silence."""
    finish = Finish(score=score(music(tmp_path), fade_in=0.4, fade_out=0.8))
    heard = finished(clips(tmp_path), finish, tmp_path)
    assert max(map(abs, [*heard[:48], *heard[-48:]])) < 100
    assert level(heard, 300, 0.19, 0.21) == pytest.approx(-12, abs=1)
    assert level(heard, 300, 0.6, 1) == pytest.approx(-6.02, abs=0.1)
    assert level(heard, 300, 1.59, 1.61) == pytest.approx(-12, abs=1)


def test_short_music_fades_at_its_own_end(tmp_path: Path) -> None:
    """It is not cut off loud in the middle of the reel, nor played again."""
    finish = Finish(score=score(music(tmp_path, seconds=1), fade_out=0.5))
    heard = finished(clips(tmp_path), finish, tmp_path)
    assert level(heard, 300, 0.74, 0.76) == pytest.approx(-12, abs=1)
    assert max(map(abs, heard[SECOND - 48 :])) < 200
    assert max(map(abs, heard[SECOND + 480 :])) <= 1


def test_fades_longer_than_the_reel_are_as_long_as_the_reel(tmp_path: Path) -> None:
    """A reel of a fifth of a second has no room for a fade of two seconds."""
    finish = Finish(score=score(music(tmp_path), fade_in=2, fade_out=2))
    heard = finished(clips(tmp_path, seconds=0.2), finish, tmp_path)
    assert 0 < max(map(abs, heard)) < 8000


@pytest.mark.parametrize(("peak", "lower", "back"), [(-20, 9, 0.3), (-12, 16, 0.6), (-6, 21, 0.7)])
def test_ducked_music_is_lower_while_clips_are_heard(
    peak: int, lower: float, back: float, tmp_path: Path
) -> None:
    """The more the louder they are, as docs/reels.md says, and back to within 1 dB soon after them."""
    loud_at_first = clips(tmp_path, f"lt(t,1)*{10 ** (peak / 20)}*sin(2*PI*2000*t)", seconds=3)
    ducked, plain = (
        finished(loud_at_first, Finish(score=score(music(tmp_path), duck=duck)), tmp_path)
        for duck in (True, False)
    )
    assert level(plain, 300, 0.5, 0.9) - level(ducked, 300, 0.5, 0.9) == pytest.approx(lower, abs=0.7)
    soon = 1 + back
    assert level(plain, 300, soon, soon + 0.1) - level(ducked, 300, soon, soon + 0.1) < 1
    assert level(ducked, 2000, 0.5, 0.9) == pytest.approx(peak, abs=0.2)


def test_clips_and_music_together_do_not_clip(tmp_path: Path) -> None:
    """Two tones of which each nearly fills the scale are limited, not cut flat."""
    full = make(tmp_path / "full.wav", *tone("0.9*sin(2*PI*300*t)", seconds=2))
    heard = finished(clips(tmp_path, "0.9*sin(2*PI*2000*t)"), Finish(score=score(full)), tmp_path)
    assert max(map(abs, heard)) < 32_400


def test_music_does_not_move_the_clips(tmp_path: Path) -> None:
    """Beeps begin on their very samples under a silent score: limiting looks ahead and delays nothing."""
    beeps = clips(tmp_path, "lt(mod(t,0.5),0.1)*0.8*sin(2*PI*2000*t)")
    quiet = make(tmp_path / "quiet.wav", *tone(SILENT, seconds=1))
    heard = finished(beeps, Finish(score=score(quiet)), tmp_path)
    expected = onsets(samples(beeps.read(0, beeps.samples)), quiet=4800)
    assert len(expected) == 4
    assert onsets(heard, quiet=4800) == expected


@pytest.mark.parametrize(
    ("expression", "target"),
    [
        ("0.02*sin(2*PI*1000*t)", -16),
        ("0.7*sin(2*PI*1000*t)", -23),
        ("(lt(mod(t,0.25),0.01)+0.1)*0.8*sin(2*PI*1000*t)", -14),
    ],
    ids=["quiet", "loud", "peaks over a quiet bed"],
)
def test_a_reel_has_the_loudness_that_was_asked_for(expression: str, target: int, tmp_path: Path) -> None:
    """Within half a LU (EBU R128), and its true peaks stay below -1 dBTP, in the mp4 as it is played."""
    card = encode(CardSegment(96, "x"), tmp_path)
    card.audio.write_bytes(pcm(tmp_path / "x.pcm", expression, 4.1).read_bytes())
    reel = join([card], tmp_path / "reel.mp4", finish=Finish(loudness=Decimal(target)))
    loudness, peak = measured("-i", f"file:{reel}", folder=tmp_path)
    assert loudness == pytest.approx(target, abs=0.5)
    assert peak < -1
    assert len(sound(reel, tmp_path)) == 4 * SECOND


def test_levelling_does_not_move_the_sound(tmp_path: Path) -> None:
    """Limited at four times the rate and back, each beep still begins within a tenth of a millisecond."""
    beeps = clips(tmp_path, "lt(mod(t,0.5),0.1)*0.95*sin(2*PI*2000*t)")
    heard = finished(beeps, Finish(loudness=Decimal(-8)), tmp_path)
    expected = onsets(samples(beeps.read(0, beeps.samples)), quiet=4800)
    found = onsets(heard, quiet=4800)
    assert len(found) == len(expected) == 4
    assert max(abs(a - b) for a, b in zip(found, expected, strict=True)) <= 5


@pytest.mark.parametrize(
    "silent",
    [(SILENT, 2), ("0.00001*sin(2*PI*500*t)", 2), (LOUD, 0.05)],
    ids=["silence", "a last bit", "too short"],
)
def test_what_has_no_loudness_is_left_alone(silent: tuple[str, float], tmp_path: Path) -> None:
    """Silence has none, and what is shorter than the meter's block has none yet."""
    plain = clips(tmp_path, *silent)
    made = asyncio.run(finished_sound(ffmpeg(), plain, Finish(loudness=Decimal(-16)), tmp_path))
    assert made == (plain, None)


def test_a_faint_noise_is_not_made_loud(tmp_path: Path) -> None:
    """At most 30 dB are added: the hiss of an empty room does not become a storm."""
    faint = clips(tmp_path, "0.001*sin(2*PI*1000*t)")
    heard = finished(faint, Finish(loudness=Decimal(-16)), tmp_path)
    assert level(heard, 1000, 0.5, 1) == pytest.approx(-60 + 30, abs=0.3)


def test_music_counts_for_the_loudness(tmp_path: Path) -> None:
    """The whole mix is measured, not the clips alone."""
    finish = Finish(score=score(music(tmp_path), gain="-20"), loudness=Decimal(-20))
    made, missed = asyncio.run(finished_sound(ffmpeg(), clips(tmp_path), finish, tmp_path))
    (mix,) = made.stretches
    loudness, _ = measured(*PCM_INPUT, f"file:{mix.path}", folder=tmp_path)
    assert loudness == pytest.approx(-20, abs=0.3)
    assert missed is None


@pytest.mark.parametrize(
    ("expression", "by_peaks"),
    [("lt(mod(t,0.5),0.003)*0.9*sin(2*PI*1000*t)", True), ("0.001*sin(2*PI*1000*t)", False)],
    ids=["clicks", "a faint noise"],
)
def test_a_loudness_that_was_not_reached_is_told(expression: str, by_peaks: bool, tmp_path: Path) -> None:
    """With the one that it has instead, and whether peaks are the reason."""
    sound = clips(tmp_path, expression, 4)
    made, missed = asyncio.run(finished_sound(ffmpeg(), sound, Finish(loudness=Decimal(-10)), tmp_path))
    (mix,) = made.stretches
    loudness, _ = measured(*PCM_INPUT, f"file:{mix.path}", folder=tmp_path)
    assert missed is not None
    assert (missed.asked, missed.by_peaks) == (Decimal(-10), by_peaks)
    assert float(missed.reached) == pytest.approx(loudness, abs=0.15)
    assert loudness < -11


def test_a_scratch_folder_of_any_name(tmp_path: Path) -> None:
    """The meter's report is named inside a filter graph, where many letters mean something."""
    folder = tmp_path / "it's [a]; b, c: d=e \\ 100%"
    folder.mkdir()
    assert max(finished(clips(tmp_path, LOUD), Finish(loudness=Decimal(-30)), folder)) > 500


def test_a_finished_reel_is_reproduced(tmp_path: Path) -> None:
    """Music, ducking and loudness together give the same bytes, however often."""
    card = encode(CardSegment(48, "x"), tmp_path)
    card.audio.write_bytes(pcm(tmp_path / "x.pcm", LOUD, 2.1).read_bytes())
    finish = Finish(score=score(music(tmp_path), duck=True, fade_in=0.5), loudness=Decimal(-16))
    reels = [join([card], tmp_path / f"{name}.mp4", finish=finish) for name in "abcd"]
    assert len({reel.read_bytes() for reel in reels}) == 1


def test_a_playlist_is_no_music(tmp_path: Path) -> None:
    """Whatever its name says, it would make ffmpeg open what it lists."""
    playlist = tmp_path / "music.mp3"
    playlist.write_text("#EXTM3U\n#EXTINF:1,\n/etc/hostname\n")
    with pytest.raises(UnreadableMedia, match="known format"):
        finished(clips(tmp_path), Finish(score=score(playlist)), tmp_path)


def test_a_silent_video_is_no_music(tmp_path: Path) -> None:
    """A clip may lend its sound, if it has any."""
    video = make(tmp_path / "video.mp4", *picture())
    with pytest.raises(UnreadableMedia, match="no sound"):
        finished(clips(tmp_path), Finish(score=score(video)), tmp_path)


def test_sound_of_a_video_is_music(tmp_path: Path) -> None:
    """Only its sound is taken."""
    video = make(tmp_path / "video.mp4", *picture(frames=48), *tone(MUSIC, seconds=2), "-c:a", "aac")
    heard = finished(clips(tmp_path), Finish(score=score(video)), tmp_path)
    assert level(heard, 300, 0.5, 1) == pytest.approx(-6.02, abs=0.3)


@pytest.mark.parametrize("suffix", ["mp3", "flac", "ogg", "m4a"])
def test_music_of_every_format(suffix: str, tmp_path: Path) -> None:
    """What cards take as sound, a reel takes as music."""
    codec = {"ogg": "libvorbis", "mp3": "libmp3lame"}.get(suffix)
    file = make(
        tmp_path / f"music.{suffix}", *tone(MUSIC, seconds=2)[:4], *(("-c:a", codec) if codec else ())
    )
    heard = finished(clips(tmp_path), Finish(score=score(file)), tmp_path)
    assert level(heard, 300, 0.5, 1) == pytest.approx(-6.02, abs=0.5)


def test_clips_that_are_gone_are_named(tmp_path: Path) -> None:
    """The sound's own error is told, not ffmpeg's that its input ended."""
    gone = Sound([Stretch(tmp_path / "gone.pcm", 48_000)])
    with pytest.raises(FfmpegFailed, match=r"gone\.pcm"):
        finished(gone, Finish(loudness=Decimal(-16)), tmp_path)
