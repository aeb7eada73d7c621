"""What an apply promises, whatever its provider does: told with fakes at the ports."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from seedgen.errors import (
    BadResponse,
    JobFailed,
    JobLost,
    RateLimited,
    Rejected,
    SubmitUnknown,
    Unavailable,
    Unreachable,
    UnreadableMedia,
)
from seedgen.planning.plan import Action, Change, Reason, ReasonKind
from seedgen.ports import events
from seedgen.ports.provider import JobState
from seedgen.ports.store import Stage as Journalled
from tests.execution.stage import Stage, follow, generate
from tests.fakes import FakeJournal, FakeLockFile, FakeProvider, Fate

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.execution.outcome import Outcome
    from seedgen.ports.provider import Submission


def perform(stage: Stage, *changes: Change, **options: object) -> Outcome:
    """Apply to the end."""
    return asyncio.run(stage.perform(*changes, **options))  # type: ignore[arg-type]


TROUBLES = [
    Fate(on_submit=Rejected("the prompt was refused")),
    Fate(on_submit=RateLimited("too many")),
    Fate(on_submit=Unavailable("nobody answers")),
    Fate(on_submit=SubmitUnknown("the line went dead")),
    Fate(on_submit=BadResponse("an answer without an id")),
    Fate(on_submit=OSError("no space left on device")),
    Fate(on_wait=JobFailed("out of memory")),
    Fate(on_wait=JobLost("no such job")),
    Fate(on_wait=Unavailable("nobody answers")),
    Fate(state=JobState.FAILED, message="bad luck"),
    Fate(state=JobState.CANCELLED),
    Fate(on_fetch=Unavailable("nobody answers")),
    Fate(on_fetch=OSError("no space left on device")),
    Fate(on_fetch=UnreadableMedia("that is a web page")),
]


@pytest.mark.parametrize("fate", TROUBLES, ids=repr)
def test_one_failed_shot_stops_no_other(fate: Fate, tmp_path: Path) -> None:
    """Whatever goes wrong with one job, the others end well, and the failure is told with its shot."""
    stage = Stage(tmp_path, FakeProvider({"bad": fate}))
    outcome = perform(stage, generate("a"), generate("bad"), generate("z"), concurrency=1)
    assert sorted(outcome.lock.shots) == ["a", "z"]
    assert [failure.shot for failure in outcome.failures] == ["bad"]
    assert (outcome.done, outcome.succeeded) == (2, False)
    assert stage.told_of(events.JobFailed) == ["bad"]
    assert stage.lock_file.lock == outcome.lock
    assert stage.provider.closed


def test_a_cancelled_job_says_so(tmp_path: Path) -> None:
    """A job that a provider ended without a word is told by the state it ended in."""
    stage = Stage(tmp_path, FakeProvider({"bad": Fate(state=JobState.CANCELLED)}))
    assert "cancelled" in perform(stage, generate("bad")).failures[0].error


ENDS = [
    (Fate(on_submit=Rejected("refused")), Journalled.FAILED),
    (Fate(on_submit=RateLimited("too many")), Journalled.FAILED),
    (Fate(on_submit=Unavailable("nobody answers")), Journalled.FAILED),
    (Fate(on_submit=SubmitUnknown("the line went dead")), Journalled.AMBIGUOUS),
    (Fate(on_submit=BadResponse("an answer without an id")), Journalled.AMBIGUOUS),
    (Fate(on_wait=JobFailed("out of memory")), Journalled.FAILED),
    (Fate(state=JobState.FAILED), Journalled.FAILED),
    (Fate(on_wait=Unavailable("nobody answers")), Journalled.SUBMITTED),
    (Fate(on_fetch=Unavailable("nobody answers")), Journalled.SUCCEEDED),
    (Fate(on_fetch=OSError("no space left on device")), Journalled.SUCCEEDED),
    (Fate(on_fetch=UnreadableMedia("that is a web page")), Journalled.SUCCEEDED),
    (Fate(), Journalled.RECORDED),
]


@pytest.mark.parametrize(("fate", "stage_left"), ENDS, ids=repr)
def test_the_journal_closes_only_what_is_certainly_over(
    fate: Fate, stage_left: Journalled, tmp_path: Path
) -> None:
    """A job that may have been accepted, still runs, or waits to be fetched stays open: it may be paid."""
    stage = Stage(tmp_path, FakeProvider({"a": fate}))
    perform(stage, generate("a"))
    assert stage.journal.last("a").stage is stage_left


def test_intent_is_journalled_before_the_submit(tmp_path: Path) -> None:
    """`submitting` is on record before the provider hears of the job, each later step after it."""
    story: list[str] = []
    stage = Stage(tmp_path, FakeProvider(story=story), FakeJournal(story))
    perform(stage, generate("a"))
    assert story == [
        "journal submitting a",
        "submit a",
        "journal submitted a",
        "journal succeeded a",
        "journal downloaded a",
        "journal recorded a",
    ]
    assert stage.journal.written[2].job_id == "job-1"
    assert stage.journal.last("a").digest == stage.lock_file.lock.shots["a"].takes[0].digest


def test_a_clip_that_was_downloaded_is_not_made_again(tmp_path: Path) -> None:
    """A process that died between keeping a clip and recording it has paid: the clip is recorded."""
    stage = Stage(tmp_path, FakeProvider())
    perform(stage, generate("a"))
    digest = stage.lock_file.lock.shots["a"].takes[0].digest
    died = Stage(tmp_path, FakeProvider(), FakeJournal())
    died.journal.written = [e for e in stage.journal.written if e.stage is Journalled.DOWNLOADED]
    outcome = perform(died, generate("a"))
    assert died.provider.submitted == []
    assert outcome.lock.shots["a"].takes[0].digest == digest
    assert outcome.lock.shots["a"].takes[0].job_id == "job-1"


def test_followers_get_the_one_take_that_was_paid(tmp_path: Path) -> None:
    """Shots with the same request are submitted once; the others share its clip."""
    stage = Stage(tmp_path, FakeProvider())
    first = generate("a", "the same")
    outcome = perform(stage, first, follow("b", first), follow("c", first))
    assert stage.provider.submitted == ["the same"]
    assert len({shot.takes[0].digest for shot in outcome.lock.shots.values()}) == 1
    assert (len(outcome.lock.shots), outcome.done, outcome.reused) == (3, 1, 2)


def test_followers_of_a_failure_get_nothing(tmp_path: Path) -> None:
    """What was not made for the first is not made for those that wait for it, and nothing hangs."""
    stage = Stage(tmp_path, FakeProvider({"the same": Fate(on_wait=JobFailed("no"))}))
    first = generate("a", "the same")
    outcome = perform(stage, first, follow("b", first))
    assert outcome.lock.shots == {}
    assert [failure.shot for failure in outcome.failures] == ["a", "b"]
    assert "the same as a" in outcome.failures[1].error


@pytest.mark.parametrize("limit", [1, 3, 8])
def test_as_many_jobs_run_as_are_allowed_and_no_more(limit: int, tmp_path: Path) -> None:
    """No job ends before `limit` of them run, so that fewer would hang; more would show in the peak."""
    stage = Stage(tmp_path, FakeProvider(meet=limit))
    outcome = perform(stage, *(generate(f"s{n}") for n in range(16)), concurrency=limit)
    assert stage.provider.peak == limit
    assert outcome.done == 16


def test_a_job_that_has_ended_makes_room_before_its_bill_is_there(tmp_path: Path) -> None:
    """One at a time; the first bill comes when the last job was submitted."""
    stage = Stage(tmp_path, FakeProvider(bill_after=3))
    assert perform(stage, *map(generate, "abc"), concurrency=1).done == 3


def test_the_lock_is_not_written_once_per_shot(tmp_path: Path) -> None:
    """Sixty takes arrive in well under a second each: the file is written at checkpoints alone."""
    stage = Stage(tmp_path, FakeProvider())
    outcome = perform(stage, *(generate(f"s{n}") for n in range(60)))
    assert len(outcome.lock.shots) == 60
    assert 1 <= len(stage.lock_file.written) <= 15
    assert stage.lock_file.written[-1] == outcome.lock


def test_an_apply_that_changes_nothing_writes_no_lock(tmp_path: Path) -> None:
    """Only failures came of it: the file stays as it is."""
    stage = Stage(tmp_path, FakeProvider({"a": Fate(on_wait=JobFailed("no"))}))
    perform(stage, generate("a"))
    assert stage.lock_file.written == []


def test_a_lock_that_cannot_be_written_is_told_as_what_it_is(tmp_path: Path) -> None:
    """The system's own error comes out, not a group of exceptions, and the provider is closed."""
    full = OSError(28, "No space left on device")
    stage = Stage(tmp_path, FakeProvider(), lock_file=FakeLockFile(broken=full))
    with pytest.raises(OSError, match="No space left"):
        perform(stage, generate("a"))
    assert stage.provider.closed


