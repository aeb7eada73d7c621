"""Assembler: a reel from its timeline. Segments are encoded once, then joined without re-encoding."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.digest import digest_json
from seedgen.errors import SegmentDamaged
from seedgen.ports import events
from seedgen.reel.pieces import SourceKind, pieces, written

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence
    from typing import Any

    from seedgen.digest import Digest
    from seedgen.ports.outputs import Outputs, Segments, StandIns
    from seedgen.ports.segments import Finish, Joined, SegmentEncoder, SegmentFiles
    from seedgen.ports.store import Objects
    from seedgen.project.reels import Slate
    from seedgen.reel.pieces import Piece, Source
    from seedgen.reel.timeline import Timeline

STAND_IN_MARK = "ANIMATIC"
_SIDE_BY_SIDE = 2
"""Two encodes at a time measured within 4 % of the best on two cores."""


@dataclass(frozen=True, slots=True)
class Bench:
    """What an assembly needs. `encoded` is called when nothing is left but to join: cores are free then."""

    objects: Objects
    segments: Segments
    outputs: Outputs
    encoder: SegmentEncoder
    stand_ins: StandIns
    tell: Callable[[events.Event], None]
    encoded: Callable[[], None] = lambda: None


async def assemble(line: Timeline, slate: Slate, finish: Finish, music: str, bench: Bench) -> Digest | None:
    """Make `build/<reel>.mp4` from a timeline; its digest, None when it stands there already.

    `music` is the digest of the music's file, if any. Raises MediaError, StoreError. The reel has
    exactly the frames of its timeline.
    """
    wanted = pieces(line, slate, bench.encoder.identity)
    name = f"{line.reel}.mp4"
    key = digest_json(
        {
            "segments": [p.key for p in wanted],
            "finish": written(finish),
            "music": music,
            "joining": bench.encoder.joining,
        }
    )
    encoded, joined = 0, None
    changed = not bench.outputs.is_current(name, key)
    if changed and wanted:
        joined, encoded = await _joined(line, wanted, finish, bench)
        bench.outputs.made(name, key)
    bench.tell(
        events.ReelAssembled(
            line.reel,
            bench.outputs.path(name),
            line.frames,
            str(line.form.rate),
            encoded,
            len(wanted),
            line.stand_ins,
            changed,
            line.left_out,
            joined.missed if joined else None,
        )
    )
    return joined.digest if joined else None


async def _joined(
    line: Timeline, wanted: Sequence[Piece], finish: Finish, bench: Bench
) -> tuple[Joined, int]:
    """The reel, and how many segments had to be encoded.

    A kept segment that turns out to be damaged only when its pictures are copied is encoded again, each
    at most once.
    """
    out = bench.outputs.path(f"{line.reel}.mp4")
    encoded, mended = 0, set[str]()
    while True:
        files, fresh = await _segments(line, wanted, bench)
        encoded += fresh
        bench.encoded()
        try:
            return await bench.encoder.join(files, line.form, finish, out), encoded
        except SegmentDamaged as error:
            keys = {piece.key for piece, file in zip(wanted, files, strict=True) if file.video == error.video}
            if not keys or keys <= mended:
                raise
            mended |= keys
            for key in keys:
                bench.segments.discard(key)


async def _segments(line: Timeline, wanted: Sequence[Piece], bench: Bench) -> tuple[list[SegmentFiles], int]:
    """Every segment's files in order, and how many had to be encoded."""
    ready: dict[str, SegmentFiles] = {}
    missing: dict[str, Piece] = {}
    for piece in wanted:
        found = bench.segments.find(piece.key, piece.frames)
        if found is None or not bench.encoder.is_whole(found, line.form):
            missing[piece.key] = piece
        else:
            ready[piece.key] = found
    total = len(ready) + len(missing)

    async def encode(piece: Piece) -> None:
        with bench.segments.making(piece.key, piece.frames) as files:
            await bench.encoder.encode(piece.show(lambda source: _path(source, bench)), line.form, files)
        ready[piece.key] = bench.segments.files(piece.key, piece.frames)
        bench.tell(events.ReelProgress(line.reel, len(ready), total, len(missing)))

    # A clip is shown in its own segment and in those of its transitions: it is looked at once.
    sources = {source.key: source for piece in missing.values() for source in piece.sources}
    await _side_by_side(_ready(source, bench) for source in sources.values())
    await _side_by_side(encode(piece) for piece in missing.values())
    return [ready[piece.key] for piece in wanted], len(missing)


async def _side_by_side(works: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Two at a time; the first error ends the others."""
    gate = asyncio.Semaphore(_SIDE_BY_SIDE)

    async def one(work: Coroutine[Any, Any, None]) -> None:
        async with gate:
            await work

    works = list(works)
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(one(work))
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    finally:
        for work in works:
            work.close()  # what the first error or an interrupt kept from beginning


def _path(source: Source, bench: Bench) -> Any:
    if source.kind is SourceKind.CLIP:
        return bench.objects.path(source.clip)
    return bench.segments.stand_in(source.key)


async def _ready(source: Source, bench: Bench) -> None:
    """Before the work is done, not on every look: a damaged clip must never end up in a reel."""
    if source.kind is SourceKind.CLIP:
        await asyncio.to_thread(bench.objects.verify, source.clip)
        return
    place = bench.segments.stand_in(source.key)
    if await asyncio.to_thread(place.is_file):
        return
    with bench.segments.scratch() as folder:
        out = folder / "stand-in.mp4"
        await bench.stand_ins.stand_in(source.submission(), out, STAND_IN_MARK)
        place.parent.mkdir(parents=True, exist_ok=True)
        out.replace(place)
