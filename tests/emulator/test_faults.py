"""Faults: each rule does what it says to the requests it matches, and to no other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import httpx_sse
import pytest

from tests.emulator import Do, Emulator, Fault, faults
from tests.emulator.calls import generation, get, prediction, put, result, status, submit
from tests.emulator.conftest import client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=["eachlabs", "oxen"])
def service(request: pytest.FixtureRequest) -> str:
    """Either service."""
    name: str = request.param
    return name


@pytest.fixture
def caller(service: str, emulator: Emulator) -> Iterator[httpx.Client]:
    """A client of that service."""
    with client(emulator, service) as found:
        yield found


def post(caller: httpx.Client, prompt: str = "A door opens.") -> httpx.Response:
    """Submit, and take whatever comes back."""
    if caller.base_url.path == "/":
        return caller.post("/v1/prediction", json=prediction(prompt))
    return caller.post("/ai/queue", json=generation(prompt))


@pytest.mark.parametrize("reset", [False, True])
def test_an_accepted_submit_is_counted_though_nobody_is_told(
    reset: bool, service: str, caller: httpx.Client, emulator: Emulator
) -> None:
    """The key fault: it is billed and the connection ends. A second submit of the body shows as 2."""
    emulator.add(faults.accepted_then_dropped(service, reset=reset))
    with pytest.raises(httpx.ReadError if reset else httpx.RemoteProtocolError):
        post(caller)
    assert list(emulator.accepted.values()) == [1]
    assert post(caller).status_code == 200
    assert list(emulator.accepted.values()) == [2]


def test_a_dropped_submit_is_not_counted(service: str, caller: httpx.Client, emulator: Emulator) -> None:
    """It never reached the service."""
    emulator.add(Fault(service, "submit", Do.DROP))
    with pytest.raises(httpx.RemoteProtocolError):
        post(caller)
    assert emulator.submits == []
    assert len(emulator.requests_of("submit")) == 1


@pytest.mark.parametrize(("takes_effect", "count"), [(False, 0), (True, 1)])
def test_a_submit_may_hang(
    takes_effect: bool, count: int, service: str, caller: httpx.Client, emulator: Emulator
) -> None:
    """Accepted or not, the client waits until it has enough."""
    emulator.add(Fault(service, "submit", Do.HANG, takes_effect=takes_effect))
    caller.timeout = httpx.Timeout(5, read=0.05)
    with pytest.raises(httpx.ReadTimeout):
        post(caller)
    assert len(emulator.submits) == count


@pytest.mark.parametrize("code", [400, 401, 402, 404, 429, 500, 503])
def test_an_error_status_has_the_contract_s_words(
    code: int, service: str, caller: httpx.Client, emulator: Emulator
) -> None:
    """A rule without a body answers as the service would; nothing is billed."""
    emulator.add(Fault(service, "submit", status=code))
    answer = post(caller)
    assert answer.status_code == code
    assert {"error", "status_message"} & set(answer.json())
    assert emulator.submits == []


@pytest.mark.parametrize("retry_after", [None, "2"])
def test_too_many_requests(
    retry_after: str | None, service: str, caller: httpx.Client, emulator: Emulator
) -> None:
    """429, with Retry-After and without."""
    emulator.add(faults.too_many(service, retry_after))
    answer = post(caller)
    assert (answer.status_code, answer.headers.get("retry-after")) == (429, retry_after)


def test_a_server_error_may_hide_an_accepted_job(
    service: str, caller: httpx.Client, emulator: Emulator
) -> None:
    """500 after the job was accepted."""
    emulator.add(Fault(service, "submit", status=500, takes_effect=True))
    assert post(caller).status_code == 500
    assert len(emulator.submits) == 1


def test_bodies_that_are_no_answer(service: str, caller: httpx.Client, emulator: Emulator) -> None:
    """An HTML page, JSON that stops in the middle, an empty object."""
    job_id = submit(caller)
    emulator.add(faults.html_page(service, "status"))
    with pytest.raises(httpx.HTTPStatusError, match="502"):
        status(caller, job_id)
    emulator.add(faults.malformed_json(service, "status"))
    with pytest.raises(json.JSONDecodeError):
        status(caller, job_id)
    emulator.add(Fault(service, "submit", status=400, body={}))
    assert post(caller).json() == {}
    assert status(caller, job_id)


def test_a_rule_counts(service: str, caller: httpx.Client, emulator: Emulator) -> None:
    """From the nth on, so many times."""
    rule = emulator.add(Fault(service, "submit", status=500, nth=2, times=2))
    assert [post(caller).status_code for _ in range(5)] == [200, 500, 500, 200, 200]
    assert emulator.struck(rule) == 5


def test_a_rule_for_ever_is_taken_away(service: str, caller: httpx.Client, emulator: Emulator) -> None:
    """`times=None` never stops by itself."""
    rule = emulator.add(Fault(service, "submit", status=500, times=None))
    assert [post(caller).status_code for _ in range(3)] == [500, 500, 500]
    emulator.remove(rule)
    assert post(caller).status_code == 200


def test_a_rule_is_for_some_prompts_or_one_job(
    service: str, caller: httpx.Client, emulator: Emulator
) -> None:
    """By a part of the prompt, at submit and later; or by the job's id."""
    emulator.add(Fault(service, "submit", status=500, prompt="dog"))
    assert [post(caller, text).status_code for text in ("a cat", "a dog")] == [200, 500]
    cat, dog = submit(caller, "a cat"), submit(caller, "a dog")
    emulator.add(Fault(service, "status", Do.WORD, prompt="dog", word="pondering"))
    emulator.add(Fault(service, "download", status=503, job=cat))
    said = [status(caller, job)["status"] == "pondering" for job in (cat, dog, dog)]
    assert said == [False, True, False]
    assert [get(result(caller, job)).status_code for job in (cat, dog)] == [503, 200]


