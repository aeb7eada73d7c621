"""Look into a clip before ffmpeg does: which of its streams to take, and how to read its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.errors import FfmpegFailed
from seedgen.media.footage import displayed_size, first_frame, length, opened, video_stream
from seedgen.media.magic import recognise

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from seedgen.geometry import Size

_UNSPECIFIED = 2
"""AVCOL_SPC_UNSPECIFIED (ITU-T H.273, MatrixCoefficients)."""


@dataclass(frozen=True, slots=True)
class ClipSource:
    """Which streams of a clip to take, and how to read the colours of its pictures.

    `seconds` is how long it says it is. `shown` is the size in square pixels, upright; None when nobody
    asked for it.
    """

    demuxer: str
    picture: int
    sound: int | None
    mono: bool
    matrix: str
    seconds: Fraction
    shown: Size | None


def look(clip: Path, *, shape: bool) -> ClipSource:
    """Read a clip's headers; for its `shape` a picture has to be decoded. Raises UnreadableMedia."""
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
        return ClipSource(
            container.demuxer,
            picture=picture.index,
            sound=sound.index if sound else None,
            mono=sound is not None and sound.channels == 1,
            matrix=matrix,
            seconds=length(source),
            shown=displayed_size(first_frame(source, picture, clip), picture) if shape else None,
        )
