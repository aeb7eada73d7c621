"""Jobs at each::labs: waiting, failures and bills, fetching, cancelling."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.digest import Digest, digest_bytes
from seedgen.errors import BadResponse, JobLost, Unavailable
from seedgen.ports.provider import JobState, JobStatus
from tests.emulator import Do, Emulator, Fault
from tests.emulator.faults import malformed_json, too_many
from tests.providers.eachlabs_shots import made, status, submission, submitted, waited
from tests.providers.talking import PACE, at_eachlabs

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.providers.eachlabs import EachlabsProvider

# Waiting


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("created", JobState.QUEUED),
        ("starting", JobState.QUEUED),
        ("queued", JobState.QUEUED),
        ("processing", JobState.RUNNING),
        ("running", JobState.RUNNING),
        ("success", JobState.SUCCEEDED),
        ("succeeded", JobState.SUCCEEDED),
        ("completed", JobState.SUCCEEDED),
        ("Success", JobState.SUCCEEDED),
        ("error", JobState.FAILED),
        ("failed", JobState.FAILED),
        ("cancelled", JobState.CANCELLED),
        ("canceled", JobState.CANCELLED),
        ("done", JobState.RUNNING),
        ("", JobState.RUNNING),
        (None, JobState.RUNNING),
        (1, JobState.RUNNING),
    ],
)
def test_every_status_word_is_known_and_an_unknown_one_still_runs(
    emulator: Emulator, tmp_path: Path, word: Any, state: JobState
) -> None:
    """A word that nobody knows is never taken for success."""
    assert status(emulator, tmp_path, {"status": word}).state is state


def test_a_wait_ends_with_the_job_and_its_bill(emulator: Emulator, tmp_path: Path) -> None:
    """The bill is exact: 4 seconds at 480p, as the emulator charges."""
    one = submission(tmp_path, "prompt: A roof., duration: 4, resolution: 480p")
    ended = at_eachlabs(emulator, tmp_path, lambda provider: made(provider, one))
    [job] = emulator.jobs.values()
    assert ended == JobStatus(job.id, JobState.SUCCEEDED, cost=job.cost)
    assert job.cost > 0


def test_an_unknown_word_is_waited_through(emulator: Emulator, tmp_path: Path) -> None:
    """The next poll knows better."""
    one = submission(tmp_path)
    emulator.add(Fault("eachlabs", "status", Do.WORD, word="finalising", times=3))
    assert at_eachlabs(emulator, tmp_path, lambda p: made(p, one)).state is JobState.SUCCEEDED
    assert len(emulator.requests_of("status")) == 4


@pytest.mark.parametrize(
    "fault",
    [
        Fault("eachlabs", "status", status=500, times=3),
        Fault("eachlabs", "status", Do.DROP, times=3),
        Fault("eachlabs", "status", Do.HANG),
        too_many("eachlabs", route="status", times=3),
        too_many("eachlabs", "1", route="status"),
        malformed_json("eachlabs", "status", times=2),
        Fault("eachlabs", "status", status=200, body=[1], times=2),
    ],
    ids=lambda fault: f"{fault.do}-{fault.status}",
)
def test_a_poll_that_goes_wrong_is_no_end(emulator: Emulator, tmp_path: Path, fault: Fault) -> None:
    """The job is no worse for it."""
    one = submission(tmp_path)
    emulator.add(fault)
    assert at_eachlabs(emulator, tmp_path, lambda p: made(p, one)).state is JobState.SUCCEEDED
    assert len(emulator.submits) == 1


def test_a_service_that_falls_silent_leaves_the_job_to_the_next_apply(
    emulator: Emulator, tmp_path: Path
) -> None:
    """It is unavailable, not failed."""
    one = submission(tmp_path)
    emulator.add(Fault("eachlabs", "status", status=500, times=None))
    with pytest.raises(Unavailable):
        at_eachlabs(emulator, tmp_path, lambda provider: made(provider, one))


def test_a_job_that_takes_too_long_is_left_running(tiny_clip: Path, tmp_path: Path) -> None:
    """After `wait_minutes`, here 0.3 s: the next apply collects it."""
    one = submission(tmp_path)
    with Emulator(tiny_clip, hold=True) as emulator:
        with pytest.raises(Unavailable, match="has not ended after 1 minutes") as caught:
            at_eachlabs(emulator, tmp_path, lambda provider: made(provider, one), wait_minutes=1)
        assert "next apply collects" in caught.value.remedy
        assert {job.state for job in emulator.jobs.values()} == {"running"}


def test_polls_grow_from_two_seconds_to_ten(tiny_clip: Path, tmp_path: Path) -> None:
    """In the tests' time. What was submitted just now is not asked for at once."""
    one = submission(tmp_path)
    with Emulator(tiny_clip, hold=True) as emulator:

        async def watch(provider: EachlabsProvider) -> None:
            waiting = asyncio.ensure_future(made(provider, one))
            await asyncio.to_thread(
                emulator.wait_until,
                lambda world: len([r for r in world.requests if r.route == "status"]) == 11,
            )
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

        at_eachlabs(emulator, tmp_path, watch)
        times = [r.at for r in emulator.requests_of("submit") + emulator.requests_of("status")]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps[0] >= 2 * PACE
    assert gaps[-1] >= 10 * PACE


