"""The same reel made by others: one ffmpeg command over all clips, MoviePy; and the least there is to do."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from benchmarks.measure import Command
from benchmarks.peers import Absent, Peer, install
from tests.media.clips import ffmpeg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seedgen.ports.segments import ReelFormat

MOVIEPY_VERSION = "2.2.1"
_MOVIEPY = """\
import sys
from moviepy import VideoFileClip, concatenate_videoclips
out, *files = sys.argv[1:]
concatenate_videoclips([VideoFileClip(file) for file in files]).write_videofile(
    out, fps=24, codec="libx264", preset="veryfast", ffmpeg_params=["-crf", "20"], threads=2,
    audio_codec="aac", audio_bitrate="160k", logger=None,
)
"""
_QUIET = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")


def full_command(name: str, clips: Sequence[Path], form: ReelFormat, out: Path) -> Command:
    """One ffmpeg that decodes all clips, joins them with its concat filter and encodes the whole.

    The encoder has a segment's settings but for its threads: it may use every core there is.
    """
    inputs = [argument for clip in clips for argument in ("-i", str(clip))]
    graph = "".join(f"[{n}:v][{n}:a]" for n in range(len(clips))) + f"concat=n={len(clips)}:v=1:a=1[v][a]"
    coded = [
        *(
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-crf",
            "20",
            "-bf",
            "3",
            "-g",
            str(2 * form.rate.frames),
        ),
        *("-c:a", "aac", "-aac_coder", "fast", "-b:a", "160k", "-movflags", "+faststart"),
    ]
    arguments = [*inputs, "-filter_complex", graph, "-map", "[v]", "-map", "[a]", *coded, str(out)]
    return Command(name, (str(ffmpeg().exe), *_QUIET, *arguments), out.parent)


def one_encode(clip: Path, form: ReelFormat, folder: Path) -> Command:
    """One segment's encode and nothing else: pictures into its size and coding, sound as raw samples."""
    picture = ("-map", "0:v", "-vf", f"scale={form.size.width}:{form.size.height},setsar=1,format=yuv420p")
    sound = ("-map", "0:a", "-ar", "48000", "-ac", "2", "-f", "s16le", str(folder / "floor.pcm"))
    coded = (*_coded(form), "-threads", "2", str(folder / "floor.mp4"))
    argv = (str(ffmpeg().exe), *_QUIET, "-i", str(clip), *picture, *coded, *sound)
    return Command("one encode", argv, folder)


def _coded(form: ReelFormat) -> tuple[str, ...]:
    """The encoder settings of a segment."""
    return (
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "20",
        "-bf",
        "3",
        "-g",
        str(2 * form.rate.frames),
    )


def copy(source: Path, out: Path) -> Command:
    """Copying a file's bytes."""
    return Command("copy", ("cp", "--reflink=never", str(source), str(out)), out.parent)


def moviepy(folder: Path) -> Peer | Absent:
    """MoviePy, installed with pip into a virtual environment of its own. It runs the ffmpeg that we run."""
    if problem := install(sys.executable, "-m", "venv", str(folder)):
        return Absent("MoviePy", problem)
    python = folder / "bin" / "python"
    if problem := install(str(python), "-m", "pip", "install", "--quiet", f"moviepy=={MOVIEPY_VERSION}"):
        return Absent("MoviePy", problem)
    settings = {"IMAGEIO_FFMPEG_EXE": os.fspath(ffmpeg().exe)}
    return Peer(f"MoviePy {MOVIEPY_VERSION}", str(python), settings)


def moviepy_command(peer: Peer, clips: Sequence[Path], out: Path) -> Command:
    """MoviePy's `concatenate_videoclips`, as its documentation has it, with our encoder settings."""
    argv = (peer.program, "-c", _MOVIEPY, str(out), *map(str, clips))
    return Command(peer.name, argv, out.parent, peer.environment)
