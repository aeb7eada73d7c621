"""Profiles: each with its own lock and outputs, one cache for all; what two ask for alike is paid once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.studio import applied as apply_at_service
from tests.cli.studio import studio
from tests.film import SHOTS, Film

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator import Emulator

LONG = ("--profile", "long")


@pytest.fixture
def studio_film(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """Three shots at a service; `same` asks for what no profile asks for, by other words."""
    film = studio(tmp_path / "film", emulator, monkeypatch)
    film.edit("  free: {", "  same: {resolution: 480p}\n  free: {")
    return film


@pytest.mark.parametrize("lost", [False, True])
def test_a_shot_that_asks_for_the_same_is_promoted_for_nothing(
    studio_film: Film, emulator: Emulator, *, lost: bool
) -> None:
    """One command, no submit; also when the database of takes is lost, for the other lock knows the take."""
    assert apply_at_service(studio_film).code == 0
    if lost:
        shutil.rmtree(studio_film.cache / "takes")
    assert studio_film.actions(before=("--profile", "same")) == dict.fromkeys(
        ("door", "roof", "wall"), "reuse"
    )
    ran = apply_at_service(studio_film, "--select", "door", before=("--profile", "same"))
    assert ran.code == 0
    assert len(emulator.submits) == 3
    promoted = studio_film.lock("seedgen.same.lock").shots
    assert promoted == {"door": studio_film.lock().shots["door"]}
    assert set(studio_film.actions(before=("--profile", "same")).values()) == {"reuse"}
    assert studio_film.actions() == {}


def test_of_two_locks_the_own_one_is_believed(studio_film: Film) -> None:
    """A shot was made anew under one profile, then the database was lost: each lock keeps its clip."""
    assert apply_at_service(studio_film).code == 0
    assert apply_at_service(studio_film, before=("--profile", "same")).code == 0
    assert apply_at_service(studio_film, "--replace", "door", before=("--profile", "same")).code == 0
    locks = [(studio_film.root / f"seedgen{name}.lock").read_bytes() for name in ("", ".same")]
    shutil.rmtree(studio_film.cache / "takes")
    for before in ((), ("--profile", "same")):
        assert studio_film.actions(before=before) == {}
        assert apply_at_service(studio_film, before=before).code == 0
    assert [(studio_film.root / f"seedgen{name}.lock").read_bytes() for name in ("", ".same")] == locks


def test_a_broken_lock_of_another_profile_disturbs_nobody(applied: Film) -> None:
    """It is that profile's business, also where takes are looked up in it."""
    applied.write({"seedgen.long.lock": "<<<<<<< ours\n"})
    shutil.rmtree(applied.cache / "takes")
    applied.edit("how: open", "how: ajar")
    assert applied.actions() == {"s1": "regenerate"}
    assert applied.apply().submitted == ["s1"]


def test_profiles_do_not_touch_each_others_outputs(applied: Film) -> None:
    """Lock, clips, reel, sheet and page of each stand by themselves."""
    before = applied.standing()
    applied.apply("--select", "s1", before=LONG)
    after = applied.standing()
    build = {name: state for name, state in before.items() if name.startswith(("build/", "seedgen"))}
    assert {name: after[name] for name in build} == build
    assert {"build/long/main.mp4", "build/long/clips/s1.mp4", "seedgen.long.lock"} <= set(after)
    assert "build/long/clips/s2.mp4" not in after


def test_every_command_that_looks_follows_the_profile(applied: Film) -> None:
    """One shot of three is promoted: reel, storyboard, export and costs are those of its profile."""
    applied.apply("--select", "s1", before=LONG)
    assert "s2, s3" in applied.run(*LONG, "plan").out.splitlines()[-1]
    assert applied.run(*LONG, "reel").code == 0
    edl = applied.run(*LONG, "export", "edl", "-o", "-").out
    assert "FROM CLIP NAME: s1.mp4" in edl
    assert "COMMENT: s2 HAS NO CLIP YET" in edl
    page = (applied.root / "build/long/storyboard.html").read_text()
    assert "clips/s1.mp4" in page
    assert "clips/s2.mp4" not in page
    assert "1 take rendered locally" in applied.run(*LONG, "costs").out
    assert f"{len(SHOTS) + 1} takes rendered locally" in applied.run("costs").out
