"""What can be chosen on the command line: shots, variables, profiles, caches, caps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.film import SHOTS, clips_in, count_frames, new_film

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film

SELECTIONS = [
    (["s1"], "s1"),
    (["s1 s3"], "s1 s3"),
    (["s1", "s3"], "s1 s3"),
    (["s[12]"], "s1 s2"),
    (["tag:hero"], "s1 s2"),
    (["tag:w*"], "s2 s3"),
    (["tag:hero,tag:wide"], "s2"),
    (["tag:hero,tag:wide s3"], "s2 s3"),
    (["tag:wide,s*"], "s2 s3"),
]


@pytest.mark.parametrize(("expressions", "chosen"), SELECTIONS)
def test_a_plan_is_about_the_selected_shots(expressions: list[str], chosen: str, film: Film) -> None:
    """Spaces and several options unite, commas intersect; ids, globs and tags are terms."""
    options = [part for expression in expressions for part in ("--select", expression)]
    assert " ".join(film.actions(*options)) == chosen


@pytest.mark.parametrize("expression", ["", " ", ",", "s9", "tag:nobody", "s1,s2", "colour:red"])
def test_a_selection_of_nothing_is_an_error(expression: str, film: Film) -> None:
    """A typing mistake or an empty shell variable must not come to mean every shot, or none."""
    ran = film.run("plan", "--select", expression)
    assert (ran.code, ran.out) == (1, "")


def test_an_apply_makes_the_selected_shots_alone(film: Film) -> None:
    """The others keep what they have, which is nothing; the reel shows them as stand-ins."""
    ran = film.apply("--select", "tag:wide")
    assert sorted(ran.submitted) == ["s2", "s3"]
    assert sorted(film.lock().shots) == ["s2", "s3"]
    (reel,) = [event for event in ran.events if event["type"] == "reel_assembled"]
    assert reel["stand_ins"] == ["s1"]
    assert count_frames(film.root / "build" / "main.mp4") == 72


def test_replace_makes_a_shot_anew(applied: Film) -> None:
    """A job is submitted although lock and cache have the take; the plan gives the reason."""
    (change,) = applied.plan("--replace", "s1")["changes"]
    assert (change["shot"], change["action"]) == ("s1", "regenerate")
    assert change["reasons"] == ["replace_requested"]
    assert applied.apply("--replace", "s1").submitted == ["s1"]


def test_a_shot_to_replace_has_to_be_there(applied: Film) -> None:
    """With the id that was meant."""
    applied.edit("id: s1", "id: opening")
    ran = applied.run("plan", "--replace", "openning")
    assert ran.code == 1
    assert "'opening'" in ran.err


def test_a_profile_has_its_own_lock_and_build(applied: Film) -> None:
    """Two seconds instead of one, side by side with what stands there."""
    before = applied.standing()
    applied.apply(before=("--profile", "long"))
    assert {
        take.frames for shot in applied.lock("seedgen.long.lock").shots.values() for take in shot.takes
    } == {48}
    assert count_frames(applied.root / "build" / "long" / "main.mp4") == 144
    after = applied.standing()
    assert {name: after[name] for name in before} == before
    assert applied.actions() == {}


def test_an_unknown_profile_is_an_error(film: Film) -> None:
    """It names those that there are, and no file is written under its name."""
    ran = film.run("--profile", "../evil", "plan")
    assert ran.code == 1
    assert "long" in ran.err
    assert not (film.root.parent / "evil").exists()


def test_a_variable_given_on_the_command_line_wins(applied: Film) -> None:
    """`colour` is said by two prompts; a file of variables does the same; the option beats the file."""
    assert applied.actions(before=("--var", "colour=blue")) == {"s1": "regenerate", "s2": "regenerate"}
    applied.write({"vars.yaml": "colour: blue\n"})
    file = ("--var-file", str(applied.root / "vars.yaml"))
    assert set(applied.actions(before=file)) == {"s1", "s2"}
    assert applied.actions(before=(*file, "--var", "colour=red")) == {}


def test_a_shared_cache_makes_the_second_project_free(tmp_path: Path) -> None:
    """Another project with the same requests reuses every clip, and keeps none of its own."""
    cache = ("--cache-dir", str(tmp_path / "cache"))
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one, two = (new_film(tmp_path / name) for name in ("one", "two"))
    assert sorted(one.apply(before=cache).submitted) == list(SHOTS)
    assert set(two.actions(before=cache).values()) == {"reuse"}
    ran = two.apply(before=cache)
    assert ran.submitted == []
    (reel,) = [event for event in ran.events if event["type"] == "reel_assembled"]
    assert reel["encoded"] == 0, "segments are shared with the clips"
    assert not two.cache.exists()
    assert len(clips_in(tmp_path / "cache")) == 3


def test_the_environment_names_the_cache(film: Film, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEEDGEN_CACHE_DIR is --cache-dir for those who always share one."""
    monkeypatch.setenv("SEEDGEN_CACHE_DIR", str(tmp_path / "cache"))
    film.apply()
    assert len(clips_in(tmp_path / "cache")) == 3


