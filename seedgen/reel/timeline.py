"""Timeline: where everything of a reel stands, in frames: cards, shots, and their transitions. Pure.

A transition shows the end of one span and the beginning of the next together, so that it makes the
reel as much shorter as it lasts.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from seedgen.errors import UsageError
from seedgen.project.reels import DEFAULT, Slate, Transition, TransitionType
from seedgen.reel.cards import slate_card, title_card
from seedgen.reel.cut_list import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seedgen.ports.segments import CardSegment, ReelFormat
    from seedgen.project.reels import Reel
    from seedgen.reel.cut_list import CutEntry, CutList

_CUT = Transition(type=TransitionType.CUT)


class SpanKind(StrEnum):
    """What a span is."""

    TITLE = "title"
    SLATE = "slate"
    SHOT = "shot"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of picture: `frames` frames of the reel from frame `at`.

    `transition` leads into it, and the first `transition.overlap` frames are also the last ones of the
    span before. `entry` is the shot (of a title card None); `card` what a card shows, None for a clip.
    """

    kind: SpanKind
    at: int
    frames: int
    transition: Transition
    entry: CutEntry | None = None
    card: CardSegment | None = None

    @property
    def end(self) -> int:
        """The frame of the reel behind its last one."""
        return self.at + self.frames


@dataclass(frozen=True, slots=True)
class Part:
    """Part of a span: `frames` frames from its frame `start`.

    `goes_on_before` and `goes_on_after` say that the span is shown there too, in a transition.
    """

    span: Span
    start: int
    frames: int
    goes_on_before: bool
    goes_on_after: bool


@dataclass(frozen=True, slots=True)
class Cross:
    """The frames in which two spans overlap."""

    before: Part
    after: Part

    @property
    def frames(self) -> int:
        """How long they do."""
        return self.after.frames


@dataclass(frozen=True, slots=True)
class Timeline:
    """A reel's spans in order. `left_out` are shots that have no clip and are skipped."""

    reel: str
    form: ReelFormat
    spans: tuple[Span, ...]
    left_out: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        """The reel's length."""
        return self.spans[-1].end if self.spans else 0

    @property
    def shots(self) -> tuple[Span, ...]:
        """The spans that are shots, without cards that name or frame them."""
        return tuple(span for span in self.spans if span.kind is SpanKind.SHOT)

    @property
    def stand_ins(self) -> tuple[str, ...]:
        """Shots that are shown without a clip of their own."""
        entries = (span.entry for span in self.shots)
        return tuple(entry.shot.id for entry in entries if entry and entry.standing is not Standing.CLIP)

    def parts(self) -> Iterator[Part | Cross]:
        """What there is to encode, in order: each span's own frames, and its crosses with the next."""
        into = [span.transition.overlap for span in self.spans]
        for number, span in enumerate(self.spans):
            lead, tail = into[number], into[number + 1] if number + 1 < len(into) else 0
            if lead:
                before = self.spans[number - 1]
                yield Cross(
                    Part(before, before.frames - lead, lead, goes_on_before=True, goes_on_after=True),
                    Part(span, 0, lead, goes_on_before=True, goes_on_after=True),
                )
            if span.frames > lead + tail:
                length = span.frames - lead - tail
                yield Part(span, lead, length, goes_on_before=lead > 0, goes_on_after=tail > 0)


def timeline(cuts: CutList, spec: Reel) -> Timeline:
    """Put a cut list's shots and the reel's cards one behind the other.

    Raises UsageError when a shot is too short for its transitions.
    """
    spans: list[Span] = []
    at = 0
    for kind, frames, transition, entry, card in _items(cuts, spec):
        into = transition if spans else _CUT
        at -= into.overlap
        spans.append(Span(kind, at, frames, into, entry, card))
        at += frames
    found = Timeline(cuts.reel, cuts.form, tuple(spans), cuts.left_out)
    _check(found)
    return found


_Item = tuple[SpanKind, int, Transition, "CutEntry | None", "CardSegment | None"]


def _items(cuts: CutList, spec: Reel) -> Iterator[_Item]:
    """What is shown, how long, and the transition into it."""
    rate = cuts.form.rate
    if spec.titles.start:
        frames = max(1, rate.count(Fraction(spec.titles.start.seconds)))
        yield SpanKind.TITLE, frames, _CUT, None, title_card(spec.titles.start, frames)
    for entry in cuts.entries:
        into = spec.transition_into(entry.shot.id)
        if spec.slate is Slate.CARD:
            second = max(1, round(rate.fraction))
            yield SpanKind.SLATE, second, into, entry, slate_card(entry, second, rate)
            into = _CUT
        card = slate_card(entry, entry.frames, rate) if entry.standing is Standing.CARD else None
        yield SpanKind.SHOT, entry.frames, into, entry, card
    if spec.titles.end:
        frames = max(1, rate.count(Fraction(spec.titles.end.seconds)))
        into = spec.transitions.get(DEFAULT, _CUT)
        yield SpanKind.TITLE, frames, into, None, title_card(spec.titles.end, frames)


def _check(line: Timeline) -> None:
    nothing: Sequence[Span | None] = (None,)
    for span, following in pairwise((*line.spans, *nothing)):
        if span is None:
            continue
        lead = span.transition.overlap
        tail = following.transition.overlap if following else 0
        if lead + tail > span.frames:
            name = span.entry.shot.id if span.entry else "the title card"
            raise UsageError(
                f"reels.{line.reel}.transitions: {name} is shown for {span.frames} frames, "
                f"and its transitions take {lead + tail} of them",
                remedy="Make them shorter, or the shot longer: both lie within it.",
            )
