"""A drawn presenter, friendly and calm, whose head can turn."""

from __future__ import annotations

from math import asin, cos, radians, sin

from brush import Canvas, Linear, Radial, Shape, Spot, ellipse, path, stroke
from PIL import Image

SIZE = (1024, 1024)
SKIN = Linear((400, 250), (640, 650), [(0, "#f3c19f"), (0.55, "#e6a580"), (1, "#cf8660")])
HAIR = Linear((360, 190), (690, 690), [(0, "#6b3f2c"), (0.4, "#4a281d"), (1, "#2c1612")])
BLAZER = Linear((160, 740), (870, 1024), [(0, "#2f8f8a"), (0.5, "#237672"), (1, "#165350")])
DARK_BLAZER = "#124a48"


class Head:
    """Where things on the face go when the head turns; `turn` in degrees, to the left if negative."""

    RADIUS = 165.0

    def __init__(self, turn: float) -> None:
        self.turn = turn

    def place(self, across: float, y: float) -> Spot:
        """`across` is the distance from the middle of the face, seen from the front."""
        angle = asin(max(-1.0, min(1.0, across / self.RADIUS)))
        return 512 + self.RADIUS * sin(angle + radians(self.turn)), y

    def narrow(self, across: float) -> float:
        """How much wider or narrower something there looks."""
        angle = asin(max(-1.0, min(1.0, across / self.RADIUS)))
        return cos(angle + radians(self.turn)) / cos(angle)

    def curve(self, *points: Spot) -> Shape:
        """A smooth line through places on the face."""
        commands = " ".join(f"{x} {y}" for x, y in (self.place(*p) for p in points[1:]))
        x, y = self.place(*points[0])
        return path(f"M {x} {y} {'C' if len(points) == 4 else 'Q'} {commands}")


def presenter(turn: float) -> Image.Image:
    """A friendly face with a brown bob and a teal blazer."""
    canvas = Canvas(SIZE)
    head = Head(turn)
    canvas.fill(Linear((0, 0), (0, 1024), [(0, "#fdf3e7"), (1, "#f6dcc8")]))
    glow = Radial((512, 470), (520, 520), [(0, "#fffdf8ff"), (0.55, "#fffaf2a0"), (1, "#fffaf200")])
    canvas.paint(ellipse(512, 470, 520, 520), glow)
    _hair_behind(canvas, turn)
    _body(canvas, turn)
    face = _face(turn)
    _ears(canvas, turn)
    canvas.paint(face, SKIN)
    _modelling(canvas, head, face)
    for side in (-1, 1):
        _eye(canvas, head, side)
    _nose(canvas, head)
    _mouth(canvas, head)
    _fringe(canvas, turn, face)
    _earrings(canvas, turn)
    portrait = canvas.image.convert("RGB").crop((142, 120, 882, 860))
    return portrait.resize((960, 960), Image.Resampling.LANCZOS)


def _face(turn: float) -> Shape:
    if not turn:
        return path(
            "M 364 400 C 362 300 420 244 512 244 C 604 244 662 300 660 400 C 662 470 650 536 614 588 "
            "C 584 630 550 650 512 650 C 474 650 440 630 410 588 C 374 536 362 470 364 400"
        )
    return path(
        "M 372 392 C 370 300 420 244 506 244 C 606 244 664 306 660 404 C 660 476 640 540 596 592 "
        "C 562 632 518 654 482 652 C 450 650 424 622 408 584 C 398 560 396 544 388 524 "
        "C 378 504 370 492 374 468 C 378 446 373 420 372 392"
    )


def _hair_behind(canvas: Canvas, turn: float) -> None:
    if turn:
        shape = path(
            "M 356 420 C 336 250 420 172 530 176 C 668 180 738 280 722 440 C 716 540 736 610 706 690 "
            "C 664 724 600 716 566 690 L 450 650 C 400 640 372 560 356 420"
        )
    else:
        shape = path(
            "M 326 430 C 306 250 408 174 512 174 C 622 174 718 250 698 430 C 694 530 716 610 694 690 "
            "C 660 716 600 712 570 690 L 454 690 C 424 712 364 716 330 690 C 308 610 330 530 326 430"
        )
    canvas.paint([(x + 6, y + 14) for x, y in shape], "#8a5a3c", blur=22, opacity=0.25)
    canvas.paint(shape, HAIR)


