"""`seedgen providers` and `seedgen providers refresh`"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from seedgen import __version__
from seedgen.cli.groups import ListByName
from seedgen.cli.pages import page
from seedgen.errors import ProjectError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seedgen.cli.invocation import Invocation
    from seedgen.project.cards import ModelCard
    from seedgen.project.diagnostics import Problems
    from seedgen.project.shelf import Cards
    from seedgen.providers.catalogue import LiveModel
    from seedgen.providers.registry import Surroundings
    from seedgen.views.card_changes import Refreshed
    from seedgen.views.cards import Shelf


@click.group(
    cls=ListByName,
    subcommand_metavar="[PROVIDER] | refresh MODEL",
    epilog=page(
        ("seedgen providers", "every model, with its limits and prices"),
        ("seedgen providers oxen", "those of one provider"),
    ),
)
def command() -> None:
    """List models with what they take and cost, or compare a card with its service."""


def _complete_providers(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in _at_hand(ctx).providers if name.startswith(incomplete)]


def _complete_models(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    return sorted({card.model for card in _at_hand(ctx) if card.model.startswith(incomplete)})


@command.command(
    "list",
    short_help="Models with what they take and cost (the default).",
    epilog=page(
        ("seedgen providers list", "every model, with its limits and prices"),
        ("seedgen providers eachlabs --json", "those of one provider, for a program"),
    ),
)
@click.argument("provider", required=False, shell_complete=_complete_providers)
@click.option("--json", "as_json", is_flag=True, help="One JSON document (`seedgen schema providers`).")
@click.pass_obj
def list_cards(invocation: Invocation, provider: str | None, as_json: bool) -> int:
    """List model cards: parameters, references, prices, and whether the provider's key is set."""
    cards = _cards(invocation)
    shelves = [_shelf(cards, name, invocation) for name in _chosen(cards, provider)]
    if as_json:
        from seedgen.views.card_documents import providers_document

        click.echo(providers_document(shelves, __version__).text(), nl=False)
    else:
        from seedgen.views.cards import cards_text

        paint = invocation.out_paint
        click.echo(cards_text(shelves, paint, invocation.width), nl=False, color=paint.on)
    return 0


@command.command(
    "refresh",
    short_help="What a service's live schema says other than a card.",
    epilog=page(
        (
            "seedgen providers refresh bytedance-seedance-2-0-reference-to-video",
            "whether the services still take what the cards say",
        ),
        (
            "seedgen providers refresh MODEL --provider oxen --card > cards/mine.yaml",
            "a card of your own to write prices into",
        ),
    ),
)
@click.argument("model", shell_complete=_complete_models)
@click.option("--provider", metavar="NAME", help="Of which provider, when several have the model.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document (`seedgen schema refresh`).")
@click.option("--card", "as_card", is_flag=True, help="Print a card for cards/ with the live values.")
@click.pass_obj
def refresh(invocation: Invocation, model: str, provider: str | None, as_json: bool, as_card: bool) -> int:
    """Compare a card with its service's live schema. Needs the network and no key; changes no file."""
    import asyncio

    from seedgen.views.card_changes import changes_text

    cards = _cards(invocation)
    found = _named(cards, model, provider)
    if as_card and (as_json or len(found) > 1):
        wrong = "--card and --json exclude each other" if as_json else f"several providers have {model}"
        names = " or ".join(f"--provider {card.provider}" for card in found)
        raise UsageError(wrong, remedy="Leave one out." if as_json else f"Say which: {names}.")
    live = [asyncio.run(_live(card, invocation)) for card in found]
    done = [_compared(card, one) for card, one in zip(found, live, strict=True)]
    if as_json:
        click.echo(_document(done), nl=False)
        return 0
    texts = "\n".join(
        changes_text(one, invocation.paint if as_card else invocation.out_paint) for one in done
    )
    if as_card:
        sys.stderr.write(texts)
        click.echo(_card_file(done[0], live[0]), nl=False)
    else:
        click.echo(texts, nl=False, color=invocation.out_paint.on)
    return 0


# -- cards -------------------------------------------------------------------------------------------


def _at_hand(ctx: click.Context) -> Cards:
    """The cards while completing; what is wrong with some is nothing to say then."""
    from pathlib import Path

    return _read(ctx.find_root().params.get("directory") or Path())[0]


