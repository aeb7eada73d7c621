"""Reels as they stand in build/: exactly the frames of the cut list, and nothing made twice."""

from __future__ import annotations

import json
import os
import shutil
import socket
from typing import TYPE_CHECKING

import pytest
from PIL import ImageChops

from seedgen.digest import digest_file
from seedgen.planning.lock import ReelRecord
from seedgen.store.apply_lock import apply_lock
from tests.film import count_frames, picture_at, size_of
from tests.store.processes import ASSEMBLER, go, line_of, process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.film import Film

REEL = "main: {size: 160x90, fps: 24}"


def reel_of(film: Film, declared: str = "", *, of: str = "main") -> Path:
    """Assemble the reels, with `main` declared so if it is given."""
    if declared:
        film.edit(REEL, f"main: {{size: 160x90, fps: 24, {declared}}}")
    ran = film.run("reel")
    assert ran.code == 0, ran.err
    return film.root / "build" / f"{of}.mp4"


def test_a_film_can_be_watched_before_anything_is_made(film: Film) -> None:
    """Three stand-ins of one second; nothing goes into the lock or among the clips."""
    ran = film.run("reel")
    assert ran.code == 0
    assert "shown as stand-ins: s1, s2, s3" in ran.err
    assert count_frames(film.root / "build" / "main.mp4") == 72
    assert film.objects == set()
    assert not (film.root / "seedgen.lock").exists()
    assert (film.root / "build" / "contact-sheet.png").exists()


def test_a_stand_in_is_marked(film: Film) -> None:
    """It differs from the clip that the local provider makes of the same request in one corner alone.

    A prompt that names references is another thing: a stand-in says their names, a clip has numbers.
    """
    film.run("reel")
    film.apply("--select", "s3")
    clip = picture_at(film.object("s3"), 12).convert("L")
    width, height = clip.size
    marked = []
    for file in (film.cache / "segments" / "stand-ins").iterdir():
        difference = ImageChops.difference(picture_at(file, 12).convert("L"), clip)
        box = difference.point([255 * (level > 48) for level in range(256)]).getbbox()
        if box and (box[2] - box[0]) * (box[3] - box[1]) < width * height / 8:
            marked.append(box)
    ((left, top, right, bottom),) = marked
    assert bottom <= height / 4 or top >= height * 3 / 4
    assert right <= width / 2 or left >= width / 2


def test_a_stand_in_gives_way_to_the_clip(film: Film) -> None:
    """After the apply nothing is a stand-in, and three segments are encoded anew."""
    film.run("reel")
    stood_in = film.segments
    (reel,) = [event for event in film.apply().events if event["type"] == "reel_assembled"]
    assert reel["stand_ins"] == []
    assert len(film.segments - stood_in) == 3


def test_a_stand_in_calls_references_what_they_are_called_now(film: Film) -> None:
    """A renamed set makes the stand-in anew that shows its name, and only that one."""
    film.apply("--select", "s2")
    for old, new in (
        ("door: {images", "gate: {images"),
        ("ref('door')", "ref('gate')"),
        ("[door]", "[gate]"),
        ("wall: {images", "fence: {images"),
        ("ref('wall')", "ref('fence')"),
        ("[wall]", "[fence]"),
    ):
        film.edit(old, new)
    planned = film.run("plan", "--select", "s2").out
    assert "Reel to assemble: main." in planned
    before = film.segments
    film.run("reel")
    assert len(film.segments - before) == 1


def test_reels_assembled_at_once_are_assembled_once(applied: Film) -> None:
    """The second waits, says for whom, and finds the reel and all its pages made."""
    applied.edit(REEL, "main: {size: 176x96, fps: 24}")
    with process(ASSEMBLER, applied.root / ".seedgen") as before:
        assert line_of(before) == "held"
        both = [applied.start("reel", "--json") for _ in range(2)]
        for one in both:
            assert one.stderr is not None
            assert one.stderr.readline() == (
                f"  … Process {before.pid} on {socket.gethostname()} assembles reels of this project now. "
                "These are assembled when it has ended.\n"
            )
        go(before)
        made = [json.loads(one.communicate()[0])["reels"][0] for one in both]
    assert sorted((reel["changed"], reel["encoded"]) for reel in made) == [(False, 0), (True, 3)]


