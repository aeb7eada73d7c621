"""`seedgen retry`: what moderation refused is remembered until somebody says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.studio import applied, detached, in_doubt, states, studio
from tests.emulator import Emulator
from tests.emulator.faults import moderated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film


@pytest.fixture
def film(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """Three shots, of which the service refuses the two with `hero` for their content."""
    film = studio(tmp_path / "film", emulator, monkeypatch)
    emulator.add(moderated("oxen", "red"))
    emulator.add(moderated("oxen", "pale"))
    assert applied(film).code == 1
    return film


def test_a_refused_shot_is_submitted_again_after_a_retry(film: Film, emulator: Emulator) -> None:
    """Not before, and not by the retry itself."""
    assert film.actions() == {"door": "blocked", "roof": "blocked"}
    assert applied(film).code == 1
    ran = film.run("retry", "door")
    assert (ran.code, ran.out) == (0, "")
    assert "door  may be submitted again" in ran.err
    assert "Nothing was submitted. `seedgen apply` does that." in ran.err
    assert len(emulator.submits) == 3
    assert film.actions() == {"door": "generate", "roof": "blocked"}
    assert applied(film).code == 1  # the roof is refused still
    assert [submit.prompt for submit in emulator.submits].count("A red door.") == 2
    assert set(film.lock().shots) == {"door", "wall"}


@pytest.mark.parametrize("typed", ["tag:hero", "'*o*'", "door roof", "tag:hero,d* roof"])
def test_shots_are_chosen_as_for_a_plan(typed: str, film: Film) -> None:
    """Ids, globs and tags; arguments unite, commas intersect."""
    assert film.run("retry", *typed.replace("'", "").split()).code == 0
    assert film.actions() == {"door": "generate", "roof": "generate"}


def test_the_list_says_what_was_refused_and_what_to_type(film: Film) -> None:
    """The command in the list is the one that helps."""
    ran = film.run("jobs")
    assert "refused by moderation" in ran.out
    assert "`seedgen retry door`" in ran.out
    assert states(film) == {"door": "rejected", "roof": "rejected"}


def test_a_shot_without_a_refusal_is_named(film: Film) -> None:
    """Nothing is wrong with asking; what there is to know is said."""
    ran = film.run("retry", "wall")
    assert ran.code == 0
    assert "Nothing was refused for wall" in ran.err
    assert "Nothing was submitted" not in ran.err


@pytest.mark.parametrize("typed", ["nobody", "", "tag:none"])
def test_a_shot_that_does_not_exist_is_an_error(typed: str, film: Film) -> None:
    """A typing mistake must not look like a success."""
    ran = film.run("retry", typed)
    assert (ran.code, ran.out) == (1, "")
    assert film.actions() == {"door": "blocked", "roof": "blocked"}


def test_a_twin_that_is_blocked_by_the_refusal_can_be_retried(film: Film) -> None:
    """Two shots with the same request share its refusal; whichever is named lifts it for both."""
    film.edit("{id: wall, prompt: A bare wall.}", "{id: wall, prompt: A red door.}")
    assert film.actions()["wall"] == "blocked"
    assert film.run("retry", "wall").code == 0
    assert film.actions()["wall"] == "reuse"
    assert film.actions()["door"] == "generate"


def test_under_a_profile_only_its_refusals_are_lifted(film: Film) -> None:
    """Those of other profiles stand."""
    ran = film.run("--profile", "each", "retry", "door")
    assert "Nothing was refused for door" in ran.err
    assert states(film) == {"door": "rejected", "roof": "rejected"}


def test_a_doubt_is_not_lifted_by_a_retry(film: Film, emulator: Emulator) -> None:
    """It may have been billed: the message names the command that finds out."""
    in_doubt(film, emulator, "wall")
    ran = film.run("retry", "*")
    assert ran.code == 1
    assert "wall  is in doubt, not refused: `seedgen jobs resolve wall --take 1`" in ran.err
    assert states(film) == {"wall": "in_doubt"}


def test_a_job_in_flight_is_left_alone(tiny_clip: Path, film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was not refused, and is said to be in flight."""
    with Emulator(tiny_clip, hold=True) as busy:
        monkeypatch.setenv("EACHLABS_BASE_URL", busy.eachlabs_url)
        detached(film, "--select", "wall", before=("--profile", "each"))
        ran = film.run("retry", "wall")
        assert ran.code == 0
        assert "its job is in flight" in ran.err
        assert states(film)["wall"] == "in_flight"
