"""Draws the references of the campaign, the same bytes every time.

Run it in this folder: `python references.py`. It needs Pillow and the brush one folder up.
"""

from __future__ import annotations

import sys
from math import cos, pi, sin
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFilter, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from brush import Canvas, Linear, Radial, Shape, Spot, box, ellipse, path, reduced, ridge, stroke

REFS = Path(__file__).parent / "refs"
TALL = (960, 1280)

BODY = path(
    "M 330 470 C 330 400 372 372 404 330 C 424 303 428 282 428 246 L 532 246 C 532 282 536 303 556 330 "
    "C 588 372 630 400 630 470 L 630 1112 C 630 1150 612 1168 576 1168 L 384 1168 "
    "C 348 1168 330 1150 330 1112"
)
CAP = path("M 424 150 C 424 138 432 132 444 132 L 516 132 C 528 132 536 138 536 150 L 536 232 L 424 232")
COLLAR = path(
    "M 418 232 L 542 232 C 548 232 550 236 550 240 C 550 246 546 250 540 250 L 420 250 "
    "C 414 250 410 246 410 240 C 410 236 412 232 418 232"
)

METAL = Linear(
    (330, 0),
    (630, 0),
    [
        (0.0, "#0b4f5c"), (0.06, "#157482"), (0.16, "#3fb0b4"), (0.25, "#b8efe8"), (0.32, "#7fd9d4"),
        (0.46, "#2f9ea6"), (0.66, "#1b7d8b"), (0.84, "#0f5c6b"), (0.93, "#2b8b97"), (1.0, "#0a4350"),
    ],
)  # fmt: skip
CORK = Linear(
    (424, 0),
    (536, 0),
    [(0, "#c07a3e"), (0.28, "#f6d3a0"), (0.5, "#e0a565"), (0.85, "#b06c35"), (1, "#8c5228")],
)


def wave(y: float, height: float, shift: float, *, swing: float = 34) -> Shape:
    """A band of water across the bottle, sagging as bands on round things do."""

    def edge(level: float, x: float) -> float:
        round_things = 26 * (1 - ((x - 480) / 150) ** 2)
        return level + swing * sin((x - 330) / 300 * 2.2 * pi + shift) * 0.6 + round_things

    xs = range(324, 637, 6)
    top = [(float(x), edge(y, x)) for x in xs]
    bottom = [(float(x), edge(y + height, x) + swing * 0.35 * sin(x / 40 + shift)) for x in reversed(xs)]
    return [*top, *bottom]


def bottle() -> Image.Image:
    """The bottle alone: matte teal aluminium, waves, a citrus sun, drops of cold."""
    canvas = Canvas(TALL)
    canvas.paint(BODY, METAL)
    for y, height, shift, colour, opacity in (
        (930, 420, 0.2, "#ffffff", 0.18),
        (985, 400, 1.5, "#ffd9a8", 0.55),
        (1030, 360, 2.9, "#ff9f7a", 0.80),
        (1078, 300, 4.0, "#fff4e4", 0.92),
    ):
        canvas.paint(wave(y, height, shift), colour, opacity=opacity, inside=BODY)
    _citrus(canvas, (480, 566), 76)
    _name(canvas)
    # Light: a soft strip on the left, the dark of the right, the shoulder's gleam.
    canvas.paint(
        path("M 352 480 C 352 430 384 404 402 372 L 414 380 C 398 420 378 440 378 500 L 378 1130 L 352 1120"),
        "#ffffff",
        blur=9,
        opacity=0.50,
        inside=BODY,
    )
    canvas.paint(
        path("M 560 300 L 640 420 L 640 1170 L 588 1170 L 588 480 C 588 420 566 390 548 340"),
        "#04323c",
        blur=16,
        opacity=0.38,
        inside=BODY,
    )
    canvas.paint(
        path("M 616 470 L 624 470 L 624 1120 L 616 1120"), "#ffd7b8", blur=3, opacity=0.75, inside=BODY
    )
    canvas.paint(
        path("M 330 1130 L 630 1130 L 630 1170 L 330 1170"), "#04323c", blur=14, opacity=0.40, inside=BODY
    )
    canvas.paint(
        path("M 428 246 L 532 246 L 534 284 L 426 284"), "#04323c", blur=8, opacity=0.35, inside=BODY
    )
    canvas.paint(
        COLLAR,
        Linear(
            (410, 0),
            (550, 0),
            [(0, "#8d9aa0"), (0.25, "#ffffff"), (0.5, "#c7d1d4"), (0.8, "#7c8a90"), (1, "#566469")],
        ),
    )
    canvas.paint(CAP, CORK)
    for i in range(9):
        x = 432 + i * 12.4
        canvas.paint(stroke([(x, 150), (x, 226)], 2.2), "#6d3d1c", opacity=0.22, inside=CAP)
    _drops(canvas)
    return canvas.image


