"""Differences: whatever a live schema says other than a card is told, and what it says alike is not."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.project.card_diff import CardDifference, Differs, differences
from seedgen.project.diagnostics import Problems
from seedgen.project.shelf import load_cards

if TYPE_CHECKING:
    from collections.abc import Callable

    from seedgen.project.cards import ModelCard

SEEDANCE = "bytedance-seedance-2-0-"
RATIOS = ["21:9", "16:9", "4:3", "1:1", "3:4", "9:16"]


def card(provider: str, tail: str) -> ModelCard:
    """A shipped card."""
    found = load_cards(None, Problems()).find(provider, SEEDANCE + tail)
    assert found is not None
    return found


def addresses(most: int, what: str = "") -> dict[str, Any]:
    """A list of addresses."""
    return {"type": "array", "items": {"type": "string"}, "maxItems": most, "description": what}


# By hand after oxen.md section 7, with the values of the page of 2026-05-30, which the card has.
OXEN: dict[str, Any] = {
    "type": "object",
    "required": ["prompt"],
    "properties": {
        "prompt": {"type": "string", "description": "What to show; [Image 1] names a picture."},
        "input_face_images": addresses(9),
        "input_images": addresses(9),
        "input_face_videos": addresses(3),
        "input_videos": addresses(3),
        "input_audios": addresses(3),
        "resolution": {"type": "string", "enum": ["480p", "720p", "1080p"], "default": "720p"},
        "duration": {"type": "integer", "enum": [-1, *range(4, 16)], "default": -1},
        "aspect_ratio": {"type": "string", "enum": ["adaptive", *RATIOS], "default": "adaptive"},
        "generate_audio": {"type": "boolean", "default": False},
        "watermark": {"type": "boolean", "default": False},
    },
}
# By hand after eachlabs.md section 8: the duration is text, and auto is its word.
EACHLABS: dict[str, Any] = {
    "required": ["prompt", "image_url"],
    "properties": {
        "prompt": {"type": "string"},
        "image_url": {"type": "string", "format": "uri"},
        "end_image_url": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "resolution": {"type": "string", "enum": ["480p", "720p", "1080p"], "default": "720p"},
        "duration": {"type": "string", "enum": ["auto", *map(str, range(4, 16))], "default": "auto"},
        "aspect_ratio": {"type": "string", "enum": ["auto", *RATIOS], "default": "auto"},
        "generate_audio": {"type": ["boolean", "null"], "default": True},
    },
}


def oxen_with(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> list[CardDifference]:
    """What differs when Oxen's schema is changed; `change` gets the properties and the schema."""
    schema = copy.deepcopy(OXEN)
    change(schema["properties"], schema)
    return list(differences(card("oxen", "reference-to-video"), schema))


