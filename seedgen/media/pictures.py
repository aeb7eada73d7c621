"""Open a still picture from a stranger: its size by the header alone, or its pixels as displayed."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PIL import Image, ImageOps, ImageStat

from seedgen.errors import SeedgenError, UnreadableMedia
from seedgen.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seedgen.media.magic import Container

# Pillow only warns of a picture that is up to twice its limit. Here it is an error from the
# limit on, set once, as filters set around each call would race between threads.
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)

MAX_PIXELS = Image.MAX_IMAGE_PIXELS or 89_478_485
"""Pixels beyond which a picture is refused: a few KB can unfold into gigabytes."""

_ORIENTATION = 0x0112
_TURNED = (5, 6, 7, 8)
"""EXIF orientations that lay the picture on its side (Exif 2.32, 4.6.4)."""

_TRAILING_BYTES = 1 << 20


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn whatever a decoder raises into UnreadableMedia with a sentence for people."""
    try:
        yield
    except SeedgenError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadableMedia(
            f"{path.name} has more than {MAX_PIXELS // 1_000_000} million pixels",
            remedy="Scale it down; video models take far smaller pictures.",
        ) from None
    except MemoryError:
        raise UnreadableMedia(f"{path.name} takes more memory to open than there is") from None
    except Exception:  # noqa: BLE001  on damaged files parsers raise nearly anything, struct.error to KeyError
        raise UnreadableMedia(
            f"{path.name} is damaged or incomplete", remedy="Export or download it again."
        ) from None


def picture_size(path: Path, container: Container) -> Size:
    """The size as displayed, EXIF orientation applied. Raises UnreadableMedia.

    The pixels are decoded once: a picture with a damaged middle is found before money is spent on it.
    """
    with plain_errors(path):
        if not _is_whole(path, container):
            raise UnreadableMedia(f"{path.name} is cut off", remedy="Export or download it again.")
        with Image.open(path, formats=[container.decoder]) as image:
            # PNG may hold EXIF behind the pixels, where Pillow would decode all to reach it.
            known = container.name != "png" or "exif" in image.info
            turned = known and image.getexif().get(_ORIENTATION) in _TURNED
            image.load()
            return Size(image.height, image.width) if turned else Size(image.width, image.height)


def read_picture(path: Path, container: Container, *, about: Size | None = None) -> Image.Image:
    """The picture as displayed, in RGB, transparent parts over a ground that shows the rest.

    With `about` the picture may come smaller, down to that size, where decoding it so is
    cheaper. Raises UnreadableMedia.
    """
    with plain_errors(path), Image.open(path, formats=[container.decoder]) as image:
        if about is not None:
            longest = max(about.width, about.height)
            image.draft("RGB", (longest, longest))
        image.load()
        return _on_ground(_eight_bit(ImageOps.exif_transpose(image)))


def scaled_down(picture: Image.Image, size: Size) -> Image.Image:
    """A smaller picture. Hamming's filter keeps it as crisp as Lanczos does in half of the time."""
    return picture.resize((size.width, size.height), Image.Resampling.HAMMING)


def _is_whole(path: Path, container: Container) -> bool:
    """Whether the end of the file is there, for formats that mark it. A cut off upload is often billed."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        if container.name in ("png", "jpeg"):
            stream.seek(max(0, size - _TRAILING_BYTES))
            end = b"IEND" if container.name == "png" else b"\xff\xd9"
            return end in stream.read()
        if container.name == "webp":
            return int.from_bytes(stream.read(8)[4:], "little") + 8 <= size
    return True


def _eight_bit(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        _, high = image.convert("F").getextrema()
        white = 65535.0 if isinstance(high, float) and high > 255 else 255.0
        return image.convert("F").point(lambda value: value * (255.0 / white) + 0.0).convert("L")
    return image


def _on_ground(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    alpha = rgba.getchannel("A")
    luma = ImageStat.Stat(rgba.convert("L"), mask=alpha.point(lambda value: 255 * (value > 127)))
    is_pale = bool(luma.count[0]) and luma.mean[0] > 200
    ground = Image.new("RGBA", rgba.size, (24, 24, 27, 255) if is_pale else (255, 255, 255, 255))
    return Image.alpha_composite(ground, rgba).convert("RGB")
