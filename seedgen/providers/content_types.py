"""Content types: what the first bytes of a reference say it is, whatever its name says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_UNKNOWN = "application/octet-stream"


def content_type(file: Path) -> str:
    """The content type of an image, video or audio file that models take. Raises OSError."""
    with file.open("rb") as stream:
        head = stream.read(12)
    starts = {
        b"\x89PNG": "image/png",
        b"\xff\xd8\xff": "image/jpeg",
        b"ID3": "audio/mpeg",
    }
    for start, found in starts.items():
        if head.startswith(start):
            return found
    if head.startswith(b"RIFF"):
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], _UNKNOWN)
    if head[4:8] == b"ftyp":
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2:
        return "audio/mpeg"  # MPEG layer III without an ID3 tag before it
    return _UNKNOWN
