"""The tongue, the laces through their eyelets, and the bow."""

from __future__ import annotations

from math import cos, pi, sin

from . import last
from .curves import Point, add, graph, through, unit
from .materials import BLUSH, PINK, ROSE, WHITE, Material, Sheet, woven
from .surfaces import Patch, surface, tube

ROWS = (14.0, 15.35, 16.7, 18.05, 19.4, 20.7)
"""Where along the outline the lace rows sit, from ankle to toe."""

HOLE_HEIGHT = 0.895
"""How far up the upper (s) the eyelets are."""


def patches() -> list[Patch]:
    """Everything in the throat of the shoe."""
    return [_tongue(), _label(), *_laces(), *_bow()]


_TONGUE = through(
    [
        (22.6, 0, 7.4), (19.6, 0, 9.2), (16.8, 0, 10.7), (14.2, 0, 12.2),
        (12.1, 0, 13.6), (10.85, 0, 14.8), (10.2, 0, 16.0),
    ]
)  # fmt: skip
_TONGUE_WIDTH = graph(
    (0, 1.0), (0.2, 1.75), (0.5, 2.2), (0.8, 2.5), (0.9, 2.45), (0.95, 2.2), (0.985, 1.55), (1, 0.6)
)


def _tongue_out(u: float) -> Point:
    a, b = _TONGUE(max(0, u - 0.01)), _TONGUE(min(1, u + 0.01))
    return unit((b[2] - a[2], 0.0, a[0] - b[0]))


def _tongue_surface(u: float, across: float, lift: float = 0.0) -> Point:
    """A place on the tongue's face; `across` from -1 to 1."""
    centre, out = _TONGUE(u), _tongue_out(u)
    width = _TONGUE_WIDTH(u)[0]
    arch = 0.55 * (1 - across * across) - 0.35
    point = add(centre, out, arch + lift)
    return (point[0], width * across, point[2])


def _over_tongue(x: float) -> Point:
    """The middle of the tongue at `x`."""
    return _tongue_surface(min(range(201), key=lambda i: abs(_TONGUE(i / 200)[0] - x)) / 200, 0.0)


def _tongue() -> Patch:
    sheet = Sheet((512, 512), WHITE)
    thickness = graph((0, 0.2), (0.5, 0.3), (0.85, 0.55), (0.94, 0.52), (0.975, 0.4), (0.99, 0.25), (1, 0.03))

    def shape(u: float, v: float) -> Point:
        angle = 2 * pi * v
        across = cos(angle)
        side = max(-1.0, min(1.0, across))
        return _tongue_surface(u, side, thickness(u)[0] * sin(angle))

    for i in range(40):
        sheet.line([((i + 0.5) / 40, 0), ((i + 0.5) / 40, 1)], BLUSH, 5, relief=0)
    sheet.panel([(0.8, -0.1), (1.1, -0.1), (1.1, 1.1), (0.8, 1.1)], PINK, relief=0)
    return surface(shape, (110, 40), sheet.finish(0.06), (4, 4))


def _label() -> Patch:
    """The woven label on the tongue: two slanting bars, the brand's mark."""
    sheet = Sheet((256, 256), ROSE)
    for left in (0.24, 0.50):
        bar = [(0.28, left), (0.28, left + 0.14), (0.74, left + 0.24), (0.74, left + 0.10)]
        sheet.panel(bar, WHITE, relief=0.3, thick=3)

    def shape(u: float, v: float) -> Point:
        return _tongue_surface(0.845 + 0.10 * u, -0.50 + 1.0 * v, 0.60)

    return surface(shape, (14, 20), sheet.finish(0.05), (8, 8), flip=True, depth_bias=0.3)


_LACE: Material = woven((252, 250, 250), (226, 212, 218), (768, 48), 44)
_UP: Point = unit((0.66, 0.0, 1.0))
"""The way the throat faces, square to the tongue."""


def _lace(points: list[Point], facing: Point = _UP, width: float = 0.36) -> Patch:
    return tube(through(points), lambda _: facing, lambda _: (width, 0.15), (44, 12), _LACE, (4, 2))


def _hole(x: float, side: int) -> tuple[Point, Point]:
    """An eyelet's place and the way the upper faces there; side 1 is outer, -1 inner."""
    t = last.around(x) if side > 0 else 1 - last.around(x)
    return last.upper(t, HOLE_HEIGHT), last.upper_normal(t, HOLE_HEIGHT)


def _crossing(start: float, end: float, side: int, lift: float) -> Patch:
    """A lace from the eyelet at `start` over the tongue to the opposite one at `end`."""
    a, a_faces = _hole(start, side)
    b, b_faces = _hole(end, -side)
    middle = add(_over_tongue((a[0] + b[0]) / 2), _UP, lift)
    from_hole = [add(a, a_faces, -0.25), add(a, a_faces, 0.15)]
    into_hole = [add(b, b_faces, 0.17), add(b, b_faces, -0.25)]
    return _lace([*from_hole, middle, *into_hole])


def _laces() -> list[Patch]:
    """A straight bar at the toe, then crossings up to the ankle, the inner ones on top."""
    laces = [_crossing(ROWS[-1], ROWS[-1], 1, 0.5)]
    for lower, higher in zip(ROWS[:0:-1], ROWS[-2::-1], strict=True):
        laces += [_crossing(lower, higher, 1, 0.42), _crossing(lower, higher, -1, 0.68)]
    return laces


_KNOT: Point = (13.35, 0.0, 14.0)
_LOOP = [
    (0.0, 0.0, 0.0), (0.4, 1.3, 0.55), (1.0, 2.9, 0.35), (1.7, 4.0, -0.75), (2.0, 3.9, -1.35),
    (1.7, 2.7, -0.75), (0.9, 1.2, 0.0), (0.1, 0.0, -0.05),
]  # fmt: skip
_END = [(0.1, 0.0, 0.0), (1.0, 0.7, 0.2), (2.2, 1.7, -0.55), (3.1, 2.7, -1.75), (3.4, 3.35, -2.9)]


def _bow() -> list[Patch]:
    """A knot, two loops and two ends, tied from the uppermost eyelets."""
    swell = graph((0, 0.2), (0.5, 0.5), (1, 0.2))
    knot = through(
        [add(_KNOT, offset) for offset in ((-0.35, 0.0, 0.15), (0.0, 0.0, 0.3), (0.45, 0.0, -0.05))]
    )
    bow = [tube(knot, lambda _: _UP, lambda u: (swell(u)[0], swell(u)[0] * 0.8), (16, 16), _LACE, (4, 3))]
    for side in (1, -1):
        hole, faces = _hole(ROWS[0], side)
        bow.append(_lace([*[add(hole, faces, out) for out in (-0.2, 0.18, 0.4)], _KNOT]))
        loop = [add(_KNOT, (x, side * y, z)) for x, y, z in _LOOP]
        bow.append(_lace(loop, (0.75, 0.0, 0.66), 0.30))
        end = [add(_KNOT, (x, side * y, z)) for x, y, z in _END]
        bow.append(_lace(end, (0.6, 0.35 * side, 0.75), 0.27))
    return bow
