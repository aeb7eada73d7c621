"""Oxen at the emulator: what it takes, what fails later, lists, costs, events, repositories."""

from __future__ import annotations

import base64
import threading
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import httpx_sse
import pytest

from tests.emulator import Do, Emulator, Fault, ResultHost
from tests.emulator.calls import FULL, generation, get, result, status, submit
from tests.emulator.conftest import client

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

URL = "https://example.com/a"


def test_a_job_goes_through_its_statuses(tiny_clip: Path) -> None:
    """Queued, processing, succeeded; times are whole seconds; what was sent stands beside."""
    with Emulator(tiny_clip, latency_s=100) as emulator, client(emulator, "oxen") as oxen:
        job_id = submit(oxen, watermark=False)
        seen = [status(oxen, job_id)]
        for _ in range(2):
            emulator.advance(51)
            seen.append(status(oxen, job_id))
    assert [row["status"] for row in seen] == ["queued", "processing", "succeeded"]
    assert [row["started_at"] is None for row in seen] == [True, False, False]
    assert [row["completed_at"] is None for row in seen] == [True, True, False]
    last = seen[-1]
    assert last["completed_at"] - last["enqueued_at"] == 100
    assert (last["model_name"], last["duration"], last["watermark"]) == (FULL, 6, False)
    assert "cost" not in last


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"model": "no-such-model"}, 404),
        ({"model": None}, 400),
        ({"num_generations": 5}, 400),
        ({"num_generations": "1"}, 400),
        ({"target_namespace": 7}, 400),
        ({"response_format": "url"}, 400),
    ],
)
def test_what_the_queue_refuses(
    change: dict[str, Any], code: int, oxen: httpx.Client, emulator: Emulator
) -> None:
    """Only the model, the count and the target are looked at; nothing is billed."""
    assert oxen.post("/ai/queue", json=generation() | change).status_code == code
    assert emulator.submits == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"duration": "6"}, "duration"),
        ({"duration": 6.0}, "duration"),
        ({"duration": 3}, "duration"),
        ({"duration": True}, "duration"),
        ({"resolution": "8k"}, "resolution"),
        ({"aspect_ratio": "auto"}, "aspect_ratio"),
        ({"seed": 1}, "seed"),
        ({"image_urls": [URL]}, "image_urls"),
        ({"input_images": [URL] * 5, "input_face_images": [URL] * 5}, "at most 9"),
        ({"input_videos": [URL] * 2, "input_face_videos": [URL] * 2}, "at most 3"),
        ({"input_images": [URL] * 10}, "input_images"),
        ({"input_audios": [URL]}, "audio"),
    ],
)
def test_what_the_model_refuses_fails_later(
    change: dict[str, Any], says: str, oxen: httpx.Client, emulator: Emulator
) -> None:
    """The job is accepted, and then fails with the model's words."""
    row = status(oxen, submit(oxen, **change))
    assert (row["status"], row["result_url"]) == ("failed", None)
    assert row["error_message"].startswith("Getting model response error: 422 - Value error, ")
    assert says in row["error_message"]
    assert len(emulator.submits) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"duration": -1, "resolution": "4k", "aspect_ratio": "adaptive", "generate_audio": True},
        {
            "input_face_images": [URL] * 4,
            "input_images": [URL] * 5,
            "input_face_videos": [URL],
            "input_videos": [URL] * 2,
            "input_audios": [URL] * 3,
        },
        {"target_namespace": "studio", "target_repo": None},
    ],
)
def test_right_input_succeeds(change: dict[str, Any], oxen: httpx.Client) -> None:
    """Everything that the contract's table allows, up to fifteen references."""
    assert status(oxen, submit(oxen, **change))["status"] == "succeeded"


