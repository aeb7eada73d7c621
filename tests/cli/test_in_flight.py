"""Jobs that go on without us: every printed command collects them, and no other profile forgets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.studio import detached, studio
from tests.emulator.fixtures import emulator, tiny_clip  # noqa: F401

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator import Emulator
    from tests.film import Film

EACH = ("--profile", "each")


@pytest.fixture
def film(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:  # noqa: F811
    """Three shots, nothing applied."""
    return studio(tmp_path / "film", emulator, monkeypatch)


def test_a_hint_names_the_profile_that_it_is_about(film: Film, emulator: Emulator) -> None:  # noqa: F811
    """Typed as it stands it collects these jobs, and not those of the project without a profile."""
    ran = detached(film, before=EACH)
    assert ran.events[-1]["left"] == 3
    told = film.run(*EACH, "apply", "--detach", "--auto-approve", "--no-reel").err
    assert "`seedgen --profile each apply` collects the clips" in told


def test_another_profile_says_that_they_are_there(film: Film, emulator: Emulator) -> None:  # noqa: F811
    """A plan and an apply without the profile leave them alone, and name the command that collects them."""
    detached(film, before=EACH)
    for command in (("plan",), ("--profile", "free", "apply", "--auto-approve", "--no-reel")):
        told = film.run(*command).err
        assert "3 jobs in flight under the profile each: `seedgen --profile each apply` collects" in told
    collected = film.apply("--no-reel", before=EACH)
    assert collected.events[-1]["resumed"] == 3
    assert len(emulator.submits) == 3
    assert "in flight" not in film.run("plan").err