def test_a_reel_beside_an_apply_says_what_the_apply_will_do(applied: Film) -> None:
    """It shows what there is now; the apply assembles it at its end."""
    with apply_lock(applied.root / ".seedgen"):
        ran = applied.run("reel")
    assert ran.code == 0
    assert f"An apply runs here, process {os.getpid()} on " in ran.err


def test_slates_in_place_of_missing_clips(film: Film) -> None:
    """A card for each second that is missing; no animatic is rendered."""
    film.apply("--select", "s1", "--no-reel")
    assert count_frames(reel_of(film, "placeholder: slate")) == 72
    assert not (film.cache / "segments" / "stand-ins").exists()


def test_missing_clips_are_skipped(film: Film) -> None:
    """One clip of 24 frames is all there is; the plan and the reel name the two shots that are left out."""
    film.edit(REEL, "main: {size: 160x90, fps: 24, placeholder: skip}")
    (made,) = [one for one in film.apply("--select", "s1").events if one["type"] == "reel_assembled"]
    assert (made["stand_ins"], made["left_out"]) == ([], ["s2", "s3"])
    assert film.run("plan").out.count("Without a clip so far, left out of main: s2, s3.\n") == 1
    assert film.run("reel").err.count("Without a clip yet, left out: s2, s3\n") == 1
    assert count_frames(film.root / "build" / "main.mp4") == 24


def test_a_reel_with_nothing_to_show_is_not_made(film: Film) -> None:
    """It says so and is no error: there will be something after an apply."""
    film.edit(REEL, "main: {placeholder: skip}")
    ran = film.run("reel")
    assert ran.code == 0
    assert "not made" in ran.err
    assert not (film.root / "build" / "main.mp4").exists()


def test_a_reel_whose_patterns_match_nothing_is_an_error_and_its_file_is_kept(applied: Film) -> None:
    """A slip of the pen makes nothing and throws nothing away, neither by name nor with all the others."""
    made = (applied.root / "build" / "main.mp4").read_bytes()
    title = "titles: {start: {title: Film}}"
    applied.edit(REEL, f"main: {{size: 160x90, fps: 24, shots: ['tag:heros', 's9*'], {title}}}")
    ran = applied.run("reel", "main")
    assert ran.code == 1
    assert "the reel 'main' matches no shot" in ran.err
    assert "Did you mean 'hero'?" in ran.err
    for everything in (("reel", "--all"), ("apply", "--auto-approve")):
        ran = applied.run(*everything)
        assert ran.code == 0
        assert "main.mp4  not made: the reel has no shots to show" in ran.err
    assert (applied.root / "build" / "main.mp4").read_bytes() == made
    applied.edit("'s9*']", "s1]")
    assert applied.run("reel", "main").code == 0


def test_a_reel_that_insists_on_clips_fails_without(film: Film) -> None:
    """The shot is named; what could be done too."""
    film.edit(REEL, "main: {placeholder: error}")
    ran = film.run("reel")
    assert ran.code == 1
    assert "s1 has none" in ran.err
    assert "placeholder: animatic" in ran.err


FRAMES = [
    ("slate: card", 72 + 3 * 24),
    ("slate: burn_in", 72),
    ("cut: {s1: {in: 6f, out: 18f}, s2: {in: 0.25, out: 0.75s}}", 12 + 12 + 24),
    ("slate: card, cut: {s3: {out: 1f}}", 72 + 24 + 24 + 1),
    ("shots: [s3, s1]", 48),
    ("shots: ['tag:wide', 's*']", 72),
    ("shots: ['tag:nobody']", 0),
    ("transitions: dissolve", 72 - 12 - 12),
    ("transitions: {s3: {type: fade, frames: 10}}", 72 - 10),
    ("transitions: {default: {type: wipe, frames: 12}, s2: cut}", 72 - 12),
    ("titles: {start: Roofs, end: {title: End, lines: [Thank you], seconds: 0.5}}", 48 + 72 + 12),
    ("background: blur, titles: {start: Roofs}, transitions: dissolve", 48 + 72 - 3 * 12),
    ("loudness: -20, chapters: true, subtitles: true", 72),
]


