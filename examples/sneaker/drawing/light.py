"""How much light from afar reaches each point of the shoe: shadows, and the dark of its corners."""

from __future__ import annotations

from math import cos, floor, pi, sin, sqrt
from typing import TYPE_CHECKING

from .curves import UP, Point, add, cross, unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .surfaces import Patch


def directions_above(count: int) -> list[Point]:
    """Directions spread evenly over the upper half of a sphere."""
    turns = pi * (3 - sqrt(5))
    spread: list[Point] = []
    for i in range(count):
        z = 1 - (i + 0.5) / count * 0.94
        r = sqrt(1 - z * z)
        spread.append((r * cos(turns * i), r * sin(turns * i), z))
    return spread


class Occlusion:
    """Which points a light from afar reaches: a map of the nearest surface, seen from the light."""

    CELL = 0.4
    SLACK = 0.55

    def __init__(self, patches: Sequence[Patch], direction: Point) -> None:
        self.direction = direction
        self.right = unit(cross(UP if abs(direction[2]) < 0.99 else (1.0, 0.0, 0.0), direction))
        self.upward = cross(direction, self.right)
        self.nearest: dict[tuple[int, int], float] = {}
        nearest = self.nearest
        for patch in patches:
            for row in patch.points:
                for point in row:
                    cell, near = self._locate(point)
                    if near > nearest.get(cell, -1e9):
                        nearest[cell] = near

    def _locate(self, p: Point) -> tuple[tuple[int, int], float]:
        r, u, d = self.right, self.upward, self.direction
        x = floor((p[0] * r[0] + p[1] * r[1] + p[2] * r[2]) / self.CELL)
        y = floor((p[0] * u[0] + p[1] * u[1] + p[2] * u[2]) / self.CELL)
        return (x, y), p[0] * d[0] + p[1] * d[1] + p[2] * d[2]

    def reaches(self, point: Point) -> bool:
        """Whether nothing stands between the light and the point."""
        cell, near = self._locate(point)
        return near > self.nearest.get(cell, -1e9) - self.SLACK


def reach(patches: Sequence[Patch], directions: Sequence[Point], *, cosine: bool) -> list[list[list[float]]]:
    """For each vertex of each patch, the part of the light from `directions` that arrives, 0 to 1.

    With `cosine`, light that grazes a surface counts less, as it does for a dome of light.
    """
    received = [[[0.0] * len(row) for row in patch.points] for patch in patches]
    possible = [[[1e-6] * len(row) for row in patch.points] for patch in patches]
    for direction in directions:
        map_ = Occlusion(patches, direction)
        dx, dy, dz = direction
        for patch, sums, totals in zip(patches, received, possible, strict=True):
            for points, normals, row, total in zip(patch.points, patch.normals, sums, totals, strict=True):
                for j, point in enumerate(points):
                    n = normals[j]
                    weight = max(0.0, n[0] * dx + n[1] * dy + n[2] * dz + 0.15) if cosine else 1.0
                    if weight:
                        total[j] += weight
                        if map_.reaches(add(point, n, 0.12)):
                            row[j] += weight
    for sums, totals in zip(received, possible, strict=True):
        for row, total in zip(sums, totals, strict=True):
            row[:] = [a / b for a, b in zip(row, total, strict=True)]
    return [_smoothed(grid) for grid in received]


def _smoothed(grid: list[list[float]], times: int = 3) -> list[list[float]]:
    """Average neighbours: the maps are coarse, and light is soft."""
    for _ in range(times):
        grid = [
            [
                (row[max(0, j - 1)] + 2 * row[j] + row[min(len(row) - 1, j + 1)]) * 0.25
                for j in range(len(row))
            ]
            for row in grid
        ]
        grid = [
            [(a + 2 * b + c) * 0.25 for a, b, c in zip(grid[max(0, i - 1)], row, after, strict=True)]
            for i, (row, after) in enumerate(zip(grid, [*grid[1:], grid[-1]], strict=True))
        ]
    return grid
