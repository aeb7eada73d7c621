"""Scalars: what a plain word of YAML means, by YAML 1.2 core rules.

PyYAML's own loaders follow YAML 1.1, where `16:9` is 969, `010` is 8 and `no` is false. Here scalars
mean what they look like: only `null`, `~`, `true`, `false`, decimal integers without a leading zero
and plain decimals are typed, and decimals become `Decimal`, so that `1.50` still knows how it was
written. Everything else is a string.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_INTEGER = re.compile(r"-?[1-9][0-9]{0,17}|0")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\.[0-9]{1,18}")
_WORDS: dict[str, bool | None] = {"": None, "null": None, "~": None, "true": True, "false": False}


def typed(text: str) -> Any:
    """The value that a plain scalar means."""
    if text in _WORDS:
        return _WORDS[text]
    head = text[0]
    if head.isdigit() or head == "-":
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text):
            return Decimal(text)
    return text
