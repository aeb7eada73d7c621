"""Cache checking: every clip is read whole, everything else looked into, and what is damaged put aside."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from seedgen.digest import digest_file
from seedgen.errors import ReadOnly, StoreError
from seedgen.execution.clips import Origin, origin_of, remember
from seedgen.execution.upkeep import Checked, ClipProblem, Fault, Kind, Remedy, Spoilt, amount
from seedgen.ports.store import Stage
from seedgen.store.lockfile import profile_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from seedgen.app.cache_contents import CacheContents
    from seedgen.execution.clips import Memory, Use
    from seedgen.planning.lock import Take
    from seedgen.store.cache_files import Stored

    Told = Callable[[int, int], None]
    """Hears how many bytes of how many were read."""

_BEING_MADE_S = 60


def check_cache(
    contents: CacheContents, told: Told = lambda *_: None, *, quarantine: bool = False
) -> Checked:
    """Check a whole cache. What can be made again at no cost and is damaged, is removed.

    With `quarantine` damaged clips are moved aside, so that the next apply sees that they are missing. Clips
    are never deleted. Raises OSError.
    """
    clips = contents.files.clips()
    others = {
        Kind.SEGMENTS: contents.files.segments(),
        Kind.STAND_INS: contents.files.stand_ins(),
        Kind.SOUND: contents.files.sound(),
        Kind.FRAMES: contents.files.frames(),
    }
    broken = _broken(clips, told)
    spoilt = list(_spoilt(contents, others))
    databases = {"takes": tuple(_takes(contents)), "journal": tuple(_journal(contents))}
    named = remember([] if databases["takes"] else contents.recorded, (), contents.uses)
    problems = [*_damaged(contents, broken, named, quarantine=quarantine)]
    problems += _missing(contents, {clip.name for clip in clips}, named)
    return Checked(
        amount([clip.size for clip in clips]),
        {kind: amount([one.size for one in found]) for kind, found in others.items()},
        tuple(problems),
        tuple(spoilt),
        databases,
        tuple(str(error) for error in contents.unreadable),
        amount([one.size for one in contents.files.leftovers()]),
        amount([one.size for one in contents.files.quarantined()]),
    )


def _together(
    work: Callable[[Stored], str], things: Sequence[Stored], done: Callable[[Stored], None]
) -> list[str]:
    """The same work for many files, on every core; what an interrupt leaves undone is not begun."""
    pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="check")
    try:
        found = []
        for thing, one in zip(things, pool.map(work, things), strict=True):
            found.append(one)
            done(thing)
        return found
    finally:
        pool.shutdown(cancel_futures=True)


# -- clips -------------------------------------------------------------------------------------------


def _broken(clips: Sequence[Stored], told: Told) -> list[Stored]:
    """Those whose bytes are not those of their name. One that goes meanwhile is not among them."""
    whole, read = sum(clip.size for clip in clips), 0

    def digest(clip: Stored) -> str:
        try:
            return digest_file(clip.files[0])
        except FileNotFoundError:
            return clip.name
        except OSError:
            return ""  # a disk that cannot read it has damaged it

    def done(clip: Stored) -> None:
        nonlocal read
        read += clip.size
        told(read, whole)

    told(0, whole)
    found = _together(digest, clips, done)
    return [clip for clip, one in zip(clips, found, strict=True) if one != clip.name]


def _damaged(
    contents: CacheContents, broken: Sequence[Stored], named: Memory, *, quarantine: bool
) -> Iterator[ClipProblem]:
    for clip in broken:
        uses, take = _who(named, clip.name)
        aside = contents.files.move_aside(clip) if quarantine else None
        remedy = _remedy(contents, clip.name, uses)
        yield ClipProblem(clip.name, Fault.DAMAGED, remedy, uses, take, clip.files[0], aside)


def _missing(contents: CacheContents, there: set[str], named: Memory) -> Iterator[ClipProblem]:
    for digest in dict.fromkeys([*named.uses, *named.takes]):
        if digest not in there:
            uses, take = _who(named, digest)
            yield ClipProblem(digest, Fault.MISSING, _remedy(contents, digest, uses), uses, take)


def _who(named: Memory, digest: str) -> tuple[tuple[Use, ...], Take | None]:
    uses = tuple(named.uses.get(digest, ()))
    takes = [use.take for use in uses] or named.takes.get(digest, [])
    return uses, takes[0] if takes else None


def _remedy(contents: CacheContents, digest: str, uses: Sequence[Use]) -> Remedy:
    if not uses:
        return Remedy.NONE
    if any(_stands(place, digest) for use in uses for place in _places(contents.root, use)):
        return Remedy.BUILD
    origin = origin_of(uses[0].take)
    return {Origin.IMPORTED: Remedy.IMPORT, Origin.LOCAL: Remedy.RENDER}.get(origin, Remedy.SERVICE)


def _places(root: Path, use: Use) -> tuple[Path, ...]:
    """Where an assembly put a take's clip."""
    build = root / "build" / profile_of(use.lock.name)
    return build / "clips" / f"{use.shot}.mp4", build / "takes" / use.shot / f"{use.take.take}.mp4"


def _stands(place: Path, digest: str) -> bool:
    try:
        return digest_file(place) == digest
    except OSError:
        return False


# -- what is made again ------------------------------------------------------------------------------


def _spoilt(contents: CacheContents, others: dict[Kind, list[Stored]]) -> Iterator[Spoilt]:
    from seedgen.media import checking

    begun = time.time()

    def segment(one: Stored) -> str:
        halves = {file.suffix: file for file in one.files}
        if not {".mp4", ".pcm"} <= set(halves):
            # A reel that runs puts them into place one after the other.
            return "a half of it is missing" if one.written < begun - _BEING_MADE_S else ""
        return checking.segment_fault(halves[".mp4"], halves[".pcm"])

    looks = {
        Kind.SEGMENTS: segment,
        Kind.STAND_INS: lambda one: checking.stand_in_fault(one.files[0]),
        Kind.SOUND: lambda one: checking.sound_fault(one.files[0]),
        Kind.FRAMES: lambda one: checking.frame_fault(one.files[0]),
    }
    for kind, look in looks.items():
        for one, why in zip(others[kind], _together(look, others[kind], lambda _: None), strict=True):
            if why:
                contents.files.remove(one)
                yield Spoilt(kind, one.name, why)


# -- databases ---------------------------------------------------------------------------------------


def _takes(contents: CacheContents) -> Iterator[str]:
    try:
        yield from contents.takes.faults()
    except ReadOnly:
        raise
    except StoreError as error:
        yield str(error)


def _journal(contents: CacheContents) -> Iterator[str]:
    """What is wrong with the journal, and where it contradicts the takes."""
    try:
        if found := contents.journal.faults():
            yield from found
            return
        recorded: dict[tuple[str, str], set[str]] = defaultdict(set)
        for take in contents.recorded:
            recorded[take.fingerprint, take.job_id].add(take.digest)
        for entry in contents.entries:
            known = recorded.get((entry.fingerprint, entry.job_id))
            if entry.stage is Stage.RECORDED and known and entry.digest not in known:
                yield f"{entry.shot} take {entry.take}: it names another clip than the take that was recorded"
    except ReadOnly:
        raise
    except StoreError as error:
        yield str(error)
