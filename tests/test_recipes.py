"""The recipes are true of their examples: what they quote stands there, what they type works there."""

from __future__ import annotations

import re
import shlex
from textwrap import indent
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from seedgen.cli.main import command_line
from tests.test_docs import ROOT, blocks, commands
from tests.test_examples import EXAMPLES, copied

if TYPE_CHECKING:
    from pathlib import Path

INDEX = ROOT / "docs" / "recipes" / "index.md"
RECIPES = sorted(set(INDEX.parent.glob("*.md")) - {INDEX})
LOOKING = {"plan", "render", "status", "graph", "validate"}
"""Commands that need no clip and change nothing."""

of_each = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.stem)


def example_of(recipe: Path) -> Path:
    """The one example that a recipe links to as its project."""
    text = recipe.read_text(encoding="utf-8")
    name: str
    (name,) = re.findall(r"\]\(\.\./\.\./examples/(\w+)/seedgen\.yaml\)", text)
    return ROOT / "examples" / name


@of_each
def test_what_a_recipe_quotes_stands_in_its_example(recipe: Path) -> None:
    """Every YAML block is there line for line; the page may leave out what it is indented by."""
    example = example_of(recipe)
    files = [example / "seedgen.yaml", *sorted(example.glob("scenes/*.yaml"))]
    text = "".join(file.read_text(encoding="utf-8") for file in files)
    quoted = blocks(recipe, "yaml")
    assert quoted
    assert [block for block in quoted if not any(indent(block, " " * n) in text for n in (0, 2, 4))] == []


def test_every_example_is_that_of_a_recipe_which_the_index_names() -> None:
    """One recipe for each example, one line of the index for each recipe."""
    named = re.findall(r"^- \[.+\]\((.+)\): ", INDEX.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(named) == [recipe.name for recipe in RECIPES]
    assert sorted(example_of(recipe) for recipe in RECIPES) == EXAMPLES


@of_each
def test_what_looks_at_an_example_works_there(recipe: Path, tmp_path: Path) -> None:
    """Plans, selections and renders of a recipe and of its example's README succeed on the fresh example."""
    example = copied(example_of(recipe), tmp_path)
    lines = commands(recipe) + commands(example / "README.md")
    looking = [words[1:] for line in lines if LOOKING & set(words := shlex.split(line))]
    assert looking
    for words in looking:
        result = CliRunner().invoke(command_line, ["-C", str(example), *words])
        assert result.exit_code == 0, (words, result.output)
