"""each::labs at the emulator: what it takes, what it refuses, what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.emulator import Do, Emulator, Fault
from tests.emulator.calls import MINI, get, prediction, put, result, status, submit
from tests.emulator.conftest import client

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://example.com/a"


@pytest.mark.parametrize("path", ["/v1/prediction", "/v1/prediction/"])
@pytest.mark.parametrize("form", ["Authorization", "X-API-Key"])
def test_a_prediction_is_taken_at_both_paths_with_both_keys(path: str, form: str, emulator: Emulator) -> None:
    """The answer comes at once, never as a redirect, and names the prediction as `predictionID`."""
    key = emulator.keys["eachlabs"]
    headers = {form: f"Bearer {key}" if form == "Authorization" else key}
    answer = httpx.post(emulator.eachlabs_url + path, json=prediction(), headers=headers)
    assert answer.status_code == 200
    assert answer.json()["status"] == "success"
    assert [submit.job_id for submit in emulator.submits] == [answer.json()["predictionID"]]


def test_a_job_goes_through_its_statuses(tiny_clip: Path) -> None:
    """Created, processing, success; output and cost only at the end."""
    with Emulator(tiny_clip, latency_s=100) as emulator, client(emulator, "eachlabs") as each:
        job_id = submit(each)
        seen = [status(each, job_id)]
        for _ in range(2):
            emulator.advance(51)
            seen.append(status(each, job_id))
    assert [document["status"] for document in seen] == ["created", "processing", "success"]
    assert [document["metrics"]["cost"] for document in seen] == [0, 0, 0.726]
    assert [document["output"] is None for document in seen] == [True, True, False]
    assert 100 <= seen[-1]["metrics"]["predict_time"] < 101
    assert seen[-1]["input"] == prediction()["input"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"duration": 6}, "duration"),
        ({"duration": "3"}, "duration"),
        ({"resolution": "4k"}, "resolution"),
        ({"aspect_ratio": "adaptive"}, "aspect_ratio"),
        ({"generate_audio": "true"}, "generate_audio"),
        ({"watermark": False}, "watermark"),
        ({"prompt": ""}, "prompt"),
        ({"image_urls": "https://example.com/a.png"}, "image_urls"),
        ({"image_urls": ["ftp://example.com/a.png"]}, "image_urls"),
        ({"image_urls": ["data:image/png;base64,AA=="]}, "image_urls"),
        ({"image_urls": [URL] * 10}, "image_urls"),
        ({"video_urls": [URL] * 4}, "video_urls"),
        ({"image_urls": [URL] * 9, "video_urls": [URL] * 3, "audio_urls": [URL]}, "at most 12"),
        ({"audio_urls": [URL]}, "audio"),
    ],
)
def test_wrong_input_is_refused(
    change: dict[str, Any], says: str, each: httpx.Client, emulator: Emulator
) -> None:
    """400 with a text that names the field, and nothing is billed."""
    answer = each.post("/v1/prediction", json=prediction(**change))
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert emulator.submits == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"model": ""}, 400),
        ({"model": "no-such-model"}, 404),
        ({"version": 1}, 400),
        ({"webhook_url": "not a url"}, 400),
        ({"callback": "x"}, 400),
        ({"input": []}, 400),
    ],
)
def test_a_wrong_envelope_is_refused(
    change: dict[str, Any], code: int, each: httpx.Client, emulator: Emulator
) -> None:
    """What stands beside the input is checked as well."""
    answer = each.post("/v1/prediction", json=prediction() | change)
    assert (answer.status_code, "error" in answer.json()) == (code, True)
    assert emulator.submits == []


@pytest.mark.parametrize(
    "change",
    [
        {"image_urls": [URL] * 9, "video_urls": [URL] * 2, "audio_urls": [URL]},
        {"duration": "auto", "resolution": "480p", "aspect_ratio": "9:16", "generate_audio": True},
        {"end_user_id": "42"},
    ],
)
def test_right_input_is_taken(change: dict[str, Any], each: httpx.Client, emulator: Emulator) -> None:
    """Everything that the contract's table allows."""
    assert status(each, submit(each, **change))["status"] == "success"
    assert emulator.submits[0].body["input"] == prediction(**change)["input"]


