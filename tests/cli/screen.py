"""A terminal: a pseudo-terminal for a process, and a screen on which what it wrote is replayed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.film import Film

COLUMNS, LINES = 100, 50
PATIENCE_S = 30
_SIGNS = re.compile(r"\x1b\[(\??[0-9;]*)([A-Za-z])|\x1b.|[\s\S]")


class Terminal:
    """A command that runs with a terminal for stdin, stdout and stderr: seedgen on a film, or `program`."""

    def __init__(self, film: Film, *arguments: str, program: Sequence[str] = (), **environment: str) -> None:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self._ours = ours
        self.written = ""
        self._process = subprocess.Popen(
            [*(program or (sys.executable, "-m", "seedgen", "-C", str(film.root))), *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", **environment},
            start_new_session=True,
            # Only a session's own terminal turns Ctrl-C into a signal.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )
        os.close(theirs)

    def read_until(self, text: str) -> None:
        """Read up to a text, or fail when it does not come."""
        while text not in self.written:
            assert self._read(), f"{text!r} never came:\n{self.written}"

    def type(self, text: str) -> None:
        """Type something."""
        if text:
            os.write(self._ours, text.encode())

    def end(self, *, press: str = "") -> int:
        """Read to the end and return the exit code. `press` is a key that is pressed in a silent second.

        Once is not enough for Ctrl-C at a question: between Python's last look for signals and its
        call of read(2) one goes unnoticed, and a test is quick enough to hit that moment.
        """
        while self._read(press):
            pass
        os.close(self._ours)
        return self._process.wait(PATIENCE_S)

    def _read(self, press: str = "") -> bool:
        until = time.monotonic() + PATIENCE_S
        while not select.select([self._ours], [], [], 1)[0]:
            assert time.monotonic() < until, self.written
            self.type(press)
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # Linux says so when the last one has closed the other side
            return False
        self.written += data.decode()
        return bool(data)


class Screen:
    """What a terminal shows after some output: enough of ECMA-48 for what seedgen writes.

    Raises AssertionError for a sequence that it does not know. Nothing scrolls: it is long enough.
    """

    def __init__(self, written: str) -> None:
        self.rows: dict[int, dict[int, str]] = {}
        self.row = self.column = 0
        self.cursor_shown = True
        for match in _SIGNS.finditer(written):
            if match[2]:
                self._control(match[1], match[2])
            else:
                self._sign(match[0])

    def _sign(self, sign: str) -> None:
        if sign == "\r":
            self.column = 0
        elif sign == "\n":
            self.row += 1
        else:
            assert sign.isprintable(), repr(sign)
            self.rows.setdefault(self.row, {})[self.column] = sign
            self.column += 1

    def _control(self, given: str, kind: str) -> None:
        if kind == "A":
            self.row -= int(given or 1)
        elif kind == "K":
            assert given == "2"
            self.rows.pop(self.row, None)
        elif kind in "hl":
            assert given == "?25"
            self.cursor_shown = kind == "h"
        else:
            assert kind == "m", f"unknown sequence {given}{kind}"

    @property
    def text(self) -> str:
        """Every line, without the space at its end."""
        lines = []
        for row in range(max(self.rows, default=0) + 1):
            cells = self.rows.get(row, {})
            lines.append("".join(cells.get(at, " ") for at in range(max(cells, default=-1) + 1)).rstrip())
        return "\n".join(lines)
