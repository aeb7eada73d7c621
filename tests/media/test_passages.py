"""Chapters and subtitles: in the mp4 as they were written, whatever the words are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import av
import pytest

from seedgen.media.mp4.text import title
from seedgen.ports.segments import CardSegment, Finish, Passage
from seedgen.timing import Rate
from tests.media.clips import SMALL, encode, join, pictures, sound

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.ports.segments import SegmentFiles

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
    "",
)
"""What an author may write; in one or another file of words each has a meaning."""


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
                chapter["metadata"].get("title", ""),
            )
            for chapter in source.chapters()
            if (tick := chapter["time_base"]) is not None
        ]


def subtitles(path: Path) -> list[tuple[int, str]]:
    """A reel's subtitles: first frame, and the text as the file holds it (3GPP TS 26.245, 5.17)."""
    with av.open(str(path)) as source:
        found = []
        for packet in source.demux(source.streams.subtitles[0]):
            data = bytes(packet)
            size = int.from_bytes(data[:2], "big")
            if size and packet.pts is not None and packet.time_base is not None:
                assert data[2 + size :] == b"", "the text has a style that nobody asked for"
                frame = packet.pts * packet.time_base * NTSC.fraction
                assert frame.denominator == 1
                found.append((frame.numerator, data[2:].decode()))
        return found


def test_chapters_stand_in_the_reel_as_written(
    card: SegmentFiles, passages: tuple[Passage, ...], tmp_path: Path
) -> None:
    """Each begins and ends on its frame, at a fractional rate too, and has its very words."""
    reel = join([card], tmp_path / "reel.mp4", FORM, Finish(chapters=passages))
    assert chapters(reel) == [(words.start, words.end, words.text) for words in passages]


def test_subtitles_stand_in_the_reel_as_written(
    card: SegmentFiles, passages: tuple[Passage, ...], tmp_path: Path
) -> None:
    """On their very frame, and word for word."""
    reel = join([card], tmp_path / "reel.mp4", FORM, Finish(subtitles=passages))
    assert subtitles(reel) == [(words.start, words.text) for words in passages if words.text]


def test_between_subtitles_there_is_nothing(card: SegmentFiles, tmp_path: Path) -> None:
    """A gap takes the words away, before the first, between two and after the last."""
    some = (Passage(4, 10, "one"), Passage(20, 24, "two"))
    reel = join([card], tmp_path / "reel.mp4", FORM, Finish(subtitles=some))
    with av.open(str(reel)) as source:
        packets = [packet for packet in source.demux(source.streams.subtitles[0]) if packet.size]
        ticks = [
            packet.pts * packet.time_base for packet in packets if packet.pts is not None and packet.time_base
        ]
    starts = [int(tick * NTSC.fraction) for tick in ticks]
    assert list(zip(starts, map(bytes, packets), strict=True)) == [
        (0, b"\0\0"),
        (4, b"\0\x03one"),
        (10, b"\0\0"),
        (20, b"\0\x03two"),
        (24, b"\0\0"),
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
    cut = title("ü" * 200)
    assert cut == "ü" * 126 + "…"
    assert len(cut.encode()) == 255


def test_control_characters_are_left_out() -> None:
    """A zero byte would end the text early, and a carriage return is a line end."""
    assert title("a\0b\r\nc\x1b[0m") == "ab\nc[0m"


def test_a_reel_may_have_more_chapters_than_the_older_list_can_count(tmp_path: Path) -> None:
    """That list names the first 255; players that read the track of titles have all of them."""
    card = encode(CardSegment(300, "x"), tmp_path, form=FORM)
    every = tuple(Passage(n, n + 1, f"shot {n}") for n in range(300))
    reel = join([card], tmp_path / "reel.mp4", FORM, Finish(chapters=every))
    assert [name for _, _, name in chapters(reel)] == [f"shot {n}" for n in range(300)]
