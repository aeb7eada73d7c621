"""The last frame of a clip is the one that a player ends on, upright and in its colours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from seedgen.errors import UnreadableMedia
from seedgen.media.frames import PyavFrames
from tests.media.clips import ladder, make, picture, pictures, tone

if TYPE_CHECKING:
    from pathlib import Path

Colour = tuple[int, int, int]

LOSSLESS = ("-c:v", "libx264", "-qp", "0", "-pix_fmt", "yuv420p")
"""x264 with B-frames: the last picture shown is not the last one stored."""


def last(clip: Path) -> Image.Image:
    """The last frame as it is kept."""
    out = clip.with_name("last.png")
    PyavFrames().last_frame(clip, out)
    with Image.open(out, formats=["PNG"]) as image:
        image.load()
        return image


def level(luma: int) -> int:
    """The grey of a studio-range luma."""
    return round((luma - 16) * 255 / 219)


def middle(image: Image.Image) -> Colour:
    """The pixel in the middle."""
    found = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


@pytest.mark.parametrize("frames", [1, 2, 7, 12, 24])
def test_it_is_the_very_last_picture(frames: int, tmp_path: Path) -> None:
    """Picture N has luma 32 + 8 N: of so many, the last one is kept, also after B-frames."""
    clip = ladder(tmp_path / "clip.mp4", frames=frames)
    assert middle(last(clip)) == pytest.approx((level(32 + 8 * (frames - 1)),) * 3, abs=1)


def test_sound_that_goes_on_after_the_picture_changes_nothing(tmp_path: Path) -> None:
    """The picture that stands while the sound goes on is the last one."""
    clip = ladder(tmp_path / "clip.mov", *tone("sin(2*PI*440*t)", seconds=3))
    assert middle(last(clip)) == pytest.approx((level(32 + 8 * 11),) * 3, abs=1)


def test_a_variable_rate_is_no_trouble(tmp_path: Path) -> None:
    """Of pictures that come at odd times, the last stored one is the last shown."""
    clip = make(
        tmp_path / "clip.mp4",
        *picture("geq=lum='32+8*N':cb=128:cr=128,select='lt(n,2)+not(mod(n,5))'", frames=6),
        *LOSSLESS,
        *("-fps_mode", "vfr"),
    )
    assert len(pictures(clip)) == 6
    assert middle(last(clip)) == pytest.approx((level(32 + 8 * 20),) * 3, abs=1)


@pytest.mark.parametrize("many_keys", [False, True])
def test_what_an_edit_list_hides_is_not_the_last_frame(many_keys: bool, tmp_path: Path) -> None:
    """A file cut without coding ends where its edit list ends, whatever is stored after that."""
    whole = ladder(tmp_path / "whole.mp4", frames=24)
    if many_keys:
        whole = make(tmp_path / "keys.mp4", "-i", str(whole), *LOSSLESS, "-g", "3")
    cut = make(tmp_path / "cut.mp4", "-ss", "0.25", "-t", "0.5", "-i", str(whole), "-c", "copy")
    shown = pictures(cut)[-1].middle
    assert middle(last(cut)) == pytest.approx((level(shown),) * 3, abs=1)


@pytest.mark.parametrize(("turn", "place"), [(90, (0, 159)), (180, (159, 89)), (-90, (89, 0))])
def test_it_stands_upright(turn: int, place: tuple[int, int], tmp_path: Path) -> None:
    """A clip that is turned by its header is turned back: its marked corner goes where players show it."""
    marked = picture("drawbox=x=0:y=0:w=20:h=20:color=white:t=fill", frames=3)
    lying = make(tmp_path / "lying.mp4", *marked, *LOSSLESS)
    turned = make(tmp_path / "turned.mp4", "-display_rotation", str(turn), "-i", str(lying), "-c", "copy")
    image = last(turned)
    assert image.size == ((160, 90) if turn == 180 else (90, 160))
    assert image.convert("L").getpixel(place) == pytest.approx(255, abs=3)


@pytest.mark.parametrize(
    ("size", "matrix", "tagged", "full"),
    [
        ("320x180", "bt709", True, False),
        ("320x180", "smpte170m", True, False),
        ("320x180", "smpte170m", False, False),
        ("1280x720", "bt709", True, False),
        ("1280x720", "bt709", False, False),
        ("320x180", "bt709", True, True),
    ],
)
def test_its_colours_are_those_that_a_player_shows(
    size: str, matrix: str, tagged: bool, full: bool, tmp_path: Path
) -> None:
    """By the clip's own tags; without any by its size, as players do it."""
    spread = "pc" if full else "tv"
    made = f"color=0xC02040:s={size}:r=24,trim=end_frame=2,format=gbrp,"
    made += f"scale=out_color_matrix={matrix}:out_range={spread}:flags=accurate_rnd,format=yuv420p"
    tags = ("-colorspace", matrix, "-color_range", spread) if tagged else ("-color_range", spread)
    made += f",setparams=range={spread}:colorspace={matrix if tagged else 'unknown'}"
    clip = make(tmp_path / "clip.mp4", "-f", "lavfi", "-i", made, *LOSSLESS, *tags)
    assert middle(last(clip)) == pytest.approx((0xC0, 0x20, 0x40), abs=3)


def test_what_is_no_clip_has_no_last_frame(tmp_path: Path) -> None:
    """It is told as such, and nothing is written."""
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(b"not a clip")
    with pytest.raises(UnreadableMedia):
        last(clip)
    assert not (tmp_path / "last.png").exists()
