"""The page of every command, from what click knows of it: synopsis, help, arguments, options, examples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from seedgen.cli.main import command_line
from tests.reference.markdown import code, generated, plain, table

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRODUCTION = """\
What `-h` and `--help` say, on one page. Options of the whole program stand before the command, as in
`seedgen -C film plan`. stdout carries what was asked for and nothing else, stderr what is said beside it, so
that a document can be piped on. Colour and live progress appear on a terminal alone. A command that asks
something names the flag that answers when nobody is there to be asked."""


def page() -> str:
    """The whole page."""
    return generated("Commands", _INTRODUCTION) + "".join(map(_section, contexts()))


def contexts() -> Iterator[click.Context]:
    """The program and every command below it, each with those above it; as wide on every terminal."""
    yield from _below(click.Context(command_line, info_name="seedgen", terminal_width=100))


def _below(context: click.Context) -> Iterator[click.Context]:
    yield context
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None, name
            yield from _below(click.Context(command, info_name=name, parent=context))


def _section(context: click.Context) -> str:
    depth = "##" if context.command_path.count(" ") < 2 else "###"
    epilog = context.command.epilog or ""
    return "".join(
        [
            f"{depth} {context.command_path}\n\n",
            f"```text\n{context.command.get_usage(context).removeprefix('Usage: ')}\n```\n\n",
            _help(context.command.help or ""),
            _options(context),
            _commands(context),
            _examples(epilog),
            _exits(epilog),
            _environment(epilog),
        ]
    )


def _help(text: str) -> str:
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "".join(f"{plain(' '.join(paragraph.split()))}\n\n" for paragraph in paragraphs)


def _options(context: click.Context) -> str:
    """Every option but `--help`, which all commands have."""
    options = [option for option in context.command.params if isinstance(option, click.Option)]
    records = [record for option in options if (record := option.get_help_record(context))]
    return (
        table(("option", "does"), [(code(names), plain(text)) for names, text in records]) if records else ""
    )


def _commands(context: click.Context) -> str:
    below = list(_below(context))[1:]
    rows = [
        (
            f"[{one.command_path}](#{one.command_path.replace(' ', '-')})",
            plain(" ".join((one.command.help or "").partition("\n\n")[0].split())),
        )
        for one in below
        if one.parent is context
    ]
    return table(("command", "does"), rows) if rows else ""


def examples_of(epilog: str) -> list[tuple[str, str]]:
    """The examples at the end of a command's page: what is typed, and the sentence on it."""
    return re.findall(r"^  (\S.*)\n      (.*)$", _part(epilog, "Examples:"), re.MULTILINE)


def _examples(epilog: str) -> str:
    lines = "\n".join(f"# {about}\n{typed}" for typed, about in examples_of(epilog))
    return f"```sh\n{lines}\n```\n\n"


def _exits(epilog: str) -> str:
    said = [f"{code(number)} {plain(meaning)}" for number, meaning in _pairs(epilog, "Exit codes:")]
    return "Exit codes:\n\n" + "".join(f"- {one}\n" for one in said) + "\n"


def _environment(epilog: str) -> str:
    rows = [(code(name), plain(meaning)) for name, meaning in _pairs(epilog, "Environment:")]
    return table(("variable", "means"), rows) if rows else ""


def _pairs(epilog: str, title: str) -> list[tuple[str, str]]:
    return re.findall(r"^  (\S+) +(.*)$", _part(epilog, title), re.MULTILINE)


def _part(epilog: str, title: str) -> str:
    return epilog.partition(f"\b\n{title}\n")[2].partition("\n\n")[0]
