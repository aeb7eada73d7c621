"""The page of models: every shipped card, with limits, prices, the day they were read and the source."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from seedgen.project.diagnostics import Problems
from seedgen.project.shelf import load_cards
from seedgen.views.cards import card_rows, price_text
from tests.reference.markdown import code, generated, plain, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.project.cards import ModelCard

_INTRODUCTION = """\
What the shipped [model cards](../project-file.md#model-cards) say. `seedgen providers` prints the same,
with the cards of your project; `seedgen providers refresh MODEL` compares a card with what the service
says today. Prices are USD for a second of output, as the named page printed them on that day: a service
may have changed them since. What is unknown is never taken for zero ([money](../money.md#caps))."""


def page() -> str:
    """The whole page."""
    problems = Problems()
    cards = sorted(load_cards(None, problems), key=lambda card: (card.provider, not card.default, card.model))
    assert not problems.errors
    rows = [(code(card.provider), _link(card), plain(price_text(card)), _read(card)) for card in cards]
    text = generated("Models", _INTRODUCTION) + table(("provider", "model", "price", "read"), rows)
    for provider, of_one in groupby(cards, lambda card: card.provider):
        text += f"## {provider}\n\n" + "".join(map(_section, of_one))
    return text


def _link(card: ModelCard) -> str:
    return f"[{card.model}](#{card.model})" + (" (default)" if card.default else "")


def _read(card: ModelCard) -> str:
    return f"{card.prices.date}, [page]({card.prices.source})" if card.prices else "-"


def _section(card: ModelCard) -> str:
    default = " The provider's default." if card.default else ""
    rows = [(label.strip() or "read", _cell(label, text)) for label, text in card_rows(card)]
    return (
        f"### {card.model}\n\n{plain(card.title)}, card version {card.version}.{default}\n\n"
        + table(("what", "takes"), rows)
        + _sources(card.sources)
    )


def _cell(label: str, text: str) -> str:
    if label:
        return plain(text)
    day, _, address = text.partition(" at ")
    return f"{plain(day)} at <{address}>"


def _sources(addresses: Sequence[str]) -> str:
    return (
        "".join(["Sources:\n\n", *(f"- <{address}>\n" for address in addresses), "\n"]) if addresses else ""
    )
