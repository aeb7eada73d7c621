"""The bytes of a clip, and bytes served as a file server serves them: ranges, ETag, If-Range."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from tests.emulator.wire import Answer

if TYPE_CHECKING:
    from tests.emulator.gate import Call
    from tests.emulator.records import JobRecord, Settings

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def free_box(text: str) -> bytes:
    """An mp4 box that players skip, with a text in it."""
    payload = text.encode()
    return struct.pack(">I4s", 8 + len(payload), b"free") + payload


class Clips:
    """What each job's clip is made of. Files are read once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._read: dict[Path, bytes] = {}
        self._turns: dict[str, int] = {}

    def of(self, job: JobRecord) -> bytes:
        """The bytes of a job's clip, the same each time."""
        clip = self._settings.clip
        if callable(clip):
            clip = clip(job)
        elif not isinstance(clip, Path | bytes):
            clip = clip[self._turns.setdefault(job.id, len(self._turns)) % len(clip)]
        if isinstance(clip, Path):
            clip = self._file(clip)
        return clip + free_box(job.id) if self._settings.distinct else clip

    def _file(self, path: Path) -> bytes:
        if path not in self._read:
            self._read[path] = path.read_bytes()
        return self._read[path]


def serve(call: Call, content: bytes, content_type: str, etag: str, *, ranges: bool = True) -> Answer:
    """The whole content (200), a part of it (206), or the news that there is no such part (416)."""
    etag = f'"{etag}"'
    headers = {"Content-Type": content_type, "ETag": etag}
    if not ranges:
        return Answer(200, content, headers)
    headers["Accept-Ranges"] = "bytes"
    condition = call.seen.header("if-range")
    wanted = _RANGE.fullmatch(call.seen.header("range") or "")
    if wanted is None or wanted[0] == "bytes=-" or condition not in {None, etag}:
        return Answer(200, content, headers)
    start, end = _bounds(wanted[1], wanted[2], len(content))
    if start >= end:
        return Answer(416, b"", {**headers, "Content-Range": f"bytes */{len(content)}"})
    return Answer(
        206, content[start:end], {**headers, "Content-Range": f"bytes {start}-{end - 1}/{len(content)}"}
    )


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    if not first:
        return max(0, size - int(last)), size
    return int(first), min(size, int(last) + 1) if last else size


def ends_the_file(answer: Answer, size: int) -> bool:
    """Whether an answer holds the content's last byte."""
    if answer.status == 200:
        return True
    return answer.status == 206 and answer.headers["Content-Range"].endswith(f"-{size - 1}/{size}")
