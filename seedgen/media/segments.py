"""Make a reel's segments: each clip or card once, in one ffmpeg process, into one common form."""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.errors import FfmpegFailed
from seedgen.media.ffmpeg import untrusted_input
from seedgen.media.footage import opened, video_stream
from seedgen.media.headers import read_header
from seedgen.media.join import join_segments
from seedgen.media.magic import recognise
from seedgen.media.normalise import (
    BYTES_PER_SAMPLE,
    RECIPE,
    THREADS,
    Part,
    audio_chain,
    encoder_arguments,
    pcm_arguments,
    sample_count,
    seek_arguments,
    seek_frame,
    video_chain,
)
from seedgen.media.pictures import MAX_PIXELS
from seedgen.media.slates import draw_card, draw_label, label_place
from seedgen.ports.media import CardSegment, ClipSegment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seedgen.geometry import Size
    from seedgen.media.ffmpeg import Ffmpeg
    from seedgen.ports.media import ReelFormat, SegmentFiles

_UNSPECIFIED = 2
"""AVCOL_SPC_UNSPECIFIED (ITU-T H.273, MatrixCoefficients)."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Which streams of a clip to take, and how to read the colours of its pictures."""

    demuxer: str
    picture: int
    sound: int | None
    mono: bool
    matrix: str


class FfmpegSegments:
    """Makes segments and joins them with ffmpeg; fulfils `ports.media.SegmentEncoder`."""

    def __init__(self, ffmpeg: Ffmpeg) -> None:
        self._ffmpeg = ffmpeg

    @property
    def identity(self) -> str:
        """ffmpeg's own identity, x264's thread count, and the recipe's version."""
        return f"{self._ffmpeg.identity} threads={THREADS} recipe={RECIPE}"

    async def encode(self, segment: ClipSegment | CardSegment, form: ReelFormat, files: SegmentFiles) -> None:
        """Write both files of the segment; they appear only when they are whole.

        Same segment, form and `identity`: same bytes. Raises FfmpegFailed, UnreadableMedia.
        """
        with _drafts(files) as drafts, tempfile.TemporaryDirectory(prefix="seedgen-segment-") as folder:
            if isinstance(segment, CardSegment):
                await self._encode_card(segment, form, drafts, Path(folder))
            else:
                await self._encode_clip(segment, form, drafts, Path(folder))
            _complete(drafts, segment, form)

    async def join(self, segments: Sequence[SegmentFiles], form: ReelFormat, out: Path) -> None:
        """Write the reel: pictures copied, sound encoded in one pass. Raises FfmpegFailed."""
        await join_segments(self._ffmpeg, segments, form, out)

    async def _encode_clip(
        self, segment: ClipSegment, form: ReelFormat, drafts: SegmentFiles, folder: Path
    ) -> None:
        source = await asyncio.to_thread(_look, segment.clip)
        first = seek_frame(segment.start, form.rate)
        part = Part(segment.start - first, segment.frames)
        arguments = [
            *seek_arguments(first, form.rate),
            *("-max_pixels:v", str(MAX_PIXELS), "-threads", str(THREADS)),
            *untrusted_input(segment.clip, source.demuxer),
        ]
        graph = f"[0:{source.picture}]{video_chain(form, part, source.matrix)}"
        overlay = await asyncio.to_thread(_draw_label, segment.label, form.size, folder / "label.png")
        if overlay:
            arguments += ["-f", "png_pipe", "-i", f"file:{folder / 'label.png'}"]
            graph += f"[plain];[1:v]format=yuva420p[label];[plain][label]{overlay}"
        graph += "[picture]"
        outputs = _picture_output(form, segment.frames, drafts)
        if source.sound is not None:
            graph += f";[0:{source.sound}]{audio_chain(form, part, mono=source.mono)}[sound]"
            outputs += ["-map", "[sound]", *pcm_arguments(), f"file:{drafts.audio}"]
        await self._ffmpeg.run([*arguments, "-filter_complex", graph, *outputs])

    async def _encode_card(
        self, card: CardSegment, form: ReelFormat, drafts: SegmentFiles, folder: Path
    ) -> None:
        picture = folder / "card.png"
        await asyncio.to_thread(lambda: draw_card(card, form.size, form.background).save(picture))
        # One picture, held by the same filter that lengthens a short clip: looping the file instead
        # would decode it again for every frame.
        graph = f"[0:v]{video_chain(form, Part(0, card.frames), 'auto')}[picture]"
        arguments = ["-f", "png_pipe", "-i", f"file:{picture}", "-filter_complex", graph]
        await self._ffmpeg.run([*arguments, *_picture_output(form, card.frames, drafts)])


@contextmanager
def _drafts(files: SegmentFiles) -> Iterator[SegmentFiles]:
    """Names beside the files' own, which take their place when the block ends well."""
    token = secrets.token_hex(4)
    drafts = replace(
        files,
        video=files.video.with_name(f".{files.video.name}.{token}.partial"),
        audio=files.audio.with_name(f".{files.audio.name}.{token}.partial"),
    )
    try:
        yield drafts
        drafts.audio.replace(files.audio)
        drafts.video.replace(files.video)
    except OSError as error:
        raise FfmpegFailed(f"the segment {files.video.name} cannot be written: {error}") from None
    finally:
        drafts.video.unlink(missing_ok=True)
        drafts.audio.unlink(missing_ok=True)


def _look(clip: Path) -> _Source:
    """Read a clip's headers. Raises UnreadableMedia."""
    container = recognise(clip)
    with opened(clip, container) as source:
        picture = video_stream(source)
        if picture is None:
            raise FfmpegFailed(f"{clip.name} has no pictures")
        codec = picture.codec_context
        sound = next(iter(source.streams.audio), None)
        # Without a tag swscale takes BT.601, but players take BT.709 for what is larger than SD;
        # the reel shall look as the clip looks in a player.
        is_large = codec.width >= 1280 or codec.height > 576
        matrix = "bt709" if is_large and codec.colorspace == _UNSPECIFIED else "auto"
        return _Source(
            container.demuxer,
            picture=picture.index,
            sound=sound.index if sound else None,
            mono=sound is not None and sound.channels == 1,
            matrix=matrix,
        )


def _draw_label(lines: Sequence[str], size: Size, path: Path) -> str:
    """Draw the label to `path` and return the filter that lays it over; empty when there is no label."""
    label = draw_label(lines, size)
    if label is None:
        return ""
    label.save(path)
    left, top = label_place(label, size)
    return f"overlay={left}:{top}:eof_action=repeat:format=yuv420"


def _picture_output(form: ReelFormat, frames: int, drafts: SegmentFiles) -> list[str]:
    return ["-map", "[picture]", *encoder_arguments(form, frames), f"file:{drafts.video}"]


def _complete(drafts: SegmentFiles, segment: ClipSegment | CardSegment, form: ReelFormat) -> None:
    """Check the picture's length and give the sound its exact length: what is missing is silence."""
    try:
        frames = read_header(drafts.video).frames
    except (OSError, ValueError):
        frames = 0
    if frames != segment.frames:
        name = segment.clip.name if isinstance(segment, ClipSegment) else segment.title
        raise FfmpegFailed(
            f"{name} gave {frames} frames instead of {segment.frames}",
            remedy="Check that the clip plays to its end.",
        )
    with drafts.audio.open("ab") as stream:
        os.truncate(stream.fileno(), sample_count(form.rate, segment.frames) * BYTES_PER_SAMPLE)
