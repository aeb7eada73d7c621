"""Make a reel's segments: each clip or card once, in one ffmpeg process, into one common form."""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.errors import FfmpegFailed, SegmentDamaged
from seedgen.media.mp4.layout import RECIPE as JOINING
from seedgen.media.mp4.reading import read_header
from seedgen.media.normalise import (
    BYTES_PER_SAMPLE,
    RECIPE,
    THREADS,
    encoder_arguments,
    pcm_arguments,
    poster_arguments,
    sample_count,
)
from seedgen.media.segment_files import checked_header
from seedgen.ports.segments import ClipSegment, CrossSegment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from seedgen.media.ffmpeg import Ffmpeg
    from seedgen.ports.segments import Finish, Joined, PosterShelf, ReelFormat, Segment, SegmentFiles


class FfmpegSegments:
    """Makes segments and joins them with ffmpeg; fulfils `ports.segments.SegmentEncoder`.

    What looks into clips is imported when there is one to encode: a reel that stands needs no PyAV.
    """

    def __init__(
        self, ffmpeg: Ffmpeg, chunks: Path | None = None, posters: PosterShelf | None = None
    ) -> None:
        self._ffmpeg, self._chunks, self._posters = ffmpeg, chunks, posters

    @property
    def identity(self) -> str:
        """ffmpeg's own identity, x264's thread count, and the recipe's version."""
        return f"{self._ffmpeg.identity} threads={THREADS} recipe={RECIPE}"

    @property
    def joining(self) -> str:
        """The version of how reels are written."""
        return str(JOINING)

    def is_whole(self, files: SegmentFiles, form: ReelFormat) -> bool:
        """Whether a segment that was encoded before is what it promises, by its index."""
        try:
            checked_header(files, form.rate)
        except SegmentDamaged:
            return False
        return True

    async def encode(self, segment: Segment, form: ReelFormat, files: SegmentFiles) -> None:
        """Write both files of the segment; they appear only when they are whole.

        Same segment, form and `identity`: same bytes. A poster that is wanted of the clip is made on the
        way: to decode it apart takes a twentieth of the encode. Raises FfmpegFailed, UnreadableMedia.
        """
        with _drafts(files) as drafts, tempfile.TemporaryDirectory(prefix="seedgen-segment-") as name:
            keep = self._poster_keeper(segment)
            poster = _poster_beside(drafts) if keep else None
            command = await asyncio.to_thread(_command, segment, form, drafts, Path(name), poster)
            await self._ffmpeg.run(command)
            _complete(drafts, segment, form)
            if keep and poster:
                await asyncio.to_thread(_keep_poster, poster, keep)

    def _poster_keeper(self, segment: Segment) -> Callable[[bytes], None] | None:
        """What takes the poster of the segment's clip, if one is wanted."""
        if self._posters is None or not isinstance(segment, ClipSegment):
            return None
        return partial(self._posters.keep, segment.clip) if self._posters.wants(segment.clip) else None

    async def encode_sound(self, segment: Segment, form: ReelFormat, out: Path) -> None:
        """Write the sound that `encode` would write, sample for sample, without decoding a picture.

        Raises FfmpegFailed, UnreadableMedia.
        """
        with tempfile.TemporaryDirectory(prefix="seedgen-segment-") as folder:
            command = await asyncio.to_thread(_sound_command, segment, form, out, Path(folder))
            if command is not None:
                await self._ffmpeg.run(command)
        _complete_sound(out, segment, form)

    async def join(
        self,
        segments: Sequence[SegmentFiles],
        form: ReelFormat,
        finish: Finish,
        out: Path,
        scratch: Path,
        pictures: Awaitable[None] | None = None,
    ) -> Joined:
        """Write the reel: pictures copied, sound encoded.

        Raises FfmpegFailed, SegmentDamaged, UnreadableMedia.
        """
        from seedgen.media.join import join_segments

        return await join_segments(
            self._ffmpeg,
            segments,
            form,
            finish,
            out,
            scratch=scratch,
            chunks=self._chunks,
            pictures=pictures,
        )


def _keep_poster(picture: Path, keep: Callable[[bytes], None]) -> None:
    """Where there is none (a cut before it), whoever wants it decodes the clip."""
    from PIL import Image

    from seedgen.media.posters import poster_of

    with suppress(OSError), Image.open(picture, formats=["PPM"]) as shown:
        keep(poster_of(shown))


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
        for draft in (drafts.video, drafts.audio, _poster_beside(drafts)):
            draft.unlink(missing_ok=True)


def _poster_beside(drafts: SegmentFiles) -> Path:
    """Where a poster lies on its way: beside the segment, as a disk that is full fails that anyway."""
    return drafts.video.with_name(f"{drafts.video.name}.ppm")


def _command(
    segment: Segment, form: ReelFormat, drafts: SegmentFiles, folder: Path, poster: Path | None
) -> list[str]:
    """One ffmpeg command for the whole segment; what is drawn for it lies in `folder`."""
    from seedgen.media.crosses import show_cross
    from seedgen.media.segment_graph import SegmentGraph

    graph = SegmentGraph(form, folder)
    if isinstance(segment, CrossSegment):
        streams = show_cross(graph, segment)
    else:
        streams = graph.show(segment, with_poster=poster is not None)
    outputs = ["-map", streams.picture, *encoder_arguments(form, segment.frames), f"file:{drafts.video}"]
    if streams.sound:
        outputs += ["-map", streams.sound, *pcm_arguments(), f"file:{drafts.audio}"]
    if streams.poster:
        outputs += ["-map", streams.poster, *poster_arguments(), f"file:{poster}"]
    return [*graph.arguments, "-filter_complex", graph.filters, *outputs]


def _sound_command(segment: Segment, form: ReelFormat, out: Path, folder: Path) -> list[str] | None:
    """One ffmpeg command for the segment's sound alone; None when it is silent."""
    from seedgen.media.crosses import hear_cross
    from seedgen.media.segment_graph import SegmentGraph

    graph = SegmentGraph(form, folder)
    sound = hear_cross(graph, segment) if isinstance(segment, CrossSegment) else graph.hear(segment)
    if sound is None:
        return None
    return [
        *graph.arguments,
        "-filter_complex",
        graph.filters,
        "-map",
        sound,
        *pcm_arguments(),
        f"file:{out}",
    ]


def _complete(drafts: SegmentFiles, segment: Segment, form: ReelFormat) -> None:
    """Check the picture's length, and give the sound its own."""
    try:
        frames = read_header(drafts.video).frames
    except (OSError, ValueError):
        frames = 0
    if frames != segment.frames:
        raise FfmpegFailed(
            f"{_name(segment)} gave {frames} frames instead of {segment.frames}",
            remedy="Check that the clip plays to its end.",
        )
    _complete_sound(drafts.audio, segment, form)


def _complete_sound(audio: Path, segment: Segment, form: ReelFormat) -> None:
    """Give the sound its exact length: what is missing is silence."""
    try:
        with audio.open("ab") as stream:
            os.truncate(stream.fileno(), sample_count(form.rate, segment.frames) * BYTES_PER_SAMPLE)
    except OSError as error:
        raise FfmpegFailed(f"the sound {audio.name} cannot be written: {error}") from None


def _name(segment: Segment) -> str:
    if isinstance(segment, CrossSegment):
        return f"{_name(segment.before)} with {_name(segment.after)}"
    return segment.clip.name if isinstance(segment, ClipSegment) else segment.title
