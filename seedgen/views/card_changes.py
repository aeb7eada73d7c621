"""Card changes as text: what a live schema says other than a card, and the card that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

import yaml

from seedgen.project.card_diff import CardDifference, Differs
from seedgen.views.cards import plain, usd
from seedgen.views.paint import harmless

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from seedgen.project.cards import ModelCard
    from seedgen.views.paint import Paint


@dataclass(frozen=True, slots=True)
class Refreshed:
    """A card, the address of its live schema, what differs, and the prices that the service shows."""

    card: ModelCard
    source: str
    found: tuple[CardDifference, ...]
    prices: Mapping[str, Decimal]


def changes_text(refreshed: Refreshed, paint: Paint) -> str:
    """What differs, a line for each; or that nothing does."""
    card = refreshed.card
    lines = [f"{paint.bold(_line(card.title))}  {paint.dim(_line(f'{card.provider} {card.model}'))}"]
    lines += [f"  {_line(one.name):<16} {difference_text(one)}" for one in refreshed.found]
    if not refreshed.found:
        lines.append(f"  {paint.green('the card matches the live schema')}")
    lines += [f"  {'live price':<16} {usd(rate)} {_line(name)}" for name, rate in refreshed.prices.items()]
    if not refreshed.prices:
        lines.append(f"  {'live price':<16} the service shows none")
    return "\n".join(lines) + "\n"


def difference_text(one: CardDifference) -> str:
    """A difference in a sentence without its subject."""
    return _line(_SENTENCES[one.kind](one.card, one.live))


def card_yaml(card: ModelCard, refreshed: Refreshed) -> str:
    """A card as a file for `cards/`, with what was changed as comments at its head."""
    old = refreshed.card
    head = [f"{old.title}: the card of {old.version} with the live schema of {card.version}."]
    head += [f"{one.name}: {difference_text(one)}{_unless_added(one)}" for one in refreshed.found]
    if any(one.kind is Differs.DEFAULT for one in refreshed.found):
        head.append("Shots that rely on a changed default are generated anew: `seedgen plan` shows them.")
    data = _plain(card.model_dump(exclude_defaults=True))
    text = yaml.dump(
        {"card": card.card, **data}, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=105
    )
    return "".join(f"# {_line(line)}\n" for line in head) + text


def _unless_added(one: CardDifference) -> str:
    left_out = one.kind is Differs.UNKNOWN and "default" not in one.live
    return " (left out: a parameter of a card needs a default)" if left_out else ""


# -- sentences ---------------------------------------------------------------------------------------


def _listed(values: Any) -> str:
    return ", ".join(plain(value) for value in values)


def _values(card: Any, live: Any) -> str:
    said = [f"live takes {_listed(live)} as well"] if live else []
    return "; ".join(said + ([f"live does not take {_listed(card)}"] if card else []))


def _unknown(_: Any, live: Any) -> str:
    said = ["not in the card"]
    if "type" in live:
        kinds = live["type"] if isinstance(live["type"], list) else [live["type"]]
        said.append(_listed(kinds))
    if isinstance(live.get("enum"), list):
        said.append(f"one of {_listed(live['enum'])}")
    said.append(f"default {plain(live['default'])}" if "default" in live else "no default")
    return ", ".join(said) + (", required" if live.get("required") else "")


def _required(card: Any, _: Any) -> str:
    return "the card requires it, live does not" if card else "live requires it, the card does not"


def _addressed(token: str) -> str:
    return token.format(Type="Image", type="image", n=1)


_SENTENCES: Mapping[Differs, Callable[[Any, Any], str]] = {
    Differs.UNKNOWN: _unknown,
    Differs.GONE: lambda *_: "in the card, not in the live schema",
    Differs.VALUES: _values,
    Differs.DEFAULT: lambda card, live: f"the default is {plain(live)} live, {plain(card)} in the card",
    Differs.TYPE: lambda card, live: f"live takes {_listed(live)}, the card sends {_listed(card)}",
    Differs.AUTO_WORD: lambda card, live: f"auto is {plain(live)} live, the card sends {plain(card)}",
    Differs.MOST: lambda card, live: f"live takes at most {live}, the card {card}",
    Differs.REQUIRED: _required,
    Differs.TOKEN: lambda card, live: (
        f"live descriptions write {_addressed(live)}, the card sends {_addressed(card)}"
    ),
}


def _line(text: str) -> str:
    """A service's words in one line: a line break in a comment would end it."""
    return harmless(" ".join(text.split()))


# -- YAML --------------------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):
    """Short lists in one line, decimals as they are."""

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> Any:
        short = all(not isinstance(one, dict) for one in sequence) and len(str(sequence)) < 300
        return super().represent_sequence(tag, sequence, flow_style=True if short else flow_style)

    def ignore_aliases(self, _: Any) -> bool:
        return True


def _decimal(dumper: yaml.SafeDumper, value: Decimal) -> yaml.ScalarNode:
    kind = "int" if value == value.to_integral_value() else "float"
    text = str(int(value)) if kind == "int" else format(value, "f")
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


_Dumper.add_representer(Decimal, _decimal)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return value.value if isinstance(value, Enum) else value
