"""A paintbrush for the examples: smooth shapes with gradients, painted on a Pillow image."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, pi, sin
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUPERSAMPLE = 4

Spot = tuple[float, float]
Shape = list[Spot]
Stops = list[tuple[float, str]]


def path(commands: str, *, steps: int = 28) -> Shape:
    """A closed shape from SVG path commands in absolute coordinates: M, L, C and Q."""
    words = iter(commands.replace(",", " ").split())
    shape: Shape = []
    for word in words:
        if word in "ML":
            shape.append(_spot(words))
        elif word in "CQ":
            corners = [shape[-1], *[_spot(words) for _ in range(3 if word == "C" else 2)]]
            shape += [_bend(corners, i / steps) for i in range(1, steps + 1)]
        else:
            raise ValueError(f"{word!r} is not a path command known here")
    return shape


def _spot(words: Iterator[str]) -> Spot:
    return float(next(words)), float(next(words))


def _bend(corners: Sequence[Spot], f: float) -> Spot:
    """De Casteljau's construction, for a curve of any degree."""
    while len(corners) > 1:
        pairs = pairwise(corners)
        corners = [(a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f) for a, b in pairs]
    return corners[0]


def ellipse(x: float, y: float, rx: float, ry: float, turn: float = 0.0) -> Shape:
    """An ellipse around (x, y), turned clockwise by `turn` degrees."""
    c, s = cos(turn * pi / 180), sin(turn * pi / 180)
    ring = [(rx * cos(pi * i / 60), ry * sin(pi * i / 60)) for i in range(120)]
    return [(x + a * c - b * s, y + a * s + b * c) for a, b in ring]


def box(left: float, top: float, right: float, bottom: float, corner: float = 0.0) -> Shape:
    """A rectangle, with round corners where `corner` is more than nothing."""
    middles = (
        (right - corner, bottom - corner), (left + corner, bottom - corner),
        (left + corner, top + corner), (right - corner, top + corner),
    )  # fmt: skip
    return [
        (x + corner * cos(pi / 2 * (quarter + i / 12)), y + corner * sin(pi / 2 * (quarter + i / 12)))
        for quarter, (x, y) in enumerate(middles)
        for i in range(13)
    ]


def ridge(width: float, foot: float, level: float, *waves: tuple[float, float, float]) -> Shape:
    """A skyline from edge to edge, filled down to `foot`; waves are (height, length, shift in radians)."""
    tops = [
        (x, level - sum(h * sin(2 * pi * x / length + shift) for h, length, shift in waves))
        for x in (width * i / 120 for i in range(121))
    ]
    return [*tops, (width, foot), (0.0, foot)]


def turned(shape: Shape, about: Spot, degrees: float) -> Shape:
    """The shape turned clockwise about a spot."""
    c, s = cos(degrees * pi / 180), sin(degrees * pi / 180)
    (x0, y0) = about
    return [(x0 + (x - x0) * c - (y - y0) * s, y0 + (x - x0) * s + (y - y0) * c) for x, y in shape]


def moved(shape: Shape, dx: float, dy: float, size: float = 1.0) -> Shape:
    """The shape at `size` times its own, and then moved."""
    return [(x * size + dx, y * size + dy) for x, y in shape]


def stroke(line: Sequence[Spot], width: float, *, taper: bool = False) -> Shape:
    """A line with a width and round ends; with `taper` it thins toward both ends."""
    left: Shape = []
    right: Shape = []
    for i, (x, y) in enumerate(line):
        (ax, ay), (bx, by) = line[max(0, i - 1)], line[min(len(line) - 1, i + 1)]
        length = hypot(bx - ax, by - ay) or 1.0
        part = i / (len(line) - 1)
        half = width / 2 * (sin(pi * (0.08 + 0.84 * part)) if taper else 1.0)
        dx, dy = (ay - by) / length * half, (bx - ax) / length * half
        left.append((x + dx, y + dy))
        right.append((x - dx, y - dy))
    return [*left, *reversed(right)]


@dataclass(frozen=True, slots=True)
class Linear:
    """A gradient from one spot to another; stops are (0 to 1, CSS colour)."""

    start: Spot
    end: Spot
    stops: Stops


@dataclass(frozen=True, slots=True)
class Radial:
    """A gradient outward from a spot; stops are (0 at the centre to 1 at the radius, CSS colour)."""

    centre: Spot
    radius: Spot
    stops: Stops


Paint = str | Linear | Radial


