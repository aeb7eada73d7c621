"""`seedgen export`: reels handed over to editors and players, as files that name the clips."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import opentimelineio as otio
import pytest

from seedgen.app.exporting import Format
from seedgen.digest import digest_file
from tests.film import count_frames

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film

FORMATS = [form.value for form in Format]
EDITORS = ["otio", "edl", "fcpxml"]
NAMES = ["main.otio", "main.edl", "main.fcpxml", "main.srt", "main.vtt", "main.chapters.txt"]


@pytest.mark.parametrize(("form", "name"), [*zip(FORMATS, NAMES, strict=True)])
def test_an_export_stands_beside_the_reel(form: str, name: str, applied: Film) -> None:
    """In build/, where it is said to be; the same state exports the same bytes."""
    place = applied.root / "build" / name
    ran = applied.run("export", form)
    assert (ran.code, ran.out, ran.err) == (0, "", f"Wrote {place}\n")
    first = place.read_bytes()
    assert applied.run("export", form, "main").code == 0
    assert place.read_bytes() == first


def test_the_otio_file_says_what_the_reel_shows(applied: Film) -> None:
    """Read by the library: each clip's file is there, is the lock's, and lasts what it lasts in the reel."""
    applied.run("export", "otio")
    build = applied.root / "build"
    read: Any = otio.adapters.read_from_file(str(build / "main.otio"))
    clips = list(read.video_tracks()[0].find_clips())
    assert [clip.name for clip in clips] == ["s1", "s2", "s3"]
    for clip in clips:
        file = build / clip.media_reference.target_url
        assert digest_file(file) == clip.metadata["seedgen"]["digest"] == applied.digest(clip.name)
        assert clip.duration().value == count_frames(file) == 24
    assert read.duration().value == count_frames(build / "main.mp4")


def test_the_librarys_own_tool_finds_nothing_amiss(applied: Film) -> None:
    """`otiotool` checks every range against its file's, and that the file is there.

    The reel is at 29.97: a second of 24 frames becomes 30 frames, which last a little longer.
    """
    applied.edit("fps: 24", "fps: 29.97, transitions: {default: {type: dissolve, frames: 5}}")
    assert applied.run("export", "otio").code == 0
    command = [sys.executable, "-m", "opentimelineio.console.otiotool", "--input", "main.otio"]
    ran = subprocess.run(
        [*command, "--verify-ranges", "--verify-media"],
        cwd=applied.root / "build",
        capture_output=True,
        text=True,
        check=True,
    )
    said = [line.strip() for line in ran.stdout.splitlines()]
    assert [line for line in said if line.startswith("CLIP")] == [f"CLIP: s{n} IN BOUNDS" for n in (1, 2, 3)]
    assert [line for line in said if line.startswith("MEDIA")] == [
        f"MEDIA EXISTS: clips/s{n}.mp4" for n in (1, 2, 3)
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_a_dash_is_stdout(form: str, applied: Film) -> None:
    """The text alone, nothing on stderr, and no file."""
    standing = applied.standing()
    ran = applied.run("export", form, "-o", "-")
    assert (ran.code, ran.err) == (0, "")
    assert "s1" in ran.out or "A red door" in ran.out
    assert applied.standing() == standing


def test_somewhere_else_when_told_so(applied: Film, tmp_path: Path) -> None:
    """What stood there is replaced, files are named from there, and build/ gets nothing."""
    place = tmp_path / "hand off" / "cut.otio"
    place.parent.mkdir()
    place.write_text("old")
    ran = applied.run("export", "otio", "-o", str(place))
    assert (ran.code, ran.err) == (0, f"Wrote {place}\n")
    read: Any = otio.adapters.read_from_file(str(place))
    url = next(iter(read.find_clips())).media_reference.target_url
    assert (place.parent / url).resolve() == applied.root / "build" / "clips" / "s1.mp4"
    assert not (applied.root / "build" / "main.otio").exists()


@pytest.mark.parametrize("form", EDITORS)
def test_editors_are_told_of_shots_without_a_clip(form: str, film: Film) -> None:
    """They are gaps, named on stderr with the way to clips."""
    film.apply("--select", "s2", "--no-reel")
    ran = film.run("export", form, "-o", "-")
    assert ran.code == 0
    assert "Warning: no clip yet, so these are gaps: s1, s3\n  `seedgen apply` makes them." in ran.err
    assert "s2.mp4" in ran.out
    assert "s1.mp4" not in ran.out


def test_players_need_no_clips(film: Film) -> None:
    """Chapters and subtitles come from the project alone: stand-ins are as long as clips will be."""
    ran = film.run("export", "chapters", "-o", "-")
    assert (ran.code, ran.out, ran.err) == (0, "00:00 s1\n00:01 s2\n00:02 s3\n", "")
    assert not (film.root / "build").exists()


def test_clips_are_put_where_the_export_says(film: Film) -> None:
    """No reel was ever made, or build/ was thrown away: the files are there all the same."""
    film.apply("--no-reel")
    shutil.rmtree(film.root / "build", ignore_errors=True)
    assert film.run("export", "edl").code == 0
    build = film.root / "build"
    assert sorted(file.name for file in (build / "clips").iterdir()) == ["s1.mp4", "s2.mp4", "s3.mp4"]
    assert digest_file(build / "clips" / "s1.mp4") == film.digest("s1")


def test_no_ffmpeg_is_needed(applied: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without one can hand over what was made elsewhere."""
    monkeypatch.setenv("SEEDGEN_FFMPEG", "/nowhere/ffmpeg")
    monkeypatch.setenv("PATH", "/nowhere")
    assert [applied.run("export", form).code for form in FORMATS] == [0] * 6


