"""Compose a reference on a canvas larger than the frame, for the camera to move over.

A picture on a plain ground (a product on white) gets more of its own ground, without a seam. Any
other picture stands before a dark, blurred copy of itself.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from math import cos, pi, sin
from random import Random
from statistics import median
from typing import TYPE_CHECKING, cast

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageMath, ImageStat

from seedgen.geometry import Size
from seedgen.media.camera import Draw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.media.camera import Move

    Colour = tuple[int, int, int]

_SHARE = 0.84
"""How much of the stage a picture fills."""

_SMALL = 16
"""A backdrop is blurred at a sixteenth of its size: it is all soft, and costs nothing so."""

_FAINTEST = 8
"""How far off the ground's colour something must be to be seen at all."""

_LIGHT = 190
"""From this lightness of its border, of 255, a picture may stand before a light copy of itself."""

_GRAIN = 3.0
"""Levels of 255 from the darkest to the brightest grain."""

_EVEN_ENOUGH = 14
"""How far a channel may be off at the border of a plain ground: JPEG noise and a soft light fall-off."""


_SHADOW = 60
"""A twentieth of the border may be off by this much: a soft shadow that runs out of the picture."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where in the frame pictures stand: the frame, and the height above the caption."""

    frame: Size
    height: int

    def place(self, shape: Size) -> tuple[int, int, Size]:
        """Left, top and size of a picture of this shape: contained, centred, with air around it."""
        room = Size(int(self.frame.width * _SHARE), int(self.height * _SHARE))
        size = shape.contained_in(room)
        return (self.frame.width - size.width) // 2, (self.height - size.height) // 2, size

    def room(self, shape: Size) -> tuple[int, int]:
        """How many pixels a picture can travel, across and down, without leaving the stage."""
        left, top, _ = self.place(shape)
        air = min(self.frame.width, self.height) // 28
        return max(0, 2 * (left - air)), max(0, 2 * (top - air))


def canvas_size(frame: Size, move: Move) -> Size:
    """The size of a canvas over which a window of the frame's size can make the move."""
    across, down = move.travel
    return Size(frame.width + across, frame.height + down)


