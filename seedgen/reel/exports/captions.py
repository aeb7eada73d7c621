"""Captions: passages of a reel as SRT and as WebVTT. Pure."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from seedgen.reel.exports.words import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seedgen.ports.segments import Passage
    from seedgen.timing import Rate

_JOINER = "\u2060"
"""An invisible character. SRT has no escapes: between `<` and a letter it keeps a tag from being one."""

_TAG = re.compile(r"<(?=[A-Za-z/])|\{(?=\\)|--(?=>)")


def srt_text(passages: Iterable[Passage], rate: Rate) -> str:
    """SubRip: what most players and video sites take."""
    cues = [(passage, lines) for passage in passages if (lines := lines_of(passage.text))]
    return "".join(
        f"{number}\n{_time(passage.start, rate, ',')} --> {_time(passage.end, rate, ',')}\n"
        + "".join(_TAG.sub(lambda found: found[0] + _JOINER, line) + "\n" for line in lines)
        + "\n"
        for number, (passage, lines) in enumerate(cues, 1)
    )


def vtt_text(passages: Iterable[Passage], rate: Rate) -> str:
    """WebVTT: what browsers take, for a `<track>`."""
    return "WEBVTT\n" + "".join(
        f"\n{_time(passage.start, rate, '.')} --> {_time(passage.end, rate, '.')}\n"
        + "".join(_escaped(line) + "\n" for line in lines)
        for passage in passages
        if (lines := lines_of(passage.text))
    )


def _escaped(line: str) -> str:
    """WebVTT reads `<` and `&` as markup, and an arrow as a cue's times (W3C WebVTT, section 4.2)."""
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(frame: int, rate: Rate, point: str) -> str:
    """`01:02:03,456`: the millisecond nearest to a frame."""
    seconds, thousandths = divmod(int(rate.seconds(frame) * 1000 + Fraction(1, 2)), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{thousandths:03}"
