"""Addressing: authors name references, the model's positions are counted for them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.planning.addressing import Ref, in_order, listed
from seedgen.project.cards import ModelCard, wire_prompt
from seedgen.project.diagnostics import Place, Problems
from seedgen.project.media import MediaType
from seedgen.project.shelf import load_cards
from seedgen.project.survey import KnownReference, Library
from seedgen.project.templates import RefError

IMAGE, VIDEO, AUDIO = MediaType.IMAGE, MediaType.VIDEO, MediaType.AUDIO
CARDS = load_cards(None, Problems())


def card_of(provider: str) -> ModelCard:
    """A provider's default card."""
    card = CARDS.find(provider, None)
    assert card is not None
    return card


def known(name: str, kind: MediaType, *, face: bool = False) -> KnownReference:
    """A reference whose location is its name."""
    place = Place(Path("seedgen.yaml"))
    return KnownReference(name.split(".", maxsplit=1)[0], kind, face, f"sha256:{name}", name, None, place)


# Three sets, each in declared order: images, videos, audios.
SHOE = (known("shoe.front", IMAGE), known("shoe.side", IMAGE))
MIA = (
    known("mia.face", IMAGE, face=True),
    known("mia.back", IMAGE),
    known("mia.walk", VIDEO, face=True),
    known("mia.a", AUDIO),
)
DANCE = (known("dance.v", VIDEO), known("dance.b", AUDIO))
LIBRARY = Library({"shoe": SHOE, "mia": MIA, "dance": DANCE, "spare": (known("spare", IMAGE),)})
SHOT = ("shoe", "dance", "mia")


def ref(provider: str = "local") -> Ref:
    """`ref` as a template of a shot with the three sets sees it."""
    carried = [reference for name in SHOT for reference in LIBRARY.sets[name]]
    return Ref(in_order(carried, card_of(provider)), SHOT, LIBRARY)


# Declared: images are shoe.front 1, shoe.side 2, mia.face 3, mia.back 4; videos are dance.v 1, mia.walk 2;
# audios are dance.b 1, mia.a 2. With faces first: mia.face 1, shoe.front 2, shoe.side 3, mia.back 4;
# mia.walk 1, dance.v 2.
CALLS: list[tuple[tuple[Any, ...], dict[str, Any], str, str]] = [
    (("shoe",), {}, "<image 1> and <image 2>", "<image 2> and <image 3>"),
    (("shoe", 2), {}, "<image 2>", "<image 3>"),
    (("mia", 1), {}, "<image 3>", "<image 1>"),
    (("mia", 3), {}, "<video 2>", "<video 1>"),
    (("mia", 4), {}, "<audio 2>", "<audio 2>"),
    (("mia", 1), {"type": "video"}, "<video 2>", "<video 1>"),
    (("mia", 2), {"type": "image"}, "<image 4>", "<image 4>"),
    (("mia",), {"type": "audio"}, "<audio 2>", "<audio 2>"),
    (
        ("mia",),
        {},
        "<image 3>, <image 4>, <video 2> and <audio 2>",
        "<image 1>, <image 4>, <video 1> and <audio 2>",
    ),
    (("dance", 1), {}, "<video 1>", "<video 2>"),
]


@pytest.mark.parametrize(("args", "kwargs", "declared", "face_first"), CALLS)
def test_ref_finds_the_position_under_either_ordering(
    args: tuple[Any, ...], kwargs: dict[str, Any], declared: str, face_first: str
) -> None:
    """n counts as the author declared; the number is where the model will see the reference."""
    assert ref("eachlabs")(*args, **kwargs) == declared
    assert ref("oxen")(*args, **kwargs) == face_first


ERRORS: list[tuple[tuple[Any, ...], str, str]] = [
    (("spare",), "reference set not listed", "Add 'spare' to the shot's `references:`."),
    (("sho",), "unknown reference set", "Did you mean 'shoe'?"),
    (("zzzzzz",), "unknown reference set", "Declared: dance, mia, shoe, spare."),
    (("shoe", 3), "no such reference", "it has 2 references, counted from 1"),
    (("shoe", 0), "no such reference", "counted from 1"),
    (("shoe", -1), "no such reference", "counted from 1"),
    (("shoe", True), "no such reference", "counted from 1"),
    (("shoe", "1"), "no such reference", "counted from 1"),
    (("shoe", None, "audio"), "no such reference", "'shoe' has no audio"),
    (("dance", 2, "video"), "no such reference", "it has 1 video reference, counted from 1"),
    (("shoe", 1, "picture"), "unknown reference type", "it is image, video or audio"),
]


@pytest.mark.parametrize(("args", "summary", "detail"), ERRORS)
def test_ref_to_what_is_not_there_says_what_to_write(
    args: tuple[Any, ...], summary: str, detail: str
) -> None:
    """A wrong name or number is an error that names the near one or the count, never another reference."""
    with pytest.raises(RefError) as caught:
        ref()(*args)
    assert caught.value.summary == summary
    assert detail in str(caught.value)


def test_what_a_prompt_mentions_is_known() -> None:
    """Every reference that `ref()` rendered counts as mentioned, by type and position."""
    one = ref("oxen")
    one("shoe")
    one("mia", 1, type="audio")
    assert one.mentioned == {(IMAGE, 2), (IMAGE, 3), (AUDIO, 2)}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_several_references_are_joined_as_a_sentence_would(words: list[str], sentence: str) -> None:
    """Commas, and one `and` before the last."""
    assert listed(words) == sentence


@pytest.mark.parametrize(
    ("provider", "sent"),
    [
        ("oxen", "[Image 2] beside [Video 1]"),
        ("eachlabs", "@Image2 beside @Video1"),
        ("local", "[Image 2] beside [Video 1]"),
    ],
)
def test_each_model_gets_its_own_positional_token(provider: str, sent: str) -> None:
    """The neutral form becomes the card's token only when it is sent."""
    assert wire_prompt("<image 2> beside <video 1>", card_of(provider)) == sent


REFERENCES = st.lists(
    st.builds(
        lambda n, kind, face: known(f"s.{n}", kind, face=face),
        st.integers(),
        st.sampled_from(MediaType),
        st.booleans(),
    ),
    max_size=12,
)


@settings(deadline=None, max_examples=80, derandomize=True)
@given(REFERENCES, st.sampled_from(["local", "eachlabs", "oxen"]))
def test_every_reference_has_one_place_and_order_is_kept_within_it(
    references: list[KnownReference], provider: str
) -> None:
    """Nothing is lost, types are numbered 1, 2, 3 …, and only a face overtakes, where that counts."""
    slots = in_order(references, card_of(provider))
    assert sorted(map(id, references)) == sorted(id(slot.reference) for slot in slots)
    for kind in MediaType:
        # Oxen.ai has face fields for pictures and video; a voice has none, so its face changes nothing.
        face_first = provider == "oxen" and kind is not AUDIO
        of_kind = [slot for slot in slots if slot.reference.type is kind]
        assert [slot.number for slot in of_kind] == list(range(1, len(of_kind) + 1))
        declared = [id(r) for r in references if r.type is kind and (r.face or not face_first)]
        declared += [id(r) for r in references if r.type is kind and not r.face and face_first]
        assert [id(slot.reference) for slot in of_kind] == declared
