"""Chapters and subtitles: in the mp4 as they were written, whatever the words are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import av
import pytest

from seedgen.media.passages import chapters_text, subtitles_text
from seedgen.ports.media import CardSegment, Finish, Passage
from seedgen.timing import Rate
from tests.media.clips import SMALL, encode, join, pictures, sound

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.ports.media import SegmentFiles

NTSC = Rate(30000, 1001)
FORM = replace(SMALL, rate=NTSC)

WORDS = (
    "plain",
    "a=b;c # d",
    "ends in a backslash\\",
    "\\n \\N \\h {\\an8} {b}",
    "<i>not italic</i> <1> & &amp; <",
    "two\nlines",
    "a line\n\nand one after an empty one",
    "2\n00:00:00,500 --> 00:00:09,000\nno cue of its own",
    "[CHAPTER]\ntitle=another",
    ";FFMETADATA1\n#x",
    "côté, Übermut, 東京, עברית, 🎬",
    "\N{WORD JOINER}",
    "",
)
"""What an author may write, each against something in ffmpeg's files that has a meaning."""

JOINER = "\N{WORD JOINER}"


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> SegmentFiles:
    """A segment of as many tens of frames as there are words."""
    return encode(CardSegment(10 * len(WORDS), "x"), tmp_path_factory.mktemp("card"), form=FORM)


@pytest.fixture(scope="module")
def passages() -> tuple[Passage, ...]:
    """Each of the words for ten frames."""
    return tuple(Passage(10 * n, 10 * n + 10, words) for n, words in enumerate(WORDS))


def chapters(path: Path) -> list[tuple[int, int, str]]:
    """A reel's chapters: first frame, end, title."""
    with av.open(str(path)) as source:
        return [
            (
                round(chapter["start"] * tick * NTSC.fraction),
                round(chapter["end"] * tick * NTSC.fraction),
                chapter["metadata"].get("title", "").replace(JOINER, ""),
            )
            for chapter in source.chapters()
            if (tick := chapter["time_base"]) is not None
        ]


def subtitles(path: Path) -> list[tuple[int, str]]:
    """A reel's subtitles: milliseconds, and the text as the file holds it (3GPP TS 26.245, 5.17)."""
    with av.open(str(path)) as source:
        found = []
        for packet in source.demux(source.streams.subtitles[0]):
            data = bytes(packet)
            size = int.from_bytes(data[:2], "big")
            if size and packet.pts is not None and packet.time_base is not None:
                assert data[2 + size :] == b"", "the text has a style that nobody asked for"
                found.append((round(packet.pts * packet.time_base * 1000), data[2:].decode()))
        return found


def test_chapters_stand_in_the_reel_as_written(
    card: SegmentFiles, passages: tuple[Passage, ...], tmp_path: Path
) -> None:
    """Each begins and ends on its frame, at a fractional rate too, and has its very words."""
    reel = join([card], tmp_path / "reel.mp4", FORM, Finish(chapters=passages))
    assert chapters(reel) == [(words.start, words.end, words.text.replace(JOINER, "")) for words in passages]


def test_subtitles_stand_in_the_reel_as_written(
    card: SegmentFiles, passages: tuple[Passage, ...], tmp_path: Path
) -> None:
    """To the millisecond, and word for word once the joiners that nobody sees are taken away."""
    reel = join([card], tmp_path / "reel.mp4", FORM, Finish(subtitles=passages))
    written = [(words.start * 1001 // 30, words.text.replace(JOINER, "")) for words in passages if words.text]
    assert [(at, text.replace(JOINER, "")) for at, text in subtitles(reel) if text != JOINER] == [
        (at, text) for at, text in written if text
    ]


def test_words_change_neither_picture_nor_sound(
    card: SegmentFiles, passages: tuple[Passage, ...], tmp_path: Path
) -> None:
    """With all of them the reel has the same frames and samples as without."""
    plain = join([card], tmp_path / "plain.mp4", FORM)
    full = join([card], tmp_path / "full.mp4", FORM, Finish(chapters=passages, subtitles=passages))
    assert len(pictures(full)) == len(pictures(plain)) == card.frames
    assert sound(full, tmp_path) == sound(plain, tmp_path)
    with av.open(str(full)) as with_words, av.open(str(plain)) as without:
        assert with_words.duration == without.duration


def test_a_reel_with_words_is_reproduced(
    card: SegmentFiles, passages: tuple[Passage, ...], tmp_path: Path
) -> None:
    """Chapters and subtitles carry no time and no path either."""
    finish = Finish(chapters=passages, subtitles=passages)
    one, other = (join([card], tmp_path / f"{name}.mp4", FORM, finish) for name in "ab")
    assert one.read_bytes() == other.read_bytes()


def test_a_long_title_is_cut_between_two_letters() -> None:
    """The older list of chapters counts a title's bytes in one byte."""
    text = chapters_text([Passage(0, 1, "ü" * 200)], NTSC)
    title = text.rpartition("title=")[2].rstrip("\n")
    assert title == "ü" * 126 + "…"
    assert len(title.encode()) == 255


def test_control_characters_are_left_out() -> None:
    """A zero byte would end the text early, and a carriage return is a line end."""
    assert chapters_text([Passage(0, 1, "a\0b\r\nc\x1b[0m")], NTSC).endswith("title=ab\\\nc[0m\n")


def test_times_of_subtitles_are_counted_from_the_start() -> None:
    """Frame 107,892 at 29.97 begins after 3,599,996.4 ms, an hour in; nothing is rounded up."""
    text = subtitles_text([Passage(107_892, 107_893, "x")], NTSC)
    assert text.splitlines()[1] == "00:59:59,996 --> 01:00:00,029"
