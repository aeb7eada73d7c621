"""Takes and journal: durable, shared by processes, and safe whoever filled the folder."""

from __future__ import annotations

import contextlib
import pickle
import shutil
import sqlite3
import sys
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import diskcache
import pytest

from seedgen.digest import Fingerprint, digest_bytes
from seedgen.errors import StoreError
from seedgen.planning.lock import Take
from seedgen.ports.store import JournalEntry, Stage
from seedgen.store.journal import JobJournal
from seedgen.store.json_cache import TextCache
from seedgen.store.standing import anything_stands
from seedgen.store.takes import TakeStore
from tests.permissions import read_only, unprivileged
from tests.store.processes import go, line_of, process

if TYPE_CHECKING:
    from collections.abc import Iterator


def fingerprint(name: str) -> Fingerprint:
    """A fingerprint to go by."""
    return Fingerprint(digest_bytes(name.encode()))


def take(name: str) -> Take:
    """A take under the fingerprint of a name."""
    return Take(
        take=1,
        fingerprint=fingerprint(name),
        digest=digest_bytes(f"clip {name}".encode()),
        provider="local",
        model="animatic",
        job_id=f"job {name}",
        cost_usd=Decimal("0.10"),
        cost_estimated=False,
        frames=96,
        rate="24/1",
    )


def entry(name: str, stage: Stage = Stage.SUBMITTING) -> JournalEntry:
    """A job for the fingerprint of a name."""
    return JournalEntry(fingerprint(name), "oxen", "m", stage, shot=name, take=1)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a database goes."""
    return tmp_path / "cache"


@contextlib.contextmanager
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    """The database itself, as anybody can write it."""
    connection = sqlite3.connect(folder / "cache.db")
    with contextlib.closing(connection), connection:
        yield connection


# -- what is kept -----------------------------------------------------------------------------------


def test_a_take_is_found_by_its_fingerprint(folder: Path) -> None:
    """As it was recorded, price to the cent, by whoever opens the folder next; the last record counts."""
    store = TakeStore(folder)
    store.record(take("a").model_copy(update={"frames": 1}))
    store.record(take("a"))
    store.close()
    again = TakeStore(folder)
    assert again.find([fingerprint("a"), fingerprint("b")]) == {fingerprint("a"): take("a")}
    again.close()


@pytest.mark.parametrize("asked", [1, 50])
def test_few_or_many_may_be_asked_for_at_once(asked: int, folder: Path) -> None:
    """Those that are there are found, whether more or fewer are asked for than there are."""
    store = TakeStore(folder)
    for name in "abc":
        store.record(take(name))
    names = ["b", *(f"new {n}" for n in range(asked))]
    assert store.find([fingerprint(name) for name in names]) == {fingerprint("b"): take("b")}
    store.close()


def test_asking_a_cache_that_is_not_there_makes_none(folder: Path) -> None:
    """A plan in a fresh checkout writes nothing."""
    assert TakeStore(folder).find([fingerprint("a")]) == {}
    assert JobJournal(folder).standing() == {}
    assert JobJournal(folder).find(fingerprint("a")) is None
    assert not anything_stands(folder)
    assert list(JobJournal(folder).entries()) == []
    assert not folder.exists()


STANDS = {
    Stage.SUBMITTING,
    Stage.AMBIGUOUS,
    Stage.SUBMITTED,
    Stage.SUCCEEDED,
    Stage.DOWNLOADED,
    Stage.REJECTED,
}


@pytest.mark.parametrize("stage", Stage)
def test_the_journal_knows_what_keeps_a_request_from_being_submitted(stage: Stage, folder: Path) -> None:
    """An entry stands from before the money until its take is recorded or it failed; a rejection always."""
    journal = JobJournal(folder)
    journal.write(entry("a"))
    journal.write(entry("a", stage))
    journal.close()
    assert anything_stands(folder) == (stage in STANDS)
    journal = JobJournal(folder)
    assert journal.standing() == ({fingerprint("a"): entry("a", stage)} if stage in STANDS else {})
    assert journal.find(fingerprint("a")) == (entry("a", stage) if stage in STANDS else None)
    assert list(journal.entries()) == [entry("a", stage)]
    assert journal.attempts(fingerprint("a")) == 1
    journal.close()


def test_every_attempt_at_a_request_is_kept(folder: Path) -> None:
    """A second submit leaves the first one's cost on record, whether it failed or was rejected."""
    journal = JobJournal(folder)
    attempts = [
        replace(entry("a", Stage.FAILED), cost_usd=Decimal("0.30")),
        replace(entry("a", Stage.REJECTED), attempt=2),
        replace(entry("a", Stage.SUBMITTED), attempt=3, submitted_at=datetime(2026, 1, 2, tzinfo=UTC)),
    ]
    for number, attempt in enumerate(attempts):
        assert journal.attempts(fingerprint("a")) == number
        journal.write(attempt)
    assert journal.attempts(fingerprint("a")) == 3
    assert sorted(journal.entries(), key=lambda e: e.attempt) == attempts
    assert journal.standing() == {fingerprint("a"): attempts[2]}
    journal.close()


