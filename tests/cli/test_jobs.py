"""Jobs at services: what is open, what becomes of doubts, and what a cancel does."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import jsonschema_rs
import pytest

from seedgen.digest import Fingerprint
from seedgen.execution.overview import Listed, State
from seedgen.ports.store import JournalEntry, Stage
from seedgen.store.journal import JobJournal
from seedgen.views.jobs import jobs_text, since
from seedgen.views.paint import Paint
from seedgen.views.schemas import schema_text
from tests.cli.screen import Terminal
from tests.cli.studio import applied, detached, film_at, ids, in_doubt, jobs, states, studio
from tests.emulator import Emulator, Fault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.film import Film

EACH = ("--profile", "each")


@pytest.fixture
def film(tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """Three shots for a service whose jobs end at once."""
    return studio(tmp_path / "film", emulator, monkeypatch)


@pytest.fixture
def flying(tmp_path: Path, busy: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """Three shots with a job in flight each."""
    film = studio(tmp_path / "film", busy, monkeypatch)
    detached(film)
    return film


# -- the list ----------------------------------------------------------------------------------------


def test_with_nothing_open_the_list_says_so(film: Film) -> None:
    """In a sentence for people, as an empty list for programs; and looking writes nothing."""
    ran = film.run("jobs")
    assert (ran.code, ran.err) == (0, "")
    assert "No jobs are open" in ran.out
    assert "No jobs: nothing was ever submitted to a service" in film.run("jobs", "--all").out
    assert jobs(film) == []
    assert not film.cache.exists()


def test_each_open_job_has_a_line(flying: Film, busy: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines: shot, state, estimate and since when; id, provider and model. No key is needed to look."""
    monkeypatch.delenv("OXEN_API_KEY")
    ran = flying.run("jobs", "list")
    assert ran.code == 0
    lines = ran.out.splitlines()
    words = {"door": "red door", "roof": "pale roof", "wall": "bare wall"}
    jobs_of = {shot: one.job_id for shot, word in words.items() for one in busy.submits if word in one.prompt}
    for (shot, job), first, second in zip(sorted(jobs_of.items()), lines[::2], lines[1::2], strict=True):
        assert re.fullmatch(rf"  > {shot}  in flight  \$0\.44 estimated  \d+(\.\d)? s ago", first)
        assert second == f"      job {job}  oxen bytedance-seedance-2-0-reference-to-video"


def test_the_list_fits_in_80_columns() -> None:
    """The id is whole, for it is typed; of a long model there is the beginning."""
    long = "bytedance-seedance-2-0-mini-reference-to-video"
    job_id = "9e1c95d9-c3f0-4fc9-b2ed-40e083e3365b"
    then = datetime(2026, 5, 1, 12, 0, 3, tzinfo=UTC)
    entry = JournalEntry(
        Fingerprint("0" * 64),
        "eachlabs",
        long,
        Stage.SUCCEEDED,
        "opening",
        2,
        profile="draft",
        job_id=job_id,
        submitted_at=then,
        estimate_usd=Decimal("0.44"),
    )
    job = Listed(entry, "opening", State.FINISHED)
    first, second = jobs_text([job], then + timedelta(minutes=3), Paint(on=False), 80).splitlines()
    assert first == "  > opening take 2  finished, not downloaded  $0.44 estimated  3 min 00 s ago"
    assert len(first) <= len(second) == 80
    assert second.startswith(f"      job {job_id}  profile draft  eachlabs ")
    assert second.endswith("…")
    assert since(then, then + timedelta(days=3)) == "2026-05-01 12:00 UTC"


def test_the_document_follows_its_schema(flying: Film) -> None:
    """With what a service says, and with jobs that are over."""
    ran = flying.run("jobs", "list", "--json", "--online", "--all")
    document = json.loads(ran.out)
    jsonschema_rs.validator_for(json.loads(schema_text("jobs"))).validate(document)
    assert {job["said"]["state"] for job in document["jobs"]} == {"running"}
    assert {job["estimated_usd"] for job in document["jobs"]} == {"0.44"}


