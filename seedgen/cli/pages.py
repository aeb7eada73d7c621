"""Pages: what stands at the end of `--help`, in one form for every command.

Click fills paragraphs; what has to keep its lines stands behind a lone `\\b`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXITS: Mapping[int, str] = {0: "done", 1: "an error, or wrong usage"}
"""How most commands end."""


def page(
    *examples: tuple[str, str],
    exits: Mapping[int, str] = EXITS,
    environment: Iterable[tuple[str, str]] = (),
) -> str:
    """An epilog: command lines with a sentence on each, exit codes, variables that are read."""
    sections = [_block("Examples:", (f"{typed}\n      {about}" for typed, about in examples))]
    sections.append(_block("Exit codes:", (f"{code:<4} {meaning}" for code, meaning in exits.items())))
    variables = [f"{name:<19} {meaning}" for name, meaning in environment]
    if variables:
        sections.append(_block("Environment:", variables))
    return "\n\n".join(sections)


def _block(title: str, lines: Iterable[str]) -> str:
    return "\b\n" + "\n".join([title, *(f"  {line}" for line in lines)])
