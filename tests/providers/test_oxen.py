"""The Oxen provider: what it sends, how it waits, what it makes of trouble, and what a clip cost."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.digest import digest_bytes
from seedgen.errors import (
    AuthError,
    BadResponse,
    JobFailed,
    JobLost,
    Moderated,
    OutOfCredits,
    RateLimited,
    Rejected,
    SubmitUnknown,
    Unavailable,
)
from seedgen.ports.provider import JobState, Submission
from tests.emulator import Do, Emulator, Fault, ResultHost, State
from tests.emulator.faults import (
    html_page,
    malformed_json,
    moderated,
    out_of_credits,
    too_many,
)
from tests.planning.projects import files_of, opened
from tests.providers.oxen_room import MODEL, asked, at_oxen, ignored, run

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from seedgen.ports.provider import JobStatus
    from seedgen.providers.oxen import OxenProvider

POLL: dict[str, Any] = {"mode": "poll"}
SYNC: dict[str, Any] = {"mode": "sync"}

# -- what is sent --------------------------------------------------------------------------------

AT = "https://x.test/"
SETS = f"""\
reference_sets:
  street: {{images: ["{AT}street.png"]}}
  mia: {{images: [{{url: "{AT}mia.png", face: true}}], audios: ["{AT}voice.wav"]}}
  leo: {{images: [{{url: "{AT}leo.png", face: true}}], videos: ["{AT}walk.mp4"]}}
"""
PLAIN: dict[str, Any] = {
    "model": MODEL,
    "prompt": "A roof.",
    "resolution": "720p",
    "duration": -1,
    "aspect_ratio": "adaptive",
    "generate_audio": False,
    "watermark": False,
}
BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "minimal": ("prompt: A roof.", PLAIN),
    "all parameters": (
        "prompt: A roof., resolution: 1080p, duration: 8, aspect_ratio: '21:9', generate_audio: true, "
        "options: {watermark: true}",
        PLAIN
        | {
            "resolution": "1080p",
            "duration": 8,
            "aspect_ratio": "21:9",
            "generate_audio": True,
            "watermark": True,
        },
    ),
    "two faces, a picture, a video and a sound": (
        "references: [street, mia, leo], prompt: \"{{ ref('leo', 1) }} and {{ ref('mia', 1) }} in "
        "{{ ref('street') }} as {{ ref('leo', type='video') }} to {{ ref('mia', type='audio') }}.\"",
        PLAIN
        | {
            "prompt": "[Image 2] and [Image 1] in [Image 3] as [Video 1] to [Audio 1].",
            "input_face_images": [f"{AT}mia.png", f"{AT}leo.png"],
            "input_images": [f"{AT}street.png"],
            "input_videos": [f"{AT}walk.mp4"],
            "input_audios": [f"{AT}voice.wav"],
        },
    ),
    "portrait": ("prompt: A roof., aspect_ratio: '9:16'", PLAIN | {"aspect_ratio": "9:16"}),
    "automatic": ("prompt: A roof., duration: auto, aspect_ratio: auto", PLAIN),
}


@pytest.mark.parametrize("what", BODIES)
@pytest.mark.parametrize("mode", ["sse", "sync"])
def test_the_body_on_the_wire_is_what_the_contract_says(
    what: str, mode: str, emulator: Emulator, tmp_path: Path
) -> None:
    """From the project's YAML to the bytes, for both calls; the emulator's model takes every one of them."""
    shot, body = BODIES[what]
    found = opened(tmp_path, f"{SETS}provider: oxen\nshots: [{{id: a, {shot}}}]\n")
    assert found.found() == []
    [one] = found.shots

    async def act(oxen: OxenProvider) -> JobStatus:
        return await run(
            oxen, await oxen.prepare(Submission(one.request, one.request.fingerprint(), files_of(one)))
        )

    assert at_oxen(emulator, tmp_path, act, mode=mode).state is JobState.SUCCEEDED
    [sent] = emulator.requests_of("submit") + emulator.requests_of("sync")
    assert sent.json == body
    # 1 == True in Python, not on the wire.
    assert {name: type(value) for name, value in sent.json.items()} == {
        name: type(value) for name, value in body.items()
    }


def test_who_is_billed_stands_in_the_body_only_when_the_project_says(
    emulator: Emulator, tmp_path: Path
) -> None:
    """Without a namespace the key's owner pays."""
    at_oxen(emulator, tmp_path, lambda oxen: run(oxen, asked()), target_namespace="studio", **POLL)
    assert emulator.submits[0].body == PLAIN | {"target_namespace": "studio"}
    assert emulator.requests_of("list")[0].query == {"namespace": "studio"}