def test_the_service_is_asked_only_online(flying: Film, busy: Emulator) -> None:
    """`--online` tells what became of jobs since; the list itself asks nobody."""
    before = len(busy.requests)
    flying.run("jobs")
    assert len(busy.requests) == before
    busy.finish(ids(flying)["door"])
    said = {job["shot"]: job["said"]["state"] for job in jobs(flying, "--online")}
    assert said == {"door": "succeeded", "roof": "running", "wall": "running"}
    assert "oxen says: succeeded, $0.40" in flying.run("jobs", "--online").out


def test_what_cannot_be_asked_says_why(flying: Film, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the key the list is the same, with the reason below each job."""
    monkeypatch.delenv("OXEN_API_KEY")
    ran = flying.run("jobs", "--online")
    assert ran.code == 0
    assert ran.out.count("there is no key for oxen to ask with") == 3


def test_all_lists_what_is_over_newest_first(film: Film) -> None:
    """The newest submit stands first, with its bill."""
    applied(film, "--select", "door")
    applied(film, "--select", "wall")
    assert states(film) == {}
    assert list(states(film, "--all").items()) == [("wall", "recorded"), ("door", "recorded")]
    assert film.run("jobs", "--all").out.count("$0.40 billed") == 2


def test_a_job_is_listed_under_the_name_that_its_shot_has_now(flying: Film) -> None:
    """A shot that was renamed is looked for by its new name."""
    flying.edit("id: door", "id: opening")
    assert set(states(flying)) == {"opening", "roof", "wall"}
    assert flying.run("jobs", "cancel", "opening", "--yes").code == 0


def test_a_subcommand_that_does_not_exist_is_wrong_usage(film: Film) -> None:
    """It is not taken for an argument of the list."""
    ran = film.run("jobs", "frob")
    assert (ran.code, ran.out) == (1, "")
    assert "frob" in ran.err


# -- doubt -------------------------------------------------------------------------------------------


def test_a_doubt_names_the_command_that_ends_it(film: Film, emulator: Emulator) -> None:
    """Typed as it stands, it asks the service again; the job is found, and nothing is submitted twice."""
    in_doubt(film, emulator)
    assert states(film) == {"door": "in_doubt"}
    (typed,) = re.findall(r"`seedgen (.*?)` asks eachlabs again", film.run("jobs").out)
    assert typed == jobs(film)[0]["command"].removeprefix("seedgen ")
    ran = film.run(*typed.split())
    assert (ran.code, ran.out) == (0, "")
    (submit,) = emulator.submits
    assert f"found: job {submit.job_id}" in ran.err
    assert "seedgen apply" in ran.err
    assert applied(film, "--select", "door", before=EACH).code == 0
    assert len(emulator.submits) == 1


def test_jobs_that_may_be_it_are_shown_and_one_is_chosen(
    film: Film, emulator: Emulator, tmp_path: Path
) -> None:
    """Two jobs match one submit: both are offered as a command, and the one typed is adopted."""
    in_doubt(film, emulator)
    applied(film_at(tmp_path / "twin"), "--select", "door", before=EACH)
    mine, theirs = (submit.job_id for submit in emulator.submits)
    ran = film.run("jobs", "resolve", "door")
    assert ran.code == 1
    offered = re.findall(r"^ +`seedgen (jobs resolve door --take 1 --job-id \S+)`$", ran.err, re.MULTILINE)
    assert {command.split()[-1] for command in offered} == {mine, theirs}
    (typed,) = [command for command in offered if mine in command]
    ran = film.run(*typed.split())
    assert ran.code == 0
    assert f"has the job {mine} (eachlabs says: succeeded)" in ran.err
    assert applied(film, "--select", "door", before=EACH).code == 0
    (take,) = film.lock("seedgen.each.lock").shots["door"].takes
    assert take.job_id == mine
    assert len(emulator.submits) == 2


def test_what_was_not_billed_may_be_submitted_again(film: Film, emulator: Emulator) -> None:
    """The service is asked and has none: a person's word closes it, and the next apply submits."""
    in_doubt(film, emulator, accepted=False)
    ran = film.run("jobs", "resolve", "door", "--not-billed")
    assert ran.code == 0
    assert "closed as not billed: eachlabs was asked and has no such job" in ran.err
    assert states(film) == {}
    assert emulator.submits == []
    assert "1 closed by hand, unverified" in film.run("costs").out
    assert "1 closed by hand, unverified" in film.run("status").out
    assert "bill unverified" in film.run("jobs", "--all").out
    assert applied(film, "--select", "door", before=EACH).code == 0
    assert len(emulator.submits) == 1


@pytest.mark.parametrize("service", ["eachlabs", "oxen"])
def test_a_job_that_the_service_has_after_all_is_not_closed(
    film: Film, emulator: Emulator, service: str
) -> None:
    """It would be paid twice: it is adopted instead, and the next apply fetches its clip."""
    in_doubt(film, emulator, service=service)
    ran = film.run("jobs", "resolve", "door", "--not-billed")
    assert ran.code == 0
    (submit,) = emulator.submits
    assert f"the service has it: job {submit.job_id}; nothing will be submitted again" in ran.err
    assert states(film) == {"door": "in_flight"}
    assert applied(film, "--select", "door", before=EACH if service == "eachlabs" else ()).code == 0
    assert len(emulator.submits) == 1


def test_what_several_jobs_match_is_not_closed(film: Film, emulator: Emulator, tmp_path: Path) -> None:
    """One of them may be it: both are named, and so is the way for who knows better."""
    in_doubt(film, emulator)
    applied(film_at(tmp_path / "twin"), "--select", "door", before=EACH)
    ran = film.run("jobs", "resolve", "door", "--not-billed")
    assert ran.code == 1
    assert all(f"--take 1 --job-id {submit.job_id}`" in ran.err for submit in emulator.submits)
    (typed,) = re.findall(r"`seedgen ([^`]* --force)`", ran.err)
    assert states(film) == {"door": "in_doubt"}
    assert film.run(*typed.split()).code == 0
    assert states(film) == {}


@pytest.mark.parametrize("keyless", [True, False], ids=["no key", "no listing"])
def test_what_the_service_cannot_be_asked_about_is_not_closed(
    film: Film, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, keyless: bool
) -> None:
    """Nobody has looked: the message says that it may be paid twice, and the command for who insists."""
    in_doubt(film, emulator)
    if keyless:
        monkeypatch.delenv("EACHLABS_API_KEY")
    else:
        emulator.add(Fault("eachlabs", "list", status=500, times=None))
    ran = film.run("jobs", "resolve", "door", "--not-billed")
    assert ran.code == 1
    assert "paid twice" in ran.err
    assert states(film) == {"door": "in_doubt"}
    (typed,) = re.findall(r"`seedgen ([^`]* --force)`", ran.err)
    ran = film.run(*typed.split())
    assert ran.code == 0
    assert "was not asked" in ran.err
    assert states(film) == {}


def test_two_takes_in_doubt_have_a_command_each(film: Film, emulator: Emulator) -> None:
    """Also the first names its take: without it nobody could tell which is meant."""
    film.edit("prompt: A red door.,", "prompt: A red door., takes: 2,")
    in_doubt(film, emulator)
    assert [(job["take"], job["state"]) for job in jobs(film)] == [(1, "in_doubt"), (2, "in_doubt")]
    for typed in re.findall(r"`seedgen ([^`]*)` asks eachlabs again", film.run("jobs").out):
        assert film.run(*typed.split()).code == 0
    assert [(job["take"], job["state"]) for job in jobs(film)] == [(1, "in_flight"), (2, "in_flight")]
    assert {job["job_id"] for job in jobs(film)} == {submit.job_id for submit in emulator.submits}


def test_a_job_that_was_asked_for_something_else_is_not_taken(
    film: Film, emulator: Emulator, tmp_path: Path
) -> None:
    """Both prompts are shown; who insists has their way."""
    applied(film_at(tmp_path / "other"), "--select", "wall", before=EACH)
    in_doubt(film, emulator)
    other = emulator.submits[0].job_id
    ran = film.run("jobs", "resolve", "door", "--job-id", other)
    assert ran.code == 1
    assert "“A bare wall.”" in ran.err
    assert "“A red door.”" in ran.err
    assert states(film) == {"door": "in_doubt"}
    assert film.run("jobs", "resolve", "door", "--job-id", other, "--force").code == 0
    assert ids(film) == {"door": other}


def test_under_a_profile_only_its_jobs_are_meant(film: Film, emulator: Emulator) -> None:
    """The list, a decision and a cancel; without one all are, and the list says which is whose."""
    in_doubt(film, emulator)
    in_doubt(film, emulator, "wall", service="oxen")
    assert states(film) == {"door": "in_doubt", "wall": "in_doubt"}
    listed = film.run("jobs").out
    assert "profile each" in listed
    assert "no profile" in listed
    assert states(film, before=EACH) == {"door": "in_doubt"}
    assert {job["profile"] for job in jobs(film)} == {"each", None}
    for command in (("resolve", "wall"), ("cancel", "wall", "--yes")):
        ran = film.run(*EACH, "jobs", *command)
        assert ran.code == 1
        assert "no job of wall is open under the profile each" in ran.err
    assert film.run(*EACH, "jobs", "resolve", "door").code == 0
    assert "No jobs are open" in film.run("--profile", "free", "jobs").out


def test_an_id_that_the_service_does_not_know_is_not_taken(film: Film, emulator: Emulator) -> None:
    """The doubt stays; the message says what to check."""
    in_doubt(film, emulator)
    ran = film.run("jobs", "resolve", "door", "--job-id", "nonsense")
    assert ran.code == 1
    assert "Check the id" in ran.err
    assert states(film) == {"door": "in_doubt"}


def test_without_a_key_an_id_is_taken_unchecked(
    film: Film, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a person's word, and the message says that nobody checked it."""
    in_doubt(film, emulator)
    monkeypatch.delenv("EACHLABS_API_KEY")
    ran = film.run("jobs", "resolve", "door", "--job-id", "some-id")
    assert ran.code == 0
    assert "unchecked" in ran.err
    assert states(film) == {"door": "in_flight"}


def test_without_a_key_asking_says_so(
    film: Film, emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays in doubt, with what to do by hand."""
    in_doubt(film, emulator)
    monkeypatch.delenv("EACHLABS_API_KEY")
    ran = film.run("jobs", "resolve", "door")
    assert ran.code == 1
    assert "there is no key for eachlabs" in ran.err
    assert "--not-billed" in ran.err


def test_a_job_of_another_shot_is_not_taken(film: Film, emulator: Emulator) -> None:
    """One job never stands for two requests."""
    applied(film, "--select", "wall", before=EACH)
    in_doubt(film, emulator)
    taken = emulator.submits[0].job_id
    ran = film.run("jobs", "resolve", "door", "--job-id", taken)
    assert ran.code == 1
    assert f"{taken} belongs to shot wall" in ran.err


def test_several_doubts_of_a_shot_are_told_apart(film: Film, emulator: Emulator) -> None:
    """By their takes; where the request changed in between, by the beginning of its fingerprint."""
    in_doubt(film, emulator)
    film.edit("A red door.", "A green door.")
    in_doubt(film, emulator)
    ran = film.run("jobs", "resolve", "door")
    assert ran.code == 1
    assert "2 jobs of door are open" in ran.err
    for job in jobs(film):
        assert f"--fingerprint {job['fingerprint'][:8]}" in job["command"]
        assert job["fingerprint"][:8] in ran.err
        assert film.run(*job["command"].split()[1:]).code == 0
    assert {submit.prompt for submit in emulator.submits} == {"A red door.", "A green door."}
    assert set(states(film).values()) == {"in_flight"}


def test_a_doubt_of_another_project_on_the_same_request_can_be_ended_here(
    film: Film, emulator: Emulator, tmp_path: Path
) -> None:
    """Who shares a cache shares its doubts: whoever is kept from submitting can ask."""
    other = film_at(tmp_path / "other")
    other.edit("name: film", "name: elsewhere")
    other.edit("id: door", "id: gate")
    in_doubt(film, emulator)
    shared = ("--cache-dir", str(film.cache))
    assert states(other, before=(*shared, *EACH)) == {"gate": "in_doubt"}
    ran = other.run(*shared, *EACH, "jobs", "resolve", "gate")
    assert ran.code == 0, ran.err


MISTAKES = [
    ("resolve door --job-id x --not-billed", "exclude each other"),
    ("resolve door --force", "--force goes with --not-billed or --job-id"),
    ("resolve door --take 0", "x>=1"),
    ("resolve dor", "Did you mean 'door'?"),
    ("resolve door --take 2", "no job of door, take 2, is open"),
    ("resolve door", "in flight and may be billed"),
    ("resolve door --not-billed", "--not-billed --force"),
    ("resolve door --job-id other", "in flight and may be billed"),
    ("resolve door --job-id other --force", "in flight and may be billed"),
    ("cancel door", "--yes"),
    ("cancel dor --yes", "Did you mean 'door'?"),
    ("cancel", "SHOT"),
]


@pytest.mark.parametrize(("typed", "said"), MISTAKES)
def test_a_wrong_decision_is_refused(typed: str, said: str, flying: Film) -> None:
    """Exit code 1, a message with the way out, and the job stays as it is."""
    ran = flying.run("jobs", *typed.split())
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err
    assert states(flying)["door"] == "in_flight"


def test_an_empty_id_is_refused(flying: Film) -> None:
    """An empty shell variable is no id."""
    assert "--job-id is empty" in flying.run("jobs", "resolve", "door", "--job-id", " ").err


def test_what_is_in_flight_is_forgotten_by_force_alone(flying: Film) -> None:
    """It may be paid: only who says so twice loses it."""
    assert flying.run("jobs", "resolve", "door", "--not-billed", "--force").code == 0
    assert set(states(flying)) == {"roof", "wall"}


# -- cancel ------------------------------------------------------------------------------------------


def test_a_cancelled_job_is_over(flying: Film, busy: Emulator) -> None:
    """The service was told; the bill is not known; the next apply would submit it again."""
    job = ids(flying)["door"]
    ran = flying.run("jobs", "cancel", "door", "roof", "--yes")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.count("its bill is not known") == 2
    assert busy.jobs[job].state == "cancelled"
    assert set(states(flying)) == {"wall"}
    assert flying.actions()["door"] == "generate"


def test_a_cancel_is_asked_about(flying: Film, busy: Emulator) -> None:
    """The question says that it may be billed; anything but yes does nothing."""
    terminal = Terminal(flying, "jobs", "cancel", "door")
    terminal.read_until("may be billed all the same")
    terminal.type("n\n")
    assert terminal.end() == 1
    assert "Nothing was done." in terminal.written
    assert {job.state for job in busy.jobs.values()} == {"running"}


def test_a_job_that_was_quicker_than_its_cancel_is_kept(flying: Film, busy: Emulator) -> None:
    """Its clip is paid: the next apply fetches it."""
    busy.finish(ids(flying)["door"])
    ran = flying.run("jobs", "cancel", "door", "--yes")
    assert ran.code == 0
    assert "succeeded already" in ran.err
    assert states(flying)["door"] == "in_flight"
    assert applied(flying, "--select", "door").code == 0
    assert len(busy.submits) == 3


def test_a_doubt_cannot_be_cancelled(film: Film, emulator: Emulator) -> None:
    """Nobody knows which job it is; the message says how to find out."""
    in_doubt(film, emulator)
    ran = film.run("jobs", "cancel", "door", "--yes")
    assert ran.code == 1
    assert "`seedgen jobs resolve door --take 1`" in ran.err


# -- what is told ------------------------------------------------------------------------------------


def test_no_key_is_ever_shown(flying: Film, busy: Emulator) -> None:
    """Neither by commands that ask nor by what they leave."""
    typed = [
        "jobs --online --all",
        "jobs resolve door",
        "jobs cancel door --yes",
        "costs",
        "status",
        "doctor",
    ]
    said = "".join(ran.out + ran.err for ran in (flying.run(*command.split()) for command in typed))
    assert not any(key in said for key in busy.keys.values())
    assert busy.violations == []


def test_words_of_a_journal_do_not_command_the_terminal(film: Film) -> None:
    """A cache folder may come from a stranger."""
    evil = "\x1b[2J\x9b31m\u202eevil\r\x08"
    journal = JobJournal(film.cache / "journal")
    for number, stage in enumerate((Stage.SUBMITTED, Stage.AMBIGUOUS, Stage.REJECTED, Stage.FAILED)):
        print_ = Fingerprint(f"{number}" * 64)
        journal.write(
            JournalEntry(print_, evil, evil, stage, evil, 1, project="film", job_id=evil, message=evil)
        )
    journal.close()
    for command in (
        "jobs",
        "jobs list --json",
        "jobs --all",
        "jobs --online",
        "costs",
        "costs --json",
        "status",
    ):
        ran = film.run(*command.split())
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", ran.out + ran.err), command
        assert ran.code == 0, ran.err