def test_the_queue_lists_what_is_open(tiny_clip: Path) -> None:
    """Without a status only what is not over; with one, that one."""
    with Emulator(tiny_clip, hold=True) as emulator, client(emulator, "oxen") as oxen:
        done, running = submit(oxen, "one"), submit(oxen, "two")
        emulator.finish(done)

        def listed(**query: str) -> list[str]:
            return [row["generation_id"] for row in oxen.get("/ai/queue", params=query).json()["generations"]]

        assert listed() == [running]
        assert listed(status="succeeded") == [done]
        assert listed(model="other") == []
        assert listed(model=FULL, status="processing") == [running]
        assert oxen.get("/ai/queue", params={"prompt": "one"}).status_code == 400


def test_the_history_has_pages_and_costs(oxen: httpx.Client) -> None:
    """Costs are decimal text, and nothing for a job that failed."""
    jobs = [submit(oxen, "one"), submit(oxen, "two", duration=99), submit(oxen, "three", resolution="480p")]
    page = oxen.get("/ai/generations", params={"page": 1, "page_size": 2}).json()
    assert [row["generation_id"] for row in page["generations"]] == jobs[:0:-1]
    assert [row["cost"] for row in page["generations"]] == ["0.6", None]
    assert (page["total_entries"], page["total_pages"]) == (3, 2)
    assert Decimal(page["total_cost"]) == Decimal("1.8")
    one = oxen.get(f"/ai/generations/{jobs[0]}").json()
    assert (one["status"], one["generation"]["cost"]) == ("success", "1.2")


def test_a_running_job_is_cancelled_and_a_finished_one_is_not(tiny_clip: Path) -> None:
    """Both answer 200; the row stays."""
    with Emulator(tiny_clip, hold=True) as emulator, client(emulator, "oxen") as oxen:
        done, running = submit(oxen, "one"), submit(oxen, "two")
        emulator.finish(done)
        for job_id, ends_as in ((done, "succeeded"), (running, "cancelled")):
            answer = oxen.delete(f"/ai/queue/{job_id}").json()
            assert answer == {"status": "success", "generation_id": job_id}
            assert status(oxen, job_id)["status"] == ends_as
        assert oxen.delete("/ai/queue/1").status_code == 404


def test_finished_rows_once_vanished(tiny_clip: Path) -> None:
    """With `legacy_vanish` a 404 means finished, and only the history knows more."""
    with Emulator(tiny_clip, legacy_vanish=True) as emulator, client(emulator, "oxen") as oxen:
        job_id = submit(oxen)
        assert oxen.get(f"/ai/queue/{job_id}").json()["status_message"] == "resource_not_found"
        assert oxen.get("/ai/queue", params={"status": "succeeded"}).json()["count"] == 0
        assert oxen.get(f"/ai/generations/{job_id}").json()["generation"]["status"] == "succeeded"


def test_the_synchronous_call_waits_for_the_clip(tiny_clip: Path) -> None:
    """The connection is held until the job is over."""
    with Emulator(tiny_clip, hold=True) as emulator, client(emulator, "oxen") as oxen:
        answers: list[httpx.Response] = []
        call = threading.Thread(
            target=lambda: answers.append(oxen.post("/ai/videos/generate", json=generation()))
        )
        call.start()
        emulator.wait_until(lambda world: bool(world.jobs))
        emulator.finish()
        call.join()
        (job_id,) = emulator.jobs
        assert get(answers[0].json()["videos"][0]["url"]).content == emulator.clip_of(job_id)


def test_the_synchronous_call_may_bring_the_clip_itself(oxen: httpx.Client, emulator: Emulator) -> None:
    """As base64."""
    body = generation(response_format="b64_json")
    video = oxen.post("/ai/videos/generate", json=body).json()["videos"][0]
    assert base64.b64decode(video["b64_json"]) == emulator.clip_of(next(iter(emulator.jobs)))


def test_the_synchronous_call_says_what_the_model_said(oxen: httpx.Client) -> None:
    """400 with the upstream text."""
    answer = oxen.post("/ai/videos/generate", json=generation(duration="6"))
    assert answer.status_code == 400
    assert "422 - Value error" in answer.json()["error"]["detail"]