@pytest.mark.parametrize(("declared", "frames"), FRAMES)
def test_a_reel_has_the_frames_of_its_cut_list(declared: str, frames: int, applied: Film) -> None:
    """A slate card lasts a second and comes before its shot; a burnt-in one takes no time; a cut is exact."""
    (applied.root / "build" / "main.mp4").unlink()
    reel = reel_of(applied, declared)
    assert (count_frames(reel) if frames else int(reel.exists())) == frames


@pytest.mark.parametrize(("fps", "frames"), [("30", 90), ("12", 36), ("30000/1001", 90)])
def test_a_reel_has_its_own_rate(fps: str, frames: int, applied: Film) -> None:
    """Clips of a second at 24 become 30, 12, or (29.97 rounded) 30 frames each."""
    applied.edit("fps: 24", f"fps: {fps}")
    assert count_frames(reel_of(applied)) == frames


def test_a_slate_is_burnt_in(applied: Film) -> None:
    """The picture is that of the plain reel but for the label, which covers a small part of it."""
    plain = picture_at(reel_of(applied), 10).convert("L")
    labelled = picture_at(reel_of(applied, "slate: burn_in"), 10).convert("L")
    box = ImageChops.difference(plain, labelled).point([255 * (level > 64) for level in range(256)]).getbbox()
    assert box is not None
    assert (box[2] - box[0]) * (box[3] - box[1]) < 160 * 90 / 3


@pytest.mark.parametrize(("fit", "bars"), [("contain", True), ("cover", False)])
def test_a_portrait_clip_in_a_landscape_reel(fit: str, bars: bool, film: Film) -> None:
    """Contained it stands between bars of the background, here pure green; covering there are none."""
    film.edit("tags: [wide]\nreels", 'tags: [wide]\n    aspect_ratio: "9:16"\nreels')
    film.edit(REEL, f'main: {{size: 160x90, shots: [s1, s3], fit: {fit}, background: "#00ff00"}}')
    film.apply("--select", "s1 s3")
    assert size_of(film.object("s3"))[0] < size_of(film.object("s3"))[1]
    reel = film.root / "build" / "main.mp4"
    assert (size_of(reel), count_frames(reel)) == ((160, 90), 48)
    red, green, blue = picture_at(reel, 36).getpixel((4, 45))  # type: ignore[misc]
    assert (green > 200 and red < 60 and blue < 60) == bars
    red, green, blue = picture_at(reel, 36).getpixel((80, 45))  # type: ignore[misc]
    assert not (green > 200 and red < 60 and blue < 60)


def test_an_untouched_reel_is_not_made_again(applied: Film) -> None:
    """Not a byte and not a time changes, and it says so."""
    before = applied.standing()
    ran = applied.run("reel")
    assert "build/main.mp4  unchanged: 3.0 s, 72 frames" in ran.err
    assert applied.standing() == before


@pytest.mark.parametrize("name", ["build/main.mp4", "build/clips/s1.mp4", "build/contact-sheet.png"])
@pytest.mark.parametrize("how", ["deleted", "overwritten", "touched"])
def test_an_output_that_was_tampered_with_is_made_again(how: str, name: str, applied: Film) -> None:
    """The same bytes as before, and no segment is encoded for it."""
    path = applied.root / name
    right, segments = path.read_bytes(), applied.segments
    if how == "deleted":
        path.unlink()
    elif how == "overwritten":
        path.write_bytes(b"not a video")
    else:
        path.write_bytes(right)
        os.utime(path, ns=(0, 0))
    assert applied.run("reel").code == 0
    assert path.read_bytes() == right
    assert applied.segments == segments


