"""Films a girl who runs over the dunes with a kite: the motion that is kept, whatever the style."""

from __future__ import annotations

import subprocess
from math import cos, pi, sin
from typing import TYPE_CHECKING

from brush import Canvas, Linear, Radial, Shape, Spot, ellipse, moved, path, ridge, stroke, turned

from seedgen.media.ffmpeg_finder import find_ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

WIDTH, HEIGHT = 854, 480
RATE = 24
FRAMES = 96
LAYERS = ((300, 1, "#e3b586", "#c78d62"), (350, 2, "#d19a6a", "#ad6f4a"), (402, 4, "#b9774e", "#7d472f"))
"""Dunes from far to near: their level, the pixels by which they pass in each frame, their colours."""


def film(path: Path) -> None:
    """Write the clip: four seconds, H.264, made by the ffmpeg that comes with seedgen."""
    raw = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(RATE), "-i", "pipe:0"]
    form = ["-c:v", "libx264", "-preset", "veryslow", "-crf", "26", "-threads", "1", "-pix_fmt", "yuv420p"]
    plain = [
        "-movflags",
        "+faststart",
        "-fflags",
        "+bitexact",
        "-flags:v",
        "+bitexact",
        "-map_metadata",
        "-1",
    ]
    command = [str(find_ffmpeg(None, None).exe), "-v", "error", "-y", *raw, *form, *plain, str(path)]
    sky, dunes = _sky(), [_dune(*layer) for layer in LAYERS]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as ffmpeg:
        assert ffmpeg.stdin is not None
        for number in range(FRAMES):
            ffmpeg.stdin.write(frame(number, sky, dunes).tobytes())
        ffmpeg.stdin.close()
        if ffmpeg.wait():
            raise SystemExit("ffmpeg failed")


def frame(number: int, sky: Image.Image, dunes: list[Image.Image]) -> Image.Image:
    """One picture of the clip."""
    second = number / RATE
    canvas = Canvas((WIDTH, HEIGHT))
    canvas.lay(sky)
    for picture, (_, speed, _, _) in zip(dunes[:2], LAYERS, strict=False):
        canvas.lay(picture, (-number * speed, 0))
    hand = _girl(canvas, (300 + 10 * sin(second * pi / 2), 404), second)
    _kite(canvas, second, hand)
    canvas.lay(dunes[2], (-number * LAYERS[2][1], 0))
    return canvas.image.convert("RGB")


def _sky() -> Image.Image:
    canvas = Canvas((WIDTH, HEIGHT))
    canvas.fill(Linear((0, 0), (0, 340), [(0, "#5fa8cf"), (0.55, "#bfe0e6"), (1, "#ffe9c9")]))
    sun = Radial(
        (700, 110), (170, 170), [(0, "#fffbe4ff"), (0.2, "#fff3c2c0"), (0.5, "#ffeeb840"), (1, "#ffeeb800")]
    )
    canvas.paint(ellipse(700, 110, 170, 170), sun)
    for x, y, width in ((150, 90, 120), (250, 104, 80), (520, 190, 110), (60, 210, 90)):
        canvas.paint(ellipse(x, y, width, 11), "#ffffff", blur=6, opacity=0.8)
    return canvas.image


