"""Usage: what was typed and is no command or option, and what was probably meant."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from seedgen.views.paint import harmless

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.views.paint import Paint

_ELSEWHERE = {
    **dict.fromkeys(["build", "generate", "run"], "apply"),
    **dict.fromkeys(["clean", "prune"], "cache gc"),
    **dict.fromkeys(["list", "ls"], "status"),
    "takes": "show",
}
"""What other programs call it, or somebody might."""

_NEAR = 0.75
"""How alike words have to be: `plann` and `plan` are, `destroy` and `retry` are not."""

_BEFORE_THE_COMMAND = frozenset(
    {"-C", "--profile", "--var", "--var-file", "--cache-dir", "--allow-outside", "--no-color"}
)
_YES = frozenset({"-y", "--yes", "-a"})
"""What others call --auto-approve; of `-auto-approve` click sees the first letter."""

_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)


def near_command(word: str, commands: Mapping[str, str]) -> str:
    """The command that is probably meant, or an empty string. `commands` are what is typed, by one word."""
    import difflib

    known = {**commands, **_ELSEWHERE}
    near = difflib.get_close_matches(word, known, n=1, cutoff=_NEAR)
    return known[near[0]] if near else ""


def usage_text(error: click.ClickException, paint: Paint) -> str:
    """Wrong usage, and a line on what is right."""
    text = f"{paint.red('Error:')} {harmless(error.format_message())}\n"
    context = getattr(error, "ctx", None)
    return text + (f"  {_right(error, context)}\n" if context is not None and context.command else "")


def _right(error: click.ClickException, context: click.Context) -> str:
    option, typed = getattr(error, "option_name", ""), f"seedgen {context.info_name}"
    if option in _BEFORE_THE_COMMAND:
        return f"{option} goes before the command: `seedgen {option} … {context.info_name}`."
    if option in _YES and any(param.name == "auto_approve" for param in context.command.params):
        return f"`{typed} --auto-approve` does not ask."
    extra = _EXTRA.match(error.format_message())
    if extra is not None and _only_selects(context.command):
        import shlex

        return f"Shots are chosen with --select: `{typed} --select {harmless(shlex.quote(extra[1]))}`."
    return f"`{context.command_path} --help` says how."


def _only_selects(command: click.Command) -> bool:
    """Whether a command takes no arguments, and shots by --select."""
    if any(isinstance(param, click.Argument) for param in command.params):
        return False
    return any(param.name == "chosen" for param in command.params)
