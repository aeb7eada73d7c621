"""Outputs: copies in `build/` that anybody may spoil, without ever spoiling a paid clip."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from seedgen.store.outputs import Outputs

if TYPE_CHECKING:
    from pathlib import Path

NAME = "clips/010.mp4"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A clip in the cache, read-only."""
    path = tmp_path / "object.mp4"
    path.write_bytes(b"paid")
    path.chmod(0o444)
    return path


def outputs(tmp_path: Path) -> Outputs:
    """The outputs of a project, as the next run opens them."""
    return Outputs(tmp_path / "build", tmp_path / "outputs.json")


def test_a_clip_is_placed_as_a_file_of_its_own(tmp_path: Path, clip: Path) -> None:
    """Not a hard link: a program that writes into the output leaves the paid clip as it is."""
    out = outputs(tmp_path)
    assert out.place(NAME, clip, "key")
    placed = tmp_path / "build" / NAME
    assert placed.read_bytes() == b"paid"
    assert placed.stat().st_ino != clip.stat().st_ino
    with placed.open("r+b") as stream:
        stream.write(b"HURT")
    assert clip.read_bytes() == b"paid"
    assert [file.name for file in placed.parent.iterdir()] == ["010.mp4"]


def test_an_output_that_is_current_is_left_alone(tmp_path: Path, clip: Path) -> None:
    """From the same key and untouched, also for the next run."""
    out = outputs(tmp_path)
    out.place(NAME, clip, "key")
    out.save()
    inode = (tmp_path / "build" / NAME).stat().st_ino
    again = outputs(tmp_path)
    assert again.is_current(NAME, "key")
    assert not again.place(NAME, clip, "key")
    assert (tmp_path / "build" / NAME).stat().st_ino == inode


def test_an_output_of_another_key_is_made_anew(tmp_path: Path, clip: Path) -> None:
    """Another clip for the shot means another file."""
    out = outputs(tmp_path)
    out.place(NAME, clip, "key")
    other = tmp_path / "other.mp4"
    other.write_bytes(b"dear")
    assert not out.is_current(NAME, "other key")
    assert out.place(NAME, other, "other key")
    assert (tmp_path / "build" / NAME).read_bytes() == b"dear"


def test_an_output_that_was_touched_or_lost_is_made_anew(tmp_path: Path, clip: Path) -> None:
    """`build/` holds what the lock says, whatever happened to it since."""
    out = outputs(tmp_path)
    out.place(NAME, clip, "key")
    placed = tmp_path / "build" / NAME
    placed.write_bytes(b"cut shorter by hand")
    assert not out.is_current(NAME, "key")
    assert out.place(NAME, clip, "key")
    assert placed.read_bytes() == b"paid"
    placed.unlink()
    assert out.place(NAME, clip, "key")
    assert placed.read_bytes() == b"paid"


def test_a_file_that_was_made_elsewhere_can_be_noted(tmp_path: Path) -> None:
    """A reel is written by ffmpeg and noted afterwards; noting what is not there makes nothing current."""
    out = outputs(tmp_path)
    out.path("main.mp4").write_bytes(b"reel")
    out.made("main.mp4", "key")
    out.made("gone.mp4", "key")
    out.save()
    again = outputs(tmp_path)
    assert again.is_current("main.mp4", "key")
    assert not again.is_current("gone.mp4", "key")


def test_only_what_was_made_here_is_removed(tmp_path: Path, clip: Path) -> None:
    """Not somebody's own file, and not an output that was edited."""
    out = outputs(tmp_path)
    for name in ("clips/wanted.mp4", "clips/unwanted.mp4", "clips/edited.mp4", "main.mp4"):
        out.place(name, clip, "key")
    out.save()
    clips = tmp_path / "build" / "clips"
    (clips / "edited.mp4").write_bytes(b"graded by hand")
    (clips / "own.mp4").write_bytes(b"somebody's own")
    again = outputs(tmp_path)
    again.keep_only(["clips/wanted.mp4", "main.mp4"])
    assert sorted(file.name for file in clips.iterdir()) == ["edited.mp4", "own.mp4", "wanted.mp4"]
    assert (tmp_path / "build" / "main.mp4").is_file()


def test_a_source_that_cannot_be_read_leaves_the_old_output(tmp_path: Path, clip: Path) -> None:
    """Nothing is replaced before all of it is there."""
    out = outputs(tmp_path)
    out.place(NAME, clip, "key")
    with pytest.raises(FileNotFoundError):
        out.place(NAME, tmp_path / "none.mp4", "other")
    placed = tmp_path / "build" / NAME
    assert placed.read_bytes() == b"paid"
    assert [file.name for file in placed.parent.iterdir()] == ["010.mp4"]


@pytest.mark.parametrize(
    "record", ["", "{", "[]", '{"clips/010.mp4": 5}', '{"clips/010.mp4": []}', "\ufeff{}"]
)
def test_a_damaged_record_means_that_outputs_are_made_anew(record: str, tmp_path: Path, clip: Path) -> None:
    """It costs a copy and no more."""
    (tmp_path / "outputs.json").write_text(record, encoding="utf-8")
    out = outputs(tmp_path)
    out.keep_only([])
    assert out.place(NAME, clip, "key")
    out.save()
    assert outputs(tmp_path).is_current(NAME, "key")


def test_a_record_from_a_stranger_names_nothing_outside(tmp_path: Path, clip: Path) -> None:
    """The record lies in a folder that may be shared: a name that leads out of `build/` removes nothing."""
    victim = tmp_path / "victim.txt"
    victim.write_text("mine")
    status = victim.stat()
    entry = ["key", status.st_size, status.st_mtime_ns]
    (tmp_path / "outputs.json").write_text(json.dumps({"../victim.txt": entry, str(victim): entry}))
    outputs(tmp_path).keep_only([])
    assert victim.read_text() == "mine"


def test_what_a_reel_showed_is_remembered(tmp_path: Path) -> None:
    """So that a plan can say without ffmpeg whether a reel is to be made again."""
    out = outputs(tmp_path)
    assert out.noted("main") == ""
    out.note("main", "state")
    out.keep_only([])
    out.save()
    assert outputs(tmp_path).noted("main") == "state"
