"""Pricing: what a request would cost, and how many seconds of video it asks for."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

from seedgen.project.cards import AUTO

if TYPE_CHECKING:
    from seedgen.planning.request import Request
    from seedgen.project.cards import ModelCard


def seconds_of(request: Request, card: ModelCard) -> int:
    """Seconds of video, begun ones as whole; an automatic duration counts as the longest."""
    duration = request.parameters.get("duration", AUTO)
    return card.automatic_seconds if duration == AUTO else math.ceil(duration)


def price_of(request: Request, card: ModelCard) -> Decimal | None:
    """USD for one take. None is unknown: never take it for zero."""
    if card.free:
        return Decimal(0)
    if card.prices is None:
        return None
    per_second = card.prices.per_second.get(str(request.parameters.get("resolution")))
    return None if per_second is None else per_second * seconds_of(request, card)
