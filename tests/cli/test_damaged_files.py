"""Damaged files: a lock, a plan or a cache that somebody spoilt is refused in words, or does no harm."""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from seedgen.errors import LockUnreadable, StoreError
from seedgen.planning.lock_merge import merge_locks
from seedgen.ports.store import JournalEntry, Stage
from seedgen.store.journal import JobJournal
from seedgen.store.json_cache import TextCache
from seedgen.store.lockfile import read_lock
from seedgen.store.standing import STANDING
from seedgen.store.takes import TakeStore
from tests.film import NO_CHANGES, Film, new_film
from tests.fuzzing import damaged, documents, laws, spoilt

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


LOOKING = (
    ("plan",),
    ("plan", "--json", "--all"),
    ("status",),
    ("show", "s1", "--json"),
    ("costs",),
    ("jobs",),
)
"""Commands that read everything there is, and write nothing that counts."""


def in_words(film: Film, *arguments: str) -> int:
    """The exit code of a command that says what is wrong, if anything, in words that can be written."""
    ran = film.run(*arguments)
    said = ran.out + ran.err
    assert "bug in seedgen" not in said, (arguments, ran.err)
    assert said.encode()
    assert len(said) < 100_000
    assert ran.code in (0, 1)
    assert ran.code == 0 or said, arguments
    return ran.code


@pytest.fixture(scope="module")
def kept(_applied_once: Film, tmp_path_factory: pytest.TempPathFactory) -> Film:
    """The applied film, for a whole module: its files are spoilt, and nothing of it is made anew."""
    root = tmp_path_factory.mktemp("kept") / "film"
    shutil.copytree(_applied_once.root, root)
    return Film(root)


@pytest.fixture
def lock(kept: Film) -> Iterator[dict[str, Any]]:
    """The lock as it was before, which it is again afterwards."""
    file = kept.root / "seedgen.lock"
    sound = file.read_bytes()
    yield json.loads(sound)
    file.write_bytes(sound)


# -- the lock ----------------------------------------------------------------------------------------


@laws(20)
@given(data=st.data())
def test_a_damaged_lock_is_refused_or_read(data: st.DataObject, lock: dict[str, Any], kept: Film) -> None:
    """Half of it, with conflict markers, of another version, with wrong types and numbers without end."""
    (kept.root / "seedgen.lock").write_bytes(data.draw(documents(lock)))
    for command in LOOKING:
        in_words(kept, *command)


@laws(200)
@given(data=st.data())
def test_a_lock_that_can_be_read_can_be_written_and_merged(data: st.DataObject, lock: dict[str, Any]) -> None:
    """It comes back as it was; merged with itself it is itself; the sound one takes what it has."""
    content = data.draw(documents(lock))
    sound = read_lock("seedgen.lock", json.dumps(lock).encode())
    try:
        found = read_lock("seedgen.lock", content)
    except LockUnreadable:
        return
    assert read_lock("seedgen.lock", found.to_text().encode()) == found
    assert merge_locks(sound, found, found).ours == found
    merged = merge_locks(sound, found, sound)
    assert merged.ours.shots == found.shots
    assert merge_locks(found, sound, found).ours.shots == sound.shots


# -- saved plans -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plans(kept: Film, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """A plan of the applied film, in which nothing is to do, and one of the same film before."""
    fresh = new_film(tmp_path_factory.mktemp("fresh"))
    found = []
    for film in (kept, fresh):
        file = film.root / "plan.json"
        assert film.run("plan", "-o", str(file)).code == 0
        found.append(json.loads(file.read_bytes()))
    return found


@laws(60)
@given(data=st.data())
def test_a_damaged_plan_is_refused_or_true(data: st.DataObject, plans: list[Any], kept: Film) -> None:
    """It is data: whatever stands in it, nothing is made that the project does not ask for."""
    file = kept.root / "plan.json"
    file.write_bytes(data.draw(st.sampled_from(range(2)).flatmap(lambda n: documents(plans[n]))))
    before = kept.objects, (kept.root / "seedgen.lock").read_bytes()
    in_words(kept, "show", str(file))
    ran = kept.run("apply", str(file), "--no-reel")
    assert "bug in seedgen" not in ran.err, ran.err
    assert ran.code == 1 or NO_CHANGES in ran.out
    assert before == (kept.objects, (kept.root / "seedgen.lock").read_bytes())


# -- the cache ---------------------------------------------------------------------------------------

ENTRIES = TypeAdapter(JournalEntry)


def entry(film: Film) -> JournalEntry:
    """A job for the film's first shot whose answer was lost."""
    shot = film.lock().shots["s1"]
    return JournalEntry(
        fingerprint=shot.key,
        first=shot.key,
        provider="local",
        model="animatic",
        stage=Stage.AMBIGUOUS,
        project="film",
        shot="s1",
        take=1,
        request=shot.request.canonical(),
        submitted_at=datetime(2026, 5, 1, tzinfo=UTC),
        job_id="j-1",
        message="dropped",
        estimate_usd=Decimal("0.44"),
        cost_usd=Decimal("0.40"),
    )


@laws(10)
@given(data=st.data())
def test_a_damaged_record_is_refused_or_passed_over(
    data: st.DataObject, kept: Film, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Jobs and takes whose values are wrong, in a cache that somebody else may have written."""
    cache: Path = tmp_path_factory.mktemp("foreign")
    sound = replace(entry(kept), stage=data.draw(st.sampled_from(Stage)))
    key = data.draw(st.sampled_from([f"{STANDING}{sound.fingerprint}", f"{sound.fingerprint}.1", "x", "!"]))
    [take] = kept.lock().shots["s1"].takes
    for folder, name, value in (
        ("journal", key, json.loads(ENTRIES.dump_json(sound))),
        ("takes", take.fingerprint, take.model_dump(mode="json")),
    ):
        texts = TextCache(cache / folder)
        texts.put(name, json.dumps(data.draw(damaged(value))))
        texts.close()
    for command in (("plan",), ("status",), ("costs",), ("jobs",), ("cache", "ls"), ("cache", "verify")):
        in_words(kept, "--cache-dir", str(cache), *command)


@pytest.fixture(scope="module")
def database(kept: Film, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with a job and a take, as bytes."""
    folder = tmp_path_factory.mktemp("database")
    journal = JobJournal(folder)
    journal.write(entry(kept))
    journal.close()
    return (folder / "cache.db").read_bytes()


@laws(40)
@given(data=st.data())
def test_a_spoilt_database_is_an_error_of_ours_or_read(
    data: st.DataObject, database: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """SQLite may see the damage late: while it lists, or only when it is asked for a row."""
    folder: Path = tmp_path_factory.mktemp("spoilt")
    (folder / "cache.db").write_bytes(data.draw(spoilt(database)))
    journal, takes = JobJournal(folder), TakeStore(folder)
    for read in (journal.standing, journal.entries, journal.faults, takes.every, takes.faults):
        with contextlib.suppress(StoreError):
            list(read())
    journal.close()
    takes.close()
