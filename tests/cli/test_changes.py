"""From the first apply to the hundredth edit: what is made, what is kept, and what costs nothing."""

from __future__ import annotations

import shutil
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from seedgen.digest import digest_file
from tests.film import NO_CHANGES, SHOTS, YAML, count_frames, new_film, size_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.film import Film


def test_an_apply_makes_everything(film: Film) -> None:
    """Clips, lock, reel and contact sheet: three shots of one second at 24 a second are 72 frames."""
    assert film.run("plan", "--detailed-exitcode").code == 2
    ran = film.run("apply", "--auto-approve")
    assert ran.code == 0
    assert "Apply complete. 3 generated." in ran.err
    lock = film.lock()
    assert tuple(sorted(lock.shots)) == SHOTS
    assert lock.serial == 1
    for shot in SHOTS:
        take = lock.shots[shot].takes[0]
        assert (take.frames, take.rate, take.cost_usd) == (24, "24/1", Decimal(0))
        assert digest_file(film.object(shot)) == take.digest
        assert digest_file(film.root / "build" / "clips" / f"{shot}.mp4") == take.digest
        assert size_of(film.object(shot)) == (480, 480)
        assert count_frames(film.object(shot)) == 24
    reel = film.root / "build" / "main.mp4"
    assert count_frames(reel) == 72
    assert size_of(reel) == (160, 90)
    assert (film.root / "build" / "contact-sheet.png").read_bytes().startswith(b"\x89PNG")
    assert film.run("plan", "--detailed-exitcode").code == 0


def test_a_second_apply_touches_nothing(applied: Film) -> None:
    """Not a byte and not a time of lock, clips, segments and outputs differs."""
    applied.edit("wide]\nreels", "wide]\n\nreels")
    before = applied.standing()
    ran = applied.run("apply")
    assert (ran.code, ran.out) == (0, NO_CHANGES + "\n")
    assert applied.standing() == before


def test_the_same_film_gives_the_same_bytes(tmp_path: Path, applied: Film) -> None:
    """Made a second time in another folder, lock, clips, segments and outputs are equal byte by byte."""
    (tmp_path / "other").mkdir()
    other = new_film(tmp_path / "other")
    other.apply()

    def made(film: Film) -> dict[str, bytes]:
        times = ".seedgen/outputs.json"
        return {name: data for name, (data, _) in film.standing().items() if name != times}

    assert made(other) == made(applied)


def test_one_changed_word_remakes_one_shot(applied: Film) -> None:
    """The plan names that shot and that word alone; one clip is rendered and one segment encoded."""
    applied.edit("bare", "tall")
    text = applied.run("plan")
    assert "[-bare-]{+tall+}" in text.out
    assert "s1" not in text.out
    assert "s3" not in text.out
    (change,) = applied.plan()["changes"]
    assert (change["shot"], change["action"], change["reasons"]) == ("s2", "regenerate", ["prompt"])
    clips, segments = applied.objects, applied.segments
    ran = applied.apply()
    assert ran.submitted == ["s2"]
    assert len(applied.objects - clips) == 1
    assert clips < applied.objects
    assert len(applied.segments - segments) == 1
    (reel,) = [event for event in ran.events if event["type"] == "reel_assembled"]
    assert (reel["encoded"], reel["total"], reel["frames"]) == (1, 3, 72)


def _rename(film: Film) -> None:
    film.edit("id: s2", "id: opening")


def _move_reference(film: Film) -> None:
    (film.root / "pictures").mkdir()
    (film.root / "refs" / "door.png").rename(film.root / "pictures" / "front.png")
    film.edit("refs/door.png", "pictures/front.png")


def _comment(film: Film) -> None:
    film.write({"seedgen.yaml": "# a film\n" + film.yaml.replace("tags: [hero]", "tags: [hero]  # first")})


def _reorder_keys(film: Film) -> None:
    film.edit(
        "    vars: {how: open}\n    references: [door]\n", "    references: [door]\n    vars: {how: open}\n"
    )


