"""Cards: data that declares what a model accepts; those that ship, and those of a project over them."""

from __future__ import annotations

import json
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.project.cards import (
    ModelCard,
    literal_tokens,
    neutral_token,
    neutral_tokens,
    neutral_value,
    wire_prompt,
)
from seedgen.project.diagnostics import Problems
from seedgen.project.media import MediaType
from seedgen.project.shelf import Cards, load_cards
from tests.project.workspaces import errors, workspace, write

if TYPE_CHECKING:
    from pathlib import Path

SHOT = "shots:\n  - {id: a, prompt: A., duration: VALUE, provider: PROVIDER}\n"


def shipped() -> Cards:
    """The cards that come with the package."""
    problems = Problems()
    cards = load_cards(None, problems)
    assert list(problems) == []
    return cards


def card(**changes: Any) -> dict[str, Any]:
    """A sound card as data, with some of it changed."""
    value: dict[str, Any] = {
        "card": 1,
        "provider": "studio",
        "model": "one",
        "version": "1",
        "title": "Studio One",
        "default": True,
        "parameters": {"steps": {"type": "integer", "minimum": 1, "default": 20}},
        "references": {"max_total": 1, "token": "[{Type} {n}]"},
        "automatic_seconds": 5,
    }
    return value | changes


def images(**limits: Any) -> dict[str, Any]:
    """What a card says of images."""
    return {"references": {"max_total": 2, "token": "", "image": {"field": "images", **limits}}}


# -- the shipped cards -----------------------------------------------------------------------------


def test_every_provider_ships_one_default_model() -> None:
    """A shot that names a provider alone has a model."""
    cards = shipped()
    assert cards.providers == ["eachlabs", "local", "oxen"]
    assert [card.default for card in cards].count(True) == 3
    assert {
        provider: found.model for provider in cards.providers if (found := cards.find(provider, None))
    } == {
        "eachlabs": "bytedance-seedance-2-0-mini-reference-to-video",
        "local": "animatic",
        "oxen": "bytedance-seedance-2-0-reference-to-video",
    }


@pytest.mark.parametrize("model", list(shipped()), ids=lambda c: c.model)
def test_a_shipped_card_is_whole(model: ModelCard) -> None:
    """What every shot may set is there and may be auto where the contract says so; a price names its day and
    its page, and what costs nothing says so."""
    assert {"resolution", "duration", "aspect_ratio", "generate_audio"} <= model.parameters.keys()
    for name in ("duration", "aspect_ratio"):
        assert model.accepts(name, "auto")
    for name in model.parameters:
        assert model.accepts(name, model.default_of(name))
        assert model.advice(name).endswith(".")
    assert model.free == (model.provider == "local")
    if model.prices is not None:
        assert model.prices.date
        assert model.prices.source
        assert set(model.prices.per_second) == set(model.parameters["resolution"]["enum"])
        assert all(price > 0 for price in model.prices.per_second.values())


def test_the_shipped_cards_say_what_the_contract_says() -> None:
    """each::labs: 12 references, no face fields, duration as text. Oxen: 15, faces first, auto as -1 and
    adaptive."""
    each, oxen = shipped().find("eachlabs", None), shipped().find("oxen", None)
    assert each is not None
    assert oxen is not None
    assert (each.references.max_total, each.references.has_face_fields) == (12, False)
    assert (oxen.references.max_total, oxen.references.has_face_fields) == (15, True)
    assert each.wire["duration"].type == "string"
    assert (oxen.wire["duration"].auto, oxen.wire["aspect_ratio"].auto) == (-1, "adaptive")


SEEDANCE = "bytedance-seedance-2-0-"
SHIPPED = [
    ("eachlabs", "mini-reference-to-video", "480p 720p", 12),
    ("eachlabs", "reference-to-video", "480p 720p 1080p", 12),
    ("eachlabs", "reference-to-video-fast", "480p 720p", 12),
    ("eachlabs", "text-to-video", "480p 720p 1080p", 0),
    ("eachlabs", "text-to-video-fast", "480p 720p", 0),
    ("eachlabs", "image-to-video", "480p 720p 1080p", 2),
    ("eachlabs", "image-to-video-fast", "480p 720p", 2),
    ("oxen", "reference-to-video", "480p 720p 1080p", 15),
    ("oxen", "fast-reference-to-video", "480p 720p", 15),
    ("oxen", "mini-reference-to-video", "480p 720p", 15),
]
"""The tier is an infix on Oxen.ai; on each::labs `mini` is one and `fast` a suffix."""


