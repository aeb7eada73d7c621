"""`providers` and `providers refresh`: what models there are, and what their services say of them today."""

from __future__ import annotations

import json
import re
import socket
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from seedgen.project.diagnostics import Problems
from seedgen.project.shelf import load_cards
from seedgen.views.cards import Shelf, cards_text
from seedgen.views.paint import Paint
from seedgen.views.schemas import schema_text
from tests.emulator import Fault
from tests.film import Film, Ran
from tests.planning.projects import STUDIO

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator import Emulator

SEEDANCE = "bytedance-seedance-2-0-"
OXEN = f"{SEEDANCE}reference-to-video"
MINI = f"{SEEDANCE}mini-reference-to-video"
SHIPPED = list(load_cards(None, Problems()))


def valid(kind: str, text: str) -> dict[str, Any]:
    """A document that follows its schema."""
    document: dict[str, Any] = json.loads(text)
    jsonschema_rs.validator_for(json.loads(schema_text(kind))).validate(document)
    return document


# -- the listing -------------------------------------------------------------------------------------


def part_of(text: str, model: str) -> str:
    """What is said of one model, in one line."""
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.split()[:1] == [model])
    rest = lines[start + 1 :]
    end = next((n for n, line in enumerate(rest) if not line), len(rest))
    return " ".join(" ".join(rest[:end]).split())


@pytest.mark.parametrize("width", [80, 100, 300])
def test_every_card_is_listed_within_the_terminal(width: int) -> None:
    """Only an address may be wider; on a wide terminal a line ends where it can still be read."""
    shelves = [
        Shelf(provider, tuple(card for card in SHIPPED if card.provider == provider))
        for provider in ("eachlabs", "local", "oxen")
    ]
    text = cards_text(shelves, Paint(on=False), width)
    for card in SHIPPED:
        assert f"  {card.model}\n" in text or f"  {card.model}  (the provider's default)\n" in text
    wide = [line for line in text.splitlines() if len(line) > min(width, 100)]
    assert [line for line in wide if not line.strip().startswith("https://")] == []


def test_a_card_is_listed_with_values_limits_fields_and_prices(film: Film) -> None:
    """Defaults are marked; runs of numbers are written as such; a price has its day and its page."""
    said = part_of(film.run("providers", "eachlabs").out, f"{SEEDANCE}image-to-video")
    for what in (
        "resolution 480p, 720p (default), 1080p",
        "duration auto (default), 4 to 15",
        "1 to 2 in image_url and end_image_url; jpeg, png, webp; 30 MB each; 300 to 6000 px a side",
        "0.4 to 2.5 times as wide as high",
        "price 480p $0.1412, 720p $0.3024, 1080p $0.685 a second read on 2026-06-01 at https://www.eachlabs.ai/",
        "note The first picture is the first frame",
    ):
        assert what in said


def test_faces_and_tokens_are_listed(film: Film) -> None:
    """Where faces go, and how a prompt names a reference."""
    said = part_of(film.run("providers", "oxen").out, OXEN)
    assert "at most 15 in all; audio never alone; a prompt names them [Image 1]" in said
    assert "at most 9 in input_images, with a face in input_face_images" in said
    assert "generate_audio true, false (default)" in said


def test_an_unknown_price_is_said_to_be_unknown(film: Film) -> None:
    """Never $0; what costs nothing is free."""
    outs = {provider: film.run("providers", provider).out for provider in ("eachlabs", "local", "oxen")}
    for card in SHIPPED:
        said = part_of(outs[card.provider], card.model)
        assert ("price unknown" in said) == (card.prices is None and not card.free)
        assert ("price free" in said) == card.free
    assert "$0 " not in "".join(outs.values())
    assert "$0.00" not in "".join(outs.values())


