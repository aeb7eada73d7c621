"""A corpus of nasty files, made when a test asks: what a download, a stranger or a full disk leaves."""

from __future__ import annotations

import io
import struct
import subprocess
import zlib
from typing import TYPE_CHECKING

import imageio_ffmpeg
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

NASTY_FILES = {
    "zero.mp4": "not readable as media",
    "cut.mp4": "not readable as media",
    "head.mp4": "not readable as media",
    "playlist.mp4": "not readable as media",
    "concat.mp4": "not readable as media",
    "page.mp4": "not readable as media",
    "picture.mp4": "not a video",
    "zero.png": "not readable as media",
    "half.png": "not readable as media",
    "bomb.png": "not readable as media",
    "clip.png": "not an image",
    "drawing.svg": "not readable as media",
    "drawing.png": "not readable as media",
    "zero.wav": "not readable as media",
    "text.wav": "not readable as media",
    "folder.png": "not a file",
    "gone.png": "file not found",
    "out.png": "outside the project",
    "loop.png": "",
    "a\tb.png": "",
    "n" * 300 + ".png": "",
}
"""Each name, with the summary that a reference to it is refused with; empty where any words will do."""

TAKEN = ("lying.wav", "named.png")
"""What can be used all the same: its head is whole, and of sound no more is looked at to plan."""


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb() -> bytes:
    """A hundred bytes of PNG that say they are 30,000 by 30,000 pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    rest = _chunk(b"IDAT", zlib.compress(b"")) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + rest


def png() -> bytes:
    """A picture of noise, so that half of it is no whole one."""
    stream = io.BytesIO()
    Image.effect_noise((64, 64), 80).save(stream, "PNG")
    return stream.getvalue()


def wav(seconds: int, said: int) -> bytes:
    """Silence, whose head says that it lasts longer."""
    data = bytes(16_000 * seconds)
    head = struct.pack("<IHHIIHH", 16, 1, 1, 8_000, 16_000, 2, 16)
    return b"RIFF" + struct.pack("<I", said) + b"WAVEfmt " + head + b"data" + struct.pack("<I", said) + data


def mp4(folder: Path) -> bytes:
    """A second of video, whose index stands at its end."""
    source = ("-f", "lavfi", "-i", "testsrc2=size=64x64:rate=24:duration=1")
    file = folder / "whole.mp4"
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *source, str(file)], check=True)
    return file.read_bytes()


def write_corpus(folder: Path) -> None:
    """Write every file; `gone.png` is not there."""
    clip, picture = mp4(folder), png()
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>'
    files = {
        "zero.mp4": b"",
        "cut.mp4": clip[: len(clip) // 2],
        "head.mp4": clip[:32],
        "playlist.mp4": b"#EXTM3U\n#EXTINF:4,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        "concat.mp4": b"ffconcat version 1.0\nfile /etc/hostname\n",
        "page.mp4": b"<!doctype html><title>Expired</title>",
        "picture.mp4": picture,
        "zero.png": b"",
        "bomb.png": bomb(),
        "half.png": picture[: len(picture) // 2],
        "clip.png": clip,
        "named.png": picture,
        "drawing.svg": svg,
        "drawing.png": svg,
        "zero.wav": b"",
        "text.wav": b"RIFF is a way to say it",
        "lying.wav": wav(1, 0x7FFFFFFF),
        "a\tb.png": picture,
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    (folder / "folder.png").mkdir()
    (folder / "out.png").symlink_to("/etc/hostname")
    (folder / "loop.png").symlink_to("loop.png")
