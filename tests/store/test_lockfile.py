"""seedgen.lock: the same state is the same bytes, and a file that cannot be read says what to do."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from seedgen.errors import LockUnreadable
from seedgen.planning.lock import Lock, LockedShot, ReferenceRecord, RequestRecord, Take
from seedgen.project.media import MediaType
from seedgen.store.disk import replace_text
from seedgen.store.lockfile import LockOnDisk, lock_name

if TYPE_CHECKING:
    from pathlib import Path


def shot(prompt: str = "Straße, 5 €") -> LockedShot:
    """A shot with one take."""
    return LockedShot(
        fingerprint="a" * 64,
        request=RequestRecord(
            v=1,
            provider="oxen",
            model="m",
            prompt=prompt,
            parameters={"watermark": False, "duration": 4},
            references=(
                ReferenceRecord(type=MediaType.IMAGE, id="url:https://example.com/a.png", face=True),
            ),
            take=1,
        ),
        takes=(
            Take(
                take=1,
                fingerprint="a" * 64,
                digest="b" * 64,
                provider="oxen",
                model="m",
                job_id="job-7",
                cost_usd=Decimal("0.30"),
                cost_estimated=True,
                frames=96,
                rate="24/1",
            ),
        ),
    )


# By hand: keys sorted at every depth, two spaces, text as it is, one newline at the end.
TEXT = f"""\
{{
  "plan_id": "{"c" * 64}",
  "serial": 3,
  "shots": {{
    "010": {{
      "accepted_from": null,
      "fingerprint": "{"a" * 64}",
      "pick": 1,
      "request": {{
        "model": "m",
        "parameters": {{
          "duration": 4,
          "watermark": false
        }},
        "prompt": "Straße, 5 €",
        "provider": "oxen",
        "references": [
          {{
            "face": true,
            "id": "url:https://example.com/a.png",
            "type": "image"
          }}
        ],
        "take": 1,
        "v": 1
      }},
      "takes": [
        {{
          "cost_estimated": true,
          "cost_usd": "0.30",
          "digest": "{"b" * 64}",
          "fingerprint": "{"a" * 64}",
          "frames": 96,
          "job_id": "job-7",
          "model": "m",
          "provider": "oxen",
          "rate": "24/1",
          "take": 1
        }}
      ]
    }}
  }},
  "version": 1
}}
"""
LOCK = Lock(serial=3, plan_id="c" * 64, shots={"010": shot()})


def test_the_bytes_of_a_lock_are_these(tmp_path: Path) -> None:
    """The format is fixed: other programs and git's diffs rely on it."""
    file = LockOnDisk(tmp_path / "seedgen.lock")
    file.write(LOCK)
    assert file.path.read_bytes() == TEXT.encode()
    assert file.read() == LOCK


def test_the_same_state_writes_the_same_bytes() -> None:
    """The order in which shots and parameters came does not show."""
    one = Lock(shots={"a": shot("A."), "b": shot("B.")})
    swapped = shot("A.")
    request = swapped.request.model_copy(update={"parameters": {"duration": 4, "watermark": False}})
    other = Lock(shots={"b": shot("B."), "a": swapped.model_copy(update={"request": request})})
    assert one.to_text() == other.to_text()


@pytest.mark.parametrize("count", [0, 1, 199, 200, 201, 450])
def test_however_many_shots_there_are_the_file_is_one_piece_of_json(count: int) -> None:
    """It is written some shots at a time, and shows no seam."""
    shots = {f"s{number:03}": shot(f'Rain.\n  "shots": {{}} {number}') for number in reversed(range(count))}
    text = Lock(plan_id='"shots": {}', shots=shots).to_text()
    value = json.loads(text)
    assert list(value["shots"]) == sorted(shots)
    assert text == json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def test_a_lock_that_is_read_and_written_again_keeps_its_bytes(tmp_path: Path) -> None:
    """Also one whose keys were put in another order by hand is brought back to the one form."""
    file = LockOnDisk(tmp_path / "seedgen.lock")
    file.path.write_text(json.dumps(dict(reversed(json.loads(TEXT).items()))), encoding="utf-8")
    file.write(file.read())
    assert file.path.read_bytes() == TEXT.encode()


def test_an_unchanged_lock_is_not_rewritten(tmp_path: Path) -> None:
    """The file is the very same one: not even its place on the disk changes."""
    file = LockOnDisk(tmp_path / "seedgen.lock")
    file.write(LOCK)
    before = file.path.stat()
    file.write(Lock.model_validate(LOCK.model_dump()))
    after = file.path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    file.write(LOCK.with_shots({}, None))
    assert file.path.stat().st_ino != before.st_ino


