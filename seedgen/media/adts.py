"""Cut a stream of AAC into its packets. Source of the layout: ISO/IEC 13818-7, 6.2 (ADTS)."""

from __future__ import annotations

_HEADER_BYTES = 7


def packets(stream: bytes) -> list[bytes]:
    """The packets of an ADTS stream, each with its header. Raises ValueError when it is damaged."""
    found: list[bytes] = []
    start = 0
    while start < len(stream):
        header = stream[start : start + _HEADER_BYTES]
        if len(header) < _HEADER_BYTES or header[0] != 0xFF or header[1] & 0xF0 != 0xF0:
            raise ValueError("the encoded sound is damaged")
        size = (header[3] & 0x03) << 11 | header[4] << 3 | header[5] >> 5
        if size < _HEADER_BYTES or start + size > len(stream):
            raise ValueError("the encoded sound is cut off")
        found.append(stream[start : start + size])
        start += size
    return found