def test_a_rule_is_for_one_service(emulator: Emulator) -> None:
    """Each service has its own, and one without a service is for both."""
    emulator.add(Fault("oxen", "submit", status=500))
    emulator.add(Fault(None, "submit", status=503, nth=2))
    with client(emulator, "eachlabs") as each, client(emulator, "oxen") as oxen:
        assert [post(caller).status_code for caller in (each, oxen, each)] == [200, 500, 200]


def test_an_unknown_word(service: str, caller: httpx.Client, emulator: Emulator) -> None:
    """For a while; there is no result as long as it is said."""
    emulator.add(Fault(service, "status", Do.WORD, word="pondering", times=2))
    job_id = submit(caller)
    seen = [status(caller, job_id) for _ in range(3)]
    assert [document["status"] for document in seen[:2]] == ["pondering", "pondering"]
    assert [document.get("output") or document.get("result_url") for document in seen[:2]] == [None, None]
    assert seen[2]["status"] in {"success", "succeeded"}


@pytest.mark.parametrize(
    ("make", "says"),
    [(faults.moderated, "DataInspectionFailed"), (faults.out_of_credits, "Insufficient credits")],
)
def test_a_job_fails_after_it_was_accepted(
    make: Any, says: str, service: str, caller: httpx.Client, emulator: Emulator
) -> None:
    """Only the one whose prompt it is."""
    emulator.add(make(service, prompt="dog"))
    good, bad = status(caller, submit(caller, "a cat")), status(caller, submit(caller, "a dog"))
    assert says in json.dumps(bad)
    assert says not in json.dumps(good)


def test_a_job_fails_with_any_envelope(each: httpx.Client, emulator: Emulator) -> None:
    """The body of the rule is the output of the prediction."""
    envelope = {"error": "dispatch failed"}
    emulator.add(Fault("eachlabs", "submit", Do.FAIL, body=envelope))
    document = status(each, submit(each))
    assert (document["status"], document["output"]) == ("error", envelope)


def test_a_job_is_held(service: str, caller: httpx.Client, emulator: Emulator) -> None:
    """Until somebody lets it end."""
    emulator.add(Fault(service, "submit", Do.HOLD, prompt="dog"))
    job_id = submit(caller, "a dog")
    assert status(caller, job_id)["status"] == "processing"
    assert emulator.finish() == 1
    assert status(caller, job_id)["status"] in {"success", "succeeded"}


def test_a_slow_body_is_whole_in_the_end(service: str, caller: httpx.Client, emulator: Emulator) -> None:
    """A few bytes at a time, for a client that waits."""
    job_id = submit(caller)
    url, whole = result(caller, job_id), emulator.clip_of(job_id)
    emulator.add(Fault(service, "download", Do.DRIP, size=4000, seconds=60))
    with httpx.stream("GET", url, verify=False) as answer:
        assert next(answer.iter_raw()) == whole[:4000]
    emulator.add(Fault(service, "download", Do.DRIP, size=4000, seconds=0.001))
    assert get(url).content == whole


