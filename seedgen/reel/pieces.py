"""Pieces: what of a reel has to be encoded, each under a key of everything that decides its bytes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from enum import Enum, StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedgen.digest import Digest, digest_json
from seedgen.planning.readable import readable_prompt
from seedgen.ports.provider import Submission
from seedgen.ports.segments import CardSegment, ClipSegment, CrossSegment, Label, SegmentSound
from seedgen.project.media import Derived
from seedgen.project.reels import Slate, TransitionType
from seedgen.reel.cards import burnt_in
from seedgen.reel.timeline import Cross

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seedgen.planning.resolved import ResolvedShot
    from seedgen.ports.segments import ReelFormat, Segment
    from seedgen.reel.cut_list import CutEntry
    from seedgen.reel.timeline import Part, Timeline


class SourceKind(StrEnum):
    """Where pictures come from."""

    CLIP = "clip"
    STAND_IN = "stand_in"


@dataclass(frozen=True, slots=True)
class Source:
    """A clip by digest, or a shot's animatic by a key of what decides its bytes."""

    kind: SourceKind
    key: str
    shot: ResolvedShot

    @property
    def clip(self) -> Digest:
        """The digest of a clip."""
        return Digest(self.key)

    def submission(self) -> Submission:
        """What a stand-in is rendered from: all that is declared, without another shot's clip."""
        request, media = self.shot.request, self.shot.media
        pairs = [(r, m) for r, m in zip(request.references, media, strict=True) if not isinstance(m, Derived)]
        declared = replace(request, references=tuple(reference for reference, _ in pairs))
        return Submission(declared, self.shot.outline, [location for _, location in pairs])


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment to be, and the sources that it shows. In `named` a clip stands under its source's key."""

    key: str
    named: Segment
    sources: tuple[Source, ...]

    @property
    def frames(self) -> int:
        """Its length."""
        return self.named.frames

    def show(self, path_of: Callable[[Source], Path]) -> Segment:
        """The segment with its clips where they are."""
        places = {Path(source.key): path_of(source) for source in self.sources}
        return _placed(self.named, places)


def pieces(line: Timeline, slate: Slate, encoder: str) -> list[Piece]:
    """The pieces of a timeline, in order. `encoder` is the identity of what encodes them."""
    found = []
    for part in line.parts():
        sides = (part.before, part.after) if isinstance(part, Cross) else (part,)
        sources = [_source(side.span.entry, encoder) if side.span.card is None else None for side in sides]
        shown = [_side(side, source, slate) for side, source in zip(sides, sources, strict=True)]
        named = _cross(part, shown) if isinstance(part, Cross) else shown[0]
        found.append(Piece(_key(named, line.form, encoder), named, tuple(s for s in sources if s)))
    return found


def _source(entry: CutEntry | None, encoder: str) -> Source:
    if entry is None:
        raise TypeError("a span that is no card shows a shot")
    if entry.take is not None:
        return Source(SourceKind.CLIP, entry.take.clip, entry.shot)
    return Source(SourceKind.STAND_IN, stand_in_key(entry.shot, encoder), entry.shot)


def stand_in_key(shot: ResolvedShot, encoder: str) -> str:
    """Names a shot's animatic by what decides its bytes; its caption names references as the project does."""
    return digest_json({"stand_in": shot.outline, "caption": readable_prompt(shot), "encoder": encoder})


def _side(part: Part, source: Source | None, slate: Slate) -> ClipSegment | CardSegment:
    span = part.span
    if span.card is not None:
        return replace(span.card, frames=part.frames)
    if source is None or span.entry is None:
        raise TypeError("a span that is no card shows a shot")
    start = span.entry.start + part.start
    return ClipSegment(
        Path(source.key),
        start,
        part.frames,
        burnt_in(span.entry, start) if slate is Slate.BURN_IN else Label(),
        SegmentSound(
            span.entry.sound.gain_db,
            mute=span.entry.sound.mute,
            soft_start=not part.goes_on_before,
            soft_end=not part.goes_on_after,
        ),
    )


def _cross(cross: Cross, sides: Sequence[ClipSegment | CardSegment]) -> CrossSegment:
    how = cross.after.span.transition
    before, after = sides
    if (
        how.type is TransitionType.DISSOLVE
        and isinstance(before, ClipSegment)
        and isinstance(after, ClipSegment)
    ):
        before = replace(before, label=Label())  # two labels in one place, and nobody could read either
    return CrossSegment(before, after, how.type, how.color, how.direction)


def _placed(segment: Segment, places: dict[Path, Path]) -> Segment:
    if isinstance(segment, ClipSegment):
        return replace(segment, clip=places[segment.clip])
    if isinstance(segment, CrossSegment):
        sides = [_placed(side, places) for side in (segment.before, segment.after)]
        before, after = (side for side in sides if not isinstance(side, CrossSegment))
        return replace(segment, before=before, after=after)
    return segment


def _key(named: Segment, form: ReelFormat, encoder: str) -> str:
    return digest_json({"show": written(named), "form": written(form), "encoder": encoder})


def written(value: Any) -> Any:
    """A value of frozen dataclasses as JSON, with the name of each class in it."""
    if is_dataclass(value) and not isinstance(value, type):
        own = {field.name: written(getattr(value, field.name)) for field in fields(value)}
        return {"": type(value).__name__, **own}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | Fraction | Path):
        return str(value)
    if isinstance(value, list | tuple):
        return [written(one) for one in value]
    return value
