"""each::labs' requests: the body of a prediction, and whether another prediction has the same. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from seedgen.planning.wire import model_input

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seedgen.planning.request import Request
    from seedgen.project.cards import ModelCard
    from seedgen.project.models import EachlabsSettings

UNKNOWN_URL = "unknown:"
"""Stands for the address of a file whose upload nobody remembers: it equals any address."""


def request_body(
    request: Request, card: ModelCard, urls: Sequence[str], settings: EachlabsSettings
) -> dict[str, Any]:
    """The JSON that is submitted. `urls` stand beside the request's references."""
    body: dict[str, Any] = {
        "model": card.model,
        **card.envelope,
        "input": model_input(request, card, urls),
        "webhook_url": settings.webhook_url,
    }
    if settings.webhook_secret:
        body["webhook_secret"] = settings.webhook_secret
    return body


def same_input(sent: Mapping[str, Any], echoed: object, card: ModelCard) -> bool:
    """Whether a prediction's `input` is what was sent.

    Fields that the service added are no difference, unless they hold references: nobody sent those.
    """
    if not isinstance(echoed, dict):
        return False
    if any(echoed.get(field) for field in _media_fields(card) - sent.keys()):
        return False
    return all(name in echoed and _same(value, echoed[name]) for name, value in sent.items())


def _media_fields(card: ModelCard) -> set[str]:
    known = card.references
    limits = [limit for limit in (known.image, known.video, known.audio) if limit is not None]
    return {field for one in limits for field in (one.field, one.face_field, *one.next_fields) if field}


def _same(sent: object, echoed: object) -> bool:
    if sent == UNKNOWN_URL:
        return isinstance(echoed, str)
    if isinstance(sent, list):
        return (
            isinstance(echoed, list)
            and len(sent) == len(echoed)
            and all(_same(one, other) for one, other in zip(sent, echoed, strict=True))
        )
    return _plain(sent) == _plain(echoed)


def _plain(value: object) -> object:
    """A value as it compares: `8`, `8.0` and `"8"` are one duration, `true` and `1` are not."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return value
    exact = Decimal(str(value))
    return str(exact.normalize() if exact != exact.to_integral_value() else int(exact))
