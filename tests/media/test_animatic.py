"""Animatics: exact frames, same bytes, true shapes, even motion, legible captions, exact sound."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

import av
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from seedgen.errors import MediaError, UnreadableMedia
from seedgen.geometry import Size
from seedgen.media.animatic import FfmpegAnimatics
from seedgen.media.camera import choose_move
from seedgen.media.captions import caption, title
from seedgen.media.probe import PyavClipReader
from seedgen.ports.media import AnimaticSpec
from seedgen.project.media import MediaType
from seedgen.timing import Rate
from tests.media.conftest import count_samples, frames_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from seedgen.media.ffmpeg import Ffmpeg
    from tests.media.conftest import Make

    Render = Callable[..., Path]

SEED = "5a" * 32
SMALL = Size(320, 180)
PROMPT = "A sneaker turns slowly on a wet black mirror, soft pink rim light from the left, the laces settle."


@pytest.fixture
def render(ffmpeg: Ffmpeg, tmp_path: Path) -> Render:
    """Render a small animatic with some of the spec changed, and return the clip."""

    def run(name: str = "clip.mp4", **changed: object) -> Path:
        spec: dict[str, object] = {
            "caption": PROMPT,
            "size": SMALL,
            "rate": Rate(24),
            "frames": 24,
            "seed": SEED,
        }
        out = tmp_path / name
        animatics = FfmpegAnimatics(ffmpeg)
        asyncio.run(animatics.render(AnimaticSpec(**(spec | changed)), out, lambda part: None))  # type: ignore[arg-type]
        return out

    return run


def images(*paths: Path) -> list[tuple[MediaType, Path]]:
    return [(MediaType.IMAGE, path) for path in paths]


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A dark 3:2 picture with a bright frame around it and a bright square in its middle."""
    picture = Image.new("RGB", (900, 600), (20, 20, 20))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((300, 150, 599, 449), fill="white")
    for side, shade in ((0, 255), (30, 20)):
        draw.rectangle((side, side, 899 - side, 599 - side), outline=(shade, shade, shade), width=30)
    draw.rectangle((0, 0, 899, 599), outline=(250, 60, 60), width=2)
    path = tmp_path / "card.png"
    picture.save(path)
    return path


def bright(frame: Image.Image) -> Image.Image:
    return frame.convert("L").point([255 * (value > 128) for value in range(256)])


def runs(line: Image.Image) -> list[tuple[int, int]]:
    """Begin and end of each bright run in a picture of one row or one column."""
    values = [0, *line.tobytes(), 0]
    edges = [index for index, (before, after) in enumerate(pairwise(values)) if before != after]
    return list(zip(edges[::2], edges[1::2], strict=True))


def across(frame: Image.Image, y: int) -> list[tuple[int, int]]:
    return runs(bright(frame).crop((0, y, frame.width, y + 1)))


def down(frame: Image.Image, x: int) -> list[tuple[int, int]]:
    return runs(bright(frame).crop((x, 0, x + 1, frame.height)))


@pytest.mark.parametrize(
    ("size", "rate", "frames"),
    [
        (Size(320, 180), Rate(24), 120),
        (Size(180, 320), Rate(24), 1),
        (Size(420, 180), Rate(30), 37),
        (Size(180, 180), Rate(25), 2),
        (Size(320, 180), Rate(30_000, 1001), 150),
        (Size(320, 180), Rate(24_000, 1001), 97),
        (Size(320, 180), Rate(60), 600),
    ],
    ids=str,
)
def test_has_exactly_the_frames_asked_for(
    size: Size, rate: Rate, frames: int, card: Path, render: Render
) -> None:
    """Every size, rate and length gives the exact number of frames, with sound of that length."""
    clip = render(size=size, rate=rate, frames=frames, pictures=images(card, card), tone=True)
    info = PyavClipReader().check_decodes(clip)
    assert (info.size, info.rate, info.frames, info.has_audio) == (size, rate, frames, True)
    assert len(frames_of(clip)) == frames
    assert count_samples(clip) == rate.samples(frames)


def test_the_stream_is_tagged_bt709(card: Path, render: Render) -> None:
    """Players that honour tags and those that guess show the same colours."""
    with av.open(str(render(pictures=images(card)))) as source:
        context = source.streams.video[0].codec_context
        assert context.pix_fmt == "yuv420p"
        assert (context.colorspace, context.color_primaries, context.color_trc, context.color_range) == (
            1,
            1,
            1,
            1,
        )