def test_a_cap_is_never_passed_by_what_is_in_flight(tmp_path: Path) -> None:
    """Of five takes at 0.10 two fit under 0.25 at once; as they cost what was estimated, no third does."""
    stage = Stage(tmp_path, FakeProvider())
    outcome = perform(stage, *(generate(f"s{n}") for n in range(5)), max_cost=Decimal("0.25"))
    assert len(stage.provider.submitted) == 2
    assert outcome.spent == Decimal("0.20")
    assert len(outcome.blocked) == 3
    assert not outcome.succeeded


def test_a_bill_above_the_estimate_counts_against_the_cap(tmp_path: Path) -> None:
    """The first take is billed 0.22 instead of 0.10: with 0.25 there is no room for a second."""
    stage = Stage(tmp_path, FakeProvider({"a": Fate(cost=Decimal("0.22"))}))
    outcome = perform(stage, generate("a"), generate("b"), concurrency=1, max_cost=Decimal("0.25"))
    assert stage.provider.submitted == ["a"]
    assert outcome.spent == Decimal("0.22")
    take = outcome.lock.shots["a"].takes[0]
    assert (take.cost_usd, take.cost_estimated) == (Decimal("0.22"), False)


def test_an_estimate_is_recorded_as_one(tmp_path: Path) -> None:
    """A provider that names no bill leaves the estimate, marked as such."""
    stage = Stage(tmp_path, FakeProvider())
    take = perform(stage, generate("a")).lock.shots["a"].takes[0]
    assert (take.cost_usd, take.cost_estimated) == (Decimal("0.10"), True)


