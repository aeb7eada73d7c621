"""Cut list: the ordered clips of a reel with in and out points, in frames of the reel. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from seedgen.errors import UsageError
from seedgen.geometry import Size
from seedgen.ports.segments import ReelFormat
from seedgen.project.reels import Placeholder, Reel, ShotSound
from seedgen.timing import Rate, point

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seedgen.planning.lock import Take
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.project.reels import Cut

DEFAULT_SIZE = Size(1280, 720)
_PLAIN = ShotSound()


class Standing(StrEnum):
    """What a cut shows."""

    CLIP = "clip"
    STAND_IN = "stand_in"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class CutEntry:
    """One shot in the reel: `frames` frames of its clip from `start`, both at the reel's rate."""

    shot: ResolvedShot
    standing: Standing
    take: Take | None
    start: int
    frames: int
    sound: ShotSound = _PLAIN


@dataclass(frozen=True, slots=True)
class CutList:
    """A reel's cuts in order. `left_out` are shots that have no clip and are skipped."""

    reel: str
    form: ReelFormat
    entries: tuple[CutEntry, ...]
    left_out: tuple[str, ...] = ()


def reel_format(spec: Reel, size: Size | None) -> ReelFormat:
    """What all segments of a reel share; `size` is that of its first clip."""
    frame = Size.parse(spec.size) if spec.size else size or DEFAULT_SIZE
    even = Size(frame.width + frame.width % 2, frame.height + frame.height % 2)
    return ReelFormat(even, Rate.parse(spec.fps), spec.fit, spec.background)


def cut_list(
    name: str,
    spec: Reel,
    form: ReelFormat,
    shots: Sequence[ResolvedShot],
    picked: Callable[[ResolvedShot], Take | None],
    seconds: Callable[[ResolvedShot], int],
) -> CutList:
    """The cuts of a reel. `picked` gives the take of a shot that goes in, if its clip is there;
    `seconds` how long its stand-in lasts.

    Raises UsageError when a shot has no clip and the reel says that this is an error, or when a cut
    leaves nothing of a clip.
    """
    entries, left_out = [], list[str]()
    for shot in shots:
        take = picked(shot)
        if take is None and spec.placeholder is Placeholder.ERROR:
            raise UsageError(
                f"the reel {name!r} wants a clip of every shot, and {shot.id} has none",
                remedy="Apply first, or let `placeholder: animatic` stand in.",
            )
        if take is None and spec.placeholder is Placeholder.SKIP:
            left_out.append(shot.id)
            continue
        standing = Standing.CLIP if take else _stand_in(spec)
        length = _length(take, Fraction(seconds(shot)), form.rate)
        start, end = _window(spec.cut.get(shot.id), length, form.rate, name, shot.id)
        sound = spec.sound.get(shot.id, _PLAIN)
        entries.append(CutEntry(shot, standing, take, start, end - start, sound))
    return CutList(name, form, tuple(entries), tuple(left_out))


def _stand_in(spec: Reel) -> Standing:
    return Standing.CARD if spec.placeholder is Placeholder.SLATE else Standing.STAND_IN


def _length(take: Take | None, seconds: Fraction, rate: Rate) -> int:
    if take is not None:
        seconds = Rate.parse(take.rate).seconds(take.frames)
    return max(1, rate.count(seconds))


def _window(cut: Cut | None, length: int, rate: Rate, reel: str, shot: str) -> tuple[int, int]:
    if cut is None:
        return 0, length
    start = 0 if cut.in_ is None else point(cut.in_, rate)
    end = length if cut.out is None else point(cut.out, rate)
    if not 0 <= start < end <= length:
        raise UsageError(
            f"reels.{reel}.cut.{shot}: {start} to {end} is not within the clip's {length} frames",
            remedy=f"In and out points count at {rate} frames per second, from the clip's beginning.",
        )
    return start, end
