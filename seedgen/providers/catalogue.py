"""Catalogue: what the services themselves say of a model, its input and its prices. Needs no key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from pydantic import SecretStr

from seedgen.errors import BadResponse
from seedgen.project.models import EACHLABS, OXEN
from seedgen.providers.answers import usd
from seedgen.providers.http import Access, Api, NotThere
from seedgen.providers.registry import SERVICES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from decimal import Decimal

    from seedgen.providers.registry import Surroundings

_SILENCE_S = 3
"""Some five seconds with the last try. Somebody waits at a terminal, and nothing is lost by giving up."""


class Asks(Protocol):
    """What is needed of `http.Api`."""

    async def ask(self, method: str, path: str, *, params: Any = None) -> Any:
        """One call that is safe to repeat; the decoded JSON."""


@dataclass(frozen=True, slots=True)
class LiveModel:
    """A model as its service shows it.

    `schema` is the JSON Schema of the input. `rates` are USD by what they are for, in the service's
    words; `per_second` holds those that are USD per second of output, by resolution.
    """

    schema: Mapping[str, Any]
    rates: Mapping[str, Decimal]
    per_second: Mapping[str, Decimal]


async def eachlabs_model(api: Asks, slug: str) -> LiveModel:
    """`GET /v1/model?slug=`, which names no price. Raises NotThere, ProviderError."""
    answer = await api.ask("GET", "/v1/model", params={"slug": slug})
    return LiveModel(_schema(answer, "each::labs"), {}, {})


async def oxen_model(api: Asks, model: str) -> LiveModel:
    """`GET /ai/models/{id}`. Raises NotThere, ProviderError."""
    answer = await api.ask("GET", f"/ai/models/{quote(model, safe='')}")
    schema = _schema(answer, "Oxen.ai")
    pricing = answer.get("pricing")
    rates, per_second = _prices(pricing if isinstance(pricing, dict) else {})
    return LiveModel(schema, rates, per_second)


_FETCH: Mapping[str, Callable[[Asks, str], Awaitable[LiveModel]]] = {
    EACHLABS: eachlabs_model,
    OXEN: oxen_model,
}
_ADDRESS = {EACHLABS: "/v1/model?slug={}", OXEN: "/ai/models/{}"}


async def live_model(
    provider: str, model: str, around: Surroundings, unreached: Callable[[str], None] = lambda _: None
) -> LiveModel:
    """What a service says of a model, asked once over a connection of its own.

    The key goes along where there is one. `unreached` is told why no connection can be made.
    Raises ProviderError, UsageError; KeyError for a provider that is no service.
    """
    service = SERVICES[provider]
    if service.key(around) is None:
        none = SecretStr("")
        access = Access(service.title, service.base_url(around), none, service.key_name, needs_key=False)
    else:
        access = service.access(around)
    api = Api(access, connections=1, pace=around.pace, silence_s=_SILENCE_S, unreached=unreached)
    try:
        return await _FETCH[provider](api, model)
    except NotThere as error:
        raise BadResponse(
            f"{service.title} knows no model {model}", remedy="It may have another name there by now."
        ) from error
    finally:
        await api.close()


def source_of(provider: str, model: str) -> str:
    """The address of a model's live schema, for people to look at: never a proxy's or a test's."""
    return SERVICES[provider].default_url + _ADDRESS[provider].format(quote(model, safe=""))


def _schema(answer: Any, service: str) -> Mapping[str, Any]:
    if not isinstance(answer, dict):
        raise BadResponse(f"{service} answered something that is not a model")
    # Oxen's model pages call it json_request_schema, its API reference request_schema.
    for key in ("request_schema", "json_request_schema"):
        schema = answer.get(key)
        if isinstance(schema, dict) and isinstance(schema.get("properties"), dict):
            return schema
    raise BadResponse(
        f"{service} publishes no schema of this model", remedy="There is nothing to compare the card with."
    )


def _prices(pricing: Mapping[str, Any]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    per_second: dict[str, Decimal] = {}
    by_resolution = pricing.get("cost_per_second_by_resolution")
    for name, value in by_resolution.items() if isinstance(by_resolution, dict) else ():
        if (rate := _usd(value)) is not None:
            per_second[str(name)] = rate
    rates = {f"{name} per second": rate for name, rate in per_second.items()}
    for name, value in pricing.items():
        if "cost" in name and (rate := _usd(value)) is not None:
            rates[name.replace("cost_", "").replace("_", " ")] = rate
    return rates, per_second


def _usd(value: Any) -> Decimal | None:
    """An amount above nothing; a zero in a price list is an empty cell, and no price."""
    return usd(value) or None
