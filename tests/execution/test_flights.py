"""Jobs in flight: what earlier applies left, what services refuse for now, what nobody is sure of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.digest import digest_bytes
from seedgen.errors import (
    AuthError,
    JobLost,
    OutOfCredits,
    RateLimited,
    SubmitUnknown,
    Unavailable,
)
from seedgen.planning.plan import Action
from seedgen.ports import events
from seedgen.ports.provider import JobState, Listing
from seedgen.ports.store import JournalEntry
from seedgen.ports.store import Stage as Journalled
from tests.execution.stage import Stage, generate
from tests.fakes import FakeJournal, FakeProvider, Fate

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.execution.outcome import Outcome
    from seedgen.planning.plan import Change


def perform(stage: Stage, *changes: Change, **options: Any) -> Outcome:
    """Apply to the end."""
    return asyncio.run(stage.perform(*changes, **options))


def entry_for(change: Change, stage: Journalled, **fields: Any) -> JournalEntry:
    """What an earlier apply wrote about a change, ten minutes ago."""
    assert change.request is not None
    return JournalEntry(
        fingerprint=change.request.fingerprint(),
        first=change.request.numbered(1).fingerprint(),
        request=change.request.canonical(),
        provider=change.provider,
        model=change.model,
        stage=stage,
        shot=change.shot,
        take=change.take,
        submitted_at=datetime.now(UTC) - timedelta(minutes=10),
        estimate_usd=Decimal("0.10"),
        **fields,
    )


def resume(shot: str) -> Change:
    """A shot whose job is in flight."""
    return replace(generate(shot), action=Action.RESUME, cost=None)


# -- earlier applies --------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", [Journalled.SUBMITTED, Journalled.SUCCEEDED])
def test_a_job_in_flight_is_collected_and_not_submitted_again(stage: Journalled, tmp_path: Path) -> None:
    """The entry names the job: it is waited for, fetched and recorded, at no new cost."""
    scene = Stage(tmp_path, FakeProvider(jobs={"job-7": "a"}))
    scene.journal.write(entry_for(resume("a"), stage, job_id="job-7"))
    outcome = perform(scene, resume("a"))
    assert scene.provider.submitted == []
    assert scene.journal.last("a").stage is Journalled.RECORDED
    take = outcome.lock.shots["a"].takes[0]
    assert (take.job_id, take.cost_usd, take.cost_estimated) == ("job-7", Decimal("0.10"), True)
    assert outcome.spent == 0
    assert scene.told_of(events.JobResumed) == ["a"]


def test_a_clip_that_was_kept_is_recorded_without_asking_anybody(tmp_path: Path) -> None:
    """The process died between keeping the clip and recording it: the bytes are there."""
    scene = Stage(tmp_path, FakeProvider())
    with scene.objects.scratch() as folder:
        (folder / "clip").write_bytes(b"a clip")
        scene.objects.adopt(folder / "clip")
    digest = digest_bytes(b"a clip")
    scene.journal.write(entry_for(resume("a"), Journalled.DOWNLOADED, job_id="job-7", digest=digest))
    outcome = perform(scene, resume("a"))
    assert outcome.lock.shots["a"].takes[0].digest == digest
    assert scene.provider.story == []


@pytest.mark.parametrize("stage", [Journalled.SUBMITTING, Journalled.AMBIGUOUS])
def test_what_may_have_been_accepted_is_never_submitted_again(stage: Journalled, tmp_path: Path) -> None:
    """Whatever the plan says: the journal has the last word, and the way out is told."""
    scene = Stage(tmp_path, FakeProvider())
    scene.journal.write(entry_for(generate("a"), stage))
    outcome = perform(scene, generate("a"))
    assert scene.provider.submitted == []
    assert "seedgen jobs resolve a --take 1 --job-id ID" in outcome.failures[0].remedy


def test_a_job_that_the_service_forgot_waits_for_a_person(tmp_path: Path) -> None:
    """It may have been paid: it is in doubt, with its id kept, and not submitted again."""
    scene = Stage(tmp_path, FakeProvider({"a": Fate(on_wait=JobLost("no such job"))}, jobs={"job-7": "a"}))
    scene.journal.write(entry_for(resume("a"), Journalled.SUBMITTED, job_id="job-7"))
    outcome = perform(scene, resume("a"))
    assert (scene.journal.last("a").stage, scene.journal.last("a").job_id) == (Journalled.AMBIGUOUS, "job-7")
    assert "jobs resolve a" in outcome.failures[0].remedy


def test_jobs_of_earlier_applies_take_room_under_the_cap(tmp_path: Path) -> None:
    """0.10 are in flight: under a cap of 0.15 another 0.10 waits until they have ended, and then has room."""
    story: list[str] = []
    provider = FakeProvider(jobs={"job-7": "a"}, meet=1, story=story)
    scene = Stage(tmp_path, provider, FakeJournal(story))
    scene.journal.write(entry_for(resume("a"), Journalled.SUBMITTED, job_id="job-7"))
    outcome = perform(scene, resume("a"), generate("b"), max_cost=Decimal("0.15"))
    assert outcome.succeeded
    assert story.index("journal succeeded a") < story.index("submit b")
    assert outcome.spent == Decimal("0.10")


def test_what_goes_on_without_us_keeps_its_room_under_the_cap(tmp_path: Path) -> None:
    """Detached, three of 0.10 under a cap of 0.25: the third would pass it, as two are still in flight."""
    scene = Stage(tmp_path, FakeProvider(hold=True))
    changes = [generate("a"), generate("b"), generate("c")]
    outcome = perform(scene, *changes, max_cost=Decimal("0.25"), detach=True)
    assert scene.provider.submitted == ["a", "b"]
    assert [change.shot for change in outcome.blocked] == ["c"]


def test_a_clip_nobody_asks_for_any_more_is_fetched_all_the_same(tmp_path: Path) -> None:
    """Its prompt was edited while the job ran. It is paid: it goes into the cache, and into no lock."""
    scene = Stage(tmp_path, FakeProvider(jobs={"job-7": "a"}))
    stray = entry_for(generate("a"), Journalled.SUBMITTED, job_id="job-7")
    scene.journal.write(stray)
    outcome = perform(scene, generate("b"), strays=[stray])
    assert (outcome.collected, outcome.succeeded) == (1, True)
    assert sorted(outcome.lock.shots) == ["b"]
    assert scene.takes.present([scene.takes.takes[stray.fingerprint].clip])


def test_a_detached_apply_submits_and_leaves(tmp_path: Path) -> None:
    """Nothing is waited for; the entries stand for the next apply, and what is in flight is told apart."""
    scene = Stage(tmp_path, FakeProvider(hold=True))
    outcome = perform(scene, generate("a"), generate("b"), detach=True)
    assert (outcome.left, outcome.done, outcome.succeeded) == (2, 0, True)
    assert (outcome.spent, outcome.pending) == (Decimal(0), Decimal("0.20"))
    assert {scene.journal.last(shot).stage for shot in "ab"} == {Journalled.SUBMITTED}


# -- refusals ---------------------------------------------------------------------------------------


def test_a_refused_submit_is_tried_again_with_fewer_at_once(tmp_path: Path) -> None:
    """Two refusals in a row: the job is submitted a third time, and the journal shows no doubt between."""
    fates = {"a": Fate(refusals=(RateLimited("too many", retry_after=0), RateLimited("too many")))}
    scene = Stage(tmp_path, FakeProvider(fates))
    outcome = perform(scene, generate("a"), concurrency=8)
    assert outcome.succeeded
    assert scene.provider.submitted == ["a", "a", "a"]
    slowed = [event for event in scene.told if isinstance(event, events.Slowed)]
    assert [event.limit for event in slowed] == [4, 2]
    stages = [entry.stage for entry in scene.journal.written[:6]]
    assert stages == [Journalled.SUBMITTING, Journalled.FAILED] * 2 + [
        Journalled.SUBMITTING,
        Journalled.SUBMITTED,
    ]


def test_endless_refusals_end_when_nothing_of_ours_is_in_flight(tmp_path: Path) -> None:
    """Somebody else has the room: the shot fails, nothing is in doubt, and nothing was spent."""
    scene = Stage(tmp_path, FakeProvider({"a": Fate(on_submit=RateLimited("too many"))}))
    outcome = perform(scene, generate("a"))
    assert [failure.error for failure in outcome.failures] == ["too many"]
    assert scene.journal.last("a").stage is Journalled.FAILED
    assert outcome.spent == 0


def test_a_lack_of_money_waits_for_jobs_in_flight(tmp_path: Path) -> None:
    """Money may be set aside for `a`: when it has ended, `b` is submitted after all."""
    fates = {"b": Fate(refusals=(OutOfCredits("payment required"),))}
    scene = Stage(tmp_path, FakeProvider(fates, hold=True))

    def let_go(event: events.Event) -> None:
        if scene.provider.submitted == ["a", "b"]:
            scene.provider.let_go.set()

    scene.on_event = let_go
    scene.journal.on_write = lambda: let_go(events.ShotRemoved(""))
    assert perform(scene, generate("a"), generate("b")).succeeded
    assert scene.provider.submitted == ["a", "b", "b"]


@pytest.mark.parametrize("error", [OutOfCredits("payment required"), AuthError("wrong key")])
def test_what_every_submit_would_meet_stops_them_all(error: Exception, tmp_path: Path) -> None:
    """Without money or key the first refusal is the last: the others are not started."""
    scene = Stage(tmp_path, FakeProvider({"a": Fate(on_submit=error)}))
    outcome = perform(scene, generate("a"), generate("b"), generate("c"), concurrency=1)
    assert scene.provider.submitted == ["a"]
    assert (len(outcome.failures), outcome.not_started, outcome.succeeded) == (1, 2, False)
    assert outcome.spent == 0


# -- doubt ------------------------------------------------------------------------------------------


def doubtful(tmp_path: Path, listing: Listing) -> Stage:
    """A provider whose answer to `a` is lost, and what it lists afterwards."""
    scene = Stage(tmp_path, FakeProvider({"a": Fate(refusals=(SubmitUnknown("the line went dead"),))}))
    scene.provider.listed["a"] = listing
    return scene


def test_the_only_job_that_matches_is_adopted(tmp_path: Path) -> None:
    """The service lists one such job that is nobody else's: it is ours, and goes on to the clip."""
    scene = doubtful(tmp_path, Listing(("job-1",), complete=False))
    outcome = perform(scene, generate("a"))
    assert outcome.succeeded
    assert scene.provider.submitted == ["a"]
    assert outcome.lock.shots["a"].takes[0].job_id == "job-1"


