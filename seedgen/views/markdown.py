"""Markdown for GitHub, in which what a stranger wrote stays text: no markup, no picture, no mention."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from seedgen.views.paint import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable

_SIGN = re.compile(r"[^\w\s]|_")
_SPACE = re.compile(r"[^\S ]+")
_FENCE = "```"
_WIDTH = 100


def code(text: str) -> str:
    """A text as code, within a line or a cell of a table.

    Every sign is a character reference, so that nothing of it is Markdown, HTML or an address; in `<code>`
    GitHub makes no mention of a @name and no link of a #12 either. A line end shows as ⏎.
    """
    return f"<code>{escaped(text)}</code>" if text else ""


def escaped(text: str) -> str:
    """A text in which every sign is a character reference: it can stand in an attribute too."""
    line = _SPACE.sub(" ", harmless(text).replace("\r\n", "\n").replace("\n", "⏎ "))
    return _SIGN.sub(lambda found: f"&#{ord(found[0])};", line)


def changed(before: str, after: str) -> list[str]:
    """Two texts as a block of a diff, wrapped. Each line has its sign, so none can end the block."""
    return [f"{_FENCE}diff", *_signed("-", before), *_signed("+", after), _FENCE]


def _signed(sign: str, text: str) -> Iterable[str]:
    for line in harmless(text).splitlines() or [""]:
        wrapped = textwrap.wrap(line, _WIDTH, break_on_hyphens=False) or [""]
        yield from (f"{sign} {part}" for part in wrapped)
