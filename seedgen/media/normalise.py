"""The ffmpeg arguments that bring any clip into a reel's format: pure text, nothing is run here.

Every segment of a reel must come out of the same encoder settings, or the joined reel would need a
second set of decoder parameters in its midst. The order of the filters was measured, see the
functions below.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import TYPE_CHECKING

from seedgen.geometry import Fit
from seedgen.media.backgrounds import blurred_fill, ground, scaled
from seedgen.media.ffmpeg import BITEXACT
from seedgen.project.reels import BLUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.ports.segments import ReelFormat, SegmentSound
    from seedgen.timing import Rate

RECIPE = 7
"""Raise it whenever an argument or a drawing below changes, so that cached segments are made anew."""

THREADS = 4
"""x264's bytes depend on its thread count, so it must not follow the machine. A lone segment keeps two cores
busier with four than with two or three, for 6 MiB more each; side by side it is all the same."""

STEADY = "sync-lookahead=0"
"""x264's lookahead thread races with its encoder: with it one encode in twenty of the same pictures came out
otherwise (19 of 300), without it none of 1,000."""

_LOOKERS = "lookahead-threads=3"
"""Threads that share the look at each frame do not race (none of 360). With them and four encoders a lone
segment is ready 7 % sooner than with three encoders alone."""

SAMPLE_RATE = 48_000
BYTES_PER_SAMPLE = 4
"""s16le, two channels."""

REORDER = 2
"""Frames by which decoding runs ahead of showing: three B-frames, one of them a reference (pyramid)."""

_SMALLEST_TIMESCALE = 10_000
_SEEK_AHEAD = Fraction(20)
"""Seconds. A cut no further into a clip is reached by decoding from the clip's start, as nothing else is
exact for every container; beyond it, decoding starts this long before the cut."""

_SOFT = SAMPLE_RATE // 200
"""Samples of the fade at a cut: 5 ms. Long enough not to click, too short to be heard as a fade."""

TAGGED = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
"""Ends every picture, whatever made it."""


@dataclass(frozen=True, slots=True)
class Part:
    """The frames [start, start + frames) of a clip, counted at the reel's rate."""

    start: int
    frames: int


def track_timescale(rate: Rate) -> int:
    """Ticks per second of which every frame takes a whole number: 12288 at 24, 30000 at 30000/1001."""
    scale = rate.frames
    while scale < _SMALLEST_TIMESCALE:
        scale *= 2
    return scale


def seek_frame(start: int, rate: Rate) -> int:
    """The frame from which to decode so as to cut at `start`: 0 unless the cut lies deep in the clip.

    It falls on a whole microsecond and a whole audio sample, of 44.1 kHz sound too, else what comes
    after the seek would be taken at a slightly different phase than in a neighbour segment.
    """
    step = rate.frames // gcd(rate.frames, rate.per_seconds * gcd(SAMPLE_RATE, 44_100, 1_000_000))
    return max(0, start - rate.count(_SEEK_AHEAD)) // step * step


def seek_arguments(frame: int, rate: Rate) -> list[str]:
    """Input options to start decoding at `frame`."""
    return ["-ss", f"{int(rate.seconds(frame) * 1_000_000)}us"] if frame else []


def clock(rate: Rate) -> str:
    """Filters from a decoded clip to a picture for every frame of the reel, without end.

    `fps` comes first, as it alone understands the clip's own timestamps. A clip that ends too early
    holds its last picture: `tpad` stands before any `trim`, so that even a cut beyond the end has one.
    """
    return f"fps={rate}:start_time=0,tpad=stop_mode=clone:stop=-1"


def poster_chain(frame: int, matrix: str) -> str:
    """Filters from behind `clock` to one picture for people: square pixels, RGB."""
    square = f"scale=w='max(1,round(iw*clip(sar,0.25,4)))':h=ih:in_color_matrix={matrix}"
    return f"trim=start_frame={frame}:end_frame={frame + 1},{square},setsar=1,format=rgb24"


def poster_arguments() -> list[str]:
    """Output options for that picture: a PPM file, which costs no time to write."""
    return ["-frames:v", "1", "-c:v", "ppm", "-f", "image2pipe"]