def test_text_that_is_not_json_is_refused(each: httpx.Client) -> None:
    """So is JSON that says it is something else."""
    for body, kind in (
        (b"{", "application/json"),
        (b'{"model": NaN}', "application/json"),
        (b"{}", "text/plain"),
    ):
        answer = each.post("/v1/prediction", content=body, headers={"Content-Type": kind})
        assert answer.status_code == 400


def test_a_wrong_key_is_refused(emulator: Emulator) -> None:
    """401 everywhere but at the model pages."""
    base = emulator.eachlabs_url
    for headers in ({}, {"X-API-Key": "wrong"}, {"Authorization": "wrong"}):
        assert get(f"{base}/v1/prediction/1", headers=headers).status_code == 401
    assert get(f"{base}/v1/model", params={"slug": MINI}).status_code == 200


def test_an_unknown_prediction_is_not_found(each: httpx.Client) -> None:
    """With the contract's words."""
    for answer in (each.get("/v1/prediction/1"), each.post("/v1/prediction/1/cancel")):
        assert (answer.status_code, answer.json()) == (404, {"error": "Prediction not found"})


def test_the_synchronous_variant_is_not_for_these_models(each: httpx.Client, emulator: Emulator) -> None:
    """400, and nothing is billed."""
    assert each.post("/v1/prediction/run", json=prediction()).status_code == 400
    assert emulator.submits == []


def test_a_failed_job_has_the_envelope(each: httpx.Client, emulator: Emulator) -> None:
    """The status is `error`, the reason stands in `output`, and it costs nothing."""
    emulator.add(Fault("eachlabs", "submit", Do.FAIL, error="DataInspectionFailed: no."))
    document = status(each, submit(each))
    assert document["status"] == "error"
    assert document["output"]["error_code"] == "PROVIDER_REJECTED"
    assert document["output"]["error_message"] == "DataInspectionFailed: no."
    assert document["metrics"]["cost"] == 0


@pytest.mark.parametrize(("wins", "ends_as"), [(True, "cancelled"), (False, "success")])
def test_a_cancel_may_come_too_late(wins: bool, ends_as: str, tiny_clip: Path) -> None:
    """Cancelling is best effort: the record may still turn into a success."""
    settings: dict[str, Any] = {"latency_s": 100, "cancel_wins": wins}
    with Emulator(tiny_clip, **settings) as emulator, client(emulator, "eachlabs") as each:
        job_id = submit(each)
        answer = each.post(f"/v1/prediction/{job_id}/cancel").json()
        assert answer["predictionID"] == job_id
        emulator.advance(100)
        assert status(each, job_id)["status"] == ends_as


def test_executions_list_what_ran(each: httpx.Client) -> None:
    """Newest first, filtered and paged, without the input."""
    ids = [submit(each, f"shot {number}") for number in range(3)]
    answer = each.get("/v1/executions", params={"limit": 2, "offset": 1, "model": MINI}).json()
    assert [row["id"] for row in answer["executions"]] == [ids[1], ids[0]]
    assert (answer["total_count"], answer["total_capped"]) == (3, False)
    assert all("input" not in row for row in answer["executions"])
    for nobody in ({"model": "other"}, {"status": "error"}, {"from": "2999-01-01T00:00:00Z"}):
        assert each.get("/v1/executions", params=nobody).json()["executions"] == []


@pytest.mark.parametrize("query", ["limit=101", "limit=0", "status=processing", "from=yesterday", "prompt=x"])
def test_executions_refuse_a_wrong_filter(query: str, each: httpx.Client) -> None:
    """A filter that the contract does not have would silently match everything."""
    assert each.get(f"/v1/executions?{query}").status_code == 400


def test_a_job_may_be_listed_late(tiny_clip: Path) -> None:
    """It can be read by its id before a listing has it."""
    with Emulator(tiny_clip, list_delay_s=30) as emulator, client(emulator, "eachlabs") as each:
        assert status(each, submit(each))["status"] == "success"
        assert each.get("/v1/executions").json()["total_count"] == 0
        emulator.advance(30)
        assert each.get("/v1/executions").json()["total_count"] == 1


