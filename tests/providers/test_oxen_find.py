"""Finding what became of a submit whose answer was lost: every job is looked at, or nothing is claimed."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.errors import BadResponse, JobLost, ProviderError, Rejected, SubmitUnknown, Unavailable
from seedgen.planning.request import RequestReference
from seedgen.ports.provider import Listing, Window
from seedgen.project.media import MediaType
from tests.emulator import Do, Emulator, Fault, State
from tests.emulator.faults import accepted_then_dropped, malformed_json
from tests.providers.oxen_room import MODEL, asked, at_oxen, ignored

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.ports.provider import Submission
    from seedgen.providers.oxen import OxenProvider

MINUTE = timedelta(minutes=1)
NOW = datetime.now(UTC)
AROUND_NOW = Window(NOW - MINUTE, NOW + 10 * MINUTE)


def found(
    emulator: Emulator, root: Path, submission: Submission, window: Window = AROUND_NOW, **settings: Any
) -> Listing:
    """What the provider finds."""
    return at_oxen(emulator, root, lambda oxen: oxen.find(submission, window), **settings)


def submitted(emulator: Emulator, root: Path, *submissions: Submission, **settings: Any) -> list[str]:
    """The ids of jobs that were submitted in order."""

    async def act(oxen: OxenProvider) -> list[str]:
        return [await oxen.submit(submission) for submission in submissions]

    return at_oxen(emulator, root, act, **settings)


def test_a_job_whose_answer_was_lost_is_found(emulator: Emulator, tmp_path: Path) -> None:
    """Among others that differ in a word or in a number."""
    submitted(emulator, tmp_path, asked("A roof!"), asked(duration=8), asked(aspect_ratio="9:16"))
    emulator.add(accepted_then_dropped("oxen"))
    with pytest.raises(SubmitUnknown):
        submitted(emulator, tmp_path, asked())
    lost = emulator.submits[-1].job_id
    assert found(emulator, tmp_path, asked()) == Listing((lost,), complete=True)


def test_a_job_is_compared_with_what_it_was_asked_for(emulator: Emulator, tmp_path: Path) -> None:
    """Whenever that was: by prompt, parameters and references. An id of nobody's is a lost job."""
    [job] = submitted(emulator, tmp_path, asked("A roof.", duration=8))

    def made_for(submission: Submission, job_id: str = job) -> bool:
        return at_oxen(emulator, tmp_path, lambda oxen: oxen.made_for(job_id, submission))

    assert made_for(asked("A roof.", duration=8))
    assert not made_for(asked("A roof.", duration=4))
    assert not made_for(asked("Another roof.", duration=8))
    emulator.advance(timedelta(days=3).total_seconds())
    assert made_for(asked("A roof.", duration=8))
    with pytest.raises(JobLost):
        made_for(asked("A roof.", duration=8), "nonsense")
    told = at_oxen(emulator, tmp_path, lambda oxen: oxen.status(job))
    assert told.prompt == "A roof."


def test_what_was_not_accepted_is_not_there(emulator: Emulator, tmp_path: Path) -> None:
    """The whole list was read, so it may be submitted again."""
    submitted(emulator, tmp_path, asked("Another roof."))
    assert found(emulator, tmp_path, asked()) == Listing((), complete=True)


def test_every_identical_take_is_found(emulator: Emulator, tmp_path: Path) -> None:
    """Which belongs to which entry of the journal is not for the provider to say."""
    ids = submitted(emulator, tmp_path, *(asked(take=take) for take in (1, 2, 3)))
    assert Counter(found(emulator, tmp_path, asked()).job_ids) == Counter(ids)


