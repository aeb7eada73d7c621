"""Status: one screen for a project of any size, and a document for programs."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import jsonschema_rs
import pytest

from seedgen.digest import Fingerprint
from seedgen.execution.costs import By, Charge, Costs, Pending, sum_of
from seedgen.execution.overview import Listed, State
from seedgen.planning.coverage import Coverage
from seedgen.planning.lock import Lock
from seedgen.planning.plan import Action, Change, Plan, Reason, ReasonKind, ReelAction, ReelChange
from seedgen.ports.store import DiskUse, JournalEntry, Running, Stage
from seedgen.store.apply_lock import apply_lock
from seedgen.views.paint import Paint
from seedgen.views.schemas import schema_text
from seedgen.views.status import Situation, status_text

if TYPE_CHECKING:
    from tests.film import Film

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
PLAIN = Paint(on=False)


def job(shot: str, state: State, minutes: int, provider: str = "oxen") -> Listed:
    """A job that was submitted some minutes ago."""
    entry = JournalEntry(
        fingerprint=Fingerprint("0" * 64),
        provider=provider,
        model="one",
        stage=Stage.SUBMITTED,
        shot=shot,
        take=1,
        submitted_at=NOW - timedelta(minutes=minutes),
    )
    return Listed(entry, shot, state)


def costs(*charges: Charge) -> Costs:
    """What was spent, with something in flight, in doubt and closed by hand."""
    pending = Pending(12, Decimal("1234.56"), 3)
    total = sum_of(charges)
    return Costs(By.SHOT, (("a", total),), total, pending, pending, pending, 0)


def huge(takes: int) -> Situation:
    """Every state with thousands of shots of long names, hundreds of jobs, reels and profiles."""
    changes = [
        Change(f"{action}-{'x' * 40}-{number:05}", 1, action, "oxen", "one", cost=Decimal(1), seconds=5)
        for action in Action
        for number in range(takes)
    ]
    lost = (Reason(ReasonKind.OBJECT_MISSING),)
    changes += [
        Change(f"{name}-{number}", take, action, "oxen", "one", reasons)
        for number in range(takes)
        for name, take, action, reasons in (
            ("lost", 1, Action.REGENERATE, lost),
            ("some", 1, Action.UNCHANGED, ()),
            ("some", 2, Action.GENERATE, ()),
        )
    ]
    reels = tuple(ReelChange(f"reel-{number}", ReelAction.ASSEMBLE) for number in range(takes))
    jobs = [job(f"s{n}-{'y' * 70}", state, n) for n, state in enumerate(State) for _ in range(takes)]
    charge = Charge("a", "b", "oxen", True, Fraction(5), Decimal(10**6), None)
    return Situation(
        running=Running(10**9, "h" * 90, NOW),
        unmade=tuple(f"reel-{number}" for number in range(takes)),
        plan=Plan("film" * 10, "final", 1, tuple(changes), reels),
        lock=Lock(),
        jobs=tuple(jobs),
        costs=costs(charge),
        disk=DiskUse(5 * 10**14, 10**13, 10**9, 10**12),
        profiles=tuple(Coverage(f"p{n}-{'z' * 50}", 10**4, 10**4, 5) for n in range(takes)),
    )


@pytest.mark.parametrize("takes", [1, 5, 3000])
def test_status_is_one_screen(takes: int) -> None:
    """At 80 by 24, with room for the prompt below it; what does not fit is counted."""
    lines = status_text(huge(takes), NOW, PLAIN, 80).splitlines()
    assert max(len(line) for line in lines) <= 80
    if takes > 1:
        assert "more" in next(line for line in lines if "no clip yet" in line)
    assert len(lines) < 24


def test_jobs_that_wait_for_a_person_come_first_then_the_oldest() -> None:
    """With their age and where they are; the rest is counted, and `jobs list` has them."""
    jobs = (
        job("new", State.IN_FLIGHT, 1),
        job("old", State.IN_FLIGHT, 90),
        job("lost", State.IN_DOUBT, 5, "eachlabs"),
    )
    empty = Plan("film", None, 0, ())
    lines = status_text(
        Situation(empty, Lock(), jobs, costs(), DiskUse(0, 0, 0)), NOW, PLAIN, 80
    ).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("  jobs"))
    assert lines[start : start + 3] == [
        "  jobs  2 in flight, 1 in doubt: `seedgen jobs list` shows them",
        "        lost  in doubt, submitted 5 min 00 s ago to eachlabs",
        "        old  in flight, submitted 1 h 30 min ago to oxen",
    ]


def test_a_profile_that_was_not_compared_says_so_by_its_words() -> None:
    """Nothing is called current that nobody has looked at; the profile in force comes first."""
    profiles = (Coverage(None, 2, 1, 2), Coverage("draft", 3, 0, None), Coverage("final", 0, 3, 0))
    situation = Situation(Plan("film", "final", 0, ()), Lock(), (), costs(), DiskUse(0, 0, 0), profiles)
    lines = status_text(situation, NOW, PLAIN, 80).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("  profiles"))
    assert lines[start : start + 3] == [
        "  profiles  final   0 current, 0 changed, 3 without a clip",
        "            (none)  2 current, 0 changed, 1 without a clip",
        "            draft   3 with a clip, 0 without a clip",
    ]


def test_profiles_are_told_from_their_locks(applied: Film) -> None:
    """A profile without a lock has nothing; one that was applied has what still matches and what does not."""
    applied.apply("--select", "s1 s2", before=("--profile", "long"))
    applied.edit("bare", "tall")
    said = applied.run("status").out
    assert "  profiles  (none)  2 current, 1 changed, 0 without a clip" in said
    assert "            long    1 current, 1 changed, 1 without a clip" in said
    assert "            proof   0 current, 0 changed, 3 without a clip" in said
    assert "  reels to assemble: main" in said


def test_a_profile_with_errors_is_not_told_by_its_clips(applied: Film) -> None:
    """How many there are, and the command that shows them; a profile that is sound is told as ever."""
    applied.edit("proof: {provider: eachlabs, duration: 4}", "proof: {provider: eachlabs, duration: 99}")
    said = applied.run("status").out
    assert "            proof   1 error: `seedgen --profile proof validate`\n" in said
    assert "            long    0 current, 0 changed, 3 without a clip\n" in said
    assert json.loads(applied.run("status", "--json").out)["profiles"][2]["errors"] == 1


def test_an_apply_that_runs_is_told(film: Film) -> None:
    """Which process, and for how long; and when it has ended, or was killed, nothing."""
    with apply_lock(film.root / ".seedgen"):
        assert f"film\n  apply runs now: process {os.getpid()} on " in film.run("status").out
        assert json.loads(film.run("status", "--json").out)["running"]["pid"] == os.getpid()
        left = (film.root / ".seedgen" / "apply.json").read_text()
    (film.root / ".seedgen" / "apply.json").write_text(left)
    assert "apply runs" not in film.run("status").out


def test_a_project_that_lost_its_shots_is_told_so(applied: Film) -> None:
    """Before an apply takes the lock apart; and afterwards no reel is called current that is not there."""
    project = applied.yaml
    applied.write({"seedgen.yaml": project[: project.index("shots:\n")]})
    ran = applied.run("plan")
    assert "3 to remove" in ran.out
    assert "Warning: the project declares no shots\n" in ran.err
    assert "seedgen.lock has 3, and an apply would take them out of it" in ran.err
    applied.run("apply", "--auto-approve")
    said = applied.run("status")
    assert "  reels 1 with nothing to show\n" in said.out
    assert "declares no shots" not in said.err
    assert json.loads(applied.run("status", "--json").out)["unmade"] == ["main"]


def test_shots_are_counted_once_however_many_takes_they_have(film: Film) -> None:
    """Three shots, of which one wants three takes."""
    film.edit("tags: [hero]", "takes: 3\n    tags: [hero]")
    assert "  +     3  have no clip yet (5 takes): s1, s2, s3" in film.run("status").out


def test_a_shot_with_some_of_its_takes_stands_in_a_line_of_its_own(applied: Film) -> None:
    """An apply was interrupted, say: it neither matches nor is without a clip."""
    applied.edit("tags: [hero]\n", "takes: 3\n    tags: [hero]\n")
    said = applied.run("status").out
    assert "        2  match their clip\n  +     1  lack some of their takes (2 takes): s1\n" in said
    assert "no clip yet" not in said


def test_clips_that_are_missing_are_no_change(applied: Film) -> None:
    """As in a fresh clone, which has the lock alone; a prompt that was edited meanwhile is one."""
    shutil.rmtree(applied.root / ".seedgen")
    shutil.rmtree(applied.root / "build")
    applied.edit("bare", "tall")
    said = applied.run("status").out
    assert "  ~     1  changed since their clip: s2\n" in said
    assert "  ~     2  miss the clip that the lock names: s1, s3\n" in said


def test_the_document_follows_its_schema(applied: Film) -> None:
    """The same facts as the screen has, with every id."""
    applied.edit("bare", "tall")
    ran = applied.run("status", "--json")
    assert (ran.code, ran.err) == (0, "")
    document = json.loads(ran.out)
    jsonschema_rs.validator_for(json.loads(schema_text("status"))).validate(document)
    assert document["shots"] == {"regenerate": ["s2"]}
    assert document["summary"]["unchanged"] == 2
    assert document["lock"] == {"serial": 1, "takes": 3, "seconds": 3.0}
    assert document["reels"] == [{"reel": "main", "action": "assemble", "stand_ins": [], "left_out": []}]
    none = {"profile": None, "clips": 3, "current": 2, "stale": 1, "missing": 0, "errors": 0}
    assert document["profiles"][0] == none
    assert (document["running"], document["unmade"]) == (None, [])
    assert document["disk"]["build"] > 0


def test_nothing_is_written_by_looking(film: Film) -> None:
    """Neither the cache nor a profile's lock is made."""
    before = sorted(film.root.iterdir())
    film.run("status", "--json")
    film.run("status")
    assert [path for path in sorted(film.root.iterdir()) if path.name != ".seedgen"] == before
    assert not film.cache.exists()
