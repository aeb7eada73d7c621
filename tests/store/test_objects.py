"""Objects: paid clips, the one thing never to lose; and the segments made from them."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from seedgen.digest import Digest, digest_bytes
from seedgen.errors import ObjectCorrupt, ObjectMissing
from seedgen.store.objects import ObjectStore
from seedgen.store.segments import SegmentStore

if TYPE_CHECKING:
    from pathlib import Path

CLIP = b"a clip"
DIGEST = digest_bytes(CLIP)


def files_below(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    """An empty store."""
    return ObjectStore(tmp_path / "objects")


def keep(objects: ObjectStore, data: bytes = CLIP) -> Digest:
    """Take in a clip of these bytes."""

    with objects.scratch() as folder:
        file = folder / "clip.mp4"
        file.write_bytes(data)
        return objects.adopt(file)


def test_a_clip_is_kept_under_its_digest_and_read_only(objects: ObjectStore, tmp_path: Path) -> None:
    """`ab/cdef….mp4`, mode 0444, and nothing else left behind."""
    assert keep(objects) == DIGEST
    path = objects.path(DIGEST)
    assert path == tmp_path / "objects" / DIGEST[:2] / f"{DIGEST[2:]}.mp4"
    assert path.read_bytes() == CLIP
    assert stat.S_IMODE(path.stat().st_mode) == 0o444
    assert files_below(tmp_path) == [path.relative_to(tmp_path).as_posix()]


def test_a_download_that_breaks_off_leaves_nothing(objects: ObjectStore, tmp_path: Path) -> None:
    """Half a clip is never seen under any digest."""

    def broken() -> None:
        with objects.scratch() as folder:
            (folder / "clip.mp4").write_bytes(CLIP[:3])
            raise ConnectionError

    with pytest.raises(ConnectionError):
        broken()
    assert files_below(tmp_path) == []


def test_the_same_bytes_are_kept_once(objects: ObjectStore, tmp_path: Path) -> None:
    """A second one is dropped; the file that is there is not touched."""
    keep(objects)
    before = objects.path(DIGEST).stat()
    keep(objects)
    assert objects.path(DIGEST).stat().st_ino == before.st_ino
    assert len(files_below(tmp_path)) == 1


def test_a_file_on_its_way_in_is_adopted_without_a_copy(objects: ObjectStore) -> None:
    """It is the same file afterwards, under another name."""
    with objects.scratch() as folder:
        file = folder / "download.part"
        file.write_bytes(CLIP)
        inode = file.stat().st_ino
        assert objects.adopt(file) == DIGEST
    assert objects.path(DIGEST).stat().st_ino == inode


def damage(objects: ObjectStore, data: bytes) -> None:
    """Overwrite the clip, as a bad disk or a stubborn program might."""
    path = objects.path(DIGEST)
    path.chmod(0o644)
    path.write_bytes(data)


def test_a_damaged_object_is_detected(objects: ObjectStore) -> None:
    """One changed byte is told apart from the clip, and the message says what to do."""
    keep(objects)
    objects.verify(DIGEST)
    damage(objects, b"a clip?")
    with pytest.raises(ObjectCorrupt) as caught:
        objects.verify(DIGEST)
    assert DIGEST[:12] in str(caught.value)
    assert "`seedgen cache verify --quarantine`" in caught.value.remedy


def test_a_damaged_object_is_replaced_by_a_sound_one(objects: ObjectStore) -> None:
    """Taking the clip in again heals it, read-only as before."""
    keep(objects)
    damage(objects, b"b clip")
    assert keep(objects) == DIGEST
    objects.verify(DIGEST)
    assert stat.S_IMODE(objects.path(DIGEST).stat().st_mode) == 0o444


def test_an_emptied_object_counts_as_missing(objects: ObjectStore) -> None:
    """A crash of the machine can leave a name without bytes: that is no clip."""
    keep(objects)
    other = keep(objects, b"another")
    damage(objects, b"")
    assert objects.present([DIGEST, other, digest_bytes(b"never seen")]) == {other}


def test_a_missing_object_says_so(objects: ObjectStore) -> None:
    """To ask for its path or its health is an error that names the way on."""
    for ask in (objects.path, objects.verify):
        with pytest.raises(ObjectMissing, match=DIGEST[:12]) as caught:
            ask(DIGEST)
        assert "seedgen plan" in caught.value.remedy
    assert objects.present([DIGEST]) == set()


KEY = "5e" * 32


def test_a_segment_is_there_when_both_its_files_are(tmp_path: Path) -> None:
    """Picture and sound are moved into place together, at the end."""
    segments = SegmentStore(tmp_path / "segments")
    assert segments.find(KEY, 24) is None
    with segments.making(KEY, 24) as files:
        files.video.write_bytes(b"picture")
        files.audio.write_bytes(b"sound")
        assert segments.find(KEY, 24) is None
    found = segments.find(KEY, 24)
    assert found == segments.files(KEY, 24)
    assert found is not None
    assert (found.video.read_bytes(), found.audio.read_bytes(), found.frames) == (b"picture", b"sound", 24)
    assert len(files_below(tmp_path)) == 2


@pytest.mark.parametrize("written", [(), ("video",), ("audio",), ("video", "audio")])
def test_a_segment_that_fails_leaves_nothing(written: tuple[str, ...], tmp_path: Path) -> None:
    """Whatever an encoder wrote before it failed is gone."""
    segments = SegmentStore(tmp_path / "segments")

    def fail() -> None:
        with segments.making(KEY, 24) as files:
            for name in written:
                getattr(files, name).write_bytes(b"part")
            raise TimeoutError

    with pytest.raises(TimeoutError):
        fail()
    assert segments.find(KEY, 24) is None
    assert files_below(tmp_path) == []


def test_half_a_segment_is_none(tmp_path: Path) -> None:
    """An empty or missing file of the two means: encode again."""
    segments = SegmentStore(tmp_path / "segments")
    for name in ("video", "audio"):
        with segments.making(KEY, 24) as files:
            files.video.write_bytes(b"picture")
            files.audio.write_bytes(b"sound")
        kept = segments.files(KEY, 24)
        getattr(kept, name).write_bytes(b"")
        assert segments.find(KEY, 24) is None
        getattr(kept, name).unlink()
        assert segments.find(KEY, 24) is None