def test_a_submission_with_files_is_not_submitted(emulator: Emulator, tmp_path: Path) -> None:
    """A path of this machine goes nowhere."""
    submission = Submission(asked().request, asked().fingerprint, [tmp_path / "street.png"])
    with pytest.raises(TypeError, match="prepared"):
        at_oxen(emulator, tmp_path, lambda oxen: oxen.submit(submission))
    assert emulator.submits == []


# -- three ways to wait --------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["sse", "poll", "sync"])
@pytest.mark.parametrize("host", list(ResultHost))
def test_a_clip_is_made_paid_and_fetched(
    mode: str, host: ResultHost, tiny_clip: Path, tmp_path: Path
) -> None:
    """In all modes, from all hosts; the key never goes to a host of somebody else's."""
    out = tmp_path / "clip.mp4"

    async def act(oxen: OxenProvider) -> tuple[JobStatus, str]:
        status = await run(oxen, asked(duration=6))
        return status, await oxen.fetch(status.job_id, out)

    with Emulator(tiny_clip, oxen_results=host) as emulator:
        status, digest = at_oxen(emulator, tmp_path, act, mode=mode)
        [job] = emulator.jobs.values()
        clip = emulator.clip_of(job.id)

    assert (status.job_id, status.state, status.message) == (job.id, JobState.SUCCEEDED, "")
    assert status.cost == job.cost == Decimal("1.2")  # six seconds at the emulator's 0.20
    assert out.read_bytes() == clip
    assert digest == digest_bytes(clip)
    assert emulator.violations == []


def test_one_listing_serves_many_jobs(tmp_path: Path) -> None:
    """Thirty jobs run; each is asked for on its own once, when it is no longer among the active."""

    async def act(oxen: OxenProvider) -> None:
        ids = [await oxen.submit(asked(f"Roof {n}.")) for n in range(30)]
        waits = [asyncio.create_task(oxen.wait(job_id, ignored)) for job_id in ids]
        listed = len(emulator.requests_of("list"))
        await asyncio.to_thread(
            emulator.wait_until,
            lambda world: sum(seen.route == "list" for seen in world.requests) > listed + 1,
        )
        assert emulator.requests_of("cost") == []
        emulator.finish()
        assert {status.state for status in await asyncio.gather(*waits)} == {JobState.SUCCEEDED}

    with Emulator(b"clip", hold=True) as emulator:
        at_oxen(emulator, tmp_path, act, **POLL)

    assert len(emulator.requests_of("cost")) == 30
    assert emulator.requests_of("status") == []


def test_whoever_waits_hears_that_the_job_goes_on(tmp_path: Path) -> None:
    """Oxen does not say how far a job is; a word that nobody knows is no end either."""
    heard: list[float | None] = []

    async def act(oxen: OxenProvider) -> JobStatus:
        return await oxen.wait(await oxen.submit(asked()), heard.append)

    with Emulator(b"clip") as emulator:
        for route in ("cost", "status"):
            emulator.add(Fault("oxen", route, Do.WORD, word="archiving", times=2))
        assert at_oxen(emulator, tmp_path, act, **POLL).state is JobState.SUCCEEDED

    assert heard == [None, None]


