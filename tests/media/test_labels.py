"""Labels: a few words and a running timecode in the corner, where they cover nothing."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PIL import ImageChops

from seedgen.geometry import Size
from seedgen.media.labels import draw_label, label_pictures, label_place, write_label
from seedgen.ports.segments import Label, ReelFormat
from seedgen.timing import Rate
from tests.media.clips import make, pictures

if TYPE_CHECKING:
    from pathlib import Path

    from PIL import Image

SIZES = [Size(1280, 720), Size(854, 480), Size(480, 854), Size(720, 720), Size(160, 90)]
FORM = ReelFormat(Size(1280, 720), Rate(24))


def shown(label: Label, frames: int, form: ReelFormat = FORM) -> list[Image.Image]:
    """The pictures of a label, each kept."""
    return [picture.copy() for picture in label_pictures(label, form, frames)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("lines", [("010",), ("010-hero", "take 2"), ("x" * 64, "y" * 500, "z")], ids=len)
def test_a_label_lies_in_the_upper_left_of_the_safe_area(lines: tuple[str, ...], size: Size) -> None:
    """Even sides on even places, as 4:2:0 video needs, and small: under a quarter of the height."""
    label = draw_label(lines, size)
    assert label is not None
    left, top = label_place(label, size)
    assert [side % 2 for side in (*label.size, left, top)] == [0, 0, 0, 0]
    assert 0.05 * size.width - 1 <= left <= 0.07 * size.width
    assert left + label.width <= 0.66 * size.width  # the rest belongs to the mark of a stand-in
    assert 0 <= top - 0.05 * size.height + 2 <= 4  # above every caption
    if size.height >= 480:
        assert label.height < size.height / 4


def test_a_labels_plate_lets_the_picture_through() -> None:
    """Its corners are clear, its ground is translucent, its letters are solid."""
    label = draw_label(("010",), Size(1280, 720))
    assert label is not None
    alpha = label.getchannel("A")
    assert alpha.getpixel((0, 0)) == 0
    assert 100 < alpha.tobytes()[label.width + label.width // 2] < 200
    assert alpha.getextrema() == (0, 255)


@pytest.mark.parametrize("lines", [(), ("",), ("", "  ")], ids=["none", "empty", "blank"])
def test_no_lines_are_no_label(lines: tuple[str, ...]) -> None:
    """There is nothing to lay over."""
    assert draw_label(lines, Size(1280, 720)) is None


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("lines", [(), ("010",), ("x" * 64, "y" * 500)], ids=len)
def test_a_timecode_gets_a_row_of_its_own(lines: tuple[str, ...], size: Size) -> None:
    """With it the label is higher, has even sides, and leaves a stand-in's mark its place."""
    plain, timed = draw_label(lines, size), draw_label(lines, size, timecode=True)
    assert timed is not None
    assert timed.height > (plain.height if plain else 0)
    assert [timed.width % 2, timed.height % 2] == [0, 0]
    assert label_place(timed, size)[0] + timed.width <= 0.66 * size.width


def test_a_running_timecode_has_a_picture_for_each_frame() -> None:
    """All are of one size, so that the plate stands still, and no two are the same."""
    run = shown(Label(("010",), timecode_from=100), 48)
    assert len(run) == 48
    assert {picture.size for picture in run} == {run[0].size}
    assert len({picture.tobytes() for picture in run}) == 48


def test_figures_do_not_dance() -> None:
    """From one frame to the next only the last figure changes, though a 1 is narrower than an 8."""
    run = shown(Label(("010",), timecode_from=10), 9)
    boxes = [ImageChops.difference(a.convert("RGB"), b.convert("RGB")).getbbox() for a, b in pairwise(run)]
    for box in boxes:
        assert box is not None
        left, top, right, _ = box
        assert right - left < 24  # a single figure of 24 pixels' type
        assert top > run[0].height // 2
    assert max(box[0] for box in boxes if box) - min(box[0] for box in boxes if box) < 12


@pytest.mark.parametrize(("rate", "frame"), [("24", 24), ("25", 25), ("30000/1001", 30)])
def test_a_timecode_counts_at_the_reels_rate(rate: str, frame: int) -> None:
    """After as many frames as the rate's nearest whole number it shows 00:00:01:00."""
    (second,) = shown(Label((), timecode_from=24), 1)
    (same,) = shown(Label((), timecode_from=frame), 1, ReelFormat(FORM.size, Rate.parse(rate)))
    assert same.tobytes() == second.tobytes()


def test_a_label_without_a_timecode_is_a_single_picture() -> None:
    """However long it is shown."""
    assert len(shown(Label(("010",)), 240)) == 1


def test_ffmpeg_reads_the_pictures_of_a_label_in_a_row(tmp_path: Path) -> None:
    """Twelve frames come out of one file as twelve different pictures."""
    form, file = ReelFormat(Size(854, 480), Rate.parse("30000/1001")), tmp_path / "label.png"
    place = write_label(Label(("010",), timecode_from=0), form, 12, file)
    assert place == (44, 24)
    source = ("-framerate", str(form.rate), "-f", "png_pipe", "-i", f"file:{file}")
    seen = pictures(make(tmp_path / "out.mp4", *source, "-c:v", "libx264", "-qp", "0"))
    assert len({picture.planes for picture in seen}) == len(seen) == 12
    assert seen[-1].seconds == pytest.approx(11 * 1001 / 30000)


def test_nothing_to_show_is_no_file(tmp_path: Path) -> None:
    """Who asks is told that there is nothing to lay over."""
    assert write_label(Label(("",)), FORM, 12, tmp_path / "label.png") is None
    assert not (tmp_path / "label.png").exists()
