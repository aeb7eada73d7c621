"""Cut a stream of AAC into its packets. Source of the layout: ISO/IEC 13818-7, 6.2 (ADTS)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from array import array
    from collections.abc import Sequence
    from typing import BinaryIO

PACKET = 1024
"""Samples of a packet. Packet n of a reel decodes to the block before its own: n - 1 and n overlap."""

HEADER_BYTES = 7


@dataclass(frozen=True, slots=True)
class Packets:
    """What an mp4 must know of a stream: the size of each packet without its header, and how to decode them.

    `config` is an AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1).
    """

    config: bytes
    sizes: array[int]


def packets(stream: bytes) -> list[bytes]:
    """The packets of an ADTS stream, each with its header. Raises ValueError when it is damaged."""
    found: list[bytes] = []
    start = 0
    while start < len(stream):
        header = stream[start : start + HEADER_BYTES]
        if len(header) < HEADER_BYTES or header[0] != 0xFF or header[1] & 0xF1 != 0xF1:
            raise ValueError("the encoded sound is damaged")
        size = (header[3] & 0x03) << 11 | header[4] << 3 | header[5] >> 5
        if size < HEADER_BYTES or start + size > len(stream):
            raise ValueError("the encoded sound is cut off")
        found.append(stream[start : start + size])
        start += size
    return found


def config_of(packet: bytes) -> bytes:
    """How to decode a packet, from its header: profile, sample rate and channels."""
    profile, rate = (packet[2] >> 6) + 1, packet[2] >> 2 & 0x0F
    channels = (packet[2] & 1) << 2 | packet[3] >> 6
    return (profile << 11 | rate << 7 | channels << 3).to_bytes(2, "big")


def without_headers(stream: BinaryIO, sizes: Sequence[int]) -> bytes:
    """The next packets of a stream, of known sizes, end to end without their headers."""
    data = stream.read(sum(sizes) + HEADER_BYTES * len(sizes))
    ends = accumulate(HEADER_BYTES + size for size in sizes)
    return b"".join(data[end - size : end] for end, size in zip(ends, sizes, strict=True))