@pytest.mark.parametrize("mode", ["sse", "poll"])
def test_a_job_of_an_earlier_run_is_collected(mode: str, emulator: Emulator, tmp_path: Path) -> None:
    """It ended while nobody listened; no interval is waited for to find out."""
    job_id = at_oxen(emulator, tmp_path, lambda oxen: oxen.submit(asked()), mode=mode)
    emulator.wait_until(lambda world: all(job.over.is_set() for job in world.jobs.values()))
    # A listing would be due after ten seconds; who resumes has one at once.
    status = at_oxen(emulator, tmp_path, lambda oxen: oxen.wait(job_id, ignored), mode=mode, pace=0.5)
    assert status.state is JobState.SUCCEEDED


def test_rows_that_vanish_when_they_end_are_found_in_the_history(tmp_path: Path) -> None:
    """As the service was before May 2026. The history has the bill too, so that is one call less."""
    out = tmp_path / "clip.mp4"

    async def act(oxen: OxenProvider) -> JobStatus:
        status = await run(oxen, asked())
        await oxen.fetch(status.job_id, out)
        return status

    with Emulator(b"clip", legacy_vanish=True) as emulator:
        status = at_oxen(emulator, tmp_path, act, **POLL)

    assert (status.state, status.cost) == (JobState.SUCCEEDED, Decimal("1.0"))
    assert out.is_file()
    assert len(emulator.requests_of("cost")) == 1


# -- submits that go wrong -----------------------------------------------------------------------

NONE: dict[str, Any] = {"generations": []}


@pytest.mark.parametrize(
    ("fault", "error", "said"),
    [
        (Fault("oxen", "submit", status=200, body=NONE), Rejected, "did not say why"),
        (
            Fault("oxen", "submit", status=200, body=NONE | {"error": {"title": "No such size"}}),
            Rejected,
            "No such size",
        ),
        (
            Fault("oxen", "submit", status=200, body={"error": "Insufficient credits"}),
            OutOfCredits,
            "credits",
        ),
        (
            Fault("oxen", "submit", status=400, body={"error": {"title": "Insufficient credits"}}),
            OutOfCredits,
            "Insufficient credits",
        ),
        (Fault("oxen", "submit", status=402), OutOfCredits, "Insufficient credits"),
        (Fault("oxen", "submit", status=401), AuthError, "key"),
        (Fault("oxen", "submit", status=400), Rejected, "Invalid parameters"),
        (Fault("oxen", "submit", status=400, body={}), Rejected, "400"),
        (
            Fault("oxen", "submit", status=400, body={"error": {"detail": "blocked by content policy"}}),
            Moderated,
            "content policy",
        ),
        (too_many("oxen"), RateLimited, "Rate limit"),
        (Fault("oxen", "submit", status=500), SubmitUnknown, "500"),
        (html_page("oxen", "submit"), SubmitUnknown, "HTML"),
        (malformed_json("oxen", "submit"), BadResponse, "not JSON"),
        (Fault("oxen", "submit", status=200, body={"ok": True}), BadResponse, "not known"),
        (Fault("oxen", "submit", Do.DROP), SubmitUnknown, "may"),
    ],
    ids=lambda value: "" if isinstance(value, type) else str(getattr(value, "status", value)),
)
def test_a_submit_that_goes_wrong_is_made_once_and_says_what_is_known(
    fault: Fault, error: type[Exception], said: str, emulator: Emulator, tmp_path: Path
) -> None:
    """Certainly refused, or perhaps accepted: never tried again by itself."""
    emulator.add(fault)
    with pytest.raises(error, match=said) as caught:
        at_oxen(emulator, tmp_path, lambda oxen: oxen.submit(asked()), **POLL)
    assert type(caught.value) is error
    assert len(emulator.requests_of("submit")) == 1
    assert emulator.keys["oxen"] not in f"{caught.value} {caught.value.__cause__}"