def test_a_refused_submit_gives_its_money_back(tmp_path: Path) -> None:
    """What was rejected costs nothing, so the next take fits under the cap."""
    stage = Stage(tmp_path, FakeProvider({"a": Fate(on_submit=Rejected("no"))}))
    outcome = perform(stage, generate("a"), generate("b"), concurrency=1, max_cost=Decimal("0.10"))
    assert list(outcome.lock.shots) == ["b"]


def test_a_job_that_failed_may_have_been_billed(tmp_path: Path) -> None:
    """Only a submit that was surely not accepted frees its money: 0.10 under a cap of 0.10 is gone."""
    stage = Stage(tmp_path, FakeProvider({"a": Fate(on_wait=JobFailed("no"))}))
    outcome = perform(stage, generate("a"), generate("b"), concurrency=1, max_cost=Decimal("0.10"))
    assert outcome.lock.shots == {}
    assert [change.shot for change in outcome.blocked] == ["b"]


def test_an_unknown_price_is_never_nothing(tmp_path: Path) -> None:
    """Under a cap a take without a price is not submitted; without one it is."""
    capped = Stage(tmp_path / "capped", FakeProvider())
    assert perform(capped, generate("a", cost=None), max_cost=Decimal(100)).done == 0
    assert perform(Stage(tmp_path / "free", FakeProvider()), generate("a", cost=None)).done == 1


def test_a_replaced_take_is_made_whatever_the_cache_holds(tmp_path: Path) -> None:
    """The cache has a take of this very request; asked for anew, it is submitted anew."""
    stage = Stage(tmp_path, FakeProvider())
    perform(stage, generate("a"))
    perform(stage, generate("a"))
    assert stage.provider.submitted == ["a"], "without being asked, the cache's take is taken"
    change = generate("a")
    anew = Change(
        **{name: getattr(change, name) for name in change.__slots__}
        | {"reasons": (Reason(ReasonKind.REPLACE_REQUESTED),), "action": Action.REGENERATE}
    )
    before = stage.lock_file.lock.shots["a"].takes[0].digest
    outcome = perform(stage, anew)
    assert stage.provider.submitted == ["a", "a"]
    assert outcome.lock.shots["a"].takes[0].digest != before


def test_another_process_that_makes_the_same_take_is_waited_for(tmp_path: Path) -> None:
    """A claimed request is not submitted; when the other one is done, its take is ours too."""
    stage = Stage(tmp_path, FakeProvider())
    perform(stage, generate("a"))
    take = stage.lock_file.lock.shots["a"].takes[0]
    late = Stage(tmp_path, FakeProvider())
    late.journal.taken.add(take.fingerprint)

    async def both() -> Outcome:
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(late.perform(generate("a")))
            group.create_task(other_ends())
        return waiting.result()

    async def other_ends() -> None:
        late.takes.record(take)
        late.journal.taken.clear()

    outcome = asyncio.run(both())
    assert outcome.lock.shots["a"].takes[0] == take
    assert (outcome.done, outcome.reused) == (0, 1), "it was not we who made it"
    assert late.provider.submitted == []