def test_several_jobs_that_match_are_a_person_s_choice(tmp_path: Path) -> None:
    """Which of the two is ours cannot be told: both are named, nothing is submitted, its price in doubt."""
    scene = doubtful(tmp_path, Listing(("job-1", "job-2"), complete=True))
    outcome = perform(scene, generate("a"))
    assert scene.provider.submitted == ["a"]
    assert scene.journal.last("a").stage is Journalled.AMBIGUOUS
    assert "job-1, job-2" in outcome.failures[0].error
    assert (outcome.spent, outcome.pending) == (Decimal(0), Decimal("0.10"))


def test_a_job_of_another_entry_is_not_ours(tmp_path: Path) -> None:
    """Of two that match one belongs to an earlier take of the journal: the other one is adopted."""
    scene = doubtful(tmp_path, Listing(("job-9", "job-1"), complete=True))
    scene.journal.write(entry_for(generate("other"), Journalled.RECORDED, job_id="job-9"))
    assert perform(scene, generate("a")).lock.shots["a"].takes[0].job_id == "job-1"


def test_a_complete_listing_without_it_lets_it_be_submitted_again(tmp_path: Path) -> None:
    """The service lists everything at once and has no such job, even after the grace period."""
    scene = doubtful(tmp_path, Listing((), complete=True))
    outcome = perform(scene, generate("a"))
    assert outcome.succeeded
    assert scene.provider.submitted == ["a", "a"]
    assert outcome.spent == Decimal("0.10")


