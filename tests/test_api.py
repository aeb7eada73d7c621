"""Seedgen for programs: what the command line does, from Python."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import seedgen
from seedgen import events
from seedgen.app import Settings, Workspace
from seedgen.errors import Locked
from tests.film import SHOTS, count_frames

if TYPE_CHECKING:
    from tests.emulator import Emulator
    from tests.film import Film

PAGE = (Path(__file__).parent.parent / "docs" / "python.md").read_text(encoding="utf-8")


def test_a_project_is_planned_and_applied(film: Film) -> None:
    """Every shot has its clip, every step was told, the reel stands there; and the next plan is empty."""
    told: list[object] = []
    with seedgen.load(film.root) as project:
        assert (project.name, project.shots, project.reels) == ("film", SHOTS, ("main",))
        plan = project.plan()
        assert [change.action for change in plan.changes] == [seedgen.Action.GENERATE] * 3
        outcome = project.apply(plan, on_event=told.append)
        assert (outcome.succeeded, outcome.done) == (True, 3)
        assert {one.shot for one in told if isinstance(one, events.TakeRecorded)} == set(SHOTS)
        assert count_frames(film.root / "build" / "main.mp4") == 72
        assert not project.plan().has_changes
        assert project.clip("s1") == film.object("s1").resolve()
        assert project.clip("s1", take=2) is None
    assert film.run("plan").out == "No changes. Every shot matches its clip.\n"


def test_the_clip_of_an_unknown_shot_is_an_error_and_of_one_without_clip_none(film: Film) -> None:
    """A slip of the pen must not look like a shot that is still to be made."""
    with seedgen.load(film.root) as project:
        assert project.clip("s1") is None
        with pytest.raises(seedgen.UsageError, match="no shot 's9'") as caught:
            project.clip("s9")
    assert caught.value.remedy == "There are s1, s2, s3."


def test_selections_and_variables_are_those_of_the_command_line(film: Film) -> None:
    """A program's plan is the one that the same options print."""
    with seedgen.load(film.root, variables={"colour": "blue"}) as project:
        plan = project.plan(select=["tag:hero"], exclude=["s2"])
    document = film.plan("--select", "tag:hero", "--exclude", "s2", before=("--var", "colour=blue"))
    assert plan.plan_id == document["plan_id"]
    assert [change.shot for change in plan.changes] == ["s1"]


def test_what_a_user_did_wrong_is_an_error_with_a_remedy(film: Film) -> None:
    """The same words as on the command line, as a value."""
    with seedgen.load(film.root) as project, pytest.raises(seedgen.UsageError, match="no shot") as caught:
        project.plan(select=["s9"])
    assert "s1" in caught.value.remedy
    film.edit("duration: 1", "duration: 1000")
    with seedgen.load(film.root) as project:
        assert [problem.summary for problem in project.diagnostics] == ["duration out of range"]
        with pytest.raises(seedgen.ProjectError) as refused:
            project.plan()
    assert f"{refused.value}\n\n1 error. Nothing was done.\n" == film.run("plan").err


def test_a_plan_that_others_overtook_is_refused(film: Film) -> None:
    """An apply on the command line in between: nothing is submitted, and what to do is said."""
    with seedgen.load(film.root) as project:
        plan = project.plan()
        film.apply("--select", "s1")
        before = film.lock()
        with pytest.raises(seedgen.StalePlan) as caught:
            project.apply(plan)
    assert caught.value.remedy
    assert film.lock() == before


def test_a_plan_of_another_object_is_refused(film: Film) -> None:
    """What was planned with other variables must not be carried out with these."""
    with seedgen.load(film.root, variables={"colour": "blue"}) as one, seedgen.load(film.root) as other:
        plan = one.plan()
        with pytest.raises(seedgen.UsageError, match="not made by this project object"):
            other.apply(plan)


def test_two_applies_do_not_run_at_once(film: Film) -> None:
    """The project's lock is the same one that the command line takes."""
    with seedgen.load(film.root) as project:
        plan = project.plan()
        with Workspace(Settings(film.root)).applying(), pytest.raises(Locked):
            project.apply(plan)


def test_a_saved_plan_is_what_the_command_line_applies(film: Film) -> None:
    """Planned by a program, approved by a person."""
    with seedgen.load(film.root) as project:
        project.save(project.plan(select=["s2"]), film.root / "plan.json")
    ran = film.run("apply", str(film.root / "plan.json"), "--json")
    assert ran.code == 0, ran.err
    assert sorted(film.lock().shots) == ["s2"]


def test_a_stop_leaves_the_rest_to_the_next_apply(film: Film) -> None:
    """Set before anything began, nothing is made; unset, all of it is."""

    async def stopped(project: seedgen.Project) -> seedgen.Outcome:
        stopping = asyncio.Event()
        stopping.set()
        return await project.apply_async(project.plan(), stopping=stopping)

    with seedgen.load(film.root) as project:
        outcome = asyncio.run(stopped(project))
        assert (outcome.interrupted, outcome.done, outcome.not_started) == (True, 0, 3)
        assert project.apply(project.plan(), assemble=False).done == 3
    assert not (film.root / "build" / "main.mp4").exists()


def test_reels_can_be_assembled_alone(film: Film) -> None:
    """As stand-ins, before anything is made."""
    with seedgen.load(film.root) as project:
        (reel,) = project.reel()
        assert count_frames(reel) == 72
        with pytest.raises(seedgen.UsageError, match="no reel"):
            project.reel("nobody")


def test_an_unknown_price_and_a_cap_hold_for_programs_too(film: Film, emulator: Emulator) -> None:
    """Under `proof` no price is known: not without leave, and never under a cap."""
    around = emulator.environment | {"SEEDGEN_PACE": "0.01"}
    with seedgen.load(film.root, profile="proof", environment=around) as project:
        plan = project.plan(select=["s3"])
        with pytest.raises(seedgen.UsageError, match="no price is known for 1 of") as caught:
            project.apply(plan)
        assert "allow_unpriced" in caught.value.remedy
        capped = project.plan(select=["s3"], max_cost=Decimal(5))
        assert [change.action for change in capped.changes] == [seedgen.Action.BLOCKED]
        assert project.apply(capped, assemble=False, allow_unpriced=True).done == 0
        assert not emulator.submits
        assert project.apply(plan, assemble=False, allow_unpriced=True).done == 1
        assert len(emulator.submits) == 1


def test_the_example_of_the_page_runs(film: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """Word for word, in a project whose hero is called as there."""
    film.edit("id: s1", 'id: "010"')
    film.write({"seedgen.yaml": film.yaml.replace("colour", "mood")})
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(film.root)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "has its clip: 010" in done.stdout


def test_importing_costs_nothing() -> None:
    """Neither pydantic nor asyncio is loaded until something is used."""
    heavy = ("pydantic", "asyncio", "httpx", "yaml")
    code = f"import sys, seedgen; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_every_public_name_is_there_and_says_what_it_is() -> None:
    """What `__all__` promises can be had, and has a docstring."""
    for name in set(seedgen.__all__) - {"__version__"}:
        assert getattr(seedgen, name).__doc__, name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = seedgen.nothing