class Three(FakeProvider):
    """A provider that answers no submit before three have come."""

    three = asyncio.Barrier(3)

    async def submit(self, submission: Submission) -> str:
        """Wait for the others."""
        await self.three.wait()
        return await super().submit(submission)


def test_a_service_that_cannot_be_reached_is_told_of_once(tmp_path: Path) -> None:
    """`a` is in flight and is waited for; `b` and `c` find no connection side by side, `d` does not try."""
    gone = Fate(on_submit=Unreachable("cannot be reached"))
    stage = Stage(tmp_path, Three({"a": Fate(waits_for="c"), "b": gone, "c": gone}))
    outcome = perform(stage, *(generate(shot) for shot in "abcd"), concurrency=3)
    assert (outcome.done, outcome.not_started) == (1, 2)
    assert len(outcome.failures) == 1
    assert sorted(stage.provider.submitted) == ["a", "b", "c"]
    assert [stage.journal.last(shot).stage for shot in "bc"] == [Journalled.FAILED] * 2, (
        "not accepted, surely"
    )


def stopped(stage: Stage, *changes: Change, concurrency: int, they_end: bool) -> Outcome:
    """Apply, and ask to stop once the provider is busy; jobs end when that was noticed, or never."""

    async def play() -> Outcome:
        stopping = asyncio.Event()
        if they_end:
            stage.on_event = lambda e: stage.provider.let_go.set() if isinstance(e, events.Draining) else None
        async with asyncio.TaskGroup() as group:
            apply = group.create_task(stage.perform(*changes, concurrency=concurrency, stopping=stopping))
            await stage.provider.busy.wait()
            stopping.set()
        return apply.result()

    return asyncio.run(play())


def test_a_stop_waits_for_jobs_that_would_end_with_us(tmp_path: Path) -> None:
    """Two of four run in this process: they end and are kept; the other two were never submitted."""
    stage = Stage(tmp_path, FakeProvider(survives=False, hold=True, meet=2))
    outcome = stopped(stage, *(generate(f"s{n}") for n in range(4)), concurrency=2, they_end=True)
    assert (outcome.done, outcome.not_started, outcome.interrupted) == (2, 2, True)
    assert stage.provider.submitted == ["s0", "s1"]
    assert sorted(stage.lock_file.lock.shots) == ["s0", "s1"]


def test_a_stop_leaves_jobs_that_go_on_without_us(tmp_path: Path) -> None:
    """Two of four run elsewhere: they are left on record as submitted, for the next apply."""
    stage = Stage(tmp_path, FakeProvider(hold=True, meet=2))
    outcome = stopped(stage, *(generate(f"s{n}") for n in range(4)), concurrency=2, they_end=False)
    assert (outcome.done, outcome.not_started, outcome.interrupted) == (0, 2, True)
    assert [stage.journal.last(shot).stage for shot in ("s0", "s1")] == [Journalled.SUBMITTED] * 2
    assert outcome.failures == []
    assert not outcome.succeeded
    assert stage.provider.closed


class SlowToAnswer(FakeProvider):
    """A provider whose answer to a submit comes only after a stop was asked for."""

    async def submit(self, submission: object) -> str:
        """Wait for it."""
        self.busy.set()
        await self.let_go.wait()
        for _ in range(20):  # long enough for the stop to reach the job
            await asyncio.sleep(0)
        return await super().submit(submission)  # type: ignore[arg-type]


def test_a_stop_does_not_cut_a_submit_off(tmp_path: Path) -> None:
    """A POST that has left may be billed: its answer is waited for, and the job's id is on record."""
    stage = Stage(tmp_path, SlowToAnswer())
    outcome = stopped(stage, generate("a"), concurrency=1, they_end=True)
    assert outcome.interrupted
    assert stage.journal.last("a").stage is Journalled.SUBMITTED
    assert stage.journal.last("a").job_id == "job-1"
    assert events.Draining(0, 0, submitting=1) in stage.told, (
        "it may be accepted, and is none that goes on yet"
    )


def test_a_second_stop_keeps_what_is_done(tmp_path: Path) -> None:
    """Cancelled in the middle of the second job, an apply writes the first take into the lock."""
    stage = Stage(tmp_path, FakeProvider({"a": Fate()}, survives=False))

    async def play() -> None:
        apply = asyncio.ensure_future(stage.perform(generate("a"), generate("b"), concurrency=1))

        def cancel_at_second(event: events.Event) -> None:
            if isinstance(event, events.JobSubmitted) and event.shot == "b":
                apply.cancel()

        stage.on_event = cancel_at_second
        await apply

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(play())
    assert list(stage.lock_file.lock.shots) == ["a"]
    assert stage.provider.closed
