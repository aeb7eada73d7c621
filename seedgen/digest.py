"""Digests: SHA-256 of bytes, files and canonical JSON, as lower-case hex."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NewType

import rfc8785

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_LARGEST = 2**53 - 1
"""Beyond it an IEEE double, which is what RFC 8785 takes numbers for, is not exact."""

Digest = NewType("Digest", str)
"""SHA-256 of a file's bytes: 64 hex digits."""

Fingerprint = NewType("Fingerprint", str)
"""SHA-256 of a request's canonical JSON: 64 hex digits."""


def digest_bytes(data: bytes) -> Digest:
    """The digest of some bytes."""
    return Digest(hashlib.sha256(data).hexdigest())


def digest_file(path: Path) -> Digest:
    """The digest of a file, read once in blocks. Raises OSError as `open` does."""
    with path.open("rb") as stream:
        return Digest(hashlib.file_digest(stream, "sha256").hexdigest())


def digest_json(value: Mapping[str, object]) -> str:
    """SHA-256 of a value's RFC 8785 (JCS) form: the same for any order of keys.

    Integers must lie within ±(2^53 - 1), as RFC 8785 takes JSON numbers for IEEE doubles;
    `rfc8785.IntegerDomainError` otherwise.
    """
    return hashlib.sha256(canonical_json(value)).hexdigest()


def canonical_json(value: Mapping[str, object]) -> bytes:
    """The RFC 8785 form of a JSON value, as UTF-8.

    The library walks a value in Python. Where the standard encoder is certain to write the same bytes
    (text, truth values, null, small integers, ASCII keys), it does so ten times faster; whatever else
    there is, floats above all, is left to the library.
    """
    if _is_simple(value):
        return _ENCODER.encode(value).encode("utf-8")
    return rfc8785.dumps(value)  # type: ignore[arg-type]


def is_deeper(value: object, levels: int) -> bool:
    """Whether lists and mappings of a JSON value lie in each other further than so many levels.

    Who walks a value by calling itself, as the library and `str` do, has to know first.
    """
    level = [value]
    for _ in range(levels):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return bool(level)


def _is_simple(value: object) -> bool:
    """Whether the standard encoder writes a value just as RFC 8785 asks."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return -_LARGEST <= value <= _LARGEST  # type: ignore[operator]
    if kind is dict:
        # Keys are ordered by UTF-16 code units there and by code points here: the same for ASCII.
        for key, member in value.items():  # type: ignore[attr-defined]
            if type(key) is not str or not key.isascii() or not _is_simple(member):
                return False
        return True
    return kind is list and all(map(_is_simple, value))  # type: ignore[call-overload]