def test_what_others_put_into_build_stays(applied: Film) -> None:
    """Only files that were made here are removed when their shot is gone."""
    applied.write({"build/clips/mine.mp4": b"mine", "build/notes.txt": "mine"})
    applied.edit("id: s3", "id: roof")
    applied.apply()
    names = {file.name for file in (applied.root / "build" / "clips").iterdir()}
    assert names == {"s1.mp4", "s2.mp4", "roof.mp4", "mine.mp4"}
    assert (applied.root / "build" / "notes.txt").exists()


def test_a_damaged_clip_is_reported_and_not_used(applied: Film) -> None:
    """One byte differs, which any player would swallow: the reel is not made of it; removed, it is remade."""
    clip = applied.object("s2")
    digest = applied.digest("s2")
    data = bytearray(clip.read_bytes())
    data[len(data) // 2] ^= 1
    clip.chmod(0o644)
    clip.write_bytes(data)
    shutil.rmtree(applied.root / "build")
    shutil.rmtree(applied.cache / "segments")
    ran = applied.run("reel")
    assert ran.code == 1
    assert f"the clip {digest[:12]}… in the cache is damaged" in ran.err
    assert str(clip) in ran.err
    assert not (applied.root / "build" / "main.mp4").exists()
    assert not (applied.root / "build" / "clips" / "s2.mp4").exists()
    clip.unlink()
    assert applied.apply().submitted == ["s2"]
    assert applied.digest("s2") == digest


def _empty(data: bytes) -> bytes:
    return data[:0]


def _cut(data: bytes) -> bytes:
    return data[:-300]


def _lost(data: bytes) -> bytes:
    """The index is whole; the pictures were never written to the disk."""
    begin, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    return data[:begin] + bytes(end - begin) + data[end:]


@pytest.mark.parametrize("damage", [_empty, _cut, _lost])
def test_a_damaged_segment_is_encoded_again(damage: Callable[[bytes], bytes], applied: Film) -> None:
    """Nobody has to clear a cache by hand: the reel is the same as before, and one segment was encoded."""
    reel = applied.root / "build" / "main.mp4"
    right = reel.read_bytes()
    reel.unlink()
    victim = min((applied.cache / "segments").glob("??/*.mp4"))
    whole = victim.read_bytes()
    victim.write_bytes(damage(whole))
    ran = applied.run("reel")
    assert ran.code == 0, ran.err
    assert "1 segment encoded, 2 from the cache" in ran.err
    assert reel.read_bytes() == right
    assert victim.read_bytes() == whole


def test_an_unknown_reel_is_an_error_before_anything_is_made(applied: Film) -> None:
    """With the name that was meant."""
    shutil.rmtree(applied.root / "build")
    ran = applied.run("reel", "main", "mian")
    assert ran.code == 1
    assert "Did you mean 'main'?" in ran.err
    assert not (applied.root / "build").exists()


def test_the_lock_names_what_a_reel_is(applied: Film) -> None:
    """By the digest of its bytes; assembling it again changes nothing."""
    reel = applied.root / "build" / "main.mp4"
    record = ReelRecord(digest=digest_file(reel), frames=72, rate="24/1")
    assert applied.lock().reels == {"main": record}
    before = (applied.root / "seedgen.lock").read_bytes()
    reel.unlink()
    applied.run("reel")
    assert (applied.root / "seedgen.lock").read_bytes() == before


def test_another_look_of_a_reel_is_no_other_lock_for_plans(applied: Film) -> None:
    """The reel's digest is another one, the lock's serial is not: a plan made before still holds."""
    before = applied.lock()
    reel_of(applied, "slate: burn_in")
    after = applied.lock()
    assert before.reels != after.reels
    assert before.with_reels(after.reels) == after


def test_a_reel_with_stand_ins_is_not_in_the_lock(applied: Film) -> None:
    """Its bytes do not come from what the lock says."""
    applied.object("s1").unlink()
    (applied.root / "build" / "clips" / "s1.mp4").unlink()
    applied.run("reel")
    assert applied.lock().reels == {}
    assert "reels" not in (applied.root / "seedgen.lock").read_text()


def test_two_runs_from_an_empty_cache_give_the_same_bytes(applied: Film) -> None:
    """With transitions, slates, titles, sound: nothing of it depends on the time or on chance."""
    declared = (
        "slate: burn_in, transitions: dissolve, titles: {start: Roofs}, background: blur, "
        "loudness: -20, chapters: true, subtitles: true"
    )
    first = reel_of(applied, declared).read_bytes()
    shutil.rmtree(applied.cache / "segments")
    shutil.rmtree(applied.root / "build")
    assert applied.run("reel").code == 0
    assert (applied.root / "build" / "main.mp4").read_bytes() == first


def test_segments_made_anew_give_the_same_bytes(applied: Film) -> None:
    """Of a few pieces the sound is made ahead and finished beside their pictures; of many it is not."""
    shutil.rmtree(applied.cache / "segments")
    declared = "transitions: dissolve, titles: {start: Roofs, end: Thanks}, loudness: -20"
    first = reel_of(applied, declared).read_bytes()
    for count in (1, 3, 5):
        (applied.root / "build" / "main.mp4").unlink()
        shutil.rmtree(applied.cache / "segments" / "sound")
        for segment in sorted((applied.cache / "segments").glob("??/*.mp4"))[:count]:
            segment.unlink()
        ran = applied.run("reel")
        assert (ran.code, f"{count} segment{'s' * (count > 1)} encoded" in ran.err) == (0, True)
        assert (applied.root / "build" / "main.mp4").read_bytes() == first


def test_letters_that_the_typeface_lacks_are_told(film: Film) -> None:
    """A warning that names them; accents are no trouble."""
    film.edit(REEL, "main: {titles: {start: Größe 東京, end: Đặng}}")
    ran = film.run("validate")
    assert (ran.code, "no 東京" in ran.err, ran.err.count("letters that cannot")) == (0, True, 1)


def test_all_reels_may_be_asked_for_by_name(applied: Film) -> None:
    """`--all` is what no name means; both together is a mistake."""
    assert applied.run("reel", "--all").code == 0
    ran = applied.run("reel", "main", "--all")
    assert (ran.code, "--all with a name" in ran.err) == (1, True)


def test_a_plan_says_what_is_shown_without_a_clip(film: Film) -> None:
    """In words, and in its document."""
    assert "shown as stand-ins: s1, s2, s3" in film.run("plan").out
    (reel,) = film.plan()["reels"]
    assert reel["stand_ins"] == ["s1", "s2", "s3"]


def test_several_reels_share_segments(applied: Film) -> None:
    """A teaser of the same form encodes nothing; named alone, the other one is left."""
    applied.edit(REEL, f"{REEL}\n  teaser: {{size: 160x90, shots: [s2]}}")
    (applied.root / "build" / "main.mp4").unlink()
    segments = applied.segments
    assert applied.run("reel", "teaser").code == 0
    assert count_frames(applied.root / "build" / "teaser.mp4") == 24
    assert not (applied.root / "build" / "main.mp4").exists()
    assert applied.segments == segments


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ("cut: {nobody: {in: 1f}}", "No shot 'nobody'"),
        ("shots: [s1, s]", "No shot 's'. Did you mean 's3'"),
        ("cut: {s1: {in: soon}}", "frames like 36f"),
        ("size: 161x90", "even"),
        ("fps: 121", "between 1 and 120"),
        ("background: green", 'write a colour like "#336699", in quotes, or blur'),
        ("placeholder: nothing", "animatic"),
        ("transitions: {nobody: cut}", "No shot 'nobody'"),
        ("transitions: {s2: melt}", "dissolve"),
        ("transitions: {default: {frames: 20}}", "too short for its transitions"),
        (
            "titles: {start: {title: A, seconds: 0.5}}, transitions: {s1: {frames: 13}}",
            "start title is shown for 12",
        ),
        ("transitions: {s2: {frames: 40}}", "s2 is shown for"),
        ("sound: {nobody: {mute: true}}", "No shot 'nobody'"),
        ("sound: {s1: {gain_db: 90}}", "20"),
        ("music: ../theme.wav", "outside the project"),
        ("music: theme.wav", "No 'theme.wav'"),
        ("music: seedgen.yaml", "not a sound file"),
        ("loudness: 3", "-5"),
        ("titles: {middle: Film}", "middle"),
    ],
)
def test_a_reel_that_makes_no_sense_is_a_project_error(declared: str, said: str, film: Film) -> None:
    """Found by `validate`, at its place."""
    film.edit(REEL, f"main: {{{declared}}}")
    ran = film.run("validate")
    assert ran.code == 1
    assert said in ran.err
    assert "seedgen.yaml:" in ran.err


