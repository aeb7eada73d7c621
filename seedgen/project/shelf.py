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
    """The model cards at hand: those of the project, and those that ship with the package.

    Shipped ones are read when somebody asks for their provider: most projects use one or two. Their
    file names begin with it.
    """

    def __init__(self, own: Iterable[ModelCard], shipped: Iterable[Path], problems: Problems) -> None:
        self._own = tuple(own)
        self._problems = problems
        self._files: dict[str, list[Path]] = {}
        for file in shipped:
            self._files.setdefault(file.stem.partition("-")[0], []).append(file)
        self._read: dict[str, dict[str, ModelCard]] = {}

    def _of(self, provider: str) -> dict[str, ModelCard]:
        if provider not in self._read:
            cards = list(_cards(self._files.get(provider, ()), self._problems))
            cards += [card for card in self._own if card.provider == provider]
            self._read[provider] = {card.model: card for card in cards}
        return self._read[provider]

    def __iter__(self) -> Iterator[ModelCard]:
        for provider in self.providers:
            yield from self._of(provider).values()

    def find(self, provider: str, model: str | None) -> ModelCard | None:
        """A provider's model, or its default model; a default among the project's own wins."""
        cards = self._of(provider)
        if model is not None:
            return cards.get(model)
        return next((card for card in reversed(cards.values()) if card.default), None)

    @property
    def providers(self) -> list[str]:
        """Every provider with a card."""
        return sorted({*self._files, *(card.provider for card in self._own)})

    def models(self, provider: str) -> list[str]:
        """Every model of a provider."""
        return sorted(self._of(provider))


def load_cards(root: Path | None, problems: Problems) -> Cards:
    """The shipped cards, and over them those in the project's `cards/`."""
    own = () if root is None else _cards(_own(root.resolve(), problems), problems)
    return Cards(own, sorted(SHIPPED.glob("*.yaml")), problems)


def _cards(files: Iterable[Path], problems: Problems) -> Iterator[ModelCard]:
    for file in files:
        raw = read_mapping(file, {}, problems)
        if raw is not None and (card := validate(ModelCard, raw, Place(file), problems)):
            yield card


def _own(root: Path, problems: Problems) -> Iterator[Path]:
    for path in sorted((root / "cards").glob("*.yaml")):
        if not path.is_file():
            continue
        if path.resolve().is_relative_to(root):
            yield path
        else:
            problems.error("path outside the project", "The card is a link that leads out.", at=Place(path))
