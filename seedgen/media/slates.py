"""Draw slates: the card that stands for a shot, and the small label burnt into a corner of a clip.

All measures are parts of the frame's short side, so that a slate looks the same in every format; the
smallest type is still legible at 480 lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageColor, ImageDraw

from seedgen.geometry import Size
from seedgen.media.lettering import (
    Weight,
    draw_lines,
    limit,
    line_height,
    load_font,
    shorten,
    text_width,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.media.lettering import Font
    from seedgen.ports.media import CardSegment

    Colour = tuple[int, int, int]

_SAFE = 0.05
"""Title safe margin at each side (SMPTE ST 2046-1: the inner 90 percent)."""

_CARD_MARGIN = 0.09
_TITLE_SIZES = (0.11, 0.095, 0.08, 0.065, 0.055)
_LINE_SIZE = 0.041
_BODY_SETTINGS = ((0.053, 27), (0.048, 30), (0.044, 33), (0.04, 36), (0.037, 38))
"""Type sizes with the widest measure in ems. About 60 characters read best; long texts need more."""

_MOST_LETTERS = 4_000
"""More than any card holds; a prompt may be much longer, and setting it takes time."""

_LABEL_SIZE = 0.034
_LABEL_PLATE = (10, 10, 12, 150)
_LABEL_INK = (255, 255, 255, 255)
_LABEL_QUIET_INK = (255, 255, 255, 190)
_OVERSAMPLING = 4

_LIGHT_GROUND = 0.18
"""Relative luminance from which black letters have the higher contrast (WCAG 2.2, contrast ratio)."""


@dataclass(frozen=True, slots=True)
class _Block:
    """Set lines with the space above them, ready to be stacked."""

    lines: Sequence[str]
    font: Font
    ink: Colour
    above: int = 0

    @property
    def height(self) -> int:
        return self.above + len(self.lines) * line_height(self.font)


def draw_card(card: CardSegment, size: Size, background: str) -> Image.Image:
    """A card as large as the frame, on `background` (`#rrggbb`). Text that does not fit ends with `…`."""
    ground = _rgb(background)
    image = Image.new("RGB", (size.width, size.height), ground)
    short = min(size.width, size.height)
    margin = round(_CARD_MARGIN * short)
    left = max(margin, round(_CARD_MARGIN * size.width))
    room = size.height - 2 * margin
    head = _heading(card, short, size.width - 2 * left, ground)
    body = _body(card, short, size.width - 2 * left, room - _height(head), ground)
    draw = ImageDraw.Draw(image)
    # A block looks centred when it stands a little above the middle.
    top = margin + round((room - _height(head) - _height(body)) * 0.46)
    top = _stack(draw, head, left, top)
    if body:
        _rule(draw, left, top + body[0].above // 2, short, ground)
    _stack(draw, body, left, top)
    return image


_LABEL_WIDEST = 0.6
"""The rest of the width belongs to the mark of a stand-in."""


def draw_label(lines: Sequence[str], size: Size) -> Image.Image | None:
    """The burn-in label for a frame of `size`: letters on a translucent plate, only as large as needed.

    Its sides are even, as 4:2:0 video needs them. None when the lines are empty.
    """
    short = min(size.width, size.height)
    pixels = max(10, round(_LABEL_SIZE * short))
    fonts = [load_font(Weight.MEDIUM if row else Weight.SEMIBOLD, pixels) for row in range(len(lines))]
    across, down = round(pixels * 0.7), round(pixels * 0.42)
    room = round((1 - 2 * _SAFE) * size.width * _LABEL_WIDEST) - 2 * across
    texts = [shorten(line, font, room) for line, font in zip(lines, fonts, strict=True)]
    if not any(texts):
        return None
    width = max(text_width(text, font) for text, font in zip(texts, fonts, strict=True)) + 2 * across
    height = len(texts) * line_height(fonts[0]) + 2 * down
    image = draw_plate(Size(width + width % 2, height + height % 2), round(pixels * 0.38), _LABEL_PLATE)
    letters = Image.new("RGBA", image.size, (*_LABEL_INK[:3], 0))
    draw, top = ImageDraw.Draw(letters), down
    for row, (text, font) in enumerate(zip(texts, fonts, strict=True)):
        ink = _LABEL_QUIET_INK if row else _LABEL_INK
        top = draw_lines(draw, [text], left=across, top=top, font=font, ink=ink)
    return Image.alpha_composite(image, letters)


def label_place(label: Image.Image, size: Size) -> tuple[int, int]:
    """Where the label's upper left corner goes, on even pixels: the upper left of the safe area.

    Captions stand below and the mark of a stand-in upper right, so nothing is covered.
    """
    left = round(_SAFE * size.width)
    top = min(round(_SAFE * size.height), max(0, size.height - label.height))
    return left + left % 2, top - top % 2


def draw_plate(size: Size, radius: int, colour: tuple[int, int, int, int]) -> Image.Image:
    """A plate with rounded corners, drawn larger and reduced, as Pillow draws curves without smoothing."""
    mask = Image.new("L", (size.width * _OVERSAMPLING, size.height * _OVERSAMPLING))
    box = (0, 0, mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius * _OVERSAMPLING, fill=colour[3])
    plate = Image.new("RGBA", (size.width, size.height), colour)
    plate.putalpha(mask.resize((size.width, size.height), Image.Resampling.BOX))
    return plate


def _mix(ink: Colour, ground: Colour, part: float) -> Colour:
    """A colour between: `part` of the ink, the rest of the ground."""
    red, green, blue = (round(a * part + b * (1 - part)) for a, b in zip(ink, ground, strict=True))
    return red, green, blue


def _ink_on(ground: Colour) -> Colour:
    """Near black or near white, whichever reads better on the ground."""
    return (20, 20, 23) if _luminance(ground) > _LIGHT_GROUND else (244, 244, 246)


def _heading(card: CardSegment, short: int, width: int, ground: Colour) -> list[_Block]:
    ink = _ink_on(ground)
    font = _largest(card.title, _TITLE_SIZES, short, width)
    blocks = [_Block(limit(wrap(card.title, font, width), 2, font, width), font, ink)]
    small = load_font(Weight.MEDIUM, round(_LINE_SIZE * short))
    lines = [shorten(line, small, width) for line in card.lines]
    if lines:
        blocks.append(_Block(lines, small, _mix(ink, ground, 0.64), above=round(0.018 * short)))
    return blocks


def _body(card: CardSegment, short: int, width: int, room: int, ground: Colour) -> list[_Block]:
    """The paragraph in the largest type in which it fits, else in the smallest and cut."""
    text = card.body[:_MOST_LETTERS].strip()
    if not text:
        return []
    above = round(0.1 * short)
    for part, ems in _BODY_SETTINGS:
        font = load_font(Weight.MEDIUM, round(part * short))
        measure = min(width, round(ems * font.size))
        lines = wrap(text, font, measure)
        most = max(0, (room - above) // line_height(font))
        if len(lines) <= most:
            break
    if not most:
        return []
    return [_Block(limit(lines, most, font, measure), font, _mix(_ink_on(ground), ground, 0.88), above)]


def _largest(text: str, parts: Sequence[float], short: int, width: int) -> Font:
    for part in parts:
        font = load_font(Weight.SEMIBOLD, round(part * short))
        if text_width(text, font) <= width:
            break
    return font


def _height(blocks: Sequence[_Block]) -> int:
    return sum(block.height for block in blocks)


def _stack(draw: ImageDraw.ImageDraw, blocks: Sequence[_Block], left: int, top: int) -> int:
    for block in blocks:
        top = draw_lines(draw, block.lines, left=left, top=top + block.above, font=block.font, ink=block.ink)
    return top


def _rule(draw: ImageDraw.ImageDraw, left: int, middle: int, short: int, ground: Colour) -> None:
    thick = max(2, round(0.004 * short))
    box = (left, middle, left + round(0.09 * short) - 1, middle + thick - 1)
    draw.rectangle(box, fill=_mix(_ink_on(ground), ground, 0.4))


def _luminance(colour: Colour) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _rgb(text: str) -> Colour:
    red, green, blue = ImageColor.getrgb(text)[:3]
    return red, green, blue
