"""Draws the lamp of the advertisement, alone and in two rooms, the same bytes every time.

Run it in this folder: `python references.py`. It needs Pillow and the brush one folder up.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from brush import Canvas, Linear, Radial, Shape, Spot, box, ellipse, moved, path, reduced, stroke, turned

REFS = Path(__file__).parent / "refs"
SQUARE = (1024, 1024)
SAVED = (800, 800)

BRASS = [(0.0, "#7a5220"), (0.25, "#e9c27a"), (0.45, "#fff0c4"), (0.7, "#c08d3f"), (1.0, "#6b4417")]


def lamp(canvas: Canvas, at: Spot, size: float, *, lit: bool) -> None:
    """The lamp, its foot's middle at a spot: a green dome on a brass stem, 560 high at size 1."""
    x, y = at

    def placed(shape: Shape) -> Shape:
        return moved(shape, x, y, size)

    def along(left: float, right: float, stops: list[tuple[float, str]]) -> Linear:
        return Linear((x + left * size, 0), (x + right * size, 0), stops)

    canvas.paint(placed(ellipse(24, 4, 190, 18)), "#1c120c", blur=14 * size, opacity=0.45)
    canvas.paint(
        placed(path("M -120 0 C -120 -34 -60 -44 0 -44 C 60 -44 120 -34 120 0")), along(-120, 120, BRASS)
    )
    canvas.paint(
        placed(ellipse(0, 0, 120, 11)), along(-120, 120, [(0, "#6b4417"), (0.4, "#d8ac5e"), (1, "#523210")])
    )
    stem = path("M 0 -40 C -8 -190 -6 -330 0 -440")
    canvas.paint(placed(stroke(stem, 15)), along(-10, 8, BRASS))
    if lit:
        canvas.paint(
            placed(path("M -180 -352 L 180 -352 L 400 0 L -400 0")),
            Linear((0, y - 352 * size), (0, y), [(0, "#ffe9a8d8"), (1, "#ffd98000")]), blur=20 * size,
        )  # fmt: skip
    dome = path("M -190 -350 C -190 -480 -90 -545 0 -545 C 90 -545 190 -480 190 -350")
    greens = [
        (0.0, "#0e3b33"),
        (0.18, "#1f6a58"),
        (0.34, "#6fc3a4"),
        (0.44, "#3d9479"),
        (0.75, "#185245"),
        (1.0, "#0a2c27"),
    ]
    canvas.paint(placed(dome), along(-190, 190, greens))
    canvas.paint(placed(box(-194, -360, 194, -344, 8)), along(-190, 190, BRASS))
    if lit:
        canvas.paint(placed(ellipse(0, -346, 176, 11)), "#fffbe2")
        canvas.paint(placed(ellipse(0, -340, 210, 60)), "#ffe9a8", blur=26 * size, opacity=0.55)
    canvas.paint(placed(ellipse(0, -556, 17, 17)), along(-17, 17, BRASS))
    canvas.paint(
        placed(stroke(path("M -136 -380 C -132 -450 -96 -500 -50 -518"), 13, taper=True)),
        "#ffffff",
        blur=4,
        opacity=0.6,
    )
    for k in range(5):  # the chain of the switch
        canvas.paint(placed(ellipse(96, -330 + k * 17, 4.5, 4.5)), along(90, 102, BRASS))


def alone() -> Image.Image:
    """The product on a plain ground."""
    canvas = Canvas(SQUARE)
    canvas.fill(
        Linear((0, 0), (0, 1024), [(0, "#f7f1e6"), (0.8, "#efe4d2"), (0.805, "#e3d4bc"), (1, "#f3e9da")])
    )
    lamp(canvas, (512, 868), 1.3, lit=False)
    return canvas.image.convert("RGB")


