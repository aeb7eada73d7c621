"""Draws the paper boat and the three places it comes through, the same bytes every time.

Run it in this folder: `python references.py`. It needs Pillow and the brush one folder up.
"""

from __future__ import annotations

import sys
from math import sin
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from brush import (
    Canvas,
    Linear,
    Radial,
    Shape,
    Spot,
    box,
    ellipse,
    moved,
    path,
    reduced,
    ridge,
    stroke,
    turned,
)

REFS = Path(__file__).parent / "refs"
WIDE = (1280, 720)
SAVED = (1024, 576)


def boat(canvas: Canvas, at: Spot, size: float, *, turn: float = 0.0, warm: float = 0.0) -> None:
    """A folded paper boat, its keel at a spot, 400 wide at size 1; `warm` is light from the right."""
    x, y = at

    def placed(shape: Shape) -> Shape:
        return turned(moved(shape, x, y, size), at, turn)

    faces = (
        ("M 0 -215 L -96 -92 L 0 -70", "#e9edf2"),
        ("M 0 -215 L 96 -92 L 0 -70", "#ffffff"),
        ("M -200 -120 L 0 -70 L 0 0 L -120 0", "#d5dce6"),
        ("M 200 -120 L 0 -70 L 0 0 L 120 0", "#f7f9fb"),
        ("M -200 -120 L -96 -96 L -52 -84 L -120 0", "#c3ccd9"),
        ("M 200 -120 L 96 -96 L 52 -84 L 120 0", "#e4e9f0"),
    )
    for outline, colour in faces:
        canvas.paint(placed(path(outline)), colour)
    if warm:
        for outline, _ in faces[1::2]:
            canvas.paint(placed(path(outline)), "#ffb46b", opacity=warm)
    for fold in (((0, -215), (0, 0)), ((-120, 0), (-52, -84)), ((120, 0), (52, -84))):
        canvas.paint(placed(stroke(fold, 2.6)), "#8e9bb0", opacity=0.7)
    # The one mark by which it is known in every scene: a red corner.
    canvas.paint(placed(path("M 0 -215 L 32 -174 L 0 -164")), "#e2503f")
    canvas.paint(placed(path("M 0 -215 L -32 -174 L 0 -164")), "#bf3b2e")


def alone() -> Image.Image:
    """The boat on a plain ground."""
    canvas = Canvas(WIDE)
    canvas.fill(
        Linear((0, 0), (0, 720), [(0, "#bccbd8"), (0.78, "#9fb3c4"), (0.785, "#8ea4b7"), (1, "#b3c3d1")])
    )
    canvas.paint(ellipse(650, 600, 330, 22), "#38485a", blur=16, opacity=0.45)
    boat(canvas, (640, 600), 2.1)
    return canvas.image.convert("RGB")


