"""What becomes of doubts, and what a person decides: with a service in memory and a journal that is read."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.digest import Fingerprint
from seedgen.errors import JobLost, Unavailable, UsageError
from seedgen.execution import doubt
from seedgen.execution.doubt import Finding
from seedgen.execution.importing import require_made_for
from seedgen.execution.jobs import Line
from seedgen.execution.reconcile import reconcile, to_compare
from seedgen.planning.request import Request
from seedgen.ports.provider import JobState, JobStatus, Listing
from seedgen.ports.store import JournalEntry, Stage
from tests.fakes import FakeJournal, FakeProvider, Fate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LONG_AGO = datetime.now(UTC) - timedelta(hours=1)


REQUEST = Request("studio", "one", "door", {})


def entry(stage: Stage = Stage.AMBIGUOUS, *, take: int = 1, **fields: Any) -> JournalEntry:
    """A submit of an hour ago."""
    request = REQUEST.numbered(take)
    return JournalEntry(
        request.fingerprint(),
        "studio",
        "one",
        stage,
        "door",
        take,
        first=request.numbered(1).fingerprint(),
        request=request.canonical(),
        submitted_at=LONG_AGO,
        **fields,
    )


def journal_of(*entries: JournalEntry) -> FakeJournal:
    """A journal that holds these."""
    journal = FakeJournal()
    for one in entries:
        journal.write(one)
    return journal


class Service(FakeProvider):
    """A service with one job, `job-1`, that can be lost, and can be told to end."""

    def __init__(self, *before: JobState, lost: bool = False, **fate: Any) -> None:
        super().__init__({"door": Fate(**fate)}, jobs={"job-1": "door"})
        self.lost = lost
        self.cancelled: list[str] = []
        self._before = list(before)

    async def status(self, job_id: str) -> JobStatus:
        """As it was before, once for each; then as its fate says."""
        if self.lost or job_id not in self._jobs:
            raise JobLost(f"no job {job_id}")
        fate = self._fate(job_id)
        state = self._before.pop(0) if self._before else fate.state
        return JobStatus(job_id, state, fate.cost, fate.message, fate.moderated)

    async def cancel(self, job_id: str) -> None:
        """Remember it."""
        await self.status(job_id)
        self.cancelled.append(job_id)


def line(provider: FakeProvider) -> Line:
    """A service that nobody waits for."""
    return Line(provider, 4, pace=0.001)


def ask(one: JournalEntry, provider: FakeProvider, journal: FakeJournal) -> doubt.Answer:
    """Ask about a submit."""
    return asyncio.run(doubt.ask(one, line(provider), journal))


# -- asking ------------------------------------------------------------------------------------------


def test_the_only_job_that_matches_is_adopted() -> None:
    """It goes on where the submit had ended."""
    one, provider = entry(), FakeProvider()
    provider.listed["door"] = Listing(("job-7",), complete=False)
    journal = journal_of(one)
    answer = ask(one, provider, journal)
    assert (answer.finding, answer.entry.job_id) == (Finding.IN_FLIGHT, "job-7")
    assert journal.find(one.fingerprint) == replace(one, stage=Stage.SUBMITTED, job_id="job-7")


def test_what_a_complete_listing_lacks_was_not_accepted() -> None:
    """It is closed at no cost, and may be submitted again."""
    one, provider = entry(), FakeProvider()
    provider.listed["door"] = Listing((), complete=True)
    journal = journal_of(one)
    assert ask(one, provider, journal).finding is Finding.NOT_ACCEPTED
    assert journal.find(one.fingerprint) is None
    assert journal.last("door").cost_usd == 0


def test_several_jobs_that_match_are_shown_and_none_is_taken() -> None:
    """A person knows which; the candidates are handed on whole."""
    one, provider = entry(), FakeProvider()
    ids = tuple(f"job-{number}" for number in range(6))
    provider.listed["door"] = Listing(ids, complete=True)
    journal = journal_of(one)
    answer = ask(one, provider, journal)
    assert (answer.finding, answer.candidates) == (Finding.IN_DOUBT, ids)
    assert journal.last("door").stage is Stage.AMBIGUOUS


def test_a_listing_with_gaps_settles_nothing() -> None:
    """Not being there is no proof."""
    one = entry()
    answer = ask(one, FakeProvider(), journal_of(one))
    assert (answer.finding, answer.candidates) == (Finding.IN_DOUBT, ())
    assert answer.absent, "it was asked all the same"


def test_one_job_for_two_submits_is_nobody_s() -> None:
    """Which of two identical takes it is cannot be told; it is said in numbers that agree."""
    first, second, provider = entry(), entry(take=2), FakeProvider()
    provider.listed["door"] = Listing(("job-1",), complete=True)
    answer = ask(first, provider, journal_of(first, second))
    assert answer.why == "1 job matches 2 submits in doubt: job-1"
    assert not answer.absent


class Overtaken(FakeJournal):
    """A journal into which another thread writes right after the first look: `news`, once."""

    def __init__(self, *entries: JournalEntry, news: JournalEntry) -> None:
        super().__init__()
        self.written = list(entries)
        self._news = [news]

    def standing(self) -> Mapping[Fingerprint, JournalEntry]:
        """As it is, and then as it has become."""
        seen = super().standing()
        self._overtake()
        return seen

    def entries(self) -> Iterator[JournalEntry]:
        """As `standing`."""
        seen = list(super().entries())
        self._overtake()
        return iter(seen)

    def _overtake(self) -> None:
        if self._news:
            self.write(self._news.pop())


def test_a_job_that_another_take_is_just_told_of_is_not_adopted() -> None:
    """Its id is written while the listing is judged: both takes would have one job, and one clip be lost."""
    mine, provider = entry(), FakeProvider()
    other = entry(Stage.SUBMITTING, take=2)
    provider.listed["door"] = Listing(("job-2",), complete=True)
    journal = Overtaken(mine, other, news=replace(other, stage=Stage.SUBMITTED, job_id="job-2"))
    journal.taken.add(other.fingerprint)
    judged = asyncio.run(reconcile(mine, to_compare(REQUEST), provider, journal, pace=0.001))
    assert (judged.adopted, judged.not_accepted) == (None, False)
    again = asyncio.run(reconcile(mine, to_compare(REQUEST), provider, journal, pace=0.001))
    assert again.not_accepted


def test_a_service_that_does_not_answer_settles_nothing() -> None:
    """The reason is handed on."""
    one, provider = entry(), FakeProvider()
    provider.unlisted = Unavailable("it is asleep")
    answer = ask(one, provider, journal_of(one))
    assert (answer.finding, answer.why) == (Finding.IN_DOUBT, "it is asleep")
    assert not answer.absent


def test_a_job_that_the_service_knows_again_goes_on() -> None:
    """It was lost for a while: its id is asked for, and no listing."""
    one = entry(job_id="job-1")
    journal = journal_of(one)
    assert ask(one, Service(), journal).finding is Finding.IN_FLIGHT
    assert journal.last("door").stage is Stage.SUBMITTED
    lost = ask(one, Service(lost=True), journal_of(one))
    assert (lost.finding, lost.absent) == (Finding.IN_DOUBT, True)


def test_what_somebody_works_on_is_left_to_them() -> None:
    """A claim is held by a living process: nothing is asked, nothing is written."""
    one = entry(Stage.SUBMITTING)
    journal = journal_of(one)
    journal.taken.add(one.fingerprint)
    assert ask(one, Service(lost=True), journal).finding is Finding.IN_FLIGHT
    assert journal.written == [one]


def test_what_has_gone_on_since_is_not_asked_about() -> None:
    """The journal is read again under the claim."""
    one = entry()
    journal = journal_of(one, replace(one, stage=Stage.SUBMITTED, job_id="job-1"))
    answer = ask(one, Service(lost=True), journal)
    assert (answer.finding, answer.entry.job_id) == (Finding.IN_FLIGHT, "job-1")


def test_without_its_request_a_submit_cannot_be_looked_for() -> None:
    """An entry of a journal that somebody edited."""
    one = replace(entry(), request={"prompt": "door"})
    answer = ask(one, FakeProvider(), journal_of(one))
    assert answer.finding is Finding.IN_DOUBT
    assert "does not say" in answer.why


LONG = "a red door in a long corridor at night where nobody walks any more since the war ended"


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ("wall", "its prompt is “wall”, that of the shot is “door”"),
        ("", "its parameters or references differ"),
        ("  door ", "its parameters or references differ"),
    ],
)
def test_a_job_of_something_else_is_refused_with_what_differs(theirs: str, said: str) -> None:
    """The prompts where they do; else it can only be parameters or references."""
    with pytest.raises(UsageError, match=said) as caught:
        compared(theirs, "door")
    assert "--force" in caught.value.remedy


def test_long_prompts_are_cut_to_where_they_differ() -> None:
    """A few words before it are left for orientation."""
    with pytest.raises(UsageError) as caught:
        compared(f"{LONG} in 1918.", f"{LONG} in 1945.")
    assert "“… more since the war ended in 1918.”" in str(caught.value)
    assert "“… more since the war ended in 1945.”" in str(caught.value)


def compared(theirs: str, ours: str) -> None:
    """Compare a job that was asked for something else with a shot."""
    provider = FakeProvider()
    provider.others.add("job-1")
    status = JobStatus("job-1", JobState.SUCCEEDED, prompt=theirs)
    submission = to_compare(Request("studio", "one", ours, {}))
    asyncio.run(require_made_for(status, submission, line(provider), "door", ours))


# -- deciding ----------------------------------------------------------------------------------------


def test_a_person_says_which_job_it_is() -> None:
    """It goes on with that id, and when it began is kept."""
    one = entry(message="nobody knows")
    journal = journal_of(one)
    doubt.adopt(one, "job-9", journal)
    assert journal.find(one.fingerprint) == replace(one, stage=Stage.SUBMITTED, job_id="job-9", message="")


def test_a_job_belongs_to_one_request_at_one_service() -> None:
    """The same id at another service is another job."""
    one, other = entry(), entry(Stage.RECORDED, take=2, job_id="job-9")
    with pytest.raises(UsageError, match="belongs to shot door, take 2"):
        doubt.adopt(one, "job-9", journal_of(other, one))
    assert doubt.adopt(one, "job-9", journal_of(replace(other, provider="else"), one)).job_id == "job-9"


def test_a_person_says_that_it_was_not_billed() -> None:
    """It is over, and known as closed by hand; a bill that the service has sent is not forgotten."""
    for bill in (None, Decimal("0.40")):
        one = entry(estimate_usd=Decimal(1), cost_usd=bill)
        journal = journal_of(one)
        doubt.give_up(one, journal)
        closed = journal.last("door")
        assert (closed.stage, closed.closed_by_hand, closed.cost_usd) == (Stage.FAILED, True, bill)


def test_a_rejection_is_forgotten_and_its_bill_is_not() -> None:
    """`costs` still counts it."""
    one = entry(Stage.REJECTED, job_id="job-1", cost_usd=Decimal("0.40"), message="moderated")
    journal = journal_of(one)
    doubt.forget_rejection(one, journal)
    assert journal.find(one.fingerprint) is None
    assert journal.last("door") == replace(one, stage=Stage.FAILED)


DECISIONS: dict[str, Callable[[JournalEntry, FakeJournal], Any]] = {
    "adopt": lambda one, journal: doubt.adopt(one, "job-9", journal),
    "give up": doubt.give_up,
    "forget": doubt.forget_rejection,
    "cancel": lambda one, journal: asyncio.run(doubt.cancel(one, line(Service()), journal)),
}


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_no_decision_about_what_an_apply_works_on(decide: Callable[[JournalEntry, FakeJournal], Any]) -> None:
    """It would be overwritten, or overwrite."""
    one = entry(job_id="job-1")
    journal = journal_of(one)
    journal.taken.add(one.fingerprint)
    with pytest.raises(UsageError, match="an apply is at work"):
        decide(one, journal)
    assert journal.written == [one]


@pytest.mark.parametrize("decide", DECISIONS.values(), ids=DECISIONS)
def test_no_decision_about_what_has_changed_since_it_was_seen(
    decide: Callable[[JournalEntry, FakeJournal], Any],
) -> None:
    """An apply ended between a person's look and their word: a recorded take is not closed as not billed."""
    seen = entry(job_id="job-1")
    journal = journal_of(seen, replace(seen, stage=Stage.RECORDED))
    with pytest.raises(UsageError, match="gone on meanwhile"):
        decide(seen, journal)
    assert journal.last("door").stage is Stage.RECORDED


