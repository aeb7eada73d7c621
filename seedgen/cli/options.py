"""Options that several commands share, and the completion of their values."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from seedgen.cli.invocation import Invocation
from seedgen.errors import SeedgenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from seedgen.app import Workspace


def _invocation(ctx: click.Context) -> Invocation:
    """The invocation while completing: the group's options are parsed, its function has not run."""
    import os
    from pathlib import Path

    given = (ctx.find_root()).params
    return Invocation(
        root=given.get("directory") or Path(),
        environment=os.environ,
        profile=given.get("profile"),
        variables=given.get("variables") or (),
        allow_outside=True,
    )


def _complete(words: Callable[[Workspace], Iterable[str]]) -> Callable[..., list[Any]]:
    """A completion that reads the project; a broken project completes nothing."""

    def complete(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[Any]:
        try:
            found = words(_invocation(ctx).open())
        except (SeedgenError, OSError):
            return []
        return [word for word in found if word.startswith(incomplete)]

    return complete


def _ids(workspace: Workspace) -> list[str]:
    return [shot.id for shot in workspace.shots]


def _selectors(workspace: Workspace) -> list[str]:
    tags = sorted({tag for shot in workspace.shots for tag in shot.tags})
    return _ids(workspace) + [f"tag:{tag}" for tag in tags]


complete_shots = _complete(_ids)
complete_reels = _complete(lambda workspace: list(workspace.reels))
complete_profiles = _complete(lambda workspace: list(workspace.project.spec.profiles))

select_option = click.option(
    "--select",
    "chosen",
    metavar="EXPR",
    multiple=True,
    shell_complete=_complete(_selectors),
    help="Only these shots: ids, globs, tag:NAME, reel:NAME, action:NAME, VARIABLE=VALUE; +x and x+ take "
    "in what is upstream and downstream of x. Spaces unite, commas intersect.",
)
exclude_option = click.option(
    "--exclude",
    "excluded",
    metavar="EXPR",
    multiple=True,
    shell_complete=_complete(_selectors),
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


class Dollars(click.ParamType[Decimal]):
    """An amount in USD."""

    name = "USD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Read `5` or `5.00`."""
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            self.fail(f"{value!r} is not an amount in dollars", param, ctx)
        if not amount.is_finite() or amount < 0:
            self.fail(f"{value!r} is not an amount in dollars", param, ctx)
        return amount


max_cost_option = click.option(
    "--max-cost", type=Dollars(), help="Hard cap in USD for this apply; wins over the project's budget."
)
