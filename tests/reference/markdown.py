"""Markdown: tables and texts as the pages of the reference have them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CODE = re.compile(r"(`[^`]*`)")
_SPECIAL = re.compile(r"([\\*<\[\]|])")


def plain(text: str) -> str:
    """A text that means what it says; what stands between backticks stays code."""
    parts = _CODE.split(text)
    return "".join(part if index % 2 else _SPECIAL.sub(r"\\\1", part) for index, part in enumerate(parts))


def code(text: str) -> str:
    """A word as code."""
    return f"`{text}`"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, with a blank line behind it; cells are Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines) + "\n"


def generated(title: str, introduction: str) -> str:
    """The head of a page that `tests.write_reference` writes."""
    remark = "<!-- Written by `python -m tests.write_reference`; what stands here is changed in the code. -->"
    return f"# {title}\n\n{remark}\n\n{introduction}\n\n"