class Canvas:
    """An image to paint on. Shapes are painted over what is there."""

    def __init__(self, size: tuple[int, int], ground: str = "#00000000") -> None:
        self.image = Image.new("RGBA", size, ground)

    def paint(
        self,
        shape: Shape,
        paint: Paint,
        *,
        blur: float = 0.0,
        opacity: float = 1.0,
        inside: Shape | None = None,
    ) -> None:
        """Fill a shape; `blur` softens it, `inside` keeps it within another shape."""
        mask = self._mask(shape)
        if blur:
            mask = mask.filter(ImageFilter.GaussianBlur(blur))
        if inside is not None:
            mask = ImageChops.multiply(mask, self._mask(inside))
        if opacity < 1:
            mask = mask.point(lambda v: round(v * opacity))
        layer = _filled(self.image.size, paint)
        layer.putalpha(ImageChops.multiply(layer.getchannel("A"), mask))
        self.image.alpha_composite(layer)

    def fill(self, paint: Paint) -> None:
        """Fill everything."""
        self.image.alpha_composite(_filled(self.image.size, paint))

    def lay(self, other: Image.Image, at: tuple[int, int] = (0, 0)) -> None:
        """Lay another picture on top; it may hang over the edge."""
        layer = Image.new("RGBA", self.image.size)
        layer.paste(other, at)
        self.image.alpha_composite(layer)

    def _mask(self, shape: Shape) -> Image.Image:
        width, height = self.image.size
        mask = Image.new("L", (width * SUPERSAMPLE, height * SUPERSAMPLE), 0)
        corners = [(x * SUPERSAMPLE, y * SUPERSAMPLE) for x, y in shape]
        ImageDraw.Draw(mask).polygon(corners, fill=255)
        return mask.reduce(SUPERSAMPLE)


def reduced(picture: Image.Image) -> Image.Image:
    """The picture in 256 dithered colours: half the bytes and no visible steps."""
    palette = picture.quantize(256, method=Image.Quantize.MEDIANCUT, kmeans=3)
    return picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)


def _filled(size: tuple[int, int], paint: Paint) -> Image.Image:
    if isinstance(paint, str):
        return Image.new("RGBA", size, paint)
    place = _along(size, paint) if isinstance(paint, Linear) else _outward(size, paint)
    channels = [
        place.point([_mix(paint.stops, i / 255)[channel] for i in range(256)]) for channel in range(4)
    ]
    return Image.merge("RGBA", channels)


def _along(size: tuple[int, int], paint: Linear) -> Image.Image:
    """How far along the gradient each pixel lies, 0 to 255."""
    (ax, ay), (bx, by) = paint.start, paint.end
    dx, dy = bx - ax, by - ay
    square = dx * dx + dy * dy
    # A ramp three lengths long, the gradient in its middle third, so that both ends are flat.
    ramp = Image.new("L", (768, 1))
    ramp.putdata([0] * 256 + list(range(256)) + [255] * 256)
    a, b = dx / square * 256, dy / square * 256
    c = 256 - a * ax - b * ay
    wide = Image.new("L", (20000, 3), 255)
    wide.paste(0, (0, 0, 10000, 3))
    wide.paste(ramp.resize((768, 3)), (9744, 0))
    return wide.transform(size, Image.Transform.AFFINE, (a, b, c + 9744, 0, 0, 1), Image.Resampling.BILINEAR)


def _outward(size: tuple[int, int], paint: Radial) -> Image.Image:
    """How far from the centre each pixel lies, 0 to 255."""
    (x, y), (rx, ry) = paint.centre, paint.radius
    # Pillow's gradient reaches 255 in its corners; here that is the middle of its sides.
    disc = Image.radial_gradient("L").point(lambda v: min(255, round(v * 2**0.5)))
    disc = disc.resize((round(2 * rx), round(2 * ry)), Image.Resampling.BICUBIC)
    place = Image.new("L", size, 255)
    place.paste(disc, (round(x - rx), round(y - ry)))
    return place


def _mix(stops: Stops, at: float) -> tuple[int, ...]:
    low = max((s for s in stops if s[0] <= at), key=lambda s: s[0], default=stops[0])
    high = min((s for s in stops if s[0] >= at), key=lambda s: s[0], default=stops[-1])
    span = high[0] - low[0]
    f = (at - low[0]) / span if span else 0.0
    return tuple(round(p + (q - p) * f) for p, q in zip(_rgba(low[1]), _rgba(high[1]), strict=True))


def _rgba(colour: str) -> tuple[int, ...]:
    rgb = ImageColor.getrgb(colour)
    return rgb if len(rgb) == 4 else (*rgb, 255)
