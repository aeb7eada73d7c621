"""Posters: a frame from the middle of a clip, or a picture, small enough to stand inside a page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image

from seedgen.geometry import Size
from seedgen.media.probe import poster

if TYPE_CHECKING:
    from pathlib import Path

_QUALITY = 72
"""About 20 KB for 480 x 270 pixels of film, without blocks that show."""

_EFFORT = 4
"""WebP's middle: the next step takes twice as long for two percent less."""


def small_poster(path: Path, width: int) -> bytes:
    """A WebP at most `width` pixels wide and twice as high; never larger than what it is made from.

    Same file, same Pillow: same bytes. Raises UnreadableMedia.
    """
    shown = poster(path)
    full = Size(shown.width, shown.height)
    size = full.contained_in(Size(width, width * 2))
    if size.width < full.width:
        shown = shown.resize((size.width, size.height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    out = io.BytesIO()
    shown.save(out, format="WEBP", quality=_QUALITY, method=_EFFORT)
    return out.getvalue()
