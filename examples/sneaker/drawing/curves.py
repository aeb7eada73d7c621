"""Points in centimetres and smooth curves through them."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from math import dist, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Point = tuple[float, ...]

UP: Point = (0.0, 0.0, 1.0)


def add(a: Point, b: Point, scale: float = 1.0) -> Point:
    """`a + b * scale`."""
    return tuple(p + q * scale for p, q in zip(a, b, strict=True))


def subtract(a: Point, b: Point) -> Point:
    """`a - b`."""
    return tuple(p - q for p, q in zip(a, b, strict=True))


def dot(a: Point, b: Point) -> float:
    """The scalar product."""
    return sum(p * q for p, q in zip(a, b, strict=True))


def cross(a: Point, b: Point) -> Point:
    """The vector product of two points in space."""
    return (a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0])


def unit(a: Point) -> Point:
    """`a` with length one; a zero vector stays zero."""
    length = sqrt(dot(a, a)) or 1.0
    return tuple(p / length for p in a)


class Curve:
    """A cubic Hermite curve through values at rising keys; flat beyond both ends."""

    def __init__(self, keys: Sequence[float], values: Sequence[Point]) -> None:
        self.keys = tuple(keys)
        self.values = tuple(values)
        self.slopes = tuple(self._slope(i) for i in range(len(keys)))

    def _slope(self, i: int) -> Point:
        low, high = max(0, i - 1), min(len(self.keys) - 1, i + 1)
        span = self.keys[high] - self.keys[low]
        return tuple((b - a) / span for a, b in zip(self.values[low], self.values[high], strict=True))

    def __call__(self, key: float) -> Point:
        key = min(max(key, self.keys[0]), self.keys[-1])
        i = min(bisect_right(self.keys, key), len(self.keys) - 1) - 1
        span = self.keys[i + 1] - self.keys[i]
        f = (key - self.keys[i]) / span
        a, b = (2 * f - 3) * f * f + 1, ((f - 2) * f + 1) * f * span
        c, d = (3 - 2 * f) * f * f, (f - 1) * f * f * span
        ends = zip(self.values[i], self.slopes[i], self.values[i + 1], self.slopes[i + 1], strict=True)
        return tuple(a * p + b * m + c * q + d * n for p, m, q, n in ends)


def graph(*knots: tuple[float, float]) -> Curve:
    """A smooth function of one number, as a curve of one-dimensional points."""
    return Curve([k for k, _ in knots], [(v,) for _, v in knots])


def through(points: Sequence[Point]) -> Curve:
    """A smooth path through points, from 0 to 1 by their distances."""
    keys = [0.0]
    for a, b in pairwise(points):
        keys.append(keys[-1] + max(dist(a, b), 1e-6))
    return Curve([k / keys[-1] for k in keys], points)


def bezier(a: Point, b: Point, c: Point, d: Point, f: float) -> Point:
    """The point of a cubic Bezier curve at `f` from 0 to 1."""
    g = 1 - f
    w, x, y, z = g * g * g, 3 * g * g * f, 3 * g * f * f, f * f * f
    return tuple(w * p + x * q + y * r + z * s for p, q, r, s in zip(a, b, c, d, strict=True))
