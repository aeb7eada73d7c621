"""Segment files: whether a segment that was encoded before is what it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.errors import SegmentDamaged
from seedgen.media.mp4.reading import VideoHeader, read_header
from seedgen.media.normalise import BYTES_PER_SAMPLE, sample_count, track_timescale

if TYPE_CHECKING:
    from seedgen.ports.segments import SegmentFiles
    from seedgen.timing import Rate


def checked_header(segment: SegmentFiles, rate: Rate) -> VideoHeader:
    """A segment's index, when it has the frames and samples that it promises. Raises SegmentDamaged."""
    try:
        header = read_header(segment.video)
        sound = segment.audio.stat().st_size
    except (OSError, ValueError) as error:
        raise SegmentDamaged(segment.video, str(error)) from None
    if header.frames != segment.frames or header.timescale != track_timescale(rate):
        raise SegmentDamaged(
            segment.video,
            f"{header.frames} frames at {header.timescale} ticks a second "
            f"instead of {segment.frames} at {track_timescale(rate)}",
        )
    if sound < sample_count(rate, segment.frames) * BYTES_PER_SAMPLE:
        raise SegmentDamaged(segment.video, "its sound is too short")
    return header