def eachlabs_with(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> list[CardDifference]:
    """The same for image to video on each::labs."""
    schema = copy.deepcopy(EACHLABS)
    change(schema["properties"], schema)
    return list(differences(card("eachlabs", "image-to-video"), schema))


def test_a_schema_that_says_the_same_differs_in_nothing() -> None:
    """Though -1, adaptive and "6" are other words than the card's own."""
    assert oxen_with(lambda *_: None) == []
    assert eachlabs_with(lambda *_: None) == []


def test_the_order_of_values_and_their_absence_is_no_difference() -> None:
    """A range that takes all of the card's values says the same as a list of them."""

    def loosely(live: dict[str, Any], _: dict[str, Any]) -> None:
        live["resolution"]["enum"].reverse()
        live["duration"] = {"type": "integer", "minimum": -1, "maximum": 15}
        live["aspect_ratio"] = {"description": "The shape."}

    assert oxen_with(loosely) == []


ONE: dict[str, tuple[Callable[[dict[str, Any], dict[str, Any]], object], CardDifference]] = {
    "a new value": (
        lambda live, _: live["resolution"]["enum"].append("4k"),
        CardDifference(Differs.VALUES, "resolution", (), ("4k",)),
    ),
    "a value gone": (
        lambda live, _: live["resolution"]["enum"].remove("1080p"),
        CardDifference(Differs.VALUES, "resolution", ("1080p",), ()),
    ),
    "longer clips": (
        lambda live, _: live["duration"]["enum"].append(16),
        CardDifference(Differs.VALUES, "duration", (), (16,)),
    ),
    "a range that takes less": (
        lambda live, _: live.update(duration={"type": "integer", "minimum": -1, "maximum": 12}),
        CardDifference(Differs.VALUES, "duration", (13, 14, 15), ()),
    ),
    "a switch that is fixed": (
        lambda live, _: live["watermark"].update(enum=[False]),
        CardDifference(Differs.VALUES, "watermark", (True,), ()),
    ),
    "a new default": (
        lambda live, _: live["aspect_ratio"].update(default="16:9"),
        CardDifference(Differs.DEFAULT, "aspect_ratio", "auto", "16:9"),
    ),
    "a default that is true instead of false": (
        lambda live, _: live["generate_audio"].update(default=True),
        CardDifference(Differs.DEFAULT, "generate_audio", False, True),
    ),
    "a number that became text": (
        lambda live, _: live["duration"].update(
            type="string", enum=["-1", *map(str, range(4, 16))], default="-1"
        ),
        CardDifference(Differs.TYPE, "duration", ("integer",), ("string",)),
    ),
    "another word for auto": (
        lambda live, _: live["aspect_ratio"].update(enum=["auto", *RATIOS], default="auto"),
        CardDifference(Differs.AUTO_WORD, "aspect_ratio", "adaptive", "auto"),
    ),
    "a new parameter": (
        lambda live, _: live.update(seed={"type": "integer", "description": "Any.", "default": 0}),
        CardDifference(Differs.UNKNOWN, "seed", None, {"type": "integer", "default": 0}),
    ),
    "a new parameter that has to be there": (
        lambda live, schema: (live.update(owner={"type": "string"}), schema["required"].append("owner")),
        CardDifference(Differs.UNKNOWN, "owner", None, {"type": "string", "required": True}),
    ),
    "a parameter gone": (
        lambda live, _: live.pop("watermark"),
        CardDifference(Differs.GONE, "watermark"),
    ),
    "a field of references gone": (
        lambda live, _: live.pop("input_face_videos"),
        CardDifference(Differs.GONE, "input_face_videos"),
    ),
    "no prompt": (lambda live, _: live.pop("prompt"), CardDifference(Differs.GONE, "prompt")),
    "more references": (
        lambda live, _: live["input_images"].update(maxItems=30),
        CardDifference(Differs.MOST, "input_images", 9, 30),
    ),
    "one address instead of a list": (
        lambda live, _: live.update(input_videos={"type": "string"}),
        CardDifference(Differs.TYPE, "input_videos", ("array",), ("string",)),
    ),
    "references that have to be there": (
        lambda _, schema: schema["required"].append("input_images"),
        CardDifference(Differs.REQUIRED, "input_images", False, True),
    ),
    "another way to name references": (
        lambda live, _: live["prompt"].update(description="Name them @Image1, @Video1 and so on."),
        CardDifference(Differs.TOKEN, "prompt", "[{Type} {n}]", "@{Type}{n}"),
    ),
    "another way, told beside the field": (
        lambda live, _: (
            live["prompt"].pop("description"),
            live["input_images"].update(description="In the prompt: [image1]."),
        ),
        CardDifference(Differs.TOKEN, "prompt", "[{Type} {n}]", "[{type}{n}]"),
    ),
}


@pytest.mark.parametrize("what", ONE)
def test_one_change_is_one_difference(what: str) -> None:
    """With both sides, in seedgen's words where values are meant and in the wire's where words are."""
    change, difference = ONE[what]
    assert oxen_with(change) == [difference]


def test_both_ways_to_name_references_are_no_difference() -> None:
    """A page that shows the card's own form does not speak against it."""
    both = "Name them [Image 1], or @Image1 as before."
    assert oxen_with(lambda live, _: live["prompt"].update(description=both)) == []


def test_a_model_that_takes_lists_where_the_card_has_single_fields() -> None:
    """The other direction: text on the wire, a list wanted."""
    assert eachlabs_with(lambda live, _: live.update(image_url=addresses(1))) == [
        CardDifference(Differs.TYPE, "image_url", ("string",), ("array",))
    ]


def test_a_first_frame_that_may_be_missing_and_a_last_one_that_may_not() -> None:
    """`min: 1` of the card is about the first field alone."""
    changed = eachlabs_with(lambda _, schema: schema.update(required=["prompt", "end_image_url"]))
    assert changed == [
        CardDifference(Differs.REQUIRED, "image_url", True, False),
        CardDifference(Differs.REQUIRED, "end_image_url", False, True),
    ]


def test_several_changes_stand_in_the_order_of_the_card() -> None:
    """Parameters, references, what is new, then the prompt."""

    def much(live: dict[str, Any], _: dict[str, Any]) -> None:
        live["prompt"]["description"] = "@Image1"
        live["seed"] = {}
        live["input_audios"]["maxItems"] = 1
        live["duration"]["default"] = 5
        del live["resolution"]

    assert [(one.kind.value, one.name) for one in oxen_with(much)] == [
        ("gone", "resolution"),
        ("default", "duration"),
        ("most", "input_audios"),
        ("unknown", "seed"),
        ("token", "prompt"),
    ]


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=4)
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["type", "enum", "default", "anyOf", "maxItems", "minimum", "description", "$ref"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=100, deadline=None)
@given(
    properties=st.dictionaries(st.sampled_from([*OXEN["properties"], "seed"]), JUNK) | JUNK,
    required=JUNK,
)
def test_whatever_a_service_sends_is_compared_without_a_fall(properties: Any, required: Any) -> None:
    """Nobody has checked a live schema: broken parts count as saying nothing."""
    found = differences(card("oxen", "reference-to-video"), {"properties": properties, "required": required})
    assert all(isinstance(one.kind, Differs) for one in found)


def test_a_price_like_default_is_compared_exactly() -> None:
    """Fractions come as Decimal from the wire, and as numbers from a card."""
    schema = copy.deepcopy(OXEN)
    schema["properties"]["duration"]["default"] = Decimal("6.0")
    [one] = differences(card("oxen", "reference-to-video"), schema)
    assert repr(one.live) == "6"
