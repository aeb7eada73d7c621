"""The shape of the foot: the sole's outline, the height of everything, and the surface of the upper.

Centimetres: x from heel to toe, y to the outer side, z up from the ground. `t` runs once around the
outline: 0 at the heel, 0.5 at the tip of the toe, back along the inner side.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from math import cos, dist, exp, pi

from .curves import Curve, Point, add, bezier, cross, graph, subtract, through, unit

LENGTH = 30.0

_OUTER = [
    (0.0, 0.0), (0.35, 1.7), (1.6, 3.0), (4.0, 3.75), (8.0, 3.85), (13.0, 3.95), (17.5, 4.5),
    (21.5, 5.05), (25.0, 4.75), (27.8, 3.5), (29.4, 1.5), (29.9, -0.5),
]  # fmt: skip
_INNER = [
    (29.5, -2.2), (28.0, -3.8), (25.2, -4.8), (21.5, -4.95), (17.5, -4.2), (13.0, -3.6), (8.0, -3.6),
    (4.0, -3.6), (1.6, -3.0), (0.35, -1.7),
]  # fmt: skip
_STEPS = 1440


def _trace() -> tuple[list[Point], list[Point]]:
    """The outline and its outward normals at `_STEPS` even values of t."""
    ring = [*_OUTER, *_INNER]
    closed = through([*ring[-3:], *ring, *ring[:3]])
    first, toe, last = closed.keys[3], closed.keys[3 + len(_OUTER) - 1], closed.keys[3 + len(ring)]
    half = _STEPS // 2
    points = [*_even(closed, first, toe, half), *_even(closed, toe, last, half)]
    normals = []
    for i in range(_STEPS):
        along = subtract(points[(i + 1) % _STEPS], points[i - 1])
        normals.append(unit((-along[1], along[0])))
    return points, normals


def _even(curve: Curve, start: float, end: float, count: int) -> list[Point]:
    dense = [curve(start + (end - start) * i / 2000) for i in range(2001)]
    lengths = [0.0]
    for a, b in pairwise(dense):
        lengths.append(lengths[-1] + dist(a, b))
    wanted = [lengths[-1] * i / count for i in range(count)]
    return [dense[min(2000, bisect_right(lengths, w))] for w in wanted]


_POINTS, _NORMALS = _trace()


def _at(table: list[Point], t: float) -> Point:
    place = (t % 1.0) * _STEPS
    i = int(place)
    f = place - i
    a, b = table[i % _STEPS], table[(i + 1) % _STEPS]
    return (a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f)


def outline(t: float) -> tuple[Point, Point]:
    """The sole's outline from above and its outward normal."""
    return _at(_POINTS, t), _at(_NORMALS, t)


def around(x: float, *, inner: bool = False) -> float:
    """The t at which the outline passes `x` on one side."""
    half = _STEPS // 2
    side = range(half, _STEPS) if inner else range(half)
    return min(side, key=lambda i: abs(_POINTS[i][0] - x)) / _STEPS


_TOP = graph((0, 6.3), (3, 5.8), (8, 5.0), (14, 4.35), (19, 3.95), (23, 3.8), (27, 4.0), (30, 4.5))
_BOTTOM = graph((0, 0.9), (1.2, 0.4), (3, 0.05), (6, 0), (19, 0), (23, 0.12), (26.5, 0.55), (30, 1.5))


def sole_top(x: float) -> float:
    """How high the midsole reaches."""
    return _TOP(x)[0]


def sole_bottom(x: float) -> float:
    """How high the tread hangs over the ground: rocked up at heel and toe."""
    return _BOTTOM(x)[0]


# s up the wall of the sole: how far it stands out, and which part of its height it has reached.
_WALL = Curve(
    [
        0.0, 0.05, 0.10, 0.20, 0.235, 0.26, 0.29, 0.36, 0.44, 0.52,
        0.575, 0.60, 0.63, 0.67, 0.76, 0.86, 0.93, 0.97, 1.0,
    ],
    [
        (-1.2, 0.0), (0.05, 0.0), (0.34, 0.04), (0.40, 0.17), (0.34, 0.195), (0.10, 0.205), (0.36, 0.225),
        (0.70, 0.32), (0.82, 0.42), (0.72, 0.53), (0.42, 0.60), (0.16, 0.615), (0.38, 0.63), (0.56, 0.68),
        (0.62, 0.79), (0.50, 0.91), (0.22, 0.985), (-0.12, 1.0), (-0.9, 0.97),
    ],
)  # fmt: skip


def wave(t: float) -> float:
    """The swing of the line between the midsole's two layers, -1 to 1."""
    x = outline(t)[0][0]
    return cos((x - 3.5) / 26 * 3 * pi)


