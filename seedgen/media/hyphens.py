"""Break a word that is too long for a line, where its author lets it or where it looks best."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.ImageFont import FreeTypeFont

SOFT_HYPHEN = "\u00ad"
"""Where a word may be broken; it is seen, as a hyphen, only where a line ends there."""

_SEAMS = "-/_.,\u2013\u2014"
_FEWEST = 3
"""Letters before and after a hyphen, at least, and how far one moves to a better place."""

_VOWELS = "aeiouyæøœ"
_TOGETHER = ("ch", "ck", "ph", "qu", "sc", "sh", "th")
"""Letters that are one sound."""


def broken(word: str, font: FreeTypeFont, width: int) -> Iterator[str]:
    """The word, in pieces that fit; at least one character each, however narrow the line."""
    while SOFT_HYPHEN in word and font.getlength(word.replace(SOFT_HYPHEN, "")) > width:
        start, rest = _at_soft_hyphen(word, font, width)
        yield from _torn(start, font, width)
        word = rest
    yield from _torn(word.replace(SOFT_HYPHEN, ""), font, width)


def _at_soft_hyphen(word: str, font: FreeTypeFont, width: int) -> tuple[str, str]:
    """As many parts of a word as fit on a line, at least one, with a hyphen; and the rest."""
    parts = word.split(SOFT_HYPHEN)
    count = len(parts) - 1
    while count > 1 and font.getlength("".join(parts[:count]) + "-") > width:
        count -= 1
    return "".join(parts[:count]) + "-", SOFT_HYPHEN.join(parts[count:])


def _torn(word: str, font: FreeTypeFont, width: int) -> Iterator[str]:
    """A word broken where it says nothing about where it may be."""
    while font.getlength(word) > width and len(word) > 1:
        end = max(1, longest_start(word, font, width))
        seam = max(word.rfind(mark, 0, end) for mark in _SEAMS) + 1
        end = seam if seam > end // 2 else end
        hyphen = ""
        if end > _FEWEST and word[end - 1 : end + 1].isalpha():
            end = _syllable(word, max(1, longest_start(word, font, width - font.getlength("-"))))
            hyphen = "-" if word[end - 1 : end + 1].isalpha() else ""
        yield word[:end] + hyphen
        word = word[end:]
    yield word


def _syllable(word: str, end: int) -> int:
    """A place no later than `end` that looks like the end of a syllable.

    One consonant goes with the vowel after it, as in most languages with Latin letters; without a
    dictionary no more can be known.
    """
    end = min(end, max(_FEWEST, len(word) - _FEWEST))
    for place in range(end, max(_FEWEST, end - _FEWEST), -1):
        before, after = (
            unicodedata.normalize("NFD", sign)[0].lower() for sign in word[place - 1 : place + 1]
        )
        is_torn = before + after in _TOGETHER or (after in _VOWELS and before not in _VOWELS)
        if not is_torn:
            return place
    return end


def longest_start(text: str, font: FreeTypeFont, width: float) -> int:
    """How many of the text's first characters fit."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if font.getlength(text[:middle]) <= width:
            low = middle
        else:
            high = middle - 1
    return low