def _dune(level: int, speed: int, light: str, dark: str) -> Image.Image:
    width = WIDTH + FRAMES * speed
    canvas = Canvas((width, HEIGHT))
    crest = ridge(width, HEIGHT, level, (20, 520, speed * 1.3), (6, 170, speed * 2.1))
    canvas.paint(crest, Linear((0, level - 26), (0, level + 150), [(0, light), (1, dark)]))
    canvas.paint(stroke(crest[:121], 3), "#fff0d2", opacity=0.55)
    ink = "#6b7a45" if speed > 2 else "#a8925c"
    for i in range(width // 60 if speed > 1 else 0):
        x = i * 60 + (i * 37) % 41
        for lean in (-14, -4, 7):
            blade = [(x, level + 20), (x + lean / 2, level - 2), (x + lean, level - 16)]
            canvas.paint(stroke(blade, 3, taper=True), ink, opacity=0.85)
    return canvas.image


def _girl(canvas: Canvas, foot: Spot, second: float) -> Spot:
    """A runner seen from the side; returns where her hand is."""
    x, y = foot
    step = second * 2 * pi * 1.5
    hip = (x, y - 46 - 4 * abs(sin(step)))
    for phase, ink in ((pi, "#3a2a33"), (0.0, "#4a3641")):
        swing = sin(step + phase)
        knee = (hip[0] + 15 * swing + 4, hip[1] + 22)
        heel = (knee[0] - 10 + 9 * swing, knee[1] + 22 - 9 * max(0.0, cos(step + phase)))
        canvas.paint(stroke([hip, knee, heel], 9), ink)
        canvas.paint(stroke([heel, (heel[0] + 10, heel[1] + 1)], 7), "#b43c33")
    neck = (hip[0] + 7, hip[1] - 40)
    hem = [(hip[0] + 19, hip[1] + 12), (hip[0] - 23 - 4 * sin(step), hip[1] + 13)]
    dress = [(neck[0] - 8, neck[1]), (neck[0] + 7, neck[1]), *hem]
    back = (neck[0] - 18 * sin(step), neck[1] + 28)
    canvas.paint(stroke([(neck[0], neck[1] + 6), back], 7), "#d99a78")
    canvas.paint(dress, Linear((hip[0] - 22, 0), (hip[0] + 20, 0), [(0, "#d9a21f"), (1, "#ffd65c")]))
    canvas.paint(ellipse(neck[0] + 3, neck[1] - 15, 14, 15), "#e8b18d")
    hair = path("M 0 -31 C 14 -32 18 -22 16 -18 C 6 -22 -2 -14 -8 -4 C -18 -8 -16 -28 0 -31")
    canvas.paint(moved(hair, *neck), "#5a3526")
    tail = [(neck[0] - 10 - k * 5, neck[1] - 16 + 4 * sin(step - k / 2) - k) for k in range(7)]
    canvas.paint(stroke(tail, 9, taper=True), "#5a3526")
    hand = (neck[0] + 30, neck[1] - 16 + 4 * sin(step / 2))
    canvas.paint(stroke([(neck[0] + 2, neck[1] + 6), (neck[0] + 18, neck[1] + 2), hand], 7), "#e8b18d")
    return hand


def _kite(canvas: Canvas, second: float, hand: Spot) -> None:
    """A kite that swings a lying eight in four seconds, its tail behind."""

    def place(at: float) -> Spot:
        return 560 + 90 * sin(at * pi / 2), 130 + 46 * sin(at * pi)

    x, y = place(second)
    lean = 38 + 24 * cos(second * pi / 2)
    string = [
        (hand[0] + (x - hand[0]) * i / 20, hand[1] + (y - hand[1]) * i / 20 + 26 * sin(pi * i / 20))
        for i in range(21)
    ]
    canvas.paint(stroke(string, 1.6), "#5a4a44", opacity=0.8)

    def placed(shape: Shape) -> Shape:
        return turned(moved(shape, x, y), (x, y), lean)

    root = placed([(0, 62)])[0]
    tail = [
        (
            root[0] - i * 5.4 - 3 * sin(second * pi / 2) * i / 4,
            root[1] + i * 3.0 + 9 * sin(second * 2 * pi * 1.25 - i / 2.4) * i / 20,
        )
        for i in range(25)
    ]
    canvas.paint(stroke(tail, 2.4), "#7a3f3a")
    for k, colour in ((6, "#2f8f9d"), (12, "#ffd65c"), (18, "#e2503f"), (24, "#2f8f9d")):
        a, b = tail[k]
        canvas.paint(ellipse(a - 7, b - 3, 8, 4, 28), colour)
        canvas.paint(ellipse(a + 6, b + 4, 8, 4, 28), colour)
    for outline, colour in (
        ("M 0 -58 L -42 -8 L 0 -8", "#e2503f"), ("M 0 -58 L 42 -8 L 0 -8", "#f4806a"),
        ("M -42 -8 L 0 62 L 0 -8", "#ffd65c"), ("M 42 -8 L 0 62 L 0 -8", "#ffe896"),
    ):  # fmt: skip
        canvas.paint(placed(path(outline)), colour)
    canvas.paint(placed(stroke([(0, -58), (0, 62)], 2)), "#7a3f3a")
    canvas.paint(placed(stroke([(-42, -8), (42, -8)], 2)), "#7a3f3a")
