"""Checking: whether what was encoded for reels is still whole, told without decoding it."""

from __future__ import annotations

import struct
from collections import deque
from contextlib import closing
from typing import TYPE_CHECKING

from PIL import Image

from seedgen.errors import SegmentDamaged, UnreadableMedia
from seedgen.media.aac_chunks import kept_chunk
from seedgen.media.mp4.reading import read_header
from seedgen.media.mp4.writing import Frames
from seedgen.media.normalise import BYTES_PER_SAMPLE, SAMPLE_RATE, sample_count
from seedgen.media.probe import PyavClipReader
from seedgen.ports.segments import SegmentFiles
from seedgen.timing import Rate

if TYPE_CHECKING:
    from pathlib import Path


def segment_fault(video: Path, audio: Path) -> str:
    """What is wrong with a segment; empty when its index, its frames and its sound's length are right."""
    try:
        header = read_header(video)
        size = audio.stat().st_size
        with closing(Frames([(SegmentFiles(video, audio, header.frames), header)])) as frames:
            deque(frames.take(header.frames), maxlen=0)
    except SegmentDamaged:
        return "its pictures are damaged"
    except (ValueError, struct.error) as error:
        return f"its picture is damaged: {error}"
    except OSError as error:
        return f"a half of it cannot be read: {error.strerror}"
    samples, rest = divmod(size, BYTES_PER_SAMPLE)
    if not header.frames or samples < 2:
        return "it is empty"
    # The length of a frame in ticks is whole: it follows from that of the sound, which then has to fit it.
    ticks = round(header.timescale * (samples - 1) / SAMPLE_RATE / header.frames)
    if rest or not ticks or samples != sample_count(Rate(header.timescale, ticks), header.frames):
        return "its sound is not as long as its picture"
    return ""


def sound_fault(chunk: Path) -> str:
    """What is wrong with a piece of encoded sound; empty when its bytes are those that were written."""
    return "" if kept_chunk(chunk) is not None else "its bytes are not those that were written"


def frame_fault(picture: Path) -> str:
    """What is wrong with a picture; empty when it decodes to its end, each part as its checksum says."""
    try:
        with Image.open(picture) as opened:
            opened.load()
    except (OSError, SyntaxError, ValueError) as error:
        return f"it does not decode: {error}"
    return ""


def stand_in_fault(clip: Path) -> str:
    """What is wrong with a stand-in; empty when it can be opened."""
    try:
        PyavClipReader().probe(clip)
    except (UnreadableMedia, OSError) as error:
        return str(error)
    return ""