def glare() -> Image.Image:
    """The trouble: a late desk in the cold light of a screen."""
    canvas = Canvas(SQUARE)
    canvas.fill(Linear((0, 0), (0, 760), [(0, "#111a2b"), (1, "#26364f")]))
    canvas.paint(box(110, 90, 420, 470, 4), "#0a111e")
    canvas.paint(box(126, 106, 404, 454), Linear((0, 106), (0, 454), [(0, "#0c1a33"), (1, "#27406b")]))
    for x, y, size in ((170, 160, 2.4), (330, 210, 1.8), (250, 300, 2), (360, 140, 1.6), (200, 390, 1.6)):
        canvas.paint(ellipse(x, y, size, size), "#dfe9ff")
    canvas.paint(box(261, 106, 269, 454), "#0a111e")
    canvas.paint(box(0, 740, 1024, 1024), Linear((0, 740), (0, 1024), [(0, "#33405a"), (1, "#1a2233")]))
    canvas.paint(
        ellipse(640, 560, 520, 470),
        Radial((640, 560), (520, 470), [(0, "#cfe4ffc0"), (0.5, "#8fb7f048"), (1, "#8fb7f000")]),
    )
    canvas.paint(box(420, 400, 880, 710, 14), "#0d1420")
    canvas.paint(box(436, 416, 864, 690, 4), Linear((436, 416), (864, 690), [(0, "#ffffff"), (1, "#bcd7ff")]))
    for i, width in enumerate((300, 220, 350, 180, 320, 260, 340, 150)):
        canvas.paint(box(466, 446 + i * 28, 466 + width, 456 + i * 28, 5), "#7f9cc9", opacity=0.75)
    canvas.paint(box(620, 710, 680, 764), "#0d1420")
    canvas.paint(box(540, 756, 760, 772, 8), "#0d1420")
    chance = Random(4)
    for x, y, turn in ((180, 830, -12), (300, 880, 9), (230, 930, -4), (830, 880, 14), (900, 840, -9)):
        sheet = turned(box(x - 110, y - 52, x + 110, y + 52), (x, y), turn)
        canvas.paint([(a + 6, b + 9) for a, b in sheet], "#060a12", blur=8, opacity=0.5)
        canvas.paint(sheet, Linear((0, y - 60), (0, y + 60), [(0, "#c3d2e8"), (1, "#7f92b3")]))
        for k in range(4):
            line = box(x - 90, y - 34 + k * 20, x - 90 + chance.uniform(70, 175), y - 30 + k * 20)
            canvas.paint(turned(line, (x, y), turn), "#4c5f82", opacity=0.6)
    canvas.paint(ellipse(560, 900, 62, 18), "#0b111c")
    canvas.paint(
        box(504, 826, 616, 902, 12),
        Linear((504, 0), (616, 0), [(0, "#8195b5"), (0.5, "#c6d6ee"), (1, "#3d4d69")]),
    )
    canvas.paint(ellipse(560, 828, 56, 13), "#2a1c18")
    return canvas.image.convert("RGB")


def evening() -> Image.Image:
    """The promise: the same desk by lamplight."""
    canvas = Canvas(SQUARE)
    canvas.fill(Linear((0, 0), (0, 760), [(0, "#33262c"), (0.6, "#6d4434"), (1, "#9a6040")]))
    canvas.paint(
        ellipse(610, 520, 620, 560),
        Radial((610, 520), (620, 560), [(0, "#ffdf98e8"), (0.45, "#f3a85a78"), (1, "#f3a85a00")]),
    )
    canvas.paint(box(90, 90, 380, 440, 4), "#2a1a16")
    canvas.paint(
        box(106, 106, 364, 424),
        Linear((0, 106), (0, 424), [(0, "#27365c"), (0.7, "#a1647a"), (1, "#f09a6c")]),
    )
    canvas.paint(box(231, 106, 239, 424), "#2a1a16")
    canvas.paint(box(106, 261, 364, 269), "#2a1a16")
    canvas.paint(box(0, 770, 1024, 1024), Linear((0, 770), (0, 1024), [(0, "#b87844"), (1, "#6d3d20")]))
    canvas.paint(ellipse(610, 850, 430, 76), "#ffe3a0", blur=34, opacity=0.75)
    for k, (colour, edge, left, right) in enumerate(
        (("#31566b", "#1e3a4a", 150, 400), ("#b5523a", "#7d3222", 170, 384), ("#e2c48f", "#ab8850", 164, 408))
    ):
        top = 806 - k * 46
        canvas.paint(
            box(left, top, right, top + 44, 6), Linear((left, 0), (right, 0), [(0, edge), (1, colour)])
        )
        canvas.paint(box(right - 36, top + 7, right, top + 37, 3), "#fff3d9", opacity=0.8)
    pot = path("M 210 610 L 340 610 L 322 714 L 228 714")
    for turn, length in ((-50, 150), (-26, 200), (-4, 230), (22, 200), (48, 150)):
        blade = turned([(275, 614 - length * i / 16) for i in range(17)], (275, 614), turn)
        canvas.paint(stroke(blade, 38, taper=True), "#3c6b4c")
        canvas.paint(stroke([(a + 5, b) for a, b in blade], 14, taper=True), "#8db36f", opacity=0.8)
    canvas.paint(pot, Linear((210, 0), (340, 0), [(0, "#8e5236"), (0.7, "#e49a6c"), (1, "#c87d52")]))
    lamp(canvas, (620, 850), 1.0, lit=True)
    canvas.paint(box(760, 880, 1000, 906, 6), "#fff0cf")
    canvas.paint(
        path(
            "M 740 884 C 800 866 850 872 872 886 C 900 872 960 866 1016 884 "
            "L 1016 906 C 960 890 900 894 872 908 C 846 894 800 890 740 906"
        ),
        "#fff7e4",
    )
    return canvas.image.convert("RGB")


def main() -> None:
    """Draw every reference."""
    REFS.mkdir(exist_ok=True)
    for name, picture in (("lamp", alone()), ("glare", glare()), ("evening", evening())):
        reduced(picture.resize(SAVED)).save(REFS / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
