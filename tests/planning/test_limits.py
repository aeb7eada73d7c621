"""Limits: whatever a card can refuse of references is refused before money, with the number to keep to."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seedgen.planning.limits import refusals
from seedgen.project.cards import MediaLimits, References
from seedgen.project.diagnostics import Place
from seedgen.project.media import MediaFacts, MediaType
from seedgen.project.survey import KnownReference
from tests.planning.test_addressing import CARDS, card_of

if TYPE_CHECKING:
    from seedgen.project.cards import ModelCard

PNG = MediaFacts(MediaType.IMAGE, "png", 1_000_000, 1280, 720)
MP4 = MediaFacts(MediaType.VIDEO, "mp4", 5_000_000, 1280, 720, Decimal(5))
WAV = MediaFacts(MediaType.AUDIO, "wav", 500_000, seconds=Decimal(5))


def carried(*facts: MediaFacts) -> list[KnownReference]:
    """References of these facts, each with a place of its own."""
    file = Path("seedgen.yaml")
    return [
        KnownReference("set", fact.type, False, f"sha256:{n}", file, fact, Place(file, (n,)))
        for n, fact in enumerate(facts)
    ]


# The numbers are those of the two cards: 9 images, 3 videos, 3 audios; 12 in all on each::labs and 15 on
# Oxen.ai; images to 30 MB; images and videos with sides of 300 to 6000, 0.4 to 2.5 times as wide as high;
# videos of 2 to 15 s, 15 s and 50 MB together; audio to 15 MB, from 2 s, 15 s together.
TAKEN: dict[str, tuple[str, list[MediaFacts]]] = {
    "nothing": ("oxen", []),
    "as many as there may be on oxen": (
        "oxen",
        [PNG] * 9 + [replace(MP4, seconds=Decimal(5))] * 3 + [WAV] * 3,
    ),
    "as many as there may be on eachlabs": ("eachlabs", [PNG] * 9 + [MP4] * 3),
    "a picture at its limits": ("oxen", [replace(PNG, size_bytes=30_000_000, width=6000, height=2400)]),
    "a small picture as high as it may be": ("eachlabs", [replace(PNG, width=300, height=750)]),
    "a video at its shortest": ("eachlabs", [replace(MP4, seconds=Decimal(2))]),
    "videos at their longest and largest": (
        "eachlabs",
        [replace(MP4, seconds=Decimal("7.5"), size_bytes=25_000_000)] * 2,
    ),
    "audio beside an image": ("oxen", [PNG, WAV]),
    "audio alone where it may be": ("local", [WAV]),
}

REFUSED: dict[str, tuple[str, list[MediaFacts], list[str], str]] = {
    "too many of a type": (
        "oxen",
        [PNG] * 10,
        ["too many image references"],
        "takes 9; the shot has 10.",
    ),
    "too many in all though each type fits": (
        "eachlabs",
        [PNG] * 9 + [MP4] * 3 + [WAV],
        ["too many references"],
        "takes 12 in all; the shot has 13.",
    ),
    "too many both ways": (
        "oxen",
        [PNG] * 10 + [MP4] * 3 + [WAV] * 3,
        ["too many references", "too many image references"],
        "takes 15 in all; the shot has 16.",
    ),
    "audio alone": ("eachlabs", [WAV], ["reference alone"], "takes audio only beside an image or a video."),
    "a format": (
        "oxen",
        [replace(PNG, format="gif")],
        ["format not taken"],
        "takes jpeg, png, webp; this is gif.",
    ),
    "too many bytes": (
        "oxen",
        [replace(PNG, size_bytes=30_100_000)],
        ["reference too large"],
        "takes 30.0 MB; this has 30.1 MB.",
    ),
    "too many bytes together": (
        "oxen",
        [replace(MP4, size_bytes=30_000_000)] * 2,
        ["video references too large"],
        "takes 50.0 MB together, not 60.0 MB.",
    ),
    "a side too short": (
        "eachlabs",
        [replace(PNG, width=299, height=299)],
        ["picture size not taken"],
        "takes sides of 300 to 6000 pixels; this is 299x299.",
    ),
    "a side too long": (
        "eachlabs",
        [replace(PNG, width=6001, height=6000)],
        ["picture size not taken"],
        "this is 6001x6000.",
    ),
    "a video side too short": (
        "oxen",
        [replace(MP4, width=298, height=300)],
        ["picture size not taken"],
        "this is 298x300.",
    ),
    "a picture too wide": (
        "oxen",
        [replace(PNG, width=2501, height=1000)],
        ["picture shape not taken"],
        "takes a width of 0.4 to 2.5 times the height; this is 2501x1000.",
    ),
    "a video too high": (
        "eachlabs",
        [replace(MP4, width=399, height=1000)],
        ["picture shape not taken"],
        "takes a width of 0.4 to 2.5 times the height; this is 399x1000.",
    ),
    "a video too short": (
        "oxen",
        [replace(MP4, seconds=Decimal("1.9"))],
        ["length not taken"],
        "takes 2 to 15 s, not 1.9 s.",
    ),
    "a video too long": (
        "oxen",
        [replace(MP4, seconds=Decimal(16))],
        ["video references too long", "length not taken"],
        "takes 15 s together; these have 16.0 s.",
    ),
    "a sound too short": (
        "oxen",
        [PNG, replace(WAV, seconds=Decimal("1.9"))],
        ["length not taken"],
        "takes at least 2 s, not 1.9 s.",
    ),
    "sounds too long together": (
        "eachlabs",
        [PNG, replace(WAV, seconds=Decimal(8)), replace(WAV, seconds=Decimal("7.1"))],
        ["audio references too long"],
        "takes 15 s together; these have 15.1 s.",
    ),
    "everything wrong at once": (
        "oxen",
        [replace(PNG, format="bmp", width=10, size_bytes=31_000_000)],
        ["format not taken", "reference too large", "picture size not taken", "picture shape not taken"],
        "takes jpeg, png, webp; this is bmp.",
    ),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_lies_on_the_limit_is_taken(what: str) -> None:
    """Limits are inclusive."""
    provider, facts = TAKEN[what]
    assert refusals(carried(*facts), card_of(provider)) == ()


@pytest.mark.parametrize("what", REFUSED)
def test_what_passes_a_limit_is_refused_with_the_number(what: str) -> None:
    """Every limit that is passed is named, with what the model takes and what was found."""
    provider, facts, summaries, detail = REFUSED[what]
    found = refusals(carried(*facts), card_of(provider))
    assert [refusal.summary for refusal in found] == summaries
    assert found[0].detail.endswith(detail)
    assert found[0].detail.startswith(card_of(provider).title)


def test_a_refusal_points_at_the_reference_or_at_the_list() -> None:
    """What is wrong with one file stands at that file; what is wrong with their number, at the list."""
    [single] = refusals(carried(PNG, replace(PNG, format="gif")), card_of("oxen"))
    assert single.place == Place(Path("seedgen.yaml"), (1,))
    [together] = refusals(carried(*[PNG] * 10), card_of("oxen"))
    assert together.place is None


def test_a_type_that_the_model_does_not_take_is_refused() -> None:
    """A card without a field for sounds takes none."""
    local = card_of("local")
    mute = local.model_copy(
        update={"references": References(max_total=9, token="", image=MediaLimits(field="i", max=9))}
    )
    assert [r.summary for r in refusals(carried(PNG, WAV), mute)] == ["no audio references"]


def eachlabs(model: str) -> ModelCard:
    """A card of each::labs that is not its default."""
    card = CARDS.find("eachlabs", f"bytedance-seedance-2-0-{model}")
    assert card is not None
    return card


@pytest.mark.parametrize("count", [1, 2])
def test_a_first_frame_and_a_last_one_are_taken(count: int) -> None:
    """image_url has to be there, end_image_url may."""
    assert refusals(carried(*[PNG] * count), eachlabs("image-to-video")) == ()


@pytest.mark.parametrize("carried_by_it", [[], [MP4]], ids=["nothing", "a video"])
def test_a_model_that_needs_an_image_refuses_a_shot_without(carried_by_it: list[MediaFacts]) -> None:
    """Before money: the service would refuse it, or make something else of it."""
    card = eachlabs("image-to-video")
    few = refusals(carried(*carried_by_it), card)[0]
    assert few.summary == "too few image references"
    assert few.detail == f"{card.title} needs an image; the shot has none."
    assert few.place is None


def test_a_model_that_needs_several_says_how_many() -> None:
    """The number needed, and the number there."""
    two = References(max_total=3, token="", video=MediaLimits(field="v", min=2, max=3))
    card = card_of("local").model_copy(update={"references": two})
    [few] = refusals(carried(MP4), card)
    assert few.detail == f"{card.title} needs 2 videos; the shot has 1."


def test_a_model_without_references_says_so_once() -> None:
    """Three references of two types are one refusal, and none is no refusal."""
    card = eachlabs("text-to-video")
    [refused] = refusals(carried(PNG, PNG, WAV), card)
    assert (refused.summary, refused.detail) == (
        "no references",
        f"{card.title} takes none; the shot has 3.",
    )
    assert refusals([], card) == ()


def test_a_limit_with_one_end_says_just_that_end() -> None:
    """A card may give only a lower or only an upper bound."""
    ends = MediaLimits(field="v", max=9, max_side=100, min_seconds=Decimal(6))
    card = card_of("local").model_copy(update={"references": References(max_total=9, token="", video=ends)})
    details = [refusal.detail for refusal in refusals(carried(MP4), card)]
    assert "sides of at most 100 pixels" in details[0]
    assert "takes at least 6 s, not 5.0 s." in details[1]


def test_what_stands_at_a_url_is_not_judged() -> None:
    """Nothing is fetched to plan, so only the number of addresses can be counted."""
    [reference] = carried(PNG)
    unknown = replace(reference, facts=None)
    assert refusals([unknown] * 9, card_of("oxen")) == ()
    assert [r.summary for r in refusals([unknown] * 10, card_of("oxen"))] == ["too many image references"]