def sole(t: float, s: float) -> Point:
    """The wall of the sole: tread, a bulging lower layer with lobes, a soft upper layer."""
    (x, y), normal = outline(t)
    out, part = _WALL(s)
    middle = exp(-(((s - 0.60) / 0.13) ** 2))
    part += 0.075 * wave(t) * middle
    rear = 1 / (1 + exp((x - 17) / 2.5))
    lobes = 0.5 - 0.5 * cos(x / 3.1 * 2 * pi)
    lobed = 0.6 * (1 - exp(-((x / 3) ** 2))) * (lobes - 0.35) + 0.12
    out += exp(-(((s - 0.43) / 0.09) ** 2)) * rear * lobed
    out += 0.38 * exp(-((x / 3.0) ** 2)) * exp(-(((s - 0.42) / 0.17) ** 2))
    low, high = sole_bottom(x), sole_top(x)
    return (x + normal[0] * out, y + normal[1] * out, low + (high - low) * part)


def _keyed(rows: list[tuple[float, Point]]) -> Curve:
    """A closed curve over t from rows of (x of the outline, value); both sides of the shoe share them."""
    keyed: list[tuple[float, Point]] = []
    for x, value in rows:
        outer = around(x) if 0 < x < LENGTH else (0.0 if x <= 0 else 0.5)
        keyed.append((outer, value))
        if 0 < x < LENGTH:
            keyed.append((around(x, inner=True), value))
    keyed.sort()
    wrapped = [(t - 1, v) for t, v in keyed[-4:]] + keyed + [(t + 1, v) for t, v in keyed[:4]]
    return Curve([t for t, _ in wrapped], [v for _, v in wrapped])


# The upper's edge: collar, corner of the lacing, and down the throat to the toe box.
_EDGE_ROWS: list[tuple[float, Point]] = [
    (0.0, (1.25, 0.0, 13.9)), (1.0, (1.5, 1.25, 13.7)), (2.5, (2.6, 2.2, 12.9)), (5.0, (4.6, 2.75, 11.9)),
    (8.0, (7.3, 2.85, 11.6)), (10.5, (9.5, 2.65, 12.2)), (12.3, (11.1, 2.35, 13.1)),
    (13.6, (12.4, 2.15, 12.95)), (16.0, (14.6, 2.0, 11.75)), (19.0, (17.2, 1.8, 10.4)),
    (22.0, (19.4, 1.45, 9.25)), (25.0, (20.7, 0.95, 8.8)), (28.0, (21.2, 0.45, 8.65)),
    (30.0, (21.3, 0.0, 8.6)),
]  # fmt: skip
_EDGE = _keyed(_EDGE_ROWS)

# How the upper rises: lift and lean where it leaves the sole; reach outward and drop where it meets its edge.
_RISE = _keyed(
    [
        (0.0, (2.6, 0.75, 0.35, -3.4)), (2.5, (2.8, 0.5, 0.35, -2.8)), (6.0, (2.9, 0.35, 0.55, -2.2)),
        (12.0, (3.2, 0.25, 0.7, -2.0)), (16.0, (3.4, 0.25, 1.5, -0.6)), (20.0, (3.0, 0.2, 2.4, -0.1)),
        (24.0, (2.8, 0.15, 3.6, 0.25)), (30.0, (3.1, 0.15, 5.1, 0.0)),
    ]
)  # fmt: skip


def edge(t: float) -> Point:
    """The upper's edge: collar and throat."""
    x, y, z = _EDGE(t % 1.0)
    return (x, y if t % 1.0 <= 0.5 else -y, z)


def upper(t: float, s: float) -> Point:
    """The upper, from the sole (s = 0) to its edge (s = 1)."""
    (x, y), normal = outline(t)
    foot = (x - normal[0] * 0.3, y - normal[1] * 0.3, sole_top(x) - 0.3)
    top = edge(t)
    lift, lean, outward, drop = _RISE(t % 1.0)
    apart = subtract(foot, top)
    out = unit((apart[0] + normal[0] * 0.8, apart[1] + normal[1] * 0.8, 0.0))
    low = (foot[0] + normal[0] * lean, foot[1] + normal[1] * lean, foot[2] + lift)
    high = add((top[0], top[1], top[2] + drop), out, outward)
    return bezier(foot, low, high, top, s)


def upper_normal(t: float, s: float) -> Point:
    """The outward normal of the upper."""
    step = 2e-3
    along = subtract(upper(t + step, s), upper(t - step, s))
    rise = subtract(upper(t, min(1, s + step)), upper(t, max(0, s - step)))
    return unit(cross(rise, along))