@pytest.mark.parametrize(("mode", "route"), [("poll", "submit"), ("sync", "sync")])
def test_a_submit_whose_answer_is_lost_is_not_repeated(
    mode: str, route: str, emulator: Emulator, tmp_path: Path
) -> None:
    """The job is there and billed; only a listing can tell."""
    emulator.add(Fault("oxen", route, Do.DROP, takes_effect=True))
    with pytest.raises(SubmitUnknown):
        at_oxen(emulator, tmp_path, lambda oxen: oxen.submit(asked()), mode=mode)
    assert len(emulator.submits) == 1


def test_a_model_without_a_card_is_not_submitted(emulator: Emulator, tmp_path: Path) -> None:
    """Its card may have been taken away since the plan."""
    plain = asked().request
    other = type(plain)("oxen", "no-such-model", "A.", {})
    with pytest.raises(Rejected, match="no card for no-such-model"):
        at_oxen(emulator, tmp_path, lambda oxen: oxen.submit(Submission(other, other.fingerprint(), ())))
    assert emulator.requests == []


# -- jobs that go wrong --------------------------------------------------------------------------


def test_a_failed_job_says_why(emulator: Emulator, tmp_path: Path) -> None:
    """Oxen looks at a model's parameters only when the job runs."""
    emulator.add(Fault("oxen", "submit", Do.FAIL, error="422 - Value error, duration is too long"))
    status = at_oxen(emulator, tmp_path, lambda oxen: run(oxen, asked()))
    assert (status.state, status.moderated, status.cost) == (JobState.FAILED, False, None)
    assert status.message == "422 - Value error, duration is too long"


def test_a_job_that_fails_for_its_content_says_so(emulator: Emulator, tmp_path: Path) -> None:
    """So that the same request is not paid for again."""
    emulator.add(moderated("oxen"))
    status = at_oxen(emulator, tmp_path, lambda oxen: run(oxen, asked()))
    assert (status.state, status.moderated) == (JobState.FAILED, True)


def test_a_job_that_fails_for_want_of_money_says_what_to_do(emulator: Emulator, tmp_path: Path) -> None:
    """In so many words."""
    emulator.add(out_of_credits("oxen"))
    status = at_oxen(emulator, tmp_path, lambda oxen: run(oxen, asked()))
    assert status.state is JobState.FAILED
    assert status.message == "Insufficient credits (add credits to the account at Oxen.ai)"


STRANGE = "no such job?"
NOBODY_KNOWS: list[Callable[[OxenProvider], Awaitable[object]]] = [
    lambda oxen: oxen.status(STRANGE),
    lambda oxen: oxen.wait(STRANGE, ignored),
    lambda oxen: oxen.cancel(STRANGE),
]


def test_a_job_that_nobody_knows_is_lost(emulator: Emulator, tmp_path: Path) -> None:
    """Neither queue nor history: asked once by `status`, three times before a wait believes it."""
    for ask in NOBODY_KNOWS:
        with pytest.raises(JobLost, match="no such job"):
            at_oxen(emulator, tmp_path, ask, **POLL)
    assert [seen.path.rpartition("/")[2] for seen in emulator.requests_of("status")] == [
        "no%20such%20job%3F"
    ] * 4


