"""Clips with every trap that a provider may set, each with a flash and a beep at known frames.

Traps of the picture and of the sound are counted apart, in cycles that share no divisor, so that every one
meets every other. Pictures are dark but for the flashes, and sound is silence but for the beeps.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from seedgen.geometry import Size
from tests.media.clips import make, tone

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RATE = 24
"""The reel's frames per second, by which marks are counted."""

FLASH = Fraction(2, RATE)
"""Seconds of white: two frames, as of one frame a clip of another rate may show nothing at the reel's."""

BEEP = Fraction(1, 40)
"""Seconds of tone. Shorter than a frame, so that there is silence even between two clips of one frame."""

_DARK = "lutyuv=y=16+(val-16)/10:u=128+(val-128)/8:v=128+(val-128)/8"
_HIDDEN = Fraction(8, RATE)
"""Seconds that an edit list hides."""


@dataclass(frozen=True, slots=True)
class Trap:
    """What is odd about a picture. `filters` come last, `stored` are the encoder's options.

    `wider` and `higher` are added to the size, `upright` swaps its sides. A `brief` clip has a single frame.
    """

    name: str
    filters: str = "null"
    stored: tuple[str, ...] = ("-pix_fmt", "yuv420p")
    rate: Fraction = Fraction(RATE)
    wider: Fraction = Fraction(1)
    odd: bool = False
    upright: bool = False
    turned: bool = False
    hidden: bool = False
    brief: bool = False


PICTURES = (
    Trap("B-frames", stored=("-pix_fmt", "yuv420p", "-bf", "3", "-b-pyramid", "normal")),
    Trap("pixels of 80:81", "setsar=80/81", wider=Fraction(81, 80)),
    Trap("4:2:2", stored=("-pix_fmt", "yuv422p")),
    Trap("29.97 frames a second", rate=Fraction(30000, 1001)),
    Trap("4:4:4", stored=("-pix_fmt", "yuv444p")),
    Trap("turned by 90 degrees", "transpose=clock", turned=True),
    Trap("10 bit", stored=("-pix_fmt", "yuv420p10le")),
    Trap("an edit list", hidden=True),
    Trap("full range", stored=("-pix_fmt", "yuvj420p")),
    Trap("variable rate", "select='not(mod(n,3)*mod(n,5))'", ("-pix_fmt", "yuv420p", "-fps_mode", "vfr")),
    Trap("one frame", brief=True),
    Trap("odd size", stored=("-pix_fmt", "yuv444p"), odd=True),
    Trap("90 kHz ticks", stored=("-pix_fmt", "yuv420p", "-video_track_timescale", "90000")),
    Trap("upright", upright=True),
)


@dataclass(frozen=True, slots=True)
class Sound:
    """What is odd about a sound: `times` and `plus` (seconds) make its length of the picture's."""

    name: str
    stored: tuple[str, ...] = ("-ac", "2")
    rate: int = 48_000
    times: Fraction = Fraction(1)
    plus: Fraction = Fraction(0)


SOUNDS = (
    Sound("stereo"),
    Sound("mono, 44.1 kHz", ("-ac", "1"), rate=44_100),
    None,
    Sound("shorter than the picture", times=Fraction(4, 5)),
    Sound("longer than the picture", plus=Fraction(7, 10)),
)


@dataclass(frozen=True, slots=True)
class Clip:
    """One clip to be: `frames` frames of the reel long, with a flash and a beep from each of its marks.

    Even clips flash in the upper half and odd ones in the lower, so that neighbours are told apart.
    """

    number: int
    frames: int
    marks: tuple[int, ...]

    @property
    def trap(self) -> Trap:
        """What is odd about its picture."""
        return PICTURES[self.number % len(PICTURES)]

    @property
    def sound(self) -> Sound | None:
        """What is odd about its sound; None for a clip without."""
        return SOUNDS[self.number % len(SOUNDS)]

    @property
    def name(self) -> str:
        """Both in words."""
        return f"{self.trap.name}; {self.sound.name if self.sound else 'no sound'}"


def make_clip(clip: Clip, size: Size, out: Path) -> Path:
    """Write a clip (mp4). Same arguments, same ffmpeg: same bytes."""
    trap = clip.trap
    if not trap.turned and not trap.hidden:
        return _encode(clip, size, out)
    whole = _encode(clip, size, out.with_name(f"whole-{out.name}"))
    before = ("-display_rotation", "90") if trap.turned else ("-ss", f"{float(_HIDDEN):.6f}")
    make(out, *before, "-i", f"file:{whole}", "-map", "0", "-c", "copy")
    whole.unlink()
    return out


def _encode(clip: Clip, size: Size, out: Path) -> Path:
    trap = clip.trap
    hidden = _HIDDEN if trap.hidden else Fraction(0)
    seconds = hidden + Fraction(clip.frames, RATE)
    marks = [hidden + Fraction(mark, RATE) for mark in clip.marks]
    flashes = "+".join(_between(mark - 1 / trap.rate / 2, FLASH) for mark in marks)
    half = f"drawbox=y={clip.number % 2}*ih/2:h=ih/2:color=white:t=fill:enable='{flashes}'"
    frames = round(seconds * trap.rate)
    scene = f"testsrc2=s={_stored_size(trap, size)}:r={trap.rate},format=yuv444p,{_DARK}"
    graph = f"{scene},{half},trim=end_frame={frames},{trap.filters}"
    return make(
        out,
        *("-f", "lavfi", "-i", graph),
        *_sound(clip.sound, seconds, marks),
        *("-c:v", "libx264", "-preset", "ultrafast", "-crf", "23", "-g", "250", "-threads", "1"),
        *(*trap.stored, "-fflags", "+bitexact", "-f", "mp4"),
    )


def _sound(sound: Sound | None, seconds: Fraction, marks: Sequence[Fraction]) -> tuple[str, ...]:
    if sound is None:
        return ()
    beeps = "+".join(_between(mark, BEEP) for mark in marks)
    length = float(seconds * sound.times + sound.plus)
    source = tone(f"0.8*sin(2*PI*2000*t)*({beeps})", seconds=length, rate=sound.rate)
    return (*source, "-c:a", "aac", "-b:a", "128k", *sound.stored)


def _between(begin: Fraction, seconds: Fraction) -> str:
    return f"gte(t,{float(begin):.6f})*lt(t,{float(begin + seconds):.6f})"


def _stored_size(trap: Trap, size: Size) -> Size:
    width, height = (size.height, size.width) if trap.upright else (size.width, size.height)
    return Size(round(width * trap.wider / 2) * 2 + trap.odd, height + trap.odd)
