"""Photographs patches: light from many sides, a camera, and facets painted from back to front."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, floor, radians, sin, sqrt
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from .curves import UP, Point, add, cross, dot, subtract, unit
from .light import directions_above, reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .surfaces import Patch

SUPERSAMPLE = 4

Facet = tuple[float, tuple[float, ...], tuple[int, int, int]]
"""Nearness, four corners in pixels, colour."""

KEY_COLOUR = (1.0, 0.985, 0.97)
SKY_COLOUR = (0.97, 0.975, 1.0)
FLOOR_COLOUR = (1.0, 0.93, 0.95)
SHADE_DEPTH = (0.86, 1.0, 0.95)
RIM_COLOUR = (1.0, 0.34, 0.52)

_LINEAR = tuple((i / 255) ** 2.2 for i in range(256))
_ENCODED = tuple(round(255 * (i / 4095) ** (1 / 2.2)) for i in range(4096))


@dataclass(frozen=True, slots=True)
class Camera:
    """A long lens looking at `target` from `azimuth` and `elevation`, in degrees.

    Azimuth 0 looks at the toe, 90 at the outer side.
    `scale` is pixels per centimetre at the target, which lands on `centre` in the picture.
    """

    azimuth: float
    elevation: float
    target: Point
    scale: float
    centre: tuple[float, float]
    distance: float = 130.0

    @property
    def back(self) -> Point:
        """From the target to the camera."""
        a, e = radians(self.azimuth), radians(self.elevation)
        return (cos(a) * cos(e), sin(a) * cos(e), sin(e))

    @property
    def right(self) -> Point:
        """To the right in the picture."""
        return unit(cross(UP, self.back))

    @property
    def upward(self) -> Point:
        """Upward in the picture."""
        return cross(self.back, self.right)

    def turn(self, right: float, up: float, back: float) -> Point:
        """A direction given as seen from the camera."""
        direction = tuple(
            right * r + up * u + back * b for r, u, b in zip(self.right, self.upward, self.back, strict=True)
        )
        return unit(direction)

    def project(self, point: Point) -> tuple[float, float, float]:
        """Picture x, y in pixels and the nearness in centimetres."""
        offset = subtract(point, self.target)
        near = dot(offset, self.back)
        zoom = self.scale * self.distance / (self.distance - near)
        return (
            self.centre[0] + dot(offset, self.right) * zoom,
            self.centre[1] - dot(offset, self.upward) * zoom,
            near,
        )


@dataclass(frozen=True, slots=True)
class Light:
    """A key light and the strength of the rim, as seen from the camera: right, up, toward it."""

    key: tuple[float, float, float]
    rim: tuple[float, float, float]
    rim_strength: float = 1.25


class Studio:
    """Patches with the light of the room already gathered, ready to be photographed from anywhere."""

    def __init__(self, patches: Sequence[Patch], dome: int = 40) -> None:
        self.patches = patches
        self.open_sky = reach(patches, directions_above(dome), cosine=True)

    def photograph(self, ground: Image.Image, camera: Camera, light: Light) -> Image.Image:
        """Paint the patches over `ground`."""
        key = camera.turn(*light.key)
        around = [unit(add(key, offset, 0.16)) for offset in directions_above(9)]
        lit = reach(self.patches, [key, *around], cosine=False)
        shading = _Shading(camera, key, camera.turn(*light.rim), light.rim_strength)
        facets: list[Facet] = []
        for patch, sky, keyed in zip(self.patches, self.open_sky, lit, strict=True):
            facets += shading.facets(patch, sky, keyed)
        facets.sort(key=lambda facet: facet[0])
        big = (ground.width * SUPERSAMPLE, ground.height * SUPERSAMPLE)
        canvas = ground.resize(big, Image.Resampling.BILINEAR)
        polygon = ImageDraw.Draw(canvas).polygon
        for _, corners, colour in facets:
            polygon(corners, fill=colour)
        return canvas.reduce(SUPERSAMPLE)


class _Shading:
    """Cuts patches into facets of about a pixel and gives each its place and colour."""

    def __init__(self, camera: Camera, key: Point, rim: Point, rim_strength: float) -> None:
        self.camera = camera
        self.back = camera.back
        self.key = key
        self.rim = rim
        self.rim_strength = rim_strength
        self.half = unit(add(key, camera.back))

    def facets(self, patch: Patch, sky: list[list[float]], keyed: list[list[float]]) -> list[Facet]:
        """All facets of a patch that face the camera."""
        project = self.camera.project
        rows = [
            [(*project(p), *n, a, k, *p) for p, n, a, k in zip(points, normals, skies, keys, strict=True)]
            for points, normals, skies, keys in zip(patch.points, patch.normals, sky, keyed, strict=True)
        ]
        found: list[Facet] = []
        for i in range(len(rows) - 1):
            left, right = rows[i], rows[i + 1]
            u0, u1 = i / (len(rows) - 1), (i + 1) / (len(rows) - 1)
            for j in range(len(left) - 1):
                corners = (left[j], right[j], right[j + 1], left[j + 1])
                if self._faces_away(corners):
                    continue
                v = (j / (len(left) - 1), (j + 1) / (len(left) - 1))
                found += self._cut(patch, corners, (u0, u1), v)
        return found

    def _faces_away(self, corners: Sequence[tuple[float, ...]]) -> bool:
        b = self.back
        return all(c[3] * b[0] + c[4] * b[1] + c[5] * b[2] < -0.12 for c in corners)

    def _cut(
        self,
        patch: Patch,
        corners: Sequence[tuple[float, ...]],
        u: tuple[float, float],
        v: tuple[float, float],
    ) -> list[Facet]:
        across, along = patch.fine
        a, b, c, d = corners
        grid = []
        for i in range(across + 1):
            f = i / across
            low = [p + (q - p) * f for p, q in zip(a, b, strict=True)]
            high = [p + (q - p) * f for p, q in zip(d, c, strict=True)]
            grid.append(
                [
                    [p + (q - p) * (j / along) for p, q in zip(low, high, strict=True)]
                    for j in range(along + 1)
                ]
            )
        cut: list[Facet] = []
        s = SUPERSAMPLE
        for i in range(across):
            at_u = u[0] + (u[1] - u[0]) * (i + 0.5) / across
            for j in range(along):
                p, q, r, t = grid[i][j], grid[i + 1][j], grid[i + 1][j + 1], grid[i][j + 1]
                middle = [(x + y) * 0.5 for x, y in zip(p, r, strict=True)]
                at_v = v[0] + (v[1] - v[0]) * (j + 0.5) / along
                place = (p[0] * s, p[1] * s, q[0] * s, q[1] * s, r[0] * s, r[1] * s, t[0] * s, t[1] * s)
                cut.append((middle[2] + patch.depth_bias, place, self._colour(patch, middle, at_u, at_v)))
        return cut

    def _colour(self, patch: Patch, m: list[float], u: float, v: float) -> tuple[int, int, int]:
        material = patch.material
        width, height = material.size
        at = min(height - 1, int(v * height)) * width + min(width - 1, int(u * width))
        nx, ny, nz = m[3], m[4], m[5]
        length = 1 / (sqrt(nx * nx + ny * ny + nz * nz) or 1.0)
        nx, ny, nz = nx * length, ny * length, nz * length
        knit = 1.0
        if material.mesh and material.mesh[at] > 127:
            knit = _knit(m[8], abs(m[9]) - 0.8 * m[10])
        open_sky, keyed = m[6], m[7]
        kx, ky, kz = self.key
        lambert = max(0.0, (nx * kx + ny * ky + nz * kz + 0.18) / 1.18) * keyed
        facing = max(0.0, nx * self.back[0] + ny * self.back[1] + nz * self.back[2])
        rx, ry, rz = self.rim
        rim = max(0.0, nx * rx + ny * ry + nz * rz)
        # Mixed in rather than added: on white, added light would only burn out.
        rim = min(0.85, rim * (1 - facing) ** 1.6 * self.rim_strength * (0.3 + 0.7 * open_sky))
        hx, hy, hz = self.half
        shine = material.gloss * max(0.0, nx * hx + ny * hy + nz * hz) ** 28 * keyed
        shine += material.gloss * 0.5 * (1 - facing) ** 4 * open_sky
        above = 0.5 + 0.5 * nz
        dim = 0.18 + 0.82 * open_sky
        out = []
        for channel in range(3):
            base = _LINEAR[material.pixels[at * 3 + channel]] * knit
            room = SKY_COLOUR[channel] * above + FLOOR_COLOUR[channel] * 0.80 * (1 - above)
            room *= 1 - (1 - dim) * SHADE_DEPTH[channel]
            value = base * (0.64 * room + 0.52 * KEY_COLOUR[channel] * lambert)
            value += (RIM_COLOUR[channel] - value) * rim + shine
            # A soft shoulder: highlights roll off and whites keep their shape.
            value = value if value < 0.8 else 0.8 + (1 - 1 / (1 + (value - 0.8) * 4)) * 0.22
            out.append(_ENCODED[min(4095, int(value * 4095))])
        return (out[0], out[1], out[2])


def _knit(across: float, along: float) -> float:
    """How much a hole of the knit darkens: holes in staggered rows, 2.4 mm apart, on the unrolled upper."""
    row = along / 0.24
    level = floor(row)
    a = across / 0.30 + (0.5 if level % 2 else 0.0)
    da, db = (a - floor(a) - 0.5) * 0.30, (row - level - 0.5) * 0.24
    gone = sqrt(da * da * 0.8 + db * db)
    if gone > 0.095:
        return 1.03
    return 0.68 + 0.35 * (gone / 0.095) ** 3
