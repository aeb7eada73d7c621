"""The reference index: unchanged media are not read again, and a change is never missed."""

from __future__ import annotations

import json
import os
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.digest import digest_bytes
from seedgen.errors import UnreadableMedia
from seedgen.project.media import MediaFacts, MediaType
from seedgen.store.reference_index import ReferenceIndex
from tests.fakes import FakeProbe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECOND = 1_000_000_000
NOW = 1_700_000_000 * SECOND


def media(path: Path, data: bytes, written: int) -> Path:
    """A file with these bytes that was last written at a moment, in nanoseconds."""
    path.write_bytes(data)
    os.utime(path, ns=(written, written))
    return path


def index(tmp_path: Path, probe: FakeProbe, *, now: int = NOW) -> ReferenceIndex:
    """The index of a project, opened at a moment."""
    return ReferenceIndex(tmp_path / "references.json", probe, lambda: now)


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    """Digest and facts are remembered, within a run and from one to the next."""
    clip = media(tmp_path / "a.mp4", b"one", NOW - 60 * SECOND)
    facts = MediaFacts(MediaType.VIDEO, "mp4", 3, 1280, 720, Decimal("4.25"))
    probe = FakeProbe({"a.mp4": facts})
    first = index(tmp_path, probe)
    found = first.identify(clip)
    assert (found.digest, found.facts) == (digest_bytes(b"one"), facts)
    assert first.identify(clip) == found
    first.save()
    assert index(tmp_path, probe).identify(clip) == found
    assert probe.asked == ["a.mp4"]


def rewritten(path: Path) -> None:
    media(path, b"longer", NOW - 60 * SECOND)


def touched(path: Path) -> None:
    media(path, b"two", NOW - 30 * SECOND)


def replaced(path: Path) -> None:
    media(path.with_suffix(".new"), b"two", NOW - 60 * SECOND).replace(path)


@pytest.mark.parametrize("change", [rewritten, touched, replaced])
def test_a_changed_file_is_read_again(change: Callable[[Path], None], tmp_path: Path) -> None:
    """Another size, another time, or another file of the same size and time in its place."""
    image = media(tmp_path / "a.png", b"one", NOW - 60 * SECOND)
    probe = FakeProbe()
    known = index(tmp_path, probe)
    known.identify(image)
    change(image)
    assert known.identify(image).digest == digest_bytes(image.read_bytes()) != digest_bytes(b"one")
    assert probe.asked == ["a.png", "a.png"]


