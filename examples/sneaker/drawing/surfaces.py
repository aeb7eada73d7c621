"""Surfaces as grids of points, with normals, and the tube that laces and rims are made of."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin
from typing import TYPE_CHECKING

from .curves import Point, add, cross, dot, subtract, unit

if TYPE_CHECKING:
    from collections.abc import Callable

    from .curves import Curve
    from .materials import Material

Grid = list[list[Point]]


@dataclass(frozen=True, slots=True)
class Patch:
    """One surface: `points[i][j]`, outward `normals`, what it is made of.

    `fine` says into how many facets a cell is cut each way when it is drawn. `depth_bias` in
    centimetres draws the patch nearer than it is, for things that lie flat on another.
    """

    points: Grid
    normals: Grid
    material: Material
    fine: tuple[int, int]
    depth_bias: float = 0.0


def surface(
    shape: Callable[[float, float], Point],
    cells: tuple[int, int],
    material: Material,
    fine: tuple[int, int],
    *,
    closed: bool = False,
    flip: bool = False,
    depth_bias: float = 0.0,
) -> Patch:
    """Sample `shape(u, v)` over the unit square.

    `closed` joins u = 1 to u = 0; `flip` turns the surface inside out.
    """
    columns, rows = cells
    points = [[shape(i / columns, j / rows) for j in range(rows + 1)] for i in range(columns + 1)]
    sign = -1.0 if flip else 1.0
    normals = [[_normal(points, i, j, closed, sign) for j in range(rows + 1)] for i in range(columns + 1)]
    return Patch(points, normals, material, fine, depth_bias)


def _normal(points: Grid, i: int, j: int, closed: bool, sign: float) -> Point:
    columns, rows = len(points) - 1, len(points[0]) - 1
    if closed:
        before, after = (i - 1) % columns, (i + 1) % columns
    else:
        before, after = max(0, i - 1), min(columns, i + 1)
    along = subtract(points[after][j], points[before][j])
    up = subtract(points[i][min(rows, j + 1)], points[i][max(0, j - 1)])
    return tuple(sign * c for c in unit(cross(along, up)))


def tube(
    path: Curve,
    facing: Callable[[float], Point],
    radii: Callable[[float], tuple[float, float]],
    cells: tuple[int, int],
    material: Material,
    fine: tuple[int, int],
    *,
    depth_bias: float = 0.0,
) -> Patch:
    """Sweep an ellipse along `path`.

    `facing(u)` is the way its flat side looks; `radii(u)` are half the width across and half the
    thickness along that way, in centimetres.
    """

    def shape(u: float, v: float) -> Point:
        step = 1e-3
        ahead = unit(subtract(path(min(1, u + step)), path(max(0, u - step))))
        out = facing(u)
        out = unit(add(out, ahead, -dot(out, ahead)))
        across = cross(ahead, out)
        half_width, half_thickness = radii(u)
        angle = 2 * pi * v
        centre = path(u)
        return add(add(centre, across, half_width * cos(angle)), out, half_thickness * sin(angle))

    return surface(shape, cells, material, fine, depth_bias=depth_bias)
