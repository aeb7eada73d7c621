"""The docs speak of what there is: settings validate, commands and options exist, links lead somewhere."""

from __future__ import annotations

import re
import shlex
from itertools import takewhile
from pathlib import Path

import click
import pytest
import yaml

from seedgen.cli.groups import ListByDefault
from seedgen.cli.main import command_line
from seedgen.project.cards import Prices
from seedgen.project.models import ProjectFile, ProviderSettings
from seedgen.project.reels import Reel
from seedgen.project.source import parse
from tests.planning.projects import opened

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(
    [
        ROOT / "README.md",
        *(page for page in DOCS.rglob("*.md") if "_build" not in page.parts),
        *(ROOT / "examples").glob("*/README.md"),
    ]
)


def blocks(page: Path, language: str) -> list[str]:
    """The code blocks of one language."""
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )


def commands(page: Path) -> list[str]:
    """Every line of a shell block that begins with seedgen, without its comment, and those in sentences."""
    typed = blocks(page, "sh") + blocks(page, "console")
    lines = [line.removeprefix("$ ") for block in typed for line in block.splitlines()]
    lines += re.findall(r"`(seedgen [^`\n]+)`", page.read_text(encoding="utf-8"))
    return [line.partition("#")[0].strip() for line in lines if line.startswith("seedgen ")]


def test_the_settings_of_the_providers_page_are_settings() -> None:
    """The project file takes them as they are printed."""
    settings, prices = (yaml.safe_load(text) for text in blocks(ROOT / "docs/providers.md", "yaml"))
    assert ProviderSettings.model_validate(settings["providers"]).oxen.upload_repo == "studio/refs"
    assert Prices.model_validate(prices["prices"]).per_second


def test_the_reel_of_the_reels_page_is_one() -> None:
    """The project file takes it as it is printed, and understands its short forms."""
    (text,) = blocks(ROOT / "docs/reels.md", "yaml")
    value, problems = parse(text, ROOT / "docs/reels.md")
    reel = Reel.model_validate(value["reels"]["main"])
    assert problems == []
    assert (reel.transition_into("020").overlap, reel.transition_into("040").overlap) == (0, 24)
    assert reel.titles.end is not None
    assert reel.titles.end.title == "The end"


def parts_of_projects() -> list[tuple[str, str]]:
    """Every YAML block whose keys are all keys of a project file, by its page."""
    return [
        (page.name, text)
        for page in PAGES
        for text in blocks(page, "yaml")
        if isinstance(value := yaml.safe_load(text), dict) and set(value) <= set(ProjectFile.model_fields)
    ]


@pytest.mark.parametrize(("page", "text"), parts_of_projects())
def test_what_the_docs_show_of_a_project_can_stand_in_one(page: str, text: str) -> None:
    """Whole or in part, the project file takes it as it is printed."""
    value, problems = parse(text, ROOT / page)
    assert problems == []
    ProjectFile.model_validate({"seedgen": 1, "name": "film", **value})


def test_the_shots_of_the_project_page_are_those_that_it_names(tmp_path: Path) -> None:
    """Its matrix makes every combination but the excluded, and its template finds its variables."""
    page = DOCS / "project-file.md"
    shots, _ = blocks(page, "yaml")
    named = re.search(r"With `([^`]+)` in `([^`]+)` these are four shots: ([^.]+)\.", page.read_text("utf-8"))
    assert named is not None
    template, place, ids = named.groups()
    project = opened(tmp_path, shots, {place: template})
    assert [shot.id for shot in project.shots] == re.findall(r"`([^`]+)`", ids)
    assert [shot.request.prompt for shot in project.shots][::3] == [
        "Macro of the handle, warm morning light.",
        'The words "Guten Morgen" in cream, warm morning light.',
    ]


GENERATED = DOCS / "reference"
"""Commands there are the examples of `--help`, which tests/cli/test_help.py parses."""

TYPED = [
    (page.relative_to(ROOT).as_posix(), line)
    for page in PAGES
    if GENERATED not in page.parents
    for line in commands(page)
]


@pytest.mark.parametrize(("page", "line"), TYPED, ids=lambda text: text)
def test_what_the_docs_type_can_be_typed(page: str, line: str) -> None:
    """Command, subcommand and every option are known; nothing is run."""
    check_command(line)


def check_command(line: str) -> None:
    """Raises for a command, subcommand or option that there is not; what it is piped into is not ours."""
    words = list(takewhile(lambda word: word != "|", shlex.split(line)))[1:]
    context = click.Context(command_line, info_name="seedgen")
    command: click.Command = command_line
    while isinstance(command, click.Group):
        if isinstance(command, ListByDefault) and command._means_list(context, words):
            words = [command.default, *words]
        with context:
            rest = _after_options(command, words, context)
            if not rest:
                return  # options of the program alone
            name, found, words = command.resolve_command(context, rest)
        assert found is not None, name
        command, context = found, click.Context(found, info_name=name, parent=context)
    options = {option for one in command.get_params(context) for option in one.opts}
    assert {word for word in words if word.startswith("-") and word != "-"} <= options


def _after_options(group: click.Group, words: list[str], context: click.Context) -> list[str]:
    _, rest, _ = group.make_parser(context).parse_args(list(words))
    return rest


def test_there_is_something_typed() -> None:
    """The check above is about a dozen lines and more."""
    assert len(TYPED) >= 6


NAMED = re.compile(r"`(?:seedgen|tests|benchmarks|examples|schema)/[a-z0-9_./-]+\.\w+(?:::\w+)?`")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_what_a_page_names_of_the_repository_is_there(page: Path) -> None:
    """Every file, and every test in one: a promise names what holds it."""
    for named in NAMED.findall(page.read_text(encoding="utf-8")):
        file, _, test = named.strip("`").partition("::")
        assert (ROOT / file).is_file(), named
        assert not test or f"def {test}(" in (ROOT / file).read_text(encoding="utf-8"), named


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Every relative link names a file of the repository."""
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), target
