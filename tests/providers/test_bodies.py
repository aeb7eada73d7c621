"""Bodies: what `render` shows is what a submit would carry, but for addresses and secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from seedgen.project.models import ProviderSettings
from seedgen.providers.bodies import request_body
from tests.planning.projects import STUDIO, opened

if TYPE_CHECKING:
    from pathlib import Path

YAML = """\
reference_sets:
  door: {images: [refs/door.png]}
  street: {images: ["https://x.test/street.png"]}
provider: PROVIDER
shots: [{id: a, prompt: "{{ ref('door') }} in {{ ref('street') }}", references: [door, street], SETTINGS}]
"""
SIX = "duration: 6, resolution: 720p, aspect_ratio: '16:9'"


def body_of(root: Path, provider: str, shot: str = SIX, **settings: Any) -> dict[str, Any]:
    """The body of a shot with a file and an address as references."""
    yaml = YAML.replace("PROVIDER", provider).replace("SETTINGS", shot)
    [resolved] = opened(root, yaml, {"refs/door.png": b"door", "cards/one.yaml": STUDIO}).shots
    return request_body(resolved, ProviderSettings.model_validate(settings), root.resolve())


def test_eachlabs_gets_model_and_version_beside_the_input(tmp_path: Path) -> None:
    """eachlabs.md section 2: an empty webhook means none; files stand as their path in the project."""
    assert body_of(tmp_path, "eachlabs") == {
        "model": "bytedance-seedance-2-0-mini-reference-to-video",
        "version": "0.0.1",
        "input": {
            "prompt": "@Image1 in @Image2",
            "resolution": "720p",
            "duration": "6",
            "aspect_ratio": "16:9",
            "generate_audio": True,
            "image_urls": ["refs/door.png", "https://x.test/street.png"],
        },
        "webhook_url": "",
    }


def test_oxen_gets_everything_side_by_side(tmp_path: Path) -> None:
    """oxen.md section 3: the model's fields are handed on beside Oxen's own."""
    assert body_of(tmp_path, "oxen", oxen={"target_namespace": "studio"}) == {
        "model": "bytedance-seedance-2-0-reference-to-video",
        "prompt": "[Image 1] in [Image 2]",
        "resolution": "720p",
        "duration": 6,
        "aspect_ratio": "16:9",
        "generate_audio": False,
        "watermark": False,
        "input_images": ["refs/door.png", "https://x.test/street.png"],
        "target_namespace": "studio",
    }


@pytest.mark.parametrize(("provider", "model"), [("local", "animatic"), ("studio", "one")])
def test_any_other_provider_gets_the_model_and_its_fields(provider: str, model: str, tmp_path: Path) -> None:
    """Also one that only a card of the project knows."""
    body = body_of(tmp_path, provider, "duration: 6, resolution: 720p")
    assert body["model"] == model
    assert body["duration"] == 6
    assert body["images"] == ["refs/door.png", "https://x.test/street.png"]


def test_a_secret_is_hidden(tmp_path: Path) -> None:
    """The webhook's address is shown, what proves its sender is not."""
    settings = {"webhook_url": "https://x.test/hook", "webhook_secret": "correct horse"}
    body = body_of(tmp_path, "eachlabs", eachlabs=settings)
    assert body["webhook_url"] == "https://x.test/hook"
    assert body["webhook_secret"] == "***"
    assert "horse" not in str(body)


def test_a_file_outside_the_project_stands_with_its_whole_path(tmp_path: Path) -> None:
    """`--allow-outside` lets it be there."""
    [shot] = opened(
        tmp_path / "film",
        YAML.replace("PROVIDER", "local").replace("SETTINGS", "duration: 6"),
        {"refs/door.png": b"door"},
    ).shots
    elsewhere = (tmp_path / "other").resolve()
    body = request_body(shot, ProviderSettings(), elsewhere)
    assert body["images"][0] == str((tmp_path / "film/refs/door.png").resolve())
