"""Readable: people read names where a model reads numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from seedgen.planning.readable import readable_prompt
from tests.planning.projects import opened

if TYPE_CHECKING:
    from pathlib import Path

    from tests.planning.projects import Files

YAML = """\
provider: %s
defaults: {resolution: 480p, duration: 4}
reference_sets:
  shoe: {images: [a.png]}
  mia: {images: [b.png, {path: c.png, face: true}]}
shots:
  - {id: s1, prompt: A wall.}
  - {id: s2, prompt: %s, references: [shoe, mia], from_shot: {id: s1, use: last_frame}}
"""

PICTURES: Files = dict.fromkeys(("a.png", "b.png", "c.png"), "a picture")


@pytest.mark.parametrize("provider", ["local", "eachlabs", "oxen"])
@pytest.mark.parametrize(
    ("prompt", "read"),
    [
        ("{{ ref('shoe') }} on {{ ref('mia', 2) }}", "shoe on mia 2"),
        ("{{ ref('mia') }}, {{ ref('from_shot') }}", "mia 1 and mia 2, the last frame of s1"),
        ("No token: <image 0>, image 1, [Image].", "No token: <image 0>, image 1, [Image]."),
    ],
)
def test_references_are_called_what_the_project_file_calls_them(
    tmp_path: Path, provider: str, prompt: str, read: str
) -> None:
    """However a model writes and orders its numbers; Oxen.ai counts the face, `mia 2`, before all others."""
    shots = opened(tmp_path, YAML % (provider, json.dumps(prompt)), PICTURES)
    assert readable_prompt(shots.shots[1]) == read


def test_a_number_that_an_author_wrote_is_a_name_too(tmp_path: Path) -> None:
    """It addresses the same reference: by Oxen.ai's order the second picture is `shoe`."""
    yaml = YAML % ("oxen", json.dumps("[Image 2], @image 1."))
    shots = opened(tmp_path, yaml, PICTURES)
    assert readable_prompt(shots.shots[1]) == "shoe, mia 2."