def reels_planned(film: Film) -> dict[str, str]:
    """What a plan is about to do with each reel."""
    return {reel["reel"]: reel["action"] for reel in film.plan()["reels"]}


def test_a_plan_sees_that_a_reel_is_to_look_otherwise(applied: Film) -> None:
    """Settings of a reel cost nothing, and the plan says that it will be assembled; then no more."""
    assert reels_planned(applied) == {"main": "unchanged"}
    applied.edit(REEL, 'main: {size: 160x90, fps: 24, background: "#ffffff"}')
    assert reels_planned(applied) == {"main": "assemble"}
    assert applied.actions() == {}
    applied.run("reel")
    assert reels_planned(applied) == {"main": "unchanged"}


def test_a_reel_that_is_declared_no_longer_leaves_nothing_behind(applied: Film) -> None:
    """Its file was made here and not touched since: it goes, and the new one comes."""
    applied.edit(REEL, "teaser: {size: 160x90, fps: 24}")
    applied.run("reel")
    assert sorted(file.name for file in (applied.root / "build").glob("*.mp4")) == ["teaser.mp4"]


def test_a_reel_has_one_size_before_and_after_its_clips(film: Film) -> None:
    """By default that of its first shot, 480x480 here, whether its clip is there or stood in for."""
    film.edit(REEL, "main: {fps: 24}")
    film.run("reel")
    before = size_of(film.root / "build" / "main.mp4")
    film.apply()
    assert before == size_of(film.root / "build" / "main.mp4") == (480, 480)


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ("{in: 1, out: 0.5}", "cut leaves nothing"),
        ("{in: 40f}", "`in: 40f` lies behind it: the shot asks for 1 s."),
        ("{out: 99}", "`out: 99` lies behind it: the shot asks for 1 s."),
    ],
)
def test_a_cut_that_cannot_fit_is_found_before_anything_is_paid(cut: str, said: str, film: Film) -> None:
    """The shots ask for one second, 24 frames: such points cannot fit, whatever comes back."""
    film.edit(REEL, f"main: {{size: 160x90, fps: 24, cut: {{s1: {cut}}}}}")
    ran = film.run("validate")
    assert ran.code == 1
    assert "reels.main.cut.s1" in ran.err
    assert said in ran.err


