"""Digests in locks: everything that history ever named, on whatever path and in whatever state."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from seedgen.digest import digest_bytes
from seedgen.errors import UsageError
from seedgen.store.git import find_repository
from seedgen.store.lock_digests import in_folder, in_history
from tests.store.repositories import Checkout, new_repository

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PATH = os.environ.get("PATH")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """An empty repository."""
    return new_repository(tmp_path / "repo")


def clip(name: str) -> str:
    """The digest of a clip that is called so."""
    return digest_bytes(name.encode())


def lock(checkout: Checkout, *names: str, at: str = "seedgen.lock") -> None:
    """A lock that names clips."""
    place = checkout.root / at
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"takes": [{"digest": clip(name)} for name in names]}))


def history(checkout: Checkout, *revisions: str) -> set[str]:
    """Those of the clips a to h that locks of some revisions' history name."""
    repository = find_repository(checkout.root, PATH)
    named = in_history(repository, revisions) if revisions else in_history(repository)
    return {name for name in "abcdefgh" if clip(name) in named.digests}


def test_every_state_of_a_lock_counts(checkout: Checkout) -> None:
    """Also one that was replaced, and one that was deleted."""
    lock(checkout, "a")
    checkout.commit("one")
    lock(checkout, "b")
    checkout.commit("two")
    (checkout.root / "seedgen.lock").unlink()
    checkout.commit("three")
    assert history(checkout) == {"a", "b"}


def test_an_empty_repository_names_nothing(checkout: Checkout) -> None:
    """There is no commit yet."""
    assert history(checkout) == set()


def test_branches_tags_and_stashes_count(checkout: Checkout) -> None:
    """A branch beside ours, a tag on a branch that is gone, and what was put aside."""
    lock(checkout, "a")
    checkout.commit("one")
    checkout.git("switch", "--quiet", "--create", "side")
    lock(checkout, "b")
    checkout.commit("two")
    checkout.git("switch", "--quiet", "--create", "gone", "main")
    lock(checkout, "c")
    checkout.commit("kept-by-its-tag")
    checkout.git("switch", "--quiet", "main")
    checkout.git("branch", "--quiet", "-D", "gone")
    lock(checkout, "d")
    checkout.git("stash", "push", "--quiet")
    assert history(checkout) == {"a", "b", "c", "d"}


def test_a_side_of_a_merge_that_lost_counts(checkout: Checkout) -> None:
    """The merge took our lock; what the other side had made can be gone back to."""
    lock(checkout, "a")
    checkout.commit("one")
    checkout.git("switch", "--quiet", "--create", "side")
    lock(checkout, "b")
    checkout.commit("two")
    checkout.git("switch", "--quiet", "main")
    lock(checkout, "c")
    checkout.commit("three")
    checkout.git("merge", "--quiet", "--strategy", "ours", "side", "--message", "merged")
    checkout.git("branch", "--quiet", "-D", "side")
    checkout.git("tag", "--delete", "two")
    assert history(checkout) == {"a", "b", "c"}


def test_what_only_the_merge_itself_has_counts(checkout: Checkout) -> None:
    """A lock that was put together by hand in a merge."""
    lock(checkout, "a")
    checkout.commit("one")
    checkout.git("switch", "--quiet", "--create", "side")
    checkout.commit("two")
    checkout.git("switch", "--quiet", "main")
    checkout.commit("three")
    checkout.git("merge", "--quiet", "--no-commit", "--no-ff", "side")
    lock(checkout, "b")
    checkout.commit("merged")
    lock(checkout, "c")
    checkout.commit("after")
    assert history(checkout) == {"a", "b", "c"}


def test_locks_of_all_profiles_and_places_count(checkout: Checkout) -> None:
    """A film that was moved, a profile that is gone; a file that is no lock does not count."""
    lock(checkout, "a", at="film/seedgen.lock")
    lock(checkout, "b", at="film/seedgen.final.lock")
    lock(checkout, "c", at="film/notes.json")
    lock(checkout, "c", at="film/seedgen.lock.bak")
    checkout.commit("one")
    (checkout.root / "film").rename(checkout.root / "teaser")
    checkout.commit("two")
    assert history(checkout) == {"a", "b"}


def test_a_lock_that_nobody_can_read_counts(checkout: Checkout) -> None:
    """Conflict markers, another version: the digests in it are digests all the same."""
    text = (
        f'<<<<<<< ours\n{{"digest": "{clip("a")}"}}\n=======\n{{"digest": "{clip("b")}"}}\n>>>>>>> theirs\n'
    )
    (checkout.root / "seedgen.lock").write_text(text)
    checkout.commit("one")
    assert history(checkout) == {"a", "b"}
    assert {clip("a"), clip("b")} <= in_folder(checkout.root).digests


@pytest.mark.parametrize(
    ("revisions", "named"),
    [
        (["one"], {"a"}),
        (["three"], {"a", "b", "c"}),
        (["HEAD"], {"a", "b", "c"}),
        (["two..three"], {"b", "c"}),
        (["three..three"], {"c"}),
        (["side"], {"a", "d"}),
        (["two..three", "side"], {"a", "b", "c", "d"}),
        (["all"], {"a", "b", "c", "d"}),
        (["--all"], {"a", "b", "c", "d"}),
    ],
)
def test_history_can_be_narrowed(checkout: Checkout, revisions: Sequence[str], named: set[str]) -> None:
    """A revision stands for all that led to it; a range for the states from its first to its last."""
    lock(checkout, "a")
    checkout.commit("one")
    checkout.git("branch", "side")
    lock(checkout, "b")
    checkout.commit("two")
    lock(checkout, "c")
    checkout.commit("three")
    checkout.git("switch", "--quiet", "side")
    lock(checkout, "d")
    checkout.commit("beside")
    checkout.git("switch", "--quiet", "main")
    assert history(checkout, *revisions) == named


@pytest.mark.parametrize(
    "asked", ["nope", "nope..HEAD", "HEAD..nope", "..", "HEAD..", "a...b", "", "--output=x"]
)
def test_what_names_no_history_is_an_error(checkout: Checkout, asked: str) -> None:
    """A slip of the pen must not make less be kept."""
    lock(checkout, "a")
    checkout.commit("one")
    with pytest.raises(UsageError):
        history(checkout, asked)


def test_a_clone_that_is_not_deep_says_what_it_has(checkout: Checkout, tmp_path: Path) -> None:
    """What was cut off cannot be known; the oldest commit that is there counts whole."""
    for number, name in enumerate("abc"):
        lock(checkout, name)
        checkout.commit(f"t{number}")
    clone = tmp_path / "clone"
    checkout.git("clone", "--quiet", "--depth", "2", f"file://{checkout.root}", str(clone))
    assert history(Checkout(clone)) == {"b", "c"}
