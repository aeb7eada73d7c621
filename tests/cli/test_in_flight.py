"""Jobs that go on without us: every printed command collects them, and no other profile forgets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.studio import applied, detached, studio
from tests.emulator import Emulator

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film

EACH = ("--profile", "each")


@pytest.fixture
def film(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """Three shots, nothing applied."""
    return studio(tmp_path / "film", emulator, monkeypatch)


def test_a_hint_names_the_profile_that_it_is_about(film: Film, emulator: Emulator) -> None:
    """Typed as it stands it collects these jobs, and not those of the project without a profile."""
    told = applied(film, "--detach", before=EACH).err
    assert "`seedgen --profile each apply` collects the clips" in told


def test_another_profile_says_that_they_are_there(film: Film, emulator: Emulator) -> None:
    """A plan and an apply without the profile leave them alone, and name the command that collects them."""
    detached(film, before=EACH)
    for command in (("plan",), ("--profile", "free", "apply", "--auto-approve", "--no-reel")):
        told = film.run(*command).err
        assert "3 jobs in flight under the profile each: `seedgen --profile each apply` collects" in told
    collected = film.apply("--no-reel", before=EACH)
    assert collected.events[-1]["resumed"] == 3
    assert len(emulator.submits) == 3
    assert "in flight" not in film.run("plan").err


def test_a_detached_apply_now_and_then_moves_a_chain_on(film: Film, emulator: Emulator) -> None:
    """Each fetches what has ended meanwhile and submits what continues it: nobody has to stay."""
    film.edit("A bare wall.", "A bare wall., from_shot: {id: door}")
    told = [detached(film, before=EACH).events[-1] for _ in range(3)]
    assert [one["left"] for one in told] == [2, 1, 0]
    assert [one["resumed"] for one in told] == [0, 2, 1]
    assert [submit.prompt for submit in emulator.submits][2:] == ["A bare wall."]
    assert set(film.lock("seedgen.each.lock").shots) == {"door", "wall", "roof"}


def test_a_detached_apply_leaves_what_goes_on(
    tmp_path: Path, tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that has not ended is asked about and left, one of an edited prompt too; both come home later."""
    with Emulator(tiny_clip, hold=True) as busy:
        film = studio(tmp_path / "film", busy, monkeypatch)
        detached(film, "--select", "door", before=EACH)
        film.edit("A red door.", "A blue door.")
        assert detached(film, before=EACH).events[-1]["left"] == 4
        busy.finish()
        last = detached(film, before=EACH).events[-1]
        assert (last["left"], last["resumed"], last["collected"]) == (0, 3, 1)
        assert len(busy.submits) == 4