@pytest.mark.parametrize(
    "fault",
    [
        Fault("oxen", "status", status=404, times=2),
        html_page("oxen", "status", 200, times=2),
        malformed_json("oxen", "status", times=2),
        Fault("oxen", "status", status=500, times=2),
        too_many("oxen", route="status", times=2),
        Fault("oxen", "status", Do.DROP, times=2),
        Fault("oxen", "list", status=500, times=2),
        malformed_json("oxen", "list", times=2),
        too_many("oxen", "0.01", route="list", times=2),
    ],
    ids=lambda fault: f"{fault.route} {fault.do} {fault.status}",
)
def test_trouble_that_passes_ends_no_wait(fault: Fault, emulator: Emulator, tmp_path: Path) -> None:
    """A paid job is not given up for a proxy's mood."""
    emulator.add(fault)
    assert at_oxen(emulator, tmp_path, lambda oxen: run(oxen, asked()), **POLL).state is JobState.SUCCEEDED


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("oxen", "list", status=503, times=None), Unavailable),
        (Fault("oxen", "list", status=402, times=None), Unavailable),
        (Fault("oxen", "list", status=401, times=None), AuthError),
        (Fault("oxen", "list", status=400, times=None), BadResponse),
        (malformed_json("oxen", "list", times=None), BadResponse),
        (Fault("oxen", "status", status=503, times=None), Unavailable),
        (Fault("oxen", "status", status=429, times=None), Unavailable),
        (malformed_json("oxen", "status", times=None), BadResponse),
    ],
    ids=lambda value: f"{value.route} {value.status}" if isinstance(value, Fault) else "",
)
def test_trouble_that_stays_ends_the_wait_and_not_the_job(
    fault: Fault, error: type[Exception], emulator: Emulator, tmp_path: Path
) -> None:
    """Only errors that leave the job to be collected later."""
    emulator.add(fault)
    emulator.add(Fault("oxen", "cost", status=404, times=None))
    with pytest.raises(error):
        at_oxen(emulator, tmp_path, lambda oxen: run(oxen, asked()), **POLL)


@pytest.mark.parametrize("mode", ["sse", "poll"])
def test_a_wait_that_is_too_long_is_given_up_and_the_job_goes_on(mode: str, tmp_path: Path) -> None:
    """`wait_minutes` is for one apply; the next collects the clip."""
    with Emulator(b"clip", hold=True) as emulator:
        with pytest.raises(Unavailable, match="still runs after 1 minutes") as caught:
            at_oxen(emulator, tmp_path, lambda oxen: run(oxen, asked()), mode=mode, wait_minutes=1)
        [job] = emulator.jobs.values()

    assert job.state is State.RUNNING
    assert job.id in str(caught.value)
    assert "Apply again" in caught.value.remedy


# -- clips ---------------------------------------------------------------------------------------

NO_URL: dict[str, Any] = {
    "generation_id": "x",
    "status": "succeeded",
    "result_url": None,
    "model_name": MODEL,
}


def test_success_may_be_told_before_the_address_of_the_clip(emulator: Emulator, tmp_path: Path) -> None:
    """It is asked for a few times more."""

    async def act(oxen: OxenProvider) -> None:
        status = await run(oxen, asked())
        await oxen.fetch(status.job_id, tmp_path / "clip.mp4")

    emulator.add(Fault("oxen", "cost", status=200, body={"generation": NO_URL}))
    emulator.add(Fault("oxen", "status", status=200, body=NO_URL, times=3))
    at_oxen(emulator, tmp_path, act)
    assert (tmp_path / "clip.mp4").is_file()


def test_success_without_a_clip_keeps_the_job(emulator: Emulator, tmp_path: Path) -> None:
    """The id is in the message, and in the journal."""

    async def act(oxen: OxenProvider) -> None:
        status = await run(oxen, asked())
        assert status.state is JobState.SUCCEEDED
        with pytest.raises(BadResponse, match=status.job_id):
            await oxen.fetch(status.job_id, tmp_path / "clip.mp4")

    emulator.add(Fault("oxen", "status", status=200, body=NO_URL, times=None))
    emulator.add(Fault("oxen", "cost", status=200, body={"generation": NO_URL}, times=None))
    at_oxen(emulator, tmp_path, act)