def test_events_come_to_who_listens_and_are_not_repeated(tiny_clip: Path) -> None:
    """Foreign events come as well; a second stream hears nothing of what was."""
    with (
        Emulator(tiny_clip, hold=True, heartbeat_s=0.01) as emulator,
        client(emulator, "oxen") as oxen,
        httpx_sse.connect_sse(oxen, "GET", "/events") as stream,
    ):
        job_id = submit(oxen)
        emulator.send_event("repository_indexed", {"name": "refs"})
        emulator.finish(job_id)
        events = stream.iter_sse()
        assert next(events).event == "repository_indexed"
        told = next(events)
        assert told.event == "media_generation_completed"
        assert told.json()["generation_id"] == job_id
        assert get(told.json()["url"]).content == emulator.clip_of(job_id)
        with oxen.stream("GET", "/events") as late:
            heard = late.iter_raw()
            assert next(heard) + next(heard) == b": keep-alive\n\n" * 2


def test_a_failure_has_an_event_and_a_cancel_has_none(tiny_clip: Path) -> None:
    """After a cancelled and a failed job the first event is the failure's."""
    with (
        Emulator(tiny_clip, hold=True) as emulator,
        client(emulator, "oxen") as oxen,
        httpx_sse.connect_sse(oxen, "GET", "/events") as stream,
    ):
        oxen.delete(f"/ai/queue/{submit(oxen, 'one')}")
        emulator.finish(submit(oxen, "two"), "Insufficient credits")
        told = next(stream.iter_sse()).json()
        assert (told["status"], told["error"]) == ("failed", "Insufficient credits")


def test_a_wrong_key_is_refused(emulator: Emulator) -> None:
    """Oxen has one form; the other service's key is a leak and no key."""
    base = emulator.oxen_url
    for headers in ({}, {"X-API-Key": emulator.keys["oxen"]}):
        assert get(f"{base}/ai/queue", headers=headers).status_code == 401
    assert get(f"{base}/ai/models/{FULL}").status_code == 200
    assert emulator.violations == []
    get(f"{base}/ai/queue", headers={"Authorization": f"Bearer {emulator.keys['eachlabs']}"})
    assert [entry.what for entry in emulator.violations] == ["the key of eachlabs was sent to oxen"]


def test_the_model_page_shows_what_is_checked(oxen: httpx.Client) -> None:
    """Alone, in the list, and by search; unknown is not found."""
    page = oxen.get(f"/ai/models/{FULL}").json()
    assert page["request_schema"]["properties"]["duration"]["enum"] == [-1, *range(4, 16)]
    assert page in oxen.get("/ai/models").json()["data"]
    found = oxen.get("/ai/models/search", params={"search": "mini-ref"}).json()["data"]
    assert [entry["id"] for entry in found] == ["bytedance-seedance-2-0-mini-reference-to-video"]
    assert oxen.get("/ai/models/no").status_code == 404


def test_a_reference_goes_by_a_repository(oxen: httpx.Client, emulator: Emulator) -> None:
    """Created once, a file put there byte for byte, read without a key, used as a reference."""
    repo = {"namespace": "studio", "name": "refs", "user": {"name": "n", "email": "e@example.com"}}
    assert oxen.post("/repos", json=repo).status_code == 200
    assert oxen.post("/repos", json=repo).status_code == 409
    content = bytes(range(256)) + b"\r\n--\r\n\n\r"
    path = "/repos/studio/refs/file/main/seedgen"
    put = oxen.put(path, files={"files[]": ("a.png", content, "image/png")}, data={"message": "Add a.png"})
    assert put.json()["commit"]["id"]
    assert emulator.uploads == {"studio/refs/seedgen/a.png": content}
    url = f"{emulator.oxen_url}{path}/a.png"
    assert get(url).content == content
    assert status(oxen, submit(oxen, input_images=[url]))["status"] == "succeeded"
    missing = status(oxen, submit(oxen, input_images=[url + "2"]))
    assert "not reachable" in missing["error_message"]


