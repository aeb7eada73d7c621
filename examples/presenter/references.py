"""Draws the presenter and the mug, and hums the voice: the same bytes every time.

Run it in this folder: `python references.py`. It needs Pillow and the brush one folder up.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from brush import Canvas, Linear, Radial, ellipse, path, stroke
from portrait import presenter
from voice import hum

REFS = Path(__file__).parent / "refs"


def mug() -> Image.Image:
    """The product: a stoneware mug with a dipped glaze."""
    canvas = Canvas((1024, 1024))
    canvas.fill(
        Linear((0, 0), (0, 1024), [(0, "#fbf6f0"), (0.72, "#f3e7da"), (0.725, "#ead9c7"), (1, "#f7ecdf")])
    )
    canvas.paint(ellipse(560, 806, 320, 44), "#8d6a4d", blur=30, opacity=0.42)
    canvas.paint(ellipse(488, 802, 216, 26), "#4a3222", blur=10, opacity=0.50)
    handle = [*path("M 690 400 C 860 372 880 660 676 672"), *path("M 676 618 C 790 606 790 446 690 456")]
    canvas.paint(handle, Linear((690, 390), (830, 670), [(0, "#58b3ab"), (0.4, "#2f8f8a"), (1, "#1b625f")]))
    canvas.paint(
        stroke(path("M 700 418 C 826 400 848 610 720 646"), 10, taper=True), "#d3f2ec", blur=4, opacity=0.7
    )
    body = path(
        "M 276 330 C 276 480 284 640 306 748 C 314 790 348 812 396 814 L 580 814 "
        "C 628 812 662 790 670 748 C 692 640 700 480 700 330"
    )
    canvas.paint(
        body,
        Linear(
            (276, 0),
            (700, 0),
            [
                (0, "#c9b39b"),
                (0.16, "#efe2d2"),
                (0.34, "#fff9f0"),
                (0.6, "#ead9c6"),
                (0.86, "#b99f86"),
                (1, "#a0866d"),
            ],
        ),
    )
    glaze = [
        *path("M 270 320 L 706 320"),
        *path(
            "M 706 588 C 660 612 640 572 590 596 C 540 622 520 660 484 640 C 440 612 420 588 380 606 "
            "C 340 622 310 600 270 590"
        ),
    ]
    canvas.paint(
        glaze,
        Linear(
            (276, 0),
            (700, 0),
            [
                (0, "#1b625f"),
                (0.14, "#2f8f8a"),
                (0.32, "#8fd8cf"),
                (0.42, "#4aaba3"),
                (0.7, "#237672"),
                (1, "#124a48"),
            ],
        ),
        inside=body,
    )
    edge = path(
        "M 706 588 C 660 612 640 572 590 596 C 540 622 520 660 484 640 C 440 612 420 588 380 606 "
        "C 340 622 310 600 270 590"
    )
    canvas.paint(stroke([(x, y + 3) for x, y in edge], 7), "#0c3b39", blur=3, opacity=0.45, inside=body)
    canvas.paint(stroke([(x, y - 4) for x, y in edge], 4), "#bff0e8", blur=2, opacity=0.55, inside=body)
    canvas.paint(
        path("M 330 350 C 330 500 336 640 352 740 L 384 740 C 366 640 360 500 362 352"),
        "#ffffff",
        blur=10,
        opacity=0.60,
        inside=body,
    )
    canvas.paint(
        path("M 276 770 L 700 770 L 700 830 L 276 830"), "#6b4d36", blur=16, opacity=0.35, inside=body
    )
    canvas.paint(
        ellipse(488, 330, 212, 50),
        Linear((276, 0), (700, 0), [(0, "#2f8f8a"), (0.3, "#a9e3da"), (1, "#1b625f")]),
    )
    inner = ellipse(488, 334, 196, 42)
    canvas.paint(inner, Linear((292, 0), (684, 0), [(0, "#8a7058"), (1, "#efe2d2")]))
    canvas.paint(
        ellipse(488, 352, 184, 32),
        Radial((440, 346), (220, 60), [(0, "#a8663a"), (0.6, "#6f3d1e"), (1, "#4a2612")]),
        inside=inner,
    )
    for x, lean in ((420, -1), (492, 1), (560, -1)):
        steam = path(f"M {x} 300 C {x + 50 * lean} 240 {x - 50 * lean} 180 {x + 14 * lean} 100", steps=40)
        canvas.paint(stroke(steam, 30, taper=True), "#ffffff", blur=13, opacity=0.85)
    return canvas.image.convert("RGB")


def main() -> None:
    """Make every reference."""
    REFS.mkdir(exist_ok=True)
    for name, picture in (
        ("presenter-front", presenter(0)),
        ("presenter-left", presenter(-13)),
        ("mug", mug()),
    ):
        picture.save(REFS / f"{name}.png", optimize=True)
    hum(REFS / "voice.wav")


if __name__ == "__main__":
    main()