def test_a_key_is_said_to_be_set_and_never_shown(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the environment, or from a .env beside the project file."""
    monkeypatch.setenv("OXEN_API_KEY", "sk-very-secret-one")
    film.write({".env": "EACHLABS_API_KEY=sk-very-secret-two\n"})
    for arguments in ((), ("--json",)):
        ran = film.run("providers", *arguments)
        assert "secret" not in ran.out + ran.err
    first = {line for line in film.run("providers").out.splitlines() if line and line[0] != " "}
    assert first == {
        "eachlabs  EACHLABS_API_KEY is set",
        "oxen  OXEN_API_KEY is set",
        "local  needs no key",
    }
    monkeypatch.delenv("OXEN_API_KEY")
    assert "OXEN_API_KEY is not set" in film.run("providers", "oxen").out


def test_cards_of_the_project_are_listed_as_its_own(film: Film) -> None:
    """A new model stands beside the shipped ones, under a provider of its own too."""
    film.write({"cards/one.yaml": STUDIO})
    out = film.run("providers", "studio").out
    assert "from this project's cards/" in out
    assert "duration" in out
    assert "eachlabs" not in out
    cards = valid("providers", film.run("providers", "--json").out)["providers"]
    assert [(p["provider"], c["own"]) for p in cards for c in p["cards"] if c["own"]] == [("studio", True)]


def test_the_listing_works_where_there_is_no_project(tmp_path: Path) -> None:
    """A folder `cards/` of something else is none of seedgen's."""
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards/birthday.yaml").write_text("to: Mia\n")
    ran = Film(tmp_path).run("providers", "--json")
    assert ran.code == 0
    listed = valid("providers", ran.out)["providers"]
    assert sum(len(provider["cards"]) for provider in listed) == len(SHIPPED)


def test_a_wrong_card_is_told_with_its_place(film: Film) -> None:
    """As validate would."""
    film.write({"cards/one.yaml": STUDIO.replace("title: Studio One\n", "")})
    ran = film.run("providers")
    assert (ran.code, ran.out) == (1, "")
    assert "Add `title:`" in ran.err


def test_an_unknown_provider_is_answered_with_those_there_are(film: Film) -> None:
    """With the near one, or with all."""
    assert "Did you mean 'oxen'?" in film.run("providers", "oxn").err
    assert "eachlabs, local, oxen" in film.run("providers", "zzz").err


def test_the_document_tells_what_the_cards_say(film: Film) -> None:
    """Prices as text, exact; null where unknown and where free."""
    document = valid("providers", film.run("providers", "--json").out)
    cards = {
        card["model"]: card
        for p in document["providers"]
        if p["provider"] == "eachlabs"
        for card in p["cards"]
    }
    prices = cards[OXEN]["prices"]
    assert prices["per_second"] == {"480p": "0.1412", "720p": "0.3024", "1080p": "0.685"}
    assert cards[MINI]["prices"] is None
    assert cards[MINI]["default"] is True
    [image] = cards[f"{SEEDANCE}image-to-video"]["references"]["media"]
    assert (image["fields"], image["single"], image["min"]) == (["image_url", "end_image_url"], True, 1)
    assert film.run("providers", "list", "oxen", "--json").out == film.run("providers", "oxen", "--json").out


# -- refresh -----------------------------------------------------------------------------------------


@pytest.fixture
def talking(film: Film, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """The film, with both services at hand."""
    for name, value in (emulator.environment | {"SEEDGEN_PACE": "0.01"}).items():
        monkeypatch.setenv(name, value)
    return film


def refresh(film: Film, *arguments: str) -> Ran:
    """`providers refresh`, which succeeds whatever differs."""
    ran = film.run("providers", "refresh", *arguments)
    assert ran.code == 0, ran.err
    return ran


def test_what_a_service_says_otherwise_is_shown(talking: Film) -> None:
    """Oxen's revision of July 2026: 4k, and 16:9 instead of adaptive; and what it asks for a second."""
    out = refresh(talking, OXEN, "--provider", "oxen").out
    assert "  resolution       live takes 4k as well\n" in out
    assert "  aspect_ratio     the default is 16:9 live, auto in the card\n" in out
    assert "  live price       $0.10 480p per second\n" in out
    assert len(out.splitlines()) == 3 + out.count("live price")


def test_a_model_of_two_providers_is_compared_with_both(talking: Film) -> None:
    """And with one when it is named."""
    out = refresh(talking, OXEN).out
    assert out.index("eachlabs ") < out.index("oxen ")
    assert "end_user_id      not in the card, string, no default" in out


def test_a_card_that_says_the_same_matches(talking: Film) -> None:
    """Nothing differs from the schema that the card was made from."""
    made = refresh(talking, MINI, "--provider", "oxen", "--card").out
    talking.write({"cards/mini.yaml": made})
    out = refresh(talking, MINI, "--provider", "oxen").out
    assert "the card matches the live schema" in out
    assert len([line for line in out.splitlines() if "live price" not in line]) == 2


def test_a_refresh_changes_no_file(talking: Film) -> None:
    """Neither does the card that is printed: it goes to stdout, what differs to stderr."""
    before = talking.standing()
    ran = refresh(talking, OXEN, "--provider", "oxen", "--card")
    assert ran.out.startswith("# ")
    assert "\nprovider: oxen\n" in ran.out
    assert "live takes 4k as well" in ran.err
    assert talking.standing() == before


def test_a_printed_card_is_planned_with(talking: Film) -> None:
    """4k can be asked for, and has the live price: 4 s at 1 USD."""
    talking.edit(
        "proof: {provider: eachlabs, duration: 4}", "proof: {provider: oxen, duration: 4, resolution: 4k}"
    )
    assert talking.run("--profile", "proof", "validate").code == 1
    talking.write({"cards/seedance.yaml": refresh(talking, OXEN, "--provider", "oxen", "--card").out})
    document = talking.plan("--select", "s3", before=("--profile", "proof"))
    assert document["estimated_cost"] == {"usd": "4", "unpriced": 0, "seconds": 4}


def test_the_document_of_a_refresh_follows_its_schema(talking: Film) -> None:
    """Kinds and both sides, for programs."""
    document = valid("refresh", refresh(talking, OXEN, "--json").out)
    each, oxen = document["models"]
    assert (each["provider"], each["live_prices"]) == ("eachlabs", {})
    assert each["source"] == f"https://api.eachlabs.ai/v1/model?slug={OXEN}"
    assert {"kind": "values", "name": "resolution", "card": [], "live": ["4k"]} in oxen["differences"]
    assert oxen["live_prices"]["480p per second"] == "0.1"


def test_a_refresh_needs_no_key_and_sends_none_when_there_is_none(
    talking: Film,
    emulator: Emulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both services show their models to everybody."""
    monkeypatch.delenv("EACHLABS_API_KEY")
    monkeypatch.delenv("OXEN_API_KEY")
    refresh(talking, OXEN)
    assert [seen.path for seen in emulator.requests] == ["/v1/model", f"/api/ai/models/{OXEN}"]
    for seen in emulator.requests:
        assert seen.header("authorization") is None
        assert seen.header("x-api-key") is None


def test_a_model_that_its_service_does_not_know_is_an_error(talking: Film) -> None:
    """The card may be the project's own, or the service may have let it go."""
    card = STUDIO.replace("provider: studio", "provider: oxen").replace("default: true\n", "")
    talking.write({"cards/one.yaml": card})
    ran = talking.run("providers", "refresh", "one")
    assert ran.code == 1
    assert "Oxen.ai knows no model one" in ran.err


@pytest.mark.parametrize("service", ["eachlabs", "oxen"])
def test_a_service_without_a_schema_is_told(talking: Film, emulator: Emulator, service: str) -> None:
    """It may be null."""
    emulator.add(Fault(service, "model", status=200, body={"request_schema": None}))
    ran = talking.run("providers", "refresh", OXEN, "--provider", service)
    assert ran.code == 1
    assert "publishes no schema" in ran.err


def test_a_service_that_is_down_is_told(talking: Film, emulator: Emulator) -> None:
    """After a while of asking again."""
    emulator.add(Fault("oxen", "model", status=503, times=None))
    ran = talking.run("providers", "refresh", OXEN, "--provider", "oxen")
    assert (ran.code, ran.out) == (1, "")
    assert "Oxen.ai answered 503" in ran.err


def test_without_a_network_that_is_said_at_once(talking: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is asked, once that there is no connection, and that it was given up: nobody waits in silence."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("OXEN_BASE_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        ran = talking.run("providers", "refresh", OXEN, "--provider", "oxen", "--card")
    asking, unreached, error, *_ = ran.err.splitlines()
    assert (ran.code, ran.out) == (1, "")
    assert asking == f"Asking Oxen.ai for its schema of {OXEN} …"
    assert re.fullmatch(r"Oxen.ai cannot be reached.*\. Trying again for some seconds\.", unreached)
    assert error.startswith("Error: Oxen.ai cannot be reached")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["refresh", "animatic"], "local publishes no schema"),
        (["refresh", "bytedance-seedance-2-0-referenc-to-video"], "Did you mean"),
        (["refresh", OXEN, "--card"], "--provider eachlabs or --provider oxen"),
        (["refresh", MINI, "--card", "--json"], "exclude each other"),
        (["refresh", OXEN, "--provider", "oxn"], "Did you mean 'oxen'?"),
        (["refresh", f"{SEEDANCE}text-to-video", "--provider", "oxen"], "no card for"),
    ],
)
def test_what_cannot_be_compared_is_said_before_anybody_is_asked(
    arguments: list[str],
    said: str,
    talking: Film,
    emulator: Emulator,
) -> None:
    """With what to write instead."""
    ran = talking.run("providers", *arguments)
    assert ran.code == 1
    assert said in ran.err
    assert emulator.requests == []
