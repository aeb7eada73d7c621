"""Locks of two branches: merged by git itself with our driver, or after a conflict, at no cost."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.film import Film
from tests.store.repositories import Checkout, new_repository

if TYPE_CHECKING:
    from pathlib import Path

IGNORED = ".seedgen/\nbuild/\n"


@pytest.fixture
def branches(applied: Film) -> tuple[Film, Checkout]:
    """Two branches, each of which edited and applied another shot; `main` is checked out."""
    checkout = new_repository(applied.root)
    applied.write({".gitignore": IGNORED})
    checkout.commit("begun")
    checkout.git("branch", "side")
    applied.edit("{how: open}", "{how: ajar}")
    applied.apply("--no-reel")
    checkout.commit("ours")
    checkout.git("checkout", "--quiet", "side")
    applied.edit("{sky: pale}", "{sky: dark}")
    applied.apply("--no-reel")
    checkout.commit("theirs")
    checkout.git("checkout", "--quiet", "main")
    return applied, checkout


def merge(checkout: Checkout) -> int:
    """Merge the other branch; git's exit code."""
    command = ["git", "-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "merge", "side"]
    quiet = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    return subprocess.run(
        command, cwd=checkout.root, env=quiet, capture_output=True, check=False, timeout=60
    ).returncode


def clips(film: Film) -> dict[str, str]:
    """Prompts and clips of the lock."""
    return {shot: f"{entry.request.prompt} {film.digest(shot)}" for shot, entry in film.lock().shots.items()}


def with_driver(checkout: Checkout) -> None:
    """As docs/repository.md says."""
    (checkout.root / ".gitattributes").write_text("seedgen*.lock merge=seedgen\n")
    checkout.git("config", "merge.seedgen.name", "seedgen.lock, shot by shot")
    checkout.git("config", "merge.seedgen.driver", f"{sys.executable} -m seedgen merge-lock %O %A %B")


def test_either_side_and_an_apply_give_both_at_no_cost(branches: tuple[Film, Checkout]) -> None:
    """Without anything set up: git stops, the message says what to do, and the cache has the rest."""
    film, checkout = branches
    assert merge(checkout) == 1
    ran = film.run("plan")
    assert (ran.code, ran.out) == (1, "")
    assert "seedgen.lock has conflict markers" in ran.err
    assert "`seedgen merge-lock` puts both sides together" in ran.err
    for side in ("--ours", "--theirs"):
        checkout.git("checkout", side, "seedgen.lock")
        assert list(film.actions().values()) == ["reuse"]
    ran = film.apply("--no-reel")
    assert ran.submitted == []
    assert film.actions() == {}
    assert "ajar" in clips(film)["s1"]
    assert "dark" in clips(film)["s3"]


def test_a_lock_in_conflict_is_merged_by_one_command(branches: tuple[Film, Checkout]) -> None:
    """Both new clips are in it, nothing is left to do, and git is told by the one who merges."""
    film, checkout = branches
    assert merge(checkout) == 1
    ran = film.run("merge-lock")
    assert ran.code == 0, ran.err
    assert "seedgen.lock is merged: 3 shots. Next: `git add seedgen.lock`, then plan." in ran.err
    assert film.actions() == {}
    assert film.lock().serial == 3
    checkout.git("add", "seedgen.lock")
    assert checkout.git("diff", "--name-only", "--diff-filter=U") == ""


def test_with_the_driver_git_merges_by_itself(branches: tuple[Film, Checkout]) -> None:
    """No conflict, no cost, and a lock with the clips of both."""
    film, checkout = branches
    with_driver(checkout)
    assert merge(checkout) == 0
    assert film.actions() == {}
    assert film.lock().serial == 3
    assert "ajar" in clips(film)["s1"]
    assert "dark" in clips(film)["s3"]


def test_a_clone_without_the_cache_keeps_the_records_of_both(
    branches: tuple[Film, Checkout], tmp_path: Path
) -> None:
    """With one side taken, what the other paid for would be known to nobody there; merged, it is."""
    film, checkout = branches
    with_driver(checkout)
    before = clips(film)["s1"]
    assert merge(checkout) == 0
    checkout.git("commit", "--quiet", "--allow-empty", "--message", "merged")
    checkout.git("clone", "--quiet", str(checkout.root), str(tmp_path / "clone"))
    there = Film(tmp_path / "clone")
    assert clips(there)["s1"] == before
    assert {c["reasons"][0] for c in there.plan()["changes"]} == {"object_missing"}


def test_two_clips_for_one_shot_stay_a_conflict(branches: tuple[Film, Checkout]) -> None:
    """Both were wanted by somebody: git stops, with markers around that shot alone."""
    film, checkout = branches
    with_driver(checkout)
    checkout.commit("driver")
    checkout.git("checkout", "--quiet", "side")
    film.edit("{how: open}", "{how: shut}")
    film.apply("--no-reel")
    checkout.commit("both")
    checkout.git("checkout", "--quiet", "main")
    assert merge(checkout) == 1
    text = (film.root / "seedgen.lock").read_text()
    assert text.count("<<<<<<< ours\n") == 1
    assert "dark" in text
    assert '"s1": {' in text.partition("<<<<<<< ours\n")[2].partition("=======")[0]
    ran = film.run("merge-lock")
    assert ran.code == 1
    assert "Both sides gave another clip to s1." in ran.err


def test_what_is_not_in_conflict_is_not_merged(applied: Film) -> None:
    """Outside of a repository, and inside of one where nothing is unmerged."""
    ran = applied.run("merge-lock")
    assert ran.code == 1
    assert "is not in a git repository" in ran.err
    new_repository(applied.root).commit("begun")
    ran = applied.run("merge-lock")
    assert (ran.code, "seedgen.lock is not in conflict" in ran.err) == (1, True)


def test_markers_in_a_lock_that_git_calls_merged_have_a_way_out(branches: tuple[Film, Checkout]) -> None:
    """An early `git add` is undone and the locks are merged; the committed lock is the other way."""
    film, checkout = branches
    assert merge(checkout) == 1
    checkout.git("add", "seedgen.lock")
    ran = film.run("merge-lock")
    assert ran.code == 1
    for command in ("checkout --merge seedgen.lock", "checkout HEAD -- seedgen.lock"):
        assert f"`git {command}`" in ran.err
    checkout.git("checkout", "HEAD", "--", "seedgen.lock")
    assert film.run("plan").code == 0
    checkout.git("checkout", "--merge", "seedgen.lock")
    assert film.run("merge-lock").code == 0


def test_files_that_are_no_locks_are_left_as_they_are(applied: Film) -> None:
    """Two files are too few, and a damaged side is an error that changes nothing."""
    lock = applied.root / "seedgen.lock"
    whole = lock.read_bytes()
    ran = applied.run("merge-lock", str(lock), str(lock))
    assert (ran.code, "takes three files, or none" in ran.err) == (1, True)
    applied.write({"base": b"", "theirs": b"{"})
    paths = [str(applied.root / name) for name in ("base", "seedgen.lock", "theirs")]
    ran = applied.run("merge-lock", *paths)
    assert (ran.code, "theirs is damaged" in ran.err) == (1, True)
    assert lock.read_bytes() == whole