@pytest.mark.parametrize("state", list(State))
def test_a_job_is_found_in_the_queue_wherever_it_stands(state: State, tmp_path: Path) -> None:
    """Each status is asked for, in the order in which a job passes through them: none slips through."""
    settings = {"queue_s": 60.0, "hold": True} if state is State.QUEUED else {"hold": not state.is_final}
    nothing = {"generations": [], "total_pages": 0}
    with Emulator(b"clip", **settings) as emulator:
        emulator.add(Fault("oxen", "history", status=200, body=nothing, times=None))
        if state is State.FAILED:
            emulator.add(Fault("oxen", "submit", Do.FAIL, error="out of paint"))
        if state is State.CANCELLED:
            emulator.add(Fault("oxen", "submit", Do.HOLD))
        [job_id] = submitted(emulator, tmp_path, asked())
        if state is State.CANCELLED:
            at_oxen(emulator, tmp_path, lambda oxen: oxen.cancel(job_id))
        listing = found(emulator, tmp_path, asked())
        assert emulator.jobs[job_id].state is state

    assert listing == Listing((job_id,), complete=True)
    order = [None, "queued", "processing", "succeeded", "failed", "cancelled"]
    assert [seen.query.get("status") for seen in emulator.requests_of("list")] == order


def test_a_finished_row_that_vanished_from_the_queue_is_found(tmp_path: Path) -> None:
    """As before May 2026: to take it for absent would be to pay twice."""
    with Emulator(b"clip", legacy_vanish=True) as emulator:
        [job_id] = submitted(emulator, tmp_path, asked())
        assert found(emulator, tmp_path, asked()) == Listing((job_id,), complete=True)


def test_a_job_of_another_time_is_not_ours(emulator: Emulator, tmp_path: Path) -> None:
    """The same request may have been made last week; but as our clock may be wrong, it is told apart."""
    [job_id] = submitted(emulator, tmp_path, asked())
    before = Window(NOW - 9 * MINUTE, NOW - 5 * MINUTE)
    assert found(emulator, tmp_path, asked(), before) == Listing((), complete=True, others=(job_id,))


def test_references_tell_jobs_apart_and_files_that_did_not_go_up_do_not(
    emulator: Emulator, tmp_path: Path
) -> None:
    """An address that is known has to be the same; one that is not fits any."""
    reference = RequestReference(MediaType.IMAGE, f"sha256:{'0' * 64}", face=False)
    street, roof = (
        asked("A <image 1>.", references=[reference], media=[f"https://x.test/{name}.png"])
        for name in ("street", "roof")
    )
    first, second = submitted(emulator, tmp_path, street, roof)
    assert found(emulator, tmp_path, street).job_ids == (first,)
    assert found(emulator, tmp_path, roof).job_ids == (second,)
    local = asked("A <image 1>.", references=[reference], media=[tmp_path / "street.png"])
    assert set(found(emulator, tmp_path, local).job_ids) == {first, second}


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("oxen", "list", status=500, nth=3, times=None), Unavailable),
        (Fault("oxen", "list", status=400, nth=5), Rejected),
        (malformed_json("oxen", "list", nth=6), BadResponse),
        (Fault("oxen", "list", status=200, nth=2, body={"count": 0}), BadResponse),
        (Fault("oxen", "history", status=404), BadResponse),
    ],
    ids=lambda value: f"{value.route} {value.status} {value.nth}" if isinstance(value, Fault) else "",
)
def test_half_a_list_is_no_list(
    fault: Fault, error: type[ProviderError], emulator: Emulator, tmp_path: Path
) -> None:
    """One call of seven that fails, and nothing is said about the rest."""
    submitted(emulator, tmp_path, asked())
    emulator.add(fault)
    with pytest.raises(error):
        found(emulator, tmp_path, asked())


ROW: dict[str, Any] = {"generation_id": "x", "model_name": MODEL, "status": "queued", "enqueued_at": None}


