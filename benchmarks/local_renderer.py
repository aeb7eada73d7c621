"""The local renderer: a 5 s clip at 720p from a reference with a caption, against its frames encoded alone.

python -m benchmarks.local_renderer [--clips N] [--seconds S] [--runs N]

The floor takes the finished frames from a file, uncompressed, and gives them to x264 with the renderer's own
settings: no picture is drawn or moved. Each side makes the same clips one after the other in one process
tree; seedgen's begins with its imports.
"""

from __future__ import annotations

import argparse
import asyncio
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from benchmarks.measure import Command, Series
from benchmarks.memory import run_tree
from benchmarks.report import Goal, Measured, Report, say
from seedgen.geometry import Size
from seedgen.media.animatic import X264, FfmpegAnimatics
from seedgen.ports.media import AnimaticSpec
from seedgen.project.media import MediaType
from seedgen.timing import Rate
from tests.media.clips import ffmpeg

if TYPE_CHECKING:
    from benchmarks.measure import Run

RATE = Rate(24)
SIZE = Size(1280, 720)
OURS, FLOOR = "local renderer", "x264 alone, the same frames"
CAPTION = "The shoe turns slowly on a white ground, soft pink rim light. Camera: slow push-in, 85 mm."


def main() -> None:
    """Measure and report; or, as the process that is measured, render."""
    if sys.argv[1:2] == ["--render"]:
        asyncio.run(render(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--clips", type=int, default=6, help="made one after the other in each run")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=5, help="rounds that count")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seedgen-bench-") as folder:
        compare(Path(folder), given.clips, given.seconds, given.runs).publish()


def compare(folder: Path, clips: int, seconds: int, runs: int) -> Report:
    """Draw the reference, take the frames of a rendered clip apart, and measure both sides in turns."""
    Image.effect_noise((1600, 1200), 40).convert("RGB").save(folder / "reference.png")
    frames = seconds * RATE.frames
    ours = _rendering(folder, clips, frames)
    floor = _encoding(folder, clips, frames)
    taken: dict[str, list[Run]] = {OURS: [], FLOOR: []}
    for number in range(-1, runs):
        say(f"round {number + 1} of {runs}" if number >= 0 else "warm-up")
        for command in (ours, floor):
            run = run_tree(command)
            if number >= 0:
                taken[command.name].append(run)
    found = {name: Series(name, tuple(series)) for name, series in taken.items()}
    rows = [
        Measured(name, series, found[FLOOR] if name == OURS else None, f"{clips / series.wall:.2f} clips/s")
        for name, series in found.items()
    ]
    goals = [Goal("against the encode alone", found[OURS].wall / found[FLOOR].wall, 1.3, "x")]
    title = f"Local renderer: {clips} clips of {seconds} s, {SIZE}, one reference and a caption; {runs} runs"
    return Report("local_renderer", f"{title} in turns", rows, goals=goals)


async def render(folder: Path, clips: int, frames: int) -> None:
    """Render so many clips, no two alike. Runs in a process of its own, to be measured."""
    renderer = FfmpegAnimatics(ffmpeg())
    for number in range(clips):
        pictures = ((MediaType.IMAGE, folder / "reference.png"),)
        spec = AnimaticSpec(CAPTION, SIZE, RATE, frames, f"{number:064x}", pictures)
        await renderer.render(spec, folder / f"clip-{number}.mp4", lambda _: None)


def _rendering(folder: Path, clips: int, frames: int) -> Command:
    argv = (sys.executable, "-m", f"benchmarks.{Path(__file__).stem}", "--render")
    return Command(OURS, (*argv, str(folder), str(clips), str(frames)), Path(__file__).parents[1])


def _encoding(folder: Path, clips: int, frames: int) -> Command:
    """Encode the frames of one rendered clip, as often as clips are rendered."""
    asyncio.run(render(folder, 1, frames))
    program, raw = str(ffmpeg().exe), folder / "frames.yuv"
    quiet = ("-hide_banner", "-nostdin", "-loglevel", "error", "-y")
    apart = ("-i", str(folder / "clip-0.mp4"), "-f", "rawvideo", "-pix_fmt", "yuv420p", str(raw))
    subprocess.run([program, *quiet, *apart], check=True)
    source = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", str(SIZE), "-r", str(RATE), "-i", str(raw))
    encode = shlex.join(
        [program, *quiet, *source, *X264, "-g", str(2 * RATE.frames), str(folder / "floor.mp4")]
    )
    return Command(FLOOR, ("sh", "-c", "; ".join([encode] * clips)), folder)


if __name__ == "__main__":
    main()