def window() -> Image.Image:
    """Scene one: a sill on a day of rain."""
    canvas = Canvas(WIDE)
    canvas.fill(Linear((0, 0), (1280, 0), [(0, "#5d4a44"), (0.5, "#7d655a"), (1, "#4c3c39")]))
    pane = box(180, 40, 1100, 560, 4)
    canvas.paint(box(150, 12, 1130, 590, 6), "#e9ddcb")
    canvas.paint(pane, Linear((0, 40), (0, 560), [(0, "#8fa6b5"), (0.6, "#b9c7cd"), (1, "#8d9ba0")]))
    chance = Random(11)
    for i in range(9):
        left = 150 + i * 112 + chance.uniform(-20, 20)
        top = chance.uniform(210, 360)
        canvas.paint(box(left, top, left + 104, 570), "#6f8695", blur=7, opacity=0.75, inside=pane)
        for k in range(3):
            spot = (left + 24 + k * 26, top + 40 + (k % 2) * 46)
            canvas.paint(ellipse(*spot, 8, 10), "#ffdf9f", blur=6, opacity=0.85, inside=pane)
    for _ in range(150):
        x, y, size = chance.uniform(190, 1090), chance.uniform(50, 550), chance.choice((2.0, 2.6, 3.4, 4.6))
        canvas.paint(ellipse(x, y, size, size * 1.25), "#41576a", opacity=0.45, inside=pane)
        canvas.paint(
            ellipse(x - size * 0.3, y - size * 0.4, size * 0.4, size * 0.4),
            "#ffffff",
            opacity=0.9,
            inside=pane,
        )
    for _ in range(16):
        x, y = chance.uniform(200, 1080), chance.uniform(60, 380)
        run = [(x + 5 * sin(k / 3), y + k * 7) for k in range(20)]
        canvas.paint(stroke(run, 5, taper=True), "#e9f3f7", opacity=0.5, inside=pane)
    canvas.paint(box(630, 40, 652, 560), "#e9ddcb")
    canvas.paint(box(652, 40, 658, 560), "#5a6d7a", opacity=0.5)
    canvas.paint(box(110, 560, 1170, 640, 8), Linear((0, 560), (0, 640), [(0, "#fff6e6"), (1, "#d6c4ab")]))
    canvas.paint(box(110, 632, 1170, 660), "#31241f", blur=12, opacity=0.5)
    curtain = path("M 0 0 L 260 0 C 236 240 250 460 190 720 L 0 720")
    canvas.paint(
        curtain,
        Linear(
            (0, 0),
            (250, 0),
            [(0, "#7d2f2c"), (0.4, "#c0564a"), (0.6, "#8f3a34"), (0.85, "#d0695a"), (1, "#8f3a34")],
        ),
    )
    canvas.paint(ellipse(760, 592, 150, 9), "#4a3a30", blur=7, opacity=0.5)
    boat(canvas, (760, 592), 0.72)
    return canvas.image.convert("RGB")


def street() -> Image.Image:
    """Scene two: the gutter of a wet street at dusk, a stream with lamps in it."""
    canvas = Canvas(WIDE)
    canvas.fill(Linear((0, 0), (0, 420), [(0, "#1d2440"), (0.7, "#544a70"), (1, "#a2667a")]))
    chance = Random(21)
    for i in range(11):
        left, top = i * 122 - 20, chance.uniform(60, 210)
        canvas.paint(
            box(left, top, left + 116, 420), Linear((0, top), (0, 420), [(0, "#232741"), (1, "#3d3656")])
        )
        for row in range(4):
            for column in range(3):
                if chance.random() < 0.45:
                    x, y = left + 18 + column * 32, top + 24 + row * 44
                    canvas.paint(box(x, y, x + 18, y + 26, 2), "#ffd27d", opacity=0.9)
    canvas.paint(box(0, 400, 1280, 452), "#2d2c44")
    canvas.paint(box(0, 440, 1280, 470), Linear((0, 440), (0, 470), [(0, "#8b87a0"), (1, "#4d4b66")]))
    for i in range(0, 1280, 160):
        canvas.paint(box(i, 440, i + 3, 470), "#32314a")
    canvas.paint(
        box(0, 470, 1280, 720), Linear((0, 470), (0, 720), [(0, "#2b3a5c"), (0.5, "#3c4f74"), (1, "#18203a")])
    )
    for x in (240, 640, 1040):
        canvas.paint(box(x - 4, 150, x + 4, 442), "#14172a")
        canvas.paint(
            ellipse(x, 150, 150, 150),
            Radial(
                (x, 150),
                (150, 150),
                [(0, "#fff0bfff"), (0.16, "#ffdc8ac0"), (0.5, "#ffb65c40"), (1, "#ffb65c00")],
            ),
        )
        canvas.paint(ellipse(x, 150, 17, 17), "#fff8dc")
        for k in range(22):
            y = 482 + k * 10.6
            canvas.paint(
                ellipse(x + chance.uniform(-14, 14) * (1 + k / 8), y, chance.uniform(16, 46) + k, 2.6),
                "#ffcf7f", opacity=0.85 - k * 0.03,
            )  # fmt: skip
    for _ in range(26):
        x, y = chance.uniform(0, 1200), chance.uniform(480, 712)
        flow = [(x + k * 8, y + 3 * sin(k / 2 + y)) for k in range(16)]
        canvas.paint(stroke(flow, 3.4, taper=True), "#b9c7ea", opacity=0.45)
    for _ in range(120):
        x, y = chance.uniform(0, 1280), chance.uniform(0, 440)
        canvas.paint(stroke([(x, y), (x - 6, y + 32)], 1.6), "#cfd8f0", opacity=0.35)
    canvas.paint(ellipse(800, 622, 170, 12), "#0b1022", blur=8, opacity=0.6)
    boat(canvas, (800, 620), 0.78, turn=-5, warm=0.25)
    return canvas.image.convert("RGB")


