"""`cache ls` and `cache verify`: what is there, whether it is whole, and what to do where it is not."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

from seedgen.digest import digest_file
from seedgen.views.schemas import schema_text
from tests.cli.screen import Terminal
from tests.cli.studio import applied as apply_at_service
from tests.cli.studio import detached, studio
from tests.film import SHOTS, Film, clips_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator import Emulator


def document(film: Film, *arguments: str, name: str, code: int = 0) -> dict[str, Any]:
    """A document that follows its schema."""
    ran = film.run("cache", *arguments, "--json")
    assert (ran.code, ran.err) == (code, "")
    value: dict[str, Any] = json.loads(ran.out)
    jsonschema_rs.validator_for(json.loads(schema_text(name))).validate(value)
    return value


def damage(path: Path) -> None:
    """Change a byte in the middle of a file; its length stays."""
    path.chmod(0o644)
    with path.open("r+b") as stream:
        stream.seek(path.stat().st_size // 2)
        byte = stream.read(1)[0]
        stream.seek(-1, os.SEEK_CUR)
        stream.write(bytes([byte ^ 0xFF]))


def forget_build(film: Film) -> None:
    """Without `build/`, no clip can be taken back from there."""
    shutil.rmtree(film.root / "build")


# -- ls ----------------------------------------------------------------------------------------------


def test_the_cache_fits_on_one_screen(applied: Film) -> None:
    """A line for each kind of thing, with count and size, and the total. The list is the default."""
    ran = applied.run("cache")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == applied.run("cache", "ls").out
    lines = {line.split()[0]: line for line in ran.out.splitlines()}
    assert "3 used by the lock here, 0 not" in lines["clips"]
    assert lines["segments"].split()[1] == "3"
    assert "3 takes, 3 jobs" in lines["databases"]
    assert "free beside it" in lines["total"]
    assert len(ran.out.splitlines()) < 12


def test_each_clip_has_a_line(applied: Film) -> None:
    """Who uses it, by lock and shot; who does not is told what it was made for."""
    applied.edit("how: open", "how: ajar")
    before = applied.digest("s1")
    applied.apply("--no-reel")
    lines = {line.split()[0]: line for line in applied.run("cache", "ls", "--clips").out.splitlines()}
    assert lines[applied.digest("s1")[:12]].endswith("free  seedgen.lock s1")
    assert lines[before[:12]].endswith("free  in no lock here; made for s1 of film")
    assert len(lines) == 4


def test_clips_can_be_sorted(applied: Film) -> None:
    """By size, the largest first; by age, the newest first."""
    old = applied.object("s2")
    os.utime(old, (1, 1))
    by_size = document(applied, "ls", "--sort", "size", name="cache")["clips"]
    assert [one["bytes"] for one in by_size] == sorted((one["bytes"] for one in by_size), reverse=True)
    by_age = document(applied, "ls", name="cache")["clips"]
    assert by_age[-1]["digest"] == applied.digest("s2")
    assert by_age[-1]["written_at"] == "1970-01-01T00:00:01Z"


def test_locks_of_all_profiles_use_clips(applied: Film) -> None:
    """One clip that two locks name has two users."""
    applied.apply("--select", "s1", "--no-reel", before=("--profile", "long"))
    shutil.copyfile(applied.root / "seedgen.lock", applied.root / "seedgen.proof.lock")
    clips = {one["digest"]: one for one in document(applied, "ls", name="cache")["clips"]}
    assert [use["lock"] for use in clips[applied.digest("s2")]["uses"]] == [
        "seedgen.lock",
        "seedgen.proof.lock",
    ]
    assert sorted(len(one["uses"]) for one in clips.values()) == [1, 2, 2, 2]
    assert "used by the 3 locks here" in applied.run("cache").out


def test_what_clips_cost_is_told(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three clips of 0.40 USD, each counted once though two locks have them."""
    film = studio(tmp_path / "film", emulator, monkeypatch)
    assert apply_at_service(film).code == 0
    shutil.copyfile(film.root / "seedgen.lock", film.root / "seedgen.each.lock")
    assert "; $1.20 paid for them" in film.run("cache").out
    clips = document(film, "ls", name="cache")["clips"]
    assert {(one["origin"], one["cost_usd"], one["cost_estimated"]) for one in clips} == {
        ("paid", "0.4", False)
    }