@pytest.mark.parametrize(
    ("parts", "path", "code"),
    [
        ({"file": ("a.png", b"x")}, "/repos/studio/refs/file/main/d", 400),
        ({"files[]": ("a.png", b"x"), "extra": (None, b"x")}, "/repos/studio/refs/file/main/d", 400),
        ({"files[]": ("a.png", b"x")}, "/repos/studio/other/file/main/d", 404),
    ],
)
def test_a_wrong_put_is_refused(parts: dict[str, Any], path: str, code: int, oxen: httpx.Client) -> None:
    """The field is `files[]`, and the repository must be there."""
    oxen.post("/repos", json={"namespace": "studio", "name": "refs"})
    assert oxen.put(path, files=parts).status_code == code


def test_results_may_lie_on_the_api_host(tiny_clip: Path) -> None:
    """There the key is needed; where it redirects to, the key must not go."""
    with Emulator(tiny_clip, oxen_results=ResultHost.API) as emulator, client(emulator, "oxen") as oxen:
        url = result(oxen, submit(oxen))
        assert url.startswith(emulator.oxen_url + "/repos/")
        assert get(url).status_code == 401
        assert oxen.get(url, headers={"Range": "bytes=0-9"}).status_code == 206
    with (
        Emulator(tiny_clip, oxen_results=ResultHost.API_REDIRECT) as emulator,
        client(emulator, "oxen") as oxen,
    ):
        answer = oxen.get(result(oxen, submit(oxen)))
        assert answer.status_code == 302
        assert answer.headers["location"].startswith(emulator.download_url)
        assert get(answer.headers["location"]).status_code == 200


def test_a_cost_may_be_unknown(tiny_clip: Path) -> None:
    """Then it is null, never zero."""
    with Emulator(tiny_clip, costs=False) as emulator, client(emulator, "oxen") as oxen:
        row = oxen.get(f"/ai/generations/{submit(oxen)}").json()["generation"]
        assert (row["status"], row["cost"]) == ("succeeded", None)


def test_several_generations_are_several_jobs(oxen: httpx.Client, emulator: Emulator) -> None:
    """Each is billed."""
    answer = oxen.post("/ai/queue", json=generation(num_generations=3)).json()
    assert [row["generation_id"] for row in answer["generations"]] == list(emulator.jobs)
    assert list(emulator.accepted.values()) == [3]


def test_a_job_that_is_lost_is_in_no_list(oxen: httpx.Client, emulator: Emulator) -> None:
    """It was accepted all the same."""
    emulator.add(Fault("oxen", "submit", Do.LOSE))
    job_id = submit(oxen)
    assert oxen.get(f"/ai/queue/{job_id}").status_code == 404
    assert oxen.get(f"/ai/generations/{job_id}").status_code == 404
    assert oxen.get("/ai/generations").json()["count"] == 0
    assert len(emulator.submits) == 1


def test_one_row_of_a_list_may_be_wrong(tiny_clip: Path) -> None:
    """A word that nobody knows, or no row at all, for one job among others."""
    with Emulator(tiny_clip, hold=True) as emulator, client(emulator, "oxen") as oxen:
        cat, dog = submit(oxen, "a cat"), submit(oxen, "a dog")
        emulator.add(Fault("oxen", "list", Do.WORD, prompt="dog", word="pondering"))
        emulator.add(Fault("oxen", "list", Do.LOSE, job=cat, nth=2))

        def listed() -> dict[str, str]:
            rows = oxen.get("/ai/queue").json()["generations"]
            return {row["generation_id"]: row["status"] for row in rows}

        assert listed() == {dog: "pondering", cat: "processing"}
        assert listed() == {dog: "processing"}
        assert listed() == {dog: "processing", cat: "processing"}
