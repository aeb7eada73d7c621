"""Assembler: a reel from its timeline. Segments are encoded once, then joined without re-encoding."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seedgen.digest import digest_json
from seedgen.errors import SegmentDamaged
from seedgen.planning.readable import readable_prompt
from seedgen.ports import events
from seedgen.reel.pieces import SourceKind, pieces, written

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
    from typing import Any

    from seedgen.digest import Digest
    from seedgen.ports.outputs import Outputs, Segments, StandIns
    from seedgen.ports.segments import Finish, Joined, Segment, SegmentEncoder, SegmentFiles
    from seedgen.ports.store import Objects
    from seedgen.project.reels import Slate
    from seedgen.reel.pieces import Piece, Source
    from seedgen.reel.timeline import Timeline

STAND_IN_MARK = "ANIMATIC"
_SIDE_BY_SIDE = 2
"""Two encodes at a time measured within 4 % of the best on two cores."""

_SOUND_FIRST = 4
"""A change touches a clip and its transitions. Of more pieces, a second look at every clip would cost more
than is won: their encodes leave no core free anyway."""


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
    encoded, mended = 0, set[str]()
    while True:
        missing = _missing(line, wanted, bench)
        if missing and not encoded:
            out, total = bench.outputs.path(f"{line.reel}.mp4"), len({piece.key for piece in wanted})
            bench.tell(events.ReelBegun(out, len(missing), total))
        encoded += len(missing)
        try:
            return await _joined_with(missing, line, wanted, finish, bench), encoded
        except SegmentDamaged as error:
            keys = {piece.key for piece in wanted if _files(piece, bench).video == error.video}
            if not keys or keys <= mended:
                raise
            mended |= keys
            for key in keys:
                bench.segments.discard(key)


def _missing(line: Timeline, wanted: Sequence[Piece], bench: Bench) -> dict[str, Piece]:
    """The pieces that have to be encoded, by key."""
    missing = {}
    for piece in wanted:
        found = bench.segments.find(piece.key, piece.frames)
        if found is None or not bench.encoder.is_whole(found, line.form):
            missing[piece.key] = piece
    return missing


async def _joined_with(
    missing: Mapping[str, Piece], line: Timeline, wanted: Sequence[Piece], finish: Finish, bench: Bench
) -> Joined:
    """Encode what is missing, and join.

    Of a few pieces the sound is made first: it takes a moment, and then the sound of the whole reel is
    finished beside their pictures.
    """
    # A clip is shown in its own segment and in those of its transitions: it is looked at once.
    sources = {source.key: source for piece in missing.values() for source in piece.sources}
    await _side_by_side(_ready(source, bench) for source in sources.values())
    pictures = asyncio.create_task(_encode(missing, len({piece.key for piece in wanted}), line, bench))
    files = {piece.key: _files(piece, bench) for piece in wanted}
    try:
        with bench.segments.scratch() as folder:
            if len(missing) > _SOUND_FIRST:
                await pictures
            else:
                heard = {key: folder / f"{key}.pcm" for key in missing}
                await _side_by_side(
                    bench.encoder.encode_sound(_shown(piece, bench), line.form, heard[key])
                    for key, piece in missing.items()
                )
                files |= {key: replace(files[key], audio=heard[key]) for key in missing}
            out = bench.outputs.path(f"{line.reel}.mp4")
            parts = [files[piece.key] for piece in wanted]
            return await bench.encoder.join(parts, line.form, finish, out, folder, pictures)
    finally:
        pictures.cancel()
        await asyncio.gather(pictures, return_exceptions=True)


async def _encode(missing: Mapping[str, Piece], total: int, line: Timeline, bench: Bench) -> None:
    """Encode some segments, and say so."""
    done = total - len(missing)

    async def encode(piece: Piece) -> None:
        nonlocal done
        with bench.segments.making(piece.key, piece.frames) as files:
            await bench.encoder.encode(_shown(piece, bench), line.form, files)
        done += 1
        bench.tell(events.ReelProgress(line.reel, done, total, len(missing)))

    await _side_by_side(encode(piece) for piece in missing.values())
    bench.encoded()


def _files(piece: Piece, bench: Bench) -> SegmentFiles:
    return bench.segments.files(piece.key, piece.frames)


def _shown(piece: Piece, bench: Bench) -> Segment:
    return piece.show(lambda source: _path(source, bench))


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
        await bench.stand_ins.stand_in(source.submission(), out, STAND_IN_MARK, readable_prompt(source.shot))
        place.parent.mkdir(parents=True, exist_ok=True)
        out.replace(place)
