"""Join segments into a reel: pictures copied as they are, sound finished and encoded as one.

Encoding each segment's sound apart would add up to two seconds over 60 joins, as AAC comes in
frames of 1,024 samples.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.errors import FfmpegFailed
from seedgen.media.aac_chunks import encode_sound, timestamps
from seedgen.media.ffmpeg import BITEXACT
from seedgen.media.headers import VideoHeader, read_header
from seedgen.media.mixing import finished_sound
from seedgen.media.normalise import BYTES_PER_SAMPLE, REORDER, sample_count, track_timescale
from seedgen.media.passages import chapters_text, subtitles_text
from seedgen.media.pcm import segments_sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.media.ffmpeg import Ffmpeg
    from seedgen.ports.media import Finish, ReelFormat, SegmentFiles
    from seedgen.timing import Rate

_REMEDY = "Clear the cached segments (.seedgen/cache/segments) and assemble the reel again."
_PATIENCE = 600
"""Seconds to join, and one more for each of the reel."""


async def join_segments(
    ffmpeg: Ffmpeg,
    segments: Sequence[SegmentFiles],
    form: ReelFormat,
    finish: Finish,
    out: Path,
    chunks: Path | None = None,
) -> None:
    """Write the reel to `out`, which appears only when it is whole.

    `chunks` is a folder where encoded sound is kept for the next time; it changes how long this takes,
    never the bytes. Raises FfmpegFailed, UnreadableMedia (the music).
    """
    if not segments:
        raise FfmpegFailed("a reel needs at least one segment")
    await asyncio.to_thread(check_segments, segments, form)
    draft = out.with_name(f".{out.name}.{secrets.token_hex(4)}.partial")
    try:
        if chunks is not None:
            await asyncio.to_thread(lambda: chunks.mkdir(parents=True, exist_ok=True))
        with tempfile.TemporaryDirectory(prefix="seedgen-join-") as folder:
            work = _Work(ffmpeg, segments, form.rate, finish, Path(folder), chunks or Path(folder))
            await work.write(draft)
        draft.replace(out)
    except OSError as error:
        raise FfmpegFailed(f"the reel {out.name} cannot be written: {error}") from None
    finally:
        draft.unlink(missing_ok=True)


def check_segments(segments: Sequence[SegmentFiles], form: ReelFormat) -> None:
    """See that the segments can be joined as they are.

    All must have the same SPS and PPS and time base (a player keeps the first it reads), and the
    frames and samples that they promise. Raises FfmpegFailed.
    """
    seen: dict[SegmentFiles, VideoHeader] = {}
    for segment in segments:
        if segment not in seen:
            seen[segment] = _checked_header(segment, form.rate)
    first = seen[segments[0]]
    for segment, header in seen.items():
        if header.parameters != first.parameters:
            raise FfmpegFailed(
                f"the segments {segments[0].video.name} and {segment.video.name} were encoded "
                "with different settings and cannot be joined",
                remedy=_REMEDY,
            )


def concat_script(segments: Sequence[SegmentFiles], rate: Rate) -> bytes:
    """What ffmpeg's concat demuxer reads. Raises FfmpegFailed for a path that it cannot express.

    Durations are whole microseconds; taken as differences from the start of the reel, their
    rounding never adds up.
    """
    lines = [b"ffconcat version 1.0"]
    frame = 0
    for segment in segments:
        path = os.fsencode(segment.video.absolute())
        if b"\n" in path or b"\r" in path:
            raise FfmpegFailed(
                f"ffmpeg cannot join from a folder with a line break in its name: {segment.video.parent!s}",
                remedy="Rename the folder, or give another one with --cache-dir.",
            )
        lines.append(b"file '" + path.replace(b"'", rb"'\''") + b"'")
        begin, frame = frame, frame + segment.frames
        duration = _microseconds(frame, rate) - _microseconds(begin, rate)
        lines.append(f"duration {duration}us".encode())
    return b"\n".join(lines) + b"\n"


def _checked_header(segment: SegmentFiles, rate: Rate) -> VideoHeader:
    try:
        header = read_header(segment.video)
        sound = segment.audio.stat().st_size
    except (OSError, ValueError) as error:
        raise FfmpegFailed(f"the segment {segment.video.name} is damaged: {error}", remedy=_REMEDY) from None
    if header.frames != segment.frames or header.timescale != track_timescale(rate):
        raise FfmpegFailed(
            f"the segment {segment.video.name} has {header.frames} frames at {header.timescale} ticks a "
            f"second instead of {segment.frames} at {track_timescale(rate)}",
            remedy=_REMEDY,
        )
    if sound < sample_count(rate, segment.frames) * BYTES_PER_SAMPLE:
        raise FfmpegFailed(f"the sound of the segment {segment.audio.name} is too short", remedy=_REMEDY)
    return header


@dataclass(frozen=True, slots=True)
class _Work:
    """One reel in the making, with a folder of its own for what is between."""

    ffmpeg: Ffmpeg
    segments: Sequence[SegmentFiles]
    rate: Rate
    finish: Finish
    folder: Path
    chunks: Path

    async def write(self, out: Path) -> None:
        """Finish the sound, encode it, and put it beside the pictures."""
        sound = await finished_sound(
            self.ffmpeg, segments_sound(self.segments, self.rate), self.finish, self.folder
        )
        await encode_sound(self.ffmpeg, sound, self.folder / "sound.aac", self.chunks, self.folder)
        frames = sum(segment.frames for segment in self.segments)
        await self.ffmpeg.run(
            [*self._inputs(), *self._streams(sound.samples), *self._marks(), "-f", "mp4", f"file:{out}"],
            timeout=_PATIENCE + float(self.rate.seconds(frames)),
        )

    def _inputs(self) -> list[str]:
        """Pictures, sound, and as far as there are any chapters and subtitles."""
        script = self.folder / "segments.txt"
        script.write_bytes(concat_script(self.segments, self.rate))
        # Without auto_convert=0 every segment would be rewritten with its parameters in its pictures.
        inputs = ["-f", "concat", "-safe", "0", "-auto_convert", "0", "-i", f"file:{script}"]
        inputs += ["-f", "aac", "-i", f"file:{self.folder / 'sound.aac'}"]
        texts = {
            "ffmetadata": chapters_text(self.finish.chapters, self.rate) if self.finish.chapters else "",
            "srt": subtitles_text(self.finish.subtitles, self.rate) if self.finish.subtitles else "",
        }
        for demuxer, text in texts.items():
            if text:
                path = self.folder / f"words.{demuxer}"
                path.write_text(text, "utf-8", newline="\n")
                inputs += ["-f", demuxer, "-i", f"file:{path}"]
        return inputs

    def _streams(self, samples: int) -> list[str]:
        timescale = track_timescale(self.rate)
        tick = timescale // self.rate.frames * self.rate.per_seconds
        # A segment of one or two frames is too short to show its decoding delay in its own timestamps.
        # The delay is the same for all, so decoding times are counted instead: strictly increasing.
        stamps = f"setts=pts=round(PTS/{tick})*{tick}:dts=(N-{REORDER})*{tick}:duration={tick}"
        words = 3 if self.finish.chapters else 2
        return [
            *("-map", "0:v:0", "-c:v", "copy", "-bsf:v", stamps),
            *("-map", "1:a:0", "-c:a", "copy", "-bsf:a", timestamps(samples)),
            *(("-map", f"{words}:s:0", "-c:s", "mov_text") if self.finish.subtitles else ()),
            *("-video_track_timescale", str(timescale), "-movflags", "+faststart"),
        ]

    def _marks(self) -> list[str]:
        """The chapters, or a plain file. Titles are metadata: whoever drops all of it drops them too."""
        if not self.finish.chapters:
            return list(BITEXACT)
        plain = BITEXACT[: BITEXACT.index("-map_metadata")]
        return [*plain, "-map_metadata", "2", "-map_chapters", "2"]


def _microseconds(frame: int, rate: Rate) -> int:
    return round(rate.seconds(frame) * 1_000_000)