def test_listing_an_empty_cache_writes_nothing(film: Film) -> None:
    """Nothing was applied yet."""
    assert film.run("cache").code == 0
    assert film.run("cache", "ls", "--clips").out == "No clips are in the cache.\n"
    assert film.run("cache", "verify").out.endswith("All is well.\n")
    assert not film.cache.exists()


def test_a_broken_project_keeps_nobody_from_looking(applied: Film) -> None:
    """What is in the cache does not depend on what the project says today."""
    applied.write({"seedgen.yaml": "shots: ["})
    assert "3 used by the lock here" in applied.run("cache").out
    assert applied.run("cache", "verify").code == 0


def test_a_lock_with_conflict_markers_is_told_and_the_rest_shown(applied: Film) -> None:
    """It is named; `verify` counts it as a problem, for what it uses was not checked."""
    applied.write({"seedgen.lock": "<<<<<<< ours\n"})
    ran = applied.run("cache")
    assert ran.code == 0
    assert "seedgen.lock has conflict markers" in ran.err
    ran = applied.run("cache", "verify")
    assert (ran.code, "unreadable  seedgen.lock has conflict markers" in ran.out) == (1, True)


def test_a_folder_that_is_no_project_says_so(tmp_path: Path) -> None:
    """And names the way to one."""
    ran = Film(tmp_path).run("cache")
    assert ran.code == 1
    assert "no seedgen.yaml in" in ran.err
    assert "-C DIR" in ran.err


def test_a_link_that_leads_out_of_the_project_is_not_followed(applied: Film, tmp_path: Path) -> None:
    """A stranger's project must not have our files moved or deleted."""
    shutil.move(applied.cache, tmp_path / "elsewhere")
    applied.cache.symlink_to(tmp_path / "elsewhere")
    for command in ("ls", "verify", "gc"):
        ran = applied.run("cache", command)
        assert ran.code == 1, command
        assert "leads out of the project" in ran.err, command


# -- verify ------------------------------------------------------------------------------------------


def test_a_whole_cache_is_well(applied: Film) -> None:
    """With how much was read."""
    ran = applied.run("cache", "verify")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("3 clips read whole, ")
    assert ran.out.endswith("All is well.\n")
    assert document(applied, "verify", name="cache-verify")["sound"] is True


def test_a_damaged_clip_is_found_put_aside_and_taken_back(applied: Film) -> None:
    """One changed byte, told with shot and remedy; the remedy is typed and works. Nothing is deleted."""
    digest, place = applied.digest("s1"), applied.object("s1")
    damage(place)
    ran = applied.run("cache", "verify")
    assert ran.code == 1
    assert f"damaged  {digest[:12]}…  seedgen.lock s1" in ran.out
    assert "`seedgen cache verify --quarantine` moves it aside. Then `seedgen apply` takes it back" in ran.out
    assert place.is_file(), "looking moves nothing"
    document(applied, "verify", name="cache-verify", code=1)
    ran = applied.run("cache", "verify", "--quarantine")
    assert (ran.code, "moved aside: " in ran.out) == (1, True)
    assert not place.exists()
    assert [file.name for file in (applied.cache / "quarantine").iterdir()] == [f"{digest}.mp4"]
    assert applied.apply().submitted == []
    assert digest_file(place) == digest
    assert applied.run("cache", "verify").code == 0


def test_the_same_clip_can_be_put_aside_twice(applied: Film) -> None:
    """A disk that damages things does it again; what was put aside stays."""
    for _ in range(2):
        damage(applied.object("s1"))
        applied.run("cache", "verify", "--quarantine")
        applied.apply()
    assert len(list((applied.cache / "quarantine").iterdir())) == 2


