"""Posters: a frame a third into a clip, or a picture, small enough to stand inside a page."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from seedgen.geometry import Size
from seedgen.media.pictures import scaled_down
from seedgen.media.probe import poster

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

_LARGE, _GOOD = 960, 90
"""Pixels across: a cell of a contact sheet is no wider; and a quality that bears being scaled again."""

_QUALITY = 72
"""About 20 KB for 480 x 270 pixels of film, without blocks that show."""

_EFFORT = 4
"""WebP's middle: the next step takes twice as long for two percent less."""


def large_poster(path: Path) -> bytes:
    """A JPEG large enough for every use, of a frame a third into a clip or just before.

    Frames that no other one needs are not decoded, which takes half as long. It only lies in the cache,
    so that twice the bytes of WebP do no harm; it is made in a twentieth of the time and read in half.
    Raises UnreadableMedia.
    """
    return poster_of(poster(path, quick=True))


def poster_of(shown: Image.Image) -> bytes:
    """The same JPEG of a picture that is decoded already."""
    out = io.BytesIO()
    _reduced(shown, _LARGE).save(out, format="JPEG", quality=_GOOD)
    return out.getvalue()


def small_poster(shown: Image.Image, width: int) -> bytes:
    """A WebP at most `width` pixels wide and twice as high; never larger than what it is made from.

    Same picture, same Pillow: same bytes.
    """
    out = io.BytesIO()
    _reduced(shown, width).save(out, format="WEBP", quality=_QUALITY, method=_EFFORT)
    return out.getvalue()


def _reduced(shown: Image.Image, width: int) -> Image.Image:
    full = Size(shown.width, shown.height)
    size = full.contained_in(Size(width, width * 2))
    if size.width >= full.width:
        return shown
    shown.draft("RGB", (size.width, size.height))  # half of a JPEG is read in a quarter of the time
    return shown if shown.size == (size.width, size.height) else scaled_down(shown, size)
