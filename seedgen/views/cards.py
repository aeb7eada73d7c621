"""Cards as text: what models there are, what each takes, and what it costs."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seedgen.project.card_diff import media
from seedgen.project.media import MediaType
from seedgen.views.paint import harmless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from decimal import Decimal

    from seedgen.project.cards import MediaLimits, ModelCard
    from seedgen.views.paint import Paint

WIDEST = 100
_LABEL = 16
_PLURAL = {MediaType.IMAGE: "images", MediaType.VIDEO: "videos", MediaType.AUDIO: "audio"}


@dataclass(frozen=True, slots=True)
class Shelf:
    """A provider's cards, its default first. `key_name` is None where no key is needed."""

    provider: str
    cards: tuple[ModelCard, ...]
    own: frozenset[str] = frozenset()
    """The models whose card is the project's own."""
    key_name: str | None = None
    key_is_set: bool = False


def cards_text(shelves: Iterable[Shelf], paint: Paint, width: int) -> str:
    """Every provider with its key, and every card whole."""
    return "\n".join(_shelf(shelf, paint, min(width, WIDEST)) for shelf in shelves)


def _shelf(shelf: Shelf, paint: Paint, width: int) -> str:
    if shelf.key_name is None:
        key = "needs no key"
    else:
        key = f"{shelf.key_name} is {'set' if shelf.key_is_set else 'not set'}"
    lines = [f"{paint.bold(harmless(shelf.provider))}  {paint.dim(key)}"]
    for card in shelf.cards:
        lines += ["", *_card(card, paint, width, own=card.model in shelf.own)]
    return "\n".join(lines) + "\n"


def _card(card: ModelCard, paint: Paint, width: int, *, own: bool) -> Iterator[str]:
    mark = "  (the provider's default)" if card.default else ""
    yield f"  {paint.bold(harmless(card.model))}{mark}"
    where = ", from this project's cards/" if own else ""
    yield from _row("card", f"{card.title}, version {card.version}{where}", width)
    for label, text in card_rows(card):
        yield from _row(label, text, width)


def card_rows(card: ModelCard) -> Iterator[tuple[str, str]]:
    """What a card takes and costs, as labels and texts; a row without a label belongs to the one above it."""
    for name in card.parameters:
        yield name, values_text(card, name)
    yield "references", _references(card)
    for kind, limits in media(card):
        yield f"  {_PLURAL[kind]}", _limits(limits)
    yield "price", price_text(card)
    if card.prices is not None:
        yield "", f"read on {card.prices.date} at {card.prices.source}"
    elif not card.free:
        yield "", "no page printed one; state yours under `prices:` in a card of your own"
    if card.note:
        yield "note", card.note


def _row(label: str, text: str, width: int) -> Iterator[str]:
    """A label and a text beside it; addresses are never broken."""
    wrapped = textwrap.wrap(
        harmless(text), max(30, width - _LABEL - 5), break_long_words=False, break_on_hyphens=False
    )
    for index, line in enumerate(wrapped or [""]):
        yield f"    {harmless(label) if index == 0 else '':<{_LABEL}} {line}".rstrip()


# -- values ------------------------------------------------------------------------------------------


def values_text(card: ModelCard, name: str) -> str:
    """What a parameter takes: `auto (default), 4 to 15 whole seconds`."""
    schema, default = card.parameters[name], card.default_of(name)
    if "enum" not in schema:
        return f"{_range(schema)} (default {plain(default)})"
    runs = list(_runs(schema["enum"]))
    unit = " whole seconds" if name == "duration" and runs and len(runs[-1]) > 2 else ""
    return ", ".join(_run(run, default) for run in runs) + unit


def _runs(values: Sequence[Any]) -> Iterator[list[Any]]:
    """Values in order, those that count up by one together."""
    run: list[Any] = []
    for value in values:
        if run and type(value) is int and type(run[-1]) is int and value == run[-1] + 1:
            run.append(value)
            continue
        if run:
            yield run
        run = [value]
    if run:
        yield run