@pytest.mark.parametrize(("provider", "tail", "resolutions", "references"), SHIPPED)
def test_a_seedance_card_has_the_resolutions_and_references_of_its_contract(
    provider: str, tail: str, resolutions: str, references: int
) -> None:
    """All share durations and ratios; each::labs wants its version beside the model, Oxen.ai nothing."""
    model = shipped().find(provider, SEEDANCE + tail)
    assert model is not None
    assert model.parameters["resolution"]["enum"] == resolutions.split()
    assert model.references.max_total == references
    assert [n for n in range(1, 20) if model.accepts("duration", n)] == list(range(4, 16))
    assert model.envelope == ({"version": "0.0.1"} if provider == "eachlabs" else {})


def test_no_other_card_of_a_service_is_shipped() -> None:
    """The table above is all of them."""
    services = [(c.provider, c.model) for c in shipped() if c.provider != "local"]
    assert sorted(services) == sorted((provider, SEEDANCE + tail) for provider, tail, _, _ in SHIPPED)


def test_a_card_without_a_page_of_its_own_says_what_is_inferred_and_has_no_price() -> None:
    """Nobody takes a guess for a fact, or a guessed price for a price."""
    for tail in ("mini-reference-to-video", "reference-to-video-fast", "text-to-video"):
        model = shipped().find("eachlabs", SEEDANCE + tail)
        assert model is not None
        assert "inferred" in (model.note or "").lower()
        assert model.prices is None


# -- values and tokens -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "written", "stored"),
    [
        ("duration", -1, "auto"),
        ("duration", "-1", "auto"),
        ("duration", "Auto", "auto"),
        ("duration", "adaptive", "auto"),
        ("aspect_ratio", "adaptive", "auto"),
        ("aspect_ratio", "auto", "auto"),
        ("aspect_ratio", "16:9", "16:9"),
        ("duration", Decimal("6.0"), 6),
        ("duration", Decimal("6.5"), 6.5),
        ("seed", -1, -1),
        ("style", "adaptive", "adaptive"),
        ("watermark", True, True),
    ],
)
def test_every_word_for_auto_is_stored_as_auto(name: str, written: object, stored: object) -> None:
    """-1, adaptive and auto mean one thing for duration and aspect ratio, and so make one fingerprint; other
    parameters keep what was written, and whole decimals are whole numbers."""
    assert repr(neutral_value(name, written)) == repr(stored)


@pytest.mark.parametrize("provider", ["local", "eachlabs", "oxen"])
def test_auto_in_any_spelling_is_one_request(tmp_path: Path, provider: str) -> None:
    """From the file to the fingerprint."""
    prints = set()
    for value in ("auto", "-1", "'-1'", "adaptive"):
        (shot,) = workspace(tmp_path, SHOT.replace("VALUE", value).replace("PROVIDER", provider)).resolved
        assert shot.request.parameters["duration"] == "auto"
        prints.add(shot.fingerprint)
    assert len(prints) == 1


@pytest.mark.parametrize(
    ("provider", "sent"),
    [
        ("local", "[Image 2] and [Audio 1]"),
        ("oxen", "[Image 2] and [Audio 1]"),
        ("eachlabs", "@Image2 and @Audio1"),
    ],
)
def test_a_prompt_is_sent_in_the_words_of_its_model(provider: str, sent: str) -> None:
    """The neutral form becomes each provider's own; nothing else in the prompt changes."""
    model = shipped().find(provider, None)
    assert model is not None
    prompt = f"{neutral_token(MediaType.IMAGE, 2)} and {neutral_token(MediaType.AUDIO, 1)}"
    assert prompt == "<image 2> and <audio 1>"
    assert neutral_tokens(prompt) == [(MediaType.IMAGE, 2), (MediaType.AUDIO, 1)]
    assert wire_prompt(f"As in {prompt}, <b> <image 0>", model) == f"As in {sent}, <b> <image 0>"


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("[Image 3] and [video 12]", [("[Image 3]", "image", 3), ("[video 12]", "video", 12)]),
        ("@Image1, @audio 2.", [("@Image1", "image", 1), ("@audio 2", "audio", 2)]),
        ("[Image] [Image 0] @Images1 image 1 [Img 1] mail@image.com", []),
    ],
)
def test_positions_counted_by_hand_are_recognised(prompt: str, found: list[tuple[str, str, int]]) -> None:
    """In any provider's spelling, so that one past the references can be refused."""
    assert literal_tokens(prompt) == found


