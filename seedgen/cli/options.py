"""Options that several commands share, and the completion of their values."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seedgen.app.completing import Words


_SAFE = re.compile(r"[\w.,:=+@%/ -]*")
"""What a shell takes as it stands, behind what was typed. A tag from a stranger's project must not become a
command."""


def _words(ctx: click.Context) -> Words:
    """The project's words while completing: the group's options are parsed, its function has not run."""
    from pathlib import Path

    from seedgen.app.completing import Words

    given = ctx.find_root().params
    return Words(given.get("directory") or Path(), given.get("profile"))


def completing(find: Callable[[Words, click.Context, str], Iterable[str]]) -> Callable[..., list[Any]]:
    """A completion that reads the project. Nobody who presses Tab wants to read what is wrong with it."""

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[Any]:
        from click.shell_completion import CompletionItem

        try:
            found = find(_words(ctx), ctx, incomplete)
            told = found if isinstance(found, dict) else dict.fromkeys(found, "")
        except Exception:  # noqa: BLE001  a mistake of any kind completes nothing, and says nothing
            return []
        return [
            CompletionItem(word, help=about or None)
            for word, about in told.items()
            if word.startswith(incomplete) and _SAFE.fullmatch(word, len(incomplete))
        ]

    return complete


def _expressions(*, plans: bool) -> Callable[..., list[Any]]:
    def find(words: Words, _: click.Context, incomplete: str) -> list[str]:
        from seedgen.app.completing import selections

        return selections(incomplete, words, plans=plans)

    return completing(find)


complete_shots = completing(lambda words, _, __: words.shots)
complete_reels = completing(lambda words, _, __: words.reels)
complete_profiles = completing(lambda words, _, __: words.profiles)
complete_pickable = completing(lambda words, _, __: words.pickable)
complete_takes = completing(lambda words, ctx, _: words.takes(ctx.params.get("shot_id") or ""))
complete_selection = _expressions(plans=True)
complete_shots_and_tags = _expressions(plans=False)

select_option = click.option(
    "--select",
    "chosen",
    metavar="EXPR",
    multiple=True,
    shell_complete=complete_selection,
    help="Only these shots: ids, globs, tag:NAME, reel:NAME, action:NAME, VARIABLE=VALUE; +x and x+ take "
    "in what is upstream and downstream of x. Spaces unite, commas intersect.",
)
exclude_option = click.option(
    "--exclude",
    "excluded",
    metavar="EXPR",
    multiple=True,
    shell_complete=complete_selection,
    help="Not these shots, in the same words; taken away from what is selected.",
)
replace_option = click.option(
    "--replace",
    "replaced",
    metavar="SHOT",
    multiple=True,
    shell_complete=complete_shots,
    help="Generate this shot anew, whatever the cache holds.",
)


class Number(click.IntRange):
    """A whole number, which click calls an integer range."""

    name = "number"


_PLACES = 40
"""Digits behind the point, at most."""


class Dollars(click.ParamType[Decimal]):
    """An amount in USD."""

    name = "USD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read `5` or `5.00`."""
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value!r} is not an amount in dollars", param, ctx)
        if not amount.is_finite() or not 0 <= amount < 10**9 or amount.adjusted() < -_PLACES:
            self.fail(f"{value!r} is not an amount in dollars", param, ctx)
        return amount


_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


class Age(click.ParamType[timedelta]):
    """A length of time like `7d`."""

    name = "AGE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read `12h`, `7d`, `2w`."""
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"(\d{1,5})([hdw])", str(value))
        if found is None:
            self.fail(f"{value!r} is no age; write 12h, 7d or 2w", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


max_cost_option = click.option(
    "--max-cost", type=Dollars(), help="Hard cap in USD for this apply; wins over the project's budget."
)
