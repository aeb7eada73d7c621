"""Write a reel: the index, and behind it pictures, sound and words side by side, in one go from start to end.

The index stands first, and the file's digest is ready with the file.
"""

from __future__ import annotations

import hashlib
import struct
from collections import deque
from contextlib import closing
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING

from seedgen.digest import Digest
from seedgen.errors import FfmpegFailed, SegmentDamaged
from seedgen.media.adts import without_headers
from seedgen.media.mp4.layout import AUDIO, VIDEO, Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import BinaryIO

    from seedgen.media.mp4.layout import EncodedSound, Pictures
    from seedgen.media.mp4.reading import VideoHeader
    from seedgen.ports.segments import Passage, SegmentFiles


def write_reel(
    pictures: Pictures,
    sound: EncodedSound,
    chapters: Sequence[Passage],
    subtitles: Sequence[Passage],
    out: BinaryIO,
    given_up: Callable[[], bool] = lambda: False,
) -> Digest:
    """Write an mp4 and return its digest. Same arguments: same bytes.

    It ends early, with what it has, when `given_up` says that nobody waits for it. Raises SegmentDamaged
    for pictures that are not what their index says, FfmpegFailed for sound that is not, OSError.
    """
    layout = Layout(pictures, sound, chapters, subtitles)
    writer = _Writer(out)
    writer.write(layout.head)
    with closing(Frames(pictures.segments)) as frames, sound.file.open("rb") as adts:
        for chunk in layout.chunks:
            end = chunk.first + chunk.count
            if chunk.track == VIDEO:
                for block in frames.take(chunk.count):
                    writer.write(block)
            elif chunk.track == AUDIO:
                writer.write(without_headers(adts, sound.packets.sizes[chunk.first : end]))
            else:
                writer.write(b"".join(layout.words[chunk.track].samples[chunk.first : end]))
            if given_up():
                return writer.digest
    if writer.written != layout.end:
        raise FfmpegFailed("the encoded sound is cut off")
    return writer.digest


class _Writer:
    """Writes and digests."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._digest = hashlib.sha256()
        self.written = 0

    def write(self, data: bytes | memoryview) -> None:
        self._out.write(data)
        self._digest.update(data)
        self.written += len(data)

    @property
    def digest(self) -> Digest:
        return Digest(self._digest.hexdigest())


class Frames:
    """The frames of all segments, in order, each looked at on its way.

    They are read, digested and written in large blocks: each of these lets other threads run, which may be
    slow to give the turn back.
    """

    def __init__(self, segments: Sequence[tuple[SegmentFiles, VideoHeader]]) -> None:
        self._segments = iter(segments)
        self._files: SegmentFiles | None = None
        self._stream: BinaryIO | None = None
        self._sizes: deque[int] = deque()

    def take(self, count: int) -> Iterator[bytes]:
        """The next frames, as many as they are, in one block from each segment. Raises SegmentDamaged."""
        while count:
            if not self._sizes:
                self._open_next()
            sizes = [self._sizes.popleft() for _ in range(min(count, len(self._sizes)))]
            count -= len(sizes)
            yield self._read(sizes)

    def close(self) -> None:
        """Close the file that is open."""
        if self._stream is not None:
            self._stream.close()

    def _open_next(self) -> None:
        self.close()
        self._files, header = next(self._segments)
        self._stream = self._files.video.open("rb")
        self._stream.seek(header.begin)
        self._sizes.extend(struct.unpack(f">{header.frames}I", header.sizes))

    def _read(self, sizes: Sequence[int]) -> bytes:
        if self._stream is None or self._files is None:
            raise ValueError("no segment is open")
        block = self._stream.read(sum(sizes))
        ends = list(accumulate(sizes))
        if len(block) != ends[-1] or not all(map(partial(_is_whole, block), [0, *ends], ends)):
            raise SegmentDamaged(self._files.video)
        return block


def _is_whole(block: bytes, at: int, end: int) -> bool:
    """Whether the units of a frame (NAL units, each behind its length) fill it to its end."""
    while at + 4 < end:
        (unit,) = struct.unpack_from(">I", block, at)
        if not unit:
            return False
        at += 4 + unit
    return at == end