def test_an_address_that_has_expired_is_asked_for_anew(tmp_path: Path, emulator: Emulator) -> None:
    """The row says where the clip is now."""

    async def act(oxen: OxenProvider) -> str:
        status = await run(oxen, asked())
        return await oxen.fetch(status.job_id, tmp_path / "clip.mp4")

    emulator.add(Fault("oxen", "download", Do.EXPIRE))
    digest = at_oxen(emulator, tmp_path, act)
    assert digest == digest_bytes(emulator.clip_of(emulator.submits[0].job_id))


def test_a_clip_can_be_fetched_by_who_did_not_wait(emulator: Emulator, tmp_path: Path) -> None:
    """A later run goes on where the first was killed; so does one that fetches again."""
    job_id = at_oxen(emulator, tmp_path, lambda oxen: oxen.submit(asked()))
    out = tmp_path / "clip.mp4"
    for _ in range(2):
        at_oxen(emulator, tmp_path, lambda oxen: oxen.fetch(job_id, out))
        assert out.is_file()
        out.unlink()


def test_a_job_without_a_clip_is_not_fetched(tmp_path: Path) -> None:
    """One that runs, or has failed."""
    with Emulator(b"clip", hold=True) as emulator:
        job_id = at_oxen(emulator, tmp_path, lambda oxen: oxen.submit(asked()))
        with pytest.raises(JobFailed, match="running"):
            at_oxen(emulator, tmp_path, lambda oxen: oxen.fetch(job_id, tmp_path / "clip.mp4"))
        emulator.finish(job_id, error="out of paint")
        with pytest.raises(JobFailed, match="failed out of paint"):
            at_oxen(emulator, tmp_path, lambda oxen: oxen.fetch(job_id, tmp_path / "clip.mp4"))


# -- bills ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fault",
    [
        Fault("oxen", "cost", status=500, times=None),
        Fault("oxen", "cost", status=404, times=None),
        malformed_json("oxen", "cost", times=None),
        Fault("oxen", "cost", status=200, body={"generation": NO_URL | {"cost": None}}, times=None),
        Fault("oxen", "cost", status=200, body={"generation": NO_URL | {"cost": "0"}}, times=None),
        Fault("oxen", "cost", status=200, body={"generation": NO_URL | {"cost": "a lot"}}, times=None),
    ],
    ids=lambda fault: f"{fault.status} {fault.body}"[:60],
)
def test_a_bill_that_cannot_be_had_fails_no_job(fault: Fault, emulator: Emulator, tmp_path: Path) -> None:
    """It is unknown then, and never zero."""
    emulator.add(fault)
    status = at_oxen(emulator, tmp_path, lambda oxen: run(oxen, asked()))
    assert (status.state, status.cost) == (JobState.SUCCEEDED, None)


def test_status_has_the_bill_of_a_job_that_ended(emulator: Emulator, tmp_path: Path) -> None:
    """For who adopts a job by its id."""
    job_id = at_oxen(emulator, tmp_path, lambda oxen: oxen.submit(asked(duration=5)))
    status = at_oxen(emulator, tmp_path, lambda oxen: oxen.status(job_id))
    assert (status.job_id, status.state, status.cost) == (job_id, JobState.SUCCEEDED, Decimal("1.0"))


# -- cancel --------------------------------------------------------------------------------------


def test_a_cancelled_job_ends_its_wait(tmp_path: Path) -> None:
    """No event tells of it, and no interval is waited for."""

    async def act(oxen: OxenProvider) -> JobStatus:
        job_id = await oxen.submit(asked())
        waiting = asyncio.create_task(oxen.wait(job_id, ignored))
        await oxen.cancel(job_id)
        return await waiting

    with Emulator(b"clip", hold=True) as emulator:
        status = at_oxen(emulator, tmp_path, act, pace=1.0)

    assert status.state is JobState.CANCELLED
    assert emulator.requests_of("list") == []


