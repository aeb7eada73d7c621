"""Draw the label burnt into a corner of a clip: a few words, and the timecode of each picture.

The timecode is drawn here, not by ffmpeg's `drawtext`: not every build of ffmpeg has that filter, and
it sets Inter's figures as wide as they are, so that a running timecode would dance.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from seedgen.geometry import Size
from seedgen.media.lettering import Weight, draw_lines, line_height, load_font, shorten_middle, text_width
from seedgen.timing import timecode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from seedgen.media.lettering import Font
    from seedgen.ports.segments import Label, ReelFormat

_SAFE = 0.05
"""Title safe margin at each side (SMPTE ST 2046-1: the inner 90 percent)."""

_WIDEST = 0.6
"""Of the safe width. The rest belongs to the mark of a stand-in."""

_TYPE = 0.034
_PLATE = (10, 10, 12, 150)
_INK = (255, 255, 255, 255)
_QUIET_INK = (255, 255, 255, 205)
_FIGURES = "0123456789"
_SEPARATORS = ":"
_OVERSAMPLING = 4
_QUICK = 1
"""zlib's level: these files live for a second, and there is one for each frame."""


@dataclass(frozen=True, slots=True)
class _Setting:
    """A label's words, set: one line each, with room for a running timecode below when it has one."""

    texts: Sequence[str]
    fonts: Sequence[Font]
    timecode: bool

    @property
    def pixels(self) -> int:
        """Type size; all rows have the same."""
        return round(self.fonts[0].size)

    @property
    def across(self) -> int:
        """Plate to the left and right of the letters."""
        return round(self.pixels * 0.7)

    @property
    def down(self) -> int:
        """Plate above and below the letters."""
        return round(self.pixels * 0.42)

    @property
    def plate(self) -> Size:
        """The whole label, with even sides."""
        widths = [text_width(text, font) for text, font in zip(self.texts, self.fonts, strict=False)]
        if self.timecode:
            widths.append(_timecode_width(self.fonts[-1]))
        width = max(widths) + 2 * self.across
        height = len(self.fonts) * line_height(self.fonts[0]) + 2 * self.down
        return Size(width + width % 2, height + height % 2)


def draw_label(lines: Sequence[str], size: Size, *, timecode: bool = False) -> Image.Image | None:
    """The label for a frame of `size`: letters on a translucent plate, only as large as needed.

    With `timecode` it leaves one more row free, as wide as a running timecode. Its sides are even, as
    4:2:0 video needs them. None when there is nothing to show.
    """
    setting = _set(lines, size, timecode=timecode)
    if setting is None:
        return None
    image = draw_plate(setting.plate, round(setting.pixels * 0.38), _PLATE)
    letters = Image.new("RGBA", image.size, (*_INK[:3], 0))
    draw, top = ImageDraw.Draw(letters), setting.down
    for row, (text, font) in enumerate(zip(setting.texts, setting.fonts, strict=False)):
        ink = _QUIET_INK if row else _INK
        top = draw_lines(draw, [text], left=setting.across, top=top, font=font, ink=ink)
    return Image.alpha_composite(image, letters)


def label_place(label: Image.Image, size: Size) -> tuple[int, int]:
    """Where the label's upper left corner goes, on even pixels: the upper left of the safe area.

    Captions stand below and the mark of a stand-in upper right, so nothing is covered.
    """
    left = round(_SAFE * size.width)
    top = min(round(_SAFE * size.height), max(0, size.height - label.height))
    return left + left % 2, top - top % 2


def label_pictures(label: Label, form: ReelFormat, frames: int) -> Iterator[Image.Image]:
    """The label as shown over `frames` frames, all of one size: one picture each, or a single still.

    None at all for a label without anything to show. A picture is drawn over when the next is asked for.
    """
    runs = label.timecode_from is not None
    image = draw_label(label.lines, form.size, timecode=runs)
    setting = _set(label.lines, form.size, timecode=runs)
    if image is None or setting is None:
        return
    if label.timecode_from is None:
        yield image
        return
    top = setting.down + len(setting.texts) * line_height(setting.fonts[0])
    counter = _Counter(image, setting.across, top, setting.fonts[-1])
    for frame in range(label.timecode_from, label.timecode_from + frames):
        counter.show(timecode(frame, form.rate))
        yield image


def write_label(label: Label, form: ReelFormat, frames: int, out: Path) -> tuple[int, int] | None:
    """Write the label's pictures to `out` as PNG files in a row, and say where they go (left, top).

    ffmpeg reads such a file with `-framerate RATE -f png_pipe`. None, and no file, when there is
    nothing to show.
    """
    place = None
    pictures = label_pictures(label, form, frames)
    for number, picture in enumerate(pictures):
        place = label_place(picture, form.size)
        with out.open("ab" if number else "wb") as stream:
            picture.save(stream, format="PNG", compress_level=_QUICK)
    return place


def draw_plate(size: Size, radius: int, colour: tuple[int, int, int, int]) -> Image.Image:
    """A plate with rounded corners, drawn larger and reduced, as Pillow draws curves without smoothing."""
    mask = Image.new("L", (size.width * _OVERSAMPLING, size.height * _OVERSAMPLING))
    box = (0, 0, mask.width - 1, mask.height - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius * _OVERSAMPLING, fill=colour[3])
    plate = Image.new("RGBA", (size.width, size.height), colour)
    plate.putalpha(mask.resize((size.width, size.height), Image.Resampling.BOX))
    return plate


class _Counter:
    """Figures that change in place: each stands in a cell as wide as the widest, so nothing moves."""

    def __init__(self, image: Image.Image, left: int, top: int, font: Font) -> None:
        self._image, self._left, self._top = image, left, top
        self._cells = {sign: _cell(sign, font) for sign in _FIGURES + _SEPARATORS}
        self._shown = ""

    def show(self, text: str) -> None:
        """Draw the signs that differ from those shown before."""
        left = self._left
        before = self._shown.ljust(len(text))
        for sign, old in zip(text, before, strict=True):
            if sign != old:
                self._image.paste(self._cells[sign], (left, self._top))
            left += self._cells[sign].width
        self._shown = text


def _cell(sign: str, font: Font) -> Image.Image:
    """One sign in the middle of its cell, on the plate."""
    width = _cell_width(sign, font)
    letters = Image.new("RGBA", (width, line_height(font)), (*_INK[:3], 0))
    draw = ImageDraw.Draw(letters)
    draw_lines(draw, [sign], left=0, top=0, font=font, ink=_INK, centred_in=width)
    return Image.alpha_composite(Image.new("RGBA", letters.size, _PLATE), letters)


def _cell_width(sign: str, font: Font) -> int:
    if sign in _FIGURES:
        return max(text_width(figure, font) for figure in _FIGURES)
    return text_width(sign, font)


def _timecode_width(font: Font) -> int:
    return sum(_cell_width(sign, font) for sign in "00:00:00:00")


def _set(lines: Sequence[str], size: Size, *, timecode: bool) -> _Setting | None:
    pixels = max(10, round(_TYPE * min(size.width, size.height)))
    rows = len(lines) + timecode
    fonts = [load_font(Weight.MEDIUM if row else Weight.SEMIBOLD, pixels) for row in range(rows)]
    if timecode:
        fonts[-1] = load_font(Weight.MEDIUM, pixels)
    room = round((1 - 2 * _SAFE) * size.width * _WIDEST) - 2 * round(pixels * 0.7)
    texts = [shorten_middle(line, font, room) for line, font in zip(lines, fonts, strict=False)]
    return _Setting(texts, fonts, timecode) if timecode or any(texts) else None
