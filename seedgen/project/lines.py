"""Lines: places in a text by line and column, as editors and Jinja count them.

A line ends with LF, CRLF or CR. YAML 1.1's readers end one at U+0085, U+2028 and U+2029 too, and
`str.splitlines` at a form feed and others: numbers from either point to another line than an editor shows.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from seedgen.project.diagnostics import Spot

LINE_END = re.compile(r"\r\n|\r|\n")


class Lines:
    """A text by its lines."""

    def __init__(self, text: str) -> None:
        self._text = text
        ends = list(LINE_END.finditer(text))
        self._starts = [0, *(end.end() for end in ends)]
        self._ends = [*(end.start() for end in ends), len(text)]

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, number: int) -> str:
        """The line of a number, from 1, without its end; empty beyond the last one."""
        if number > len(self._starts):
            return ""
        return self._text[self._starts[number - 1] : self._ends[number - 1]]

    def spot(self, start: int, length: int = 1) -> Spot:
        """Where so many signs from an index on stand, as far as they stand in its line."""
        line = bisect_right(self._starts, start)
        room = self._ends[line - 1] - start
        return Spot(line, start - self._starts[line - 1] + 1, max(1, min(length, room)))

    def beginning_with(self, number: int, most: int) -> str:
        """So many lines from a number on, with LF between them."""
        return "\n".join(map(self.__getitem__, range(number, min(number + most, len(self) + 1))))
