"""A page says in which commit the lock stands that it shows, and nothing where there is none."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from seedgen.store.committed import commit_of
from tests.store.repositories import new_repository

if TYPE_CHECKING:
    from pathlib import Path

    from tests.store.repositories import Checkout

PATH = os.environ["PATH"]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A repository with a lock in a folder of it."""
    made = new_repository(tmp_path / "studio")
    (made.root / "film").mkdir()
    (made.root / "film" / "seedgen.lock").write_text("{}\n")
    return made


def test_a_committed_lock_has_its_commit(checkout: Checkout) -> None:
    """Also when the commit that is checked out changed other files."""
    lock = checkout.root / "film" / "seedgen.lock"
    assert commit_of(lock, PATH) is None
    first = checkout.commit("first")
    assert commit_of(lock, PATH) == first[:7]
    (checkout.root / "notes.txt").write_text("later")
    second = checkout.commit("second")
    assert commit_of(lock, PATH) == second[:7]


def test_a_changed_lock_has_none(checkout: Checkout) -> None:
    """Whether the change is staged or not."""
    checkout.commit("first")
    lock = checkout.root / "film" / "seedgen.lock"
    lock.write_text('{"serial": 1}\n')
    assert commit_of(lock, PATH) is None
    checkout.git("add", "--all")
    assert commit_of(lock, PATH) is None


def test_outside_a_repository_and_without_git_there_is_none(checkout: Checkout, tmp_path: Path) -> None:
    """Nothing depends on it: no error either."""
    checkout.commit("first")
    assert commit_of(checkout.root / "film" / "seedgen.lock", None) is None
    assert commit_of(checkout.root / "film" / "gone.lock", PATH) is None
    (tmp_path / "seedgen.lock").write_text("{}\n")
    assert commit_of(tmp_path / "seedgen.lock", PATH) is None
