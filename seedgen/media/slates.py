"""Draw cards: the slate that names a shot; titles are drawn by a module of their own.

All measures are parts of the frame's short side, so that a slate looks the same in every format; the
smallest type is still legible at 480 lines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from seedgen.media.inks import colour, ink_on, mix
from seedgen.media.lettering import (
    Weight,
    draw_lines,
    limit,
    line_height,
    load_font,
    text_width,
    wrap,
    wrap_facts,
)
from seedgen.media.titles import draw_title
from seedgen.ports.segments import CardStyle
from seedgen.project.reels import BLUR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.geometry import Size
    from seedgen.media.inks import Colour
    from seedgen.media.lettering import Font
    from seedgen.ports.segments import CardSegment

_UNBLURRED = (18, 18, 21)
_CARD_MARGIN = 0.09
_TITLE_SIZES = (0.11, 0.095, 0.08, 0.065, 0.055)
_ROWS = 3
"""For a title or a line of facts, where the frame is narrow. Then every id can be read to its end."""

_LINE_SIZE = 0.041
_BODY_SETTINGS = ((0.053, 27), (0.048, 30), (0.044, 33), (0.04, 36), (0.037, 38))
"""Type sizes with the widest measure in ems. About 60 characters read best; long texts need more."""

_MOST_LETTERS = 4_000
"""More than any card holds; a prompt may be much longer, and setting it takes time."""


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
    """A card as large as the frame, on `background` (`#rrggbb`). Text that does not fit ends with `…`.

    Behind a card there is no picture to blur: instead of `blur` it stands on a dark neutral ground.
    """
    ground = _UNBLURRED if background == BLUR else colour(background)
    if card.style is CardStyle.TITLE:
        return draw_title(card, size, ground)
    return _draw_slate(card, size, ground)


def _draw_slate(card: CardSegment, size: Size, ground: Colour) -> Image.Image:
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


def _heading(card: CardSegment, short: int, width: int, ground: Colour) -> list[_Block]:
    ink = ink_on(ground)
    font = _largest(card.title, _TITLE_SIZES, short, width)
    blocks = [_Block(limit(wrap(card.title, font, width), _ROWS, font, width), font, ink)]
    small = load_font(Weight.MEDIUM, round(_LINE_SIZE * short))
    lines = [row for line in card.lines for row in wrap_facts(line[:_MOST_LETTERS], small, width, _ROWS)]
    if lines:
        blocks.append(_Block(lines, small, mix(ink, ground, 0.64), above=round(0.018 * short)))
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
    return [_Block(limit(lines, most, font, measure), font, mix(ink_on(ground), ground, 0.88), above)]


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
    draw.rectangle(box, fill=mix(ink_on(ground), ground, 0.4))