@pytest.mark.parametrize(
    "body",
    [
        {"count": 1, "generations": [ROW | {"prompt": "A roof."}]},
        {"count": 1, "generations": [ROW | {"enqueued_at": int(NOW.timestamp())}]},
        {"count": 2, "generations": []},
    ],
    ids=["a row without a time", "a row without a prompt", "fewer rows than it counts"],
)
def test_a_list_that_leaves_something_out_proves_nothing(
    body: dict[str, Any], emulator: Emulator, tmp_path: Path
) -> None:
    """What may be our job can neither be adopted nor be taken for absent."""
    emulator.add(Fault("oxen", "list", status=200, body=body))
    listing = found(emulator, tmp_path, asked())
    assert (listing.job_ids, listing.complete) == ((), False)


def test_a_history_of_many_pages_is_read_whole(emulator: Emulator, tmp_path: Path) -> None:
    """Ours may stand on the last."""
    stamp = int(NOW.timestamp())
    row = ROW | {"prompt": "Another.", "enqueued_at": stamp, "status": "succeeded"}
    first = {"generations": [row], "total_pages": 2}
    second = {"generations": [row | {"generation_id": "y", "prompt": "A roof."}], "total_pages": 2}
    emulator.add(Fault("oxen", "history", status=200, body=first))
    emulator.add(Fault("oxen", "history", status=200, body=second, nth=2))
    assert found(emulator, tmp_path, asked()) == Listing(("y",), complete=True)
    assert [seen.query["page"] for seen in emulator.requests_of("history")] == ["1", "2"]


def test_a_history_without_end_proves_nothing(emulator: Emulator, tmp_path: Path) -> None:
    """Twenty thousand jobs are read, and no more."""
    row = ROW | {"prompt": "Another.", "enqueued_at": int(NOW.timestamp())}
    body = {"generations": [row], "total_pages": 1000}
    emulator.add(Fault("oxen", "history", status=200, body=body, times=None))
    assert found(emulator, tmp_path, asked()) == Listing((), complete=False)
    assert len(emulator.requests_of("history")) == 20


def test_jobs_under_another_name_are_listed_too(emulator: Emulator, tmp_path: Path) -> None:
    """With a namespace the list is asked for both: that of the project, and that of the key."""
    [own] = submitted(emulator, tmp_path, asked())
    [studio] = submitted(emulator, tmp_path, asked(), target_namespace="studio")
    listing = found(emulator, tmp_path, asked(), target_namespace="studio")
    assert set(listing.job_ids) == {own, studio}
    assert listing.complete


def test_many_who_look_at_once_share_a_list(emulator: Emulator, tmp_path: Path) -> None:
    """A hundred lost answers do not mean seven hundred calls; no list is older than the question."""

    async def act(oxen: OxenProvider) -> None:
        await asyncio.gather(*(oxen.find(asked(f"Roof {n}."), AROUND_NOW) for n in range(100)))
        await oxen.find(asked(), AROUND_NOW)

    at_oxen(emulator, tmp_path, act)
    # Those who come first share one count, or two when some came while it was under way; then one more.
    assert len(emulator.requests_of("history")) in {2, 3}


def test_a_list_of_the_past_is_not_used_again(emulator: Emulator, tmp_path: Path) -> None:
    """A job that was accepted after the first look is in the second."""

    async def act(oxen: OxenProvider) -> None:
        assert (await oxen.find(asked(), AROUND_NOW)).job_ids == ()
        job_id = await oxen.submit(asked())
        assert (await oxen.find(asked(), AROUND_NOW)).job_ids == (job_id,)
        await oxen.wait(job_id, ignored)

    at_oxen(emulator, tmp_path, act)


def test_in_sync_mode_the_list_proves_nothing(emulator: Emulator, tmp_path: Path) -> None:
    """What the long call is still busy with is in no list; what it has finished is in the history."""
    [job_id] = submitted(emulator, tmp_path, asked(), mode="sync")
    assert found(emulator, tmp_path, asked(), mode="sync") == Listing((job_id,), complete=False)
    assert found(emulator, tmp_path, asked("Another."), mode="sync") == Listing((), complete=False)