def test_a_living_writer_is_asked_in_earnest(folder: Path) -> None:
    """While the database is open what counts may stand in its log alone: the quick look does not decide."""
    journal = JobJournal(folder)
    journal.write(entry("a", Stage.RECORDED))
    assert anything_stands(folder)
    journal.close()
    assert not anything_stands(folder)


def test_nothing_is_ever_evicted(folder: Path) -> None:
    """Not even from a folder whose settings, left by another program, say: one byte at most."""
    store = TakeStore(folder)
    store.record(take("first"))
    store.close()
    with database(folder) as connection:
        settings = {"size_limit": 1, "cull_limit": 100, "eviction_policy": "least-recently-stored"}
        for key, value in settings.items():
            connection.execute("UPDATE Settings SET value = ? WHERE key = ?", (value, key))
    names = ["first", *(str(n) for n in range(30))]
    store = TakeStore(folder)
    for name in names:
        store.record(take(name))
    assert len(store.find([fingerprint(name) for name in names])) == 31
    store.close()


# -- a folder from somebody else --------------------------------------------------------------------


class Trap:
    """Unpickling it makes a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.mkdir, (self._folder,)  # type: ignore[return-value]


def plant(folder: Path, key: object, raw: int, value: object, mode: int, filename: str | None = None) -> None:
    """Write a row by hand into a database that exists."""
    with database(folder) as connection:
        connection.execute(
            "INSERT INTO Cache (key, raw, store_time, access_time, access_count, size, mode, filename, value)"
            " VALUES (?, ?, 0, 0, 0, 0, ?, ?, ?)",
            (key, raw, mode, filename, value),
        )


RAW, PICKLE = 1, 4
"""diskcache's modes: the value as it is, and the value pickled."""


def test_a_pickled_value_is_never_unpickled(folder: Path, tmp_path: Path) -> None:
    """It counts as absent for both stores, while diskcache by itself would run its code."""
    TextCache(folder).put("other", "text")
    bomb = pickle.dumps(Trap(tmp_path / "ran"))
    plant(folder, fingerprint("a"), 1, sqlite3.Binary(bomb), PICKLE)
    plant(folder, sqlite3.Binary(bomb), 0, "text", RAW)
    takes, journal = TakeStore(folder), JobJournal(folder)
    assert takes.find([fingerprint("a")]) == {}
    assert takes.find([fingerprint(str(n)) for n in range(20)]) == {}
    assert list(journal.entries()) == []
    takes.close()
    journal.close()
    assert not (tmp_path / "ran").exists()
    with diskcache.Cache(str(folder)) as plain, contextlib.suppress(TypeError):
        plain.get(fingerprint("a"))
    assert (tmp_path / "ran").exists(), "the trap does not work: this test proves nothing"


def test_a_row_that_names_a_file_touches_no_file(folder: Path, tmp_path: Path) -> None:
    """diskcache reads and removes the file that a row names, wherever it lies; here rows have no files."""
    TextCache(folder).put("other", "text")
    victim = tmp_path / "victim"
    victim.write_text("precious")
    for key in ("a", "b"):
        plant(folder, key, 1, None, RAW, filename="../victim")
    cache = TextCache(folder)
    assert list(cache.get_many(["a"])) == []
    cache.put("a", "new")
    assert list(cache.get_many(["a", "b"])) == [("a", "new")]
    cache.close()
    assert victim.read_text() == "precious"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"take": 1}', '{"stage": "submitting"}', "\x00"])
