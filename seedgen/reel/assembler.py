"""Assembler: a reel from its cut list. Segments are encoded once, then joined without re-encoding."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from seedgen.digest import digest_json
from seedgen.ports import events
from seedgen.ports.media import CardSegment, ClipSegment
from seedgen.ports.provider import Submission
from seedgen.project.cards import wire_prompt
from seedgen.project.models import Slate
from seedgen.reel.cut_list import Standing
from seedgen.timing import timecode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from seedgen.digest import Digest
    from seedgen.planning.resolve import ResolvedShot
    from seedgen.ports.media import ReelFormat, SegmentEncoder, SegmentFiles
    from seedgen.ports.outputs import Outputs, Segments, StandIns
    from seedgen.ports.store import Objects
    from seedgen.reel.cut_list import CutEntry, CutList

STAND_IN_MARK = "ANIMATIC"
_SIDE_BY_SIDE = 2
"""Two encodes of two threads each measured within 4 % of the best on two cores."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What an assembly needs."""

    objects: Objects
    segments: Segments
    outputs: Outputs
    encoder: SegmentEncoder
    stand_ins: StandIns
    tell: Callable[[events.Event], None]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A segment to be: what it shows, and the key of everything that decides its bytes.

    `clip` names the object that is shown; `stand_in` is the shot whose animatic has to be rendered first.
    """

    key: str
    show: ClipSegment | CardSegment
    clip: Digest | None = None
    stand_in: ResolvedShot | None = None


async def assemble(cuts: CutList, slate: Slate, bench: Bench) -> None:
    """Make `build/<reel>.mp4` from a cut list; what is ready is not made again.

    Raises MediaError, StoreError. The reel has exactly the frames of its cut list and its slates.
    """
    pieces = [piece for entry in cuts.entries for piece in _pieces(entry, cuts.form, slate, bench)]
    name = f"{cuts.reel}.mp4"
    key = reel_key(pieces, cuts.form, bench)
    frames = sum(piece.show.frames for piece in pieces)
    encoded = 0
    changed = not bench.outputs.is_current(name, key)
    if changed and pieces:
        files, encoded = await _segments(cuts, pieces, bench)
        await bench.encoder.join(files, cuts.form, bench.outputs.path(name))
        bench.outputs.made(name, key)
    bench.tell(
        events.ReelAssembled(
            cuts.reel,
            bench.outputs.path(name),
            frames,
            str(cuts.form.rate),
            encoded,
            len(pieces),
            cuts.stand_ins,
            changed,
        )
    )


def reel_key(pieces: list[_Piece], form: ReelFormat, bench: Bench) -> str:
    """Names a reel by its segments, so that an unchanged one is recognised without making it."""
    return digest_json(
        {"segments": [p.key for p in pieces], "form": _written(form), "encoder": bench.encoder.identity}
    )


def _written(form: ReelFormat) -> dict[str, object]:
    return {**asdict(form), "rate": str(form.rate), "size": str(form.size), "fit": form.fit.value}


def _pieces(entry: CutEntry, form: ReelFormat, slate: Slate, bench: Bench) -> list[_Piece]:
    pieces = []
    if slate is Slate.CARD:
        pieces.append(_card(entry, form, max(1, round(form.rate.fraction)), bench))
    if entry.standing is Standing.CARD:
        return [*pieces, _card(entry, form, entry.frames, bench)]
    label = _label(entry) if slate is Slate.BURN_IN else ()
    if entry.take is not None:
        digest: Digest | None = entry.take.clip
        source, clip, stand_in = f"sha256:{digest}", bench.objects.path(entry.take.clip), None
    else:
        key = digest_json({"stand_in": entry.shot.fingerprint, "encoder": bench.encoder.identity})
        digest = None
        source, clip, stand_in = f"stand-in:{key}", bench.segments.stand_in(key), entry.shot
    show = ClipSegment(clip, entry.start, entry.frames, label)
    return [*pieces, _Piece(_key(source, show, form, bench), show, digest, stand_in)]


def _card(entry: CutEntry, form: ReelFormat, frames: int, bench: Bench) -> _Piece:
    length = timecode(entry.frames, form.rate)
    lines = (_take_of(entry), f"{length}  ·  {entry.shot.request.model}")
    show = CardSegment(frames, entry.shot.id, lines, wire_prompt(entry.shot.request.prompt, entry.shot.card))
    return _Piece(_key("card", show, form, bench), show)


def _label(entry: CutEntry) -> tuple[str, ...]:
    return (f"{entry.shot.id}  ·  {_take_of(entry)}",)


def _take_of(entry: CutEntry) -> str:
    return f"take {entry.take.take}" if entry.take else "no clip yet"


def _key(source: str, show: ClipSegment | CardSegment, form: ReelFormat, bench: Bench) -> str:
    text = asdict(show)
    text.pop("clip", None)
    return digest_json(
        {"source": source, "show": text, "form": _written(form), "encoder": bench.encoder.identity}
    )


async def _segments(cuts: CutList, pieces: list[_Piece], bench: Bench) -> tuple[list[SegmentFiles], int]:
    """Every segment's files in order, and how many had to be encoded."""
    ready: dict[str, SegmentFiles] = {}
    missing: dict[str, _Piece] = {}
    for piece in pieces:
        found = bench.segments.find(piece.key, piece.show.frames)
        if found is None:
            missing[piece.key] = piece
        else:
            ready[piece.key] = found
    gate = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def encode(piece: _Piece) -> None:
        async with gate:
            ready[piece.key] = await _encode(piece, cuts.form, bench)
            bench.tell(events.ReelProgress(cuts.reel, len(ready), len({p.key for p in pieces}), len(missing)))

    try:
        async with asyncio.TaskGroup() as group:
            for piece in missing.values():
                group.create_task(encode(piece))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    return [ready[piece.key] for piece in pieces], len(missing)


async def _encode(piece: _Piece, form: ReelFormat, bench: Bench) -> SegmentFiles:
    if piece.clip is not None:
        # Before the work is done, not on every look: a damaged clip must never end up in a reel.
        await asyncio.to_thread(bench.objects.verify, piece.clip)
    if piece.stand_in is not None and isinstance(piece.show, ClipSegment):
        await _stand_in(piece.stand_in, piece.show.clip, bench)
    with bench.segments.making(piece.key, piece.show.frames) as files:
        await bench.encoder.encode(piece.show, form, files)
    return bench.segments.files(piece.key, piece.show.frames)


async def _stand_in(shot: ResolvedShot, place: Path, bench: Bench) -> None:
    if await asyncio.to_thread(place.is_file):
        return
    with bench.segments.scratch() as folder:
        out = folder / "stand-in.mp4"
        submission = Submission(shot.request, shot.fingerprint, shot.media)
        await bench.stand_ins.stand_in(submission, out, STAND_IN_MARK)
        place.parent.mkdir(parents=True, exist_ok=True)
        out.replace(place)