def _read(root: Path) -> tuple[Cards, Problems]:
    """The shipped cards, and where there is a project over them its own."""
    from seedgen.project.diagnostics import Problems
    from seedgen.project.reading import PROJECT_FILE
    from seedgen.project.shelf import load_cards

    problems = Problems()
    return load_cards(root if (root / PROJECT_FILE).is_file() else None, problems), problems


def _cards(invocation: Invocation) -> Cards:
    """The cards at hand, also where there is no project. Raises ProjectError for a wrong card."""
    from seedgen.project.locating import located

    cards, problems = _read(invocation.root)
    if problems.errors:
        raise ProjectError(located(problems, {}))
    return cards


def _chosen(cards: Cards, provider: str | None) -> list[str]:
    if provider is None:
        return cards.providers
    if provider not in cards.providers:
        raise UsageError(f"no provider {provider!r}", remedy=_near(provider, cards.providers))
    return [provider]


def _named(cards: Cards, model: str, provider: str | None) -> list[ModelCard]:
    within = _chosen(cards, provider)
    found = [card for card in cards if card.model == model and card.provider in within]
    if not found:
        known = sorted({card.model for card in cards if card.provider in within})
        raise UsageError(f"no card for {model!r}", remedy=_near(model, known))
    return found


def _near(word: str, known: Sequence[str]) -> str:
    from seedgen.project.diagnostics import did_you_mean, known_words

    return did_you_mean(word, known) or f"Known: {known_words(known)}."


def _shelf(cards: Cards, provider: str, invocation: Invocation) -> Shelf:
    from seedgen.project.diagnostics import Problems
    from seedgen.project.shelf import load_cards
    from seedgen.providers.registry import SERVICES
    from seedgen.views.cards import Shelf

    shipped = {(card.provider, card.model): card for card in load_cards(None, Problems())}
    of_it = sorted(
        (card for card in cards if card.provider == provider), key=lambda c: (not c.default, c.model)
    )
    service = SERVICES.get(provider)
    return Shelf(
        provider,
        tuple(of_it),
        frozenset(c.model for c in of_it if shipped.get((c.provider, c.model)) != c),
        service.key_name if service else None,
        bool(service and service.key(_around(invocation))),
    )


# -- the live schema ---------------------------------------------------------------------------------


def _around(invocation: Invocation) -> Surroundings:
    from seedgen.providers.registry import Surroundings

    return Surroundings(invocation.environment, invocation.root)


async def _live(card: ModelCard, invocation: Invocation) -> LiveModel:
    from seedgen.providers.registry import SERVICES

    if card.provider not in SERVICES:
        raise UsageError(
            f"{card.provider} publishes no schema to compare with",
            remedy=f"There are schemas of {' and '.join(SERVICES)}.",
        )
    from seedgen.providers.catalogue import live_model
    from seedgen.views.paint import harmless

    invocation.say(f"Asking {SERVICES[card.provider].title} for its schema of {harmless(card.model)} …\n")

    def unreached(why: str) -> None:
        invocation.say(f"{harmless(why).rstrip(' .')}. Trying again for some seconds.\n")

    return await live_model(card.provider, card.model, _around(invocation), unreached)


def _compared(card: ModelCard, live: LiveModel) -> Refreshed:
    from seedgen.project.card_diff import differences
    from seedgen.providers.catalogue import source_of
    from seedgen.views.card_changes import Refreshed

    source = source_of(card.provider, card.model)
    return Refreshed(card, source, differences(card, live.schema), live.rates)


def _card_file(refreshed: Refreshed, live: LiveModel) -> str:
    from datetime import UTC, datetime

    from seedgen.project.card_update import updated
    from seedgen.views.card_changes import card_yaml

    today = datetime.now(UTC).date().isoformat()
    card = updated(refreshed.card, live.schema, date=today, source=refreshed.source, prices=live.per_second)
    return card_yaml(card, refreshed)


def _document(done: Sequence[Refreshed]) -> str:
    from seedgen.views.card_documents import RefreshDocument, refreshed_document

    models: Any = [refreshed_document(one.card, one.source, one.found, one.prices) for one in done]
    return RefreshDocument(seedgen_version=__version__, models=models).text()