def video_chain(form: ReelFormat, part: Part, matrix: str, *, fills: bool, name: str) -> str:
    """Filters from behind `clock` to exactly `part.frames` pictures of the reel's format.

    `matrix` is how to read the clip's colours, a value of the scale filter's `in_color_matrix`.
    `fills` says that the clip has the frame's shape; `name` keeps inner links apart from others.
    """
    rate = form.rate
    return ",".join(
        (
            f"trim=start_frame={part.start}:end_frame={part.start + part.frames}",
            f"setpts=N/({rate}*TB)",
            _fitted(form, matrix, fills=fills, name=name),
            "setsar=1",
            "format=yuv420p",
            TAGGED,
        )
    )


def audio_chain(
    form: ReelFormat, part: Part, sound: SegmentSound, fades: Sequence[str] = (), *, mono: bool
) -> str:
    """Filters from decoded sound to the samples beside `part`, and one more (see SegmentFiles).

    Sound that starts late is led by silence; holes in it are filled; sound that ends early goes on
    as silence. One channel goes to both sides as loud as it is, as players do it; ffmpeg's own way
    takes 3 dB off. `fades` are further filters, on samples counted from the part's first.
    """
    start = form.rate.samples(part.start)
    spread = ("pan=stereo|c0=c0|c1=c0",) if mono else ()
    return ",".join(
        (
            f"aresample={SAMPLE_RATE}:async=1:first_pts=0",
            *spread,
            "aformat=sample_fmts=s16:channel_layouts=stereo",
            "apad",
            f"atrim=start_sample={start}:end_sample={start + sample_count(form.rate, part.frames)}",
            "asetpts=N/SR/TB",
            *_levelled([*_gain(sound), *_soft(form.rate.samples(part.frames), sound), *fades]),
        )
    )


def sample_count(rate: Rate, frames: int) -> int:
    """The samples that a segment's PCM holds."""
    return rate.samples(frames) + 1


def encoder_arguments(form: ReelFormat, frames: int) -> list[str]:
    """Output options for a segment's picture: the same for every segment of one reel, but for its length."""
    keyframes = max(1, round(2 * form.rate.fraction))
    return [
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-threads", str(THREADS)),
        *("-g", str(keyframes), "-bf", "3", "-b-pyramid", "normal"),
        *("-x264-params", f"open-gop=0:{STEADY}:{_LOOKERS}"),
        *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"),
        *as_many(frames, form.rate),
        *("-video_track_timescale", str(track_timescale(form.rate))),
        *BITEXACT,
        *("-f", "mp4"),
    ]


def as_many(frames: int, rate: Rate) -> list[str]:
    """Output options for so many pictures. ffmpeg 7.0 forgets the rate behind `setpts`, and takes 25."""
    return ["-r", str(rate), "-frames:v", str(frames)]


def pcm_arguments() -> list[str]:
    """Output options for a segment's sound."""
    return ["-c:a", "pcm_s16le", *BITEXACT, "-f", "s16le"]


def _fitted(form: ReelFormat, matrix: str, *, fills: bool, name: str) -> str:
    """Scale, then crop what stands out of the frame, or lay something under what does not fill it."""
    size = form.size
    picture = scaled(size, form.fit, matrix)
    if form.fit is Fit.COVER:
        return f"{picture},crop={size.width}:{size.height}"
    if form.background == BLUR and not fills:
        return f"{picture},{blurred_fill(size, name)}"
    colour = "0x" + ground(form.background).removeprefix("#")
    return f"{picture},pad={size.width}:{size.height}:(ow-iw)/2:(oh-ih)/2:{colour}"


def _gain(sound: SegmentSound) -> list[str]:
    return [f"volume={sound.gain_db}dB:precision=float"] if sound.gain_db else []


def _soft(samples: int, sound: SegmentSound) -> list[str]:
    """The fades of a cut. The last one ends before the earliest sample at which the joiner may cut.

    At 29.97 that is one sample before the nominal end, see Rate.samples.
    """
    length = min(_SOFT, samples // 2)
    begin = [f"afade=t=in:ss=0:ns={length}"] if sound.soft_start else []
    end = [f"afade=t=out:ss={samples - 1 - length}:ns={length}"] if sound.soft_end else []
    return begin + end


def _levelled(filters: Sequence[str]) -> list[str]:
    """The filters between a change to floats and back, or none: without them no sample is touched."""
    if not filters:
        return []
    return ["aformat=sample_fmts=fltp", *filters, "aformat=sample_fmts=s16"]
