"""Updates: a card that follows the live schema, so that comparing the two finds nothing any more."""

from __future__ import annotations

import contextlib
import copy
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.errors import UsageError
from seedgen.planning.request import Request
from seedgen.project.card_diff import Differs, differences
from seedgen.project.card_update import updated
from seedgen.project.diagnostics import Problems
from seedgen.project.shelf import load_cards
from seedgen.views.card_changes import Refreshed, card_yaml
from tests.project.test_card_diff import EACHLABS, JUNK, ONE, OXEN, addresses, card
from tests.project.workspaces import errors, workspace

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.project.cards import ModelCard

DAY, SOURCE = "2026-11-20", "https://hub.oxen.ai/api/ai/models/seedance"


def update(old: ModelCard, schema: dict[str, Any], **prices: str) -> ModelCard:
    """The card after an update on a day."""
    rates = {name.removeprefix("at_"): Decimal(rate) for name, rate in prices.items()}
    return updated(old, schema, date=DAY, source=SOURCE, prices=rates)


def changed(what: str) -> dict[str, Any]:
    """Oxen's schema with one of the changes that the differences know."""
    schema = copy.deepcopy(OXEN)
    ONE[what][0](schema["properties"], schema)
    return schema


# What no card can say: a parameter without a default, a model without a prompt, and a list of faces
# that takes more or less than the list of the others, or is one where the other is none.
LEFT = {
    "a new parameter that has to be there": Differs.UNKNOWN,
    "no prompt": Differs.GONE,
    "more references": Differs.MOST,
    "one address instead of a list": Differs.UNKNOWN,
}


@pytest.mark.parametrize("what", ONE)
def test_an_updated_card_matches_the_schema_it_was_made_from(what: str) -> None:
    """Every difference is gone, but for those that no card can follow."""
    old, schema = card("oxen", "reference-to-video"), changed(what)
    left = [one.kind for one in differences(update(old, schema), schema)]
    assert left == ([LEFT[what]] if what in LEFT else [])


@pytest.mark.parametrize("live", [addresses(4), {"type": "string"}], ids=["a list", "one address"])
def test_single_fields_and_lists_become_each_other(live: dict[str, Any]) -> None:
    """The limits add up afterwards."""
    schema = copy.deepcopy(EACHLABS)
    schema["properties"]["image_url"] = live
    del schema["properties"]["end_image_url"]
    new = update(card("eachlabs", "image-to-video"), schema)
    assert differences(new, schema) == ()
    assert new.references.image is not None
    assert (new.references.image.single, new.references.image.max) == (
        live["type"] == "string",
        1 if live["type"] == "string" else 4,
    )


def test_fields_that_are_gone_leave_a_card_that_adds_up() -> None:
    """The face list can go, the plain one can go, and a type can go with all its fields."""
    schema = copy.deepcopy(OXEN)
    for name in ("input_face_images", "input_videos", "input_audios"):
        del schema["properties"][name]
    new = update(card("oxen", "reference-to-video"), schema).references
    assert new.image is not None
    assert new.video is not None
    assert (new.image.fields, new.video.fields, new.audio) == (
        ("input_images",),
        ("input_face_videos",),
        None,
    )
    assert new.needs_company == ()


def test_an_update_says_where_it_comes_from() -> None:
    """Version, note and source name the day and the address; the old sources stay."""
    old = card("oxen", "reference-to-video")
    new = update(old, OXEN)
    assert new.version == DAY
    assert new.note is not None
    assert old.version in new.note
    assert DAY in new.note
    assert new.sources == (*old.sources, SOURCE)
    assert new.prices is None


def test_live_prices_come_with_day_and_address() -> None:
    """By resolution, exactly."""
    new = update(card("oxen", "reference-to-video"), OXEN, at_480p="0.103", at_720p="0.231")
    assert new.prices is not None
    assert (new.prices.date, new.prices.source) == (DAY, SOURCE)
    assert new.prices.per_second == {"480p": Decimal("0.103"), "720p": Decimal("0.231")}


def test_a_parameter_that_an_update_brings_makes_nobody_pay_again() -> None:
    """It is left out of fingerprints while it has its default."""
    old = card("oxen", "reference-to-video")
    new = update(old, changed("a new parameter"))
    values = {name: new.default_of(name) for name in new.parameters}
    assert values["seed"] == 0
    same = {name: old.default_of(name) for name in old.parameters}
    assert Request("oxen", "m", "A.", new.in_fingerprint(values)) == Request("oxen", "m", "A.", same)
    assert new.in_fingerprint(values | {"seed": 7})["seed"] == 7


EVERYTHING = (
    "a new value",
    "another word for auto",
    "a new default",
    "a new parameter",
    "a parameter gone",
    "more references",
    "another way to name references",
    "a new parameter that has to be there",
)


def test_the_file_that_is_printed_is_a_card_of_the_project(tmp_path: Path) -> None:
    """Written to cards/ it is read back as the very same card, and stands in for the shipped one."""
    schema = copy.deepcopy(OXEN)
    for what in EVERYTHING:
        ONE[what][0](schema["properties"], schema)
    old = card("oxen", "reference-to-video")
    new = update(old, schema, at_480p="0.103")
    text = card_yaml(new, Refreshed(old, SOURCE, differences(old, schema), {}))
    opened = workspace(tmp_path, "", {"cards/seedance.yaml": text})
    assert errors(opened) == []
    assert opened.cards.find("oxen", None) == new
    assert len(list(opened.cards)) == len(list(load_cards(None, Problems())))
    comments = [line for line in text.splitlines() if line.startswith("#")]
    assert any("owner" in line and "left out" in line for line in comments)
    assert any("generated anew" in line for line in comments)


@settings(max_examples=50, deadline=None)
@given(properties=st.dictionaries(st.sampled_from([*OXEN["properties"], "seed"]), JUNK), required=JUNK)
def test_a_schema_that_contradicts_itself_makes_no_card_and_no_fall(properties: Any, required: Any) -> None:
    """Either there is a card, whose file can be written, or it is said that there is none."""
    old = card("oxen", "reference-to-video")
    schema = {"properties": properties, "required": required}
    with contextlib.suppress(UsageError):
        new = update(old, schema)
        assert card_yaml(new, Refreshed(old, SOURCE, differences(old, schema), {})).startswith("# ")


def test_words_of_a_service_stay_in_their_comment() -> None:
    """A line break in a name must not begin a line of YAML."""
    schema = copy.deepcopy(OXEN)
    schema["properties"]["seed\nfree: true\n\x1b[2J"] = {"type": "integer"}
    old = card("oxen", "reference-to-video")
    text = card_yaml(update(old, schema), Refreshed(old, SOURCE, differences(old, schema), {}))
    assert "\nfree:" not in text
    assert "\x1b" not in text