def test_without_the_library_only_otio_is_missing(applied: Film, tmp_path: Path) -> None:
    """The message names what to install; the other formats do not ask for it."""
    absent = tmp_path / "absent"
    absent.mkdir()
    missing = 'raise ModuleNotFoundError("No module named opentimelineio", name="opentimelineio")\n'
    (absent / "opentimelineio.py").write_text(missing)
    paths = os.pathsep.join([str(absent), *sys.path])
    codes = {}
    for form in ("otio", "edl"):
        process = applied.start("export", form, "-o", "-", env={**os.environ, "PYTHONPATH": paths})
        _, err = process.communicate(timeout=60)
        codes[form] = process.returncode
        if form == "otio":
            assert "OpenTimelineIO is not installed" in err
            assert "pip install 'seedgen[otio]'" in err
    assert codes == {"otio": 1, "edl": 0}


def test_a_reel_that_is_not_there(applied: Film) -> None:
    """The names that there are, and nothing written."""
    ran = applied.run("export", "edl", "../maim")
    assert ran.code == 1
    assert "no reel '../maim'" in ran.err
    assert "main" in ran.err
    assert not list(applied.root.parent.glob("*.edl"))


def test_which_reel_when_nobody_says(applied: Film) -> None:
    """The only one; among several the one called main; else the command asks."""
    applied.edit("  main: {", "  teaser: {")
    assert applied.run("export", "srt").code == 0
    assert (applied.root / "build" / "teaser.srt").exists()
    applied.edit("  teaser: {", "  longer: {size: 160x90}\n  teaser: {")
    ran = applied.run("export", "srt")
    assert ran.code == 1
    assert "Name one" in ran.err
    applied.edit("  longer: {", "  main: {")
    assert applied.run("export", "srt").err.endswith("main.srt\n")


def test_a_reel_that_shows_nothing_is_not_exported(film: Film) -> None:
    """All its shots are skipped, for none has a clip."""
    film.edit("fps: 24", "fps: 24, placeholder: skip")
    ran = film.run("export", "fcpxml")
    assert ran.code == 1
    assert "shows nothing yet" in ran.err
    assert not (film.root / "build" / "main.fcpxml").exists()


def test_a_profile_has_exports_of_its_own(applied: Film) -> None:
    """Beside its reels, in build/<profile>/."""
    ran = applied.run("--profile", "long", "export", "edl")
    assert ran.code == 0
    assert (applied.root / "build" / "long" / "main.edl").exists()
    assert "`seedgen --profile long apply` makes them." in ran.err


def test_a_damaged_clip_is_never_handed_over(applied: Film) -> None:
    """It is not in build/ any more, and what the cache has is not what it was."""
    shutil.rmtree(applied.root / "build")
    clip = applied.object("s2")
    clip.chmod(0o644)
    clip.write_bytes(clip.read_bytes()[:-1] + b"?")
    ran = applied.run("export", "edl")
    assert ran.code == 1
    assert applied.digest("s2")[:8] in ran.err
    assert not (applied.root / "build" / "clips" / "s2.mp4").exists()


def test_formats_are_completed_and_checked(applied: Film) -> None:
    """What is no format is refused with those that are."""
    ran = applied.run("export", "aaf")
    assert ran.code == 1
    assert all(form in ran.err for form in FORMATS)