def _body(canvas: Canvas, turn: float) -> None:
    lean = -10 if turn else 0
    blazer = path(
        "M 132 1030 C 136 880 214 812 330 778 C 392 758 436 742 452 704 L 572 704 "
        "C 588 742 632 758 694 778 C 810 812 888 880 892 1030"
    )
    canvas.paint([(x, y - 8) for x, y in blazer], "#8a5a3c", blur=26, opacity=0.20)
    canvas.paint(blazer, BLAZER)
    shirt = path("M 440 716 C 474 772 550 772 584 716 L 640 800 L 560 1030 L 464 1030 L 384 800")
    canvas.paint(shirt, Linear((0, 740), (0, 1024), [(0, "#ffffff"), (1, "#e9e4e2")]))
    neck = path(
        "M 446 560 L 578 560 C 576 640 580 690 600 726 C 572 792 452 792 424 726 C 444 690 448 640 446 560"
    )
    canvas.paint(neck, Linear((440, 600), (590, 760), [(0, "#e3a27c"), (1, "#d18c66")]))
    canvas.paint(ellipse(512 + lean, 640, 104, 56), "#9a5638", blur=14, opacity=0.55, inside=neck)
    for flip in (1, -1):

        def at(x: float, y: float, flip: int = flip) -> Spot:
            return (x, y) if flip > 0 else (1024 - x, y)

        lapel = [
            at(x, y)
            for x, y in path(
                "M 436 716 C 410 744 390 760 366 772 L 330 880 L 392 886 L 372 926 L 482 1030 L 500 1030 "
                "C 440 920 410 820 440 722"
            )
        ]
        canvas.paint([(x + 5, y + 8) for x, y in lapel], "#0b3231", blur=9, opacity=0.45)
        canvas.paint(
            lapel,
            Linear(
                (340, 760),
                (480, 1000),
                [(0, "#3aa39d"), (1, "#1f6e6a")] if flip > 0 else [(0, "#2f918c"), (1, "#1b625f")],
            ),
        )
        canvas.paint(stroke([at(330, 880), at(392, 886), at(372, 926)], 3), DARK_BLAZER, opacity=0.5)
    canvas.paint(
        path("M 132 1030 C 136 900 190 830 260 800 C 220 880 210 960 214 1030"),
        DARK_BLAZER,
        blur=18,
        opacity=0.35,
        inside=blazer,
    )
    canvas.paint(
        path("M 892 1030 C 888 900 834 830 764 800 C 804 880 814 960 810 1030"),
        DARK_BLAZER,
        blur=18,
        opacity=0.55,
        inside=blazer,
    )


def _ears(canvas: Canvas, turn: float) -> None:
    sides = [(664 if not turn else 640, 1)] + ([] if turn else [(360, -1)])
    for x, side in sides:
        ear = ellipse(x, 450, 24, 42, 8 * side)
        canvas.paint(ear, "#dc9872")
        canvas.paint(ellipse(x + 2 * side, 452, 12, 26, 8 * side), "#b96f4c", blur=4, opacity=0.5, inside=ear)


def _earrings(canvas: Canvas, turn: float) -> None:
    for x in (644,) if turn else (358, 666):
        gold = Radial((x - 3, 504), (14, 14), [(0, "#fff3c8"), (0.5, "#f2c14e"), (1, "#b98418")])
        canvas.paint(ellipse(x, 508, 11, 11), gold)


def _modelling(canvas: Canvas, head: Head, face: Shape) -> None:
    """Warm cheeks, light on the forehead, the soft dark of the far side."""
    for side in (-1, 1):
        x, y = head.place(92 * side, 512)
        canvas.paint(
            ellipse(x, y, 52 * head.narrow(92 * side), 38), "#f0796c", blur=20, opacity=0.42, inside=face
        )
    x, y = head.place(-10, 320)
    canvas.paint(ellipse(x, y, 96, 56), "#ffe3c9", blur=28, opacity=0.55, inside=face)
    canvas.paint(
        path("M 640 300 L 700 300 L 700 700 L 520 700 C 600 640 640 540 640 420"),
        "#a85c3c",
        blur=24,
        opacity=0.40,
        inside=face,
    )
    canvas.paint(
        path("M 330 200 L 700 200 L 690 352 C 600 330 430 330 340 380"),
        "#c0663c",
        blur=20,
        opacity=0.26,
        inside=face,
    )
    x, y = head.place(0, 628)
    canvas.paint(ellipse(x, y, 44, 16), "#ffd9bd", blur=11, opacity=0.5, inside=face)


def _eye(canvas: Canvas, head: Head, side: int) -> None:
    across = 63.0 * side
    x, y = head.place(across, 440)
    wide = 36 * head.narrow(across)
    tilt = -3 * side
    white = path(
        f"M {x - wide} {y + 4 + tilt} "
        f"C {x - wide * 0.5} {y - 24} {x + wide * 0.5} {y - 24} {x + wide} {y + 4 - tilt} "
        f"C {x + wide * 0.5} {y + 22} {x - wide * 0.5} {y + 22} {x - wide} {y + 4 + tilt}"
    )
    canvas.paint([(px, py - 6) for px, py in white], "#8f4d33", blur=8, opacity=0.35)
    canvas.paint(white, "#fffdfb")
    look = x + head.turn * 0.12
    iris = ellipse(look, y, 18.5 * min(1.0, head.narrow(across)), 18.5)
    canvas.paint(
        iris,
        Radial((look, y + 4), (20, 20), [(0, "#a8683a"), (0.7, "#6a3a1e"), (1, "#3c1d0e")]),
        inside=white,
    )
    canvas.paint(ellipse(look, y, 8.5, 8.5), "#1b0c07", inside=white)
    canvas.paint(ellipse(look - 6, y - 7, 5, 5), "#ffffff")
    canvas.paint(ellipse(look + 6, y + 6, 2.6, 2.6), "#ffffff", opacity=0.7)
    lid = path(
        f"M {x - wide * 1.05} {y + 5 + tilt} "
        f"C {x - wide * 0.5} {y - 27} {x + wide * 0.5} {y - 27} {x + wide * 1.08} {y + 3 - tilt}"
    )
    canvas.paint(stroke(lid, 8, taper=True), "#2c1612")
    wing = [(x + side * wide * 0.9, y - 3), (x + side * wide * 1.2, y - 10)]
    canvas.paint(stroke(wing, 4), "#2c1612")
    fold = path(
        f"M {x - wide * 0.8} {y - 18} "
        f"C {x - wide * 0.4} {y - 35} {x + wide * 0.4} {y - 35} {x + wide * 0.9} {y - 19}"
    )
    canvas.paint(stroke(fold, 3.2, taper=True), "#a05f42", opacity=0.7)
    brow = head.curve((31 * side, 388), (52 * side, 368), (78 * side, 364), (106 * side, 384))
    canvas.paint(stroke(brow, 12, taper=True), "#43241a", opacity=0.92)


