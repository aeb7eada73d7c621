"""`--select` and `--exclude` on the command line: what a plan and an apply are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.planning.projects import STUDIO

if TYPE_CHECKING:
    from tests.film import Film


def test_an_action_is_that_of_the_whole_plan(applied: Film) -> None:
    """One shot edited, one new: each is chosen by what `plan` says of it, and only it is applied."""
    applied.edit('stands {{ how }}."\n    vars: {how: open}', 'stands {{ how }}."\n    vars: {how: ajar}')
    applied.edit("reels:\n", "  - {id: s4, prompt: A new roof.}\nreels:\n")
    assert applied.actions() == {"s1": "regenerate", "s4": "generate"}
    assert applied.actions("--select", "action:regenerate") == {"s1": "regenerate"}
    assert applied.actions("--exclude", "action:regenerate") == {"s4": "generate"}
    assert applied.actions("--select", "action:unchanged s4") == {"s4": "generate"}
    assert applied.apply("--select", "action:generate").submitted == ["s4"]
    assert applied.actions() == {"s1": "regenerate"}


def test_a_removal_is_selected_by_its_action(applied: Film) -> None:
    """The lock has the shot, the project no longer."""
    applied.edit("  - id: s3\n", "  - id: s4\n")
    applied.edit("sky: pale", "sky: dark")
    assert applied.actions("--select", "action:remove") == {"s3": "remove"}


def test_what_is_asked_for_anew_counts_as_such(applied: Film) -> None:
    """`--replace` is part of the whole plan."""
    assert applied.actions("--replace", "s2", "--select", "action:regenerate") == {"s2": "regenerate"}


def test_a_replaced_shot_has_to_be_among_the_selected_ones(applied: Film) -> None:
    """A shot that is excluded and asked for anew is a contradiction."""
    ran = applied.run("plan", "--replace", "s2", "--exclude", "s2")
    assert ran.code == 1
    assert "--replace s2: the shot is not among the selected ones" in ran.err
    assert "leave --select and --exclude out" in ran.err


def test_a_shot_that_waits_for_another_is_chosen_with_it(film: Film) -> None:
    """Chosen as `reuse` alone, a shot with the request of another would have to be paid."""
    film.edit("reels:\n", "  - {id: s4, prompt: A roof under a pale sky.}\nreels:\n")
    assert film.actions()["s4"] == "reuse"
    ran = film.run("plan", "--select", "action:reuse")
    assert ran.code == 1
    assert "has generate." in ran.err
    assert film.actions("--select", "action:generate,s[34]") == {"s3": "generate", "s4": "reuse"}


def test_the_cap_is_for_what_is_selected(film: Film) -> None:
    """What does not fit when everything is made fits by itself, and `action:blocked` finds it."""
    film.write({"cards/one.yaml": STUDIO})
    film.edit(
        "defaults: {resolution: 480p, duration: 1",
        "provider: studio\ndefaults: {resolution: 480p, duration: 4",
    )
    film.write({"seedgen.yaml": film.yaml.replace(', aspect_ratio: "1:1", generate_audio: false', "")})
    cap = ("--max-cost", "0.40")  # each shot is 4 s at 0.05
    assert film.actions(*cap) == {"s1": "generate", "s2": "generate", "s3": "blocked"}
    assert film.actions(*cap, "--select", "action:generate") == {"s1": "generate", "s2": "generate"}
    assert film.actions(*cap, "--select", "action:blocked") == {"s3": "generate"}
    assert film.actions(*cap, "--exclude", "s1") == {"s2": "generate", "s3": "generate"}


def test_a_reel_chooses_its_shots(film: Film) -> None:
    """Globs over reels too; an unknown one names what is near."""
    film.edit("  main: {size", "  teaser: {shots: [s2], size: 160x90, fps: 24}\n  main: {size")
    assert set(film.actions("--select", "reel:teaser")) == {"s2"}
    ran = film.run("plan", "--select", "reel:teasre")
    assert "Did you mean 'teaser'?" in ran.err


@pytest.mark.parametrize("kind", ["action:generate", "reel:main"])
def test_a_reel_is_not_made_of_plans_and_reels(kind: str, film: Film) -> None:
    """An error with its place, and what to write instead."""
    film.edit("main: {size", f"main: {{shots: [s1, '{kind}'], size")
    ran = film.run("validate")
    assert ran.code == 1
    assert f"a reel cannot choose by {kind.partition(':')[0]}" in ran.err
    assert "seedgen.yaml:" in ran.err
    assert "reels.main.shots" in ran.err
    assert "tag:NAME" in ran.err


def test_nothing_left_is_an_error(film: Film) -> None:
    """An apply about nothing does not quietly succeed."""
    ran = film.run("apply", "--auto-approve", "--select", "s1", "--exclude", "tag:hero")
    assert ran.code == 1
    assert "nothing is left" in ran.err
    assert film.objects == set()


def test_nothing_is_said_of_shots_that_were_not_looked_at(applied: Film) -> None:
    """A change elsewhere must not read as if there were none."""
    applied.edit("how: open", "how: shut")
    assert applied.run("plan", "--select", "s2").out == (
        "No changes. The shot asked about matches its clip; 2 others were not looked at.\n"
    )
    assert applied.run("plan", "--exclude", "s1").out.startswith(
        "No changes. The 2 shots asked about match their clips; 1 other was not looked at.\n"
    )
    assert "\nNo changes. The shot matches its clip.\n" in applied.run("show", "s2").out
