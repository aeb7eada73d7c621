"""Kern large type: pairs like `To` and `AV` drawn closer together, as Inter's own tables say.

Pillow kerns only with a shaping library that not every build of it has, and a card must not look
different where it is missing. The pairs are those of the heavier weight; the other's differ by a hair.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL.ImageFont import FreeTypeFont

_PAIRS = Path(__file__).resolve().parent.parent / "fonts" / "Inter-SemiBold-kerning.json"
_EM = 1000
_UNDER_ACCENTS = 0.5
"""Of the kerning before a small letter with an accent, which else runs into the arm of a T."""


def kerned(text: str, font: FreeTypeFont) -> list[tuple[str, float]]:
    """Each sign of a line with its distance from the line's start, in pixels."""
    places, left = [], 0.0
    for sign, following in pairwise([*text, ""]):
        places.append((sign, left))
        left += font.getlength(sign) + _between(sign, following) * font.size / _EM
    return places


def _between(sign: str, following: str) -> float:
    """By how much a pair is moved apart, in thousandths of an em: mostly less than nothing."""
    if not following:
        return 0
    first, second = (unicodedata.normalize("NFD", one)[0] for one in (sign, following))
    is_accented = second != following and following.islower()
    return _pairs().get((first, second), 0) * (_UNDER_ACCENTS if is_accented else 1)


@cache
def _pairs() -> Mapping[tuple[str, str], int]:
    """A sign and the one after it. The file says: a sign, then by how much which signs after it are moved.

    It holds the pairs of plain letters, figures and marks in the GPOS table of Inter SemiBold that are
    moved by a seventieth of an em or more.
    """
    rows = json.loads(_PAIRS.read_text(encoding="utf-8"))
    return {
        (sign, following): int(move)
        for sign, moves in rows.items()
        for move, others in moves.items()
        for following in others
    }
