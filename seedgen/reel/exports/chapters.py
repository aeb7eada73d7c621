"""Chapters: a list to paste into the description of a video, `00:00 title` in each line. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.reel.exports.words import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from seedgen.ports.segments import Passage
    from seedgen.timing import Rate


def chapters_text(passages: Iterable[Passage], rate: Rate) -> str:
    """One line for each chapter, in whole seconds; of those that begin in the same second the first."""
    listed: dict[int, str] = {}
    for passage in passages:
        listed.setdefault(int(rate.seconds(passage.start)), one_line(passage.text))
    return "".join(f"{_clock(second)} {title}\n" for second, title in listed.items())


def _clock(second: int) -> str:
    minutes, seconds = divmod(second, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes:02}:{seconds:02}"