def test_a_record_that_cannot_be_read_counts_as_absent(text: str, folder: Path) -> None:
    """Corrupt means miss; the next record takes its place."""
    TextCache(folder).put(fingerprint("a"), text)
    takes = TakeStore(folder)
    assert takes.find([fingerprint("a")]) == {}
    takes.record(take("a"))
    assert list(takes.find([fingerprint("a")])) == [fingerprint("a")]
    takes.close()


JOB = (
    '{"fingerprint": "a", "provider": "oxen", "model": "m", "stage": "ambiguous", "shot": "a", "take": 1, '
    '"submitted_at": "2026-05-01T00:00:00Z", "cost_usd": "0.4"}'
)
UNREADABLE = {
    "nothing": "",
    "half a job": "{",
    "a stage alone": '{"stage": "submitting"}',
    "no text": "\x00",
    "a time without a zone": JOB.replace("00Z", "00"),
    "a time that is none of ours": JOB.replace("2026", "0001"),
    "a bill without end": JOB.replace("0.4", "1e999999999"),
}


def test_a_job_by_hand_can_be_read(folder: Path) -> None:
    """So that what is changed below is what makes it unreadable."""
    TextCache(folder).put(f"!{fingerprint('a')}", JOB)
    assert JobJournal(folder).find(fingerprint("a")) is not None


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE)
def test_a_job_that_cannot_be_read_stops_every_submit(text: str, folder: Path) -> None:
    """It may stand for money: it is an error with a way out, never a miss."""
    TextCache(folder).put(f"!{fingerprint('a')}", text)
    journal = JobJournal(folder)
    with pytest.raises(StoreError, match="cannot read") as caught:
        journal.standing()
    assert "backup" in caught.value.remedy
    with pytest.raises(StoreError):
        journal.find(fingerprint("a"))
    journal.close()


def test_a_take_under_another_fingerprint_is_not_believed(folder: Path) -> None:
    """A record says itself which request it is for."""
    TextCache(folder).put(fingerprint("a"), take("b").model_dump_json())
    assert TakeStore(folder).find([fingerprint("a")]) == {}


def test_settings_of_another_program_do_not_stop_us(folder: Path) -> None:
    """A setting that our disk does not know is passed over."""
    TextCache(folder).put("a", "text")
    with database(folder) as connection:
        connection.execute("INSERT INTO Settings VALUES ('disk_compress_level', 9)")
    cache = TextCache(folder)
    assert list(cache.get_many(["a"])) == [("a", "text")]
    cache.close()


def test_a_setting_without_a_name_is_damage(folder: Path) -> None:
    """diskcache by itself would fail on it as Python does."""
    TakeStore(folder).record(take("a"))
    with database(folder) as connection:
        connection.executescript(
            "DROP TABLE Settings; CREATE TABLE Settings (key, value); INSERT INTO Settings VALUES (NULL, 1)"
        )
    with pytest.raises(StoreError, match="cache database cannot be used"):
        TakeStore(folder).find([fingerprint("a")])


def test_a_damaged_database_is_a_clear_error(folder: Path) -> None:
    """It names the database and what is not lost with it."""
    folder.mkdir()
    (folder / "cache.db").write_bytes(b"not a database " * 100)
    with pytest.raises(StoreError, match="cache database cannot be used") as caught:
        TakeStore(folder).find([fingerprint("a")])
    assert "Clips are kept apart" in caught.value.remedy
    assert "begins it anew from seedgen.lock" in caught.value.remedy
    with pytest.raises(StoreError):
        list(JobJournal(folder).entries())


