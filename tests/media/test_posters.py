"""Posters are small, keep the shape of what they show, and are the same every time."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

from seedgen.errors import UnreadableMedia
from seedgen.media.posters import large_poster, small_poster
from seedgen.media.probe import poster
from tests.media.clips import ladder, make, picture

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("size", "shown"),
    [("960x540", (480, 270)), ("160x90", (160, 90)), ("270x960", (270, 960)), ("400x2400", (160, 960))],
)
def test_a_poster_is_as_wide_as_asked_at_most(tmp_path: Path, size: str, shown: tuple[int, int]) -> None:
    """A small clip is not enlarged, and a tower of a picture does not become one in the page."""
    clip = make(tmp_path / "clip.mp4", *picture(frames=3, size=size))
    data = small_poster(poster(clip), 480)
    with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
        assert image.size == shown
        assert image.convert("RGB").getpixel((shown[0] // 2, shown[1] // 2)) == pytest.approx(
            (255,) * 3, abs=4
        )
    assert small_poster(poster(clip), 480) == data


def test_what_is_no_picture_has_no_poster(tmp_path: Path) -> None:
    """Whoever wants one decides what to do without."""
    (tmp_path / "clip.mp4").write_bytes(b"not a clip")
    with pytest.raises(UnreadableMedia):
        large_poster(tmp_path / "clip.mp4")


def test_the_large_poster_shows_a_frame_a_third_into_a_clip(tmp_path: Path) -> None:
    """Picture N has luma 32 + 8 N: of twelve the fourth, or one just before it that others need."""
    clip = ladder(tmp_path / "clip.mp4")
    with Image.open(io.BytesIO(large_poster(clip)), formats=["JPEG"]) as image:
        levels = image.convert("L").getpixel((80, 45))
        exact = poster(clip).convert("L").getpixel((80, 45))
    assert -3 * 10 <= levels - exact <= 3  # type: ignore[operator]


def test_a_jpeg_that_is_not_read_yet_gives_the_same_small_poster_but_for_rounding(tmp_path: Path) -> None:
    """It is read at half its size, where a picture that is read already is scaled."""
    clip = make(tmp_path / "clip.mp4", "-f", "lavfi", "-i", "testsrc2=s=960x540:d=0.1", "-c:v", "libx264")
    data = large_poster(clip)
    shown = []
    for read_before in (False, True):
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as jpeg:
            if read_before:
                jpeg.load()
            with Image.open(io.BytesIO(small_poster(jpeg, 480)), formats=["WEBP"]) as image:
                assert image.size == (480, 270)
                shown.append(image.convert("RGB"))
    assert max(ImageStat.Stat(ImageChops.difference(*shown)).mean) < 4
