"""The sneaker: every surface of it, cut and coloured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import lacing, last
from .curves import Curve, Point, add, graph, through, unit
from .materials import BERRY, BLUSH, PINK, ROSE, WHITE, Sheet, plain, woven
from .surfaces import Patch, surface, tube

if TYPE_CHECKING:
    from collections.abc import Callable

    from .materials import Spot


def patches() -> list[Patch]:
    """The whole shoe, toe toward +x, standing on z = 0."""
    return [
        _sole(), _tread(), _upper(), _lining(), _insole(), _collar(), *_throat_edges(), _pull_tab(),
        *lacing.patches(),
    ]  # fmt: skip


def _both_sides(t: float) -> tuple[float, float]:
    return t, 1 - t


def _mirrored(outline: list[Spot]) -> list[list[Spot]]:
    return [outline, [(1 - u, v) for u, v in outline]]


def _at(x: float) -> float:
    return last.around(x) if x < last.LENGTH else 0.5


def _path(knots: list[tuple[float, float]], steps: int = 60) -> list[Spot]:
    """A smooth path on the upper through (x of the outline, s)."""
    height = graph(*[(_at(x) if x > 0 else 0.0, s) for x, s in knots])
    start, end = height.keys[0], height.keys[-1]
    places = [start + (end - start) * i / steps for i in range(steps + 1)]
    return [(t, height(t)[0]) for t in places]


# -- sole -------------------------------------------------------------------------------------------------


def _sole() -> Patch:
    sheet = Sheet((4096, 512), WHITE)
    around = [i / 256 for i in range(257)]
    sheet.panel([(0, 0.60), (1, 0.60), (1, 1.05), (0, 1.05)], BLUSH, relief=0)
    sheet.panel([(0, -0.1), (1, -0.1), (1, 0.235), (0, 0.235)], PINK, relief=0)
    sheet.line([(t, 0.262) for t in around], ROSE, 9, relief=0)
    sheet.line([(t, 0.602) for t in around], PINK, 9, relief=0)
    # Tread blocks: notches in the rubber.
    for i in range(104):
        t = (i + 0.5) / 104
        a, b = t - 0.0016, t + 0.0016
        sheet.panel([(a, -0.1), (b, -0.1), (b, 0.15), (a, 0.15)], ROSE, relief=0.5, thick=3)
    for side in _mirrored([(_at(2.2), 0.735), (_at(6.6), 0.735), (_at(7.1), 0.80), (_at(2.7), 0.80)]):
        sheet.panel(side, ROSE, relief=0.8, thick=4)
    return surface(last.sole, (380, 46), sheet.finish(0.10), (5, 3), closed=True, flip=True)


def _tread() -> Patch:
    """The underside, seen when the camera lies on the ground."""

    def shape(u: float, v: float) -> Point:
        (x, y), normal = last.outline(u)
        inset = 1.2 + v * 2.5
        return (x - normal[0] * inset, y - normal[1] * inset, last.sole_bottom(x) + 0.02)

    return surface(shape, (120, 3), plain(ROSE), (4, 4), closed=True)


# -- upper ------------------------------------------------------------------------------------------------


def _upper() -> Patch:
    sheet = Sheet((4096, 1024), BLUSH, mesh=True)
    _collar_knit(sheet)
    _saddle(sheet)
    _heel(sheet)
    _mudguard(sheet)
    _eyestay(sheet)
    sheet.shade(lambda _, v: 0.34 * max(0.0, 1 - v / 0.09) ** 1.5)
    return surface(last.upper, (400, 60), sheet.finish(0.14), (5, 4), closed=True, flip=True)


def _collar_knit(sheet: Sheet) -> None:
    lower = _path([(0, 0.74), (3, 0.78), (7, 0.80), (10.5, 0.82), (12.6, 0.99)])
    for side in _mirrored([*lower, (_at(12.6), 1.1), (0, 1.1)]):
        sheet.panel(side, PINK, relief=0.8)
    for path in _mirrored([(u, v + 0.035) for u, v in lower]):
        sheet.stitch(path, WHITE)


def _saddle(sheet: Sheet) -> None:
    """The saddle that ties the lacing to the sole, its piping, and the band before the toe box."""
    steps = [i / 20 for i in range(21)]
    left = [(_at(9.0 + 3.6 * f**1.6), -0.05 + f) for f in steps]
    right = [(_at(13.4 + 2.4 * f**1.4), -0.05 + f) for f in steps]
    piping = _path([(5.2, 0.40), (8, 0.50), (10.5, 0.66), (13, 0.80)])
    for side in _mirrored(piping):
        sheet.line(side, ROSE, 26, relief=1.0)
    for side in _mirrored([*left, *reversed(right)]):
        sheet.panel(side, WHITE)
    seams = [(u + 0.004, v) for u, v in left], [(u - 0.004, v) for u, v in right]
    for path in (side for seam in seams for side in _mirrored(seam)):
        sheet.stitch(path, PINK, 5)
    for start in (10.35, 11.35):
        corners = ((start, 0.31), (start + 0.65, 0.31), (start + 1.75, 0.49), (start + 1.1, 0.49))
        for side in _mirrored([(_at(x), s) for x, s in corners]):
            sheet.panel(side, ROSE, relief=0.6, thick=4)
    band = [(17.6, 19.1, -0.05), (17.9, 19.8, 0.2), (18.3, 20.4, 0.45), (18.7, 20.9, 0.7), (19.0, 21.3, 0.95)]
    outline = [(_at(a), s) for a, _, s in band] + [(_at(b), s) for _, b, s in reversed(band)]
    for side in _mirrored(outline):
        sheet.panel(side, PINK)
    for path in _mirrored([(_at(a) + 0.004, s) for a, _, s in band]):
        sheet.stitch(path, WHITE, 5)


def _heel(sheet: Sheet) -> None:
    counter = _path([(0, 0.64), (1.6, 0.62), (4.2, 0.5), (6.4, 0.26), (7.6, -0.05)])
    for side in _mirrored([*counter, (0, -0.1)]):
        sheet.panel(side, ROSE)
    inset = _path([(0, 0.57), (1.5, 0.55), (3.8, 0.43), (5.7, 0.21), (6.7, -0.05)])
    for path in _mirrored(inset):
        sheet.stitch(path, BLUSH)
    for side in _mirrored([(0, 0.58), (_at(0.55), 0.58), (_at(0.45), 1.1), (0, 1.1)]):
        sheet.panel(side, WHITE, relief=0.7)


def _mudguard(sheet: Sheet) -> None:
    knots = [(17.4, -0.05), (18.6, 0.07), (20.5, 0.20), (23, 0.29), (26, 0.345), (28.4, 0.375), (30, 0.385)]
    guard = _path(knots)
    sheet.panel([*guard, *[(1 - u, v) for u, v in reversed(guard)]], PINK)
    inset = [(u, v - 0.04) for u, v in guard if v > 0.05]
    sheet.stitch([*inset, *[(1 - u, v) for u, v in reversed(inset)]], WHITE)


def _eyestay(sheet: Sheet) -> None:
    front = [(19, 0.78), (22, 0.815), (26, 0.87), (30, 0.885)]
    stay = _path([(12.2, 1.02), (12.6, 0.86), (13.6, 0.76), (16, 0.75), *front])
    sheet.panel([*stay, *[(1 - u, v) for u, v in reversed(stay)], (0.6, 1.1), (0.4, 1.1)], WHITE)
    inset = [(u, v + 0.03) for u, v in stay[3:]]
    sheet.stitch([*inset, *[(1 - u, v) for u, v in reversed(inset)]], PINK)
    for x in lacing.ROWS:
        for t in _both_sides(_at(x)):
            sheet.eyelet((t, lacing.HOLE_HEIGHT), (15, 26), ROSE)


def _lining() -> Patch:
    """The inside of the collar."""

    def shape(u: float, v: float) -> Point:
        t = (0.80 + 0.40 * u) % 1.0
        top = last.edge(t)
        foot = last.upper(t, 0.15)
        inward = unit((9 - top[0], -top[1], 0.0))
        return add((*(a + (b - a) * v for a, b in zip(top, foot, strict=True)),), inward, 0.35 + 0.5 * v)

    return surface(shape, (120, 16), plain(ROSE, 0.02), (4, 4), flip=True)


def _insole() -> Patch:
    def shape(u: float, v: float) -> Point:
        (x, y), _ = last.outline(u)
        return (9 + (x - 9) * 0.75 * v, y * 0.75 * v, 6.2)

    return surface(shape, (80, 8), plain(BERRY, 0.02), (3, 3), closed=True, flip=True)


def _collar() -> Patch:
    """The padded roll around the ankle."""
    start = last.around(12.8, inner=True)
    end = last.around(12.8)
    span = (end - start) % 1.0
    path = through([last.edge(start + span * i / 40) for i in range(41)])
    size = graph((0, 0.15), (0.06, 0.2), (0.2, 0.46), (0.5, 0.55), (0.8, 0.46), (0.94, 0.2), (1, 0.15))
    up: Point = (0.0, 0.0, 1.0)
    return tube(path, lambda _: up, lambda u: (size(u)[0],) * 2, (150, 14), plain(PINK, 0.06), (4, 4))


def _throat_edges() -> list[Patch]:
    """The cut edge of the eyestay, all along the throat."""
    start, end = last.around(11.9), last.around(11.9, inner=True)
    path = through([last.edge(start + (end - start) * i / 60) for i in range(61)])
    return [tube(path, lambda _: (0.0, 0.0, 1.0), lambda _: (0.13, 0.16), (120, 8), plain(WHITE), (4, 2))]


def _pull_tab() -> Patch:
    path = through(
        [
            (1.3, 0.0, 9.5), (0.8, 0.0, 10.4), (0.45, 0.0, 11.6), (0.2, 0.0, 13.0),
            (0.0, 0.0, 14.6), (0.7, 0.0, 15.5), (1.5, 0.0, 15.1), (1.75, 0.0, 13.7),
        ]
    )  # fmt: skip
    material = woven(PINK, ROSE, (256, 64), 20)
    return tube(path, _tab_facing(path), lambda _: (0.62, 0.14), (48, 14), material, (4, 4))


def _tab_facing(path: Curve) -> Callable[[float], Point]:
    def facing(u: float) -> Point:
        a, b = path(max(0, u - 0.01)), path(min(1, u + 0.01))
        return unit((a[2] - b[2], 0.0, b[0] - a[0]))

    return facing
