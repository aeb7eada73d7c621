"""`pick` and `accept`: decisions that only the lock holds, and everything that is shown follows them."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from seedgen.store.apply_lock import apply_lock
from tests.cli.studio import applied, detached, in_doubt, studio
from tests.film import NO_CHANGES, Film, new_film

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator import Emulator

TYPO = (
    "\"A {{ colour }} door, {{ ref('door') }}, stands",
    "\"One {{ colour }} door, {{ ref('door') }}, stands",
)
"""Another wording of s1, which has three takes."""


@pytest.fixture(scope="module")
def _three_once(tmp_path_factory: pytest.TempPathFactory) -> Film:
    film = new_film(tmp_path_factory.mktemp("film"))
    film.edit("tags: [hero]\n", "tags: [hero]\n    takes: 3\n")
    film.apply()
    return film


@pytest.fixture
def film(_three_once: Film, tmp_path: Path) -> Film:
    """Three shots of one second, applied; s1 has three takes."""
    shutil.copytree(_three_once.root, tmp_path / "film")
    return Film(tmp_path / "film")


# -- pick --------------------------------------------------------------------------------------------


def built(film: Film) -> list[str | None]:
    """Which file in `build/` each take of s1 has."""
    return [take["build"] for take in json.loads(film.run("show", "s1", "--json").out)["takes"]]


def test_a_pick_changes_the_lock_and_what_is_shown(film: Film) -> None:
    """Serial and pick, and no take; then reel, clip and storyboard are those of the other take."""
    before, reel = film.lock(), (film.root / "build/main.mp4").read_bytes()
    page = (film.root / "build/storyboard.html").read_bytes()
    ran = film.run("pick", "s1", "2")
    assert (ran.code, ran.out) == (0, "")
    assert "s1  take 2 is picked, was take 1" in ran.err
    assert "`seedgen reel`" in ran.err
    after = film.lock()
    assert (after.serial, after.plan_id) == (before.serial + 1, before.plan_id)
    assert after.shots["s1"] == before.shots["s1"].model_copy(update={"pick": 2})
    assert {**after.shots, "s1": before.shots["s1"]} == before.shots
    assert NO_CHANGES in film.run("plan").out
    # Until a reel is made, the clip under the shot's name is still the other take's.
    assert built(film) == ["build/takes/s1/1.mp4", "build/takes/s1/2.mp4", "build/takes/s1/3.mp4"]
    assert film.run("reel").code == 0
    assert built(film) == ["build/takes/s1/1.mp4", "build/clips/s1.mp4", "build/takes/s1/3.mp4"]
    assert (film.root / "build/main.mp4").read_bytes() != reel
    assert (film.root / "build/storyboard.html").read_bytes() != page
    assert (film.root / "build/clips/s1.mp4").read_bytes() == film.object("s1").read_bytes()
    assert film.run("pick", "s1", "1").code == 0
    assert film.run("reel").code == 0
    assert (film.root / "build/main.mp4").read_bytes() == reel
    assert (film.root / "build/storyboard.html").read_bytes() != page, "the lock has another serial"


def test_picking_what_is_picked_changes_nothing(film: Film) -> None:
    """And says so."""
    before = film.standing()
    ran = film.run("pick", "s1", "1")
    assert ran.code == 0
    assert "take 1 is picked already. Nothing was changed." in ran.err
    assert film.standing() == before


PICKS: list[tuple[tuple[str, str], str, str]] = [
    (("s1", "4"), "s1 has no take 4", "It has 1, 2, 3. For another one, declare `takes: 4`"),
    (("s2", "2"), "s2 has no take 2", "It has 1."),
    (("s9", "1"), "no shot 's9'", "There are s1, s2, s3."),
    (("s1", "two"), "'two' is not a valid number", "`seedgen pick --help`"),
    (("s1", "0"), "0 is not in the range", "`seedgen pick --help`"),
]


@pytest.mark.parametrize(("words", "message", "remedy"), PICKS)
def test_only_a_take_that_is_there_can_be_picked(
    words: tuple[str, str], message: str, remedy: str, film: Film
) -> None:
    """The message says what there is."""
    ran = film.run("pick", *words)
    assert ran.code == 1
    assert message in ran.err
    assert remedy in ran.err


def test_a_take_whose_clip_is_lost_cannot_be_picked(film: Film) -> None:
    """A reel without a clip would be the result."""
    take = film.lock().shots["s1"].take(2)
    assert take is not None
    place = film.cache / "objects" / take.digest[:2] / f"{take.digest[2:]}.mp4"
    place.chmod(0o644)
    place.unlink()
    ran = film.run("pick", "s1", "2")
    assert ran.code == 1
    assert "the clip of s1 take 2 is missing from the cache" in ran.err


def test_a_shot_without_a_clip_has_none_to_pick(film: Film) -> None:
    """It is declared and not applied."""
    film.edit("reels:\n", "  - {id: s4, prompt: A new roof.}\nreels:\n")
    ran = film.run("pick", "s4", "1")
    assert ran.code == 1
    assert "s4 has no clip to pick" in ran.err


@pytest.mark.parametrize("command", [("pick", "s1", "2"), ("accept", "s1")])
def test_nothing_is_decided_while_an_apply_runs(command: tuple[str, ...], film: Film) -> None:
    """It would write its own lock over the decision."""
    film.edit(*TYPO)
    with apply_lock(film.root / ".seedgen"):
        ran = film.run(*command)
    assert ran.code == 1
    assert "Error: an apply runs in this project" in ran.err


def test_a_pick_is_made_in_a_project_with_mistakes(film: Film) -> None:
    """A shot that is being written does not keep one from choosing among takes of another."""
    film.edit("id: s3", "id: s3\n    duration: never")
    assert film.run("pick", "s1", "3").code == 0
    assert film.lock().shots["s1"].pick == 3


# -- fewer and more takes ----------------------------------------------------------------------------


def test_fewer_takes_lose_nothing_and_more_make_only_the_new_ones(film: Film) -> None:
    """The picked third take stays where it is when one is declared; four make just the fourth."""
    film.run("pick", "s1", "3")
    film.edit("takes: 3", "takes: 1")
    before = film.lock()
    assert NO_CHANGES in film.run("plan").out
    assert film.apply().submitted == []
    assert film.lock().shots == before.shots
    film.edit("takes: 1", "takes: 4")
    ran = film.apply()
    assert [e["take"] for e in ran.events if e["type"] == "job_submitted"] == [4]
    assert film.lock().shots["s1"].pick == 3


def test_a_plan_says_that_a_pick_goes_back_to_take_1(film: Film) -> None:
    """When the request is another one; a replacement of the same request keeps the pick and says nothing."""
    says = "For another request take 1 is picked: take 3 of s1 is picked no longer."
    film.run("pick", "s1", "3")
    assert "picked no longer" not in film.run("plan", "--replace", "s1").out
    film.edit(*TYPO)
    assert f"\n{says}\n" in film.run("plan").out
    assert says in film.run("plan", "--markdown").out
    lost = [{"shot": "s1", "take": 3}]
    assert json.loads(film.run("plan", "--json", "-o", str(film.root / "saved.json")).out)["unpicked"] == lost
    assert f"\n{says}\n" in film.run("show", str(film.root / "saved.json")).out
    assert json.loads(film.run("show", str(film.root / "saved.json"), "--json").out)["unpicked"] == lost
    (summary,) = [event for event in film.apply().events if event["type"] == "change_summary"]
    assert summary["unpicked"] == lost
    assert film.lock().shots["s1"].pick == 1
    film.edit(*reversed(TYPO))
    assert "picked no longer" not in film.run("plan").out


def test_a_replaced_shot_gets_all_its_takes_anew(film: Film) -> None:
    """As many as are declared; what is picked stays picked, and the clips that were paid stay too."""
    film.run("pick", "s1", "2")
    kept = film.objects
    ran = film.apply("--replace", "s1")
    assert [e["take"] for e in ran.events if e["type"] == "job_submitted"] == [1, 2, 3]
    assert film.lock().shots["s1"].pick == 2
    assert kept <= film.objects


def test_a_plan_says_of_how_many_shots_its_takes_are(film: Film) -> None:
    """Its numbers are takes. Where there is a take for each shot nothing more has to be said."""
    film.edit("how: bare", "how: tall")
    said = film.run("plan").out
    assert "1 to regenerate, 0 to reuse, 0 to remove; 4 unchanged." in said
    assert "\n4 takes of 2 shots are unchanged.\n" in said
    assert "unchanged.\n" not in film.run("plan", "--select", "s2").out


def test_show_lists_takes_with_their_files(film: Film) -> None:
    """The picked one is marked; how to pick another one is said, with the profile where there is one."""
    film.run("pick", "s1", "2")
    lines = film.run("show", "s1").out.splitlines()
    marks = [line.split()[2] for line in lines if line.startswith("  take ")]
    assert marks == ["24", "picked,", "24"]
    assert str(film.object("s1")) in "\n".join(lines)
    assert "`seedgen pick s1 1` puts another take into the reels" in "\n".join(lines)
    assert "seedgen pick" not in film.run("show", "s2").out


# -- accept ------------------------------------------------------------------------------------------


def test_an_accepted_typo_fix_costs_nothing(film: Film) -> None:
    """The change is shown, the lock has the new request, the plan is empty, no clip was touched."""
    film.edit(*TYPO)
    assert film.actions() == {"s1": "regenerate"}
    before, clips = film.lock(), film.objects
    ran = film.run("accept", "s1")
    assert ran.code == 0, ran.err
    assert "s1  accepted: takes 1, 2 and 3 stay, at no cost" in ran.err
    assert "[-A-]{+One+} red door" in ran.err
    assert "up to date" not in ran.err
    after = film.lock()
    assert after.serial == before.serial + 1
    assert after.shots["s1"].accepted_from == before.shots["s1"].fingerprint
    assert after.shots["s1"].takes == before.shots["s1"].takes
    assert after.reels == before.reels, "the same clips make the same reel"
    assert NO_CHANGES in film.run("plan").out
    assert film.apply().submitted == []
    assert film.objects == clips
    assert "generated for" in film.run("show", "s1").out


def test_a_reel_that_shows_prompts_is_out_of_date_after_an_accept(film: Film) -> None:
    """The clip stays, and its subtitle is another one: that is said, as the next plan says it."""
    film.edit("main: {", "main: {subtitles: true, ")
    assert film.run("reel").code == 0
    film.edit(*TYPO)
    assert "`seedgen reel` brings main up to date." in film.run("accept", "s1").err
    assert "Reel to assemble: main." in film.run("plan").out


def test_an_accepted_change_that_is_taken_back_is_found_again(film: Film) -> None:
    """Nothing is paid, and the pick is what it was."""
    film.run("pick", "s1", "2")
    before = film.lock().shots
    film.edit(*TYPO)
    film.run("accept", "s1")
    film.edit(*reversed(TYPO))
    assert film.apply().submitted == []
    assert film.lock().shots == before


def test_what_was_accepted_is_found_again_after_a_detour(film: Film) -> None:
    """Another request is applied and taken back: the lock is what the accept made it, at no cost, with or
    without the word of the machine that accepted. The clip still answers for no other shot."""
    film.edit(*TYPO)
    film.run("accept", "s1")
    kept = film.lock().shots
    # A colleague has the lock and the clips, and was not there.
    shutil.rmtree(film.root / ".seedgen/cache/takes")
    film.edit("how: open", "how: ajar")
    assert len(film.apply().submitted) == 3
    film.edit("how: ajar", "how: open")
    same = "  - {id: s4, prompt: \"One red door, {{ ref('door') }}, stands open.\", references: [door]}\n"
    film.edit("reels:\n", f"{same}reels:\n")
    assert film.actions() == {"s1": "reuse", "s4": "generate"}
    assert "reuse  its clip was accepted for this request before" in film.run("plan").out
    assert film.apply("--select", "s1").submitted == []
    assert film.lock().shots == kept


def test_a_selection_accepts_what_changed_in_it(film: Film) -> None:
    """Shots without a change are passed over; when none has one, that is an error."""
    film.edit("colour: red", "colour: crimson")  # s1 and s2
    ran = film.run("accept", "--select", "action:regenerate,tag:wide s3")
    assert ran.code == 0
    assert "s2  accepted: its clip stays" in ran.err
    assert "s3" not in ran.err
    assert film.actions() == {"s1": "regenerate"}
    ran = film.run("accept", "--select", "s2 s3")
    assert ran.code == 1
    assert "none of the selected shots has a clip and a changed request" in ran.err


def test_what_cannot_be_accepted_says_why_and_stops_no_other(film: Film) -> None:
    """A shot without a clip, one without a change, one with both; the exit code tells of the first."""
    film.edit("reels:\n", "  - {id: s4, prompt: A new roof.}\nreels:\n")
    film.edit(*TYPO)
    ran = film.run("accept", "s4", "s3", "s1")
    assert ran.code == 1
    assert "s4  not accepted: it has no clip" in ran.err
    assert "s3  nothing to accept" in ran.err
    assert "s1  accepted" in ran.err
    assert film.actions() == {"s4": "generate"}


def test_nothing_named_is_nothing_accepted(film: Film) -> None:
    """There is no `accept` of everything by accident; a name with a slip in it accepts none."""
    film.edit(*TYPO)
    before = film.lock()
    assert "Name shots, or choose them with --select." in film.run("accept").err
    assert "Did you mean 's1'" in film.run("accept", "s1", "s11").err
    assert "`seedgen accept --select 's*'`" in film.run("accept", "s*").err
    assert film.lock() == before


def test_an_accepted_clip_is_not_replaced_by_an_import_unasked(film: Film, tmp_path: Path) -> None:
    """It is the clip of the shot's request by a person's word; --replace takes that back."""
    other = tmp_path / "other.mp4"
    shutil.copyfile(film.object("s2"), other)
    film.edit(*TYPO)
    film.run("accept", "s1")
    ran = film.run("import", "s1", str(other))
    assert ran.code == 1
    assert "--replace" in ran.err
    assert film.run("import", "s1", str(other), "--replace").code == 0
    assert film.digest("s1") == film.digest("s2")
    assert NO_CHANGES in film.run("plan").out


def test_an_imported_take_is_shown_before_there_is_another(film: Film, tmp_path: Path) -> None:
    """Of a new shot take 2 is brought by hand: it is picked, and stays so when take 1 is generated."""
    other = tmp_path / "other.mp4"
    shutil.copyfile(film.object("s2"), other)
    film.edit("reels:\n", "  - {id: s4, prompt: A new roof., takes: 2}\nreels:\n")
    assert film.run("import", "s4", str(other), "--take", "2").code == 0
    assert film.lock().shots["s4"].pick == 2
    assert [e["take"] for e in film.apply().events if e["type"] == "job_submitted"] == [1]
    assert film.lock().shots["s4"].pick == 2


def test_accept_under_a_profile_writes_that_profiles_lock(film: Film) -> None:
    """And names commands as they have to be typed."""
    film.apply(before=("--profile", "long"))
    film.edit(*TYPO)
    ran = film.run("--profile", "long", "accept", "s1")
    assert ran.code == 0
    assert "seedgen.long.lock has it now." in ran.err
    assert film.actions() == {"s1": "regenerate"}
    assert film.actions(before=("--profile", "long")) == {}
    ran = film.run("--profile", "long", "pick", "s1", "2")
    assert "`seedgen --profile long reel`" in ran.err


# -- at a service ------------------------------------------------------------------------------------


@pytest.fixture
def paid(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """A film at a service: door has a paid clip."""
    film = studio(tmp_path / "paid", emulator, monkeypatch)
    assert applied(film, "--select", "door").code == 0
    film.edit("A red door.", "A reddish door.")
    return film


def test_an_accepted_clip_is_still_what_it_cost(paid: Film, emulator: Emulator) -> None:
    """No second submit, and `costs` knows of one."""
    assert paid.run("accept", "door").code == 0
    assert "No changes. The shot asked about matches its clip" in paid.run("plan", "--select", "door").out
    assert len(emulator.submits) == 1
    costs = json.loads(paid.run("costs", "--json").out)
    assert Decimal(costs["total"]["actual_usd"]) == Decimal("0.40")


def test_a_job_in_flight_is_collected_and_not_accepted_away(paid: Film) -> None:
    """It is paid; the message says how to get its clip."""
    detached(paid, "--select", "door")
    ran = paid.run("accept", "door")
    assert ran.code == 1
    assert "in flight" in ran.err
    assert "`seedgen apply`" in ran.err
    assert "Nothing was changed." in ran.err


def test_a_submit_in_doubt_is_decided_first(paid: Film, emulator: Emulator) -> None:
    """Nobody knows whether the changed request is paid already."""
    assert applied(paid, "--select", "wall").code == 0
    each = ("--profile", "each")
    assert applied(paid, "--select", "wall", before=each).code == 0
    paid.edit("A bare wall.", "A barer wall.")
    in_doubt(paid, emulator, "wall")
    ran = paid.run(*each, "accept", "wall")
    assert ran.code == 1
    assert "may have been billed" in ran.err
    assert "`seedgen --profile each jobs list`" in ran.err
