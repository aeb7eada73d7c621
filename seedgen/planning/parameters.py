"""Parameters: a shot's, each with the value that its model card gives or takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedgen.project.cards import AUTO, neutral_value
from seedgen.project.diagnostics import did_you_mean, known_words
from seedgen.project.scalars import typed

if TYPE_CHECKING:
    from seedgen.project.cards import ModelCard
    from seedgen.project.diagnostics import Problems
    from seedgen.project.shelf import Cards
    from seedgen.project.shots import Shot, Written

_AUTO_NUMBER = -1
"""How services write auto where numbers stand; of a project file it may be a slip of the pen."""


class Parameters:
    """Works out the parameters of one project's shots; what many shots share is worked out once."""

    def __init__(self, cards: Cards, problems: Problems) -> None:
        self.cards = cards
        self.problems = problems
        self._values: dict[tuple[str, str, str, str], Any] = {}

    def of(self, shot: Shot, card: ModelCard) -> dict[str, Any]:
        """Every parameter of the card with its value for a shot. Problems are noted."""
        values = {name: card.default_of(name) for name in card.parameters}
        for name, written in shot.parameters.items():
            if name not in card.parameters:
                near = did_you_mean(name, [*card.parameters, *self.cards.providers])
                hint = near or f"It takes {known_words(card.parameters)}."
                self.problems.error(
                    "unknown parameter",
                    f"{card.title} has no {name!r}. {hint}",
                    at=written.place,
                    address=f"{shot.address}.{name}",
                )
                continue
            values[name] = self._value(shot, card, name, written)
        return values

    def _value(self, shot: Shot, card: ModelCard, name: str, written: Written) -> Any:
        # Many shots write the same few values; only text is looked up, for in Python True is 1.
        if not isinstance(written.value, str):
            return self._checked(shot, card, name, written)
        key = (card.provider, card.model, name, written.value)
        if key not in self._values:
            before = len(self.problems)
            value = self._checked(shot, card, name, written)
            if len(self.problems) > before:
                return value
            self._values[key] = value
        return self._values[key]

    def _checked(self, shot: Shot, card: ModelCard, name: str, written: Written) -> Any:
        raw = typed(written.value) if isinstance(written.value, str) else written.value
        value = neutral_value(name, raw)
        # An enum of strings keeps what was written: `1080` is not a number there.
        if not card.accepts(name, value) and card.accepts(name, str(written.value)):
            value = str(written.value)
        address = f"{shot.address}.{name}"
        if not card.accepts(name, value):
            # 3.5 among whole numbers is not beyond them.
            between = isinstance(value, float) and card.accepts(name, int(value))
            numeric = isinstance(value, int | float) and not isinstance(value, bool)
            self.problems.error(
                f"{name} out of range" if numeric and not between else f"{name} not allowed",
                f"Found {written.value}{', not a whole number' if between else ''}. {card.advice(name)}",
                at=written.place,
                address=address,
            )
        elif value == AUTO and raw == _AUTO_NUMBER:
            # Nobody who slips by a sign is to pay for the longest clip without a word.
            paid = name == "duration" and not card.free
            counted = f" A price counts the longest, {card.automatic_seconds} s." if paid else ""
            self.problems.warning(
                "-1 means auto",
                f"The model decides. If that is meant, write `auto`.{counted}",
                at=written.place,
                address=address,
            )
        return value