def test_a_cut_is_held_against_the_clip_that_there_is(film: Film) -> None:
    """A clip that was imported is longer than its shot asks for: its own end counts."""
    longer = film.root / "longer.mp4"
    film.edit("480p, duration: 1", "480p, duration: 2")
    film.apply()
    shutil.copyfile(film.root / "build" / "clips" / "s1.mp4", longer)
    film.edit("480p, duration: 2", "480p, duration: 1")
    assert film.run("import", "s1", str(longer)).code == 0
    film.edit(REEL, "main: {size: 160x90, fps: 24, cut: {s1: {out: 2}}}")
    assert film.run("validate").code == 0
    film.edit("{out: 2}", "{out: 3}")
    assert "`out: 3` lies behind it: the clip has 2 s." in film.run("validate").err


def test_a_renamed_shot_keeps_its_clip_in_the_reel(applied: Film) -> None:
    """A rename that is not applied yet downgrades nothing: the clip is known by its request."""
    applied.edit("- id: s1", "- id: opening")
    ran = applied.run("reel")
    assert "stand-ins" not in ran.err
    assert (applied.root / "build" / "clips" / "opening.mp4").is_file()


def test_all_takes_of_a_shot_can_be_watched(film: Film) -> None:
    """A shot with two takes has both beside each other; one with a single take needs no folder."""
    film.edit("tags: [hero]\n", "tags: [hero]\n    takes: 2\n")
    film.apply()
    takes = film.root / "build" / "takes"
    assert sorted(file.relative_to(takes).as_posix() for file in takes.rglob("*.mp4")) == [
        "s1/1.mp4",
        "s1/2.mp4",
    ]
    assert (takes / "s1" / "1.mp4").read_bytes() == (film.root / "build" / "clips" / "s1.mp4").read_bytes()


