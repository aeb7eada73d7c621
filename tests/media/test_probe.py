"""Facts are told from content; strangers' files are read safely or refused in a sentence."""

from __future__ import annotations

import struct
import zlib
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

from seedgen.errors import UnreadableMedia
from seedgen.geometry import Size
from seedgen.media.probe import PyavClipReader, poster, probe_media
from seedgen.project.media import MediaType
from seedgen.timing import Rate
from tests.media.clips import ladder
from tests.media.clips import make as write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.media.conftest import Make

H264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p"]
READER = PyavClipReader()


def pattern(size: str = "160x90", rate: str = "24", seconds: int = 1) -> list[str]:
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]


def sine(seconds: int = 1) -> list[str]:
    return ["-f", "lavfi", "-i", f"sine=duration={seconds}"]


def counting(make: Make) -> Path:
    """One second at 24: frame n is grey with luma 10 n, in black's and white's video range."""
    source = "nullsrc=size=64x64:rate=24:duration=1,format=yuv420p,geq=lum=N*10:cb=128:cr=128"
    return make("counting.mp4", "-f", "lavfi", "-i", source, *H264, "-crf", "1")


def grey(image: Image.Image) -> float:
    return ImageStat.Stat(image.convert("L")).mean[0]


def full_range(luma: float) -> float:
    """A luma of video range as 8-bit grey (ITU-R BT.709: 16 is black, 235 is white)."""
    return (luma - 16) * 255 / 219


@pytest.mark.parametrize("suffix", ["png", "jpeg", "webp", "gif", "bmp", "tiff"])
def test_images(suffix: str, tmp_path: Path) -> None:
    """Every image format's name and size are read, whatever the file is called."""
    path = tmp_path / "picture.mp4"
    Image.new("RGB", (31, 17), "teal").save(path, format=suffix.upper())
    facts = probe_media(path)
    assert (facts.type, facts.format, facts.width, facts.height) == (MediaType.IMAGE, suffix, 31, 17)
    assert facts.size_bytes == path.stat().st_size
    assert facts.seconds == 0


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (40, 20)), (3, (40, 20)), (6, (20, 40)), (8, (20, 40))]
)
def test_exif_orientation_counts(orientation: int, size: tuple[int, int], tmp_path: Path) -> None:
    """A photo that a camera stored on its side has the size it is shown at, and its poster too."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (40, 20)).save(path, exif=exif)
    facts = probe_media(path)
    assert (facts.width, facts.height) == size == poster(path).size


@pytest.mark.parametrize("side", [10_000, 30_000])
def test_a_decompression_bomb_is_refused(side: int, tmp_path: Path) -> None:
    """A tiny file that unfolds into gigabytes is refused by its header."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    path = tmp_path / "bomb.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")
    )
    with pytest.raises(UnreadableMedia, match="million pixels"):
        probe_media(path)


@pytest.mark.parametrize(
    ("name", "codec", "format_"),
    [
        ("a.mp4", H264, "mp4"),
        ("a.mov", ["-c:v", "mjpeg"], "mov"),
        ("a.mkv", H264, "mkv"),
        ("a.webm", ["-c:v", "libvpx", "-b:v", "200k"], "webm"),
    ],
)
def test_videos(name: str, codec: list[str], format_: str, make: Make) -> None:
    """Every container's name, size, length, rate and frame count are read."""
    path = make(name, *pattern(seconds=2), *codec)
    facts = probe_media(path)
    assert (facts.type, facts.format, facts.width, facts.height) == (MediaType.VIDEO, format_, 160, 90)
    assert facts.seconds == Decimal("2.000")
    clip = READER.check_decodes(path)
    assert clip == READER.probe(path)
    assert (clip.size, clip.rate, clip.frames, clip.has_audio) == (Size(160, 90), Rate(24), 48, False)


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.m4a", "a.flac", "a.ogg"])
def test_sounds(name: str, make: Make) -> None:
    """Every sound format's name and length are read; MP3 adds its encoder's padding."""
    facts = probe_media(make(name, *sine(3)))
    assert (facts.type, facts.format, facts.width) == (MediaType.AUDIO, name[2:], 0)
    assert Decimal(3) <= facts.seconds <= Decimal("3.06")


def test_an_mp4_without_pictures_is_sound(make: Make) -> None:
    """What is in the container decides, not the container."""
    path = make("a.mp4", *sine(), "-c:a", "aac")
    assert probe_media(path).type is MediaType.AUDIO
    with pytest.raises(UnreadableMedia, match="no pictures"):
        READER.probe(path)


def test_a_cover_picture_is_not_a_video(make: Make, tmp_path: Path) -> None:
    """Music with a cover is sound."""
    Image.new("RGB", (64, 64), "red").save(tmp_path / "cover.png")
    cover = ["-i", str(tmp_path / "cover.png"), "-c:v", "png", "-disposition:v", "attached_pic"]
    path = make("a.m4a", *sine(), *cover, "-c:a", "aac")
    assert probe_media(path).type is MediaType.AUDIO


