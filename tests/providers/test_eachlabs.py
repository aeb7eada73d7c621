"""each::labs: the bodies on the wire, and the answers to a submit, as eachlabs.md has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seedgen.errors import BadResponse, ProviderError
from tests.emulator import Emulator, Fault
from tests.providers.eachlabs_shots import FILES, MINI, SETTINGS, submission, submitted, uploaded
from tests.providers.talking import at_eachlabs, shipped_cards

if TYPE_CHECKING:
    from pathlib import Path


def sent(emulator: Emulator) -> dict[str, Any]:
    """The body of the one submit, as it came in."""
    [request] = emulator.requests_of("submit")
    body: dict[str, Any] = request.json
    return body


# The body on the wire

BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing but a prompt": ("prompt: A roof.", {"prompt": "A roof.", **SETTINGS}),
    "every parameter": (
        "prompt: A roof., duration: 8, resolution: 480p, aspect_ratio: '4:3', generate_audio: false",
        {
            "prompt": "A roof.",
            "resolution": "480p",
            "duration": "8",
            "aspect_ratio": "4:3",
            "generate_audio": False,
        },
    ),
    "portrait": (
        "prompt: A roof., aspect_ratio: '9:16', duration: 4",
        {"prompt": "A roof.", **SETTINGS, "aspect_ratio": "9:16", "duration": "4"},
    ),
    "automatic duration": (
        "prompt: A roof., duration: -1",
        {"prompt": "A roof.", **SETTINGS, "duration": "auto"},
    ),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_is_as_the_contract_has_it(emulator: Emulator, tmp_path: Path, case: str) -> None:
    """Every parameter is always sent, the duration as text, to the address with a slash at its end."""
    shot, fields = BODIES[case]
    one = submission(tmp_path, shot)
    job_id = at_eachlabs(emulator, tmp_path, lambda provider: submitted(provider, one))
    assert sent(emulator) == {"model": MINI, "version": "0.0.1", "input": fields, "webhook_url": ""}
    [request] = emulator.requests_of("submit")
    assert (request.method, request.path) == ("POST", "/v1/prediction/")
    assert request.header("content-type") == "application/json"
    assert list(emulator.jobs) == [job_id]


def test_references_of_every_type_go_into_their_fields(emulator: Emulator, tmp_path: Path) -> None:
    """Two faces, a plain image, a video and an audio: in the model's own form, numbered as declared.

    There are no face fields here, so that a face after a plain image stays after it.
    """
    images = "{{ ref('mia') }} with {{ ref('shoe', 2) }} and {{ ref('shoe', 1) }}"
    prompt = f"{images} as {{{{ ref('walk', 1) }}}}, {{{{ ref('walk', type='audio') }}}}."
    one = submission(tmp_path, f'references: [shoe, mia, walk], prompt: "{prompt}"')
    at_eachlabs(emulator, tmp_path, lambda provider: submitted(provider, one))
    images_sent = [uploaded(emulator, FILES[name]) for name in ("front.png", "side.png", "mia.png")]
    assert sent(emulator)["input"] == {
        "prompt": "@Image3 with @Image2 and @Image1 as @Video1, @Audio1.",
        **SETTINGS,
        "image_urls": images_sent,
        "video_urls": [uploaded(emulator, FILES["walk.mp4"])],
        "audio_urls": [uploaded(emulator, FILES["voice.wav"])],
    }


def test_webhooks_are_passed_through(emulator: Emulator, tmp_path: Path) -> None:
    """A secret is sent only where there is one."""
    one = submission(tmp_path)
    hook = {"webhook_url": "https://hooks.example.test/a", "webhook_secret": "hush"}
    at_eachlabs(emulator, tmp_path, lambda provider: submitted(provider, one), **hook)
    assert {name: sent(emulator)[name] for name in hook} == hook


@pytest.mark.parametrize("form", ["bearer", "x-api-key"])
def test_both_forms_of_authentication_are_spoken(emulator: Emulator, tmp_path: Path, form: str) -> None:
    """The project says which; the older one is each::labs' own client's."""
    one = submission(tmp_path)
    at_eachlabs(emulator, tmp_path, lambda provider: submitted(provider, one), auth=form)
    [request] = emulator.requests_of("submit")
    key = emulator.keys["eachlabs"]
    given = (request.header("authorization"), request.header("x-api-key"))
    assert given == ((f"Bearer {key}", None) if form == "bearer" else (None, key))


# Submitting


@pytest.mark.parametrize("name", ["predictionID", "id", "prediction_id"])
def test_an_id_is_read_under_each_of_its_names(emulator: Emulator, tmp_path: Path, name: str) -> None:
    """The pages disagree on it."""
    one = submission(tmp_path)
    emulator.add(Fault("eachlabs", "submit", status=200, body={"status": "success", name: "p-1"}))
    assert at_eachlabs(emulator, tmp_path, lambda provider: submitted(provider, one)) == "p-1"


@pytest.mark.parametrize("body", [{"status": "success"}, {"predictionID": ""}, {"id": None}, [], "ok", None])
def test_a_submit_without_an_id_leaves_it_in_doubt(emulator: Emulator, tmp_path: Path, body: Any) -> None:
    """A job may exist: the error says so, and that nothing may be repeated."""
    one = submission(tmp_path)
    emulator.add(Fault("eachlabs", "submit", status=200, body=b"null" if body is None else body))
    with pytest.raises(BadResponse) as caught:
        at_eachlabs(emulator, tmp_path, lambda provider: submitted(provider, one))
    assert not caught.value.retry_is_safe
    if body != "ok":  # which is not JSON
        assert "A job may have been begun" in caught.value.remedy


# The key


def test_a_key_that_is_wrong_is_in_no_message(emulator: Emulator, tmp_path: Path) -> None:
    """The error names the variable to set."""
    one = submission(tmp_path)
    key = emulator.keys["eachlabs"]
    body = {"error": f"Invalid API key {key}", "details": f"Bearer {key}"}
    emulator.add(Fault("eachlabs", "submit", status=401, body=body))
    with pytest.raises(ProviderError) as caught:
        at_eachlabs(emulator, tmp_path, lambda provider: submitted(provider, one))
    assert key not in f"{caught.value!r} {caught.value} {caught.value.remedy}"
    assert caught.value.remedy == "Check EACHLABS_API_KEY."


def test_every_card_of_eachlabs_names_its_version() -> None:
    """The contract shows it in every body (eachlabs.md section 2)."""
    cards = [card for card in shipped_cards() if card.provider == "eachlabs"]
    assert [card.envelope for card in cards] == [{"version": "0.0.1"}] * len(cards)
