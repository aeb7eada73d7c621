"""Cards for programs: `seedgen providers --json`, and what `providers refresh --json` found."""

from __future__ import annotations

from decimal import Decimal  # noqa: TC003  pydantic reads the annotations
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from seedgen.planning.lock import Money
from seedgen.project.card_diff import Differs, media
from seedgen.project.media import MediaType
from seedgen.views.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seedgen.project.card_diff import CardDifference
    from seedgen.project.cards import ModelCard
    from seedgen.views.cards import Shelf


class ParameterDocument(Document):
    """One parameter, in seedgen's words."""

    name: str
    values: tuple[Any, ...] | None = Field(description="Null when it is not a list of values.")
    default: Any
    json_schema: dict[str, Any] = Field(description="JSON Schema.")


class MediaDocument(Document):
    """What a model takes of one type of media. Sizes are bytes, sides pixels."""

    type: MediaType
    fields: tuple[str, ...] = Field(description="Where addresses go, without those of faces.")
    face_field: str | None
    single: bool = Field(description="Each field takes one address as text, not a list.")
    min: int
    max: int
    formats: tuple[str, ...]
    max_bytes: int | None
    max_total_bytes: int | None
    min_side: int | None
    max_side: int | None
    min_ratio: float | None
    max_ratio: float | None
    min_seconds: float | None
    max_seconds: float | None
    max_total_seconds: float | None


class ReferencesDocument(Document):
    """What references a model takes."""

    max_total: int
    ordering: str
    token: str = Field(description="How a prompt addresses one: {Type} or {type}, and {n} from 1.")
    needs_company: tuple[MediaType, ...] = Field(description="Types that may not be the only one.")
    media: tuple[MediaDocument, ...]


class PricesDocument(Document):
    """USD per second of video by resolution, with the day and the page they were read."""

    date: str
    source: str
    per_second: dict[str, Money]


class CardDocument(Document):
    """One model card. `prices` is null when the price is unknown, and when it is free."""

    model: str
    title: str
    version: str
    default: bool = Field(description="The provider's default model.")
    own: bool = Field(description="From the project's cards/, not shipped with seedgen.")
    note: str | None
    sources: tuple[str, ...]
    parameters: tuple[ParameterDocument, ...]
    references: ReferencesDocument
    free: bool
    prices: PricesDocument | None
    automatic_seconds: int
    failures_are_free: bool


class ProviderDocument(Document):
    """A provider with its cards. `key_name` is null where no key is needed."""

    provider: str
    key_name: str | None
    key_is_set: bool
    cards: tuple[CardDocument, ...]


class ProvidersDocument(Document):
    """What `seedgen providers --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    providers: tuple[ProviderDocument, ...]


class DifferenceDocument(Document):
    """One thing that the live schema says other than the card."""

    kind: Differs
    name: str = Field(description="The parameter, or the field of the request body.")
    card: Any
    live: Any


class RefreshedDocument(Document):
    """What a service says of one model. `live_prices` are USD by what they are for."""

    provider: str
    model: str
    source: str = Field(description="The address that was read.")
    differences: tuple[DifferenceDocument, ...]
    live_prices: dict[str, Money]


class RefreshDocument(Document):
    """What `seedgen providers refresh --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    models: tuple[RefreshedDocument, ...]


def providers_document(shelves: Iterable[Shelf], version: str) -> ProvidersDocument:
    """Every card for programs."""
    return ProvidersDocument(
        seedgen_version=version,
        providers=tuple(
            ProviderDocument(
                provider=shelf.provider,
                key_name=shelf.key_name,
                key_is_set=shelf.key_is_set,
                cards=tuple(_card(card, own=card.model in shelf.own) for card in shelf.cards),
            )
            for shelf in shelves
        ),
    )


def _card(card: ModelCard, *, own: bool) -> CardDocument:
    copied = ("model", "title", "version", "default", "note", "sources", "free")
    return CardDocument(
        **{name: getattr(card, name) for name in copied},
        own=own,
        parameters=tuple(
            ParameterDocument(
                name=name, values=schema.get("enum"), default=schema["default"], json_schema=schema
            )
            for name, schema in card.parameters.items()
        ),
        references=_references(card),
        prices=PricesDocument(**card.prices.model_dump()) if card.prices else None,
        automatic_seconds=card.automatic_seconds,
        failures_are_free=card.failures_are_free,
    )


def _references(card: ModelCard) -> ReferencesDocument:
    whole = card.references
    copied = MediaDocument.model_fields.keys() - {"type", "fields"}
    return ReferencesDocument(
        max_total=whole.max_total,
        ordering=whole.ordering,
        token=whole.token,
        needs_company=whole.needs_company,
        media=tuple(
            MediaDocument(
                type=kind,
                fields=(limits.field, *limits.next_fields),
                **{name: getattr(limits, name) for name in copied},
            )
            for kind, limits in media(card)
        ),
    )


def refreshed_document(
    card: ModelCard, source: str, found: Iterable[CardDifference], prices: Mapping[str, Decimal]
) -> RefreshedDocument:
    """What one model's service says other than its card."""
    return RefreshedDocument(
        provider=card.provider,
        model=card.model,
        source=source,
        differences=tuple(
            DifferenceDocument(kind=one.kind, name=one.name, card=one.card, live=one.live) for one in found
        ),
        live_prices=dict(prices),
    )
