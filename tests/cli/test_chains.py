"""Chains from the command line: what people and programs are told, and that nothing breaks one for good."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.cli.test_interruptions import APPLY, press_ctrl_c, rest, until
from tests.film import NO_CHANGES, Film, new_film, picture_at
from tests.media.clips import make, picture

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.planning.lock import Lock

CHAIN = """\
seedgen: 1
name: chain
vars: {colour: red}
reference_sets:
  door: {images: [refs/door.png]}
defaults: {resolution: 480p, duration: 1, aspect_ratio: "1:1", generate_audio: false}
shots:
  - {id: s3, prompt: A stair., from_shot: {id: s2, use: clip}}
  - {id: s1, prompt: "A {{ colour }} door, {{ ref('door') }}.", references: [door]}
  - {id: s2, prompt: "A hall, from {{ ref('from_shot') }} on.", from_shot: {id: s1}}
reels:
  main: {size: 160x90, fps: 24}
"""


@pytest.fixture
def chain(tmp_path: Path) -> Film:
    """Three shots of a second, each of which continues the one before it; the last is declared first."""
    film = new_film(tmp_path)
    film.write({"seedgen.yaml": CHAIN})
    return film


def text(film: Film, *arguments: str) -> str:
    """What a command prints, without the temporary folder."""
    ran = film.run(*arguments)
    assert ran.code == 0, ran.err
    return ran.out


def test_a_plan_shows_a_chain_whole(chain: Film) -> None:
    """Before anything is there: what comes after what, and what it costs."""
    assert text(chain, "plan").splitlines()[:5] == [
        "  + s3  generate  1 s  local animatic  free  after s2",
        "  + s1  generate  1 s  local animatic  free",
        "  + s2  generate  1 s  local animatic  free  after s1",
        "",
        "Plan: 3 to generate, 0 to regenerate, 0 to reuse, 0 to remove; 0 unchanged. "
        "Estimated cost $0.00 (3 s of video).",
    ]
    changes = {change["shot"]: change for change in chain.plan()["changes"]}
    assert changes["s2"]["fingerprint"] is None
    assert changes["s2"]["continues"] == {"shot": "s1", "use": "last_frame", "clip": None, "stale": False}
    assert "continues" not in changes["s1"]


def test_a_chain_is_applied_once(chain: Film) -> None:
    """In the order of the clips, whatever the order in the file; then nothing is left to do."""
    assert chain.apply().submitted == ["s1", "s2", "s3"]
    assert text(chain, "plan").splitlines()[0] == NO_CHANGES
    lock = chain.lock()
    assert lock.shots["s2"].request.references[0].id == f"derived:last_frame:sha256:{chain.digest('s1')}"
    assert lock.shots["s3"].request.references[0].id == f"derived:clip:sha256:{chain.digest('s2')}"
    assert chain.apply().submitted == []


def test_an_animatic_begins_with_the_frame_that_it_continues(chain: Film) -> None:
    """All of it stands where it stood, but for the new caption below; a clip goes on in the same place."""
    chain.apply()
    last = picture_at(chain.root / "build/clips/s1.mp4", 23)
    begin = picture_at(chain.root / "build/clips/s2.mp4", 0)
    clip = picture_at(chain.root / "build/clips/s3.mp4", 0)
    above = (0, 0, last.width, last.height * 3 // 5)
    for one in (begin, clip):
        off = ImageStat.Stat(ImageChops.difference(last.crop(above), one.crop(above)))
        assert max(off.mean) < 3
    assert ImageStat.Stat(last.crop(above)).stddev[0] > 20


def test_the_storyboard_shows_what_is_continued(chain: Film) -> None:
    """Before there is a clip its kind stands in its place; then the clip's poster."""
    chain.run("reel")
    page = chain.root / "build/storyboard.html"
    assert page.read_text().count('class="thumb none"') == 2
    chain.apply()
    assert 'class="thumb none"' not in page.read_text()


def test_an_edit_goes_down_the_chain_and_says_so(chain: Film) -> None:
    """Each because of the clip before it, which is known after the apply."""
    chain.apply()
    chain.edit("colour: red", "colour: blue")
    lines = text(chain, "plan").splitlines()
    assert lines[0] == "  ~ s3  regenerate  1 s  local animatic  free  because of the clip of s2"
    assert lines[1] == f"        references.1: clip {chain.digest('s2')[:12]}… -> known after apply"
    assert lines[4] == "  ~ s2  regenerate  1 s  local animatic  free  because of the clip of s1"
    assert chain.actions() == dict.fromkeys(("s1", "s2", "s3"), "regenerate")
    [s2] = [change for change in chain.plan()["changes"] if change["shot"] == "s2"]
    assert s2["reasons"] == ["upstream:s1"]
    assert s2["diff"][0]["after_unknown"]
    assert chain.apply().submitted == ["s1", "s2", "s3"]
    chain.edit("colour: blue", "colour: red")
    assert chain.actions() == dict.fromkeys(("s1", "s2", "s3"), "reuse")
    assert chain.apply().submitted == []


def test_a_pick_says_who_continues_the_shot(chain: Film) -> None:
    """It makes their clips old, which may cost money: it is told when it is picked, and planned then."""
    chain.edit("references: [door]}", "references: [door], takes: 2}")
    chain.apply()
    ran = chain.run("pick", "s1", "2")
    assert "s2 continues it: `seedgen plan` shows what the pick changes there." in ran.err
    reasons = {change["shot"]: change["reasons"] for change in chain.plan()["changes"]}
    assert reasons == {"s2": ["upstream:s1"], "s3": ["upstream:s2"]}
    assert "continues it" not in chain.run("pick", "s3", "1").err