def _run(run: list[Any], default: Any) -> str:
    if len(run) > 2:
        inside = type(default) is int and default in run
        return f"{run[0]} to {run[-1]}" + (f" (default {default})" if inside else "")
    marked = [plain(v) + (" (default)" if type(v) is type(default) and v == default else "") for v in run]
    return ", ".join(marked)


def _range(schema: dict[str, Any]) -> str:
    kind, least, most = schema.get("type"), schema.get("minimum"), schema.get("maximum")
    if not isinstance(kind, str) or schema.keys() - {"type", "minimum", "maximum", "default", "description"}:
        rest = {key: value for key, value in schema.items() if key not in {"default", "description"}}
        return json.dumps(rest, default=str, ensure_ascii=False)
    if least is None and most is None:
        return kind
    return f"{kind}, {span(least, most)}"


def span(least: Any, most: Any, unit: str = "") -> str:
    """`300 to 6000 px`, `at least 2 s`, `at most 15 s`."""
    tail = f" {unit}" if unit else ""
    if least is None:
        return f"at most {most}{tail}"
    return f"at least {least}{tail}" if most is None else f"{least} to {most}{tail}"


def plain(value: Any) -> str:
    """A value as YAML writes it."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


# -- references --------------------------------------------------------------------------------------


def _references(card: ModelCard) -> str:
    found = [kind for kind, _ in media(card)]
    if not found or not card.references.max_total:
        return "none"
    said = [f"at most {card.references.max_total} in all"]
    if card.references.needs_company:
        said.append(f"{' and '.join(card.references.needs_company)} never alone")
    said.append(f"a prompt names them {card.token(found[0], 1)}")
    if card.references.has_face_fields:
        said.append("faces go apart and are numbered first")
    return "; ".join(said)


def _limits(limits: MediaLimits) -> str:
    if limits.single and limits.next_fields:
        fields = " and ".join((limits.field, *limits.next_fields))
    else:
        fields = limits.field + (f", with a face in {limits.face_field}" if limits.face_field else "")
    many = span(limits.min, limits.max) if limits.min else f"at most {limits.max}"
    if limits.min == limits.max:
        many = f"exactly {limits.max}"
    return "; ".join([f"{many} in {fields}", *_bounds(limits)])


def _bounds(limits: MediaLimits) -> Iterator[str]:
    if limits.formats:
        yield ", ".join(limits.formats)
    for most, what in ((limits.max_bytes, "each"), (limits.max_total_bytes, "together")):
        if most is not None:
            yield f"{most / 1_000_000:g} MB {what}"
    for least, top, unit, what in (
        (limits.min_side, limits.max_side, "px", " a side"),
        (limits.min_ratio, limits.max_ratio, "", " times as wide as high"),
        (limits.min_seconds, limits.max_seconds, "s", " each"),
    ):
        if least is not None or top is not None:
            yield span(least, top, unit) + what
    if limits.max_total_seconds is not None:
        yield f"{limits.max_total_seconds} s together"


# -- prices ------------------------------------------------------------------------------------------


def usd(amount: Decimal) -> str:
    """An exact amount, with cents at least: `$0.1412`, `$2.00`."""
    short = amount.normalize()
    exponent = short.as_tuple().exponent
    digits = max(2, -exponent) if isinstance(exponent, int) else 2
    return f"${short:.{digits}f}"


def price_text(card: ModelCard) -> str:
    """What a second costs by resolution, or that it is free or unknown."""
    if card.free:
        return "free"
    if card.prices is None or not card.prices.per_second:
        return "unknown"
    rates = ", ".join(f"{name} {usd(rate)}" for name, rate in card.prices.per_second.items())
    return f"{rates} a second" + ("; failed jobs are free" if card.failures_are_free else "")