def test_a_job_at_another_time_is_never_taken_for_none(tmp_path: Path) -> None:
    """This clock may be wrong: nothing is submitted beside a job that is the same but for its time."""
    scene = doubtful(tmp_path, Listing((), complete=True, others=("job-1",)))
    outcome = perform(scene, generate("a"))
    assert scene.provider.submitted == ["a"]
    assert scene.journal.last("a").stage is Journalled.AMBIGUOUS
    assert "begun at another time: job-1" in outcome.failures[0].error


def test_an_older_job_of_ours_does_not_stand_in_the_way(tmp_path: Path) -> None:
    """What the journal knows is somebody's: the submit that is not listed was not accepted."""
    scene = doubtful(tmp_path, Listing((), complete=True, others=("job-9",)))
    scene.journal.write(entry_for(generate("other"), Journalled.RECORDED, job_id="job-9"))
    assert perform(scene, generate("a")).succeeded
    assert scene.provider.submitted == ["a", "a"]


def test_a_listing_with_gaps_proves_nothing(tmp_path: Path) -> None:
    """No such job in a list that may have gaps: never submitted again without a person."""
    scene = doubtful(tmp_path, Listing((), complete=False))
    outcome = perform(scene, generate("a"))
    assert scene.provider.submitted == ["a"]
    assert scene.journal.last("a").stage is Journalled.AMBIGUOUS
    assert "--not-billed" in outcome.failures[0].remedy


