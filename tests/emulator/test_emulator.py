"""The emulator itself: its clips, its download host, its records, its end, and its life as a process."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import av
import httpx
import pytest

import tests
from tests.emulator import Emulator, State
from tests.emulator.calls import generation, get, result, status, submit
from tests.emulator.conftest import client

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_each_job_has_a_clip_of_its_own_that_plays(
    each: httpx.Client, emulator: Emulator, tmp_path: Path
) -> None:
    """The same pictures, other bytes: two jobs never share a digest."""
    jobs = [submit(each), submit(each)]
    clips = [get(result(each, job_id)).content for job_id in jobs]
    assert clips == [emulator.clip_of(job_id) for job_id in jobs]
    assert clips[0] != clips[1]
    (tmp_path / "clip.mp4").write_bytes(clips[0])
    with av.open(str(tmp_path / "clip.mp4")) as clip:
        assert sum(1 for _ in clip.decode(video=0)) == 12


def test_clips_can_be_chosen() -> None:
    """One for all without a mark, several in turn, or by the job."""
    with Emulator(b"one", distinct=False) as emulator, client(emulator, "oxen") as oxen:
        assert get(result(oxen, submit(oxen))).content == b"one"
    with Emulator([b"one", b"two"], distinct=False) as emulator, client(emulator, "oxen") as oxen:
        urls = [result(oxen, submit(oxen)) for _ in range(3)]
        assert [get(url).content for url in urls] == [b"one", b"two", b"one"]
    with (
        Emulator(lambda job: job.prompt.encode(), distinct=False) as emulator,
        client(emulator, "oxen") as oxen,
    ):
        assert get(result(oxen, submit(oxen, "a dog"))).content == b"a dog"


@pytest.mark.parametrize(
    ("wanted", "code", "body", "content_range"),
    [
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-2", 206, b"89", "bytes 8-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=0-1,4-5", 200, b"0123456789", None),
        ("rows=0-1", 200, b"0123456789", None),
    ],
)
def test_ranges(wanted: str, code: int, body: bytes, content_range: str | None) -> None:
    """One range at a time, as RFC 9110 has it."""
    with Emulator(b"0123456789", distinct=False) as emulator, client(emulator, "oxen") as oxen:
        answer = get(result(oxen, submit(oxen)), headers={"Range": wanted})
        assert (answer.status_code, answer.content) == (code, body)
        assert answer.headers.get("content-range") == content_range
        assert answer.headers["content-length"] == str(len(body))


def test_a_range_of_another_version_gives_the_whole(oxen: httpx.Client) -> None:
    """If-Range with a wrong ETag, and a server that knows no ranges at all."""
    url = result(oxen, submit(oxen))
    whole = get(url)
    for tag, code in ((whole.headers["etag"], 206), ('"other"', 200)):
        assert get(url, headers={"Range": "bytes=5-", "If-Range": tag}).status_code == code
    head = httpx.head(url)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(whole.content)))
    with Emulator(b"0123456789", ranges=False) as emulator, client(emulator, "oxen") as other:
        answer = get(result(other, submit(other)), headers={"Range": "bytes=5-"})
        assert (answer.status_code, "accept-ranges" in answer.headers) == (200, False)


def test_a_key_at_the_download_host_is_caught(each: httpx.Client, emulator: Emulator) -> None:
    """In any header or in the query; the clip is not given to who sends an Authorization."""
    url = result(each, submit(each))
    assert each.get(url).status_code == 400
    get(url, params={"key": emulator.keys["eachlabs"]})
    assert [entry.what for entry in emulator.violations] == [
        "the key of eachlabs was sent to download",
        "authorization was sent to download",
        "the key of eachlabs was sent to download",
    ]


def test_every_request_is_written_down(each: httpx.Client, emulator: Emulator) -> None:
    """Service, route, method, path, query, headers, body and host, also of what has no route."""
    submit(each, "a dog")
    each.get("/v1/executions", params={"limit": 5})
    each.get("/v2/else")
    each.delete("/v1/executions")
    seen = emulator.requests
    assert [(one.service, one.route, one.method, one.path) for one in seen] == [
        ("eachlabs", "submit", "POST", "/v1/prediction"),
        ("eachlabs", "list", "GET", "/v1/executions"),
        ("eachlabs", "unknown", "GET", "/v2/else"),
        ("eachlabs", "unknown", "DELETE", "/v1/executions"),
    ]
    assert seen[0].json["input"]["prompt"] == "a dog"
    assert seen[0].headers["authorization"] == f"Bearer {emulator.keys['eachlabs']}"
    assert seen[1].query == {"limit": "5"}
    assert seen[0].host == emulator.eachlabs_url.removeprefix("http://")


def test_many_clients_at_once_are_counted_exactly(emulator: Emulator) -> None:
    """Every job ends up once in every record."""

    def call(number: int) -> str:
        with client(emulator, "oxen" if number % 2 else "eachlabs") as caller:
            return submit(caller, f"shot {number // 4}")

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(call, range(40)))
    assert set(emulator.jobs) == set(ids)
    assert sorted(emulator.accepted.values()) == [2] * 20


def test_a_latency_may_depend_on_the_request(tiny_clip: Path) -> None:
    """And time passes when the test says so."""

    def latency(body: object) -> float:
        return 100 if "slow" in json.dumps(body) else 0

    with Emulator(tiny_clip, latency_s=latency) as emulator, client(emulator, "oxen") as oxen:
        fast, slow = submit(oxen, "fast"), submit(oxen, "slow")
        assert [job.state for job in emulator.jobs.values()] == [State.SUCCEEDED, State.QUEUED]
        emulator.advance(100)
        assert [status(oxen, job_id)["status"] for job_id in (fast, slow)] == ["succeeded"] * 2


def test_jobs_end_when_their_time_has_come(tiny_clip: Path) -> None:
    """In real time, with nobody asking."""
    with Emulator(tiny_clip, latency_s=0.02) as emulator, client(emulator, "oxen") as oxen:
        job_id = submit(oxen)
        emulator.wait_until(lambda world: world.jobs[job_id].over.is_set())
        assert emulator.jobs[job_id].state is State.SUCCEEDED


def test_waiting_for_what_does_not_come_ends(emulator: Emulator) -> None:
    """With an error, for a test must end; so does a condition that is itself wrong."""
    with pytest.raises(TimeoutError):
        emulator.wait_until(lambda world: bool(world.jobs), timeout_s=0.01)
    with pytest.raises(KeyError):
        emulator.wait_until(lambda world: bool(world.jobs["none"]))


def test_the_end_waits_for_nobody(tiny_clip: Path) -> None:
    """Streams and calls that are still open are closed."""
    with contextlib.ExitStack() as stack:
        emulator = stack.enter_context(Emulator(tiny_clip, hold=True))
        oxen = client(emulator, "oxen")
        errors: list[Exception] = []

        def wait_for_ever(method: str, path: str) -> None:
            try:
                oxen.request(method, path, json=generation() if method == "POST" else None)
            except httpx.TransportError as error:
                errors.append(error)

        calls = [("GET", "/events"), ("POST", "/ai/videos/generate")]
        threads = [threading.Thread(target=wait_for_ever, args=call) for call in calls]
        for thread in threads:
            thread.start()
        emulator.wait_until(lambda world: world.streams == 1 and len(world.jobs) == 1)
        begin = time.monotonic()
        stack.close()
        assert time.monotonic() - begin < 2
        for thread in threads:
            thread.join()
        oxen.close()
    assert len(errors) == 2
    assert len(emulator.submits) == 1, "what happened can be read after the end"


def test_clients_that_die_do_no_harm(emulator: Emulator) -> None:
    """Whole requests count though nobody waits for the answer; half ones do not; nothing breaks."""
    host, _, port = emulator.eachlabs_url.removeprefix("http://").partition(":")
    body = json.dumps(generation()).encode()
    head = f"Authorization: Bearer {emulator.keys['oxen']}\r\nHost: {host}\r\n"
    post = f"POST /api/ai/queue HTTP/1.1\r\n{head}Content-Type: application/json\r\n".encode()
    whole = post + f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    listen = f"GET /api/events HTTP/1.1\r\n{head}\r\n".encode()
    for number in range(60):
        sent = (whole, whole[:-5], whole[:40], listen)[number % 4]
        with socket.create_connection((host, int(port))) as sock:
            sock.sendall(sent)
            if number % 8 < 4:
                sock.shutdown(socket.SHUT_WR)
    emulator.wait_until(lambda world: len(world.submits) == 15 and not world.streams)
    emulator.wait_until(lambda world: sum(seen.route == "events" for seen in world.requests) == 15)
    assert emulator.state["crashes"] == []


@pytest.fixture
def process(tiny_clip: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """The emulator as a process of its own, and what it printed."""
    command = [
        sys.executable,
        "-m",
        "tests.emulator",
        "--clip",
        str(tiny_clip),
        "--hold",
        "--set",
        "ranges=false",
    ]
    root = Path(tests.__file__).parent.parent
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as child:
        assert child.stdout is not None
        yield child, json.loads(child.stdout.readline())
        child.kill()


def test_a_process_is_steered_over_http(process: tuple[subprocess.Popen[str], dict[str, str]]) -> None:
    """Look, set and remove a fault, let a job end, let time pass, send an event; and end it."""
    child, address = process
    control = address["control_url"]
    headers = {"Authorization": f"Bearer {json.loads(json.dumps(address))['environment']['OXEN_API_KEY']}"}
    with httpx.Client(headers=headers, base_url=address["oxen_url"]) as oxen, httpx.Client() as other:
        rule = {"service": "oxen", "route": "submit", "do": "drop", "takes_effect": True}
        number = other.post(f"{control}/faults", json=rule).json()["number"]
        with pytest.raises(httpx.RemoteProtocolError):
            submit(oxen)
        job_id = submit(oxen)
        assert other.get(f"{control}/faults").json() == [{"number": number, "seen": 2, **rule}]
        other.request("DELETE", f"{control}/faults", json={"number": number})
        assert other.get(f"{control}/faults").json() == []
        assert other.post(f"{control}/finish", json={"job_id": job_id}).json() == {"finished": 1}
        assert other.post(f"{control}/finish", json={"error": "no"}).json() == {"finished": 1}
        other.get(result(oxen, job_id))
        assert other.post(f"{control}/advance", json={"seconds": 5}).status_code == 200
        assert other.post(f"{control}/events", json={"name": "x"}).json() == {"streams": 0}
        assert other.post(f"{control}/faults", json={"route": "submit"}).status_code == 400
        state = other.get(f"{control}/state", params={"full": 1}).json()
    assert list(state["accepted"].values()) == [2]
    assert list(state["bodies"].values()) == [generation()]
    assert state["jobs_by_state"] == {"failed": 1, "succeeded": 1}
    assert [job["downloads"] for job in state["jobs"]] == [0, 1]
    assert (state["violations"], state["crashes"]) == ([], [])
    child.send_signal(signal.SIGTERM)
    assert child.wait(5) == 0
