"""Card update: a model card of the project's own, with what the live schema says. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedgen.errors import UsageError
from seedgen.project.card_diff import (
    CardDifference,
    Differs,
    differences,
    live_values,
    media,
    properties,
)
from seedgen.project.cards import AUTO, ModelCard

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal


_PLAIN = {"type": None, "auto": AUTO}
"""A parameter that is sent as it is."""


def updated(
    card: ModelCard, schema: Mapping[str, Any], *, date: str, source: str, prices: Mapping[str, Decimal]
) -> ModelCard:
    """The card with the live values; `prices` are USD per second by resolution, empty when unknown.

    `date` (2026-05-30) becomes its version, `source` is the address that was read. A new parameter
    counts for nothing in a fingerprint while it has its default; one without a default cannot be added.
    Raises UsageError when the live values contradict themselves.
    """
    draft = card.model_dump()
    live = properties(schema)
    for one in differences(card, schema):
        _apply(draft, card, one, live.get(one.name, {}))
    for kind, _ in media(card):
        _settle(draft["references"], kind.value)
    draft["wire"] = {name: wire for name, wire in draft["wire"].items() if wire != _PLAIN}
    draft["version"] = date
    draft["note"] = f"The card of {card.version} with the values of the live schema of {date}."
    draft["sources"] = tuple(dict.fromkeys((*card.sources, source)))
    if prices:
        draft["prices"] = {"date": date, "source": source, "per_second": dict(prices)}
    try:
        return ModelCard.model_validate(draft)
    except ValueError as error:
        raise UsageError(
            f"the live schema of {card.model} makes no card: it contradicts itself",
            remedy="Write a card by hand, from the shipped one and the differences.",
        ) from error


def _apply(draft: dict[str, Any], card: ModelCard, one: CardDifference, live: dict[str, Any]) -> None:
    name, parameters = one.name, draft["parameters"]
    kind = next((kind.value for kind, limits in media(card) if name in limits.fields), None)
    if one.kind is Differs.TOKEN:
        draft["references"]["token"] = one.live
    elif kind is not None:
        _apply_to_media(draft["references"][kind], one, live)
    elif one.kind is Differs.UNKNOWN:
        if "default" in one.live:
            told = {key: value for key, value in one.live.items() if key != "required"}
            parameters[name] = told | {"learned": True}
    elif name not in parameters:
        return
    elif one.kind is Differs.GONE:
        del parameters[name]
        draft["wire"].pop(name, None)
    else:
        _apply_to_parameter(draft, card, one, live)


def _apply_to_parameter(
    draft: dict[str, Any], card: ModelCard, one: CardDifference, live: dict[str, Any]
) -> None:
    own = draft["parameters"][one.name]
    wire = draft["wire"].setdefault(one.name, dict(_PLAIN))
    if one.kind is Differs.VALUES:
        own["enum"] = live_values(card, one.name, live) or [v for v in own["enum"] if v not in one.card]
        own.pop("description", None)  # it names the values
        if own["default"] not in own["enum"] and own["enum"]:
            own["default"] = own["enum"][0]
    elif one.kind is Differs.DEFAULT:
        own["default"] = one.live
    elif one.kind is Differs.AUTO_WORD:
        wire["auto"] = one.live
    elif one.kind is Differs.TYPE:
        wire["type"] = "string" if one.live == ("string",) else None


def _apply_to_media(limits: dict[str, Any], one: CardDifference, live: dict[str, Any]) -> None:
    if one.kind is Differs.GONE:
        for key in ("field", "face_field"):
            if limits[key] == one.name:
                limits[key] = None
        limits["next_fields"] = [field for field in limits["next_fields"] if field != one.name]
    elif one.kind is Differs.TYPE:
        limits["single"] = one.live == ("string",)
        limits["max"] = most if type(most := live.get("maxItems")) is int else limits["max"]
    elif one.kind is Differs.MOST:
        limits["max"] = one.live
    elif one.kind is Differs.REQUIRED and one.live:
        fields = [limits["field"], *limits["next_fields"]]
        limits["min"] = max(limits["min"], fields.index(one.name) + 1 if one.name in fields else 1)
    elif one.kind is Differs.REQUIRED:
        limits["min"] = 0


def _settle(references: dict[str, Any], kind: str) -> None:
    """Make one type's limits add up again, or take the type away when it has no field left."""
    limits = references[kind]
    if limits["field"] is None:
        left = [limits["face_field"], *limits["next_fields"]]
        limits["field"] = next((field for field in left if field), None)
        limits["next_fields"] = [field for field in limits["next_fields"] if field != limits["field"]]
        limits["face_field"] = None
    if limits["field"] is None:
        references[kind] = None
        references["needs_company"] = [one for one in references["needs_company"] if one != kind]
        return
    if limits["single"]:
        limits["face_field"] = None
        limits["max"] = 1 + len(limits["next_fields"])
    else:
        limits["next_fields"] = []
    limits["min"] = min(limits["min"], limits["max"])
