"""The shelf of model cards: those that ship with the package, and over them those of the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.project.cards import ModelCard
from seedgen.project.diagnostics import Place
from seedgen.project.reading import read_mapping
from seedgen.project.tolerant import validate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seedgen.project.diagnostics import Problems

SHIPPED = Path(__file__).parent.parent / "cards"


class Cards:
    """The model cards at hand: those that ship with the package and those of the project."""

    def __init__(self, cards: Iterable[ModelCard]) -> None:
        self._by_model = {(card.provider, card.model): card for card in cards}

    def __iter__(self) -> Iterator[ModelCard]:
        return iter(self._by_model.values())

    def find(self, provider: str, model: str | None) -> ModelCard | None:
        """A provider's model, or its default model."""
        if model is not None:
            return self._by_model.get((provider, model))
        own = [card for card in self if card.provider == provider]
        return next((card for card in own if card.default), None)

    @property
    def providers(self) -> list[str]:
        """Every provider with a card."""
        return sorted({card.provider for card in self})

    def models(self, provider: str) -> list[str]:
        """Every model of a provider."""
        return sorted(card.model for card in self if card.provider == provider)


def load_cards(root: Path | None, problems: Problems) -> Cards:
    """The shipped cards, and over them those in the project's `cards/`."""
    files = sorted(SHIPPED.glob("*.yaml"))
    if root is not None:
        files += _own(root.resolve(), problems)
    cards = []
    for file in files:
        raw = read_mapping(file, {}, problems)
        if raw is not None and (card := validate(ModelCard, raw, Place(file), problems)):
            cards.append(card)
    return Cards(cards)


def _own(root: Path, problems: Problems) -> Iterator[Path]:
    for path in sorted((root / "cards").glob("*.yaml")):
        if not path.is_file():
            continue
        if path.resolve().is_relative_to(root):
            yield path
        else:
            problems.error("path outside the project", "The card is a link that leads out.", at=Place(path))