@pytest.mark.parametrize("refused", [False, True], ids=["200", "400"])
def test_to_cancel_what_has_ended_is_no_error(refused: bool, emulator: Emulator, tmp_path: Path) -> None:
    """The service answers 200, or, as one client has it, 400."""
    job_id = at_oxen(emulator, tmp_path, lambda oxen: oxen.submit(asked()))
    if refused:
        emulator.add(Fault("oxen", "cancel", status=400))
    at_oxen(emulator, tmp_path, lambda oxen: oxen.cancel(job_id))
    assert emulator.jobs[job_id].state is State.SUCCEEDED


def test_a_job_that_may_not_be_cancelled_says_so(tmp_path: Path) -> None:
    """A 400 for one that runs is a refusal."""
    with Emulator(b"clip", hold=True) as emulator:
        job_id = at_oxen(emulator, tmp_path, lambda oxen: oxen.submit(asked()))
        emulator.add(Fault("oxen", "cancel", status=400))
        with pytest.raises(Rejected, match="Invalid parameters"):
            at_oxen(emulator, tmp_path, lambda oxen: oxen.cancel(job_id))


# -- the long call -------------------------------------------------------------------------------


def test_the_long_call_waits_for_the_clip_and_polls_nothing(tmp_path: Path) -> None:
    """One request, one look into the history for the id and the bill, one download."""
    with Emulator(b"clip", latency_s=0.4) as emulator:

        async def act(oxen: OxenProvider) -> JobStatus:
            status = await run(oxen, asked())
            await oxen.fetch(status.job_id, tmp_path / "clip.mp4")
            return status

        status = at_oxen(emulator, tmp_path, act, pace=0.05, **SYNC)
        [job] = emulator.jobs.values()

    assert (status.job_id, status.cost) == (job.id, job.cost)
    assert [str(seen.route) for seen in emulator.requests] == ["sync", "history", "download"]


@pytest.mark.parametrize("life_s", [None, 0.0], ids=["addresses stay", "each address is new"])
def test_identical_long_calls_get_jobs_of_their_own(life_s: float | None, tmp_path: Path) -> None:
    """Takes of one request have the same body: each is told by its clip's address, or by what is left."""

    async def act(oxen: OxenProvider) -> list[str]:
        return await asyncio.gather(*(oxen.submit(asked(take=take)) for take in (1, 2, 3)))

    with Emulator(b"clip", url_life_s=life_s) as emulator:
        assert set(at_oxen(emulator, tmp_path, act, **SYNC)) == set(emulator.jobs)


def test_a_long_call_that_the_history_does_not_know_keeps_its_clip(
    emulator: Emulator, tmp_path: Path
) -> None:
    """Under a name of our own, in this process; no other can ask for it."""
    emulator.add(Fault("oxen", "history", status=400))
    submission = asked()

    async def act(oxen: OxenProvider) -> JobStatus:
        status = await run(oxen, submission)
        for _ in range(2):
            await oxen.fetch(status.job_id, tmp_path / "clip.mp4")
            assert (await oxen.status(status.job_id)).state is JobState.SUCCEEDED
            await oxen.cancel(status.job_id)
        return status

    status = at_oxen(emulator, tmp_path, act, **SYNC)
    assert status.job_id == f"sync-{submission.fingerprint[:16]}"
    assert status.cost is None
    assert (tmp_path / "clip.mp4").is_file()
    with pytest.raises(JobLost, match="cannot be asked for again"):
        at_oxen(emulator, tmp_path, lambda oxen: oxen.wait(status.job_id, ignored), **SYNC)


def test_a_job_that_fails_inside_a_long_call_is_a_refusal(emulator: Emulator, tmp_path: Path) -> None:
    """The service answers 400 with the model's words."""
    emulator.add(Fault("oxen", "sync", Do.FAIL, error="422 - Value error, too long"))
    with pytest.raises(Rejected, match="too long"):
        at_oxen(emulator, tmp_path, lambda oxen: oxen.submit(asked()), **SYNC)
