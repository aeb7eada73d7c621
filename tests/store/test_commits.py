"""Commits: many changes asked for side by side are few commits, and each asker hears of its own."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING

import pytest

from seedgen.errors import StoreError
from seedgen.store.commits import Changes, Commits
from seedgen.store.json_cache import TextCache

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

PATIENCE_S = 10


def entry(number: int) -> Changes:
    """A change by its number."""
    return {f"k{number}": "v"}, ()


def test_what_is_asked_for_during_a_commit_waits_for_the_next_and_shares_it() -> None:
    """One commit is held up; the nine that come meanwhile are written by a single second one, in order."""
    begun, let_go = threading.Event(), threading.Event()
    batches: list[list[Changes]] = []

    def write(changes: Sequence[Changes]) -> None:
        batches.append(list(changes))
        begun.set()
        assert let_go.wait(PATIENCE_S)

    async def play() -> None:
        commits = Commits(write, "test")
        first = asyncio.ensure_future(commits.wait_for(entry(0)))
        await asyncio.to_thread(begun.wait, PATIENCE_S)
        others = [asyncio.ensure_future(commits.wait_for(entry(n))) for n in range(1, 10)]
        await asyncio.sleep(0)
        let_go.set()
        await asyncio.gather(first, *others)
        commits.end(lambda: None)

    asyncio.run(play())
    assert batches == [[entry(0)], [entry(n) for n in range(1, 10)]]


def test_each_asker_hears_of_a_failure_and_the_next_commit_goes_on() -> None:
    """A full disk fails everybody of the batch; once there is room, later ones are written."""
    full = True

    def write(changes: Sequence[Changes]) -> None:
        if full:
            raise StoreError("no space left")

    async def play() -> None:
        nonlocal full
        commits = Commits(write, "test")
        told = await asyncio.gather(*(commits.wait_for(entry(n)) for n in range(3)), return_exceptions=True)
        assert [str(error) for error in told] == ["no space left"] * 3
        full = False
        await commits.wait_for(entry(4))
        commits.end(lambda: None)

    asyncio.run(play())


def test_who_stops_waiting_holds_up_nobody(tmp_path: Path) -> None:
    """An asker that was cancelled leaves its change to be written, and the others their answers."""

    async def play() -> TextCache:
        cache = TextCache(tmp_path)
        gone = asyncio.ensure_future(cache.commit({"gone": "1"}))
        stays = asyncio.ensure_future(cache.commit({"stays": "2"}))
        await asyncio.sleep(0)
        gone.cancel()
        await stays
        with pytest.raises(asyncio.CancelledError):
            await gone
        return cache

    cache = asyncio.run(play())
    assert sorted(cache.get_many(["gone", "stays"])) == [("gone", "1"), ("stays", "2")]
    cache.close()


def test_what_was_committed_is_there_for_who_comes_next(tmp_path: Path) -> None:
    """A hundred at once; another opener of the folder finds them all, and what was taken away is gone."""

    async def play() -> None:
        cache = TextCache(tmp_path)
        await asyncio.gather(*(cache.commit({f"k{n}": str(n)}) for n in range(100)))
        await cache.commit({"new": "x"}, gone=["k0"])
        cache.close()

    asyncio.run(play())
    other = TextCache(tmp_path)
    assert sorted(other.values()) == sorted([*(str(n) for n in range(1, 100)), "x"])
    other.close()
