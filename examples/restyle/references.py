"""Films the clip whose motion is kept and draws the two styles, the same bytes every time.

Run it in this folder: `python references.py`. It needs Pillow, seedgen (which brings an ffmpeg), and the
brush one folder up.
"""

from __future__ import annotations

import sys
from math import cos, pi, sin
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from brush import Canvas, Linear, Radial, box, ellipse, reduced, ridge, stroke
from kite import film

REFS = Path(__file__).parent / "refs"
WIDE = (1024, 576)


def linocut() -> Image.Image:
    """Three inks on cream, carved: lines that swell and taper, edges that show the gouge."""
    cream, blue, red = "#f6ead2", "#1f3350", "#d8492f"
    canvas = Canvas(WIDE, cream)
    sheet = box(36, 36, 988, 540)
    canvas.paint(sheet, blue)
    chance = Random(8)
    for i in range(64):  # the sky is carved away in rays
        a = pi * (1.02 + 0.96 * i / 63)
        r0, r1 = chance.uniform(128, 150), chance.uniform(520, 900)
        ray = [(690 + r * cos(a + 0.02 * sin(r / 40)), 330 + r * sin(a)) for r in (r0, (r0 + r1) / 2, r1)]
        canvas.paint(stroke(ray, 12, taper=True), cream, inside=sheet)
    canvas.paint(ellipse(690, 330, 118, 118), cream)
    canvas.paint(ellipse(690, 330, 104, 104), red)
    for level, shift, ink, cut in ((352, 0.4, cream, blue), (404, 2.2, blue, cream), (458, 4.1, red, cream)):
        hill = ridge(1024, 540, level, (34, 640, shift), (8, 190, shift * 2))
        canvas.paint([(x, y) for x, y in hill], ink, inside=sheet)
        canvas.paint(stroke([(x, y - 3) for x, y in hill[:121]], 7), cream, inside=sheet)
        for row in range(1, 7):
            for k in range(0, 118, 7):
                first = k + (row * 3) % 6
                line = [
                    (x, y + row * 15 + chance.uniform(-1.5, 1.5))
                    for x, y in hill[first : min(first + 5, 120)]
                ]
                if len(line) > 2:
                    canvas.paint(stroke(line, 5 - row * 0.4, taper=True), cut, inside=sheet)
    for x, foot, size in ((170, 404, 1.0), (240, 420, 0.72), (880, 410, 0.86)):
        canvas.paint(stroke([(x, foot), (x + 4, foot - 120 * size)], 12 * size), blue)
        canvas.paint(ellipse(x + 2, foot - 150 * size, 46 * size, 78 * size), blue)
        for k in range(9):
            y = foot - (210 - k * 15) * size
            half = 34 * size * sin(pi * (k + 1) / 10)
            canvas.paint(stroke([(x - half, y + 6), (x, y), (x + half, y + 8)], 5 * size, taper=True), cream)
    return canvas.image.convert("RGB")


def paper() -> Image.Image:
    """Coloured paper in layers, each with its shadow, lit from the upper left."""
    canvas = Canvas(WIDE)
    canvas.fill(Linear((0, 0), (1024, 576), [(0, "#cfe8ea"), (1, "#a9d3da")]))
    for radius, colour in ((190, "#ffe9c2"), (140, "#ffd596"), (92, "#ffb765")):
        canvas.paint(ellipse(318, 246, radius, radius), "#3d6470", blur=12, opacity=0.35)
        canvas.paint(ellipse(310, 236, radius, radius), colour)
    for x, y, size in ((680, 130, 1.0), (860, 210, 0.7), (120, 120, 0.6)):
        for dx, dy, ink, blur, opacity in ((8, 12, "#3d6470", 9.0, 0.35), (0, 0, "#ffffff", 0.0, 1.0)):
            for ox, oy, rx, ry in ((-70, 12, 60, 30), (0, 0, 76, 48), (72, 14, 56, 28)):
                canvas.paint(
                    ellipse(x + dx + ox * size, y + dy + oy * size, rx * size, ry * size),
                    ink,
                    blur=blur,
                    opacity=opacity,
                )
    for level, shift, colour in (
        (330, 0.6, "#f6c8a0"), (380, 2.0, "#ee9f78"), (432, 3.7, "#d97055"), (486, 5.2, "#a84a45"),
    ):  # fmt: skip
        hill = ridge(1024, 600, level, (30, 700, shift), (9, 230, shift * 1.7))
        canvas.paint([(x + 5, y - 9) for x, y in hill], "#4a2c33", blur=11, opacity=0.42)
        canvas.paint(hill, colour)
        canvas.paint(stroke([(x, y + 2) for x, y in hill[:121]], 3), "#ffffff", opacity=0.45)
    for x, foot, size, colour in (
        (770, 410, 1.0, "#3f7f6d"),
        (850, 440, 0.8, "#2f6658"),
        (200, 450, 0.9, "#4f9079"),
    ):
        for k in range(3):
            y, half = foot - k * 56 * size, (74 - k * 16) * size
            tree = [(x - half, y), (x + half, y), (x, y - 104 * size)]
            canvas.paint([(a + 6, b + 9) for a, b in tree], "#20313a", blur=7, opacity=0.4)
            canvas.paint(tree, colour)
            canvas.paint([(x, y), (x + half, y), (x, y - 104 * size)], "#ffffff", opacity=0.14)
    shade = Radial((430, 240), (760, 520), [(0, "#00000000"), (0.7, "#00000000"), (1, "#1f2a3350")])
    canvas.fill(shade)
    return canvas.image.convert("RGB")


def main() -> None:
    """Draw both styles, and film the kite."""
    REFS.mkdir(exist_ok=True)
    for draw in (linocut, paper):
        reduced(draw()).save(REFS / f"{draw.__name__}.png", optimize=True)
    film(REFS / "kite.mp4")


if __name__ == "__main__":
    main()
