"""Digests: SHA-256 of bytes, files and canonical JSON, as lower-case hex."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NewType

import rfc8785

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

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
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()  # type: ignore[arg-type]
