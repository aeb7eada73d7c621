"""`plan --markdown` and its thumbnails, for a pull request."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from PIL import Image

from seedgen.planning.lock import Lock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film


def test_the_plan_of_an_edit_in_markdown(applied: Film) -> None:
    """stdout has the Markdown alone, the same twice, and needs neither ffmpeg nor a path of the machine."""
    applied.edit("bare", "tall")
    ran = applied.run("plan", "--markdown", "--detailed-exitcode")
    assert (ran.code, ran.err) == (2, "")
    assert "- A red wall, <image 1>, stands bare.\n+ A red wall, <image 1>, stands tall." in ran.out
    assert str(applied.root) not in ran.out
    assert applied.run("plan", "--markdown").out == ran.out


def test_changed_shots_are_shown_as_they_are(applied: Film, tmp_path: Path) -> None:
    """A small picture of the present clip for those that have one, and an address beside the Markdown."""
    applied.edit("bare", "tall")
    applied.edit("id: s3", "id: s4")
    applied.edit("sky: pale", "sky: dark")
    folder = tmp_path / "out" / "thumbs up"
    ran = applied.run("plan", "--markdown", "--thumbnails", str(folder))
    assert ran.code == 0, ran.err
    assert sorted(file.name for file in folder.iterdir()) == ["s2.webp", "s3.webp"]
    with Image.open(folder / "s2.webp") as picture:
        assert (picture.format, picture.width) == ("WEBP", 320)
    assert '<img src="thumbs%20up/s2.webp" width="160" alt="">' in ran.out
    first = (folder / "s2.webp").read_bytes()
    assert applied.run("plan", "--markdown", "--thumbnails", str(folder)).out == ran.out
    assert (folder / "s2.webp").read_bytes() == first


def test_a_lock_from_a_stranger_writes_nowhere_else(applied: Film, tmp_path: Path) -> None:
    """An id in a lock becomes a file name only when it is one."""
    lock = applied.lock()
    shots = {**lock.shots, "../../escaped": lock.shots["s1"]}
    applied.write({"seedgen.lock": Lock(serial=1, shots=shots).to_text()})
    ran = applied.run("plan", "--markdown", "--thumbnails", str(tmp_path / "a" / "b" / "c"))
    assert ran.code == 0, ran.err
    assert "escaped" in ran.out
    assert list(tmp_path.rglob("*escaped*")) == []


def test_a_lost_or_broken_clip_has_no_picture(applied: Film, tmp_path: Path) -> None:
    """The plan is written all the same."""
    applied.edit("bare", "tall")
    clip = applied.object("s2")
    clip.chmod(0o644)
    clip.write_bytes(b"no video")
    shutil.rmtree(applied.root / ".seedgen" / "posters", ignore_errors=True)
    ran = applied.run("plan", "--markdown", "--thumbnails", str(tmp_path / "thumbs"))
    assert (ran.code, "<img" in ran.out) == (0, False)


def test_options_that_do_not_go_together(film: Film, tmp_path: Path) -> None:
    """Each is said with what to do."""
    ran = film.run("plan", "--json", "--markdown")
    assert (ran.code, "--json and --markdown exclude each other" in ran.err) == (1, True)
    ran = film.run("plan", "--thumbnails", str(tmp_path))
    assert (ran.code, "--thumbnails goes with --markdown" in ran.err) == (1, True)
    (tmp_path / "file").touch()
    ran = film.run("plan", "--markdown", "--thumbnails", str(tmp_path / "file"))
    assert (ran.code, "that is a file" in ran.err) == (1, True)