def test_progress_is_told_when_the_state_changes(tiny_clip: Path, tmp_path: Path) -> None:
    """each::labs does not say how far a job is: there is nothing to tell at every poll."""
    one = submission(tmp_path)
    told: list[float | None] = []
    with Emulator(tiny_clip, hold=True) as emulator:

        async def watch(provider: EachlabsProvider) -> JobStatus:
            job_id = await submitted(provider, one)
            waiting = asyncio.ensure_future(provider.wait(job_id, told.append))
            await asyncio.to_thread(
                emulator.wait_until,
                lambda world: len([r for r in world.requests if r.route == "status"]) == 4,
            )
            await asyncio.to_thread(emulator.finish, job_id)
            return await waiting

        assert at_eachlabs(emulator, tmp_path, watch).state is JobState.SUCCEEDED
    assert told == [None]


@pytest.mark.parametrize("asked", ["status", "wait", "fetch", "cancel"])
def test_a_prediction_that_is_not_known_is_lost(emulator: Emulator, tmp_path: Path, asked: str) -> None:
    """Not failed: it may have been billed, and a person has to look."""

    async def ask(provider: EachlabsProvider) -> None:
        match asked:
            case "status":
                await provider.status("gone")
            case "wait":
                await waited(provider, "gone")
            case "fetch":
                await provider.fetch("gone", tmp_path / "clip.mp4")
            case _:
                await provider.cancel("gone")

    with pytest.raises(JobLost, match="gone"):
        at_eachlabs(emulator, tmp_path, ask)


def test_an_id_cannot_lead_to_another_path(emulator: Emulator, tmp_path: Path) -> None:
    """Whoever types one in, or a service that answers an odd one."""
    with pytest.raises(JobLost):
        at_eachlabs(emulator, tmp_path, lambda provider: provider.status("../models?a=b#c"))
    assert [request.target for request in emulator.requests] == ["/v1/prediction/..%2Fmodels%3Fa%3Db%23c"]


# Failures and bills

FAILURES: dict[str, tuple[Any, str, bool]] = {
    "the envelope": (
        {"error_code": "PROVIDER_FAILED", "error_message": "The model broke.", "error": "prediction failed"},
        "PROVIDER_FAILED: The model broke.",
        False,
    ),
    "a message that is JSON": (
        {"error_code": "PROVIDER_BAD_REQUEST", "error_message": '{"error": {"message": "No face."}}'},
        "PROVIDER_BAD_REQUEST: No face.",
        False,
    ),
    "the only key": ({"error": "could not dispatch"}, "could not dispatch", False),
    "rejected": (
        {"error_code": "PROVIDER_REJECTED", "error_message": "no"},
        "PROVIDER_REJECTED: no",
        True,
    ),
    "moderation by class": (
        {"error_message": "no", "classification": {"category": "content_moderation"}},
        "no",
        True,
    ),
    "moderation by flag": ({"error_message": "no", "is_moderation": True}, "no", True),
    "moderation by the provider's code": (
        {"error_message": "no", "provider_error_code": "OutputVideoSensitiveContentDetected"},
        "no",
        True,
    ),
    "as a hook has it": ([{"id": "", "error": "The model broke."}], "The model broke.", False),
    "text": ("The model broke.", "The model broke.", False),
    "nothing": (None, "the service does not say why", False),
    "an empty list": ([], "the service does not say why", False),
}


@pytest.mark.parametrize("case", FAILURES)
def test_a_failure_says_why(emulator: Emulator, tmp_path: Path, case: str) -> None:
    """Whatever shape its envelope has; and whether the content was the reason."""
    output, message, moderated = FAILURES[case]
    found = status(emulator, tmp_path, {"status": "error", "output": output, "metrics": {"cost": 0}})
    assert found == JobStatus("p-1", JobState.FAILED, Decimal(0), message, moderated)