def _nose(canvas: Canvas, head: Head) -> None:
    away = -1 if head.turn else 1
    bridge = head.curve((12 * away, 426), (14 * away, 466), (20 * away, 486), (25 * away, 512))
    canvas.paint(stroke(bridge, 12, taper=True), "#b86d4a", blur=5, opacity=0.42 if head.turn else 0.30)
    x, y = head.place(-3, 500)
    canvas.paint(ellipse(x, y, 15, 12), "#ffe0c8", blur=7, opacity=0.75)
    base = head.curve((-26, 516), (-12, 532), (12, 532), (26, 516))
    canvas.paint(stroke(base, 6.5, taper=True), "#a85f40", opacity=0.8)


def _mouth(canvas: Canvas, head: Head) -> None:
    upper = head.curve((-58, 562), (-20, 574), (20, 574), (58, 562))
    lower = head.curve((58, 562), (36, 618), (-36, 618), (-58, 562))
    opening = [*upper, *lower]
    canvas.paint(opening, "#7a2530")
    teeth = [*upper, *head.curve((52, 568), (28, 597), (-28, 597), (-52, 568))]
    canvas.paint(teeth, "#ffffff")
    under = [
        *head.curve((-58, 562), (-36, 618), (36, 618), (58, 562)),
        *head.curve((60, 560), (40, 634), (-40, 634), (-60, 560)),
    ]
    canvas.paint(under, "#d65a5f")
    over = [
        *upper,
        *head.curve((60, 560), (26, 558), (12, 552), (0, 558)),
        *head.curve((0, 558), (-12, 552), (-26, 558), (-60, 560)),
    ]
    canvas.paint(over, "#c4494f")
    x, y = head.place(-4, 612)
    canvas.paint(ellipse(x, y, 18, 4), "#ffb3ab", blur=3, opacity=0.8)
    for side in (-1, 1):
        dimple = head.curve((66 * side, 548), (74 * side, 560), (72 * side, 572))
        canvas.paint(stroke(dimple, 4.5, taper=True), "#a85f40", opacity=0.6)


def _fringe(canvas: Canvas, turn: float, face: Shape) -> None:
    if turn:
        locks = [
            (
                "M 566 240 C 490 312 410 340 374 436 C 350 330 380 220 500 188 C 640 170 742 270 720 470 "
                "C 716 560 730 620 700 686 C 672 640 652 560 656 470 C 662 400 652 306 566 240"
            ),
        ]
        strands = [
            "M 560 214 C 640 270 676 360 674 470 C 672 560 690 620 696 660",
            "M 540 200 C 640 230 706 330 698 470",
            "M 540 212 C 460 250 410 300 384 372",
            "M 520 200 C 440 230 392 280 376 346",
        ]
    else:
        locks = [
            (
                "M 574 236 C 510 330 430 362 366 404 C 352 420 354 480 350 540 C 348 600 352 640 336 684 "
                "C 306 610 330 520 328 430 C 312 250 410 178 520 180 C 630 182 712 260 696 440 "
                "C 694 530 712 610 690 684 C 668 640 676 560 672 480 C 672 390 650 300 574 236"
            ),
        ]
        strands = [
            "M 574 212 C 500 290 430 330 362 362",
            "M 560 200 C 470 250 400 290 352 370",
            "M 540 190 C 440 210 370 270 344 380",
            "M 590 214 C 650 290 680 380 680 480",
            "M 600 204 C 670 270 694 360 690 470",
        ]
    for commands in locks:
        lock = path(commands)
        canvas.paint([(x, y + 9) for x, y in lock], "#5c2c1a", blur=9, opacity=0.45, inside=face)
        canvas.paint(lock, HAIR)
        shine = path("M 380 330 C 430 240 560 214 660 300 C 600 262 470 270 400 352")
        canvas.paint(shine, "#c98d63", blur=12, opacity=0.55, inside=lock)
    for commands in strands:
        canvas.paint(stroke(path(commands), 5, taper=True), "#8a5740", opacity=0.40)
