"""`cache gc`: what anybody may need stays, what goes is shown first, and a kill leaves a sound cache."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from seedgen.cli.main import run as run_command
from seedgen.views.schemas import schema_text
from tests.cli.screen import Terminal
from tests.cli.studio import applied as apply_at_service
from tests.cli.studio import detached, in_doubt, studio
from tests.film import Film, clips_in, new_film
from tests.store.processes import process
from tests.store.repositories import Checkout, new_repository

if TYPE_CHECKING:
    from tests.emulator import Emulator
    from tests.film import Ran

NOW = ("--older-than", "0d", "--auto-approve")
MONTH_S = 30 * 86_400


def gc(film: Film, *arguments: str, code: int = 0) -> Ran:
    """Clear out; it has to end so."""
    ran = film.run("cache", "gc", *arguments)
    assert ran.code == code, ran.out + ran.err
    return ran


def looked(film: Film, *arguments: str) -> dict[str, Any]:
    """The document of a dry run, which follows its schema."""
    value: dict[str, Any] = json.loads(gc(film, "--dry-run", "--json", *arguments).out)
    jsonschema_rs.validator_for(json.loads(schema_text("cache-gc"))).validate(value)
    return value


def age(cache: Path) -> None:
    """Make everything in a cache a month old."""
    then = time.time() - MONTH_S
    for file in cache.rglob("*"):
        if file.is_file():
            os.utime(file, (then, then))


def edited(film: Film, *hows: str) -> list[str]:
    """Have s1 made for some prompts one after another; the digests of its clips."""
    digests = [film.digest("s1")]
    for how in hows:
        before = film.yaml.split("{how: ")[1].split("}")[0]
        film.edit(f"how: {before}", f"how: {how}")
        film.apply("--no-reel")
        digests.append(film.digest("s1"))
    return digests


@pytest.fixture
def paid(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """Three paid clips, and a fourth that no lock uses: the door was red before."""
    film = studio(tmp_path / "film", emulator, monkeypatch)
    assert apply_at_service(film).code == 0
    film.edit("A red door.", "A blue door.")
    assert apply_at_service(film).code == 0
    return film


# -- what goes, and what stays -----------------------------------------------------------------------


def test_there_is_nothing_to_clear_out_after_an_apply(applied: Film) -> None:
    """However young things may go: clips and segments are all in use; and nobody is asked."""
    age(applied.cache)
    (applied.cache / "segments" / "sound").rename(applied.root / "sound")
    ran = gc(applied)
    assert ran.out == "There is nothing to clear out.\n"
    assert ran.err == ""


def test_only_what_no_lock_uses_goes(applied: Film) -> None:
    """Two old clips of a shot with their segments; the plan is as empty as before, and the reel the same."""
    old, older, new = edited(applied, "ajar", "shut")
    applied.run("reel")
    before, reel = applied.objects, (applied.root / "build/main.mp4").read_bytes()
    assert looked(applied, "--older-than", "0d")["deleted"] is False
    ran = gc(applied, *NOW)
    assert "local clips         2" in ran.out
    assert "segments            1" in ran.out
    assert ran.err.startswith("Freed ")
    assert applied.objects == before - {old, older}
    assert new in applied.objects
    assert applied.actions() == {}
    assert applied.run("cache", "verify").code == 0
    (applied.root / "build/main.mp4").unlink()
    assert applied.run("reel").code == 0
    assert (applied.root / "build/main.mp4").read_bytes() == reel


def test_what_is_young_stays_by_default(applied: Film) -> None:
    """Everything unused is younger than a week: it is told, and nothing goes."""
    edited(applied, "ajar")
    ran = gc(applied)
    assert "There is nothing to clear out." in ran.out
    assert "1 because they are too young (a shorter --older-than takes free ones)." in ran.out
    age(applied.cache)
    assert len(looked(applied)["clips"]) == 1


def test_paid_clips_younger_than_a_week_need_force(paid: Film) -> None:
    """`--older-than 0d` alone does not take them; `--force` does, and says what they cost."""
    assert looked(paid, "--older-than", "0d")["clips"] == []
    assert looked(paid, "--older-than", "0d")["kept"]["young"]["count"] == 1
    assert "(--force takes paid ones too)" in gc(paid, "--dry-run", "--older-than", "0d").out
    found = looked(paid, "--force")["clips"]
    assert [(one["shot"], one["origin"]) for one in found] == [("door", "paid")]
    ran = gc(paid, "--force", "--auto-approve")
    assert "$0.40 paid for them" in ran.out
    assert len(paid.objects) == 3


def test_old_paid_clips_go(paid: Film) -> None:
    """Nothing needs one, and it is a month old."""
    age(paid.cache)
    assert looked(paid, "--older-than", "40d")["clips"] == []
    assert len(looked(paid)["clips"]) == 1


def test_imported_clips_are_as_dear_as_paid_ones(applied: Film, tmp_path: Path) -> None:
    """They cannot be made again at all."""
    file = tmp_path / "graded.mp4"
    shutil.copyfile(applied.root / "build/main.mp4", file)
    assert applied.run("import", "s3", str(file), "--replace").code == 0
    imported = applied.digest("s3")
    applied.edit("sky: pale", "sky: dark")
    applied.apply("--no-reel")
    gc(applied, *NOW)
    assert imported in applied.objects
    age(applied.cache)
    assert "imported clips      1" in gc(applied, "--dry-run").out


def test_what_a_profile_declares_stays_without_a_lock(applied: Film) -> None:
    """An apply that was killed before it wrote its lock has paid all the same: the next one reuses it."""
    applied.apply("--select", "s1", "--no-reel", before=("--profile", "long"))
    (applied.root / "seedgen.long.lock").unlink()
    gc(applied, *NOW, "--force")
    assert applied.actions("--select", "s1", before=("--profile", "long")) == {"s1": "reuse"}


def test_locks_of_every_profile_count(applied: Film) -> None:
    """Also of one that is declared no longer."""
    applied.apply("--select", "s1", "--no-reel", before=("--profile", "long"))
    there = applied.objects
    applied.edit("  long: {duration: 2}\n", "")
    gc(applied, *NOW)
    assert applied.objects == there


def test_a_lock_with_conflict_markers_stops_it(applied: Film) -> None:
    """What the project needs cannot be told; and nothing goes."""
    edited(applied, "ajar")
    there = applied.objects
    text = (applied.root / "seedgen.lock").read_text()
    applied.write({"seedgen.lock": f"<<<<<<< ours\n{text}=======\n>>>>>>> theirs\n"})
    assert "conflict markers" in gc(applied, *NOW, code=1).err
    assert applied.objects == there


def test_a_project_that_is_not_sound_stops_it(applied: Film) -> None:
    """Under any profile, whose problems are told by a command that is named."""
    edited(applied, "ajar")
    there = applied.objects
    applied.edit("long: {duration: 2}", "long: {duration: 99}")
    assert "`seedgen --profile long validate` says what is wrong." in gc(applied, *NOW, code=1).err
    assert applied.objects == there


def test_without_ffmpeg_segments_stay(applied: Film, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Their keys name it, so that any of them may be a reel's own. Clips are cleared out all the same."""
    edited(applied, "ajar")
    applied.run("reel")
    monkeypatch.setenv("SEEDGEN_FFMPEG", str(tmp_path / "nothing"))
    segments = applied.segments
    ran = gc(applied, *NOW)
    assert "Segments and stand-ins stay" in ran.out
    assert applied.segments == segments
    assert len(applied.objects) == 3


