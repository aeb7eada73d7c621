"""The page of the project file: every key with type, default and meaning, from the schema of the models."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from seedgen.project.models import Parameters
from seedgen.views.schemas import schema_text
from tests.reference.markdown import code, generated, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Schema = Mapping[str, Any]

_INTRODUCTION = """\
Every key of `seedgen.yaml`, with its type, its default and what it is for. [The project
file](../project-file.md) explains how they go together, [reels](../reels.md) those of a reel. Headings
say where keys stand: `NAME` is a name of yours or a shot's id, `[]` an entry of a list. `text` is a
string; a number or a truth value there counts as it is written, so that `id: 010` is "010". A dash is no
default: left out, the key says nothing.

Files under `include:` have `reference_sets` and `shots`, and nothing else."""

_TOP = "seedgen.yaml"
_TEXT = {"string", "integer", "number", "boolean"}


def page() -> str:
    """The whole page."""
    file = Keys(json.loads(schema_text("project")))
    return generated("Keys of the project file", _INTRODUCTION) + "".join(map(file.section, file.mappings))


class Keys:
    """The mappings that the project file is made of, by where each stands first."""

    def __init__(self, schema: Schema) -> None:
        self._definitions: Schema = schema["$defs"]
        self.mappings: dict[str, Schema] = {_TOP: schema}
        self._places: dict[str, str] = {}
        waiting = [_TOP]
        while waiting:
            above = waiting.pop(0)
            for key, field in self.mappings[above]["properties"].items():
                for name, steps in _names(field):
                    model = self._definitions[name]
                    if name in self._places or "properties" not in model:
                        continue
                    place = key + steps if above == _TOP else f"{above}.{key}{steps}"
                    self._places[name] = place
                    self.mappings[place] = model
                    waiting.append(place)

    def meanings(self, place: str) -> Iterator[tuple[str, str]]:
        """The keys of a mapping with what is said of each; those that several mappings share come last."""
        for key, field in sorted(
            self.mappings[place]["properties"].items(), key=lambda item: item[0] in Parameters.model_fields
        ):
            kind = self._definitions.get(_name(field.get("$ref", "")), {})
            yield key, field.get("description") or kind.get("description", "")

    def section(self, place: str) -> str:
        """A heading, a sentence and a table."""
        model = self.mappings[place]
        rows = []
        for key, meaning in self.meanings(place):
            field = model["properties"][key]
            default = "required" if key in model.get("required", ()) else _default(field)
            rows.append((code(key), self._type(field), default, plain(meaning)))
        about = "" if place == _TOP else plain(" ".join(model["description"].split())) + "\n\n"
        return f"## {plain(place)}\n\n{about}" + table(("key", "type", "default", "meaning"), rows)

    def _type(self, field: Schema) -> str:
        """A type in words; one that is described here is a link to it."""
        if "$ref" in field:
            name = _name(field["$ref"])
            values = self._definitions[name].get("enum")
            if values:
                return ", ".join(map(code, values))
            return f"[mapping](#{_anchor(self._places[name])})"
        if "const" in field:
            return code(str(field["const"]))
        if "anyOf" in field:
            return self._either(field["anyOf"])
        kind: str = field.get("type", "any value")
        if kind == "array":
            return f"list of {self._type(field.get('items', {}))}"
        if kind == "object":
            inner = field.get("additionalProperties")
            return f"names with {self._type(inner if isinstance(inner, dict) else {})}"
        words = {
            "integer": "whole number",
            "number": "number",
            "string": "text",
            "boolean": "`true`, `false`",
        }
        return words.get(kind, kind) + _range(field)

    def _either(self, choices: list[Schema]) -> str:
        """What may stand there: text in any spelling is one kind, and a decimal may be written in quotes."""
        choices = [one for one in choices if one.get("type") != "null"]
        kinds = {one.get("type") for one in choices}
        if kinds == _TEXT:
            return "text"
        if "number" in kinds:
            choices = [one for one in choices if one.get("type") != "string"]
        return " or ".join(dict.fromkeys(map(self._type, choices)))


def _names(schema: Any, steps: str = "") -> Iterator[tuple[str, str]]:
    """The definitions that a key's schema refers to, with the steps from the key to them."""
    if isinstance(schema, list):
        for one in schema:
            yield from _names(one, steps)
    elif isinstance(schema, dict):
        if "$ref" in schema:
            yield _name(schema["$ref"]), steps
        yield from _names(schema.get("anyOf"), steps)
        yield from _names(schema.get("items"), f"{steps}[]")
        yield from _names(schema.get("additionalProperties"), f"{steps}.NAME")


def _name(reference: str) -> str:
    return reference.removeprefix("#/$defs/")


def _anchor(heading: str) -> str:
    """What a link to a heading is called, in a repository and on the site."""
    return re.sub(r"[^\w-]", "", heading).lower()


def _default(field: Schema) -> str:
    value = field.get("default")
    if value in (None, "", []) or isinstance(value, dict):
        return "-"
    return code(value if isinstance(value, str) else json.dumps(value))


def _range(field: Schema) -> str:
    least, above, most = (field.get(name) for name in ("minimum", "exclusiveMinimum", "maximum"))
    if above is not None:
        return f" above {above:g}" + ("" if most is None else f", at most {most:g}")
    if least is None:
        return "" if most is None else f", at most {most:g}"
    return f", at least {least:g}" if most is None else f", {least:g} to {most:g}"