@pytest.mark.parametrize(
    ("word", "metrics", "cost"),
    [
        ("success", b'{"cost": 0.73}', "0.73"),
        ("success", b'{"cost": "0.73"}', "0.73"),
        ("success", b'{"cost": 1}', "1"),
        ("success", b'{"cost": 0}', None),
        ("success", b'{"cost": 0.0}', None),
        ("success", b'{"cost": -1}', None),
        ("success", b'{"cost": true}', None),
        ("success", b'{"cost": "much"}', None),
        ("success", b'{"cost": "NaN"}', None),
        ("success", b"{}", None),
        ("success", b"null", None),
        ("processing", b'{"cost": 0}', None),
        ("error", b'{"cost": 0}', "0"),
        ("error", b'{"cost": 0.2}', "0.2"),
        ("error", b"{}", None),
        ("cancelled", b'{"cost": 0}', None),
    ],
)
def test_a_bill_of_zero_is_believed_of_a_failure_alone(
    emulator: Emulator, tmp_path: Path, word: str, metrics: bytes, cost: str | None
) -> None:
    """Of anything else it is what stands there while nobody knows: unknown is never zero."""
    body = b'{"status": "%s", "metrics": %s}' % (word.encode(), metrics)
    assert status(emulator, tmp_path, body).cost == (None if cost is None else Decimal(cost))


# Fetching

CLIPS: dict[str, Any] = {
    "text": "{url}",
    "a list": ["{url}"],
    "an object": {"url": "{url}"},
    "a video": {"video": {"url": "{url}"}},
    "a video's address": {"video_url": "{url}"},
    "the same twice": ["{url}", {"url": "{url}"}],
}


def filled(shape: Any, url: str) -> Any:
    """A shape with the address in it."""
    if isinstance(shape, str):
        return shape.format(url=url)
    if isinstance(shape, list):
        return [filled(one, url) for one in shape]
    return {name: filled(one, url) for name, one in shape.items()}


@pytest.mark.parametrize("shape", CLIPS)
def test_a_clip_is_found_in_each_shape_of_output(emulator: Emulator, tmp_path: Path, shape: str) -> None:
    """Models differ in it, and pages disagree."""
    one, out = submission(tmp_path), tmp_path / "clip.mp4"

    async def get(provider: EachlabsProvider) -> tuple[str, Digest]:
        job_id = await submitted(provider, one)
        record = await provider._api.ask("GET", f"/v1/prediction/{job_id}")
        record["output"] = filled(CLIPS[shape], record["output"])
        record["metrics"] = {}
        await asyncio.to_thread(emulator.add, Fault("eachlabs", "status", status=200, body=record))
        return job_id, await provider.fetch(job_id, out)

    job_id, digest = at_eachlabs(emulator, tmp_path, get)
    assert digest == digest_bytes(emulator.clip_of(job_id)) == digest_bytes(out.read_bytes())


@pytest.mark.parametrize("output", [None, [], {}, "", ["https://a.test/1", "https://a.test/2"], "file:///x"])
def test_an_output_without_just_one_clip_is_told_by_its_prediction(
    emulator: Emulator, tmp_path: Path, output: Any
) -> None:
    """Which of several is meant nobody can guess."""
    emulator.add(Fault("eachlabs", "status", status=200, body={"status": "success", "output": output}))
    with pytest.raises(BadResponse, match="the prediction p-1 succeeded with"):
        at_eachlabs(emulator, tmp_path, lambda provider: provider.fetch("p-1", tmp_path / "clip.mp4"))


def test_an_address_that_a_wait_has_seen_is_used(emulator: Emulator, tmp_path: Path) -> None:
    """It is not asked for again, until it has expired."""
    one, out = submission(tmp_path), tmp_path / "clip.mp4"
    emulator.add(Fault(None, "download", Do.EXPIRE))

    async def get(provider: EachlabsProvider) -> None:
        job_id = await submitted(provider, one)
        await waited(provider, job_id)
        polls = len(emulator.requests_of("status"))
        await provider.fetch(job_id, out)
        assert len(emulator.requests_of("status")) == polls + 1

    at_eachlabs(emulator, tmp_path, get)
    assert emulator.violations == []


# Cancelling


@pytest.mark.parametrize("word", ["cancelled", "success"])
def test_a_job_is_cancelled(tiny_clip: Path, tmp_path: Path, word: str) -> None:
    """Whichever word the service has for having heard."""
    one = submission(tmp_path)
    with Emulator(tiny_clip, hold=True, cancel_word=word) as emulator:

        async def cancel(provider: EachlabsProvider) -> JobStatus:
            job_id = await submitted(provider, one)
            await provider.cancel(job_id)
            return await waited(provider, job_id)

        assert at_eachlabs(emulator, tmp_path, cancel).state is JobState.CANCELLED


def test_a_job_that_has_ended_is_not_cancelled(emulator: Emulator, tmp_path: Path) -> None:
    """Its clip stays what it is."""
    one = submission(tmp_path)

    async def cancel(provider: EachlabsProvider) -> None:
        await provider.cancel(await submitted(provider, one))

    at_eachlabs(emulator, tmp_path, cancel)
    assert emulator.requests_of("cancel") == []
