"""Tolerant validation: report every problem of a mapping, and go on with the part that is sound.

A strict validator stops a file at its first bad section, and the author meets the next mistake only
after mending this one. Here what pydantic rejects is reported, cut out, and the rest validated anew.
"""

from __future__ import annotations

import copy
import json
import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import ValidationError

from seedgen.project.diagnostics import Place, Problems, did_you_mean, known_words
from seedgen.project.fields import COLOUR, NAME, REPOSITORY, SHA256, Model, source_text
from seedgen.project.reels import BACKGROUND

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

M = TypeVar("M", bound=Model)

_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "a mapping of `key: value`",
    "model_type": "a mapping of `key: value`",
    "model_attributes_type": "a mapping of `key: value`",
    "tuple_type": "a list",
}


_PATTERNS = {
    NAME: "use letters, digits, `.`, `_` and `-`, at most 64, a letter or digit first",
    COLOUR: 'write a colour like "#336699", in quotes',
    BACKGROUND: 'write a colour like "#336699", in quotes, or blur',
    REPOSITORY: "write it as namespace/name",
    SHA256: "write the 64 hex digits that sha256sum prints",
}


_SHOWN = 40
"""Signs of a value that a message shows."""
_BARE = re.compile(r"\w[\w./-]*(:[\w.-]+)?")
"""What needs no quotes in a list, as far as it is plain to see."""


def validate(model: type[M], raw: Any, place: Place, problems: Problems, *, address: str = "") -> M | None:
    """`raw` as a `model`, without the parts that are wrong; None when too little is left.

    Every problem is noted with the place of the value; `address` names the whole (`shots.020`).
    """
    if raw is None:
        raw = {}
    sound = raw
    reported: set[tuple[Any, ...]] = set()
    for attempt in range(8):
        try:
            return model.model_validate(sound)
        except ValidationError as error:
            details = error.errors(include_url=False)
        if attempt == 0 and isinstance(sound, dict):
            sound = copy.deepcopy(sound)
        cut: set[tuple[Any, ...]] = set()
        for detail in details:
            loc = _written(raw, tuple(step for step in detail["loc"] if step != "[key]"))
            # Cutting out a part may make what holds it unsound in turn; that is no second mistake.
            if not any(known[: len(loc)] == loc for known in reported):
                _report(model, detail, loc, place, problems, address)
            reported.add(loc)
            cut.add(loc[:-1] if detail["type"] == "missing" else loc)
        if () in cut or not isinstance(sound, dict):
            return None
        for loc in sorted(cut, key=lambda steps: [(isinstance(s, str), s) for s in steps], reverse=True):
            _cut(sound, loc, model)
    return None


def _report(
    model: type[Model],
    error: ErrorDetails,
    loc: tuple[Any, ...],
    place: Place,
    problems: Problems,
    address: str,
) -> None:
    kind = error["type"]
    where = ".".join(str(step) for step in (address, *loc) if step != "")
    if kind == "extra_forbidden":
        known = _keys_at(model, loc[:-1])
        hint = did_you_mean(str(loc[-1]), known) or f"Known here: {known_words(known, limit=30)}."
        problems.error("unknown key", hint, at=place.key(*loc), address=where)
    elif kind == "missing":
        holder = place.key(*loc[:-1]) if loc[:-1] else place
        added = "seedgen: 1" if loc == ("seedgen",) else f"{loc[-1]}:"
        problems.error("required key missing", f"Add `{added}`.", at=holder, address=where)
    else:
        on_key = error["loc"][-1:] == ("[key]",)
        at = place.key(*loc) if on_key else place.at(*loc)
        problems.error(*_words(error, on_key=on_key), at=at, address=where)


def _words(error: ErrorDetails, *, on_key: bool) -> tuple[str, str]:
    kind, found, context = error["type"], error["input"], error.get("ctx", {})
    if kind in _KINDS:
        hint = _as_list(found) if kind == "tuple_type" else ""
        return f"should be {_KINDS[kind]}", f"Found {_shape(found)}.{hint}"
    if kind == "value_error":
        sentence = str(context["error"])
        return "does not fit", sentence[:1].upper() + sentence[1:] + "."
    if kind in ("enum", "literal_error"):
        return "unknown value", _expected(str(found), str(context["expected"]))
    if kind == "string_pattern_mismatch":
        what = "Name" if on_key else "Value"
        return (
            f"{what.lower()} not allowed",
            f"{found!r}: {_PATTERNS.get(context['pattern'], context['pattern'])}.",
        )
    if kind in ("greater_than_equal", "less_than_equal", "greater_than", "less_than"):
        return "out of range", f"{error['msg'].replace('Input should be', 'It should be')}; found {found}."
    return "does not fit", f"{error['msg']}; found {_shape(found)}."


def _as_list(found: Any) -> str:
    """How a single word is written where a list is wanted."""
    text = source_text(found)
    if not isinstance(text, str) or len(text) > _SHOWN:
        return ""
    return f" Write `[{text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)}]`."


def _expected(found: str, expected: str) -> str:
    words = [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")]
    return f"{did_you_mean(found, words)} It is one of {', '.join(words)}; found {found!r}.".strip()


def _shape(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    text = str(value)
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def _written(raw: Any, loc: tuple[Any, ...]) -> tuple[Any, ...]:
    """As much of a path as was written: a word may stand for a mapping with it under some key."""
    for depth, step in enumerate(loc):
        if not isinstance(raw, dict | list):
            return loc[:depth]
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            break
    return loc


def _cut(value: Any, loc: tuple[Any, ...], model: type[Model]) -> None:
    """Take a part out. In a list something sound takes its place, if there is such a thing, so that
    those after it keep theirs."""
    for step in loc[:-1]:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(value, dict):
        value.pop(loc[-1], None)
    elif isinstance(value, list) and isinstance(loc[-1], int) and loc[-1] < len(value):
        inner = _model_at(model, loc)
        if inner is not None and inner.stand_in is not None:
            value[loc[-1]] = inner.stand_in
        else:
            del value[loc[-1]]


def _keys_at(model: type[Model], loc: tuple[Any, ...]) -> list[str]:
    """The keys that a nested model knows."""
    found = _model_at(model, loc)
    return [] if found is None else [field.alias or name for name, field in found.model_fields.items()]


def _model_at(model: type[Model], loc: tuple[Any, ...]) -> type[Model] | None:
    """The model of a part, or of what holds it."""
    for step in loc:
        field = next((f for name, f in model.model_fields.items() if step in (name, f.alias)), None)
        if field is None:
            continue  # a list position or a free name: still the model that the field holds
        inner = _model_in(field.annotation)
        if inner is None:
            return None
        model = inner
    return model


def _model_in(annotation: Any) -> type[Model] | None:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return None
    for argument in get_args(annotation):
        if inner := _model_in(argument):
            return inner
    return None
