"""The wire: a request in its model's own fields, types and words, exactly as the contracts have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seedgen.planning.request import Request, RequestReference
from seedgen.planning.wire import model_input
from seedgen.project.cards import ModelCard
from seedgen.project.media import MediaType
from tests.planning.projects import Files, files_of, opened

if TYPE_CHECKING:
    from pathlib import Path

SEEDANCE = "bytedance-seedance-2-0-"

SETS = """\
reference_sets:
  street: {images: [street.png]}
  mia: {images: [{path: mia.png, face: true}], videos: [{path: walk.mp4, face: true}], audios: [voice.wav]}
  leo: {images: [{path: leo.png, face: true}]}
  dance: {videos: [dance.mp4]}
"""
FILES: Files = {
    name: name.encode() for name in ("street.png", "mia.png", "leo.png", "walk.mp4", "dance.mp4", "voice.wav")
}


def sent(root: Path, provider: str, shot: str, model: str = "") -> dict[str, Any]:
    """The fields of a shot's model; each reference is at the address of its file's name."""
    named = f", model: {SEEDANCE}{model}" if model else ""
    yaml = f"{SETS}provider: {provider}\nshots: [{{id: a{named}, {shot}}}]\n"
    done = opened(root, yaml, FILES)
    assert done.found() == []
    [one] = done.shots
    urls = [f"https://x.test/{media.name}" for media in files_of(one) if not isinstance(media, str)]
    return model_input(one.request, one.card, urls)


def at(*names: str) -> list[str]:
    """The addresses of files."""
    return [f"https://x.test/{name}" for name in names]


ALL = "duration: 8, resolution: 480p, aspect_ratio: '4:3'"
FACES = (
    "references: [street, mia, leo], "
    "prompt: \"{{ ref('leo') }} meets {{ ref('mia', 1) }} in {{ ref('street') }}, "
    "as {{ ref('mia', 2) }}, {{ ref('mia', type='audio') }}.\""
)

# The two seed models (eachlabs.md section 8, oxen.md section 7): on each::labs the duration is text and the
# order is the declared one; on Oxen.ai it is a number, faces go apart and are numbered first.
BODIES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "eachlabs, nothing but a prompt": (
        "eachlabs",
        "prompt: A roof.",
        {
            "prompt": "A roof.",
            "resolution": "720p",
            "duration": "auto",
            "aspect_ratio": "auto",
            "generate_audio": True,
        },
    ),
    "eachlabs, every parameter": (
        "eachlabs",
        f"prompt: A roof., {ALL}, generate_audio: false",
        {
            "prompt": "A roof.",
            "resolution": "480p",
            "duration": "8",
            "aspect_ratio": "4:3",
            "generate_audio": False,
        },
    ),
    "eachlabs, references of every type": (
        "eachlabs",
        f"{FACES}, duration: 4, aspect_ratio: '9:16'",
        {
            "prompt": "@Image3 meets @Image2 in @Image1, as @Video1, @Audio1.",
            "resolution": "720p",
            "duration": "4",
            "aspect_ratio": "9:16",
            "generate_audio": True,
            "image_urls": at("street.png", "mia.png", "leo.png"),
            "video_urls": at("walk.mp4"),
            "audio_urls": at("voice.wav"),
        },
    ),
    "oxen, nothing but a prompt": (
        "oxen",
        "prompt: A roof.",
        {
            "prompt": "A roof.",
            "resolution": "720p",
            "duration": -1,
            "aspect_ratio": "adaptive",
            "generate_audio": False,
            "watermark": False,
        },
    ),
    "oxen, every parameter": (
        "oxen",
        f"prompt: A roof., {ALL}, generate_audio: true, options: {{watermark: true}}",
        {
            "prompt": "A roof.",
            "resolution": "480p",
            "duration": 8,
            "aspect_ratio": "4:3",
            "generate_audio": True,
            "watermark": True,
        },
    ),
    "oxen, two faces, a picture, a video and a sound": (
        "oxen",
        f"{FACES}, duration: 4, aspect_ratio: '9:16'",
        {
            "prompt": "[Image 2] meets [Image 1] in [Image 3], as [Video 1], [Audio 1].",
            "resolution": "720p",
            "duration": 4,
            "aspect_ratio": "9:16",
            "generate_audio": False,
            "watermark": False,
            "input_face_images": at("mia.png", "leo.png"),
            "input_images": at("street.png"),
            "input_face_videos": at("walk.mp4"),
            "input_audios": at("voice.wav"),
        },
    ),
    "oxen, a video without a face": (
        "oxen",
        "references: [dance], prompt: \"As {{ ref('dance') }}.\", duration: auto",
        {
            "prompt": "As [Video 1].",
            "resolution": "720p",
            "duration": -1,
            "aspect_ratio": "adaptive",
            "generate_audio": False,
            "watermark": False,
            "input_videos": at("dance.mp4"),
        },
    ),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_request_has_the_fields_of_the_contract(what: str, tmp_path: Path) -> None:
    """Every parameter is sent, each in the service's type; nothing else is."""
    provider, shot, body = BODIES[what]
    found = sent(tmp_path, provider, shot)
    assert found == body
    # 1 == True in Python, not on the wire.
    assert {name: type(value) for name, value in found.items()} == {
        name: type(value) for name, value in body.items()
    }


@pytest.mark.parametrize(("sets", "frames"), [("street", 1), ("street, leo", 2)])
def test_a_first_frame_and_a_last_one_go_into_fields_of_their_own(
    sets: str, frames: int, tmp_path: Path
) -> None:
    """image_url and end_image_url take one address each, as text."""
    body = sent(tmp_path, "eachlabs", f"references: [{sets}], prompt: A roof.", "image-to-video")
    found = {name: value for name, value in body.items() if name.endswith("_url")}
    both = {"image_url": "https://x.test/street.png", "end_image_url": "https://x.test/leo.png"}
    assert found == dict(list(both.items())[:frames])


def test_a_model_of_text_alone_is_sent_no_reference_field(tmp_path: Path) -> None:
    """Prompt and parameters, nothing else."""
    body = sent(tmp_path, "eachlabs", "prompt: A roof.", "text-to-video-fast")
    assert set(body) == {"prompt", "resolution", "duration", "aspect_ratio", "generate_audio"}


def test_a_parameter_learned_later_is_sent_although_the_fingerprint_leaves_it_out() -> None:
    """The service's own default may move; what is sent does not."""
    card = ModelCard.model_validate(
        {
            "provider": "studio",
            "model": "one",
            "version": "1",
            "title": "Studio One",
            "parameters": {"steps": {"default": 20}, "seed": {"default": 0, "learned": True}},
            "references": {"max_total": 1, "token": "[{Type} {n}]"},
            "automatic_seconds": 5,
        }
    )
    request = Request("studio", "one", "A.", card.in_fingerprint({"steps": 30, "seed": 0}), ())
    assert request.parameters == {"steps": 30}
    assert model_input(request, card, []) == {"prompt": "A.", "steps": 30, "seed": 0}


def test_every_reference_needs_an_address() -> None:
    """One too few would send a reference's address for another."""
    card = ModelCard.model_validate(
        {
            "provider": "studio",
            "model": "one",
            "version": "1",
            "title": "Studio One",
            "parameters": {},
            "references": {"max_total": 2, "token": "", "image": {"field": "images", "max": 2}},
            "automatic_seconds": 5,
        }
    )
    two = tuple(RequestReference(MediaType.IMAGE, f"url:{n}") for n in range(2))
    with pytest.raises(ValueError, match="shorter"):
        model_input(Request("studio", "one", "A.", {}, two), card, ["https://x.test/a.png"])