def test_a_download_is_cut_and_resumed(service: str, caller: httpx.Client, emulator: Emulator) -> None:
    """The head promises everything, the connection ends early, a range brings the rest."""
    job_id = submit(caller)
    url, whole = result(caller, job_id), emulator.clip_of(job_id)
    emulator.add(Fault(service, "download", Do.TRUNCATE, size=1000))
    pieces: list[bytes] = []
    with httpx.stream("GET", url) as answer, pytest.raises(httpx.RemoteProtocolError):
        pieces.extend(answer.iter_raw())
    assert (b"".join(pieces), answer.headers["content-length"]) == (whole[:1000], str(len(whole)))
    assert emulator.jobs[job_id].downloads == 0
    condition = {"Range": "bytes=1000-", "If-Range": answer.headers["etag"]}
    assert get(url, headers=condition).content == whole[1000:]
    assert emulator.jobs[job_id].downloads == 1


def test_a_download_is_corrupted(service: str, caller: httpx.Client, emulator: Emulator) -> None:
    """The same length and other bytes, once."""
    job_id = submit(caller)
    url, whole = result(caller, job_id), emulator.clip_of(job_id)
    emulator.add(Fault(service, "download", Do.CORRUPT))
    damaged = get(url).content
    assert len(damaged) == len(whole)
    assert damaged != whole
    assert get(url).content == whole


@pytest.mark.parametrize("code", [403, 404, 410])
def test_an_expired_link_stays_so_until_a_fresh_status(
    code: int, service: str, caller: httpx.Client, emulator: Emulator
) -> None:
    """Then there is a new URL, and the old one still does not work."""
    job_id = submit(caller)
    url = result(caller, job_id)
    emulator.add(Fault(service, "download", Do.EXPIRE, status=code))
    assert [get(url).status_code for _ in range(2)] == [code, code]
    fresh = result(caller, job_id)
    assert fresh != url
    assert [get(address).status_code for address in (fresh, url)] == [200, code]


def test_links_may_live_for_a_time(tiny_clip: Path) -> None:
    """The same link as long as it lives."""
    with Emulator(tiny_clip, url_life_s=60) as emulator, client(emulator, "eachlabs") as each:
        job_id = submit(each)
        url = result(each, job_id)
        assert result(each, job_id) == url
        emulator.advance(61)
        assert get(url).status_code == 403
        assert get(result(each, job_id)).status_code == 200


def test_redirects_lead_elsewhere(service: str, caller: httpx.Client, emulator: Emulator) -> None:
    """A download's redirect can be followed; a key that follows an API's redirect is caught."""
    job_id = submit(caller)
    emulator.add(Fault(service, "download", Do.REDIRECT, status=302))
    answer = get(result(caller, job_id), follow_redirects=True)
    assert str(answer.url).startswith(emulator.elsewhere_url)
    assert answer.content == emulator.clip_of(job_id)
    assert emulator.violations == []
    emulator.add(Fault(service, "status", Do.REDIRECT))
    address = emulator.addresses.api + emulator.requests_of("status")[0].target
    caller.get(address, follow_redirects=True)
    assert emulator.violations == [], "httpx keeps the key from another origin"
    emulator.add(Fault(service, "status", Do.REDIRECT))
    caller.get(caller.get(address).headers["location"])
    assert f"the key of {service} was sent to elsewhere" in {entry.what for entry in emulator.violations}


def test_a_late_answer(service: str, caller: httpx.Client, emulator: Emulator) -> None:
    """The right one, after a while; a client that does not wait leaves the job accepted."""
    emulator.add(Fault(service, "submit", Do.DELAY, seconds=0.01))
    assert post(caller).status_code == 200
    emulator.add(Fault(service, "submit", Do.DELAY, seconds=60))
    caller.timeout = httpx.Timeout(5, read=0.05)
    with pytest.raises(httpx.ReadTimeout):
        post(caller)
    assert len(emulator.submits) == 2