def sea() -> Image.Image:
    """Scene three: the open sea in the morning."""
    canvas = Canvas(WIDE)
    canvas.fill(
        Linear((0, 0), (0, 400), [(0, "#7fb2d6"), (0.5, "#c9dfe6"), (0.85, "#ffe3b8"), (1, "#ffcf9a")])
    )
    canvas.paint(
        ellipse(930, 380, 420, 380),
        Radial((930, 380), (420, 380), [(0, "#fff6d8f0"), (0.35, "#ffe6ac80"), (1, "#ffe6ac00")]),
    )
    canvas.paint(ellipse(930, 376, 66, 66), "#fffbe8")
    chance = Random(2)
    for x, y, width in ((220, 130, 190), (380, 150, 140), (640, 90, 160), (1120, 150, 150)):
        canvas.paint(ellipse(x, y, width, 15), "#ffffff", blur=8, opacity=0.75)
        canvas.paint(ellipse(x + 40, y - 16, width / 2, 15), "#ffffff", blur=8, opacity=0.75)
    for level, top, foot, shift in (
        (400, "#e9b98e", "#7fb0b8", 0.3), (440, "#9dbcb8", "#4d94a8", 1.9), (500, "#5fa3b0", "#2a7590", 3.6),
        (580, "#3b879d", "#155572", 5.0), (655, "#20688a", "#0d3b58", 0.9),
    ):  # fmt: skip
        if level == 580:
            canvas.paint(ellipse(560, 590, 200, 13), "#0d3b58", blur=9, opacity=0.55)
            boat(canvas, (560, 598), 0.86, turn=4, warm=0.35)
        wave = ridge(1280, 720, level, (9, 520, shift), (4, 210, shift * 2))
        canvas.paint(wave, Linear((0, level - 10), (0, level + 120), [(0, top), (1, foot)]))
        canvas.paint(stroke(wave[:121], 2.6), "#fff4de", opacity=0.6)
    for i in range(28):
        spread = 20 + i * 6
        x, y = 930 + chance.uniform(-spread, spread), 404 + i * 10.8
        canvas.paint(ellipse(x, y, chance.uniform(14, 44), 2.2), "#fff3cf", opacity=0.85 - i * 0.02)
    for x, y, size in ((300, 230, 30), (372, 200, 22), (250, 190, 18)):
        wings = path(
            f"M {x - size} {y - 6} Q {x - size / 2} {y - size * 0.6} {x} {y} "
            f"Q {x + size / 2} {y - size * 0.6} {x + size} {y - 8}"
        )
        canvas.paint(stroke(wings, 3.4, taper=True), "#5a7386")
    return canvas.image.convert("RGB")


def main() -> None:
    """Draw every reference."""
    REFS.mkdir(exist_ok=True)
    for name, picture in (("boat", alone()), ("window", window()), ("street", street()), ("sea", sea())):
        reduced(picture.resize(SAVED)).save(REFS / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
