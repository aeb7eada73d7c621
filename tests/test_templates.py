"""The shipped templates are what their opening comments and their page say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, meta

from tests.shipped_templates import ROOT, TEMPLATES, read, rendered
from tests.write_templates_page import page

if TYPE_CHECKING:
    from pathlib import Path

of_each = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)


@of_each
def test_a_template_documents_every_variable_that_it_reads_and_no_other(path: Path) -> None:
    """The opening comment lists them; `ref` is everybody's."""
    source = Environment().parse(path.read_text(encoding="utf-8"))
    read_there = meta.find_undeclared_variables(source) - {"ref"}
    assert {variable.name for variable in read(path).variables} == read_there


@of_each
def test_a_template_renders_one_paragraph_from_what_is_needed(path: Path, tmp_path: Path) -> None:
    """Each needed variable is said or shown, and nothing is left of the template's own layout."""
    template = read(path)
    prompt = rendered(template, tmp_path)
    assert "\n" not in prompt
    assert "  " not in prompt
    assert " ." not in prompt
    for variable in template.needed:
        assert (" 1>" in prompt) if variable.is_set else (variable.example in prompt)


def test_the_page_of_templates_is_that_of_the_templates() -> None:
    """`python -m tests.write_templates_page > docs/templates.md` writes it anew."""
    assert (ROOT / "docs" / "templates.md").read_text(encoding="utf-8") == page()