def _write_a_default_down(film: Film) -> None:
    film.edit("    vars: {sky: pale}\n", "    vars: {sky: pale}\n    generate_audio: false\n    takes: 1\n")


def _other_names(film: Film) -> None:
    film.write({"seedgen.yaml": film.yaml.replace("door:", "gate:").replace("'door'", "'gate'")})
    film.edit("references: [door]", "references: [gate]")


def _to_a_template(film: Film) -> None:
    film.write({"templates/roof.j2": "A roof under a {{ sky }} sky.\n"})
    film.edit('prompt: "A roof under a {{ sky }} sky."', "template: roof.j2")


FREE = [
    _rename,
    _move_reference,
    _comment,
    _reorder_keys,
    _write_a_default_down,
    _other_names,
    _to_a_template,
]


@pytest.mark.parametrize("edit", FREE, ids=lambda edit: edit.__name__.strip("_"))
def test_what_leaves_the_request_alone_costs_nothing(edit: Callable[[Film], None], applied: Film) -> None:
    """The words of a project may change as long as what would be sent does not: nothing is submitted."""
    clips = applied.objects
    edit(applied)
    assert set(applied.actions().values()) <= {"move"}
    assert applied.apply().submitted == []
    assert applied.objects == clips
    assert applied.actions() == {}


def test_a_renamed_shot_is_moved(applied: Film) -> None:
    """The lock's entry and the file in build/ go to the new id; the clip is the same."""
    digest = applied.digest("s2")
    _rename(applied)
    (change,) = applied.plan()["changes"]
    assert (change["action"], change["shot"], change["from"]) == ("move", "opening", "s2")
    assert applied.apply().events[-1]["moved"] == 1
    assert applied.digest("opening") == digest
    assert "s2" not in applied.lock().shots
    names = {file.name for file in (applied.root / "build" / "clips").iterdir()}
    assert names == {"s1.mp4", "opening.mp4", "s3.mp4"}


def test_one_byte_of_a_reference_changes_exactly_its_users(applied: Film) -> None:
    """s1 alone shows the door; a PNG with one byte more after its end is another file."""
    path = applied.root / "refs" / "door.png"
    path.write_bytes(path.read_bytes() + b"\0")
    (change,) = applied.plan()["changes"]
    assert (change["shot"], change["action"]) == ("s1", "regenerate")
    assert change["reasons"] == ["reference:door"]


def test_a_removed_shot_leaves_the_lock_and_comes_back_for_nothing(applied: Film) -> None:
    """Its clip stays in the cache, so that declaring it again is a reuse."""
    clips = applied.objects
    shot = applied.yaml[applied.yaml.index("  - id: s3") : applied.yaml.index("reels:")]
    applied.edit(shot, "")
    assert applied.actions() == {"s3": "remove"}
    assert applied.apply().events[-1]["removed"] == 1
    assert "s3" not in applied.lock().shots
    assert not (applied.root / "build" / "clips" / "s3.mp4").exists()
    assert count_frames(applied.root / "build" / "main.mp4") == 48
    assert applied.objects == clips
    applied.edit("reels:", shot + "reels:")
    assert applied.actions() == {"s3": "reuse"}
    ran = applied.apply()
    assert (ran.submitted, ran.events[-1]["reused"], ran.events[-1]["done"]) == ([], 1, 0)
    assert count_frames(applied.root / "build" / "main.mp4") == 72


def test_going_back_is_free(applied: Film) -> None:
    """An edit that is taken back finds its old clip."""
    applied.edit("bare", "tall")
    applied.apply()
    applied.write({"seedgen.yaml": YAML})
    assert applied.actions() == {"s2": "reuse"}