def test_sound_beside_pictures_is_seen(make: Make) -> None:
    """A clip with sound says so."""
    assert READER.probe(make("a.mp4", *pattern(), *sine(), *H264, "-c:a", "aac")).has_audio


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_rotation_turns_size_and_poster_as_players_do(turn: int, make: Make) -> None:
    """A display matrix swaps the displayed sides, and the poster is upright as ffmpeg shows it."""
    upright = make("upright.mp4", *pattern(seconds=1), *H264)
    turned = make("turned.mp4", "-display_rotation", str(turn), "-i", str(upright), "-c", "copy")
    size = Size(160, 90) if turn == 180 else Size(90, 160)
    assert READER.probe(turned).size == size
    facts = probe_media(turned)
    assert (facts.width, facts.height) == (size.width, size.height)
    with Image.open(make("shown.png", "-i", str(turned), "-frames:v", "1")) as shown:
        off = ImageChops.difference(shown.convert("RGB"), poster(turned, Fraction(0)))
    assert max(ImageStat.Stat(off).mean) < 8


def test_pixels_that_are_not_square(make: Make) -> None:
    """A sample aspect ratio of 4:3 makes 120 stored columns 160 wide."""
    path = make("a.mp4", *pattern("120x90"), "-vf", "setsar=4/3", *H264)
    assert READER.probe(path).size == Size(160, 90)
    assert poster(path).size == (160, 90)


def test_a_fractional_rate_is_exact(make: Make) -> None:
    """29.97 is 30000/1001 and nothing near it."""
    clip = READER.probe(make("a.mp4", *pattern(rate="30000/1001", seconds=2), *H264))
    assert clip.rate == Rate(30_000, 1001)
    assert clip.frames == 60


def test_one_frame(make: Make) -> None:
    """A clip of one frame is a clip."""
    clip = READER.check_decodes(make("a.mp4", *pattern(), "-frames:v", "1", *H264))
    assert (clip.frames, clip.rate) == (1, Rate(24))


def test_frames_hidden_by_an_edit_list_are_not_counted(make: Make) -> None:
    """A clip cut without re-encoding has the frames that a player shows."""
    whole = make("whole.mp4", *pattern(seconds=3), *H264)
    cut = make("cut.mp4", "-ss", "1", "-i", str(whole), "-c", "copy")
    assert READER.check_decodes(cut).frames == 48


def test_a_poster_shows_the_frame_asked_for(make: Make) -> None:
    """`at` picks the frame on screen at that time; by default it is one a third into the clip."""
    path = counting(make)
    assert grey(poster(path, Fraction(10, 24))) == pytest.approx(full_range(100), abs=3)
    assert grey(poster(path, Fraction(21, 48))) == pytest.approx(full_range(100), abs=3)
    assert grey(poster(path)) == pytest.approx(full_range(80), abs=3)


def test_a_poster_beyond_the_end_is_the_last_frame(make: Make) -> None:
    """A time past the end shows the last frame rather than failing."""
    assert grey(poster(counting(make), Fraction(60))) == pytest.approx(full_range(230), abs=3)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"just some text, longer than any header\n" * 40,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>',
        b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>',
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0" + bytes(600),
        b"GIF89a",
        b"RIFF\x10\x00\x00\x00WEBPVP8 ",
        b"RIFF\xff\xff\xff\xffWAVEfmt ",
        b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(200),
        b"\x1a\x45\xdf\xa3" + bytes(200),
        b"OggS" + bytes(200),
        b"fLaC" + bytes(200),
        b"ID3\x04" + bytes(600),
        b"II*\x00\x08\x00\x00\x00" + b"\xff" * 80,
        b"BM" + bytes(80),
    ],
    ids=lambda content: repr(content[:12]),
)
@pytest.mark.parametrize("look", [probe_media, READER.probe, READER.check_decodes, poster])
def test_what_is_not_media_is_refused_in_a_sentence(
    look: object, content: bytes, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Empty files, text, playlists and broken headers are UnreadableMedia, and stderr stays silent."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(UnreadableMedia, match=r"^clip\.mp4 "):
        look(path)  # type: ignore[operator]
    assert capfd.readouterr().err == ""


def test_a_missing_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """A file that is not there is UnreadableMedia, not a traceback."""
    with pytest.raises(UnreadableMedia, match="no such file"):
        probe_media(tmp_path / "gone.png")


@pytest.mark.parametrize("suffix", ["png", "jpeg", "webp"])
def test_an_image_that_is_cut_off_is_refused(suffix: str, tmp_path: Path) -> None:
    """An image whose second half is missing is refused before anybody uploads it."""
    path = tmp_path / "picture"
    Image.effect_noise((200, 200), 80).convert("RGB").save(path, format=suffix)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableMedia, match="cut off"):
        probe_media(path)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov"])
def test_a_clip_that_is_cut_off_does_not_pass(
    name: str, make: Make, capfd: pytest.CaptureFixture[str]
) -> None:
    """A download that ended early has a good header; the check finds the end missing, silently."""
    path = make(name, *pattern(seconds=3), *H264, "-movflags", "+faststart")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 5])
    with pytest.raises(UnreadableMedia):
        READER.check_decodes(path)
    assert capfd.readouterr().err == ""


def test_a_tag_that_is_no_text_is_nothing_to_us(tmp_path: Path) -> None:
    """A title in Latin-1, as old programs write it: PyAV refused the whole file for it before version 19."""
    clip = ladder(tmp_path / "clip.mp4")
    tagged = write(
        tmp_path / "tagged.mp4", "-i", f"file:{clip}", "-c", "copy", "-metadata", "title=Caf\udce9"
    )
    assert b"Caf\xe9" in tagged.read_bytes()
    assert PyavClipReader().check_decodes(tagged) == PyavClipReader().check_decodes(clip)
