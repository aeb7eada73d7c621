"""Another machine, or a lost cache: what the lock names is fetched again before it is paid again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.studio import applied, studio
from tests.emulator import Do, Fault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator import Emulator
    from tests.film import Film


@pytest.fixture
def film(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """Three shots that a service has made."""
    film = studio(tmp_path / "film", emulator, monkeypatch)
    assert applied(film).code == 0
    return film


def lose_the_cache(film: Film) -> None:
    """What a clone of the repository has not."""
    shutil.rmtree(film.root / ".seedgen")


def test_a_clone_gets_its_clips_from_who_made_them(film: Film, emulator: Emulator) -> None:
    """The lock names job and digest: the very bytes come back, nothing is submitted, the lock stays."""
    lock, clips = (film.root / "seedgen.lock").read_bytes(), film.objects
    lose_the_cache(film)
    plan = film.run("plan").out
    assert "an apply asks oxen for it first" in plan
    ran = film.run("apply", "--auto-approve", "--no-reel", "--allow-unpriced")
    assert ran.code == 0
    assert "3 clips of the lock not in the cache; oxen gave back 3 at no cost" in ran.err
    assert film.objects == clips
    assert len(emulator.submits) == 3
    assert (film.root / "seedgen.lock").read_bytes() == lock


def test_what_the_service_has_no_more_is_planned_with_its_price(film: Film, emulator: Emulator) -> None:
    """Its results have expired: the plan says what it costs to make anew, and nothing is made unasked."""
    lose_the_cache(film)
    emulator.add(Fault(None, "download", Do.ANSWER, times=None, status=410, body="gone"))
    ran = film.run("apply", "--no-reel")
    assert ran.code == 1
    assert "gave back 0" in ran.err
    assert "--cache-dir" in ran.err
    assert len(emulator.submits) == 3
    assert set(film.actions().values()) == {"regenerate"}


def test_other_bytes_are_not_taken_for_the_clip(film: Film, emulator: Emulator) -> None:
    """The service gives something else than what was recorded: it is not put under that name."""
    lose_the_cache(film)
    emulator.add(Fault(None, "download", Do.CORRUPT, times=None))
    assert "gave back 0" in film.run("apply", "--no-reel").err
    assert film.objects == set()
