"""Exports for players: subtitles in SRT and WebVTT, and a list of chapters."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.ports.segments import Passage
from seedgen.reel.exports.captions import srt_text, vtt_text
from seedgen.reel.exports.chapters import chapters_text
from seedgen.reel.exports.events import centred
from seedgen.reel.exports.words import lines_of, one_line
from seedgen.reel.passages import chapters, subtitles
from seedgen.timing import Rate
from tests.planning.projects import opened
from tests.reel.exported import HOSTILE, line_of, media_of, shots_of

if TYPE_CHECKING:
    from pathlib import Path

FILM, NTSC = Rate(24), Rate(30000, 1001)
TIMES = re.compile(r"(\d\d):(\d\d):(\d\d)[,.](\d{3}) --> (\d\d):(\d\d):(\d\d)[,.](\d{3})")
JOINER = "\u2060"

TWO = [Passage(0, 36, "A red door."), Passage(36, 96, "A wall.\n\n  Bare,  and\twet. ")]


def test_srt_as_players_read_it() -> None:
    """Numbers, times with commas, and no empty line within a subtitle."""
    assert srt_text(TWO, FILM) == (
        "1\n00:00:00,000 --> 00:00:01,500\nA red door.\n\n"
        "2\n00:00:01,500 --> 00:00:04,000\nA wall.\nBare, and wet.\n\n"
    )


def test_webvtt_as_browsers_read_it() -> None:
    """A heading, times with points, and markup escaped."""
    assert vtt_text([*TWO, Passage(96, 120, "<i>R&B</i> --> loud")], FILM) == (
        "WEBVTT\n"
        "\n00:00:00.000 --> 00:00:01.500\nA red door.\n"
        "\n00:00:01.500 --> 00:00:04.000\nA wall.\nBare, and wet.\n"
        "\n00:00:04.000 --> 00:00:05.000\n&lt;i&gt;R&amp;B&lt;/i&gt; --&gt; loud\n"
    )


def test_what_is_no_text_is_no_subtitle() -> None:
    """A prompt of spaces alone leaves no empty subtitle, and the numbers go on."""
    silent = [Passage(0, 24, " \n "), Passage(24, 48, "Words.")]
    assert srt_text(silent, FILM).startswith("1\n00:00:01,000")
    assert vtt_text(silent, FILM).count("-->") == 1


def test_references_are_told_by_name(tmp_path: Path) -> None:
    """To who reads subtitles, an editor's remarks or a slate, `[Image 1]` says nothing."""
    yaml = """\
reference_sets: {door: {images: [a.png]}}
shots:
  - {id: s1, prompt: "Open {{ ref('door') }}.", references: [door]}
"""
    line = line_of(opened(tmp_path, yaml, {"a.png": "a picture"}).shots, slate="card")
    (slate, shot) = centred(line, media_of(line))
    assert [passage.text for passage in subtitles(line)] == ["Open door."]
    assert shot.remark == "Open door."
    assert slate.span.card is not None
    assert slate.span.card.body == "Open door."


def test_nothing_is_a_tag_in_srt() -> None:
    """SRT has no escapes: an invisible character keeps `<b>`, `{\\an8}` and arrows from meaning anything."""
    text = srt_text([Passage(0, 24, "<b>x</b> {\\an8} --> 1 < 2")], FILM)
    assert text.splitlines()[2] == f"<{JOINER}b>x<{JOINER}/b> {{{JOINER}\\an8}} --{JOINER}> 1 < 2"


@pytest.mark.parametrize("suffix", ["srt", "vtt"])
def test_ffmpeg_reads_what_was_written(suffix: str, tmp_path: Path) -> None:
    """As many subtitles as shots, from where each begins to where the next one does, whatever they say."""
    line = line_of(shots_of(tmp_path, HOSTILE), transitions={"c": "dissolve"})
    write = srt_text if suffix == "srt" else vtt_text
    file = tmp_path / f"main.{suffix}"
    file.write_text(write(subtitles(line), line.form.rate), encoding="utf-8")
    with av.open(str(file)) as opened:
        packets = [packet for packet in opened.demux(subtitles=0) if packet.size]
    starts = [span.at * 1000 // 24 for span in line.shots]
    assert starts == [0, 4000, 7500, 11500, 15500, 19500]
    assert [packet.pts for packet in packets] == starts
    assert packets[-1].pts is not None
    assert packets[-1].pts + (packets[-1].duration or 0) == 23500
    plain = unescape if suffix == "vtt" else str
    said = [plain(bytes(packet).decode()).replace(JOINER, "") for packet in packets]
    assert said == ["\n".join(lines_of(passage.text)) for passage in subtitles(line)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    lengths=st.lists(st.integers(1, 400), min_size=1, max_size=12),
    rate=st.sampled_from([FILM, NTSC, Rate(25), Rate(60)]),
    text=st.text(min_size=1),
)
def test_subtitles_follow_each_other_without_gap_or_overlap(
    lengths: list[int], rate: Rate, text: str
) -> None:
    """Times are rounded from frames, never added up; any text leaves the other subtitles alone."""
    ends = [sum(lengths[: number + 1]) for number in range(len(lengths))]
    passages = [Passage(end - length, end, f"x{text}") for end, length in zip(ends, lengths, strict=True)]
    for write in (srt_text, vtt_text):
        found = TIMES.findall(write(passages, rate))
        times = [(_milliseconds(cue[:4]), _milliseconds(cue[4:])) for cue in found]
        assert [start for start, _ in times] == [0, *[end for _, end in times[:-1]]]
        assert all(
            abs(end - rate.seconds(frame) * 1000) <= 0.5 for (_, end), frame in zip(times, ends, strict=True)
        )


def _milliseconds(parts: tuple[str, ...]) -> int:
    hours, minutes, seconds, thousandths = map(int, parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths


def test_chapters_are_a_list_to_paste(tmp_path: Path) -> None:
    """Whole seconds and ids; the first chapter begins with the reel, its title card included."""
    line = line_of(shots_of(tmp_path, HOSTILE[:3]), titles={"start": "Film"}, transitions={"c": "dissolve"})
    assert chapters_text(chapters(line), line.form.rate) == "00:00 a\n00:06 b\n00:09 c\n"


def test_chapters_beyond_an_hour() -> None:
    """Hours appear where there are some."""
    marks = [Passage(0, 1, "a"), Passage(24 * 3599, 1, "b"), Passage(24 * 3661, 1, "c")]
    assert chapters_text(marks, FILM) == "00:00 a\n59:59 b\n1:01:01 c\n"


def test_a_second_has_one_chapter() -> None:
    """Of three shots within a second the first one names it."""
    marks = [Passage(0, 8, "a"), Passage(8, 16, "b"), Passage(16, 30, "c"), Passage(30, 48, "d")]
    assert chapters_text(marks, FILM) == "00:00 a\n00:01 d\n"


WORDS = [
    ("a\r\nb\u2028c\x0bd", None, "a b c d"),
    ("\x00\x1b[31mred\x7f\ud800\ufffe", None, "[31mred"),
    ("twelve words", 10, "twelve..."),
    ("exactly 10", 10, "exactly 10"),
]


@pytest.mark.parametrize(("text", "most", "line"), WORDS)
def test_words_become_one_line(text: str, most: int | None, line: str) -> None:
    """Line ends of every kind are spaces, control characters are gone, and what is too long says so."""
    assert one_line(text, most) == line
