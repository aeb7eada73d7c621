"""Boxes: what an mp4 is made of, as bytes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UNITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
"""The matrix that moves and turns nothing."""

UNDETERMINED = 0x55C4
"""The language `und`, five bits a letter."""

_LARGEST = 2**32 - 1


def box(name: bytes, *parts: bytes) -> bytes:
    """A box around its content."""
    content = b"".join(parts)
    return struct.pack(">I4s", 8 + len(content), name) + content


def full_box(name: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    """A box that says which version of its layout it has."""
    return box(name, struct.pack(">I", version << 24 | flags), *parts)


def media_data(size: int) -> bytes:
    """What stands before `size` bytes of samples."""
    if size + 8 <= _LARGEST:
        return struct.pack(">I4s", size + 8, b"mdat")
    return struct.pack(">I4sQ", 1, b"mdat", size + 16)


def table(name: bytes, count: int, entries: bytes) -> bytes:
    """A full box with a counted table."""
    return full_box(name, struct.pack(">I", count), entries)


def words(values: Iterable[int]) -> bytes:
    """Numbers of four bytes, end to end."""
    values = list(values)
    return struct.pack(f">{len(values)}I", *values)


def offsets(values: Sequence[int], *, wide: bool) -> bytes:
    """Where chunks begin in the file. With `wide`, as beyond 4 GB, each takes eight bytes."""
    if wide:
        return table(b"co64", len(values), struct.pack(f">{len(values)}Q", *values))
    return table(b"stco", len(values), words(values))


def length(value: int) -> str:
    """The struct format of a duration: old players know the longer one only where it is needed."""
    return "I" if value <= _LARGEST else "Q"


def descriptor(tag: int, *parts: bytes) -> bytes:
    """A descriptor of MPEG-4 systems (ISO/IEC 14496-1, 8.3.3), at most 127 bytes long."""
    content = b"".join(parts)
    return bytes([tag, len(content)]) + content
