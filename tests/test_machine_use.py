"""The page for programs: an example of every document, each of which follows its schema."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from seedgen.views.schemas import NAMES, schema_text

PAGE = (Path(__file__).parent.parent / "docs" / "machine-use.md").read_text(encoding="utf-8")
SECTION = re.compile(
    r"^## `(?P<command>[^`]+)`\n(?P<words>.*?)\(\.\./schema/(?P<name>[\w-]+)\.schema\.json\)"
    r".*?^```jsonl?\n(?P<text>.*?)^```",
    re.MULTILINE | re.DOTALL,
)
EXAMPLES = {found["name"]: found["text"] for found in SECTION.finditer(PAGE)}
FILES = {"project", "card", "lock", "saved_plan"}
"""Schemas of files, which other pages describe."""

WITHOUT_EXAMPLE = {"refresh"}
"""It needs a service that is asked; the page names it."""


def documents(name: str) -> list[Any]:
    """The documents of an example: one, or one a line."""
    text = EXAMPLES[name]
    return [json.loads(line) for line in text.splitlines()] if name == "event" else [json.loads(text)]


def test_every_document_has_an_example() -> None:
    """A further document comes with a section of the page."""
    assert set(EXAMPLES) == set(NAMES) - FILES - WITHOUT_EXAMPLE
    assert all(f"`{name}`" in PAGE for name in FILES | WITHOUT_EXAMPLE)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_follows_its_schema(name: str) -> None:
    """Every field of the document is there, and no other."""
    validator = jsonschema_rs.validator_for(json.loads(schema_text(name)))
    for document in documents(name):
        validator.validate(document)


@pytest.mark.parametrize("name", sorted(set(EXAMPLES) - {"event"}))
def test_every_document_has_a_version(name: str) -> None:
    """A reader can tell which form it meets."""
    (document,) = documents(name)
    assert document["format_version"] == "1.0"


def test_the_events_are_a_whole_apply() -> None:
    """From the version to the end."""
    types = [event["type"] for event in documents("event")]
    assert (types[0], types[-1]) == ("version", "apply_complete")
    assert {"planned_change", "job_submitted", "take_recorded", "reel_assembled"} <= set(types)
