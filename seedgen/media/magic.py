"""Tell what a file is from its first bytes, whatever its name says.

What is not listed here is not opened by anything: no playlists (HLS, DASH, concat), no SVG, no
formats that can name other files.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.errors import UnreadableMedia
from seedgen.project.media import MediaType

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Container:
    """A recognised file format: its name as model cards write it, and ffmpeg's name of its demuxer.

    Pictures are read by Pillow, under `decoder`; for them `demuxer` is the one that reads a lone
    picture from a file.
    """

    name: str
    type: MediaType
    demuxer: str
    decoder: str = ""


_PNG = Container("png", MediaType.IMAGE, "png_pipe", "PNG")
_JPEG = Container("jpeg", MediaType.IMAGE, "jpeg_pipe", "JPEG")
_GIF = Container("gif", MediaType.IMAGE, "gif", "GIF")
_WEBP = Container("webp", MediaType.IMAGE, "webp_pipe", "WEBP")
_BMP = Container("bmp", MediaType.IMAGE, "bmp_pipe", "BMP")
_TIFF = Container("tiff", MediaType.IMAGE, "tiff_pipe", "TIFF")
_MP4 = Container("mp4", MediaType.VIDEO, "mov")
_MOV = Container("mov", MediaType.VIDEO, "mov")
_M4A = Container("m4a", MediaType.AUDIO, "mov")
_WEBM = Container("webm", MediaType.VIDEO, "matroska")
_MKV = Container("mkv", MediaType.VIDEO, "matroska")
_WAV = Container("wav", MediaType.AUDIO, "wav")
_MP3 = Container("mp3", MediaType.AUDIO, "mp3")
_FLAC = Container("flac", MediaType.AUDIO, "flac")
_OGG = Container("ogg", MediaType.AUDIO, "ogg")

_STARTS = (
    (b"\x89PNG\r\n\x1a\n", _PNG),
    (b"\xff\xd8\xff", _JPEG),
    (b"GIF87a", _GIF),
    (b"GIF89a", _GIF),
    (b"II*\x00", _TIFF),
    (b"MM\x00*", _TIFF),
    (b"fLaC", _FLAC),
    (b"OggS", _OGG),
    (b"ID3", _MP3),
)
_EBML = b"\x1a\x45\xdf\xa3"
_QUICKTIME_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_STILL_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis")
_HEAD = 512
_KNOWN = "PNG, JPEG, WebP, GIF, BMP, TIFF, MP4, MOV, WebM, MKV, WAV, MP3, M4A, FLAC and Ogg"


def recognise(path: Path) -> Container:
    """What the file is. Raises UnreadableMedia when it cannot be read or is no known media."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise UnreadableMedia(f"{path.name} cannot be read: {reason}") from None
    if not head:
        raise UnreadableMedia(f"{path.name} is empty")
    container = container_of(head)
    if container is None:
        raise UnreadableMedia(
            f"{path.name} is not an image, video or audio file of a known format",
            remedy=f"Known are {_KNOWN}.",
        )
    return container


def container_of(head: bytes) -> Container | None:
    """What a file that begins with `head` (512 bytes suffice) is, or None."""
    plain = next((container for start, container in _STARTS if head.startswith(start)), None)
    if plain is not None:
        return plain
    if head[:4] == b"RIFF":
        return {b"WEBP": _WEBP, b"WAVE": _WAV}.get(head[8:12])
    if head.startswith(_EBML):
        return _WEBM if b"webm" in head[:64] else _MKV
    if head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00":
        return _BMP
    if _is_mpeg_audio(head):
        return _MP3
    return _iso_base_media(atom=head[4:8], brand=head[8:12])


def _iso_base_media(atom: bytes, brand: bytes) -> Container | None:
    if atom in _QUICKTIME_ATOMS or (atom == b"ftyp" and brand == b"qt  "):
        return _MOV
    if atom != b"ftyp" or brand in _STILL_BRANDS:
        return None
    return _M4A if brand in (b"M4A ", b"M4B ") else _MP4


def _is_mpeg_audio(head: bytes) -> bool:
    """Eleven bits of sync, layer III, and neither bit rate nor sample rate of a forbidden value."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    layer_iii = head[1] & 0x06 == 0x02
    return layer_iii and head[2] & 0xF0 not in (0x00, 0xF0) and head[2] & 0x0C != 0x0C
