"""Lay music under a reel's sound and bring the whole to a loudness, to the exact sample.

The loudness follows EBU R128: a first pass measures, a second applies one gain to everything, so that
nothing pumps. Only where peaks would then pass the ceiling does a limiter take them down, and the gain
is measured again with it.
"""

from __future__ import annotations

import asyncio
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from seedgen.errors import FfmpegFailed, UnreadableMedia
from seedgen.media.ffmpeg import untrusted_input
from seedgen.media.footage import opened
from seedgen.media.magic import recognise
from seedgen.media.normalise import BYTES_PER_SAMPLE, SAMPLE_RATE, pcm_arguments
from seedgen.media.pcm import Sound, Stretch, run_on_sound
from seedgen.media.probe import probe_media
from seedgen.ports.segments import LoudnessMissed

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from seedgen.media.ffmpeg import Ffmpeg
    from seedgen.ports.segments import Finish, Score

CEILING = Decimal(-2)
"""dBTP of the samples. The promise is -1 in the reel, and encoding adds up to about 1 dB."""

MOST_GAIN = Decimal(30)
"""Decibels. What is quieter than that is noise, and stays nearly as quiet as it was."""

_SILENCE = -70.0
"""LUFS. The absolute gate of ITU-R BS.1770; ebur128 says it when nothing passed the gate."""

_STEP = Decimal("0.1")
"""Gains are rounded to it: a change that nobody hears then leaves all kept chunks as they are."""

_TOLERANCE = Decimal("0.3")
"""LU. EBU R128 allows 0.5 where more is not practicable."""

_MOST_LOOKS = 3

_FLOAT = "asetnsamples=n=4096:p=0,aformat=sample_fmts=fltp:channel_layouts=stereo"
"""Frames of one size, whatever pieces the pipe gave."""

_SPARE = SAMPLE_RATE
"""Samples of silence behind both inputs of the ducking: when one ends, it drops what it still holds of the
other, more or less of it from run to run."""

_DUCKING = "sidechaincompress=threshold=0.03:ratio=8:attack=20:release=500"
"""Clips from -30 dB on lower the music: by 9 dB where they peak at -20, by 21 at -6. Back within 0.7 s."""


_READING = re.compile(r"lavfi\.r128\.(I|true_peaks_ch\d+)=(\S+)\n")


@dataclass(frozen=True, slots=True)
class _Loudness:
    """What a measurement found: LUFS, and the true peak as a factor of full scale."""

    integrated: float
    peak: float


@dataclass(frozen=True, slots=True)
class _Level:
    """Filters that bring a sound near a loudness, and how near if that is not near enough."""

    filters: str
    missed: LoudnessMissed | None = None


async def finished_sound(
    ffmpeg: Ffmpeg, sound: Sound, finish: Finish, scratch: Path
) -> tuple[Sound, LoudnessMissed | None]:
    """The sound with music and at the loudness that `finish` asks for; the same where it asks for neither.
    And how loud it is, where that is not what was asked for.

    What is made lies in `scratch`. Raises FfmpegFailed, UnreadableMedia (the music).
    """
    if finish.score is None and finish.loudness is None:
        return sound, None
    mix = await asyncio.to_thread(_mix, ffmpeg, sound, finish.score, scratch)
    level = None if finish.loudness is None else await mix.level_for(finish.loudness)
    if finish.score is None and level is None:
        return sound, None
    level = level or _Level(_limit("0.98", SAMPLE_RATE))
    return await mix.render(level.filters), level.missed


@dataclass(frozen=True, slots=True)
class _Mix:
    """The clips' sound with the music under it, as ffmpeg makes it anew for every pass."""

    ffmpeg: Ffmpeg
    sound: Sound
    inputs: list[str]
    graph: str
    scratch: Path

    async def render(self, level: str) -> Sound:
        """Write it through the filters `level`, as long as the sound to the sample."""
        out = self.scratch / "mix.pcm"
        await self._run(level, [*pcm_arguments(), f"file:{out}"])
        if out.stat().st_size != self.sound.samples * BYTES_PER_SAMPLE:
            raise FfmpegFailed("the mixed sound has not the length of the reel")
        return Sound([Stretch(out, self.sound.samples)])

    async def level_for(self, target: Decimal) -> _Level | None:
        """What brings it to `target` LUFS, as near as can be; None for silence, which is left alone."""
        found = await self._measure("anull")
        if found is None:
            return None
        gain = min(_stepped(target - Decimal(found.integrated)), MOST_GAIN)
        if 20 * math.log10(found.peak) + float(gain) <= CEILING:
            reached = _stepped(Decimal(found.integrated)) + gain
            return _Level(_gain(gain), _missed(target, reached, by_peaks=False))
        limit = _limit(f"{10 ** (float(CEILING) / 20):.4f}", 4 * SAMPLE_RATE)
        # The limiter takes loudness away with the peaks. Some more looks give back what it took.
        for look in range(_MOST_LOOKS + 1):
            limited = await self._measure(f"{_gain(gain)},{limit}")
            missing = _stepped(target - Decimal(limited.integrated)) if limited else Decimal(0)
            if missing <= _TOLERANCE or look == _MOST_LOOKS:  # the last one is only to tell what was reached
                break
            gain = min(gain + missing, MOST_GAIN)
        missed = _missed(target, target - missing, by_peaks=True)
        return _Level(f"{_gain(gain)},{limit}", missed)

    async def _measure(self, level: str) -> _Loudness | None:
        report = self.scratch / "loudness.txt"
        meter = f"ebur128=peak=true:metadata=1,ametadata=mode=print:file={_quoted(report)}"
        await self._run(f"{level},{meter}", ["-f", "null", "-"])
        return _last_reading(report)

    async def _run(self, level: str, output: list[str]) -> None:
        count = self.sound.samples
        exact = f"apad=whole_len={count},atrim=end_sample={count}"
        graph = f"{self.graph},{exact},{level},{exact}[sound]"
        arguments = [*self.inputs, "-filter_complex", graph, "-map", "[sound]", *output]
        await run_on_sound(self.ffmpeg, self.sound, arguments, timeout=600 + count / SAMPLE_RATE)


