"""Unpriced: of which takes nobody knows the price, why that is, and how to state one."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from seedgen.planning.plan import ReasonKind
from seedgen.views.paint import harmless
from seedgen.views.words import counted

if TYPE_CHECKING:
    from seedgen.planning.plan import Change, Plan

_FEW = 3


def unpriced_sentence(plan: Plan) -> str:
    """On takes to submit whose price is unknown, those included that a cap blocks for it; or nothing."""
    takes = list(filter(_is_unpriced, plan.changes))
    if not takes:
        return ""
    have = "has" if len(takes) == 1 else "have"
    models = list(dict.fromkeys(map(_model, takes)))
    shown = ", ".join(models[:_FEW]) + (" …" if len(models) > _FEW else "")
    cards = f"the card of {shown} has" if len(models) == 1 else f"the cards of {shown} have"
    return f"{counted(len(takes), 'take')} {have} no known price: {cards} none."


def unpriced_text(plan: Plan) -> str:
    """The same, and how to state a price."""
    take = next(filter(_is_unpriced, plan.changes), None)
    if take is None:
        return ""
    provider, model = (shlex.quote(harmless(name)) for name in (take.provider, take.model))
    return (
        f"{unpriced_sentence(plan)} "
        "Cards have what a page of the service prints, and nothing that is guessed.\n"
        "To state yours, write USD a second under `prices:` in a card of your own: "
        f"`seedgen providers refresh {model} --provider {provider} --card` prints one for cards/; it asks "
        "the service for it, and needs the network.\n"
        "What was billed stands in `seedgen costs` afterwards, as far as the service tells.\n"
    )


def _is_unpriced(change: Change) -> bool:
    blocked = any(reason.kind is ReasonKind.UNPRICED for reason in change.reasons)
    return blocked or (change.submits and change.cost is None)


def _model(take: Change) -> str:
    """`oxen MODEL (720p)`: a card may have prices for other resolutions."""
    resolution = take.request.parameters.get("resolution") if take.request else None
    return harmless(f"{take.provider} {take.model}" + (f" ({resolution})" if resolution else ""))