def test_selecting_says_what_is_continued_and_what_is_lacking(chain: Film) -> None:
    """A clip that is out of date is used as it is, with a word about it; one that is not there blocks."""
    ran = chain.run("plan", "--select", "s2")
    assert "s1 has no clip and is not selected: `--select +s2` takes it in" in ran.out
    chain.apply()
    chain.edit("colour: red", "colour: blue")
    stale = "The clip of s1 is out of date, and s1 is not selected: s2 continues it as it is."
    assert stale in text(chain, "plan", "--select", "s2")
    assert chain.actions("--select", "s2") == {}
    [s2] = [c for c in chain.plan("--select", "s2", "--all")["changes"] if c["shot"] == "s2"]
    assert s2["continues"]["stale"]
    assert stale not in text(chain, "plan")


def test_a_failure_leaves_what_continues_it(chain: Film) -> None:
    """It says so, the exit code says so, and the next apply goes on."""
    whole = chain.rot("refs/door.png")
    ran = chain.run("apply", "--auto-approve")
    assert ran.code == 1
    assert "! s2  s1 failed, so s2 is left as it is" in ran.err
    assert "! s3  s1 failed, so s3 is left as it is" in ran.err
    assert "1 failed, 2 left as they are" in ran.err
    events = chain.run("apply", "--auto-approve", "--json").events
    told = [event for event in events if event["type"] == "shot_left"]
    assert [(one["shot"], one["upstream"], one["because"]) for one in told] == [
        ("s2", "s1", "failed"),
        ("s3", "s1", "failed"),
    ]
    assert events[-1]["untouched"] == 2
    (chain.root / "refs/door.png").write_bytes(whole)
    (chain.root / ".seedgen/references.json").unlink()
    chain.apply()
    assert chain.actions() == {}


def test_what_is_shown_of_a_shot_whose_clip_is_not_known(chain: Film) -> None:
    """Its request, as far as it goes; where it waits for a clip, by which name."""
    assert "fingerprint  known once s1 has its clip" in text(chain, "show", "s2")
    assert "+ s2  generate  1 s  local animatic  free  after s1" in text(chain, "show", "s2")
    body = json.loads(text(chain, "render", "s2"))
    assert body["images"] == ["last_frame of s1"]
    assert body["prompt"] == "A hall, from [Image 1] on."
    assert "have no clip yet: s3, s1, s2" in text(chain, "status")


def test_a_reel_of_stand_ins_needs_no_clip_of_a_chain(chain: Film) -> None:
    """Every shot has its animatic, kept under a key that does not wait for the clip before it."""
    assert chain.run("reel").code == 0
    assert (chain.root / "build/main.mp4").is_file()
    names = {file.name for file in (chain.cache / "segments/stand-ins").iterdir()}
    assert len(names) == 3
    assert chain.run("reel").code == 0
    assert "the last frame of s1" in (chain.root / "build/storyboard.html").read_text()
    chain.edit("A stair.", "A ladder.")
    assert chain.run("reel").code == 0
    assert len({file.name for file in (chain.cache / "segments/stand-ins").iterdir()} - names) == 1


def test_a_clip_is_imported_for_what_continues_a_clip(chain: Film, tmp_path: Path) -> None:
    """Only once that clip is there: before, nobody can say what the import is for."""
    clip = make(tmp_path / "own.mp4", *picture(frames=24), "-pix_fmt", "yuv420p")
    ran = chain.run("import", "s2", str(clip))
    assert ran.code == 1
    assert "s2 continues s1, which has no clip for its present request" in ran.err
    chain.apply("--select", "s1")
    assert chain.run("import", "s2", str(clip)).code == 0
    assert chain.actions() == {"s3": "generate"}


def test_the_last_frame_is_taken_out_once(chain: Film) -> None:
    """It stays in the cache beside the clips, by the clip's digest."""
    chain.apply()
    [frame] = (chain.cache / "frames").glob("??/*.png")
    assert frame.name.startswith(f"{chain.digest('s1')}-last_frame-")
    with Image.open(frame) as image:
        difference = ImageChops.difference(image, picture_at(chain.object("s1"), 23))
    assert sum(difference.convert("L").histogram()[3:]) == 0
    before = frame.stat()
    chain.edit("A hall", "A room")
    chain.apply()
    after = frame.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


POINTS = [
    ("job_submitted", "s1"),
    ("take_recorded", "s1"),
    ("job_submitted", "s2"),
    ("job_succeeded", "s2"),
    ("take_recorded", "s2"),
    ("job_submitted", "s3"),
    ("take_recorded", "s3"),
]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Lock:
    """The lock of an apply that was let be."""
    film = new_film(tmp_path_factory.mktemp("unbroken"))
    film.write({"seedgen.yaml": CHAIN})
    film.apply("--no-reel")
    return film.lock()


@pytest.mark.parametrize(("kind", "shot"), POINTS)
@pytest.mark.parametrize("stop", ["kill", "ctrl-c"])
def test_a_broken_off_chain_ends_as_an_unbroken_one(
    kind: str, shot: str, stop: str, chain: Film, unbroken: Lock
) -> None:
    """Stopped at any point: one more apply, and the lock is that of an apply that was let be."""
    process = chain.start(*APPLY, "--no-reel")
    until(process, kind, shot)
    if stop == "kill":
        process.kill()
        process.communicate()
    else:
        press_ctrl_c(process)
        rest(process)
    kept = chain.objects
    chain.apply("--no-reel")
    assert kept <= chain.objects
    assert all(change["action"] == "unchanged" for change in chain.plan("--all")["changes"])
    assert chain.lock().shots == unbroken.shots
