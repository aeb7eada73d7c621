"""Passages: a reel's chapters and subtitles, by shot. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from seedgen.planning.readable import readable_prompt
from seedgen.ports.segments import Passage

if TYPE_CHECKING:
    from collections.abc import Callable

    from seedgen.reel.cut_list import CutEntry
    from seedgen.reel.timeline import Timeline


def chapters(line: Timeline) -> tuple[Passage, ...]:
    """A chapter for each shot, named by its id. They tile the reel: the first one begins with it.

    A shot's chapter begins where the transition into it begins, and its slate belongs to it.
    """
    return _passages(line, lambda entry: entry.shot.id, whole=True)


def subtitles(line: Timeline) -> tuple[Passage, ...]:
    """Each shot's prompt while it is shown, until the next one begins. Cards show their words themselves."""
    return _passages(line, lambda entry: readable_prompt(entry.shot), whole=False)


def _passages(line: Timeline, words: Callable[[CutEntry], str], *, whole: bool) -> tuple[Passage, ...]:
    starts: list[tuple[int, CutEntry | None]] = []
    for span in line.spans:
        if whole and (span.entry is None or (starts and starts[-1][1] is span.entry)):
            continue
        shown = span.entry if whole or span.card is None else None
        starts.append((span.at, shown))
    if whole and starts:
        starts[0] = (0, starts[0][1])
    ends = [*starts, (line.frames, None)]
    return tuple(
        Passage(start, end, words(entry))
        for (start, entry), (end, _) in pairwise(ends)
        if entry is not None and end > start
    )
