"""YAML faults: what people meet most often when a text cannot be read, called by its name.

A parser tells what it was scanning for. What was meant, or left over by git, shows in the text itself.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from seedgen.project.diagnostics import Spot
from seedgen.project.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONFLICT = re.compile(r"^<{7} .*$(?:.*\n)*?^={7}$(?:.*\n)*?^>{7} ", re.MULTILINE)
_MARKER = re.compile(r"^(<{7}|\|{7}|={7}|>{7})(?= |\r?$)", re.MULTILINE)
_EXPRESSION = re.compile(r"(?:^\s*|[:-]\s+|[,\[{]\s*)(\{[{%])")
_WITHIN = {"'": "''", '"': '\\"'}
"""How a quote is written inside quotes of its kind."""


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


def open_quote(text: str, error: yaml.MarkedYAMLError, events: Iterator[Any]) -> Fault | None:
    """Where a quote begins that was not closed: a parser notices it at the next quote, pages later, or at
    the end. `events` are those of the text, up to the error.
    """
    lines = Lines(text)
    if error.context == "while scanning a quoted scalar" and error.context_mark is not None:
        begins = lines.spot(error.context_mark.index)
        return Fault("quote not closed", "Nothing closes it up to the end of the file.", begins)
    last: Any = None
    with contextlib.suppress(yaml.YAMLError):
        for event in events:
            last = event
    if not isinstance(last, yaml.ScalarEvent) or last.style not in _WITHIN or error.problem_mark is None:
        return None
    start: Any = last.start_mark
    end: Any = last.end_mark
    begins, ends = lines.spot(start.index), lines.spot(end.index - 1)
    if begins.line == ends.line or text[end.index : error.problem_mark.index].strip():
        return None
    return Fault(
        "quote not closed",
        f"The text that begins here goes on to the next quote, in line {ends.line}, and what follows that "
        f"cannot be read. Close it where it ends; a quote within it is written {_WITHIN[last.style]}.",
        begins,
    )


def _marked(text: str, start: int) -> Fault:
    marker = _MARKER.match(text, start)
    length = len(marker[1]) if marker else 7
    return Fault(
        "merge conflict not resolved",
        "git left both versions here. Keep what is right of them, and delete the lines that begin with "
        "<<<<<<<, ======= and >>>>>>>.",
        Lines(text).spot(start, length),
    )