def _mix(ffmpeg: Ffmpeg, sound: Sound, score: Score | None, scratch: Path) -> _Mix:
    if score is None:
        return _Mix(ffmpeg, sound, [], f"[0:a]{_FLOAT}", scratch)
    music = _music_chain(score, sound.samples)
    both = "amix=inputs=2:duration=first:normalize=0"
    if score.duck:
        graph = (
            f"[0:a]{_FLOAT},apad=pad_len={_SPARE},asplit=2[clips][key];[1:a:0]{music}[music];"
            f"[music][key]{_DUCKING}[low];[clips][low]{both}"
        )
    else:
        graph = f"[0:a]{_FLOAT}[clips];[1:a:0]{music}[music];[clips][music]{both}"
    inputs = untrusted_input(score.file, recognise(score.file).demuxer)
    return _Mix(ffmpeg, sound, inputs, graph, scratch)


def _music_chain(score: Score, samples: int) -> str:
    """Filters from decoded music to just `samples` samples. Raises UnreadableMedia."""
    channels, heard = _look(score.file, samples)
    # One channel goes to both sides as loud as it is; ffmpeg's own way takes 3 dB off.
    spread = ("pan=stereo|c0=c0|c1=c0",) if channels == 1 else ()
    fade_in, fade_out = (min(_count(seconds), heard) for seconds in (score.fade_in, score.fade_out))
    return ",".join(
        (
            f"aresample={SAMPLE_RATE}:async=1:first_pts=0",
            *spread,
            _FLOAT,
            f"apad=whole_len={samples + _SPARE}",
            f"atrim=end_sample={samples + _SPARE}",
            "asetpts=N/SR/TB",
            f"volume={score.gain_db}dB",
            *([f"afade=t=in:start_sample=0:nb_samples={fade_in}"] if fade_in else []),
            *([f"afade=t=out:start_sample={heard - fade_out}:nb_samples={fade_out}"] if fade_out else []),
        )
    )


def _look(music: Path, samples: int) -> tuple[int, int]:
    """The music's channels, and how many of its samples are heard in so long a reel."""
    with opened(music, recognise(music)) as source:
        stream = next(iter(source.streams.audio), None)
        if stream is None:
            raise UnreadableMedia(f"{music.name} has no sound", remedy="Name a sound file as `music`.")
        channels = stream.channels
    seconds = probe_media(music).seconds
    length = int(seconds * SAMPLE_RATE) if seconds else samples
    return channels, min(samples, length)


def _last_reading(report: Path) -> _Loudness | None:
    """The meter's last line of each kind; None for silence, and for what is too short to be measured."""
    readings: dict[str, float] = {}
    try:
        with report.open(encoding="utf-8") as lines:
            for line in lines:
                if found := _READING.fullmatch(line):
                    readings[found[1]] = float(found[2])
    except OSError as error:
        raise FfmpegFailed(f"the loudness cannot be measured: {error}") from None
    integrated = readings.pop("I", _SILENCE)
    peak = max(readings.values(), default=0)
    return _Loudness(integrated, peak) if integrated > _SILENCE and peak > 0 else None


def _missed(target: Decimal, reached: Decimal, *, by_peaks: bool) -> LoudnessMissed | None:
    return LoudnessMissed(target, reached, by_peaks) if target - reached > _TOLERANCE else None


def _gain(decibels: Decimal) -> str:
    return f"volume={decibels}dB"


def _limit(limit: str, rate: int) -> str:
    """A limiter that looks 5 ms ahead and delays nothing; `latency` needs ffmpeg 6.

    At four times the rate it also sees the peaks between samples (ITU-R BS.1770, annex 2).
    """
    limiter = f"alimiter=level=0:limit={limit}:attack=5:release=50:latency=1"
    return limiter if rate == SAMPLE_RATE else f"aresample={rate},{limiter},aresample={SAMPLE_RATE}"


def _stepped(decibels: Decimal) -> Decimal:
    return decibels.quantize(_STEP)


def _count(seconds: Fraction) -> int:
    return int(seconds * SAMPLE_RATE)


def _quoted(path: Path) -> str:
    """A path as an option's value in a filter graph: escaped once for the filter, once for the graph.

    Source: https://ffmpeg.org/ffmpeg-filters.html, "Notes on filtergraph escaping".
    """
    text = str(path)
    for special in (r"[\\':]", r"[\\'\[\],;]"):
        text = re.sub(special, r"\\\g<0>", text)
    return text
