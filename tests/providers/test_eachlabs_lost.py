"""Lost answers at each::labs: the job is found by its input, and no other is taken for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.errors import BadResponse, JobLost, SubmitUnknown
from seedgen.ports.provider import Submission, Window
from tests.emulator import Emulator, Fault
from tests.emulator.faults import accepted_then_dropped
from tests.providers.eachlabs_shots import MINI, SHOE, submission, submitted
from tests.providers.talking import at_eachlabs

if TYPE_CHECKING:
    from seedgen.ports.provider import Listing
    from seedgen.providers.eachlabs import EachlabsProvider


def window() -> Window:
    """The ten minutes around now."""
    now = datetime.now(UTC)
    return Window(now - timedelta(minutes=5), now + timedelta(minutes=5))


async def lost(provider: EachlabsProvider, one: Submission) -> Submission:
    """Submit, and hear nothing."""
    prepared = await provider.prepare(one)
    with pytest.raises(SubmitUnknown):
        await provider.submit(prepared)
    return prepared


def test_a_submit_whose_answer_was_lost_is_found_by_its_input(emulator: Emulator, tmp_path: Path) -> None:
    """Among other jobs of the same time; another prompt or parameter is another job."""
    emulator.add(accepted_then_dropped("eachlabs", prompt="A roof"))
    one = submission(tmp_path, f'{SHOE[:-1]} A roof."')
    others = [
        submission(tmp_path / "b", "prompt: A floor."),
        submission(tmp_path / "c", f'duration: 4, {SHOE[:-1]} A loft."'),
    ]

    async def find(provider: EachlabsProvider) -> Listing:
        for other in others:
            await submitted(provider, other)
        prepared = await lost(provider, one)
        await submitted(provider, others[0])
        return await provider.find(prepared, window())

    listing = at_eachlabs(emulator, tmp_path, find)
    [wanted] = [job.id for job in emulator.jobs.values() if "A roof" in job.prompt]
    assert listing.job_ids == (wanted,)
    assert not listing.complete


@pytest.mark.parametrize(
    "change",
    [
        "prompt: A loft.",
        "prompt: A roof., duration: 5",
        "prompt: A roof., references: [shoe]",
        "prompt: a roof.",
    ],
)
def test_a_job_that_differs_in_one_field_is_not_taken_for_it(
    emulator: Emulator, tmp_path: Path, change: str
) -> None:
    """A wrong adoption would give a shot another shot's clip."""
    one, other = submission(tmp_path, "prompt: A roof."), submission(tmp_path / "b", change)

    async def find(provider: EachlabsProvider) -> Listing:
        await submitted(provider, other)
        return await provider.find(await provider.prepare(one), window())

    assert at_eachlabs(emulator, tmp_path, find).job_ids == ()


def test_identical_jobs_are_all_found(emulator: Emulator, tmp_path: Path) -> None:
    """Which belongs to whom, the journal has to say."""
    one = submission(tmp_path)

    async def find(provider: EachlabsProvider) -> Listing:
        prepared = await provider.prepare(one)
        for _ in range(3):
            await provider.submit(prepared)
        return await provider.find(prepared, window())

    assert set(at_eachlabs(emulator, tmp_path, find).job_ids) == set(emulator.jobs)


def test_a_job_is_found_by_who_knows_its_files_by_digest_alone(emulator: Emulator, tmp_path: Path) -> None:
    """After a crash: the remembered link is compared, and no file is opened or uploaded."""
    one = submission(tmp_path, SHOE)
    emulator.add(accepted_then_dropped("eachlabs"))
    at_eachlabs(emulator, tmp_path, lambda provider: lost(provider, one))
    bare = Submission(one.request, one.fingerprint, tuple(Path(str(r.id)) for r in one.request.references))
    found = at_eachlabs(emulator, tmp_path, lambda provider: provider.find(bare, window()))
    assert list(found.job_ids) == list(emulator.jobs)
    # Who remembers no link compares how many references there are, and all else.
    forgetful = at_eachlabs(emulator, tmp_path / "new", lambda provider: provider.find(bare, window()))
    assert list(forgetful.job_ids) == list(emulator.jobs)


def test_a_job_is_compared_with_what_it_was_asked_for(emulator: Emulator, tmp_path: Path) -> None:
    """By its whole input, files by digest alone too. One that hides its input passes; nobody's id is lost."""
    one = submission(tmp_path, SHOE)
    known = Submission(one.request, one.fingerprint, tuple(Path(str(r.id)) for r in one.request.references))
    longer = submission(tmp_path / "b", f"duration: 4, {SHOE}")
    job_id = at_eachlabs(emulator, tmp_path, lambda provider: submitted(provider, one))

    def made_for(other: Submission, job: str = job_id) -> bool:
        return at_eachlabs(emulator, tmp_path, lambda provider: provider.made_for(job, other))

    assert made_for(known)
    assert not made_for(longer)
    assert not made_for(submission(tmp_path / "c", "prompt: A roof."))
    emulator.add(Fault("eachlabs", "status", status=200, body={"id": job_id, "status": "success"}))
    assert made_for(longer)
    with pytest.raises(JobLost):
        made_for(known, "nonsense")
    told = at_eachlabs(emulator, tmp_path, lambda provider: provider.status(job_id))
    assert told.prompt == emulator.jobs[job_id].prompt


def test_every_page_of_the_listing_is_read(emulator: Emulator, tmp_path: Path) -> None:
    """A hundred rows a page; what is asked for is the model and the time."""
    one, other = submission(tmp_path), submission(tmp_path / "b", "prompt: A floor.")
    around = window()

    async def find(provider: EachlabsProvider) -> Listing:
        await submitted(provider, one)
        await asyncio.gather(*(submitted(provider, other) for _ in range(100)))
        return await provider.find(one, around)

    assert len(at_eachlabs(emulator, tmp_path, find).job_ids) == 1
    pages = [request.query for request in emulator.requests_of("list")]
    assert [(page["offset"], page["limit"]) for page in pages] == [("0", "100"), ("100", "100")]
    assert {page["model"] for page in pages} == {MINI}
    assert datetime.fromisoformat(pages[0]["from"]) <= around.since < datetime.fromisoformat(pages[0]["to"])


@pytest.mark.parametrize("body", [{}, [], {"executions": None}])
def test_a_listing_that_makes_no_sense_is_not_an_empty_one(
    emulator: Emulator, tmp_path: Path, body: Any
) -> None:
    """Nothing found would read as nothing accepted."""
    one = submission(tmp_path)
    emulator.add(Fault("eachlabs", "list", status=200, body=body))
    with pytest.raises(BadResponse):
        at_eachlabs(emulator, tmp_path, lambda provider: provider.find(one, window()))


def test_a_candidate_that_hides_its_input_is_not_taken(emulator: Emulator, tmp_path: Path) -> None:
    """What cannot be compared does not match."""
    one = submission(tmp_path)

    async def find(provider: EachlabsProvider) -> Listing:
        await submitted(provider, one)
        await asyncio.to_thread(
            emulator.add, Fault("eachlabs", "status", status=200, body={"status": "created"}, times=None)
        )
        return await provider.find(one, window())

    assert at_eachlabs(emulator, tmp_path, find).job_ids == ()
