"""Write chapters and subtitles as ffmpeg reads them, whatever the words are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.ports.media import Passage
    from seedgen.timing import Rate

_LONGEST_TITLE = 255
"""Bytes. The older of an mp4's two lists of chapters has one byte for a title's length."""

_JOINER = "\N{WORD JOINER}"
"""Has no width and no look of its own: it keeps two characters from being read as markup."""

_LINE_ENDS = re.compile(r"\r\n?")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MARKUP = re.compile(r"\\|[<{]|--(?=>)")


def chapters_text(chapters: Sequence[Passage], rate: Rate) -> str:
    """The chapters as an ffmetadata file, in frames of the reel.

    Source: https://ffmpeg.org/ffmpeg-formats.html, "Metadata".
    """
    blocks = [";FFMETADATA1\n"]
    for chapter in chapters:
        title = re.sub(r"[=;#\\\n]", r"\\\g<0>", _shortened(_plain(chapter.text)))
        # ffmpeg takes a line end after any backslash as part of the title, escaped or not.
        title += _JOINER if title.endswith("\\") else ""
        blocks.append(
            f"[CHAPTER]\nTIMEBASE={rate.per_seconds}/{rate.frames}\n"
            f"START={chapter.start}\nEND={chapter.end}\ntitle={title}\n"
        )
    return "".join(blocks)


def subtitles_text(subtitles: Sequence[Passage], rate: Rate) -> str:
    """The subtitles as an SRT file.

    SRT has no way to write `<i>`, `{` with a backslash, or an empty line as they are: an invisible
    joiner after their first character makes them plain words.
    """
    return "\n".join(
        f"{number}\n{_moment(words.start, rate)} --> {_moment(words.end, rate)}\n{_disarmed(words.text)}\n"
        for number, words in enumerate(subtitles, 1)
    )


def _plain(text: str) -> str:
    return _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text)).strip()


def _shortened(text: str) -> str:
    """At most so many bytes of UTF-8, never half a character."""
    data = text.encode()
    if len(data) <= _LONGEST_TITLE:
        return text
    return data[: _LONGEST_TITLE - len("…".encode())].decode(errors="ignore") + "…"


def _disarmed(text: str) -> str:
    lines = _MARKUP.sub(rf"\g<0>{_JOINER}", _plain(text)).split("\n")
    return "\n".join(line if line.strip() else _JOINER for line in lines)


def _moment(frame: int, rate: Rate) -> str:
    """`HH:MM:SS,mmm`, rounded down: nearest, the last words would outlast the reel and lengthen it."""
    seconds, milliseconds = divmod(int(rate.seconds(frame) * 1000), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02},{milliseconds:03}"