def test_a_service_that_cannot_be_asked_leaves_the_doubt(tmp_path: Path) -> None:
    """The listing itself fails: nothing is concluded from it."""
    scene = doubtful(tmp_path, Listing((), complete=True))
    scene.provider.unlisted = Unavailable("nobody answers")
    perform(scene, generate("a"))
    assert scene.provider.submitted == ["a"]
    assert scene.journal.last("a").stage is Journalled.AMBIGUOUS


def test_identical_takes_in_doubt_are_shared_out(tmp_path: Path) -> None:
    """Two takes of one request lost their answers and two jobs match: each gets one of them."""
    fate = Fate(refusals=(SubmitUnknown("the line went dead"),) * 2)
    scene = Stage(tmp_path, FakeProvider({"a": fate}))
    scene.provider.listed["a"] = Listing(("job-1", "job-2"), complete=False)
    one, two = generate("a"), generate("a", take=2)
    outcome = perform(scene, one, two)
    assert outcome.succeeded
    assert scene.provider.submitted == ["a", "a"]
    assert sorted(take.job_id for take in outcome.lock.shots["a"].takes) == ["job-1", "job-2"]


# -- failures that are remembered -------------------------------------------------------------------


def test_a_moderated_job_is_remembered_with_its_bill(tmp_path: Path) -> None:
    """It counts as rejected, what it cost stays on record, and the remedy says how to ask again."""
    fate = Fate(state=JobState.FAILED, message="sensitive content", cost=Decimal("0.04"), moderated=True)
    scene = Stage(tmp_path, FakeProvider({"a": fate}))
    outcome = perform(scene, generate("a"))
    assert scene.journal.last("a").stage is Journalled.REJECTED
    assert scene.journal.last("a").cost_usd == Decimal("0.04")
    assert outcome.spent == Decimal("0.04")
    assert "seedgen retry" in outcome.failures[0].remedy


def test_a_silent_service_leaves_the_job_in_flight(tmp_path: Path) -> None:
    """Nobody answers any more: the job is not failed, and what it may cost is told as in flight."""
    scene = Stage(tmp_path, FakeProvider({"a": Fate(on_wait=Unavailable("nobody answers"))}))
    outcome = perform(scene, generate("a"))
    assert scene.journal.last("a").stage is Journalled.SUBMITTED
    assert (outcome.spent, outcome.pending) == (Decimal(0), Decimal("0.10"))
