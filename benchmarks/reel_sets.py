"""Films of many ordinary clips: moving pictures with some grain, and sound, adopted with `seedgen import`."""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING

from tests.film import Film
from tests.media.clips import ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.geometry import Size

RATE = 24
_SIDE_BY_SIDE = 2


def clip_arguments(number: int, seconds: int, size: Size) -> list[str]:
    """What makes clip `number`: no two have the same bytes. About 8 Mbit/s at 720p once in a reel."""
    scene = (
        f"testsrc2=s={size.width}x{size.height}:r={RATE}:d={seconds},hue=h={number * 37 % 360},"
        f"noise=alls=5:allf=t:all_seed={number + 1},format=yuv420p"
    )
    tone = f"aevalsrc='0.2*sin(2*PI*{220 + number}*t)|0.2*sin(2*PI*{330 + number}*t)':s=48000:d={seconds}"
    return [
        *("-f", "lavfi", "-i", scene, "-f", "lavfi", "-i", tone),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-threads", "1"),
        *("-c:a", "aac", "-b:a", "160k", "-f", "mp4"),
    ]


def make_clips(folder: Path, numbers: range, seconds: int, size: Size) -> list[Path]:
    """Write the clips of some numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{number:05}.mp4" for number in numbers]

    async def make() -> None:
        gate = asyncio.Semaphore(_SIDE_BY_SIDE)

        async def one(number: int, file: Path) -> None:
            async with gate:
                await ffmpeg().run([*clip_arguments(number, seconds, size), f"file:{file}"])

        async with asyncio.TaskGroup() as group:
            for number, file in zip(numbers, files, strict=True):
                group.create_task(one(number, file))

    asyncio.run(make())
    return files


def write_film(root: Path, clips: list[Path], seconds: int, size: Size) -> Film:
    """A project with a shot for each clip, and the clips imported."""
    film = Film(root)
    root.mkdir()
    shots = [
        f"  - {{id: {shot(number)}, prompt: Scene {number} in the rain.}}" for number in range(len(clips))
    ]
    head = (
        "seedgen: 1",
        "name: many",
        f"defaults: {{duration: {max(1, math.ceil(seconds))}}}",
        f"reels: {{main: {{size: {size.width}x{size.height}, fps: {RATE}}}}}",
        "shots:",
    )
    film.write({"seedgen.yaml": "\n".join([*head, *shots]) + "\n"})
    for number, clip in enumerate(clips):
        adopt(film, number, clip)
    return film


def adopt(film: Film, number: int, clip: Path) -> None:
    """Import a clip for a shot, in place of the one that it may have."""
    ran = film.run("import", shot(number), str(clip), "--replace")
    if ran.code:
        raise RuntimeError(ran.err)


def shot(number: int) -> str:
    """The id of a shot, counted from 0."""
    return f"c{number + 1:05}"
