"""`seedgen completion`"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command(epilog='Example:  eval "$(seedgen completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes commands, shot ids, reels, tags and profiles."""
    from seedgen.cli import shells
    from seedgen.cli.main import command_line

    shells.use()
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(
        kind(command_line, {}, "seedgen", "_SEEDGEN_COMPLETE").source_template
        % {
            "complete_func": "_seedgen_completion",
            "complete_var": "_SEEDGEN_COMPLETE",
            "prog_name": "seedgen",
        }
    )
