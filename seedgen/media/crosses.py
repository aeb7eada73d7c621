"""Write a transition as filters: both sides in the reel's form, then one becoming the other.

The pictures are those of one long chain: `xfade` counts the overlap's frames from 0, so the first is
still wholly the old shot, and the first wholly new one comes right after the last.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seedgen.media.normalise import TAGGED
from seedgen.media.segment_graph import Streams
from seedgen.ports.segments import ClipSegment
from seedgen.project.reels import Direction, TransitionType

if TYPE_CHECKING:
    from seedgen.media.segment_graph import SegmentGraph
    from seedgen.ports.segments import CardSegment, CrossSegment

_WIPES = {
    Direction.LEFT: "wipeleft",
    Direction.RIGHT: "wiperight",
    Direction.UP: "wipeup",
    Direction.DOWN: "wipedown",
}
_EQUAL_POWER = ":curve=qsin"
"""A quarter of a sine: the squares of both gains add up to 1. Two shots' sounds have nothing to do with
each other, so their powers add, and the sum stays as loud; straight lines would dip by 3 dB."""


def show_cross(graph: SegmentGraph, cross: CrossSegment) -> Streams:
    """Add both sides and what makes the one the other. Raises UnreadableMedia, OSError."""
    going, coming = _sound_fades(graph, cross)
    before = graph.show(_going_on(cross.before), [going])
    after = graph.show(_gone_on(cross.after), [coming])
    if cross.type is TransitionType.FADE:
        picture = _through_colour(graph, cross, before.picture, after.picture)
    else:
        name = _WIPES[cross.direction] if cross.type is TransitionType.WIPE else "fade"
        picture = _xfade(graph, name, cross.frames, before.picture, after.picture)
    return Streams(picture, _both_sounds(graph, before.sound, after.sound))


def hear_cross(graph: SegmentGraph, cross: CrossSegment) -> str | None:
    """Add the sound that `show_cross` would, without a picture. Raises UnreadableMedia."""
    going, coming = _sound_fades(graph, cross)
    before = graph.hear(_going_on(cross.before), [going])
    after = graph.hear(_gone_on(cross.after), [coming])
    return _both_sounds(graph, before, after)


def _going_on(side: ClipSegment | CardSegment) -> ClipSegment | CardSegment:
    """The old shot: its sound fades over the whole cross, so it needs no soft end."""
    return replace(side, sound=replace(side.sound, soft_end=False)) if isinstance(side, ClipSegment) else side


def _gone_on(side: ClipSegment | CardSegment) -> ClipSegment | CardSegment:
    """The new shot, whose sound needs no soft start."""
    return (
        replace(side, sound=replace(side.sound, soft_start=False)) if isinstance(side, ClipSegment) else side
    )


def _sound_fades(graph: SegmentGraph, cross: CrossSegment) -> tuple[str, str]:
    """The filters under which the old sound goes and the new one comes."""
    whole = graph.form.rate.samples(cross.frames)
    if cross.type is not TransitionType.FADE:
        return f"afade=t=out:ss=0:ns={whole}{_EQUAL_POWER}", f"afade=t=in:ss=0:ns={whole}{_EQUAL_POWER}"
    middle = graph.form.rate.samples(_half(cross))
    # Of a single frame there is no first half.
    return f"afade=t=out:ss=0:ns={max(1, middle)}", f"afade=t=in:ss={middle}:ns={whole - middle}"


def _both_sounds(graph: SegmentGraph, before: str | None, after: str | None) -> str | None:
    if before is None or after is None:
        return before or after
    # Added up as floats; two loud sounds then meet the ends of the scale only once.
    floats = [graph.add("aformat=sample_fmts=fltp", sound) for sound in (before, after)]
    return graph.add("amix=inputs=2:normalize=0,aformat=sample_fmts=s16", *floats)


def _through_colour(graph: SegmentGraph, cross: CrossSegment, before: str, after: str) -> str:
    """Half of the frames to the colour, then half back; the first of the second half is the colour alone.

    Not with ffmpeg's `fade`, which reads its colour as BT.601; this one is that of a card's ground.
    """
    half = _half(cross)
    back = cross.frames - half
    halves = []
    if half:
        going = graph.add(f"trim=end_frame={half},{_counted(graph)}", before)
        halves.append(_xfade(graph, "fade", half, going, _colour(graph, cross.color, half)))
    else:
        graph.drop(before)
    coming = graph.add(f"trim=start_frame={half},{_counted(graph)}", after)
    halves.append(_xfade(graph, "fade", back, _colour(graph, cross.color, back), coming))
    return graph.add("concat=n=2", *halves) if half else halves[0]


def _half(cross: CrossSegment) -> int:
    """Frames of the way to the colour."""
    return cross.frames // 2


def _colour(graph: SegmentGraph, colour: str, frames: int) -> str:
    form = graph.form
    source = f"color=c=0x{colour.removeprefix('#')}:s={form.size}:r={form.rate},trim=end_frame={frames}"
    to_video = "scale=out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv420p"
    return graph.add(f"{source},format=gbrp,{to_video},{TAGGED}")


def _xfade(graph: SegmentGraph, name: str, frames: int, before: str, after: str) -> str:
    """One picture becoming another. The filter works in 4:4:4 and would hand that on."""
    sides = [graph.add(_counted(graph), side) for side in (before, after)]
    duration = int(graph.form.rate.seconds(frames) * 1_000_000)
    chain = f"xfade=transition={name}:duration={duration}us:offset=0,format=yuv420p,{TAGGED}"
    return graph.add(chain, *sides)


def _counted(graph: SegmentGraph) -> str:
    """Both sides on one clock, a tick for each frame, with a rate that `xfade` can see."""
    rate = graph.form.rate
    return f"settb={rate.per_seconds}/{rate.frames},setpts=N,fps={rate}"
