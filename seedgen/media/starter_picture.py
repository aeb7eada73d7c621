"""The starter project's reference: a cup on a table, drawn, so that the package ships no photograph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from pathlib import Path

_SCALE = 3
_WIDTH, _HEIGHT = 960, 720


def draw_cup(path: Path) -> None:
    """Write a PNG of 960x720: a blue cup on a light ground. Raises OSError."""
    image = Image.new("RGB", (_WIDTH * _SCALE, _HEIGHT * _SCALE), (246, 243, 238))
    _shadow(image)
    draw = ImageDraw.Draw(image)
    blue, dark, pale = (58, 104, 142), (40, 76, 108), (112, 156, 190)
    draw.ellipse(_box(610, 300, 790, 480), outline=blue, width=34 * _SCALE)
    draw.polygon(_points((300, 230), (660, 230), (620, 560), (340, 560)), fill=blue)
    draw.ellipse(_box(340, 530, 620, 590), fill=blue)
    draw.polygon(_points((330, 250), (392, 250), (410, 560), (362, 560)), fill=pale)
    draw.polygon(_points((590, 250), (655, 250), (618, 556), (580, 566)), fill=dark)
    draw.ellipse(_box(300, 190, 660, 270), fill=pale)
    draw.ellipse(_box(322, 202, 638, 260), fill=(74, 44, 30))
    draw.ellipse(_box(350, 208, 540, 244), fill=(112, 70, 46))
    smooth = image.resize((_WIDTH, _HEIGHT), Image.Resampling.LANCZOS)
    path.parent.mkdir(parents=True, exist_ok=True)
    smooth.save(path, optimize=True)


def _shadow(image: Image.Image) -> None:
    mask = Image.new("L", image.size, 0)
    ImageDraw.Draw(mask).ellipse(_box(300, 545, 720, 625), fill=110)
    image.paste((120, 108, 96), (0, 0), mask.filter(ImageFilter.GaussianBlur(14 * _SCALE)))


def _box(left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
    return left * _SCALE, top * _SCALE, right * _SCALE, bottom * _SCALE


def _points(*spots: tuple[int, int]) -> list[tuple[int, int]]:
    return [(x * _SCALE, y * _SCALE) for x, y in spots]
