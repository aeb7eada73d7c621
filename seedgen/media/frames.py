"""Frames: the last picture that a clip shows, as a PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.errors import UnreadableMedia
from seedgen.media.footage import displayed_picture, opened, video_stream
from seedgen.media.magic import recognise

if TYPE_CHECKING:
    from pathlib import Path

    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

RECIPE = "1"
"""Raised whenever the same clip would give another picture."""

_BT709, _UNSPECIFIED = 1, 2
_SD_WIDTH, _SD_HEIGHT = 1024, 576


class PyavFrames:
    """Takes pictures out of clips with PyAV; fulfils `ports.media.FrameReader`."""

    @property
    def recipe(self) -> str:
        """What, besides the clip, decides the picture."""
        return RECIPE

    def last_frame(self, clip: Path, out: Path) -> None:
        """Write the last picture that a player shows: upright, square pixels, sRGB as a player shows it.

        Raises UnreadableMedia, OSError.
        """
        container = recognise(clip)
        with opened(clip, container) as source:
            stream = video_stream(source)
            frame = None if stream is None else _last(source, stream)
            if stream is None or frame is None:
                raise UnreadableMedia(f"{clip.name} holds no pictures")
            if frame.colorspace == _UNSPECIFIED and (frame.width > _SD_WIDTH or frame.height > _SD_HEIGHT):
                # Without a tag swscale takes BT.601, players take BT.709 for what is larger than SD.
                frame.colorspace = _BT709
            picture = displayed_picture(frame, stream)
        picture.save(out, "PNG")


def _last(source: InputContainer, stream: VideoStream) -> VideoFrame | None:
    """Decode from the last key frame on; where nothing comes of that, everything.

    Decoders give pictures in the order in which they are shown, and none that an edit list hides.
    """
    for start in (stream.duration, None):
        if start is not None:
            source.seek((stream.start_time or 0) + start, stream=stream)
        else:
            source.seek(0)
        last: VideoFrame | None = None
        for frame in source.decode(stream):
            if last is None or frame.pts is None or last.pts is None or frame.pts >= last.pts:
                last = frame
        if last is not None:
            return last
    return None