def test_the_serial_grows_only_when_shots_change() -> None:
    """The same shots give the same lock, with its serial and plan id; others give the next one."""
    assert LOCK.with_shots({"010": shot()}, "d" * 64) is LOCK
    after = LOCK.with_shots({"020": shot()}, "d" * 64)
    assert (after.serial, after.plan_id) == (4, "d" * 64)


def test_without_a_file_the_lock_is_empty(tmp_path: Path) -> None:
    """A new project has none."""
    assert LockOnDisk(tmp_path / "seedgen.lock").read() == Lock()


def test_each_profile_has_a_lock_of_its_own() -> None:
    """Draft clips never stand in for final ones."""
    assert lock_name(None) == "seedgen.lock"
    assert lock_name("draft") == "seedgen.draft.lock"


CONFLICT = TEXT.replace(
    '  "serial": 3,', '<<<<<<< HEAD\n  "serial": 3,\n=======\n  "serial": 4,\n>>>>>>> topic'
)
CRLF_CONFLICT = CONFLICT.replace("\n", "\r\n")

UNREADABLE: dict[str, tuple[bytes, str, str]] = {
    "conflict markers": (CONFLICT.encode(), "has conflict markers from a merge", "git checkout --theirs"),
    "conflict markers with Windows line ends": (
        CRLF_CONFLICT.encode(),
        "has conflict markers",
        "merge-lock",
    ),
    "a newer version": (
        TEXT.replace('"version": 1', '"version": 2').encode(),
        "is of version 2; this seedgen reads version 1",
        "Upgrade seedgen.",
    ),
    "a newer version with fields of its own": (
        b'{"version": 7, "scenes": []}',
        "is of version 7; this seedgen reads version 1",
        "Upgrade seedgen.",
    ),
    "an unknown field": (
        b'{"version": 1, "scenes": []}',
        "is damaged at scenes",
        "git checkout seedgen.lock",
    ),
    "half a file": (
        TEXT[:200].encode(),
        "it is no JSON, or only a part of it",
        "git checkout seedgen.lock",
    ),
    "no file at all but its name": (b"", "is damaged: it is empty", "git checkout seedgen.lock"),
    "another kind of file": (b"\xff\xfe\x00", "is damaged: it is no JSON", "git checkout seedgen.lock"),
    "lists without end": (b"[" * 100_000, "is damaged: it is no JSON", "git checkout seedgen.lock"),
    "a rate that is none": (
        TEXT.replace("24/1", "0/0").encode(),
        "is damaged at shots.010.takes.0.rate",
        "git checkout seedgen.lock",
    ),
    "a price without end": (
        TEXT.replace("0.30", "1e999999999").encode(),
        "is damaged at shots.010.takes.0.cost_usd",
        "git checkout seedgen.lock",
    ),
    "more frames than can be counted": (
        TEXT.replace("96", "9" * 30).encode(),
        "is damaged at shots.010.takes.0.frames",
        "git checkout seedgen.lock",
    ),
    "a digest that is none": (
        TEXT.replace("b" * 64, "b" * 63).encode(),
        "is damaged at shots.010.takes.0.digest",
        "git checkout seedgen.lock",
    ),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_lock_that_cannot_be_read_says_what_to_do(what: str, tmp_path: Path) -> None:
    """Never a guess at what it meant: the next step stands in the remedy, and the file is left alone."""
    data, message, remedy = UNREADABLE[what]
    file = LockOnDisk(tmp_path / "seedgen.lock")
    file.path.write_bytes(data)
    with pytest.raises(LockUnreadable) as caught:
        file.read()
    assert str(caught.value).startswith("seedgen.lock ")
    assert message in str(caught.value)
    assert remedy in caught.value.remedy
    assert file.path.read_bytes() == data


def test_a_prompt_that_looks_like_a_conflict_is_no_conflict(tmp_path: Path) -> None:
    """In JSON a prompt's lines never begin a line of the file."""
    file = LockOnDisk(tmp_path / "seedgen.lock")
    lock = Lock(shots={"a": shot("<<<<<<< HEAD\n>>>>>>> topic")})
    file.write(lock)
    assert file.read() == lock


def test_a_write_that_fails_leaves_the_old_text_and_nothing_else(tmp_path: Path) -> None:
    """A lone surrogate has no UTF-8 form, so the write breaks off in the middle."""
    path = tmp_path / "seedgen.lock"
    replace_text(path, TEXT)
    with pytest.raises(UnicodeEncodeError):
        replace_text(path, "half of it \ud800")
    assert path.read_text(encoding="utf-8") == TEXT
    assert [file.name for file in tmp_path.iterdir()] == ["seedgen.lock"]
