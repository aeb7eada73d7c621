"""Fuzzing: how many examples a law is tried on, and documents that somebody damaged.

`laws` marks a test that is short and the same in every run. `pytest -m soak` loads the profile `soak` (see
conftest.py): then each such test is a soak, tries LONGER times as many examples, and others each time.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

Test = TypeVar("Test", bound="Callable[..., None]")

SOAK = "soak"
LONGER = 20

settings.register_profile(
    SOAK,
    database=None,
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


def laws(examples: int) -> Callable[[Test], Test]:
    """A test that hypothesis plays this many times, and LONGER times as often as a soak."""
    if settings.get_current_profile_name() != SOAK:
        return settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
    longer = settings(settings.get_profile(SOAK), max_examples=examples * LONGER)
    return lambda test: pytest.mark.soak(longer(test))


# -- values ------------------------------------------------------------------------------------------


def nested(depth: int) -> Any:
    """A list in a list in a list."""
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


NASTY: list[Any] = [
    *(None, True, False, 0, -1, 1, 2**31, 2**53, 2**64, 10**400, -(10**30), 0.5, -0.0, 1e308),
    *("", " ", "x", "a" * 5000, "\x00", "\x1b[2J\x1b]0;x\x07", "\ud800", "\u202e", "\u2028", "é\u0301"),
    *("../../x", "/etc/passwd", "~", "C:\\x", "NUL", "a\nb", "a/b", "https://[", "http://x:99999999/"),
    *("NaN", "Infinity", "1e999999999", "1e-999999999", "-0.01", "0/0", "24/0", "1/99999999999999999999"),
    *("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59", "2026-01-01T00:00:00", "a" * 64, "0" * 64),
    *([], {}, [[]], [None], {"": None}, {"a": {"b": []}}, nested(90), ["x"] * 50),
]
"""What should not stand where a document has something sound."""


def _some_of(values: list[Any]) -> st.SearchStrategy[Any]:
    """One of some values, as a copy: documents are changed in place."""
    return st.integers(0, len(values) - 1).map(lambda number: deepcopy(values[number]))


scalars = _some_of(NASTY) | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def like(value: Any) -> st.SearchStrategy[Any]:
    """Nasty values of a value's own type: they pass a reader that looks at types alone."""
    same = [one for one in NASTY if type(one) is type(value)]
    return _some_of(same) if same else json_values


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Every place of a document: what holds it, and its key or index there."""
    found: list[tuple[Any, Any]] = []
    held = [value]
    for holder in held:
        keys = list(holder) if isinstance(holder, dict) else range(len(holder))
        found += [(holder, key) for key in keys]
        held += [holder[key] for key in keys if isinstance(holder[key], dict | list)]
    return found


@st.composite
def damaged(draw: st.DrawFn, sound: Any, most: int = 2) -> Any:
    """A document in which up to `most` places hold something else, are gone, or have a new neighbour."""
    value = deepcopy(sound)
    for _ in range(draw(st.integers(1, most))):
        places = places_in(value)
        if not places:
            return value
        holder, key = places[draw(st.integers(0, len(places) - 1))]
        what = draw(st.sampled_from(["like", "like", "like", "replace", "remove", "add", "move"]))
        if what == "like":
            holder[key] = draw(like(holder[key]))
        elif what == "remove":
            del holder[key]
        elif what == "add" and isinstance(holder, dict):
            holder[draw(st.sampled_from(["unknown", "", "../x", "\ud800", "a.b", "constructor"]))] = draw(
                json_values
            )
        elif what == "move":
            other, name = places[draw(st.integers(0, len(places) - 1))]
            holder[key] = deepcopy(other[name])
        else:
            holder[key] = draw(json_values)
    return value


MARKS = [
    *(
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\r\n",
        b"\r",
        b"\t",
        b"\xc2\x85",
        b"\xe2\x80\xa8",
        b"\xed\xa0\x80",
    ),
    *(b"<<<<<<< HEAD\n", b"=======\n", b"\n>>>>>>> topic\n", b'"', b"}", b"{", b"]", b",", b":", b"#", b"- "),
    *(b"&a ", b"*a", b"!!binary ", b"<<: ", b"---\n", b"NaN", b"9" * 5000, b"[" * 2000, b"{{", b"{%", b"|\n"),
]
"""Bytes that turn up in files that an editor, a merge or a disk has spoilt."""


@st.composite
def spoilt(draw: st.DrawFn, sound: bytes) -> bytes:
    """The bytes of a file, cut off, with parts twice or gone, or with something in between."""
    data = sound
    for _ in range(draw(st.integers(1, 3))):
        start, end = sorted(draw(st.tuples(st.integers(0, len(data)), st.integers(0, len(data)))))
        match draw(st.sampled_from(["cut", "mark", "mark", "drop", "twice"])):
            case "cut":
                data = data[:end]
            case "mark":
                data = data[:end] + draw(st.sampled_from(MARKS)) + data[end:]
            case "drop":
                data = data[:start] + data[end:]
            case _:
                data = data[:end] + data[start : start + 2000] + data[end:]
    return data


def documents(sound: Any) -> st.SearchStrategy[bytes]:
    """A JSON file that somebody damaged: its values, or its bytes."""
    text = json.dumps(sound, indent=2).encode()
    return damaged(sound).map(lambda value: json.dumps(value).encode()) | spoilt(text)