def compose(picture: Image.Image, ground: Colour | None, stage: Stage, move: Move) -> Image.Image:
    """The canvas for `move` over `picture`, RGB; `ground` is the colour of its plain ground, if it has one.

    Half-way through the move the picture is centred on the stage.
    """
    across, down = move.travel
    whole = canvas_size(stage.frame, move)
    left, top, size = stage.place(Size(*picture.size))
    left, top = left + across // 2, top + down // 2
    subject = picture.resize((size.width, size.height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if ground is not None:
        canvas = Image.new("RGB", (whole.width, whole.height), ground)
        canvas.paste(subject, (left, top), _feathered(size))
        return canvas
    canvas = _blurred(subject, whole)
    _shade(canvas, (left, top), size)
    canvas.paste(subject, (left, top))
    return canvas


def trimmed(picture: Image.Image, ground: Colour) -> Image.Image:
    """A picture on plain ground cut down to its subject with some air.

    Catalogue pictures often are mostly ground, and would stand small in the frame.
    """
    scale = max(1, max(picture.size) // 320)
    small = picture.reduce(scale)
    off = ImageChops.difference(small, Image.new("RGB", small.size, ground))
    strongest = ImageChops.lighter(ImageChops.lighter(*off.split()[:2]), off.getchannel("B"))
    box = strongest.point([255 * (value > _FAINTEST) for value in range(256)]).getbbox()
    if box is None:
        return picture
    left, top, right, bottom = (side * scale for side in box)
    air = max(right - left, bottom - top) // 8 + scale
    width, height = picture.size
    return picture.crop(
        (max(0, left - air), max(0, top - air), min(width, right + air), min(height, bottom + air))
    )


def gradient(seed: str, size: Size) -> Image.Image:
    """A calm, dark gradient of two neighbouring hues, RGB, finely grained against banding."""
    draw = Draw(f"{seed} gradient")
    hue, lean = draw.below(360), draw.below(8)
    start = _tone(hue, 0.44)
    end = _tone(hue + 36 + draw.below(30), 0.20)
    channels = [_ramp(size, from_, to, pi * lean / 4) for from_, to in zip(start, end, strict=True)]
    return _with_grain(channels)


def plain_ground(picture: Image.Image) -> Colour | None:
    """The colour all around the picture's border when it is one colour, else None."""
    small = picture.resize((64, 64), Image.Resampling.BOX)
    edge = 63
    ring = [small.getpixel(spot) for i in range(64) for spot in ((i, 0), (i, edge), (0, i), (edge, i))]
    colours = [colour for colour in ring if isinstance(colour, tuple)]
    middle = [int(median(colour[channel] for colour in colours)) for channel in range(3)]
    off = [max(abs(colour[channel] - middle[channel]) for channel in range(3)) for colour in colours]
    even = sorted(off)[len(off) * 19 // 20] <= _EVEN_ENOUGH and max(off) <= _SHADOW
    return (middle[0], middle[1], middle[2]) if even else None


def _feathered(size: Size) -> Image.Image:
    """A mask that is soft at its border, so that a ground that is not quite even shows no edge."""
    soft = max(2, min(size.width, size.height) // 28)
    mask = Image.new("L", (size.width, size.height), 0)
    ImageDraw.Draw(mask).rectangle((soft, soft, size.width - soft - 1, size.height - soft - 1), fill=255)
    return mask.filter(ImageFilter.BoxBlur(soft - 1))


def _blurred(picture: Image.Image, canvas: Size) -> Image.Image:
    small = Size(max(8, canvas.width // _SMALL), max(8, canvas.height // _SMALL))
    cover = Size(*picture.size).covering(small)
    copy = picture.resize((cover.width, cover.height), Image.Resampling.BOX)
    left, top = (cover.width - small.width) // 2, (cover.height - small.height) // 2
    copy = copy.crop((left, top, left + small.width, top + small.height))
    copy = copy.filter(ImageFilter.GaussianBlur(max(small.width, small.height) / 14))
    copy = ImageEnhance.Color(copy).enhance(1.25)
    tone = _softened if _is_light(picture) else _dimmed
    copy = copy.point([tone(value) for value in range(256)] * 3)
    whole = (canvas.width, canvas.height)
    return _with_grain([c.convert("F").resize(whole, Image.Resampling.BICUBIC) for c in copy.split()])


def _is_light(picture: Image.Image) -> bool:
    """Whether a picture is light along its border and not dark as a whole."""
    small = picture.convert("L").resize((16, 16), Image.Resampling.BOX)
    border = [small.getpixel(spot) for i in range(16) for spot in ((i, 0), (i, 15), (0, i), (15, i))]
    lightness = median(value for value in border if isinstance(value, int | float))
    return lightness > _LIGHT and ImageStat.Stat(small).mean[0] > 0.75 * _LIGHT


def _dimmed(value: int) -> int:
    """Darker, whites most of all: the picture before it must be the brightest thing in the frame."""
    return int(14.5 + 112 * (value / 255.0))


def _softened(value: int) -> int:
    """A light picture stands before a light wall: darkened, cream would turn to mud."""
    return int(70 + 160 * (value / 255.0))


def _shade(canvas: Image.Image, corner: tuple[int, int], size: Size) -> None:
    """A soft shadow under the picture that will stand at `corner`."""
    reach = max(8, min(size.width, size.height) // 14)
    margin = 4 * reach  # a Gaussian is nothing beyond three sigmas; nearer, its end would show as an edge
    scale = 8
    box = (size.width + 2 * margin, size.height + 2 * margin)
    small = Image.new("L", (box[0] // scale, box[1] // scale), 0)
    inset = margin // scale
    ImageDraw.Draw(small).rectangle(
        (inset, inset, small.width - inset - 1, small.height - inset - 1), fill=120
    )
    mask = small.filter(ImageFilter.GaussianBlur(reach / scale)).resize(box, Image.Resampling.BICUBIC)
    canvas.paste((0, 0, 0), (corner[0] - margin, corner[1] - margin + reach // 3), mask)


def _tone(hue: int, lightness: float) -> Colour:
    red, green, blue = colorsys.hls_to_rgb(hue % 360 / 360, lightness, 0.30)
    return round(red * 255), round(green * 255), round(blue * 255)


def _ramp(size: Size, start: int, end: int, angle: float) -> Image.Image:
    """A ramp from `start` to `end` in the direction of `angle`, in floating point."""
    cells = 9
    along, up = cos(angle), sin(angle)
    span = (abs(along) + abs(up)) * (cells - 1)
    offset = min(0.0, along) + min(0.0, up)
    small = Image.new("F", (cells, cells))
    small.putdata(
        [
            start + (end - start) * ((x * along + y * up) - offset * (cells - 1)) / span
            for y in range(cells)
            for x in range(cells)
        ]
    )
    return small.resize((size.width, size.height), Image.Resampling.BICUBIC)


def _with_grain(channels: Sequence[Image.Image]) -> Image.Image:
    """Round floating point channels to RGB with a fine grain, the same each time.

    Without it slow ramps fall into bands, and these into blocks once they are encoded.
    """
    size = channels[0].size
    noise = Random(0).randbytes(size[0] * size[1])  # noqa: S311  grain, not a secret
    # The conversion below cuts off: with 0.5 added it rounds.
    levels = [0.5 + _GRAIN * (value / 255.0 - 0.5) for value in range(256)]
    grain = Image.frombytes("L", size, noise).point(levels, "F")
    return Image.merge("RGB", [_sum(channel, grain).convert("L") for channel in channels])


def _sum(channel: Image.Image, grain: Image.Image) -> Image.Image:
    return cast("Image.Image", ImageMath.lambda_eval(lambda of: of["a"] + of["b"], a=channel, b=grain))
