"""Draws the mood board and plays its music, the same every time.

Run it in this folder: `python references.py`. It needs Pillow, seedgen (which finds an ffmpeg to compress the
music with), and the brush one folder up.
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

from brush import Canvas, Linear, Radial, Shape, Spot, box, ellipse, path, reduced, ridge, stroke, turned
from music import play

REFS = Path(__file__).parent / "refs"
WIDE = (1280, 720)
SAVED = (1024, 576)

CREAM, SAND, CLAY, RUST, OLIVE, SEA, NIGHT = (
    "#fff6e8", "#efdcc2", "#d0704a", "#9a4427", "#7f8350", "#2e6d76", "#2c2730",
)  # fmt: skip


def arch(middle: float, foot: float, width: float, height: float) -> Shape:
    """A doorway with a round top."""
    half = width / 2
    top = [
        (middle - half * cos(pi * i / 40), foot - height + half - half * sin(pi * i / 40)) for i in range(41)
    ]
    return [(middle - half, foot), *top, (middle + half, foot)]


def arches() -> Image.Image:
    """Form: doorways one within the other, and a low sun in the last."""
    canvas = Canvas(WIDE)
    canvas.fill(Linear((0, 0), (1280, 720), [(0, "#fbeedb"), (1, "#f0d8b8")]))
    canvas.paint(box(0, 610, 1280, 720), Linear((0, 610), (0, 720), [(0, "#d9a57c"), (1, "#c08560")]))
    for width, height, lit, dark in (
        (640, 560, "#dd8a60", "#c46a43"), (500, 490, "#c4623c", "#a94c2b"),
        (360, 415, "#94402a", "#7a301f"), (226, 330, "#ffdfa8", "#f7b071"),
    ):  # fmt: skip
        shape = arch(700, 612, width, height)
        canvas.paint([(x + 16, y) for x, y in shape], "#5a2412", blur=14, opacity=0.30)
        canvas.paint(
            shape, Linear((700 - width / 2, 0), (700 + width / 2, 0), [(0, lit), (0.55, lit), (1, dark)])
        )
    door = arch(700, 612, 226, 330)
    canvas.paint(ellipse(700, 560, 74, 74), "#fff4d6", inside=door)
    canvas.paint(ridge(1280, 620, 586, (9, 260, 0.4)), SEA, inside=door)
    canvas.paint(
        path("M 587 612 L 813 612 L 1010 720 L 700 720"), "#ffe6b4", opacity=0.45, blur=5
    )  # the light on the floor
    _palm(canvas, (196, 616), 1.0, "#6d7347", "#8f9560")
    canvas.paint(
        path("M 120 610 L 276 610 L 258 700 L 138 700"), Linear((120, 0), (276, 0), [(0, CLAY), (1, RUST)])
    )
    canvas.paint(box(112, 596, 284, 620, 8), CLAY)
    return canvas.image.convert("RGB")


def _palm(canvas: Canvas, foot: Spot, size: float, dark: str, lit: str) -> None:
    x, y = foot
    for turn, length in ((-78, 250), (-52, 330), (-22, 380), (8, 390), (36, 340), (64, 260)):
        spine = [
            (
                x + sin(turn * pi / 180) * length * size * i / 20,
                y
                - cos(turn * pi / 180) * length * size * i / 20
                + (i / 20) ** 2 * 90 * size * abs(turn) / 60,
            )
            for i in range(21)
        ]
        canvas.paint(stroke(spine, 58 * size, taper=True), dark)
        canvas.paint(stroke([(a - 5, b - 5) for a, b in spine], 26 * size, taper=True), lit, opacity=0.8)


def vase() -> Image.Image:
    """Matter: one vase, one branch, and the shadow of both."""
    canvas = Canvas(WIDE)
    canvas.fill(Linear((0, 0), (1280, 540), [(0, "#e9d3b6"), (0.5, "#f6e7d2"), (1, "#e2c6a4")]))
    beam = path("M 520 0 L 900 0 L 1180 560 L 800 560")
    canvas.paint(beam, "#fffaf0", opacity=0.55, blur=10)
    canvas.paint(box(0, 556, 1280, 720), Linear((0, 556), (0, 720), [(0, "#b98a63"), (1, "#96694a")]))
    canvas.paint(box(0, 552, 1280, 562), "#d3aa83")
    for at, ink, blur, opacity in (((150, 26), "#7d4c2e", 12.0, 0.30), ((0, 0), "#5d6139", 0.0, 1.0)):
        _branch(canvas, at, ink, blur, opacity)
    body = path(
        "M 560 250 C 600 258 680 258 720 250 C 716 300 730 322 780 352 C 850 396 862 520 776 590 "
        "C 744 612 536 612 504 590 C 418 520 430 396 500 352 C 550 322 564 300 560 250"
    )
    canvas.paint(ellipse(760, 604, 250, 24), "#4c2a18", blur=16, opacity=0.5)
    canvas.paint(
        body,
        Linear(
            (436, 0),
            (850, 0),
            [(0, "#a94c2b"), (0.22, "#e58e64"), (0.4, "#f3b389"), (0.7, CLAY), (1, "#7d331c")],
        ),
    )
    for y, height, ink in ((430, 34, CREAM), (478, 10, CREAM), (500, 5, NIGHT)):
        canvas.paint(
            [*[(420 + i * 11, y + 18 * sin(pi * i / 40)) for i in range(41)],
             *[(420 + i * 11, y + height + 18 * sin(pi * i / 40)) for i in reversed(range(41))]],
            ink, opacity=0.82, inside=body,
        )  # fmt: skip
    canvas.paint(
        path("M 740 300 L 900 300 L 900 640 L 690 640 C 800 560 810 420 740 300"),
        "#4a1a0c", blur=26, opacity=0.45, inside=body,
    )  # fmt: skip
    canvas.paint(ellipse(640, 252, 80, 13), "#7d331c")
    canvas.paint(ellipse(640, 254, 66, 8), "#3b150a")
    return canvas.image.convert("RGB")


def _branch(canvas: Canvas, by: Spot, ink: str, blur: float, opacity: float) -> None:
    dx, dy = by
    stem = [(x + dx, y + dy) for x, y in path("M 640 258 C 630 180 690 120 800 60")]
    canvas.paint(stroke(stem, 7), ink, blur=blur, opacity=opacity)
    for i in range(4, 29, 3):
        x, y = stem[i]
        for side in (-1, 1):
            turn = -40 + side * 46
            tip = (x + 70 * cos(turn * pi / 180), y + 70 * sin(turn * pi / 180))
            leaf = [(x + (tip[0] - x) * k / 12, y + (tip[1] - y) * k / 12) for k in range(13)]
            canvas.paint(stroke(leaf, 30, taper=True), ink, blur=blur, opacity=opacity)
            if not blur:
                canvas.paint(stroke([(a - 3, b - 3) for a, b in leaf], 9, taper=True), "#a5a972", opacity=0.8)


def swatches() -> Image.Image:
    """Colour: paper chips, and glazes on fired pebbles."""
    canvas = Canvas(WIDE)
    canvas.fill(Linear((0, 0), (1280, 720), [(0, "#f7ecdc"), (1, "#ead7bd")]))
    chips = (
        (190, 220, CLAY, -7), (400, 190, RUST, 4), (612, 226, OLIVE, -3),
        (820, 196, SEA, 6), (1040, 226, SAND, -5),
    )  # fmt: skip
    for x, y, colour, turn in chips:
        card = turned(box(x - 96, y - 140, x + 96, y + 140, 6), (x, y), turn)
        canvas.paint([(a + 8, b + 14) for a, b in card], "#6b4325", blur=14, opacity=0.36)
        canvas.paint(card, CREAM)
        canvas.paint(turned(box(x - 84, y - 128, x + 84, y + 84, 3), (x, y), turn), colour)
        for k, width in ((100, 70), (114, 46)):
            line = turned(box(x - 82, y + k, x - 82 + width, y + k + 5, 2), (x, y), turn)
            canvas.paint(line, NIGHT, opacity=0.45)
    chance = Random(5)
    glazes = (
        (300, 540, ("#f8b48a", CLAY, "#8b3a20")), (520, 556, ("#fffdf6", "#efe0c8", "#cdb493")),
        (742, 540, ("#7fb8b6", SEA, "#174750")), (964, 556, ("#b6ba80", OLIVE, "#565a33")),
    )  # fmt: skip
    for x, y, (light, middle, dark) in glazes:
        tile = ellipse(x, y, 96, 96)
        canvas.paint(ellipse(x + 8, y + 14, 96, 96), "#5e3a20", blur=14, opacity=0.42)
        canvas.paint(tile, Radial((x - 30, y - 34), (150, 150), [(0, light), (0.5, middle), (1, dark)]))
        for _ in range(46):
            spot = (x + chance.uniform(-94, 94), y + chance.uniform(-94, 94))
            canvas.paint(ellipse(*spot, 2.2, 2.0), NIGHT, opacity=0.35, inside=tile)
        shine = path(f"M {x - 66} {y - 8} C {x - 62} {y - 56} {x - 20} {y - 74} {x + 16} {y - 70}")
        canvas.paint(stroke(shine, 13, taper=True), "#ffffff", blur=3, opacity=0.7)
    return canvas.image.convert("RGB")


def bowls() -> Image.Image:
    """Light: a stack of bowls and a window that falls on the wall."""
    canvas = Canvas(WIDE)
    canvas.fill(Linear((0, 0), (1280, 600), [(0, "#38626a"), (1, "#234a53")]))
    for left, top in ((650, 70), (850, 70), (650, 290), (850, 290)):
        pane = [(x + (y - 70) * 0.28, y) for x, y in box(left, top, left + 180, top + 200, 3)]
        canvas.paint(pane, "#ffd9a0", opacity=0.62, blur=5)
    canvas.paint(box(0, 590, 1280, 720), Linear((0, 590), (0, 720), [(0, "#c98f63"), (1, "#8f5c3c")]))
    canvas.paint(box(0, 586, 1280, 594), "#e9bd8f")
    canvas.paint(ellipse(560, 606, 330, 22), "#2a140a", blur=14, opacity=0.55)
    for y, half, colours in (
        (500, 262, ("#8b3a20", "#e08a60", CLAY, "#6b2a16")),
        (398, 224, ("#c9b08e", "#fffaf0", "#eedcc0", "#a88b68")),
        (306, 186, ("#174750", "#79b1b1", SEA, "#12363d")),
    ):  # fmt: skip
        foot = y + 104
        bowl = path(
            f"M {470 - half} {y} "
            f"C {470 - half} {y + 70} {470 - half * 0.7} {foot - 8} {470 - half * 0.36} {foot} "
            f"L {470 + half * 0.36} {foot} "
            f"C {470 + half * 0.7} {foot - 8} {470 + half} {y + 70} {470 + half} {y}"
        )
        stops = [(0.0, colours[3]), (0.35, colours[2]), (0.72, colours[1]), (1.0, colours[0])]
        canvas.paint(bowl, Linear((470 - half, 0), (470 + half, 0), stops))
        canvas.paint(box(0, y + 74, 1280, foot + 4), "#1b0d06", blur=18, opacity=0.32, inside=bowl)
        rim = ellipse(470, y, half, half * 0.13)
        canvas.paint(
            rim,
            Linear((470 - half, 0), (470 + half, 0), [(0, colours[3]), (0.7, colours[1]), (1, colours[2])]),
        )
        canvas.paint(ellipse(470, y + 3, half * 0.94, half * 0.105), colours[3])
    leaf = [(1010 + 10 * sin(i / 3), 590 - i * 14) for i in range(14)]
    canvas.paint(stroke(leaf, 5), "#55592f")
    for i in range(2, 14, 2):
        for side in (-1, 1):
            x, y = leaf[i]
            blade = [(x + side * k * 7, y - k * 3 + k * k * 0.25) for k in range(13)]
            canvas.paint(stroke(blade, 20, taper=True), "#8b9058" if side > 0 else "#5f6438")
    canvas.paint(
        path("M 962 470 L 1060 470 L 1046 604 L 976 604"),
        Linear((962, 0), (1060, 0), [(0, "#e9dcc6"), (1, "#a98d6b")]),
    )
    return canvas.image.convert("RGB")


def shore() -> Image.Image:
    """Place: white steps above the sea at the end of the day."""
    canvas = Canvas(WIDE)
    sky = [(0.0, "#35506b"), (0.4, "#b9788a"), (0.75, "#f2a071"), (1.0, "#ffd79a")]
    canvas.fill(Linear((0, 0), (0, 430), sky))
    canvas.paint(
        ellipse(420, 408, 330, 330),
        Radial((420, 408), (330, 330), [(0, "#fff1c8c0"), (0.4, "#ffd99a60"), (1, "#ffd99a00")]),
    )
    canvas.paint(ellipse(420, 404, 78, 78), "#fff3d0")
    canvas.paint(ridge(1280, 720, 396, (22, 900, 2.2), (8, 240, 0.5)), "#7f6a86", opacity=0.75)
    canvas.paint(
        box(0, 420, 1280, 720),
        Linear((0, 420), (0, 720), [(0, "#e39a78"), (0.25, "#8f7d8d"), (1, "#234b58")]),
    )
    chance = Random(9)
    for i in range(30):
        y = 428 + i * 9.4
        spread = 20 + i * 4
        canvas.paint(
            ellipse(420 + chance.uniform(-spread, spread), y, chance.uniform(20, 60), 2.2),
            "#ffe9bd", opacity=0.85 - i * 0.022,
        )  # fmt: skip
    for left, top in ((720, 560), (800, 470), (890, 380), (990, 280), (1100, 170)):
        canvas.paint(
            box(left, top, 1300, 740),
            Linear((left, 0), (1280, 0), [(0, "#fff3e0"), (0.5, "#f2d5bb"), (1, "#cda08c")]),
        )
        canvas.paint(box(left, top, 1300, top + 12), "#ffffff", opacity=0.7)
        canvas.paint(box(left, top, left + 9, 740), "#fffaf0", opacity=0.8)
    door = arch(1180, 380, 92, 150)
    canvas.paint(door, Linear((1134, 0), (1226, 0), [(0, "#2e6d76"), (1, "#1b4750")]))
    canvas.paint(arch(1060, 480, 56, 84), "#7d5a63")
    for x, y, size in ((946, 380, 0.30), (848, 470, 0.24)):
        canvas.paint(path(f"M {x - 22} {y - 34} L {x + 22} {y - 34} L {x + 16} {y} L {x - 16} {y}"), CLAY)
        _palm(canvas, (x, y - 32), size, "#56603a", "#7c8653")
    return canvas.image.convert("RGB")


def main() -> None:
    """Draw every picture, and play the music."""
    REFS.mkdir(exist_ok=True)
    for draw in (arches, vase, swatches, bowls, shore):
        reduced(draw().resize(SAVED)).save(REFS / f"{draw.__name__}.png", optimize=True)
    play(REFS / "theme.m4a")


if __name__ == "__main__":
    main()