def test_a_clip_that_only_build_still_has_is_taken_back(applied: Film) -> None:
    """The cache is gone: what stands in build/ is the last copy, and the same bytes as the lock says."""
    before = {shot: applied.digest(shot) for shot in ("s1", "s2", "s3")}
    shutil.rmtree(applied.root / ".seedgen")
    ran = applied.run("apply", "--auto-approve")
    assert (ran.code, "No changes." in ran.out) == (0, True)
    assert "taken back from build/: s1, s2, s3" in ran.err
    assert {shot: applied.digest(shot) for shot in before} == before
    assert len(applied.objects) == 3


def test_an_assembly_never_removes_the_last_copy_of_a_clip(applied: Film) -> None:
    """`seedgen reel` takes clips back too, before it clears what no shot has."""
    shutil.rmtree(applied.root / ".seedgen")
    ran = applied.run("reel")
    assert (ran.code, "stand-ins" in ran.err) == (0, False)
    assert len(applied.objects) == 3


def test_what_only_looks_like_a_clip_is_not_taken_back(applied: Film) -> None:
    """Other bytes under its name are somebody else's."""
    applied.object("s1").unlink()
    (applied.root / "build" / "clips" / "s1.mp4").write_bytes(b"not the clip")
    assert applied.actions() == {"s1": "regenerate"}
    assert applied.apply().submitted == ["s1"]


def test_one_reel_that_cannot_be_made_does_not_stop_the_others(applied: Film) -> None:
    """A cut beyond the end of a clip shows only when it is there; the other reel and the pages are made."""
    applied.edit(REEL, "main: {cut: {s1: {out: 30f}}}\n  teaser: {size: 160x90, shots: [s2]}")
    ran = applied.run("reel")
    assert ran.code == 1
    assert "30 is not within the clip's 24 frames" in ran.err
    assert count_frames(applied.root / "build" / "teaser.mp4") == 24
    assert (applied.root / "build" / "storyboard.html").is_file()


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (
            "transitions: {default: {type: dissolve, color: '#ff0000'}}",
            "`color` is for a fade; this is a dissolve",
        ),
        (
            "transitions: {s2: {type: fade, frames: 4, direction: up}}",
            "`direction` is for a wipe; this is a fade",
        ),
        ("shots: [s1, s2], cut: {s3: {in: 2f}}", "The reel does not show s3"),
    ],
)
def test_what_changes_nothing_in_a_reel_is_told(declared: str, said: str, film: Film) -> None:
    """A setting that has no effect is mostly a mistake: a warning where it stands, and the reel is made."""
    film.edit(REEL, f"main: {{size: 160x90, fps: 24, {declared}}}")
    ran = film.run("validate")
    assert ran.code == 0
    assert "Warning: changes nothing" in ran.out + ran.err
    assert said in ran.out + ran.err


def test_what_changes_something_is_not_complained_of(film: Film) -> None:
    """A fade through a colour and a wipe in a direction."""
    declared = (
        "transitions: {s2: {type: fade, color: white, frames: 4}, s3: {type: wipe, direction: up, frames: 4}}"
    )
    film.edit(
        REEL, f"main: {{size: 160x90, fps: 24, {declared.replace('white', chr(39) + '#ffffff' + chr(39))}}}"
    )
    ran = film.run("validate")
    assert "changes nothing" not in ran.out + ran.err
