"""Paint: colour for terminals, and text from strangers made harmless to them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Control and direction-overriding characters: a prompt must not move the cursor or hide text."""


@dataclass(frozen=True, slots=True)
class Paint:
    """Wraps text in ANSI colour, or leaves it plain."""

    on: bool

    def _wrap(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.on and text else text

    def bold(self, text: str) -> str:
        """Emphasis."""
        return self._wrap("1", text)

    def dim(self, text: str) -> str:
        """Less important."""
        return self._wrap("2", text)

    def red(self, text: str) -> str:
        """Errors, removals."""
        return self._wrap("31", text)

    def green(self, text: str) -> str:
        """Additions, success."""
        return self._wrap("32", text)

    def yellow(self, text: str) -> str:
        """Warnings, changes."""
        return self._wrap("33", text)

    def cyan(self, text: str) -> str:
        """What needs no money."""
        return self._wrap("36", text)


def harmless_json(text: str) -> str:
    """JSON with the same content, in which no control character stands for itself."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def harmless(text: str) -> str:
    """Text without control characters (line ends and tabs stay)."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
