"""Pinpoint: which expression of a template fails, and where it stands in the YAML around it.

Jinja knows the line of a failure and no more, and a prompt of many expressions may be one line: a block
that YAML folds, say. So the failing text is spread out, every expression on a line of its own, and fails
once more. YAML in turn changes nothing of a text but white space, and a few signs inside quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seedgen.project.lines import LINE_END, Lines

if TYPE_CHECKING:
    from seedgen.project.diagnostics import Spot

_OPENING = re.compile(r"(?=\{\{|\{%)")
_ENDS = {"{{": "}}", "{%": "%}"}
_PLAIN_ESCAPES = ('"', "\\", "/")


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a text: `length` signs from `start`."""

    text: str
    start: int
    length: int

    @property
    def spot(self) -> Spot:
        """Where it stands in a file that holds the text and nothing else."""
        return Lines(self.text).spot(self.start, self.length)


def spread(text: str) -> str:
    """A template with every expression and statement at the beginning of a line. Its output differs."""
    return _OPENING.sub("\n", text)


def passage(text: str, line: int, word: str | None) -> Passage:
    """What stands on a line, from 1, of the text as `spread` has it; of that `word`, if it is there."""
    starts = sorted([0, *(m.start() for m in _OPENING.finditer(text)), *_ends_of_lines(text)])
    start = starts[min(line, len(starts)) - 1]
    start += len(text[start:]) - len(text[start:].lstrip())
    end = _end(text, start)
    if word and (found := re.compile(rf"(?<![\w.]){re.escape(word)}\b").search(text, start, end)):
        start, end = found.span()
    return Passage(text, start, max(1, end - start))


def _ends_of_lines(text: str) -> list[int]:
    return [match.end() for match in LINE_END.finditer(text)]


def _end(text: str, start: int) -> int:
    closing = text.find(_ENDS.get(text[start : start + 2], "\n"), start)
    line_end = LINE_END.search(text, start)
    last = line_end.start() if line_end else len(text)
    return min(closing + 2, last) if closing >= 0 else last


def in_yaml(wanted: Passage, lines: Lines, value: Spot) -> Spot | None:
    """Where a passage of a YAML value stands, which itself begins at a spot of a file's lines.

    None when the two do not read the same: the value stands behind an alias, or has escapes.
    """
    source = lines.beginning_with(value.line, len(wanted.text) + 2)  # no value has more lines than signs
    at = value.column - 1
    quote = source[at : at + 1]
    if quote in ("|", ">"):
        at = source.find("\n", at) + 1
    elif quote in ("'", '"'):
        at += 1
    start = None
    for index, sign in enumerate(wanted.text[: wanted.start + wanted.length]):
        if sign.isspace():
            continue
        while source[at : at + 1].isspace():
            at += 1
        at += _escape(source[at : at + 2], quote)
        if source[at : at + 1] != sign:
            return None
        if index >= wanted.start and start is None:
            start = at
        at += 1
    if start is None:
        return None
    found = Lines(source).spot(start, at - start)
    return replace(found, line=value.line - 1 + found.line)


def _escape(two: str, quote: str) -> int:
    """How many signs go before the next one of a text, because it stands in quotes of this kind."""
    if quote == "'":
        return int(two == "''")
    return int(quote == '"' and two[:1] == "\\" and two[1:] in _PLAIN_ESCAPES)
