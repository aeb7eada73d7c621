"""Card differences: what a service's live schema says other than a model card. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from seedgen.project.cards import AUTO, neutral_value, schema_validator
from seedgen.project.media import MediaType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seedgen.project.cards import MediaLimits, ModelCard

_DIGITS = 20
"""A number of more digits is no value of a parameter; `1e999999` written out fills the memory."""

Schema = dict[str, Any]
"""The JSON Schema of one property."""


class Differs(StrEnum):
    """In what a parameter or a field differs. `card` and `live` of a difference hold:"""

    UNKNOWN = "unknown"
    """nothing, and the live property: type, enum, default, required"""
    GONE = "gone"
    """nothing: what the card sends is not in the live schema"""
    VALUES = "values"
    """the values that only the card has, and those that only the live schema has, as tuples"""
    DEFAULT = "default"
    """the defaults, in seedgen's words"""
    TYPE = "type"
    """the JSON types that are sent and those that are taken, as tuples"""
    AUTO_WORD = "auto_word"
    """what stands for auto on the wire"""
    MOST = "most"
    """how many references a field takes"""
    REQUIRED = "required"
    """whether it has to be there"""
    TOKEN = "token"  # noqa: S105
    """how a prompt addresses a reference"""


@dataclass(frozen=True, slots=True)
class CardDifference:
    """One difference; `name` is the parameter or the field of the request body."""

    kind: Differs
    name: str
    card: Any = None
    live: Any = None


def differences(card: ModelCard, schema: Mapping[str, Any]) -> tuple[CardDifference, ...]:
    """What the live JSON Schema of a model's input says other than the card, in the card's order."""
    live = properties(schema)
    required = {name for name in _list(schema, "required") if isinstance(name, str)}
    found = [] if "prompt" in live else [CardDifference(Differs.GONE, "prompt")]
    found += [
        *_of_parameters(card, live),
        *_of_media(card, live, required),
        *_of_unknown(card, live, required),
    ]
    token = live_token(card, live)
    if token is not None:
        found.append(CardDifference(Differs.TOKEN, "prompt", card.references.token, token))
    return tuple(found)


def properties(schema: Mapping[str, Any]) -> dict[str, Schema]:
    """The properties of a schema, those that are no mapping as empty ones."""
    found = schema.get("properties")
    if not isinstance(found, dict):
        return {}
    return {name: _unwrapped(value) if isinstance(value, dict) else {} for name, value in found.items()}


def neutral(card: ModelCard, name: str, value: Any) -> Any:
    """A live value in seedgen's words: `"6"`, where the card has numbers, is 6, and `-1` is auto."""
    wire = card.wire.get(name)
    if wire is not None and _same(value, wire.auto):
        return AUTO
    if isinstance(value, Decimal) and abs(value.adjusted()) > _DIGITS:
        return str(value)
    value = neutral_value(name, value)
    numbers = any(type(one) is int for one in card.parameters[name].get("enum", ()))
    return int(value) if numbers and isinstance(value, str) and re.fullmatch(r"-?\d{1,6}", value) else value


def live_values(card: ModelCard, name: str, theirs: Schema) -> list[Any]:
    """The values that a live property lists, in seedgen's words."""
    return [neutral(card, name, value) for value in _list(theirs, "enum") if value is not None]


def live_token(card: ModelCard, live: Mapping[str, Schema]) -> str | None:
    """How the live descriptions address a reference; None when as in the card, or when they do not say."""
    fields = {name for _, limits in media(card) for name in limits.fields}
    texts = [str(live[name].get("description", "")) for name in ("prompt", *sorted(fields)) if name in live]
    forms = list(dict.fromkeys(form for text in texts for form in _forms(text)))
    return None if not forms or not fields or card.references.token in forms else forms[0]


def media(card: ModelCard) -> Iterator[tuple[MediaType, MediaLimits]]:
    """The types of media that a model takes, with their limits."""
    for kind in MediaType:
        if limits := card.references.limits(kind):
            yield kind, limits


# -- parameters --------------------------------------------------------------------------------------


def _of_parameters(card: ModelCard, live: Mapping[str, Schema]) -> Iterator[CardDifference]:
    for name, own in card.parameters.items():
        if name not in live:
            yield CardDifference(Differs.GONE, name)
            continue
        theirs = live[name]
        types = _types(theirs)
        sent = _sent_types(card, name, own)
        fits = not types or sent <= types | ({"integer"} if "number" in types else set())
        if not fits:
            yield CardDifference(Differs.TYPE, name, tuple(sorted(sent)), tuple(sorted(types)))
        yield from _of_values(card, name, theirs, fits=fits)
        yield from _of_auto(card, name, theirs)
        default = theirs.get("default")
        if default is not None and not _same(neutral(card, name, default), card.default_of(name)):
            yield CardDifference(Differs.DEFAULT, name, card.default_of(name), neutral(card, name, default))


