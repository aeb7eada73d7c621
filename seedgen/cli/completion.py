"""`seedgen completion`"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from seedgen.cli.pages import page


@click.command(
    epilog=page(
        ('eval "$(seedgen completion bash)"', "in ~/.bashrc; for zsh in ~/.zshrc, after compinit"),
        ("seedgen completion fish > ~/.config/fish/completions/seedgen.fish", "once, for fish"),
    )
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes commands, options and the words of the project at hand.

    Those are shot ids, tags, reels, profiles, actions, takes, and whole --select expressions. Tab reads the
    project file and the lock, writes nothing, and says nothing of a project with mistakes.
    """
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
