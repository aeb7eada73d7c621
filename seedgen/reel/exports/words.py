"""Words: what authors wrote, made fit for formats that give some characters a meaning of their own. Pure."""

from __future__ import annotations

import re

_UNFIT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to write (section 2.2), and the control characters above ASCII."""


def printable(text: str) -> str:
    """A text without control characters and halves of surrogate pairs; line ends stay."""
    return _UNFIT.sub("", text)


def lines_of(text: str) -> list[str]:
    """Its lines that are not empty: an empty one would end a subtitle."""
    lines = (" ".join(printable(line).split()) for line in text.splitlines())
    return [line for line in lines if line]


def one_line(text: str, most: int | None = None) -> str:
    """A text as one line, of at most so many characters."""
    line = " ".join(lines_of(text))
    return line if most is None or len(line) <= most else line[: most - 3].rstrip() + "..."