def test_a_parameter_that_a_card_learnt_later_does_not_count_while_it_has_its_default() -> None:
    """Learning it makes nobody pay again; using it does make another request."""
    parameters = {"steps": {"default": 20}, "seed": {"default": 0, "learned": True}}
    model = ModelCard.model_validate(card(parameters=parameters))
    assert model.in_fingerprint({"steps": 20, "seed": 0}) == {"steps": 20}
    assert model.in_fingerprint({"steps": 20, "seed": 7}) == {"steps": 20, "seed": 7}


# -- a project's own -------------------------------------------------------------------------------


def test_a_card_in_the_project_adds_a_model_and_replaces_a_shipped_one(tmp_path: Path) -> None:
    """A model is a file, no code: JSON is YAML too."""
    write(
        tmp_path,
        {
            "cards/one.yaml": json.dumps(card()),
            "cards/a.yaml": json.dumps(card(provider="local", model="animatic")),
        },
    )
    problems = Problems()
    cards = load_cards(tmp_path, problems)
    assert list(problems) == []
    assert cards.models("studio") == ["one"]
    replaced = cards.find("local", None)
    assert replaced is not None
    assert list(replaced.parameters) == ["steps"]
    assert len(list(cards)) == len(list(shipped())) + 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"card": 2}, "This seedgen reads cards of version 1."),
        ({"parameters": {"steps": {"type": "integer"}}}, "Steps needs a default"),
        ({"parameters": {"steps": {"type": "integer", "default": "many"}}}, "not of type"),
        ({"parameters": {"steps": {"type": "nonsense", "default": 1}}}, "nonsense"),
        ({"parameters": {"steps": {"$ref": "file:///etc/hostname", "default": 1}}}, "/etc/hostname"),
        ({"parameters": 5}, "Found '5'."),
        ({"titel": "x"}, "Did you mean 'title'?"),
        ({"references": {"max_total": "many", "token": ""}}, "Found 'many'."),
        ({"references": {"max_total": 1, "token": "{n:>999999999}"}}, "A token is made of text"),
        ({"references": {"max_total": 1, "token": "{n.real}"}}, "A token is made of text"),
        ({"references": {"max_total": 1, "token": "[{Type} {n"}}, "A token is made of text"),
        (images(max=2, next_fields=["end"]), "Next_fields goes with `single: true`"),
        (images(max=3, single=True, next_fields=["end"]), "Max has to be 2"),
        (images(max=2, single=True), "Max has to be 1"),
        (images(max=1, single=True, face_field="faces"), "Face_field goes with a list"),
        (images(max=1, min=2), "Min 2 is more than max 1."),
    ],
)
def test_a_wrong_card_is_an_error_with_its_place(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    """It is found when the project is opened, at its line in the card."""
    opened = workspace(tmp_path, "", {"cards/one.yaml": json.dumps(card(**changes), indent=2)})
    (found,) = errors(opened)
    key = next(iter(changes))
    assert found.file is not None
    assert found.spot is not None
    assert (found.file.name, f'"{key}"' in found.source or key in found.address) == ("one.yaml", True)
    assert said in found.detail


def test_a_card_fetches_nothing(tmp_path: Path) -> None:
    """A schema may refer to an address; planning a stranger's project must not call there."""
    asked = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/schema"
        steps = {"steps": {"$ref": address, "default": 1}}
        opened = workspace(tmp_path, "", {"cards/one.yaml": json.dumps(card(parameters=steps))})
        server.shutdown()
    assert [d.summary for d in errors(opened)] == ["does not fit"]
    assert asked == []


def test_a_card_that_is_a_link_out_of_the_project_is_an_error(tmp_path: Path) -> None:
    """One inside is a card; a folder, a link in a circle and other files beside are none."""
    write(
        tmp_path,
        {
            "out.yaml": json.dumps(card(model="out")),
            "film/own/in.yaml": json.dumps(card()),
            "film/cards/read.me": "x",
        },
    )
    root = tmp_path / "film"
    (root / "cards/folder.yaml").mkdir()
    (root / "cards/in.yaml").symlink_to(root / "own/in.yaml")
    (root / "cards/loop.yaml").symlink_to(root / "cards/loop.yaml")
    opened = workspace(root, "")
    assert (errors(opened), opened.cards.models("studio")) == ([], ["one"])

    (root / "cards/out.yaml").symlink_to(tmp_path / "out.yaml")
    opened = workspace(root, "")
    assert [d.summary for d in errors(opened)] == ["path outside the project"]
    assert opened.cards.models("studio") == ["one"]
