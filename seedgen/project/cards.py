"""Model cards: data files that declare what a model accepts, how it is addressed and what it costs."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pydantic import Field, field_validator, model_validator

from seedgen.project.fields import Model, Text, Usd
from seedgen.project.media import MediaType

if TYPE_CHECKING:
    from collections.abc import Mapping

AUTO = "auto"
"""seedgen's word for "the model decides". Cards map it to the wire."""

_AUTO_WORDS = frozenset({AUTO, "-1", "adaptive"})
_AUTO_PARAMETERS = frozenset({"duration", "aspect_ratio"})


class Ordering(StrEnum):
    """How references are numbered within a type."""

    DECLARED = "declared"
    FACE_FIRST = "face_first"


class MediaLimits(Model):
    """What a model takes of one media type. Numbers are inclusive; seconds are decimal."""

    field: str = Field(description="Where the URLs go in the request body.")
    face_field: str | None = Field(None, description="Where those with a real human face go.")
    single: bool = Field(False, description="The field takes one URL as text, not a list.")
    next_fields: tuple[str, ...] = Field((), description="With `single`: where the second goes, and so on.")
    min: int = Field(0, description="How many there have to be.")
    max: int = Field(description="How many there may be.")
    formats: tuple[str, ...] = Field((), description="Formats by name, such as png or mp4; none is any.")
    max_bytes: int | None = Field(None, description="Bytes of one file.")
    max_total_bytes: int | None = Field(None, description="Bytes of all together.")
    min_side: int | None = Field(None, description="Pixels of the shorter side.")
    max_side: int | None = Field(None, description="Pixels of the longer side.")
    min_ratio: Decimal | None = Field(None, description="Width over height.")
    max_ratio: Decimal | None = Field(None, description="Width over height.")
    min_seconds: Decimal | None = Field(None, description="Length of one.")
    max_seconds: Decimal | None = Field(None, description="Length of one.")
    max_total_seconds: Decimal | None = Field(None, description="Length of all together.")

    @model_validator(mode="after")
    def _adds_up(self) -> MediaLimits:
        if self.next_fields and not self.single:
            raise ValueError("next_fields goes with `single: true`; a list has one field")
        if self.single and self.face_field:
            raise ValueError("face_field goes with a list, not with `single: true`")
        if self.single and self.max != len(self.fields):
            raise ValueError(f"max has to be {len(self.fields)}: that is how many fields there are")
        if self.min > self.max:
            raise ValueError(f"min {self.min} is more than max {self.max}")
        return self

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field of the request body that may hold media of this type."""
        return tuple(name for name in (self.face_field, self.field, *self.next_fields) if name)


_TOKEN_PART = re.compile(r"\{(?:Type|type|n)\}")


class References(Model):
    """What references a model takes, in total and by type."""

    max_total: int = Field(description="How many there may be of all types together.")
    ordering: Ordering = Field(Ordering.DECLARED, description="How references are numbered within a type.")
    token: str = Field(description="How the prompt addresses one, e.g. `[{Type} {n}]` or `@{Type}{n}`.")
    needs_company: tuple[MediaType, ...] = Field((), description="Types that may not be the only one.")
    image: MediaLimits | None = Field(None, description="None: the model takes no pictures.")
    video: MediaLimits | None = Field(None, description="None: the model takes no videos.")
    audio: MediaLimits | None = Field(None, description="None: the model takes no sound.")

    @field_validator("token")
    @classmethod
    def _token(cls, value: str) -> str:
        # str.format does more than put words in: `{n:>999999999}` fills the memory.
        if "{" in _TOKEN_PART.sub("", value) or "}" in _TOKEN_PART.sub("", value):
            raise ValueError("a token is made of text, {Type} or {type}, and {n}")
        return value

    def limits(self, kind: MediaType) -> MediaLimits | None:
        """The limits of one type; None when the model takes none of it."""
        if kind is MediaType.IMAGE:
            return self.image
        return self.video if kind is MediaType.VIDEO else self.audio

    def sorts_faces(self, kind: MediaType) -> bool:
        """Whether media of a type go into different fields with and without a face."""
        limits = self.limits(kind)
        return limits is not None and limits.face_field is not None

    @cached_property
    def has_face_fields(self) -> bool:
        """Whether the model wants media with faces apart."""
        return any(self.sorts_faces(kind) for kind in MediaType)


class Prices(Model):
    """USD per second of output by resolution, with the day and the page they were read."""

    date: Text = Field(description="The day they were read, as 2026-05-28.")
    source: Text = Field(description="The page, or whose word it is.")
    per_second: dict[str, Usd] = Field(description="USD by resolution.")


class Wire(Model):
    """How a parameter is sent when that differs from its neutral value."""

    type: str | None = Field(None, description="string: numbers are sent as text.")
    auto: Any = Field(AUTO, description="What stands for auto.")


def schema_validator(schema: dict[str, Any]) -> Any:
    """A validator that looks nothing up elsewhere. Raises ValueError for what is no JSON Schema."""
    import jsonschema_rs  # noqa: PLC0415  15 ms that a project of defaults need not pay

    return jsonschema_rs.validator_for(schema, retriever=_nothing_elsewhere)


def _nothing_elsewhere(uri: str) -> Any:
    """A card from a stranger must not make us fetch an address or read a file by `$ref`."""
    raise ValueError(f"{uri}: a card refers to nothing outside itself")


_LISTED = frozenset({"enum", "default", "description", "learned"})
"""With these keywords alone a schema is a list of values, and needs no validator."""


def _listed(schema: dict[str, Any], value: object) -> bool:
    # In JSON true is not 1, in Python it is.
    return any(type(one) is type(value) and one == value for one in schema.get("enum", ()))


def _check(schema: dict[str, Any], default: object) -> None:
    """Raises ValueError when a default does not fit its own schema."""
    if "enum" in schema and schema.keys() <= _LISTED:
        if not _listed(schema, default):
            raise ValueError(f"the default {default!r} is not one of {schema['enum']}")
        return
    schema_validator(schema).validate(default)


class ModelCard(Model):
    """One model."""

    card: int = Field(1, description="Version of this format.")
    provider: Text = Field(description="Whose API it is: eachlabs, oxen, local or one from a package.")
    model: Text = Field(description="The model's name as the provider writes it.")
    version: Text = Field(description="Of this card; a changed default is a new one.")
    title: Text = Field(description="What people call the model.")
    default: bool = Field(False, description="The provider's default model.")
    note: Text | None = Field(None, description="What to know of it: what is inferred, what is doubtful.")
    sources: tuple[Text, ...] = Field((), description="Pages that the card was written from.")
    envelope: dict[str, Any] = Field(default_factory=dict, description="Sent beside the model's name.")
    parameters: dict[str, dict[str, Any]] = Field(description="JSON Schema by parameter; each has a default.")
    wire: dict[str, Wire] = Field(
        default_factory=dict, description="Parameters that are sent in another form."
    )
    references: References = Field(description="What references the model takes.")
    prices: Prices | None = Field(None, description="None is unknown, never zero.")
    automatic_seconds: int = Field(description="What an automatic duration counts as: the longest.")
    free: bool = Field(False, description="Costs nothing at all.")
    failures_are_free: bool = Field(False, description="A job that failed is surely not billed.")

    @field_validator("card")
    @classmethod
    def _version(cls, value: int) -> int:
        if value != 1:
            raise ValueError("this seedgen reads cards of version 1")
        return value

    @field_validator("parameters")
    @classmethod
    def _defaults(cls, value: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        for name, schema in value.items():
            if "default" not in schema:
                raise ValueError(f"{name} needs a default: every parameter is always sent")
            _check(schema, schema["default"])
        return value

    @cached_property
    def _validators(self) -> dict[str, Any]:
        return {}

    def accepts(self, name: str, value: object) -> bool:
        """Whether a parameter of this card takes this value."""
        schema = self.parameters[name]
        if schema.keys() <= _LISTED:
            return _listed(schema, value)
        if name not in self._validators:
            self._validators[name] = schema_validator(schema)
        return bool(self._validators[name].is_valid(value))

    def advice(self, name: str) -> str:
        """What to write for a parameter, in a sentence."""
        schema = self.parameters[name]
        if "description" in schema:
            return str(schema["description"])
        if "enum" in schema:
            return f"{self.title} takes {', '.join(str(v) for v in schema['enum'])}."
        return f"{self.title} takes a {schema.get('type', 'different value')}."

    def default_of(self, name: str) -> Any:
        """A parameter's default."""
        return self.parameters[name]["default"]

    def wire_value(self, name: str, value: Any) -> Any:
        """A parameter's neutral value as it is sent."""
        wire = self.wire.get(name)
        if wire is None:
            return value
        value = wire.auto if value == AUTO else value
        return str(value) if wire.type == "string" else value

    def in_fingerprint(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters that identify a request.

        One that the card learnt after its first version (`learned: true`) is left out while it has
        its default, so that learning it makes nobody pay again.
        """
        return {
            name: value
            for name, value in parameters.items()
            if not (self.parameters[name].get("learned") and value == self.default_of(name))
        }

    def token(self, kind: MediaType, number: int) -> str:
        """How this model's prompts address a reference: `[Image 2]`."""
        return self.references.token.format(Type=kind.value.capitalize(), type=kind.value, n=number)


def neutral_value(name: str, value: Any) -> Any:
    """A parameter's value in seedgen's words: `-1`, `adaptive` and `auto` are all `auto`."""
    if name in _AUTO_PARAMETERS and str(value).lower() in _AUTO_WORDS:
        return AUTO
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


_NEUTRAL = re.compile(r"<(image|video|audio) ([1-9][0-9]{0,2})>")
_LITERAL = re.compile(
    r"\[(image|video|audio) ([1-9][0-9]{0,2})\]|@(image|video|audio) ?([1-9][0-9]{0,2})\b", re.IGNORECASE
)


def neutral_token(kind: MediaType, number: int) -> str:
    """A reference in a prompt, in the form that fingerprints see: `<image 2>`."""
    return f"<{kind.value} {number}>"


def neutral_tokens(prompt: str) -> list[tuple[MediaType, int]]:
    """The references that a neutral prompt addresses, in order."""
    return [(MediaType(kind), int(number)) for kind, number in _NEUTRAL.findall(prompt)]


def literal_tokens(prompt: str) -> list[tuple[str, MediaType, int]]:
    """Positional tokens that an author wrote by hand, in any provider's form, as (text, type, number)."""
    return [(match[0], *_addressed(match)) for match in _LITERAL.finditer(prompt)]


def _addressed(literal: re.Match[str]) -> tuple[MediaType, int]:
    return MediaType((literal[1] or literal[3]).lower()), int(literal[2] or literal[4])


def prompt_pieces(prompt: str) -> list[tuple[str, tuple[MediaType, int] | None]]:
    """A prompt cut where it addresses references, in neutral form or in one that an author wrote by hand.

    Each piece comes with the type and number that it addresses, None for what stands between.
    """
    neutral = _LITERAL.sub(lambda match: neutral_token(*_addressed(match)), prompt)
    words: list[tuple[str, tuple[MediaType, int] | None]] = []
    at = 0
    for match in _NEUTRAL.finditer(neutral):
        words += [(neutral[at : match.start()], None), (match[0], (MediaType(match[1]), int(match[2])))]
        at = match.end()
    return [piece for piece in (*words, (neutral[at:], None)) if piece[0]]


def wire_prompt(prompt: str, card: ModelCard) -> str:
    """A neutral prompt as this model wants it."""
    return _NEUTRAL.sub(lambda match: card.token(MediaType(match[1]), int(match[2])), prompt)
