"""Groups of commands that list when nothing else is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import click

if TYPE_CHECKING:
    from collections.abc import Sequence


class ListByDefault(click.Group):
    """`jobs --all` is `jobs list --all`; with `names`, `providers oxen` is `providers list oxen` too."""

    names: ClassVar[bool] = False
    default: ClassVar[str] = "list"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the list before what is meant for it."""
        return super().parse_args(ctx, [self.default, *args] if self._means_list(ctx, args) else args)

    def _means_list(self, ctx: click.Context, args: Sequence[str]) -> bool:
        if not args:
            return not ctx.resilient_parsing  # what is being completed may become a subcommand yet
        if args[0].startswith("-"):
            return args[0] not in ctx.help_option_names
        return self.names and args[0] not in self.commands


class ListByName(ListByDefault):
    """A group whose list takes names."""

    names = True


class LsByDefault(ListByDefault):
    """A group whose list is called `ls`."""

    default = "ls"