def test_two_shots_with_one_request_are_made_once(film: Film) -> None:
    """The second is a reuse that names the first; both are in the lock with one clip."""
    film.edit("reels:", '  - {id: s4, prompt: "A roof under a pale sky."}\nreels:')
    change = next(change for change in film.plan()["changes"] if change["shot"] == "s4")
    assert (change["action"], change["reasons"]) == ("reuse", ["same_request:s3"])
    assert sorted(film.apply().submitted) == ["s1", "s2", "s3"]
    assert film.digest("s4") == film.digest("s3")


def test_several_takes_are_several_jobs(film: Film) -> None:
    """`takes: 2` is two requests; the first take is picked; a third one later makes one more."""
    film.edit("vars: {sky: pale}", "vars: {sky: pale}\n    takes: 2")
    assert sorted(film.apply().submitted) == ["s1", "s2", "s3", "s3"]
    takes = film.lock().shots["s3"].takes
    assert [take.take for take in takes] == [1, 2]
    assert len({take.fingerprint for take in takes}) == 2
    film.edit("takes: 2", "takes: 3")
    assert film.apply().submitted == ["s3"]


def test_a_lost_clip_is_made_again(applied: Film) -> None:
    """With its clip nowhere any more a shot is stale, and the plan says why."""
    applied.object("s1").unlink()
    shutil.rmtree(applied.root / "build")
    (change,) = applied.plan()["changes"]
    assert (change["action"], change["reasons"]) == ("regenerate", ["object_missing"])
    digest = applied.digest("s1")
    applied.apply()
    assert digest_file(applied.object("s1")) == digest, "the same request gives the same bytes here"


def test_a_lost_clip_that_build_still_has_is_no_change(applied: Film) -> None:
    """An apply takes it back, and costs nothing: so say plan and status. A changed copy is no clip."""
    digest, file = applied.digest("s1"), applied.object("s1")
    file.unlink()
    assert applied.actions() == {}
    assert "3  match their clip" in applied.run("status").out
    assert "taken back from build/: s1" in applied.run("apply", "--auto-approve").err
    assert digest_file(file) == digest
    file.unlink()
    (applied.root / "build/clips/s1.mp4").write_bytes(b"another film")
    assert applied.actions() == {"s1": "regenerate"}


def test_a_lost_action_cache_costs_nothing(applied: Film) -> None:
    """The takes and the journal can go: the lock and the objects are enough."""
    for name in ("takes", "journal"):
        shutil.rmtree(applied.cache / name)
    _rename(applied)
    assert applied.apply().submitted == []


def test_a_broken_reference_stops_its_shot_alone(film: Film) -> None:
    """A picture that rots on the disk after it was looked at fails when it is rendered."""
    whole = film.rot("refs/door.png")
    ran = film.run("apply", "--auto-approve")
    assert ran.code == 1
    assert "✗ s1" in ran.err
    assert "door.png" in ran.err
    assert "Apply incomplete. 2 generated, 1 failed." in ran.err
    assert sorted(film.lock().shots) == ["s2", "s3"]
    film.write({"refs/door.png": whole})
    assert film.apply().submitted == ["s1"]


def test_a_picture_with_a_damaged_middle_is_refused_before_money(film: Film) -> None:
    """Its ends are whole and its pixels are not: the plan says so, at the reference."""
    path = film.root / "refs" / "door.png"
    whole = path.read_bytes()
    path.write_bytes(whole[:60] + bytes(byte ^ 0xFF for byte in whole[60:-20]) + whole[-20:])
    ran = film.run("plan")
    assert ran.code == 1
    assert "reference_sets.door.images.0" in ran.err
    assert "door.png is damaged or incomplete" in ran.err


def test_lost_takes_are_restored_from_the_lock(applied: Film) -> None:
    """Without its database of takes, the cache still gives back what the lock has held since."""
    shutil.rmtree(applied.cache / "takes")
    applied.edit("how: open", "how: ajar")
    applied.apply()
    applied.edit("how: ajar", "how: open")
    assert applied.actions() == {"s1": "reuse"}
