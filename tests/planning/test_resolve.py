"""Resolve: a sound shot becomes a request; an unsound one says where, what and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seedgen.project.diagnostics import Severity
from tests.planning.projects import STUDIO, Files, opened

if TYPE_CHECKING:
    from pathlib import Path

BASE = """\
provider: PROVIDER
reference_sets:
  shoe: {images: [front.png]}
  mia: {images: [mia.png], audios: [mia.wav]}
  voice: {audios: [mia.wav]}
shots:
  - {id: one, SHOT}
"""
FILES: Files = {"front.png": b"f", "mia.png": b"m", "mia.wav": b"w"}

REFUSED: dict[str, tuple[str, str, str, str, str]] = {
    "a provider without a card": (
        "oxxen",
        "prompt: A.",
        "unknown provider",
        "Did you mean 'oxen'?",
        "shots.one.provider",
    ),
    "a model without a card": (
        "oxen",
        "prompt: A., model: bytedance-seedance-2-0",
        "unknown model",
        "oxen has no card for",
        "shots.one.model",
    ),
    "a duration beyond the card": (
        "oxen",
        "prompt: A., duration: 20",
        "duration out of range",
        "Found 20. Seedance 2.0 takes 4 to 15 whole seconds, or auto.",
        "shots.one.duration",
    ),
    "a duration between two of the card's": (
        "local",
        "prompt: A., duration: 3.5",
        "duration not allowed",
        "Found 3.5, not a whole number. The local animatic takes 1 to 60 whole seconds",
        "shots.one.duration",
    ),
    "a resolution beyond the card": (
        "eachlabs",
        "prompt: A., resolution: 1080p",
        "resolution not allowed",
        "takes 480p, 720p.",
        "shots.one.resolution",
    ),
    "an unknown parameter": (
        "oxen",
        "prompt: A., options: {watermrk: true}",
        "unknown parameter",
        "Did you mean 'watermark'?",
        "shots.one.watermrk",
    ),
    "an unknown reference set": (
        "local",
        "prompt: A., references: [show]",
        "unknown reference set",
        "Did you mean 'shoe'?",
        "shots.one.references",
    ),
    "a set listed twice": (
        "local",
        "prompt: A., references: [shoe, shoe]",
        "reference set listed twice",
        "Keep one 'shoe'.",
        "shots.one.references",
    ),
    "an empty prompt": (
        "local",
        "prompt: \"{{ '' }} \"",
        "empty prompt",
        "Say what the shot shows.",
        "shots.one.prompt",
    ),
    "a hand-counted position past the end": (
        "local",
        'prompt: "[Image 3] walks", references: [shoe, mia]',
        "prompt names a reference that is not there",
        "[Image 3] but the shot carries 2 images. ref() counts for you.",
        "shots.one.prompt",
    ),
    "another provider's token past the end": (
        "local",
        'prompt: "@Audio2 sings", references: [mia]',
        "prompt names a reference that is not there",
        "@Audio2 but the shot carries 1 audio.",
        "shots.one.prompt",
    ),
    "ref() to a set that is not listed": (
        "local",
        "prompt: \"{{ ref('mia') }}\", references: [shoe]",
        "reference set not listed",
        "Add 'mia' to the shot's `references:`.",
        "shots.one.prompt",
    ),
    "references that the card refuses": (
        "oxen",
        "prompt: \"{{ ref('voice') }}\", references: [voice]",
        "reference alone",
        "takes audio only beside an image or a video.",
        "shots.one.references",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_sent_is_refused_where_it_stands(what: str, tmp_path: Path) -> None:
    """One error with an address and a remedy, and no request."""
    provider, shot, summary, detail, address = REFUSED[what]
    body = BASE.replace("PROVIDER", provider).replace("SHOT", shot)
    project = opened(tmp_path, body, FILES)
    [error] = [p for p in project.problems if p.severity is Severity.ERROR]
    assert (error.summary, error.address) == (summary, address)
    assert detail in error.detail
    assert project.shots == []


def test_one_unsound_shot_leaves_the_others_alone(tmp_path: Path) -> None:
    """Every problem is found at once, and sound shots are still resolved."""
    project = opened(
        tmp_path,
        "shots:\n"
        "  - {id: a, prompt: A., duration: 100}\n"
        "  - {id: b, prompt: B.}\n"
        "  - {id: c, prompt: '', resolution: 8k}\n",
    )
    assert [shot.id for shot in project.shots] == ["b"]
    assert [summary for summary, _ in project.found()] == [
        "duration out of range",
        "resolution not allowed",
        "empty prompt",
    ]


def test_a_reference_that_the_prompt_never_mentions_is_a_warning(tmp_path: Path) -> None:
    """The model would have to guess what it is for; what `ref()` or a token by hand names is mentioned."""
    body = BASE.replace("PROVIDER", "local").replace(
        "SHOT", "prompt: \"{{ ref('shoe') }} and [Image 2]\", references: [shoe, mia]"
    )
    project = opened(tmp_path, body, FILES)
    assert project.found() == []
    [(summary, detail)] = project.found(Severity.WARNING)
    assert summary == "prompt never mentions a reference"
    assert detail.startswith("1 of 'mia'")


@pytest.mark.parametrize("word", ["auto", "-1", '"-1"', "adaptive", "AUTO"])
def test_every_spelling_of_automatic_is_stored_as_auto(word: str, tmp_path: Path) -> None:
    """Cards map `auto` to the wire; requests know one word for it."""
    [shot] = opened(
        tmp_path, f"provider: oxen\nshots: [{{id: a, prompt: A., duration: {word}, aspect_ratio: {word}}}]"
    ).shots
    assert shot.request.parameters["duration"] == "auto"
    assert shot.request.parameters["aspect_ratio"] == "auto"


def test_a_number_that_stands_for_auto_is_told_wherever_it_stands(tmp_path: Path) -> None:
    """`-1` may be a sign too many, and is paid as the longest clip; words for auto are meant."""
    shots = "".join(f"  - {{id: {word}, prompt: A., duration: {word}}}\n" for word in ("auto", "adaptive"))
    shots += "".join(f"  - {{id: {name}, prompt: A., duration: -1}}\n" for name in "ab")
    project = opened(tmp_path, f"provider: oxen\nshots:\n{shots}")
    assert len(project.shots) == 4
    warned = [(p.address, p.summary, p.detail) for p in project.problems]
    said = "The model decides. If that is meant, write `auto`. A price counts the longest, 15 s."
    assert warned == [(f"shots.{name}.duration", "-1 means auto", said) for name in "ab"]


def test_an_option_under_a_providers_name_applies_to_it_alone(tmp_path: Path) -> None:
    """A parameter that only one provider knows does not stop the same shot elsewhere."""
    body = "provider: PROVIDER\nshots: [{id: a, prompt: A., options: {oxen: {watermark: true}}}]"
    [there] = opened(tmp_path / "a", body.replace("PROVIDER", "oxen")).shots
    [here] = opened(tmp_path / "b", body.replace("PROVIDER", "local")).shots
    assert there.request.parameters["watermark"] is True
    assert "watermark" not in here.request.parameters


def test_a_card_in_the_project_adds_a_model(tmp_path: Path) -> None:
    """No code: a YAML file in `cards/` is all it takes."""
    project = opened(tmp_path, "provider: studio\nshots: [{id: a, prompt: A.}]", {"cards/one.yaml": STUDIO})
    [shot] = project.shots
    assert (shot.request.provider, shot.request.model) == ("studio", "one")
    assert shot.request.parameters == {"resolution": "480p", "duration": 4}


def test_a_number_that_json_cannot_carry_is_a_diagnostic(tmp_path: Path) -> None:
    """RFC 8785 has no form for 2^53; a card that sets no maximum must not end in a traceback."""
    card = STUDIO.replace("references:", "  seed: {type: integer, default: 0}\nreferences:")
    project = opened(
        tmp_path,
        f"provider: studio\nshots: [{{id: a, prompt: A., options: {{seed: {2**53}}}}}]",
        {"cards/one.yaml": card},
    )
    assert [summary for summary, _ in project.found()] == ["value out of range"]


def test_the_bytes_of_each_reference_stand_beside_it(tmp_path: Path) -> None:
    """Files and set names follow the order that is sent, faces first where the model wants that."""
    body = (
        "provider: oxen\n"
        "reference_sets:\n"
        "  shoe: {images: [front.png]}\n"
        "  mia: {images: [{path: mia.png, face: true}]}\n"
        "shots: [{id: a, prompt: \"{{ ref('shoe') }} {{ ref('mia') }}\", references: [shoe, mia]}]\n"
    )
    [shot] = opened(tmp_path, body, FILES).shots
    assert shot.set_names == ("mia", "shoe")
    assert shot.media == ((tmp_path / "mia.png").resolve(), (tmp_path / "front.png").resolve())