def _citrus(canvas: Canvas, centre: Spot, radius: float) -> None:
    """Half sun, half slice of yuzu: the brand's sign."""
    x, y = centre
    canvas.paint(ellipse(x, y, radius, radius), "#ffe3a6")
    canvas.paint(ellipse(x, y, radius * 0.90, radius * 0.90), "#ffffff")
    for i in range(8):
        a = (i + 0.5) * pi / 4
        tip = (x + radius * 0.12 * cos(a), y + radius * 0.12 * sin(a))
        rim = [
            (x + radius * 0.82 * cos(a + d), y + radius * 0.82 * sin(a + d))
            for d in (-0.33, -0.2, 0, 0.2, 0.33)
        ]
        colour = Radial(centre, (radius, radius), [(0, "#ffd25a"), (0.8, "#ffb23e"), (1, "#ff9a3c")])
        canvas.paint([tip, *rim], colour)


def _name(canvas: Canvas) -> None:
    draw = ImageDraw.Draw(canvas.image)
    for text, y, size, gap in (("ONDELLE", 692, 37, 9), ("YUZU · SPARKLING", 748, 16, 4)):
        font = ImageFont.load_default(size)
        widths = [font.getlength(letter) for letter in text]
        x = 480 - (sum(widths) + gap * (len(text) - 1)) / 2
        for letter, width in zip(text, widths, strict=True):
            sag = 16 * (1 - ((x + width / 2 - 480) / 150) ** 2)
            draw.text((x, y + sag), letter, fill="#fffaf0", font=font)
            x += width + gap


def _drops(canvas: Canvas) -> None:
    """Cold drops, denser toward the foot, each with its own light and shade."""
    chance = Random(7)
    for _ in range(110):
        x, y = chance.uniform(338, 622), 380 + 770 * chance.random() ** 0.8
        size = chance.choice((1.6, 2.0, 2.4, 3.0, 3.8, 5.2))
        drop = ellipse(x, y, size, size * 1.18)
        canvas.paint(
            ellipse(x + 0.8, y + size * 0.7, size, size), "#06333c", blur=1.2, opacity=0.30, inside=BODY
        )
        canvas.paint(drop, "#ffffff", opacity=0.28, inside=BODY)
        canvas.paint(
            ellipse(x - size * 0.3, y - size * 0.4, size * 0.36, size * 0.3),
            "#ffffff",
            opacity=0.95,
            inside=BODY,
        )


def slice_of_yuzu(radius: int) -> Image.Image:
    """One slice, lying flat."""
    canvas = Canvas((radius * 2 + 8, radius * 2 + 8))
    centre = (radius + 4.0, radius + 4.0)
    canvas.paint(
        ellipse(*centre, radius, radius),
        Radial(centre, (radius, radius), [(0, "#fff3c8"), (0.9, "#ffd75e"), (1, "#f7b733")]),
    )
    canvas.paint(ellipse(*centre, radius * 0.90, radius * 0.90), "#fffbe9")
    for i in range(10):
        a = (i + 0.3) * pi / 5
        spread = [
            (centre[0] + radius * 0.83 * cos(a + d), centre[1] + radius * 0.83 * sin(a + d))
            for d in (-0.27, -0.15, 0, 0.15, 0.27)
        ]
        tip = (centre[0] + radius * 0.10 * cos(a), centre[1] + radius * 0.10 * sin(a))
        canvas.paint(
            [tip, *spread],
            Radial(centre, (radius, radius), [(0, "#ffe98f"), (0.55, "#ffd24a"), (1, "#ffb92e")]),
        )
        middle = [
            (centre[0] + radius * r * cos(a + 0.05), centre[1] + radius * r * sin(a + 0.05))
            for r in (0.25, 0.45, 0.65)
        ]
        canvas.paint(stroke(middle, radius * 0.05, taper=True), "#fff6c9", opacity=0.8)
    return canvas.image


