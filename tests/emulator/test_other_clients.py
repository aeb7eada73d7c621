"""Clients that know nothing of seedgen: each::labs' own npm package, and Oxen's documented calls."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx_sse
import pytest

from tests.emulator import Do, Emulator, Fault
from tests.emulator.calls import FULL, MINI, get
from tests.emulator.conftest import client

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

SCRIPT = Path(__file__).with_name("other_client.js")
PACKAGE = "@eachlabs/aiflow@0.0.1"
DONE = {"succeeded", "failed", "cancelled"}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The npm package, installed in a folder of its own; its scripts do not run."""
    npm, folder = shutil.which("npm"), tmp_path_factory.mktemp("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("npm or node is not installed")
    command = [
        npm,
        "install",
        "--no-audit",
        "--no-fund",
        "--ignore-scripts",
        "--prefix",
        str(folder),
        PACKAGE,
    ]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        pytest.skip(f"{PACKAGE} cannot be had: {type(error).__name__}")
    return folder / "node_modules" / "@eachlabs" / "aiflow"


def test_the_package_of_each_labs_is_content(package: Path, tiny_clip: Path) -> None:
    """It creates, polls to the end, and cancels; and is told what was wrong with a number for a text."""
    with Emulator(tiny_clip, latency_s=0.2) as emulator:
        emulator.add(Fault("eachlabs", "submit", Do.HOLD, prompt="held"))
        arguments = [str(package), emulator.eachlabs_url, emulator.keys["eachlabs"], MINI]
        ran = subprocess.run(
            ["node", str(SCRIPT), *arguments], capture_output=True, text=True, timeout=30, check=False
        )
        assert ran.returncode == 0, ran.stderr
        seen = json.loads(ran.stdout.splitlines()[-1])
        done, held = emulator.jobs
        assert (seen["created"]["status"], seen["created"]["predictionID"]) == ("success", done)
        assert seen["statuses"][-1] == "success"
        assert set(seen["statuses"]) <= {"created", "processing", "success"}
        assert get(seen["last"]["output"]).content == emulator.clip_of(done)
        assert seen["last"]["metrics"]["cost"] > 0
        assert (seen["cancelled"]["predictionID"], seen["after"]["status"]) == (held, "cancelled")
        assert seen["refused"].startswith("Request failed: ")
        assert "duration" in seen["refused"]
        submitted = emulator.requests_of("submit")
        assert {(one.path, one.headers["x-api-key"]) for one in submitted} == {
            ("/v1/prediction/", emulator.keys["eachlabs"])
        }


@pytest.fixture
def documented(tiny_clip: Path) -> Iterator[tuple[Emulator, httpx.Client]]:
    """An emulator whose jobs are held, and a plain client as the documentation's examples use one."""
    with Emulator(tiny_clip, hold=True) as emulator, client(emulator, "oxen") as plain:
        yield emulator, plain


BODY: dict[str, Any] = {
    "model": FULL,
    "prompt": "The woman in [Image 1] walks through the door in [Image 2].",
    "input_face_images": ["https://example.com/mia.png"],
    "input_images": ["https://example.com/door.png"],
    "resolution": "720p",
    "duration": 5,
    "aspect_ratio": "16:9",
    "generate_audio": False,
    "watermark": False,
}


def test_oxen_in_one_long_call(documented: tuple[Emulator, httpx.Client]) -> None:
    """Post, wait with the connection open, take the first video's URL."""
    emulator, plain = documented

    def end() -> None:
        emulator.wait_until(lambda world: bool(world.jobs))
        emulator.finish()

    ending = threading.Thread(target=end)
    ending.start()
    answer = plain.post("/ai/videos/generate", json=BODY)
    ending.join()
    assert answer.json().keys() == {"model", "created", "videos"}
    (job_id,) = emulator.jobs
    assert get(answer.json()["videos"][0]["url"]).content == emulator.clip_of(job_id)


def test_oxen_by_queue_and_poll(documented: tuple[Emulator, httpx.Client]) -> None:
    """Enqueue, read until the status is a last one, download, look up the cost."""
    emulator, plain = documented
    job_id = plain.post("/ai/queue", json=BODY).json()["generations"][0]["generation_id"]
    seen: list[str] = []
    while not seen or seen[-1] not in DONE:
        row = plain.get(f"/ai/queue/{job_id}").json()
        seen.append(row["status"])
        if len(seen) == 2:
            emulator.finish(job_id)
    assert seen == ["processing", "processing", "succeeded"]
    assert {row[name] == BODY[name] for name in BODY if name != "model"} == {True}
    assert get(row["result_url"]).content == emulator.clip_of(job_id)
    billed = plain.get(f"/ai/generations/{job_id}").json()["generation"]
    assert Decimal(billed["cost"]) == 5 * Decimal("0.2")


def test_oxen_by_events(documented: tuple[Emulator, httpx.Client]) -> None:
    """Listen first, enqueue then, and the event brings the URL."""
    emulator, plain = documented
    with httpx_sse.connect_sse(plain, "GET", "/events") as stream:
        job_id = plain.post("/ai/queue", json=BODY).json()["generations"][0]["generation_id"]
        emulator.send_event("balance_changed", {"credits": "12.00"})
        emulator.finish(job_id)
        for event in stream.iter_sse():
            if event.event == "media_generation_completed" and event.json()["generation_id"] == job_id:
                break
    assert (event.json()["status"], event.json()["model"]) == ("succeeded", FULL)
    assert get(event.json()["url"]).content == emulator.clip_of(job_id)


def test_oxen_cancels(documented: tuple[Emulator, httpx.Client]) -> None:
    """A queued job is deleted, leaves the open list and stays as cancelled."""
    _, plain = documented
    job_id = plain.post("/ai/queue", json=BODY).json()["generations"][0]["generation_id"]
    assert plain.get("/ai/queue").json()["count"] == 1
    assert plain.delete(f"/ai/queue/{job_id}").json()["status"] == "success"
    assert plain.get("/ai/queue").json() == {"count": 0, "generations": []}
    assert plain.get("/ai/queue", params={"status": "cancelled"}).json()["count"] == 1
