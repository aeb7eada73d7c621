"""Words: how a changed prompt, money and counts are put for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.project.media import Derived

if TYPE_CHECKING:
    from seedgen.ports.store import Running
    from seedgen.project.media import Media

_TOKENS = re.compile(r"<(?:image|video|audio) \d+>|\s+|[\w'\u2019-]+|[^\w\s]")
_CONTEXT = 12
"""Words and signs kept on each side of a change; what lies further away is an ellipsis."""


class Kind(Enum):
    """What happened to a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is the same, gone, new, or left out of the display."""

    kind: Kind
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """The change from one text to another, word by word, with a few words around each change."""
    from difflib import SequenceMatcher  # noqa: PLC0415  a plan without a changed prompt needs none of it

    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    pieces: list[Piece] = []
    for tag, a0, a1, b0, b1 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Kind.SAME, "".join(old[a0:a1])))
            continue
        if a1 > a0:
            pieces.append(Piece(Kind.GONE, "".join(old[a0:a1])))
        if b1 > b0:
            pieces.append(Piece(Kind.NEW, "".join(new[b0:b1])))
    return _shortened(_joined(pieces))


def _joined(pieces: list[Piece]) -> list[Piece]:
    """A lone space between two changes belongs to them: `a b` to `c d` is one change, not two."""
    runs: list[tuple[str, str]] = []
    out: list[Piece] = []

    def flush() -> None:
        gone, new = "".join(g for g, _ in runs), "".join(n for _, n in runs)
        if gone:
            out.append(Piece(Kind.GONE, gone))
        if new:
            out.append(Piece(Kind.NEW, new))
        runs.clear()

    for index, piece in enumerate(pieces):
        if piece.kind is Kind.GONE:
            runs.append((piece.text, ""))
        elif piece.kind is Kind.NEW:
            runs.append(("", piece.text))
        elif runs and piece.text.isspace() and index + 1 < len(pieces):
            runs.append((piece.text, piece.text))
        else:
            flush()
            out.append(piece)
    flush()
    return out


def _shortened(pieces: list[Piece]) -> list[Piece]:
    out = []
    for index, piece in enumerate(pieces):
        tokens = _TOKENS.findall(piece.text)
        first, last = index == 0, index == len(pieces) - 1
        room = _CONTEXT * (1 if first or last else 2)
        if piece.kind is not Kind.SAME or len(tokens) <= room + 4:
            out.append(piece)
            continue
        head = "" if first else "".join(tokens[:_CONTEXT]).rstrip()
        tail = "" if last else "".join(tokens[-_CONTEXT:]).lstrip()
        if head:
            out.append(Piece(Kind.SAME, head))
        out.append(Piece(Kind.CUT, f"{' ' if head else ''}…{' ' if tail else ''}"))
        if tail:
            out.append(Piece(Kind.SAME, tail))
    return out


def media_words(media: Media) -> str:
    """What a reference is called: its file's name, its URL, or what is taken from another shot's clip."""
    if isinstance(media, Derived):
        return media.words
    return media.name if isinstance(media, Path) else media


def waiting_words(other: Running | None) -> str:
    """Who is waited for before reels can be assembled."""
    who = f"Process {other.pid} on {other.host}" if other else "Another process"
    return f"{who} assembles reels of this project now"


def apply_words(runs: Running) -> str:
    """What an apply that runs now means for reels that are assembled beside it."""
    return (
        f"An apply runs here, process {runs.pid} on {runs.host}. Reels show what there is now; "
        "it assembles them at its end, unless it was told not to.\n"
    )


def dollars(amount: Decimal) -> str:
    """USD with cents: `$0.72`. Less than a cent that is not nothing keeps its digits."""
    return f"${shown(amount):f}"


def shown(amount: Decimal) -> Decimal:
    """What `dollars` shows of an amount."""
    if amount and amount < Decimal("0.01"):
        return amount.normalize()
    return amount.quantize(Decimal("0.01"))


def price(amount: Decimal | None) -> str:
    """A cost that may be unknown, or nothing."""
    if amount is None:
        return "price unknown"
    return dollars(amount) if amount else "free"


def estimate(amount: Decimal, unpriced: int) -> str:
    """`$0.72`, or `$0.72 + 1 unpriced`."""
    return dollars(amount) + (f" + {unpriced} unpriced" if unpriced else "")


def counted(number: int, word: str) -> str:
    """`1 shot`, `2 shots`."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def lasted(seconds: float) -> str:
    """How long something took: `0.8 s`, `12 s`, `3 min 05 s`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
