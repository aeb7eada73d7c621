"""The reference: what is committed is what the code says, and it says something of everything."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.views.schemas import schema_text
from tests.reference.project_file import Keys
from tests.write_reference import DOCS, PAGES

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.mark.parametrize("name", PAGES)
def test_the_committed_page_is_the_codes(name: str) -> None:
    """`python -m tests.write_reference` writes it anew."""
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name]()


def test_every_key_of_the_project_file_has_a_meaning() -> None:
    """A key that a model learns comes with a sentence, which editors show too."""
    file = Keys(json.loads(schema_text("project")))
    silent = [f"{place}: {key}" for place in file.mappings for key, said in file.meanings(place) if not said]
    assert silent == []


def test_every_mapping_of_the_project_file_is_described() -> None:
    """No model of the schema is left out of the page."""
    schema = json.loads(schema_text("project"))
    models = [model for model in schema["$defs"].values() if "properties" in model]
    assert len(Keys(schema).mappings) == len(models) + 1


def test_every_field_of_a_card_has_a_meaning() -> None:
    """Who writes a card reads its schema."""
    assert list(_silent(json.loads(schema_text("card")))) == []


def _silent(schema: dict[str, Any]) -> Iterator[str]:
    for model in (schema, *schema["$defs"].values()):
        for key, field in model.get("properties", {}).items():
            if not ("description" in field or "$ref" in field):
                yield f"{model['title']}: {key}"
