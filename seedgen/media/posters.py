"""Posters: a frame from the middle of a clip, or a picture, small enough to stand inside a page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from seedgen.geometry import Size
from seedgen.media.probe import poster

if TYPE_CHECKING:
    from pathlib import Path

_LARGE, _GOOD = 960, 88
"""Pixels across: a cell of a contact sheet is no wider; and a quality that bears being scaled again."""

_QUALITY = 72
"""About 20 KB for 480 x 270 pixels of film, without blocks that show."""

_EFFORT = 4
"""WebP's middle: the next step takes twice as long for two percent less."""


def large_poster(path: Path) -> bytes:
    """A WebP large enough for every use, of a frame near the middle of a clip.

    Frames that no other one needs are not decoded, which takes half as long. Raises UnreadableMedia.
    """
    return _reduced(poster(path, quick=True), _LARGE, _GOOD)


def small_poster(shown: Image.Image, width: int) -> bytes:
    """A WebP at most `width` pixels wide and twice as high; never larger than what it is made from.

    Same picture, same Pillow: same bytes.
    """
    return _reduced(shown, width, _QUALITY)


def _reduced(shown: Image.Image, width: int, quality: int) -> bytes:
    full = Size(shown.width, shown.height)
    size = full.contained_in(Size(width, width * 2))
    if size.width < full.width:
        shown = shown.resize((size.width, size.height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    out = io.BytesIO()
    shown.save(out, format="WEBP", quality=quality, method=_EFFORT)
    return out.getvalue()