def test_a_cap_answers_429(service: str, tiny_clip: Path) -> None:
    """As long as so many jobs are in flight."""
    with Emulator(tiny_clip, hold=True, caps={service: 2}) as emulator, client(emulator, service) as caller:
        assert [post(caller).status_code for _ in range(3)] == [200, 200, 429]
        emulator.finish(next(iter(emulator.jobs)))
        assert post(caller).status_code == 200
        assert len(emulator.submits) == 3


def test_uploads_fail_by_rule(each: httpx.Client, emulator: Emulator) -> None:
    """Presign and PUT are routes of their own."""
    emulator.add(Fault("eachlabs", "presign", status=500))
    body = {"content_type": "image/png"}
    assert each.post("/v1/upload/presign", json=body).status_code == 500
    given = each.post("/v1/upload/presign", json=body).json()
    emulator.add(Fault(None, "upload", Do.DROP))
    with pytest.raises(httpx.RemoteProtocolError):
        put(given["presigned_url"], content=b"x")


@pytest.mark.parametrize(
    ("fault", "heard"),
    [
        (Fault("oxen", "events", Do.SILENT), "heartbeats"),
        (Fault("oxen", "events", Do.DEAD), "nothing"),
        (Fault("oxen", "events", Do.HANG), "nothing"),
    ],
)
def test_streams_that_never_tell(fault: Fault, heard: str, tiny_clip: Path) -> None:
    """Heartbeats without events, a head without anything, or not even a head."""
    with Emulator(tiny_clip, heartbeat_s=0.01) as emulator, client(emulator, "oxen") as oxen:
        emulator.add(fault)
        oxen.timeout = httpx.Timeout(5, read=0.1)
        if heard == "nothing":
            with pytest.raises(httpx.ReadTimeout), oxen.stream("GET", "/events") as answer:
                next(answer.iter_raw())
            return
        with oxen.stream("GET", "/events") as answer:
            pieces = answer.iter_raw()
            first = next(pieces)
            submit(oxen)
            assert b"".join([first, *(next(pieces) for _ in range(3))]) == b": keep-alive\n\n" * 4


@pytest.mark.parametrize("size", [0, 1])
def test_a_stream_ends_early(size: int, oxen: httpx.Client, emulator: Emulator) -> None:
    """At once, or after so many events; a new one works."""
    emulator.add(Fault("oxen", "events", Do.CLOSE, size=size))
    with httpx_sse.connect_sse(oxen, "GET", "/events") as stream:
        submit(oxen)
        assert len(list(stream.iter_sse())) == size
    with httpx_sse.connect_sse(oxen, "GET", "/events") as stream:
        job_id = submit(oxen)
        assert next(stream.iter_sse()).json()["generation_id"] == job_id


def test_a_stream_says_things_twice_or_nonsense(oxen: httpx.Client, emulator: Emulator) -> None:
    """The true event is among it."""
    for do, count in ((Do.DUPLICATE, 2), (Do.GARBAGE, 1)):
        emulator.add(Fault("oxen", "events", do))
        with httpx_sse.connect_sse(oxen, "GET", "/events") as stream:
            job_id = submit(oxen)
            emulator.wait_until(lambda world: world.streams == 1)
            emulator.end_streams()
            data = [event.data for event in stream.iter_sse()]
        assert sum(job_id in text for text in data) == count
        assert (len(data) > count) == (do is Do.GARBAGE)


def test_all_streams_are_ended(oxen: httpx.Client, emulator: Emulator) -> None:
    """By the test, as a server that restarts would."""
    with httpx_sse.connect_sse(oxen, "GET", "/events") as stream:
        assert emulator.streams == 1
        emulator.end_streams()
        assert list(stream.iter_sse()) == []


def test_rules_are_read_and_written_as_json() -> None:
    """The same rule comes back; what is unknown or missing is refused."""
    rule = Fault("oxen", "download", Do.EXPIRE, nth=2, times=None, prompt="dog", status=410)
    assert Fault.from_json(json.loads(json.dumps(rule.to_json()))) == rule
    for wrong in (
        {"route": "submit"},
        {"service": "oxen", "route": "nowhere", "do": "drop"},
        {"service": "oxen", "route": "submit", "do": "explode"},
        {"service": "oxen", "route": "submit", "do": "drop", "when": 1},
        {"service": "oxen", "route": "submit"},
    ):
        with pytest.raises(ValueError, match=r"\w"):
            Fault.from_json(wrong)