def test_the_index_comes_first(card: Path, render: Render) -> None:
    """A browser can begin to play before the whole file is there."""
    content = render(pictures=images(card)).read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_same_spec_same_bytes(card: Path, render: Render, tmp_path: Path) -> None:
    """Rendered twice, into different folders, the bytes are the same."""
    (tmp_path / "elsewhere").mkdir()
    spec = {"pictures": images(card), "tone": True, "mark": "ANIMATIC"}
    assert render("one.mp4", **spec).read_bytes() == render("elsewhere/two.mp4", **spec).read_bytes()


def test_another_seed_is_another_clip(card: Path, render: Render) -> None:
    """Two shots with the same reference and prompt differ."""
    one = render("one.mp4", pictures=images(card), seed="1" * 64)
    two = render("two.mp4", pictures=images(card), seed="2" * 64)
    assert one.read_bytes() != two.read_bytes()


@pytest.mark.parametrize("size", [Size(640, 360), Size(360, 640), Size(840, 360), Size(360, 360)], ids=str)
def test_a_reference_keeps_its_shape_and_is_never_cut(size: Size, card: Path, render: Render) -> None:
    """From the first to the last frame the whole picture is in the frame, 3:2, its square a square."""
    shown = frames_of(render(size=size, frames=48, pictures=images(card), caption=""))
    for frame in (shown[0], shown[-1]):
        box = bright(frame).getbbox()
        assert box is not None
        left, top, right, bottom = box
        assert left > 0 and top > 0 and right < size.width and bottom < size.height  # noqa: PT018
        assert (right - left) / (bottom - top) == pytest.approx(1.5, abs=0.03)
        middle = across(frame, (top + bottom) // 2)[1]
        column = down(frame, (left + right) // 2)[1]
        assert middle[1] - middle[0] == pytest.approx(column[1] - column[0], abs=2)


@pytest.mark.parametrize("seed", ["a" * 64, "b" * 64, "c" * 64, "d" * 64, "e" * 64])
def test_motion_is_uniform(seed: str, card: Path, render: Render) -> None:
    """From each frame to the next the picture moves by the same whole number of pixels."""
    shown = frames_of(render(size=Size(854, 480), frames=24, pictures=images(card), caption="", seed=seed))
    corners = [box[:2] for frame in shown if (box := bright(frame).getbbox())]
    steps = {(x - before_x, y - before_y) for (before_x, before_y), (x, y) in pairwise(corners)}
    assert len(corners) == 24
    assert len(steps) == 1
    (step,) = steps
    assert sorted(map(abs, step)) in ([0, 1], [0, 2])


def test_colours_move_with_the_picture(tmp_path: Path, render: Render) -> None:
    """At odd positions too, colour edges stand where brightness edges do: no fringe flickers."""
    picture = Image.new("RGB", (600, 400), (40, 90, 60))
    ImageDraw.Draw(picture).rectangle((200, 100, 399, 299), fill=(200, 60, 70))
    ImageDraw.Draw(picture).rectangle((0, 0, 60, 399), fill=(60, 60, 200))
    picture.save(tmp_path / "square.png")
    shown = frames_of(
        render(size=Size(640, 360), frames=8, pictures=images(tmp_path / "square.png"), caption="")
    )
    reddish = [
        frame.getchannel("R").point([255 * (v > 130) for v in range(256)]).getbbox() for frame in shown
    ]
    corners = [box[:2] for box in reddish if box]
    assert len({(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(corners)}) == 1


def test_a_long_share_settles_without_a_jump() -> None:
    """When the room runs out the move slows down to a still, and travels at most a fifth of a side."""
    frame = Size(1280, 720)
    move = choose_move(SEED, frame, (2000, 2000), 24 * 60)
    assert move.settles
    assert max(move.travel) <= 256
    late = [index * index // 8 for index in range(move.steps - move.cruise + 1)]
    waits = [1 + after - before for before, after in pairwise(late)]
    assert waits[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(waits))


def test_a_settled_clip_ends_still(card: Path, render: Render) -> None:
    """Its last second stands, and on the way there no step is larger than the first."""
    shown = frames_of(render(frames=240, pictures=images(card), caption=""))
    corners = [box[:2] for frame in shown if (box := bright(frame).getbbox())]
    steps = [abs(x - p) + abs(y - q) for (p, q), (x, y) in pairwise(corners)]
    assert set(steps[-24:]) == {0}
    assert max(steps) == steps[0] == 1


@pytest.mark.parametrize("room", [(0, 0), (4, 4), (60, 0), (0, 60), (300, 300)])
def test_a_move_stays_within_its_room(room: tuple[int, int]) -> None:
    """Whatever the seed, the travel never exceeds the room around the subject."""
    for seed in map(str, range(200)):
        travel = choose_move(seed, Size(1280, 720), room, 96).travel
        assert travel[0] <= room[0]
        assert travel[1] <= room[1]


def test_seeds_give_different_moves() -> None:
    """All four directions and both speeds come up."""
    moves = {choose_move(str(n), Size(1280, 720), (400, 400), 48) for n in range(100)}
    assert {(move.dx, move.dy) for move in moves} == {
        (way * pace, 0) if flat else (0, way * pace) for way in (1, -1) for pace in (1, 2) for flat in (1, 0)
    }


def test_the_first_reference_gets_three_fifths_and_the_others_share_the_rest(
    tmp_path: Path, render: Render
) -> None:
    """Three references in 50 frames: 30 for what the shot is about, then 10 and 10."""
    colours = ((200, 40, 40), (40, 160, 40), (40, 60, 200))
    for name, colour in zip("abc", colours, strict=True):
        Image.new("RGB", (300, 200), colour).save(tmp_path / f"{name}.png")
    pictures = images(*(tmp_path / f"{name}.png" for name in "abc"))
    shown = frames_of(render(frames=50, pictures=pictures, caption=""))
    expected = [colours[0]] * 30 + [colours[1]] * 10 + [colours[2]] * 10
    for frame, colour in zip(shown, expected, strict=True):
        assert ImageStat.Stat(frame).mean == pytest.approx(colour, abs=6)


def test_a_plain_ground_continues_without_a_seam(tmp_path: Path, render: Render) -> None:
    """Around a product on off-white there is more of the same off-white, and its red stays that red."""
    picture = Image.new("RGB", (800, 600), (252, 251, 248))
    ImageDraw.Draw(picture).ellipse((300, 200, 500, 400), fill=(214, 72, 64))
    picture.save(tmp_path / "product.png")
    frame = frames_of(render(pictures=images(tmp_path / "product.png"), caption=""))[12]
    for spot in ((3, 3), (316, 3), (3, 176), (316, 176), (60, 90), (260, 90)):
        assert frame.getpixel(spot) == pytest.approx((252, 251, 248), abs=3)
    assert frame.getpixel((160, 90)) == pytest.approx((214, 72, 64), abs=8)


def test_a_video_plays_in_its_share_and_holds_its_last_frame(make: Make, render: Render) -> None:
    """A clip of one second in a share of two plays at its own speed, then stands."""
    source = "nullsrc=size=64x64:rate=12:duration=1,format=yuv420p,geq=lum=40+N*15:cb=128:cr=128"
    video = make("video.mp4", "-f", "lavfi", "-i", source, "-c:v", "libx264", "-crf", "1")
    shown = frames_of(render(frames=48, pictures=[(MediaType.VIDEO, video)], caption=""))
    for index, frame in enumerate(shown):
        luma = 40 + 15 * min(index // 2, 11)
        centre = frame.convert("L").getpixel((160, 90))
        assert centre == pytest.approx((luma - 16) * 255 / 219, abs=4), index


def test_a_turned_anamorphic_video_keeps_its_shape(make: Make, render: Render) -> None:
    """Rotation and pixel shape are undone: 120x90 with pixels of 4:3, laid on its side, is 9:16."""
    white = ["-f", "lavfi", "-i", "color=white:size=120x90:rate=24:duration=1", "-vf", "setsar=4/3"]
    lying = make("lying.mp4", *white, "-c:v", "libx264", "-pix_fmt", "yuv420p")
    turned = make("turned.mp4", "-display_rotation", "90", "-i", str(lying), "-c", "copy")
    frame = frames_of(render(pictures=[(MediaType.VIDEO, turned)], caption="", size=Size(640, 360)))[5]
    left, top, right, bottom = bright(frame).getbbox() or (0, 0, 0, 0)
    assert (right - left) / (bottom - top) == pytest.approx(9 / 16, abs=0.02)


def test_the_caption_stands_inside_the_safe_margins(tmp_path: Path, render: Render) -> None:
    """On white, all that is dark lies in the lower third, 5 % away from every edge."""
    Image.new("RGB", (300, 200), "white").save(tmp_path / "white.png")
    size = Size(640, 360)
    frame = frames_of(render(size=size, pictures=images(tmp_path / "white.png")))[0]
    dark = frame.convert("L").point([255 * (value < 200) for value in range(256)]).getbbox()
    assert dark is not None
    assert dark[0] >= 32
    assert dark[2] <= 608
    assert dark[1] >= 240
    assert 330 <= dark[3] <= 342


def test_the_mark_stands_top_right(tmp_path: Path, render: Render) -> None:
    """A mark is a small dark label in the upper right corner, and nowhere else."""
    Image.new("RGB", (300, 200), "white").save(tmp_path / "white.png")
    clip = render(size=Size(640, 360), pictures=images(tmp_path / "white.png"), caption="", mark="ANIMATIC")
    dark = frames_of(clip)[0].convert("L").point([255 * (value < 200) for value in range(256)]).getbbox()
    assert dark is not None
    assert dark[0] > 480
    assert dark[1] >= 16
    assert dark[2] <= 624
    assert dark[3] < 60


def test_takes_of_one_request_say_which_they_are(card: Path, render: Render) -> None:
    """From one seed: they differ where the mark of a stand-in would be, and nowhere else."""
    one, two, three = (
        frames_of(render(f"{take}.mp4", size=Size(640, 360), pictures=images(card), take=take))[0]
        for take in (1, 2, 3)
    )
    for this, other in ((one, two), (one, three), (two, three)):
        off = ImageChops.difference(this, other).convert("L").point([255 * (v > 60) for v in range(256)])
        left, top, right, bottom = off.getbbox() or (0, 0, 0, 0)
        assert left > 480 and top >= 16 and right <= 624 and 16 < bottom < 60  # noqa: PT018


def test_words_leave_before_the_end(tmp_path: Path, render: Render) -> None:
    """On white: caption and take go a quarter of a second before the end, the mark of a stand-in never."""
    Image.new("RGB", (300, 200), "white").save(tmp_path / "white.png")
    shown = frames_of(render(frames=48, pictures=images(tmp_path / "white.png"), take=2))
    assert [darkest(frame) < 100 for frame in shown] == [True] * 42 + [False] * 6
    marked = frames_of(render(pictures=images(tmp_path / "white.png"), caption="", take=2, mark="ANIMATIC"))
    assert darkest(marked[-1]) < 100


def darkest(frame: Image.Image) -> float:
    return float(frame.convert("L").getextrema()[0])  # type: ignore[arg-type]


def test_what_is_continued_fills_the_frame(card: Path, render: Render) -> None:
    """A frame of this shape is shown as it was and stands; any other shape is a picture among others."""
    last = frames_of(render("before.mp4", size=Size(640, 360), pictures=images(card)))[-1]
    last.save(card.with_name("last.png"))
    pictures = images(card.with_name("last.png"), card)
    shown = frames_of(render(frames=10, size=Size(640, 360), pictures=pictures, caption="", continues=True))
    assert all(difference(frame.convert("L"), last.convert("L")) < 2 for frame in shown[:6])
    square = {"frames": 10, "size": Size(360, 360), "pictures": pictures, "caption": ""}
    assert render("1.mp4", **square, continues=True).read_bytes() == render("2.mp4", **square).read_bytes()


def test_a_continued_clip_plays_whole_without_its_old_words(make: Make, render: Render) -> None:
    """Stripes as fine as letters stay as they are in the upper half, and are gone in the lowest quarter."""
    stripes = (
        "nullsrc=size=320x180:rate=24:duration=1,format=yuv420p,geq=lum=120+80*cos(X*PI/2):cb=128:cr=128"
    )
    video = make("video.mp4", "-f", "lavfi", "-i", stripes, "-c:v", "libx264", "-crf", "1")
    frame = frames_of(render(pictures=[(MediaType.VIDEO, video)], caption="", continues=True))[5].convert("L")
    upper, lower = (ImageStat.Stat(frame.crop((40, top, 280, top + 40))).stddev[0] for top in (40, 138))
    assert upper > 60
    assert lower < 4


def test_a_long_prompt_is_paged_over_time() -> None:
    """480 characters in five seconds at 480p: pages of a second and a half or more, nothing cut."""
    overlay = caption(" ".join(f"{number} {PROMPT}" for number in range(5)), Size(854, 480), Rate(24), 120)
    assert overlay is not None
    assert 2 <= len(overlay.pages) <= 3
    assert overlay.page_frames >= 36
    assert len({page.tobytes() for page in overlay.pages}) == len(overlay.pages)


def test_pages_turn_in_the_clip(card: Path, render: Render) -> None:
    """The caption's area stands still within a page and changes where the page turns."""
    prompt = (PROMPT + " ") * 3
    overlay = caption(prompt, Size(480, 270), Rate(24), 96)
    assert overlay is not None
    turn = overlay.first_frames
    shown = frames_of(render(size=Size(480, 270), frames=96, pictures=images(card), caption=prompt))
    box = (overlay.left, overlay.top, overlay.left + overlay.size[0], overlay.top + overlay.size[1])
    before, after = (shown[index].crop(box).convert("L") for index in (turn - 1, turn))
    still = shown[turn - 2].crop(box).convert("L")
    assert difference(before, after) > 5 * difference(still, before)


def difference(one: Image.Image, two: Image.Image) -> float:
    pairs = zip(one.tobytes(), two.tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (one.width * one.height)


@pytest.mark.parametrize("setting", [caption, title])
@pytest.mark.parametrize("size", [Size(854, 480), Size(480, 854), Size(1120, 480), Size(1920, 1080)], ids=str)
@pytest.mark.parametrize("length", [1, 60, 480, 4000, 32_000])
def test_captions_of_any_length_fit(setting: object, size: Size, length: int) -> None:
    """However long the prompt, its pages lie inside the frame's safe margins and each lasts."""
    text = (PROMPT.replace(" ", "  ") * (length // len(PROMPT) + 1))[:length]
    overlay = setting(text, size, Rate(24), 96)  # type: ignore[operator]
    width, height = overlay.size
    assert overlay.left >= size.width // 20 - 2
    assert overlay.left + width <= size.width - size.width // 20 + 2
    assert overlay.top >= size.height // 20 - 2
    assert overlay.top + height <= size.height - size.height // 20 + 2
    assert overlay.first_frames >= 36
    assert overlay.page_frames >= 36 or len(overlay.pages) == 1
    assert {overlay.left % 2, overlay.top % 2, width % 2, height % 2} == {0}


@pytest.mark.parametrize("seconds", [1, 3, 4, 5, 7, 12, 60])
@pytest.mark.parametrize("length", [60, 200, 480, 4000])
def test_a_third_into_the_clip_its_first_words_are_shown(seconds: int, length: int) -> None:
    """That is where posters are taken; and all pages fit into the time."""
    overlay = caption((PROMPT * 50)[:length], Size(854, 480), Rate(24), 24 * seconds)
    assert overlay is not None
    assert overlay.first_frames > 8 * seconds
    assert overlay.first_frames + overlay.page_frames * (len(overlay.pages) - 1) <= 24 * seconds


def test_a_panel_is_as_large_as_its_page() -> None:
    """After three lines a short sentence has a low and narrow one, on the same lower margin."""
    overlay = caption(f"{PROMPT} {PROMPT} Slow push-in.", Size(854, 480), Rate(24), 120)
    assert overlay is not None
    first, last = (page.getchannel("A").getbbox() for page in (overlay.pages[0], overlay.pages[-1]))
    assert first is not None and last is not None  # noqa: PT018
    assert first[3] == last[3] == overlay.size[1]
    assert last[3] - last[1] < (first[3] - first[1]) * 2 / 3
    assert last[2] - last[0] < (first[2] - first[0]) / 2
    assert abs((last[0] + last[2]) - (first[0] + first[2])) <= 2


@pytest.mark.parametrize("text", ["", " \n ", "\u200b"])
def test_no_caption_no_panel(text: str) -> None:
    """Without a visible character there is no panel."""
    assert caption(text, SMALL, Rate(24), 24) is None


@pytest.mark.parametrize("text", ["", "Ünïcödé — žluťoučký kůň 😀 東京\n[Image 1]: 100 % 'quoted'\\:;,"])
def test_without_references_there_is_a_calm_card(text: str, render: Render) -> None:
    """No reference at all still gives a clip: a gradient with the prompt in the middle."""
    shown = frames_of(render(caption=text, frames=12))
    assert len(shown) == 12
    left, top, right, bottom = bright(shown[0]).getbbox() or (0, 0, 0, 0)
    assert (right - left > 100 and top < 90 < bottom) == bool(text)


def loudness(path: Path) -> list[float]:
    """RMS of each tenth of a second of the left channel, full scale being 1."""
    with av.open(str(path)) as source:
        left = [
            value
            for frame in source.decode(audio=0)
            for value in memoryview(frame.planes[0]).cast("f")[: frame.samples]
        ]
    parts = [left[begin : begin + 4800] for begin in range(0, len(left) - 4799, 4800)]
    return [(sum(value * value for value in part) / 4800) ** 0.5 for part in parts]


def test_sounds_play_one_after_another_then_silence(make: Make, card: Path, render: Render) -> None:
    """A loud and a soft second, mono and stereo, then nothing to the end."""
    sine = ["-f", "lavfi", "-i", "sine=frequency=440:duration=1:sample_rate=44100"]
    loud = make("loud.wav", *sine, "-af", "volume=4", "-ac", "1")
    soft = make("soft.flac", *sine, "-ac", "2")
    levels = loudness(render(frames=72, pictures=images(card), sounds=[loud, soft], tone=True))
    assert min(levels[1:9]) > 2 * max(levels[11:19]) > 0.05
    assert max(levels[21:29]) < 0.001


def test_sound_is_cut_at_the_end(make: Make, render: Render) -> None:
    """Sound longer than the clip ends with it."""
    long = make("long.mp3", "-f", "lavfi", "-i", "sine=duration=5")
    assert count_samples(render(frames=24, sounds=[long])) == 48_000


def test_the_tone_is_quiet_and_fades(render: Render) -> None:
    """A scratch tone: there, far below speech, and without a click at either end."""
    levels = loudness(render(frames=48, tone=True))
    assert 0.005 < max(levels) < 0.05
    assert levels[0] < max(levels) / 2
    assert levels[-1] < max(levels) / 2


def test_no_sound_no_stream(render: Render) -> None:
    """Neither sounds nor tone: no audio stream."""
    assert not PyavClipReader().probe(render()).has_audio


def test_progress_is_real(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """What the callback hears rises to 1.0."""
    heard: list[float] = []
    spec = AnimaticSpec(PROMPT, SMALL, Rate(24), 48, SEED)
    asyncio.run(FfmpegAnimatics(ffmpeg).render(spec, tmp_path / "clip.mp4", heard.append))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def names(folder: Path) -> Sequence[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("kind", ["pictures", "sounds"])
def test_a_damaged_reference_is_named_and_nothing_stays_behind(
    kind: str, render: Render, tmp_path: Path
) -> None:
    """The error names the file, an earlier clip is untouched, and no temporary file is left."""
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    (tmp_path / "clip.mp4").write_bytes(b"earlier")
    broken = images(tmp_path / "broken.png") if kind == "pictures" else [tmp_path / "broken.png"]
    with pytest.raises(UnreadableMedia, match=r"broken\.png"):
        render(**{kind: broken})
    assert (tmp_path / "clip.mp4").read_bytes() == b"earlier"
    assert names(tmp_path) == ["broken.png", "clip.mp4"]


def test_a_cancelled_render_leaves_nothing_behind(ffmpeg: Ffmpeg, card: Path, tmp_path: Path) -> None:
    """Cancelled in the midst of encoding, neither a clip nor a temporary file remains."""
    spec = AnimaticSpec(PROMPT, Size(1280, 720), Rate(24), 24 * 600, SEED, images(card))

    async def scenario() -> None:
        started = asyncio.Event()
        animatics = FfmpegAnimatics(ffmpeg)
        run = asyncio.create_task(animatics.render(spec, tmp_path / "clip.mp4", lambda part: started.set()))
        await started.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run

    asyncio.run(scenario())
    assert names(tmp_path) == ["card.png"]


def test_a_folder_that_is_not_there_is_an_error_for_people(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """A place that cannot be written is a MediaError, not a traceback."""
    spec = AnimaticSpec(PROMPT, SMALL, Rate(24), 24, SEED)
    with pytest.raises(MediaError, match=r"clip\.mp4 cannot be written"):
        asyncio.run(FfmpegAnimatics(ffmpeg).render(spec, tmp_path / "no" / "clip.mp4", lambda part: None))