def test_a_clip_that_was_rendered_here_is_rendered_again(applied: Film) -> None:
    """Nothing of it is left anywhere: it costs nothing all the same."""
    forget_build(applied)
    applied.object("s2").unlink()
    ran = applied.run("cache", "verify")
    assert ran.code == 1
    assert "missing  " in ran.out
    assert "`seedgen apply` renders it again, at no cost." in ran.out
    assert applied.apply("--no-reel").submitted == ["s2"]


def test_a_clip_of_a_service_is_asked_for_again(
    tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remedy names the service, and what it cost; the apply gets the same bytes and submits nothing."""
    film = studio(tmp_path / "film", emulator, monkeypatch)
    assert apply_at_service(film).code == 0
    damage(film.object("door"))
    ran = film.run("cache", "verify", "--quarantine")
    assert "`seedgen apply` asks oxen for it again" in ran.out
    assert "($0.40 last time)" in ran.out
    assert apply_at_service(film).code == 0
    assert len(emulator.submits) == 3
    assert film.run("cache", "verify").code == 0


def test_an_imported_clip_has_to_be_imported_again(applied: Film, tmp_path: Path) -> None:
    """Nobody else has it. The command is whole."""
    file = tmp_path / "graded.mp4"
    shutil.copyfile(applied.object("s3"), file)
    applied.edit("sky: pale", "sky: dark")
    assert applied.run("import", "s3", str(file)).code == 0
    applied.object("s3").unlink()
    forget_build(applied)
    assert "`seedgen import s3 FILE --replace`" in applied.run("cache", "verify").out


def test_commands_name_the_profile_of_the_lock(applied: Film) -> None:
    """Whatever profile the check itself was run under."""
    applied.apply("--select", "s1", "--no-reel", before=("--profile", "long"))
    take = applied.lock("seedgen.long.lock").shots["s1"].picked
    assert take is not None
    (applied.cache / "objects" / take.digest[:2] / f"{take.digest[2:]}.mp4").unlink()
    for before in ((), ("--profile", "proof")):
        said = applied.run(*before, "cache", "verify").out
        assert "`seedgen --profile long apply` renders it again" in said


def test_what_only_a_record_names_is_told_apart(applied: Film) -> None:
    """No lock has it any more, so nobody misses it; `gc` forgets it, and all is well."""
    old = applied.object("s1")
    applied.edit("how: open", "how: ajar")
    applied.apply("--no-reel")
    old.unlink()
    ran = applied.run("cache", "verify")
    assert (ran.code, "no lock here uses it" in ran.out) == (1, True)
    assert "`seedgen cache gc` forgets its record" in ran.out
    assert applied.run("cache", "gc", "--auto-approve").code == 0
    assert applied.run("cache", "verify").code == 0


def _zeroed(film: Film) -> str:
    segment = min((film.cache / "segments").glob("??/*.mp4"))
    segment.write_bytes(bytes(segment.stat().st_size))
    return segment.stem


def _zeroed_pictures(film: Film) -> str:
    """Its index is whole."""
    segment = min((film.cache / "segments").glob("??/*.mp4"))
    content = segment.read_bytes()
    begin = content.index(b"mdat") + 4
    segment.write_bytes(content[:begin] + bytes(200) + content[begin + 200 :])
    return segment.stem


def _cut(film: Film) -> str:
    sound = min((film.cache / "segments").glob("??/*.pcm"))
    sound.write_bytes(sound.read_bytes()[:-4])
    return sound.stem


def _half(film: Film) -> str:
    segment = min((film.cache / "segments").glob("??/*.mp4"))
    segment.with_suffix(".pcm").unlink()
    os.utime(segment, (1, 1))
    return segment.stem


def _sound(film: Film) -> str:
    chunk = next((film.cache / "segments" / "sound").glob("*.aac"))
    damage(chunk)
    return chunk.stem


SPOILT = [_zeroed, _zeroed_pictures, _cut, _half, _sound]


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda one: one.__name__.strip("_"))
def test_damaged_pieces_of_reels_are_removed_and_made_again(applied: Film, spoil: Any) -> None:
    """Zeroed whole or in part, too short by one sample, half gone, other bytes: the next reel is the same."""
    reel = digest_file(applied.root / "build" / "main.mp4")
    name = spoil(applied)
    found = document(applied, "verify", name="cache-verify", code=1)
    assert [one["name"] for one in found["removed"]] == [name]
    assert applied.run("cache", "verify").code == 0
    (applied.root / "build" / "main.mp4").unlink()
    assert applied.run("reel").code == 0
    assert digest_file(applied.root / "build" / "main.mp4") == reel


def test_a_segment_that_is_just_being_put_into_place_is_left_alone(applied: Film) -> None:
    """Its sound stands there a moment before its picture does."""
    segment = next((applied.cache / "segments").glob("??/*.mp4"))
    picture = segment.read_bytes()
    segment.unlink()
    assert applied.run("cache", "verify").code == 0
    segment.write_bytes(picture)
    assert applied.run("cache", "verify").code == 0


def test_a_damaged_database_is_told_with_its_remedy(applied: Film) -> None:
    """The clips are read all the same; after the remedy the takes are known again."""
    database = applied.cache / "takes" / "cache.db"
    with database.open("r+b") as stream:
        stream.write(b"this is no database at all")
    ran = applied.run("cache", "verify")
    assert ran.code == 1
    assert "damaged  the takes database" in ran.out
    assert "3 clips read whole" in ran.out
    shutil.rmtree(applied.cache / "takes")
    applied.apply()
    assert applied.run("cache", "verify").code == 0


def test_takes_that_contradict_the_journal_are_told(applied: Film) -> None:
    """A record that names another clip than its job made."""
    with sqlite3.connect(applied.cache / "takes" / "cache.db") as database:
        (text,) = database.execute(
            "SELECT value FROM Cache WHERE value LIKE ?", [f"%{applied.digest('s1')}%"]
        ).fetchone()
        other = text.replace(applied.digest("s1"), applied.digest("s2"))
        database.execute("UPDATE Cache SET value = ? WHERE value = ?", [other, text])
    database.close()
    ran = applied.run("cache", "verify")
    assert (ran.code, "s1 take 1: it names another clip" in ran.out) == (1, True)


def test_what_a_killed_process_left_is_counted(applied: Film) -> None:
    """It harms nobody: it is told, and no problem."""
    left = applied.cache / "incoming" / "in-0123456789abcdef"
    left.mkdir(parents=True)
    (left / "half.mp4").write_bytes(b"half of a clip")
    left.with_name(f"{left.name}.held").touch()
    ran = applied.run("cache", "verify")
    assert ran.code == 0
    assert "1 leftover of killed processes, 14 B: `gc` removes them." in ran.out
    assert applied.run("cache", "gc", "--auto-approve").code == 0
    assert not left.exists()


def test_a_terminal_shows_how_far_it_is(applied: Film) -> None:
    """And the line is gone when it is done."""
    terminal = Terminal(applied, "cache", "verify")
    assert terminal.end() == 0
    assert "reading clips" in terminal.written
    assert "\r\x1b[2K3 clips read whole" in terminal.written.replace("\r\n", "\n")


def test_open_jobs_are_counted(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that were submitted and left."""
    film = studio(tmp_path / "film", emulator, monkeypatch)
    detached(film)
    assert "3 jobs, 3 of them open" in film.run("cache").out


def test_a_shared_cache_is_told_with_our_clips(applied: Film, tmp_path: Path) -> None:
    """`--cache-dir` names it; what another project has there is not used here."""
    ran = Film(tmp_path).run("--cache-dir", str(applied.cache), "cache", "ls")
    assert ran.code == 0
    assert "no lock is here" in ran.out
    assert len(clips_in(applied.cache)) == len(SHOTS)