def test_a_write_within_the_clocks_granularity_is_seen(tmp_path: Path) -> None:
    """Written a second before it was read, and again in the same tick: same size and time, other bytes."""
    written = NOW - SECOND
    image = media(tmp_path / "a.png", b"one", written)
    probe = FakeProbe()
    known = index(tmp_path, probe)
    assert known.identify(image).digest == digest_bytes(b"one")
    media(image, b"two", written)
    assert known.identify(image).digest == digest_bytes(b"two")
    known.save()
    assert index(tmp_path, probe, now=NOW + SECOND // 2).identify(image).digest == digest_bytes(b"two")
    assert len(probe.asked) == 3


@pytest.mark.parametrize(("age", "reads"), [(-SECOND, 2), (0, 2), (2 * SECOND, 2), (2 * SECOND + 1, 1)])
def test_a_file_is_remembered_once_its_time_is_safely_past(age: int, reads: int, tmp_path: Path) -> None:
    """Two seconds, the coarsest clock there is (FAT); also a file from the future is never trusted."""
    image = media(tmp_path / "a.png", b"one", NOW - age)
    probe = FakeProbe()
    known = index(tmp_path, probe)
    known.identify(image)
    known.identify(image)
    assert len(probe.asked) == reads


def test_a_fresh_write_drops_what_was_remembered(tmp_path: Path) -> None:
    """Else its old entry could come back to life with the old time."""
    image = media(tmp_path / "a.png", b"one", NOW - 60 * SECOND)
    probe = FakeProbe()
    known = index(tmp_path, probe)
    known.identify(image)
    media(image, b"two", NOW)
    known.identify(image)
    media(image, b"six", NOW - 60 * SECOND)
    assert known.identify(image).digest == digest_bytes(b"six")


def emptied(document: dict[str, Any]) -> object:
    return None


def listed(document: dict[str, Any]) -> object:
    return [document]


def newer(document: dict[str, Any]) -> object:
    return {**document, "version": 2}


def no_files(document: dict[str, Any]) -> object:
    return {**document, "files": 5}


def each_entry(change: Callable[[dict[str, Any]], object]) -> Callable[[dict[str, Any]], object]:
    """Damage every entry in the same way."""

    def damage(document: dict[str, Any]) -> object:
        return {**document, "files": {name: change(entry) for name, entry in document["files"].items()}}

    return damage


DAMAGED: dict[str, Callable[[dict[str, Any]], object]] = {
    "nothing": emptied,
    "a list": listed,
    "another version": newer,
    "files that are none": no_files,
    "an entry that is a number": each_entry(lambda _: 5),
    "an entry that is a list": each_entry(lambda _: ["stamp"]),
    "an entry without facts": each_entry(lambda entry: {k: v for k, v in entry.items() if k != "facts"}),
    "facts that are too few": each_entry(lambda entry: {**entry, "facts": entry["facts"][:3]}),
    "facts of no known type": each_entry(lambda entry: {**entry, "facts": ["book", *entry["facts"][1:]]}),
    "facts of another kind": each_entry(lambda entry: {**entry, "facts": ["image", "png", "x", 1, 1, "0"]}),
    "seconds that are no number": each_entry(lambda entry: {**entry, "facts": [*entry["facts"][:5], "x"]}),
    "a digest that is a number": each_entry(lambda entry: {**entry, "digest": 5}),
    "a digest that is too short": each_entry(lambda entry: {**entry, "digest": "ab"}),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_index_is_ignored(what: str, tmp_path: Path) -> None:
    """It costs a second reading and no more, and is whole again afterwards."""
    image = media(tmp_path / "a.png", b"one", NOW - 60 * SECOND)
    probe = FakeProbe()
    first = index(tmp_path, probe)
    found = first.identify(image)
    first.save()
    file = tmp_path / "references.json"
    file.write_text(json.dumps(DAMAGED[what](json.loads(file.read_text()))))
    second = index(tmp_path, probe)
    assert second.identify(image) == found
    second.save()
    assert index(tmp_path, probe).identify(image) == found
    assert probe.asked == ["a.png", "a.png"]


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b'{"version": 1, "fi'])
def test_an_index_that_is_no_json_is_ignored(data: bytes, tmp_path: Path) -> None:
    """Half a file is as good as none."""
    (tmp_path / "references.json").write_bytes(data)
    image = media(tmp_path / "a.png", b"one", NOW - 60 * SECOND)
    assert index(tmp_path, FakeProbe()).identify(image).digest == digest_bytes(b"one")


def test_an_index_with_nothing_new_is_not_written(tmp_path: Path) -> None:
    """Looking at what is known writes nothing; not even a file that holds nothing."""
    image = media(tmp_path / "a.png", b"one", NOW - 60 * SECOND)
    index(tmp_path, FakeProbe()).save()
    assert not (tmp_path / "references.json").exists()
    first = index(tmp_path, FakeProbe())
    first.identify(image)
    first.save()
    inode = (tmp_path / "references.json").stat().st_ino
    second = index(tmp_path, FakeProbe())
    second.identify(image)
    second.save()
    assert (tmp_path / "references.json").stat().st_ino == inode


def test_what_cannot_be_read_is_not_remembered(tmp_path: Path) -> None:
    """A missing file and a file that is no media are told by their errors, each time anew."""

    def broken(path: Path) -> MediaFacts:
        raise UnreadableMedia(f"{path.name} is no picture")

    image = media(tmp_path / "a.png", b"one", NOW - 60 * SECOND)
    known = ReferenceIndex(tmp_path / "references.json", broken, lambda: NOW)
    for _ in range(2):
        with pytest.raises(UnreadableMedia):
            known.identify(image)
    with pytest.raises(FileNotFoundError):
        known.identify(tmp_path / "none.png")
