"""EDL: a reel as a CMX 3600 edit decision list, picture only. Pure.

OpenTimelineIO's own adapter writes drop-frame timecode at 29.97, turns wipes into dissolves, leaves gaps
out and cuts reel names so that two become one (otio-cmx3600-adapter 1.0.0); it reads what is written here.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from seedgen.errors import UsageError
from seedgen.project.reels import Direction, TransitionType
from seedgen.reel.exports.events import trailing
from seedgen.reel.exports.words import one_line
from seedgen.timing import timecode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seedgen.project.reels import Transition
    from seedgen.reel.exports.events import Event, Media
    from seedgen.reel.timeline import Timeline
    from seedgen.timing import Rate

BLACK = "BL"
_RESERVED = ("AX", BLACK, "BLACK", "BARS", "NONE")
"""Reel names that mean something else than a reel."""

_REEL_NAME = 8
_REMARK = 120
_MOST_FRAMES_PER_SECOND = 99

_WIPES = {Direction.LEFT: 1, Direction.RIGHT: 1, Direction.UP: 2, Direction.DOWN: 2}
"""SMPTE wipe codes: 1 has an upright edge, 2 a level one. The list has no word for where it moves to."""


def edl_text(line: Timeline, media: Mapping[str, Media]) -> str:
    """The whole list; `media` is by shot id. Source and record times count at the reel's rate.

    Raises UsageError for a rate that timecode cannot count.
    """
    rate = line.form.rate
    if round(rate.fraction) > _MOST_FRAMES_PER_SECOND:
        raise UsageError(
            f"the reel {line.reel!r} has {rate} frames a second, and an EDL's timecode counts at most 99",
            remedy="Export it as otio or fcpxml.",
        )
    events = trailing(line, media)
    names = reel_names(event.name for event in events if event.clip)
    text = [f"TITLE: {one_line(line.reel, 70)}", "FCM: NON-DROP FRAME", ""]
    number = 0
    for before, event in pairwise((None, *events)):
        if event and event.frames:
            number += 1
            text += _event(number, before, event, names, rate)
    return "\n".join(text) + "\n"


def reel_names(ids: Iterable[str]) -> dict[str, str]:
    """A name of at most eight capitals and digits for each shot, no two the same."""
    names: dict[str, str] = {}
    taken = set(_RESERVED)
    for shot in ids:
        plain = re.sub("[^A-Z0-9]", "", shot.upper())
        name, number = plain[:_REEL_NAME], 1
        while name in taken:
            number += 1
            name = f"{plain[: _REEL_NAME - len(str(number))]}{number}"
        taken.add(name)
        names[shot] = name
    return names


def _event(
    number: int, before: Event | None, event: Event, names: Mapping[str, str], rate: Rate
) -> Iterator[str]:
    """The lines of one event. One that a transition leads into names first what it comes from."""
    into = event.transition
    if into and before:
        yield _edit(number, "C", _reel(before, names), before.source_in + before.frames, event.at, 0, rate)
    kind = _kind(into) if into else "C"
    yield _edit(number, kind, _reel(event, names), event.source_in, event.at, event.frames, rate)
    if into and before and before.clip:
        yield f"* FROM CLIP NAME: {before.clip.media.path.name}"
    if event.clip:
        yield f"* {'TO' if into else 'FROM'} CLIP NAME: {event.clip.media.path.name}"
    if into and into.type is TransitionType.FADE:
        yield f"* COMMENT: FADE THROUGH {into.color}"
    if into and into.type is TransitionType.WIPE:
        yield f"* COMMENT: WIPE, ITS EDGE MOVES {into.direction.upper()}"
    if event.missing:
        yield f"* COMMENT: {event.name} HAS NO CLIP YET"
    colour = "RED" if event.missing else "GREEN"
    yield f"* LOC: {timecode(event.at, rate)} {colour:7} {_marker(event)}"


def _edit(number: int, kind: str, reel: str, source: int, record: int, frames: int, rate: Rate) -> str:
    times = (source, source + frames, record, record + frames)
    written = " ".join(timecode(time, rate) for time in times)
    return f"{number:03}  {reel:<{_REEL_NAME}} V     {kind:<8} {written}"


def _kind(into: Transition) -> str:
    """What follows whom: a fade through a colour has no word of its own."""
    wipe = f"W{_WIPES[into.direction]:03}" if into.type is TransitionType.WIPE else "D"
    return f"{wipe:<4} {into.overlap:03}"


def _reel(event: Event, names: Mapping[str, str]) -> str:
    return names[event.name] if event.clip else BLACK


def _marker(event: Event) -> str:
    return one_line(f"{event.name} {event.remark}", _REMARK)