def test_clips_of_open_jobs_stay(paid: Film, emulator: Emulator) -> None:
    """Jobs in flight and in doubt have entries in the journal, which is never touched."""
    paid.edit("A bare wall.", "A green wall.")
    detached(paid, "--select", "wall")
    in_doubt(paid, emulator, "roof")
    before = paid.run("jobs", "list", "--json").out
    gc(paid, *NOW, "--force")
    assert paid.run("jobs", "list", "--json").out == before
    submits = len(emulator.submits)
    assert apply_at_service(paid, "--select", "wall").code == 0
    assert len(emulator.submits) == submits, "it was collected, not paid again"


# -- git's history -----------------------------------------------------------------------------------


@pytest.fixture
def committed(applied: Film) -> tuple[Film, Checkout, list[str]]:
    """Three states of s1: the first two committed and tagged, the third not."""
    checkout = new_repository(applied.root)
    applied.write({".gitignore": ".seedgen/\nbuild/\n"})
    checkout.commit("one")
    digests = edited(applied, "ajar")
    checkout.commit("two")
    digests += edited(applied, "shut")[1:]
    digests += edited(applied, "wide")[1:]
    return applied, checkout, digests


def test_what_history_uses_stays(committed: tuple[Film, Checkout, list[str]]) -> None:
    """Only the state that was never committed goes. What an old revision shows can be shown again."""
    film, _, (one, two, never, now) = committed
    ran = gc(film, *NOW)
    assert "2 because only git's history uses them" in ran.out
    assert {one, two, now} <= film.objects
    assert never not in film.objects