# -- cancelling --------------------------------------------------------------------------------------


def cancel(provider: Service, journal: FakeJournal) -> doubt.Answer:
    """Cancel the one job in a journal."""
    return asyncio.run(doubt.cancel(journal.last("door"), line(provider), journal))


ENDS = [
    (Service(state=JobState.CANCELLED), Finding.ENDED, Stage.FAILED),
    (Service(state=JobState.FAILED, message="it broke"), Finding.ENDED, Stage.FAILED),
    (Service(state=JobState.FAILED, moderated=True), Finding.ENDED, Stage.REJECTED),
    (Service(state=JobState.SUCCEEDED), Finding.IN_FLIGHT, Stage.SUBMITTED),
    (Service(state=JobState.RUNNING), Finding.IN_FLIGHT, Stage.SUBMITTED),
]


@pytest.mark.parametrize(("provider", "finding", "stage"), ENDS)
def test_a_cancel_is_followed_by_a_look(provider: Service, finding: Finding, stage: Stage) -> None:
    """What ended is closed; what succeeded or goes on stays in flight, for the next apply to collect."""
    journal = journal_of(entry(Stage.SUBMITTED, job_id="job-1"))
    assert cancel(provider, journal).finding is finding
    assert provider.cancelled == ["job-1"]
    assert journal.last("door").stage is stage


def test_a_cancelled_job_keeps_its_bill() -> None:
    """It is not known where the service does not say: that is not zero."""
    for cost in (Decimal("0.10"), None):
        journal = journal_of(entry(Stage.SUBMITTED, job_id="job-1"))
        cancel(Service(state=JobState.CANCELLED, cost=cost), journal)
        assert journal.last("door").cost_usd == cost


def test_a_job_that_the_service_lost_is_not_cancelled() -> None:
    """Its entry stays as it is."""
    journal = journal_of(entry(Stage.SUBMITTED, job_id="job-1"))
    with pytest.raises(JobLost):
        cancel(Service(lost=True), journal)
    assert journal.last("door").stage is Stage.SUBMITTED
    assert journal.find(Fingerprint(entry().fingerprint)) is not None