def presign(each: httpx.Client, content_type: str = "image/png") -> dict[str, Any]:
    """Ask for an upload."""
    body = {"content_type": content_type, "file_type": "image", "expires_in_seconds": 3600}
    document: dict[str, Any] = each.post("/v1/upload/presign", json=body).raise_for_status().json()
    return document


def test_a_reference_is_uploaded_and_used(each: httpx.Client, emulator: Emulator) -> None:
    """Presign, PUT without a key, and the public link works as a reference until it expires."""
    given = presign(each)
    headers = {"Content-Type": "image/png", **given["required_headers"]}
    assert put(given["presigned_url"], content=b"PNG", headers=headers).status_code == 200
    assert get(given["public_url"]).content == b"PNG"
    assert list(emulator.uploads.values()) == [b"PNG"]
    assert status(each, submit(each, image_urls=[given["public_url"]]))["status"] == "success"
    emulator.advance(3601)
    assert get(given["public_url"]).status_code == 404
    assert emulator.violations == []


def test_a_reference_that_was_never_brought_fails_the_job(each: httpx.Client) -> None:
    """The link alone is not the file."""
    document = status(each, submit(each, image_urls=[presign(each)["public_url"]]))
    assert document["output"]["error_code"] == "INPUT_DOWNLOAD_ERROR"


@pytest.mark.parametrize("change", [{"Content-Type": "image/jpeg"}, {"x-amz-meta-upload": "other"}])
def test_a_put_must_carry_what_was_signed(change: dict[str, str], each: httpx.Client) -> None:
    """Type and required headers are part of the signature."""
    given = presign(each)
    headers = {"Content-Type": "image/png", **given["required_headers"], **change}
    assert put(given["presigned_url"], content=b"PNG", headers=headers).status_code == 403


def test_a_put_with_a_key_is_refused_and_remembered(each: httpx.Client, emulator: Emulator) -> None:
    """A key never goes to the download host."""
    given = presign(each)
    headers = {"Content-Type": "image/png", **given["required_headers"]}
    answer = each.put(given["presigned_url"], content=b"PNG", headers=headers)
    assert answer.status_code == 400
    assert {entry.what for entry in emulator.violations} == {
        "the key of eachlabs was sent to download",
        "authorization was sent to download",
    }


def test_a_put_after_its_window_is_refused(each: httpx.Client, emulator: Emulator) -> None:
    """Fifteen minutes, which no answer mentions."""
    given = presign(each)
    emulator.advance(901)
    headers = {"Content-Type": "image/png", **given["required_headers"]}
    assert put(given["presigned_url"], content=b"PNG", headers=headers).status_code == 403


def test_the_model_page_shows_what_is_checked(emulator: Emulator, tiny_clip: Path) -> None:
    """And the variant shows `video_urls` as one string, and takes it so."""
    page = get(f"{emulator.eachlabs_url}/v1/model", params={"slug": MINI}).json()
    assert page["slug"] == MINI
    assert page["request_schema"]["properties"]["video_urls"]["type"] == "array"
    assert page["request_schema"]["properties"]["duration"]["enum"][:2] == ["auto", "4"]
    with Emulator(tiny_clip, video_urls_as_string=True) as other, client(other, "eachlabs") as each:
        page = each.get("/v1/model", params={"slug": MINI}).json()
        assert page["request_schema"]["properties"]["video_urls"]["type"] == "string"
        assert submit(each, video_urls=URL)
        assert each.post("/v1/prediction", json=prediction(video_urls=[URL])).status_code == 400


def test_models_are_listed(emulator: Emulator) -> None:
    """A bare list, filtered by a part of the name; one that is unknown is not found."""
    base = emulator.eachlabs_url
    found = get(f"{base}/v1/models", params={"name": "mini"}).json()
    assert [page["slug"] for page in found] == [MINI]
    assert get(f"{base}/v1/model", params={"slug": "no"}).status_code == 404
    assert get(f"{base}/v1/model").json() == {"error": "slug parameter is required"}


def test_a_finished_job_gives_its_clip(each: httpx.Client, emulator: Emulator) -> None:
    """From another origin than the API's."""
    job_id = submit(each)
    url = result(each, job_id)
    assert url.startswith(emulator.download_url + "/")
    assert get(url).content == emulator.clip_of(job_id)
    assert emulator.jobs[job_id].downloads == 1