@pytest.mark.parametrize(
    ("history", "stay"),
    [(("two..two",), {1}), (("one",), {0}), (("one..two",), {0, 1}), (("one", "two..two"), {0, 1})],
)
def test_history_can_be_narrowed(
    committed: tuple[Film, Checkout, list[str]], history: tuple[str, ...], stay: set[int]
) -> None:
    """To a revision's own, or to a range."""
    film, _, digests = committed
    gc(film, *NOW, *(word for one in history for word in ("--history", one)))
    kept = {number for number, digest in enumerate(digests[:3]) if digest in film.objects}
    assert kept == stay


def test_a_revision_that_is_not_there_deletes_nothing(committed: tuple[Film, Checkout, list[str]]) -> None:
    """A slip of the pen."""
    film, _, _ = committed
    there = film.objects
    assert "no revision 'onee'" in gc(film, *NOW, "--history", "onee", code=1).err
    assert film.objects == there


def test_git_is_only_read(committed: tuple[Film, Checkout, list[str]]) -> None:
    """Neither index nor work tree changes."""
    film, checkout, _ = committed
    state = checkout.state()
    gc(film, *NOW)
    assert checkout.state() == state


def test_a_repository_without_git_stops_it(
    committed: tuple[Film, Checkout, list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What history uses cannot be told then; without a repository, no git is needed."""
    film, _, _ = committed
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg:
        monkeypatch.setenv("SEEDGEN_FFMPEG", ffmpeg)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git was not found" in gc(film, *NOW, code=1).err
    shutil.rmtree(film.root / ".git")
    gc(film, *NOW)


# -- shared caches -----------------------------------------------------------------------------------


@pytest.fixture
def shared(tmp_path: Path) -> tuple[Film, Film, Path]:
    """Two films that share a cache, made for the same first and then for different prompts."""
    cache = tmp_path / "shared"
    first, second = (new_film(_made(tmp_path / name)) for name in ("first", "second"))
    second.edit("name: film", "name: teaser")
    for film in (first, second):
        film.apply("--no-reel", before=("--cache-dir", str(cache)))
    first.edit("how: open", "how: ajar")
    first.apply("--no-reel", before=("--cache-dir", str(cache)))
    return first, second, cache


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def test_a_shared_cache_is_refused_unless_the_others_are_named(shared: tuple[Film, Film, Path]) -> None:
    """The second film only reuses what the first one made: nothing in the cache says so."""
    first, second, cache = shared
    there = clips_in(cache)
    ran = first.run("--cache-dir", str(cache), "cache", "gc", *NOW)
    assert ran.code == 1
    assert "may be shared: it lies outside this project" in ran.err
    assert "--project DIR" in ran.err
    assert "--not-shared" in ran.err
    assert clips_in(cache) == there
    before = ("--cache-dir", str(cache), "cache", "gc", *NOW)
    assert first.run(*before, "--project", str(second.root)).code == 0
    assert clips_in(cache) == there
    assert second.actions(before=("--cache-dir", str(cache))) == {}
    assert first.run(*before, "--not-shared").code == 0
    assert len(clips_in(cache)) == 3


def test_a_cache_that_holds_clips_of_others_is_shared(shared: tuple[Film, Film, Path]) -> None:
    """Wherever it lies: the journal names the other project, and the message does."""
    first, second, cache = shared
    second.edit("how: bare", "how: tall")
    second.apply("--no-reel", before=("--cache-dir", str(cache)))
    shutil.copytree(cache, first.cache)
    assert "it holds clips of teaser" in gc(first, *NOW, code=1).err


def test_clips_of_a_project_that_is_not_named_stay(shared: tuple[Film, Film, Path], tmp_path: Path) -> None:
    """Two others are in the journal and one is named: what was made for the third is kept."""
    first, second, cache = shared
    third = new_film(_made(tmp_path / "third"))
    third.edit("name: film", "name: trailer")
    third.edit("how: open", "how: broken")
    third.apply("--no-reel", before=("--cache-dir", str(cache)))
    ran = first.run("--cache-dir", str(cache), "cache", "gc", *NOW, "--project", str(second.root), "--json")
    assert ran.code == 0
    assert json.loads(ran.out)["kept"]["other_project"]["count"] == 1
    assert third.actions(before=("--cache-dir", str(cache))) == {}


def test_the_two_flags_exclude_each_other(film: Film) -> None:
    """One of them is not true."""
    assert "exclude each other" in gc(film, "--not-shared", "--project", str(film.root), code=1).err


# -- asking ------------------------------------------------------------------------------------------


def test_nobody_at_a_terminal_is_told_the_flag(applied: Film) -> None:
    """It was shown, and nothing went."""
    edited(applied, "ajar")
    there = applied.objects
    ran = gc(applied, "--older-than", "0d", code=1)
    assert "local clips         1" in ran.out
    assert "--auto-approve" in ran.err
    assert applied.objects == there


@pytest.mark.parametrize(("answer", "code", "left"), [("y\n", 0, 3), ("n\n", 1, 4), ("\n", 1, 4)])
def test_a_person_is_asked(applied: Film, answer: str, code: int, left: int) -> None:
    """Only a yes deletes."""
    edited(applied, "ajar")
    terminal = Terminal(applied, "cache", "gc", "--older-than", "0d")
    terminal.read_until("[y/N]")
    assert "All of it can be made again at no cost." in terminal.written
    terminal.type(answer)
    assert terminal.end() == code
    assert len(applied.objects) == left


def test_whoever_deletes_what_was_paid_is_told(paid: Film) -> None:
    """The question says it, and Ctrl-C leaves everything."""
    terminal = Terminal(paid, "cache", "gc", "--force")
    terminal.read_until("[y/N]")
    assert "1 clip could only be had by paying again" in terminal.written
    terminal.type("\x03")
    assert terminal.end(press="\x03") == 130
    assert len(paid.objects) == 4


def test_what_came_into_use_since_it_was_shown_stays(applied: Film) -> None:
    """Somebody goes back to an old prompt while the question is open."""
    old, _ = edited(applied, "ajar")
    terminal = Terminal(applied, "cache", "gc", "--older-than", "0d")
    terminal.read_until("[y/N]")
    applied.edit("how: ajar", "how: open")
    applied.apply("--no-reel")
    terminal.type("y\n")
    assert terminal.end() == 0
    assert "is in use by now, and stayed" in terminal.written
    assert old in applied.objects
    assert applied.actions() == {}


# -- others at work, and kills -----------------------------------------------------------------------


@pytest.mark.parametrize("command", [("apply", "--auto-approve", "--json", "--replace", "s1"), ("reel",)])
def test_nothing_goes_beside_an_apply_or_a_reel(applied: Film, command: tuple[str, ...]) -> None:
    """A real process in the midst of its work, which then ends as it would have."""
    edited(applied, "ajar")
    there = applied.objects
    (applied.root / "build/main.mp4").unlink()
    shutil.rmtree(applied.cache / "segments")
    with applied.start(*command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as other:
        try:
            # Stopped where it is, so that it cannot end before we have looked.
            while not _uses(applied.cache, other.pid):
                assert other.poll() is None
            other.send_signal(signal.SIGSTOP)
            ran = gc(applied, *NOW, code=1)
            assert "is at work in this cache" in ran.err
            assert there <= applied.objects
            assert gc(applied, "--dry-run", "--older-than", "0d").code == 0
        finally:
            other.send_signal(signal.SIGCONT)
        assert other.wait(60) == 0
    gc(applied, *NOW)
    assert applied.run("cache", "verify").code == 0


def _uses(cache: Path, pid: int) -> bool:
    """Whether a process has told the kernel that it uses a cache."""
    with contextlib.suppress(OSError):  # what is open may be closed while we look
        return cache / "in-use.lock" in [one.readlink() for one in Path(f"/proc/{pid}/fd").iterdir()]
    return False


KILLED = """
import os, signal, sys
from seedgen.cli.main import run
left = int(sys.argv[2])
def watch(event, arguments):
    global left
    if event == "os.remove" and "/.seedgen/cache/" in str(arguments[0]):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
sys.exit(run(["-C", sys.argv[1], "cache", "gc", "--older-than", "0d", "--auto-approve"]))
"""
"""Python tells its audit hooks of each deletion right before it is done."""


@pytest.mark.parametrize("number", [1, 2, 3, 5])
def test_a_kill_half_way_leaves_a_sound_cache(applied: Film, number: int) -> None:
    """Right before its first, second, third or fifth deletion: all is well, and the next one goes on."""
    *old, now = edited(applied, "ajar", "shut")
    applied.run("reel")
    for before, after in (("bare", "tall"), ("tall", "low")):
        applied.edit(f"how: {before}", f"how: {after}")
        applied.apply()
    with process(KILLED, applied.root, str(number)) as child:
        assert child.wait(60) == -signal.SIGKILL
    assert applied.run("cache", "verify").code == 0
    assert applied.actions() == {}
    assert now in applied.objects
    gc(applied, *NOW)
    assert not set(old) & applied.objects
    assert applied.run("cache", "verify").code == 0
    assert len(applied.objects) == 3


def test_old_posters_of_a_profile_that_is_gone_go(applied: Film) -> None:
    """Those of profiles that are declared stay."""
    applied.apply("--select", "s1", before=("--profile", "long"))
    posters = applied.root / ".seedgen" / "posters"
    assert {one.name for one in posters.iterdir()} == {"default", "long"}
    applied.edit("  long: {duration: 2}\n", "")
    total = applied.run("cache").out.splitlines()[-1].split("free")[0].split()
    dry = gc(applied, *NOW, "--dry-run").out
    assert f" of {total[1]} {total[2]}.\n" in dry, "of the same whole as `cache ls` tells"
    gc(applied, *NOW)
    assert {one.name for one in posters.iterdir()} == {"default"}


def test_what_a_newer_seedgen_keeps_there_stays(applied: Film) -> None:
    """A folder that nobody here knows is shown, and left alone."""
    stranger = applied.cache / "holograms"
    stranger.mkdir()
    (stranger / "one.bin").write_bytes(b"x" * 2048)
    age(applied.cache)
    gc(applied, "--auto-approve")
    assert (stranger / "one.bin").is_file()
    line = next(line for line in applied.run("cache").out.splitlines() if "holograms" in line)
    assert "2.0 KiB  not known to this seedgen" in line


@pytest.mark.parametrize("asked", ["7", "-1d", "d", "1.5d", "1y", ""])
def test_an_age_that_is_none_says_how_it_is_written(asked: str) -> None:
    """With examples."""
    assert run_command(["cache", "gc", "--older-than", asked]) == 1


def test_another_project_that_is_not_there_deletes_nothing(applied: Film, tmp_path: Path) -> None:
    """A slip of the pen must not leave it without protection."""
    edited(applied, "ajar")
    there = applied.objects
    ran = gc(applied, *NOW, "--project", str(tmp_path / "trailer"), code=1)
    assert "seedgen.yaml" in ran.err
    assert "trailer" in ran.err
    assert applied.objects == there


def test_chains_stay_as_far_as_they_are_declared(applied: Film) -> None:
    """Made by an apply that was killed before it wrote its lock, both shots are reused.

    The frame between them stays as long as its clip does; damaged, it is taken out again.
    """
    applied.edit(
        "    vars: {sky: pale}\n", "    vars: {sky: pale}\n    from_shot: {id: s1, use: last_frame}\n"
    )
    applied.apply("--no-reel")
    frames = list((applied.cache / "frames").glob("??/*.png"))
    assert len(frames) == 1
    locked = (applied.root / "seedgen.lock").read_bytes()
    (applied.root / "seedgen.lock").unlink()
    gc(applied, *NOW, "--force")
    assert set(applied.actions().values()) == {"reuse"}
    applied.write({"seedgen.lock": locked})
    assert frames[0].is_file()
    frames[0].write_bytes(frames[0].read_bytes()[:-40])
    assert applied.run("cache", "verify").code == 1
    assert not frames[0].exists()
    applied.edit("how: open", "how: ajar")
    applied.apply("--no-reel")
    (second,) = (applied.cache / "frames").glob("??/*.png")
    applied.edit("how: ajar", "how: shut")
    applied.apply("--no-reel")
    gc(applied, *NOW)
    assert not second.exists()
    assert applied.actions() == {}


def test_a_clip_that_was_accepted_is_kept_for_the_request_it_stands_for(applied: Film) -> None:
    """After a detour no lock has it, and the request is declared again: the plan would reuse it. Once the
    request is gone too, so are the clip and the word of it."""
    applied.edit("pale", "paler")
    applied.run("accept", "s3")
    applied.edit("paler", "dark")
    applied.apply()
    applied.edit("dark", "paler")
    gc(applied, *NOW)
    assert applied.actions() == {"s3": "reuse"}
    assert applied.run("cache", "verify").code == 0
    applied.edit("paler", "dark")
    gc(applied, *NOW)
    assert applied.run("cache", "verify").code == 0
    applied.edit("dark", "paler")
    assert applied.actions() == {"s3": "regenerate"}
