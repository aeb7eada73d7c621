"""Join segments into a reel: pictures copied as they are, sound finished and encoded as one.

Encoding each segment's sound apart would add up to two seconds over 60 joins, as AAC comes in
frames of 1,024 samples.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from typing import TYPE_CHECKING

from seedgen.errors import FfmpegFailed
from seedgen.media.aac_chunks import encode_sound
from seedgen.media.mixing import finished_sound
from seedgen.media.mp4.layout import EncodedSound, Pictures
from seedgen.media.mp4.writing import write_reel
from seedgen.media.normalise import REORDER, SAMPLE_RATE, track_timescale
from seedgen.media.pcm import segments_sound
from seedgen.media.segment_files import checked_header
from seedgen.ports.segments import Joined

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence
    from pathlib import Path

    from seedgen.digest import Digest
    from seedgen.media.ffmpeg import Ffmpeg
    from seedgen.media.mp4.reading import VideoHeader
    from seedgen.media.pcm import Sound
    from seedgen.ports.segments import Finish, LoudnessMissed, ReelFormat, SegmentFiles

_BESIDE_PICTURES = 1
"""Chunks of sound encoded at once while pictures are; afterwards one more. Each takes a core, and 25 MiB."""

_REMEDY = "Clear the cached segments (.seedgen/cache/segments) and assemble the reel again."


async def join_segments(
    ffmpeg: Ffmpeg,
    segments: Sequence[SegmentFiles],
    form: ReelFormat,
    finish: Finish,
    out: Path,
    *,
    scratch: Path,
    chunks: Path | None = None,
    pictures: Awaitable[None] | None = None,
) -> Joined:
    """Write the reel to `out`, which appears only when it is whole.

    What is made on the way lies in the folder `scratch`: the sound of an hour is 700 MB, which a system's
    own place for temporary files may hold in memory. `chunks` is a folder where encoded sound is kept for
    the next time; it changes how long this takes, never the bytes. `pictures` ends when the segments'
    pictures are all there, as their sound is already; the reel's sound is finished meanwhile.
    Raises FfmpegFailed, SegmentDamaged, UnreadableMedia (the music), and what `pictures` raises.
    """
    if not segments:
        raise FfmpegFailed("a reel needs at least one segment")
    draft = out.with_name(f".{out.name}.{secrets.token_hex(4)}.partial")
    try:
        if chunks is not None:
            await asyncio.to_thread(lambda: chunks.mkdir(parents=True, exist_ok=True))
        heard = segments_sound(segments, form.rate)
        room = asyncio.Semaphore(_BESIDE_PICTURES)
        sounding = asyncio.create_task(_sound(ffmpeg, heard, finish, chunks or scratch, scratch, room))
        try:
            if pictures is not None:
                await pictures
            room.release()
            shown = await asyncio.to_thread(check_segments, segments, form)
            sound, missed = await sounding
        finally:
            sounding.cancel()
            await asyncio.gather(sounding, return_exceptions=True)
        digest = await _write(shown, sound, finish, draft)
        draft.replace(out)
    except OSError as error:
        why = error.strerror or str(error)
        raise FfmpegFailed(
            f"the reel {out} cannot be written: {why}", remedy="Make its folder writable, or free some space."
        ) from None
    else:
        return Joined(digest, missed)
    finally:
        draft.unlink(missing_ok=True)


async def _sound(
    ffmpeg: Ffmpeg, heard: Sound, finish: Finish, chunks: Path, folder: Path, room: asyncio.Semaphore
) -> tuple[EncodedSound, LoudnessMissed | None]:
    """The reel's sound, finished and encoded in `folder`."""
    sound, missed = await finished_sound(ffmpeg, heard, finish, folder)
    file = folder / "sound.aac"
    packets = await encode_sound(ffmpeg, sound, file, chunks, folder, room)
    return EncodedSound(file, packets, sound.samples, SAMPLE_RATE), missed


async def _write(pictures: Pictures, sound: EncodedSound, finish: Finish, draft: Path) -> Digest:
    """Write in a thread, which ends soon when nobody waits for it any more."""
    given_up = threading.Event()

    def write() -> Digest:
        with draft.open("wb", buffering=1 << 20) as stream:
            return write_reel(pictures, sound, finish.chapters, finish.subtitles, stream, given_up.is_set)

    try:
        return await asyncio.to_thread(write)
    finally:
        given_up.set()


def check_segments(segments: Sequence[SegmentFiles], form: ReelFormat) -> Pictures:
    """See that the segments can be joined as they are.

    All must have the same SPS and PPS and time base (a player keeps the first it reads), and the
    frames and samples that they promise. Raises SegmentDamaged, FfmpegFailed.
    """
    seen: dict[SegmentFiles, VideoHeader] = {}
    for segment in segments:
        if segment not in seen:
            seen[segment] = checked_header(segment, form.rate)
    first = seen[segments[0]]
    for segment, header in seen.items():
        if header.entry != first.entry:
            raise FfmpegFailed(
                f"the segments {segments[0].video.name} and {segment.video.name} were encoded "
                "with different settings and cannot be joined",
                remedy=_REMEDY,
            )
    whole = [(segment, seen[segment]) for segment in segments]
    return Pictures(whole, form.size, form.rate, track_timescale(form.rate), REORDER)
