"""Digests: SHA-256 as published, and canonical JSON as RFC 8785 prints it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.digest import canonical_json, digest_bytes, digest_file, digest_json

if TYPE_CHECKING:
    from pathlib import Path

ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""FIPS 180-4, example B.1."""
A_MILLION = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
"""FIPS 180-4, example B.3: a million times the letter a."""


def test_bytes_and_files_have_the_published_digests(tmp_path: Path) -> None:
    """The examples of the standard, one of them longer than any block that is read at once."""
    assert digest_bytes(b"abc") == ABC
    file = tmp_path / "a"
    file.write_bytes(b"a" * 1_000_000)
    assert digest_file(file) == A_MILLION


def test_a_missing_file_is_an_oserror(tmp_path: Path) -> None:
    """As `open` says it."""
    with pytest.raises(FileNotFoundError):
        digest_file(tmp_path / "none")


def test_json_is_digested_in_its_rfc_8785_form() -> None:
    """The example of RFC 8785, section 3.2.2, whose canonical text the RFC prints in section 3.2.4."""
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '\u20ac$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    text = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert digest_json(value) == hashlib.sha256(text.encode()).hexdigest()


def test_keys_are_sorted_by_utf16_code_units() -> None:
    """The example of RFC 8785, section 3.2.3: an emoji, two code units from U+D83D, stands before U+FB33."""
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    text = '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\U0001f600":5,"\ufb33":3}'
    assert digest_json(value) == hashlib.sha256(text.encode()).hexdigest()


def test_an_integer_that_a_double_cannot_hold_is_refused() -> None:
    """2^53 and its neighbour are one double: two different requests must not get one name."""
    assert digest_json({"n": 2**53 - 1})
    with pytest.raises(rfc8785.IntegerDomainError):
        digest_json({"n": 2**53})


@settings(deadline=None, max_examples=300, derandomize=True)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53) + 1, 2**53 - 1)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
        max_leaves=12,
    )
)
def test_the_canonical_form_is_that_of_the_library(value: object) -> None:
    """Whichever way a value is written, the bytes are those of RFC 8785 as its own library writes them."""
    assert canonical_json({"value": value}) == rfc8785.dumps({"value": value})  # type: ignore[dict-item]