# -- several processes ------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from seedgen.store.json_cache import TextCache
cache = TextCache(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for n in range(60):
    cache.put(f"{sys.argv[2]} {n}", str(n))
    cache.put("shared", sys.argv[2])
cache.close()
print("done", flush=True)
"""


def test_two_processes_write_at_once_and_nothing_is_lost(folder: Path) -> None:
    """Both begin on a folder that does not exist yet, and every entry of both is there at the end."""
    with process(WRITER, folder, "one") as one, process(WRITER, folder, "two") as two:
        assert [line_of(one), line_of(two)] == ["ready", "ready"]
        go(one)
        go(two)
        assert [line_of(one), line_of(two)] == ["done", "done"]
    cache = TextCache(folder)
    keys = [f"{who} {n}" for who in ("one", "two") for n in range(60)]
    assert len(dict(cache.get_many(keys))) == 120
    assert dict(cache.get_many(["shared"]))["shared"] in ("one", "two")
    cache.close()


CLAIMER = """
import sys
from pathlib import Path
from seedgen.store.journal import JobJournal
with JobJournal(Path(sys.argv[1])).claim(sys.argv[2]) as mine:
    print(mine, flush=True)
    sys.stdin.readline()
"""


def test_a_claim_belongs_to_one_process_until_it_lets_go(folder: Path) -> None:
    """Another process is told so at once; other requests are free; afterwards the claim is too."""
    journal = JobJournal(folder)
    with journal.claim(fingerprint("a")) as mine, process(CLAIMER, folder, fingerprint("a")) as other:
        assert mine
        assert line_of(other) == "False"
        with journal.claim(fingerprint("b")) as free:
            assert free
    with process(CLAIMER, folder, fingerprint("a")) as other:
        assert line_of(other) == "True"


def test_a_claim_is_also_exclusive_within_a_process(folder: Path) -> None:
    """Two shots with one request in the same apply are one job."""
    journal = JobJournal(folder)
    with journal.claim(fingerprint("a")) as first, journal.claim(fingerprint("a")) as second:
        assert (first, second) == (True, False)
    with journal.claim(fingerprint("a")) as third:
        assert third


def test_a_killed_process_leaves_no_claim(folder: Path) -> None:
    """SIGKILL runs no clean-up: the kernel lets go, and the request is not stuck for ever."""
    journal = JobJournal(folder)
    with process(CLAIMER, folder, fingerprint("a")) as other:
        assert line_of(other) == "True"
        with journal.claim(fingerprint("a")) as mine:
            assert not mine
        other.kill()
        other.wait()
        with journal.claim(fingerprint("a")) as mine:
            assert mine


def test_a_claim_ends_with_an_error(folder: Path) -> None:
    """Whatever goes wrong meanwhile, the request can be worked on again."""
    journal = JobJournal(folder)

    def fail() -> None:
        with journal.claim(fingerprint("a")):
            raise TimeoutError

    with pytest.raises(TimeoutError):
        fail()
    with journal.claim(fingerprint("a")) as mine:
        assert mine


READING = """
import sys
from pathlib import Path
from seedgen.errors import StoreError
from seedgen.store.takes import TakeStore
try:
    print(*sorted(take.job_id for take in TakeStore(Path(sys.argv[1])).every()), sep=",")
except StoreError as error:
    print(type(error).__name__)
"""


def read_by_others(folder: Path) -> str:
    """What somebody reads there who may not write."""
    with read_only(folder):
        return unprivileged(sys.executable, "-c", READING, str(folder)).stdout.strip()


def test_takes_are_read_where_nothing_may_be_written(folder: Path) -> None:
    """Also what a writer has left in its log, never passing over it: without its index it is no use."""
    store = TakeStore(folder)
    store.record(take("a"))
    store.close()
    assert read_by_others(folder) == "job a"
    writer = TakeStore(folder)
    writer.record(take("b"))
    copy = shutil.copytree(folder, folder.with_name("killed"))  # with the log, as a kill would leave it
    writer.close()
    assert (copy / "cache.db-wal").stat().st_size > 0
    assert read_by_others(copy) == "job a,job b"
    (copy / "cache.db-shm").unlink()
    assert read_by_others(copy) == "ReadOnly"


def test_a_damaged_database_is_called_so_also_where_nothing_may_be_written(folder: Path) -> None:
    """It is no matter of permissions."""
    TakeStore(folder).record(take("a"))
    (folder / "cache.db").write_bytes(b"not a database" * 100)
    assert read_by_others(folder) == "StoreError"
