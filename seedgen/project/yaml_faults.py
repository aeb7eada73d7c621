"""YAML faults: what people meet most often when a text cannot be read, called by its name.

A parser tells what it was scanning for. What was meant, or left over by git, shows in the text itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from seedgen.project.diagnostics import Spot
from seedgen.project.lines import Lines

_CONFLICT = re.compile(r"^<{7} .*$(?:.*\n)*?^={7}$(?:.*\n)*?^>{7} ", re.MULTILINE)
_MARKER = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?= |\r?$)", re.MULTILINE)
_EXPRESSION = re.compile(r"(?:^\s*|[:-]\s+|[,\[{]\s*)(\{[{%])")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, what to do about it, and where."""

    summary: str
    detail: str
    spot: Spot


def conflict(text: str) -> Fault | None:
    """A merge conflict that git left in a text, from the first marker to the last.

    It need not keep a text from being read: inside quotes the markers would be words of a prompt.
    """
    found = _CONFLICT.search(text) if "<<<<<<< " in text else None
    return _marked(text, found.start()) if found else None


def fault(text: str, noticed: Spot) -> Fault | None:
    """What keeps a text from being read as YAML, which a parser noticed at a spot.

    None when it is none of the well-known ones.
    """
    if left := _MARKER.search(text):
        return _marked(text, left.start())
    seen, line, column = Lines(text)[noticed.line], noticed.line, noticed.column - 1
    indent = seen[: len(seen) - len(seen.lstrip())]
    if "\t" in indent:
        return Fault(
            "tab used for indentation",
            "Indent with spaces: YAML takes no tab there.",
            Spot(line, indent.index("\t") + 1),
        )
    for found in _EXPRESSION.finditer(seen):
        if found.start(1) <= column <= found.end(1):
            return Fault(
                "expression not in quotes",
                f"Put the text in quotes, or write it as a block with >-; without, YAML takes {found[1]} "
                "for a mapping.",
                Spot(line, found.start(1) + 1, 2),
            )
    return None


def _marked(text: str, start: int) -> Fault:
    marker = _MARKER.match(text, start)
    length = len(marker[1]) if marker else 7
    return Fault(
        "merge conflict not resolved",
        "git left both versions here. Keep what is right of them, and delete the lines that begin with "
        "<<<<<<<, ======= and >>>>>>>.",
        Lines(text).spot(start, length),
    )
