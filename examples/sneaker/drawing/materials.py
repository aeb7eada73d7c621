"""What the shoe is made of: pictures wrapped around its surfaces, painted flat with seams and stitches."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import hypot
from typing import TYPE_CHECKING

from PIL import Image, ImageChops, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Colour = tuple[int, int, int]
Spot = tuple[float, float]

WHITE: Colour = (250, 247, 247)
BLUSH: Colour = (250, 221, 228)
PINK: Colour = (245, 172, 190)
ROSE: Colour = (234, 122, 152)
BERRY: Colour = (196, 74, 110)


@dataclass(frozen=True, slots=True)
class Material:
    """A picture (`pixels`, RGB rows) wrapped around a surface, where its mesh is, and how it shines."""

    pixels: bytes
    size: tuple[int, int]
    mesh: bytes | None = None
    gloss: float = 0.12


class Sheet:
    """A flat sheet, `size` pixels, on which panels are laid. Places are fractions: (u, v), v upward.

    The sheet itself may be knit (`mesh`); what is laid on it is not. Each panel is embossed along its
    edge as if cut from something thick, which is what makes seams readable.
    """

    def __init__(self, size: tuple[int, int], ground: Colour, *, mesh: bool = False) -> None:
        self.size = size
        self.colour = Image.new("RGB", size, ground)
        self.mesh = Image.new("L", size, 255 if mesh else 0)
        self.light = Image.new("L", size, 128)

    def spot(self, place: Spot) -> Spot:
        """The pixel of a place."""
        return place[0] * self.size[0], place[1] * self.size[1]

    def panel(self, outline: Sequence[Spot], colour: Colour, *, relief: float = 1.0, thick: int = 7) -> None:
        """Lay a panel with this outline; a second one on the other side of the shoe is the caller's."""
        shape = Image.new("L", self.size, 0)
        ImageDraw.Draw(shape).polygon([self.spot(p) for p in outline], fill=255)
        self._lay(shape, colour, relief, thick)

    def line(self, path: Sequence[Spot], colour: Colour, width: int, *, relief: float = 0.6) -> None:
        """Lay a cord along a path; `width` in pixels."""
        shape = Image.new("L", self.size, 0)
        ImageDraw.Draw(shape).line([self.spot(p) for p in path], fill=255, width=width, joint="curve")
        self._lay(shape, colour, relief, 3)

    def _lay(self, whole: Image.Image, colour: Colour, relief: float, thick: int) -> None:
        box = _grown(whole.getbbox(), thick * 5, self.size)
        shape = whole.crop(box)
        self.colour.paste(colour, box, shape.filter(ImageFilter.GaussianBlur(1.2)))
        self.mesh.paste(0, box, shape)
        if not relief:
            return
        # Light from above: a rim that faces up is bright; one that faces down is dark.
        blurred = shape.filter(ImageFilter.GaussianBlur(thick))
        moved = blurred.copy()
        moved.paste(blurred, (0, thick))
        rim = ImageChops.subtract(moved, blurred, scale=1.6 / relief, offset=128)
        gap = shape.filter(ImageFilter.FIND_EDGES).filter(ImageFilter.GaussianBlur(1.8))
        gap = gap.point(lambda value: min(255, int(value * 2.4)))
        light = ImageChops.overlay(self.light.crop(box), rim)
        light.paste(70, mask=gap.point(lambda value: int(value * min(1.0, relief))))
        self.light.paste(light, box)

    def stitch(self, path: Sequence[Spot], colour: Colour, width: int = 8) -> None:
        """Sew along a path with a thread `width` pixels thick."""
        draw = ImageDraw.Draw(self.colour)
        shade = ImageDraw.Draw(self.light)
        for thread in _dashes([self.spot(p) for p in path], 24, 16):
            shade.line([(x, y - 4) for x, y in thread], fill=92, width=width - 1, joint="curve")
            draw.line(thread, fill=colour, width=width, joint="curve")

    def eyelet(self, place: Spot, radius: tuple[float, float], colour: Colour) -> None:
        """Punch a hole with a rim."""
        x, y = self.spot(place)
        draw = ImageDraw.Draw(self.colour)
        for scale, fill in ((1.0, colour), (0.62, (120, 60, 78))):
            rx, ry = radius[0] * scale, radius[1] * scale
            draw.ellipse([x - rx, y - ry, x + rx, y + ry], fill=fill)

    def shade(self, darkness: Callable[[float, float], float]) -> None:
        """Darken by a smooth function of place, from 0 (not at all) to 1 (black)."""
        small = Image.new("L", (256, 128))
        values = [darkness((i + 0.5) / 256, (j + 0.5) / 128) for j in range(128) for i in range(256)]
        small.putdata([round(255 * (1 - v)) for v in values])
        layer = small.resize(self.size, Image.Resampling.BICUBIC)
        self.colour = ImageChops.multiply(self.colour, Image.merge("RGB", (layer, layer, layer)))

    def finish(self, gloss: float = 0.12) -> Material:
        """The sheet as a material."""
        light = self.light.filter(ImageFilter.GaussianBlur(0.8))
        # Overlay moves saturated colours too far; half of it keeps the pinks clean.
        embossed = ImageChops.overlay(self.colour, Image.merge("RGB", (light, light, light)))
        pixels = Image.blend(self.colour, embossed, 0.75)
        return Material(pixels.tobytes(), self.size, self.mesh.tobytes(), gloss)


def plain(colour: Colour, gloss: float = 0.12) -> Material:
    """One colour all over."""
    return Material(bytes(colour), (1, 1), None, gloss)


def woven(colour: Colour, dark: Colour, size: tuple[int, int], ribs: int, gloss: float = 0.05) -> Material:
    """A cord's weave: slanting ribs along the length, for laces and loops."""
    picture = Image.new("RGB", size, colour)
    draw = ImageDraw.Draw(picture)
    step = size[0] / ribs
    for i in range(-4, ribs + 4):
        x = i * step
        draw.line([(x, 0), (x + step * 2, size[1])], fill=dark, width=max(1, round(step * 0.28)))
    picture = picture.filter(ImageFilter.GaussianBlur(step * 0.12))
    return Material(picture.tobytes(), size, None, gloss)


def _grown(
    box: tuple[int, int, int, int] | None, by: int, size: tuple[int, int]
) -> tuple[int, int, int, int]:
    left, top, right, bottom = box or (0, 0, 1, 1)
    return max(0, left - by), max(0, top - by), min(size[0], right + by), min(size[1], bottom + by)


def _dashes(path: Sequence[Spot], dash: float, gap: float) -> list[list[Spot]]:
    """Cut a path into pieces `dash` long with `gap` between them, bending where the path bends."""
    pieces: list[list[Spot]] = []
    piece: list[Spot] = []
    done, step = 0.0, 2.0
    for (ax, ay), (bx, by) in pairwise(path):
        count = max(1, round(hypot(bx - ax, by - ay) / step))
        for i in range(count):
            if done % (dash + gap) < dash:
                piece.append((ax + (bx - ax) * i / count, ay + (by - ay) * i / count))
            elif piece:
                pieces.append(piece)
                piece = []
            done += step
    return [p for p in [*pieces, piece] if len(p) > 2]
