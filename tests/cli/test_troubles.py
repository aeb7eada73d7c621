"""Troubles, end to end: what the user is told, what is kept, what is paid, and that it comes to an end."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from seedgen.ports.store import Stage
from tests.cli.staging import SHOTS, WORDS, Trouble, accepted, actions, journal_of, new_film, play, with_clips
from tests.cli.troubles import TABLE
from tests.emulator import Emulator

if TYPE_CHECKING:
    from collections.abc import Iterable

CASES = [
    pytest.param(trouble, service, id=f"{trouble.name}-{service}")
    for troubles in TABLE.values()
    for trouble in troubles
    for service in trouble.ends
]
PLANNED = {
    None: {"door": "generate"},
    Stage.RECORDED: {},
    Stage.FAILED: {"door": "generate"},
    Stage.SUBMITTED: {"door": "resume"},
    Stage.SUCCEEDED: {"door": "resume"},
    Stage.AMBIGUOUS: {"door": "blocked"},
    Stage.REJECTED: {"door": "blocked"},
}
"""What the next plan does with `door`, by how the journal knows it."""


def files_with(secrets: Iterable[str], root: Path) -> list[str]:
    """The files below a folder that have one of some texts in them."""
    wanted = [secret.encode() for secret in secrets]
    found = (file for file in root.rglob("*") if file.is_file() and not file.is_symlink())
    return [file.name for file in found if any(secret in file.read_bytes() for secret in wanted)]


@pytest.mark.parametrize(("trouble", "service"), CASES)
def test_a_trouble_is_told_kept_and_paid_once(
    trouble: Trouble, service: str, tiny_clip: Path, tmp_path: Path
) -> None:
    """Message, journal, clips, accepted submits; then what was told brings the film to its end."""
    film, ends = new_film(tmp_path / "film", service, trouble.prompt), trouble.ends[service]
    with Emulator(tiny_clip, **trouble.settings) as emulator:
        story = play(trouble, service, film, emulator, os.environ)

        for words in ends.says:
            assert words.format(**WORDS[service]) in story.first.err
        assert "Traceback" not in story.said
        assert "bug in seedgen" not in story.said
        assert story.first.code == (0 if ends.clips == SHOTS else 1)

        assert story.kept is ends.kept
        assert story.clips == ends.clips
        assert story.actions.get("door") == PLANNED[ends.kept].get("door")

        assert (story.taken, accepted(emulator)) == ends.submits
        assert accepted(emulator, "grey wall") == 1

        assert [ran.code for ran in (*story.later, story.again)] == [0] * (len(story.later) + 1)
        assert with_clips(film) == SHOTS
        assert actions(film) == {}
        assert {max(journal_of(film, shot), key=lambda e: e.attempt).stage for shot in SHOTS} == {
            Stage.RECORDED
        }

        assert emulator.violations == []
        assert not [key for key in emulator.keys.values() if key in story.said]
        assert files_with(emulator.keys.values(), film.root) == []


def test_the_page_has_every_trouble() -> None:
    """`docs/troubles.md` names the same troubles in the same order; `tests.write_troubles` writes it anew."""
    page = (Path(__file__).parents[2] / "docs" / "troubles.md").read_text(encoding="utf-8")
    lines = [line.split(" | ")[0].removeprefix("| ") for line in page.splitlines() if line.startswith("| ")]
    found = [re.sub(r" \((each::labs|Oxen\.ai)\)$", "", name) for name in lines]
    named = [name for name in dict.fromkeys(found) if name not in {"trouble", "---"}]
    assert named == [trouble.name for troubles in TABLE.values() for trouble in troubles]
