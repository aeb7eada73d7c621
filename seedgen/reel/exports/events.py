"""Events: a timeline as editors count it, where no two things overlap. Pure.

Within a transition there is one frame at which one event ends and the next one begins. What either
shows beyond it is its handle.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

from seedgen.planning.readable import readable_prompt
from seedgen.reel.timeline import SpanKind
from seedgen.timing import Rate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from seedgen.planning.lock import Take
    from seedgen.ports.media import ClipInfo
    from seedgen.project.reels import ShotSound, Transition
    from seedgen.reel.cut_list import CutEntry
    from seedgen.reel.timeline import Span, Timeline


@dataclass(frozen=True, slots=True)
class Media:
    """The file of a shot's clip, and what its headers say."""

    path: Path
    info: ClipInfo


@dataclass(frozen=True, slots=True)
class Clip:
    """What an event shows: a take of a shot, cut as `entry` says."""

    entry: CutEntry
    take: Take
    media: Media

    @property
    def rate(self) -> Rate:
        """The clip's own."""
        return Rate.parse(self.take.rate)

    def whole(self, reel: Rate) -> int:
        """Frames of the whole clip at its own rate, and at least those that a reel of this rate shows.

        A second of 24 frames is 30 frames at 29.97, and these last a thousandth longer. Editors refuse
        what goes beyond its file, though it be by less than a frame.
        """
        shown = reel.seconds(self.entry.start + self.entry.frames)
        return max(self.take.frames, ceil(shown * self.rate.fraction))

    @property
    def sound(self) -> ShotSound | None:
        """How it is heard; None when it is not, or has no sound."""
        silent = self.entry.sound.mute or not self.media.info.has_audio
        return None if silent else self.entry.sound


@dataclass(frozen=True, slots=True)
class Event:
    """`frames` frames of the reel from frame `at`. `clip` is None where an editor gets a gap."""

    span: Span
    at: int
    frames: int
    clip: Clip | None

    @property
    def end(self) -> int:
        """The frame of the reel behind its last one."""
        return self.at + self.frames

    @property
    def source_in(self) -> int:
        """The frame of the clip, at the reel's rate, that it begins with. A gap counts from 0."""
        into = self.at - self.span.at
        return into + self.clip.entry.start if self.clip else into

    @property
    def transition(self) -> Transition | None:
        """The transition into it; None for a cut."""
        return self.span.transition if self.span.transition.overlap else None

    @property
    def lead(self) -> int:
        """Frames of the transition into it that lie before it."""
        return self.at - self.span.at

    @property
    def name(self) -> str:
        """The shot's id, or what a card says."""
        if self.span.entry is None:
            return self.span.card.title if self.span.card else ""
        shot = self.span.entry.shot.id
        return f"slate {shot}" if self.span.kind is SpanKind.SLATE else shot

    @property
    def remark(self) -> str:
        """Of a shot its prompt, with its references by name; of a card its lines."""
        if self.span.kind is SpanKind.SHOT and self.span.entry:
            return readable_prompt(self.span.entry.shot)
        return "\n".join(self.span.card.lines) if self.span.card else ""

    @property
    def missing(self) -> bool:
        """Whether this is a shot that has no clip yet."""
        return self.span.kind is SpanKind.SHOT and self.clip is None


def centred(line: Timeline, media: Mapping[str, Media]) -> tuple[Event, ...]:
    """Events whose transitions lie half before and half behind the cut. They tile the reel.

    `media` is by shot id. No event is empty: each of a span's transitions leaves it half of its frames.
    """
    return _events(line, media, [span.at + span.transition.overlap // 2 for span in line.spans])


def trailing(line: Timeline, media: Mapping[str, Media]) -> tuple[Event, ...]:
    """Events whose transitions begin with them. They tile the reel; one that is all transition is empty."""
    return _events(line, media, [span.at for span in line.spans])


def _events(line: Timeline, media: Mapping[str, Media], cuts: Sequence[int]) -> tuple[Event, ...]:
    return tuple(
        Event(span, start, end - start, _clip(span, media))
        for span, (start, end) in zip(line.spans, pairwise((*cuts, line.frames)), strict=True)
    )


def _clip(span: Span, media: Mapping[str, Media]) -> Clip | None:
    if span.kind is not SpanKind.SHOT or span.entry is None or span.entry.take is None:
        return None
    found = media.get(span.entry.shot.id)
    return Clip(span.entry, span.entry.take, found) if found else None