def test_a_cap_stops_what_has_no_price(film: Film) -> None:
    """Under a cap an unknown price is never taken for nothing: blocked, exit code 1, and what to do."""
    ran = film.run("--profile", "proof", "apply", "--auto-approve", "--max-cost", "100")
    assert ran.code == 1
    assert "3 changes blocked" in ran.err
    assert not (film.root / "seedgen.proof.lock").exists()


def test_a_cap_does_not_stop_what_is_free(film: Film) -> None:
    """The local provider costs nothing, so nothing is too little."""
    assert film.run("apply", "--auto-approve", "--max-cost", "0").code == 0


def test_a_paid_model_is_planned_without_key_and_network(film: Film) -> None:
    """Cards are enough to plan; the same film, four seconds a shot, at each::labs."""
    document = film.plan(before=("--profile", "proof"))
    assert {change["provider"] for change in document["changes"]} == {"eachlabs"}
    assert document["estimated_cost"]["seconds"] == 12


@pytest.mark.parametrize("flags", [["--auto-approve"], ["--auto-approve", "--allow-unpriced"], []])
def test_a_missing_key_is_said_before_anything_is_asked(flags: list[str], film: Film) -> None:
    """The provider is named, and where its key is looked for."""
    ran = film.run("--profile", "proof", "apply", *flags)
    assert ran.code == 1
    assert "no key for each::labs" in ran.err
    assert "EACHLABS_API_KEY" in ran.err
    assert ".env" in ran.err


def test_no_reel_makes_clips_alone(film: Film) -> None:
    """`--no-reel` leaves build/ alone; `reel` makes it later."""
    film.apply("--no-reel")
    assert not (film.root / "build").exists()
    assert film.run("reel").code == 0
    assert count_frames(film.root / "build" / "main.mp4") == 72


def test_commands_run_where_they_are_told_to(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """`-C` is relative to where the command was typed, and so are the files named on the command line."""
    monkeypatch.chdir(film.root.parent)
    film.write({"../blue.yaml": "colour: blue\n"})
    process = film.start("plan", "--json", cwd=film.root.parent)
    here = json.loads(process.communicate()[0])
    assert [change["shot"] for change in here["changes"]] == list(SHOTS)
    assert film.run("--var-file", "blue.yaml", "plan").code == 0


def test_a_replaced_shot_has_to_be_selected(applied: Film) -> None:
    """Dropping either of the two wishes silently would surprise; the message says how to have both."""
    ran = applied.run("plan", "--select", "s1", "--replace", "s2")
    assert ran.code == 1
    assert "s2" in ran.err
    assert "Select it as well" in ran.err


def test_an_option_behind_its_command_is_told_where_it_goes(film: Film) -> None:
    """`plan --profile x` is an easy slip: the message names the right order."""
    ran = film.run("plan", "--profile", "long")
    assert ran.code == 1
    assert "goes before the command" in ran.err
