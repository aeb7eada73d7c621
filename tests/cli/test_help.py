"""`--help`: every command says what it does to money and files, explains each option, and gives examples
that can be typed."""

from __future__ import annotations

import re
import shlex
from itertools import groupby
from typing import TYPE_CHECKING

import click
import pytest

from seedgen.cli.main import command_line
from seedgen.cli.pages import page
from tests.reference.commands import contexts, examples_of

if TYPE_CHECKING:
    from tests.film import Film

_BETWEEN = {"&&", "||", "|", ";", ">", "&"}
COMMANDS = {context.command_path: context.command for context in contexts()}


def lines_of(epilog: str) -> list[str]:
    """The lines of an epilog's examples that are typed."""
    return [line for line, _ in examples_of(epilog)]


def typed(line: str) -> list[list[str]]:
    """Every call of seedgen in a line for a shell, word by word."""
    within = re.findall(r"\$\(([^)]*)\)", line)
    lexer = shlex.shlex(re.sub(r"\"?\$\([^)]*\)\"?", "", line), posix=True, punctuation_chars="&|;>")
    lexer.whitespace_split = True
    parts = [list(words) for end, words in groupby(lexer, _BETWEEN.__contains__) if not end]
    parts += [shlex.split(inner) for inner in within]
    return [words for words in parts if words and words[0] == "seedgen"]


EXAMPLES = [
    (path, shlex.join(words))
    for path, command in COMMANDS.items()
    for line in lines_of(command.epilog or "")
    for words in typed(line)
]


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_a_page(path: str) -> None:
    """A first line, examples of its own, and a word on every option."""
    command = COMMANDS[path]
    assert len((command.help or "").strip()) > 30
    assert [words for words in typed(" ; ".join(lines_of(command.epilog or ""))) if words], "no example"
    silent = [
        option.opts
        for option in command.get_params(click.Context(command, info_name=path))
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []


@pytest.mark.parametrize(("path", "line"), EXAMPLES)
def test_examples_parse(path: str, line: str) -> None:
    """Each is understood down to its last option and value; nothing is run."""
    command: click.Command = command_line
    context: click.Context | None = None
    name, words = "seedgen", shlex.split(line)[1:]
    if words[-1] in {"--help", "--version"}:
        words = words[:-1]
    while True:
        context = command.make_context(name, list(words), parent=context, resilient_parsing=not words)
        if not isinstance(command, click.Group) or not words:
            return
        rest = [*context._protected_args, *context.args]
        found, below, words = command.resolve_command(context, rest)
        assert below is not None
        command, name = below, found or ""


def test_there_are_examples() -> None:
    """The check above is about every command, most of them several times."""
    assert len(EXAMPLES) > 40
    assert {path for path, _ in EXAMPLES} == set(COMMANDS)


@pytest.mark.parametrize("columns", ["80", "200"])
@pytest.mark.parametrize("path", COMMANDS)
def test_pages_keep_their_lines(path: str, columns: str, film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples are not filled like a paragraph, whatever the terminal's width, and fit where most do."""
    monkeypatch.setenv("COLUMNS", columns)
    ran = film.run(*path.split()[1:], "--help")
    assert ran.code == 0
    assert "\b" not in ran.out
    for line in lines_of(COMMANDS[path].epilog or ""):
        assert line in [shown.strip() for shown in ran.out.splitlines()]
    assert max(map(len, ran.out.splitlines())) <= 100


def test_the_page_of_the_whole_names_exit_codes_and_environment(film: Film) -> None:
    """What a script has to know before it calls any command."""
    shown = film.run("--help").out
    for word in (
        "130",
        "EACHLABS_API_KEY",
        "OXEN_API_KEY",
        "SEEDGEN_PROFILE",
        "SEEDGEN_CACHE_DIR",
        "NO_COLOR",
    ):
        assert word in shown


def test_a_page_is_examples_exit_codes_and_environment() -> None:
    """Each in a block that click leaves as it is."""
    text = page(("seedgen plan", "look first"), exits={0: "done"}, environment=[("NO_COLOR", "no colour")])
    assert text == (
        "\b\nExamples:\n  seedgen plan\n      look first\n\n"
        "\b\nExit codes:\n  0    done\n\n"
        "\b\nEnvironment:\n  NO_COLOR            no colour"
    )