def _of_values(card: ModelCard, name: str, theirs: Schema, *, fits: bool) -> Iterator[CardDifference]:
    own = card.parameters[name].get("enum", ())
    if _list(theirs, "enum"):
        values = live_values(card, name, theirs)
        gone = tuple(one for one in own if not any(_same(one, value) for value in values))
        new = tuple(value for value in values if not card.accepts(name, value))
    else:
        gone = tuple(one for one in own if fits and not _takes(theirs, card.wire_value(name, one)))
        new = ()
    if gone or new:
        yield CardDifference(Differs.VALUES, name, gone, new)


def _of_auto(card: ModelCard, name: str, theirs: Schema) -> Iterator[CardDifference]:
    if not card.accepts(name, AUTO):
        return
    sent = card.wire_value(name, AUTO)
    words = [value for value in _list(theirs, "enum") if neutral(card, name, value) == AUTO]
    if words and str(sent) not in map(str, words):  # -1 and "-1" differ in type, which is told already
        yield CardDifference(Differs.AUTO_WORD, name, sent, words[0])


def _sent_types(card: ModelCard, name: str, own: Schema) -> set[str]:
    if "enum" in own:
        return {_type_of(card.wire_value(name, value)) for value in own["enum"]}
    return {_type_of(card.wire_value(name, card.default_of(name)))}


# -- media, and what the card does not know ----------------------------------------------------------


def _of_media(card: ModelCard, live: Mapping[str, Schema], required: set[str]) -> Iterator[CardDifference]:
    for _, limits in media(card):
        for name in limits.fields:
            if name not in live:
                yield CardDifference(Differs.GONE, name)
                continue
            types, sent = _types(live[name]), "string" if limits.single else "array"
            if types and sent not in types:
                yield CardDifference(Differs.TYPE, name, (sent,), tuple(sorted(types)))
            most = live[name].get("maxItems")
            if isinstance(most, int) and not limits.single and most != limits.max:
                yield CardDifference(Differs.MOST, name, limits.max, most)
            needed = name in (limits.field, *limits.next_fields)[: limits.min if limits.single else 1]
            needed = needed and limits.min > 0
            if needed != (name in required):
                yield CardDifference(Differs.REQUIRED, name, needed, not needed)


_TELLING = ("type", "enum", "default", "minimum", "maximum")


def _of_unknown(card: ModelCard, live: Mapping[str, Schema], required: set[str]) -> Iterator[CardDifference]:
    known = {"prompt", "model", *card.envelope, *card.parameters}
    known |= {name for _, limits in media(card) for name in limits.fields}
    for name, theirs in live.items():
        if name not in known:
            told = {key: theirs[key] for key in _TELLING if theirs.get(key) is not None}
            yield CardDifference(
                Differs.UNKNOWN, name, None, told | ({"required": True} if name in required else {})
            )


_TOKEN = re.compile(r"(\[|@)(image|video|audio)( ?)([1-9])\b(\]?)", re.IGNORECASE)


def _forms(text: str) -> Iterator[str]:
    """The ways in which a text addresses references: `@Image1` is `@{Type}{n}`."""
    for before, word, space, _, after in _TOKEN.findall(text):
        kind = "{Type}" if word[0].isupper() else "{type}"
        if (before == "[") == (after == "]"):
            yield f"{before}{kind}{space}{{n}}{after}"


# -- JSON Schema -------------------------------------------------------------------------------------


def _unwrapped(schema: Schema) -> Schema:
    """A property without the `anyOf` that only says that it may be null."""
    for key in ("anyOf", "oneOf", "allOf"):
        options = [one for one in _list(schema, key) if isinstance(one, dict) and one.get("type") != "null"]
        if len(options) == 1:
            return options[0] | {name: value for name, value in schema.items() if name != key}
    return schema


def _types(schema: Schema) -> set[str]:
    """The JSON types that a property takes; empty when it does not say."""
    options = [one for key in ("anyOf", "oneOf") for one in _list(schema, key) if isinstance(one, dict)]
    said = [schema.get("type"), *_list(schema, "type")]
    said += [one.get("type") for one in options]
    return {one for one in said if isinstance(one, str)} - {"null"}


def _list(schema: Mapping[str, Any], key: str) -> list[Any]:
    """A list of a schema; empty when it is something else, for nobody has checked the schema."""
    value = schema.get(key)
    return value if isinstance(value, list) else []


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    names = ((int, "integer"), (float | Decimal, "number"), (str, "string"), (list, "array"))
    return next((name for kind, name in names if isinstance(value, kind)), "object")


def _takes(schema: Schema, value: Any) -> bool:
    """Whether a property takes a value; a schema that is none takes everything."""
    try:
        plain = json.loads(json.dumps(schema, default=float))
        return bool(schema_validator(plain).is_valid(value))
    except ValueError:
        return True


def _same(one: object, other: object) -> bool:
    """Equality as in JSON, where true is not 1."""
    return isinstance(one, bool) == isinstance(other, bool) and one == other