def front() -> Image.Image:
    """The bottle standing, seen straight on."""
    canvas = Canvas(TALL)
    canvas.fill(
        Linear((0, 0), (0, 1280), [(0, "#fdf1e4"), (0.86, "#fbe6d3"), (0.865, "#f6dcc6"), (1, "#fdeee0")])
    )
    canvas.paint(
        ellipse(480, 560, 430, 430),
        Radial((480, 560), (430, 430), [(0, "#fffaf2ff"), (0.5, "#fffaf290"), (1, "#fffaf200")]),
    )
    canvas.paint(ellipse(520, 1168, 240, 30), "#a4694a", blur=26, opacity=0.42)
    canvas.paint(ellipse(484, 1166, 156, 12), "#4b2a20", blur=7, opacity=0.55)
    canvas.lay(bottle())
    return canvas.image.convert("RGB")


def flat_lay() -> Image.Image:
    """The bottle lying among slices and leaves, seen from above."""
    canvas = Canvas(TALL)
    canvas.fill(Linear((0, 0), (0, 1280), [(0, "#fff4e3"), (1, "#ffd9bd")]))
    for x, y, size, turn in (
        (170, 250, 150, 10),
        (800, 930, 170, 50),
        (815, 260, 96, 30),
        (150, 1040, 110, 70),
    ):
        _leaf(canvas, (x + size * 0.7, y - size * 0.5), size * 1.25, turn - 60)
        _leaf(canvas, (x - size * 0.6, y + size * 0.55), size * 1.05, turn + 100)
        canvas.paint(ellipse(x + 12, y + 18, size, size), "#b0683c", blur=16, opacity=0.35)
        piece = slice_of_yuzu(size).rotate(turn, Image.Resampling.BICUBIC)
        canvas.lay(piece, (x - piece.width // 2, y - piece.height // 2))
    turned = bottle().rotate(-24, Image.Resampling.BICUBIC, center=(480, 650))
    shadow = Image.new("RGBA", TALL, "#7a3f22")
    shadow.putalpha(
        turned.getchannel("A").filter(ImageFilter.GaussianBlur(20)).point(lambda v: round(v * 0.42))
    )
    canvas.lay(shadow, (22, 30))
    canvas.lay(turned)
    return canvas.image.convert("RGB")


def _leaf(canvas: Canvas, at: Spot, length: float, turn: float) -> None:
    c, s = cos(turn * pi / 180), sin(turn * pi / 180)

    def place(x: float, y: float) -> Spot:
        return at[0] + (x * c - y * s) * length, at[1] + (x * s + y * c) * length

    side = [place(i / 20, 0.21 * sin(pi * (i / 20) ** 0.8)) for i in range(21)]
    other = [place(i / 20, -0.21 * sin(pi * (i / 20) ** 0.8)) for i in reversed(range(21))]
    whole = [*side, *other]
    canvas.paint([(x + 9, y + 13) for x, y in whole], "#a05f38", blur=10, opacity=0.32)
    canvas.paint(whole, Linear(place(0, 0), place(1, 0), [(0, "#2f7d5b"), (1, "#7cc08a")]))
    canvas.paint([*side, *[place(i / 20, 0) for i in reversed(range(21))]], "#1f6247", opacity=0.35)
    canvas.paint(stroke([place(i / 20, 0) for i in range(20)], 3.2, taper=True), "#d9f0cf", opacity=0.7)


def morning() -> Image.Image:
    """The mood: first sun over a calm sea."""
    canvas = Canvas((1280, 720))
    canvas.fill(
        Linear(
            (0, 0),
            (0, 460),
            [(0, "#2f8fa3"), (0.35, "#8fcfc9"), (0.65, "#ffd9a8"), (0.9, "#ff9f7a"), (1, "#ff8e72")],
        )
    )
    canvas.paint(
        ellipse(820, 410, 420, 420),
        Radial((820, 410), (420, 420), [(0, "#fff1c4e0"), (0.4, "#ffdf9c70"), (1, "#ffdf9c00")]),
    )
    canvas.paint(ellipse(820, 410, 92, 92), Linear((0, 318), (0, 502), [(0, "#fffbe6"), (1, "#ffd27a")]))
    chance = Random(3)
    for height, width, opacity in ((120, 360, 0.35), (170, 520, 0.30), (238, 430, 0.40), (300, 300, 0.35)):
        x = chance.uniform(120, 1100)
        canvas.paint(ellipse(x, height, width / 2, 9), "#fff6e6", blur=7, opacity=opacity)
        canvas.paint(ellipse(x + 90, height + 15, width / 3, 7), "#fff6e6", blur=6, opacity=opacity)
    for level, shift, colours in (
        (440, 0.0, ("#f4a58a", "#c98d92")), (480, 1.7, ("#d79a96", "#5fa0a8")),
        (530, 3.1, ("#7fb8b6", "#2f8793")), (590, 4.4, ("#3a97a0", "#17697a")),
        (655, 5.5, ("#1f7888", "#0b4a5a")),
    ):  # fmt: skip
        crest = [
            (float(x), level + 11 * sin(x / 170 + shift) + 5 * sin(x / 61 + shift * 2))
            for x in range(0, 1290, 8)
        ]
        canvas.paint(
            [*crest, (1288, 740), (0, 740)],
            Linear((0, level - 12), (0, level + 110), [(0, colours[0]), (1, colours[1])]),
        )
        canvas.paint(stroke(crest, 2.4), "#fff1d8", opacity=0.5)
    for i in range(26):
        sea = 448 + i * 10.2
        spread = 26 + i * 5.5
        glint = 820 + chance.uniform(-spread, spread) * 0.55
        canvas.paint(
            ellipse(glint, sea, chance.uniform(16, 46), 1.8), "#fff3cf", blur=0.8, opacity=0.75 - i * 0.018
        )
    return canvas.image.convert("RGB")


def rooftop() -> Image.Image:
    """A background: a table on a roof, the city at first sun."""
    canvas = Canvas((1280, 720))
    canvas.fill(
        Linear((0, 0), (0, 470), [(0, "#3f93a6"), (0.45, "#a9d4cb"), (0.8, "#ffd9a8"), (1, "#ffab84")])
    )
    canvas.paint(
        ellipse(330, 430, 400, 380),
        Radial((330, 430), (400, 380), [(0, "#fff1c4e8"), (0.4, "#ffdf9c70"), (1, "#ffdf9c00")]),
    )
    canvas.paint(ellipse(330, 430, 80, 80), "#fff6da")
    chance = Random(12)
    for depth, (light, dark, least, most) in enumerate(
        (("#e7a992", "#d18f86", 90, 190), ("#a98a92", "#86707f", 40, 150), ("#4f7f8a", "#2d5966", 10, 110))
    ):
        left = -30.0
        while left < 1280:
            width = chance.uniform(70, 130)
            top = 520 - chance.uniform(least, most) + depth * 20
            canvas.paint(
                box(left, top, left + width, 640),
                Linear((left, 0), (left + width, 0), [(0, light), (1, dark)]),
            )
            for k in range(int((560 - top) // 34)):
                for x in range(int(left) + 14, int(left + width) - 20, 24):
                    if chance.random() < 0.3:
                        canvas.paint(
                            box(x, top + 14 + k * 34, x + 10, top + 30 + k * 34), "#ffe7b5", opacity=0.7
                        )
            left += width + chance.uniform(-8, 16)
    canvas.paint(box(0, 560, 1280, 720), Linear((0, 560), (0, 720), [(0, "#f3c9a4"), (1, "#c98e6c")]))
    canvas.paint(box(0, 552, 1280, 566), "#fff0dc")
    for x in range(0, 1281, 64):
        canvas.paint(
            stroke([(640 + (x - 640) * 0.9, 566), (640 + (x - 640) * 1.5, 720)], 2), "#9d6548", opacity=0.35
        )
    for x, y, size, turn in (
        (1130, 560, 150, -104),
        (1150, 560, 170, -80),
        (1176, 560, 150, -54),
        (1110, 560, 120, -130),
    ):
        _leaf(canvas, (x, y), size, turn)
    canvas.paint(
        path("M 1070 540 L 1230 540 L 1206 690 L 1094 690"),
        Linear((1070, 0), (1230, 0), [(0, "#ffa98a"), (1, "#b9614a")]),
    )
    return canvas.image.convert("RGB")


def lake() -> Image.Image:
    """A background: a jetty on a mountain lake."""
    canvas = Canvas((1280, 720))
    canvas.fill(
        Linear((0, 0), (0, 400), [(0, "#3a8ea3"), (0.5, "#a4d3cd"), (0.85, "#ffe0b4"), (1, "#ffc79a")])
    )
    canvas.paint(
        ellipse(900, 360, 380, 330),
        Radial((900, 360), (380, 330), [(0, "#fff4cfe0"), (0.4, "#ffe3a870"), (1, "#ffe3a800")]),
    )
    for peaks, shade, lit, snow in (
        (((60, 210), (330, 120), (640, 240), (930, 150), (1230, 230)), "#8fb0b8", "#c9c3bd", "#ffffff"),
        (((200, 260), (520, 190), (790, 290), (1110, 210)), "#3f7482", "#7f9a9a", "#fff4e4"),
    ):
        for x, top in peaks:
            half = (420 - top) * 1.05
            canvas.paint([(x - half, 420), (x, top), (x + half, 420)], shade)
            canvas.paint([(x, top), (x + half, 420), (x + half * 0.1, 420), (x - half * 0.08, top + 90)], lit)
            cap = [
                (x, top),
                (x + half * 0.22, top + 64),
                (x + 14, top + 46),
                (x, top + 70),
                (x - 14, top + 44),
                (x - half * 0.2, top + 60),
            ]
            canvas.paint(cap, snow)
    canvas.paint(ridge(1280, 440, 404, (14, 420, 1.0), (6, 90, 0.2)), "#1f5a5c")
    canvas.paint(
        box(0, 416, 1280, 720),
        Linear((0, 416), (0, 720), [(0, "#ffd9ac"), (0.2, "#8fc3bf"), (0.6, "#2f8a98"), (1, "#115466")]),
    )
    chance = Random(6)
    for _ in range(70):
        y = 420 + 290 * chance.random() ** 1.4
        x = chance.uniform(0, 1280)
        canvas.paint(ellipse(x, y, chance.uniform(20, 80), 1.8), "#fff3d6", opacity=0.4)
    jetty = path("M 520 500 L 700 500 L 980 720 L 280 720")
    canvas.paint([(x + 10, y + 16) for x, y in jetty], "#0b3a46", blur=12, opacity=0.55)
    canvas.paint(jetty, Linear((0, 500), (0, 720), [(0, "#e4b98d"), (1, "#a46a45")]))
    for k in range(9):
        y = 500 + 220 * (k / 9) ** 1.3
        f = (y - 500) / 220
        canvas.paint(stroke([(520 - 240 * f, y), (700 + 280 * f, y)], 2 + 3 * f), "#6b3f28", opacity=0.6)
    return canvas.image.convert("RGB")


def main() -> None:
    """Draw every reference."""
    REFS.mkdir(exist_ok=True)
    for name, picture in (
        ("front", front()), ("flat-lay", reduced(flat_lay())), ("morning", morning()),
        ("rooftop", rooftop().resize((1024, 576))), ("lake", reduced(lake().resize((1024, 576)))),
    ):  # fmt: skip
        picture.save(REFS / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
