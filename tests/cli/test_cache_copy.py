"""`cache push` and `pull`: clips go from cache to cache, checked on their way, and nothing is overwritten."""

from __future__ import annotations

import json
import shutil
import signal
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from seedgen.views.schemas import schema_text
from tests.cli.test_cache import damage
from tests.film import Film, clips_in
from tests.store.processes import process

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    """An empty folder on a shared drive."""
    place = tmp_path / "drive"
    place.mkdir()
    return place


def clone(film: Film, place: Path) -> Film:
    """What is in git, without the cache."""
    shutil.copytree(film.root, place, ignore=shutil.ignore_patterns(".seedgen", "build"))
    return Film(place)


def copied(film: Film, *arguments: str, code: int = 0) -> dict[str, Any]:
    """The document of a copy, which follows its schema."""
    ran = film.run("cache", *arguments, "--json")
    assert (ran.code, ran.err) == (code, ""), ran.err
    value: dict[str, Any] = json.loads(ran.out)
    jsonschema_rs.validator_for(json.loads(schema_text("cache-copy"))).validate(value)
    return value


def test_clips_reach_a_clone_by_a_shared_drive(applied: Film, drive: Path, tmp_path: Path) -> None:
    """Pushed here, pulled there: the clone has nothing to generate, and the same bytes."""
    ran = applied.run("cache", "push", str(drive))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Copied 3 clips, ")
    other = clone(applied, tmp_path / "clone")
    assert other.run("cache", "pull", str(drive)).code == 0
    assert other.objects == applied.objects
    assert other.actions() == {}
    assert other.run("cache", "verify").code == 0
    assert other.run("--cache-dir", str(drive), "cache", "verify").code == 0


def test_a_second_copy_copies_nothing(applied: Film, drive: Path) -> None:
    """Everything is there already, records too."""
    first, second = copied(applied, "push", str(drive)), copied(applied, "push", str(drive))
    assert (first["copied"]["count"], first["records"]) == (3, 3)
    assert (second["copied"]["count"], second["present"]["count"], second["records"]) == (0, 3, 0)


def test_only_what_the_locks_use_is_copied_unless_all_is(applied: Film, drive: Path) -> None:
    """An old clip stays at home; with `--all` it goes along, and its take is known there."""
    old = applied.digest("s1")
    applied.edit("how: open", "how: ajar")
    applied.apply("--no-reel")
    applied.run("cache", "push", str(drive))
    assert old not in clips_in(drive)
    assert copied(applied, "push", str(drive), "--all")["records"] == 1
    assert clips_in(drive) == applied.objects
    shutil.rmtree(applied.cache)
    assert applied.run("cache", "pull", str(drive), "--all").code == 0
    applied.edit("how: ajar", "how: open")
    assert applied.actions() == {"s1": "reuse"}


def test_a_damaged_clip_is_not_spread(applied: Film, drive: Path) -> None:
    """It is told with its shot; the others go, and nothing half stands at the other end."""
    damage(applied.object("s2"))
    ran = applied.run("cache", "push", str(drive))
    assert ran.code == 1
    assert f"damaged  {applied.digest('s2')[:12]}…  seedgen.lock s2" in ran.out
    assert "Copied 2 clips" in ran.out
    assert clips_in(drive) == {applied.digest("s1"), applied.digest("s3")}
    assert applied.run("--cache-dir", str(drive), "cache", "ls").code == 0
    assert not list((drive / "incoming").iterdir())


def test_nothing_is_overwritten(applied: Film, drive: Path) -> None:
    """A clip of another size at the other end is left, and told."""
    applied.run("cache", "push", str(drive))
    digest = applied.digest("s1")
    place = drive / "objects" / digest[:2] / f"{digest[2:]}.mp4"
    place.chmod(0o644)
    place.write_bytes(b"short")
    found = copied(applied, "push", str(drive), code=1)
    assert found["differing"] == [digest]
    assert place.read_bytes() == b"short"


def test_what_neither_has_is_told(applied: Film, drive: Path, tmp_path: Path) -> None:
    """With its shot; the rest comes."""
    applied.object("s3").unlink()
    assert copied(applied, "push", str(drive), code=1)["missing"] == [applied.digest("s3")]
    other = clone(applied, tmp_path / "clone")
    ran = other.run("cache", "pull", str(drive))
    assert (ran.code, "seedgen.lock s3\n      in neither cache" in ran.out) == (1, True)
    assert other.actions() == {"s3": "regenerate"}


def test_another_project_can_be_named(applied: Film, tmp_path: Path) -> None:
    """By its folder: its cache is meant."""
    other = clone(applied, tmp_path / "clone")
    assert other.run("cache", "pull", str(applied.root)).code == 0
    assert other.actions() == {}


def test_a_folder_that_is_not_there_is_not_made(applied: Film, tmp_path: Path) -> None:
    """A drive that is not mounted must not have its clips written beneath it."""
    ran = applied.run("cache", "push", str(tmp_path / "mnt"))
    assert (ran.code, "is mounted" in ran.err) == (1, True)
    assert not (tmp_path / "mnt").exists()


def test_the_own_cache_is_no_other(applied: Film) -> None:
    """By either name."""
    for place in (applied.root, applied.cache):
        assert "own cache" in applied.run("cache", "push", str(place)).err


KILLED = """
import os, signal, sys
from seedgen.cli.main import run
left = 2
def watch(event, arguments):
    global left
    if event == "os.rename" and "/objects/" in str(arguments[1]):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
sys.exit(run(["-C", sys.argv[1], "cache", "push", sys.argv[2]]))
"""


def test_a_killed_copy_goes_on_where_it_ended(applied: Film, drive: Path) -> None:
    """Right before its second clip is put into place: one is there, whole; the next copy brings two."""
    with process(KILLED, applied.root, drive) as child:
        assert child.wait(60) == -signal.SIGKILL
    assert len(clips_in(drive)) == 1
    again = copied(applied, "push", str(drive))
    assert (again["copied"]["count"], again["present"]["count"], again["records"]) == (2, 1, 3)
    assert applied.run("--cache-dir", str(drive), "cache", "verify").code == 0
