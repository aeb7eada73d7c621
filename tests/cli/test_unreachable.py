"""A service out of reach: it is said once, nothing waits for long, and what was not submitted is no job."""

from __future__ import annotations

import os
import signal
import socket
from typing import TYPE_CHECKING

import pytest

from tests.cli.plug import Plug
from tests.cli.staging import APPLY, EACH, PACE, WITH_FILE, new_film, with_clips
from tests.emulator import Do, Emulator, Fault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.emulator.world import World
    from tests.film import Film

ENDS_WITHIN_S = 60


@pytest.fixture
def film(tmp_path: Path) -> Film:
    """Two shots with the same reference at each::labs, and one without any."""
    film = new_film(tmp_path / "film", EACH, WITH_FILE)
    gate = WITH_FILE.replace("a red door", "a gate")
    film.edit("prompt: A grey wall.}", f"prompt: A grey wall.}}\n  - {{id: gate, prompt: {gate}}}")
    return film


def enter(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the environment lead to the emulator."""
    for name, value in {**emulator.environment, "SEEDGEN_PACE": PACE}.items():
        monkeypatch.setenv(name, value)


def test_a_service_out_of_reach_is_told_of_once(
    film: Film, tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line while it is tried, one failure, no other shot started; the next apply makes all."""
    with Emulator(tiny_clip) as emulator:
        enter(emulator, monkeypatch)
        with Plug(emulator.environment["EACHLABS_BASE_URL"]) as plug, monkeypatch.context() as away:
            plug.pull()
            away.setenv("EACHLABS_BASE_URL", plug.url)
            ran = film.run(*APPLY)
        assert ran.code == 1
        assert ran.err.count("Trying again.") == 1
        assert ran.err.count("  failed: each::labs cannot be reached") == 1
        assert "0 generated, 1 failed, 2 not started." in ran.out + ran.err
        assert film.run(*APPLY).code == 0
    assert with_clips(film) == {"door", "wall", "gate"}


def test_a_storage_out_of_reach_is_told_of_once(
    film: Film, tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for a service: `door` finds nobody to take its reference, `gate` does not try; `wall` needs none."""
    with Emulator(tiny_clip) as emulator, socket.socket() as nobody:
        enter(emulator, monkeypatch)
        nobody.bind(("127.0.0.1", 0))
        storage = f"http://127.0.0.1:{nobody.getsockname()[1]}/shoe.png"
        granted = {"presigned_url": storage, "public_url": storage, "required_headers": {}}
        emulator.add(Fault(EACH, "presign", status=200, body=granted))
        ran = film.run(*APPLY)
        assert ran.code == 1
        assert ran.err.count("Trying again.") == 1
        assert ran.err.count("  failed: the storage for references cannot be reached") == 1
        assert "1 generated, 1 failed, 1 not started." in ran.out + ran.err
        assert film.run(*APPLY).code == 0
    assert with_clips(film) == {"door", "wall", "gate"}


def under_way(world: World) -> bool:
    """Whether a job is on record, as it is polled, and another shot's reference is asked about."""
    return {"status", "presign"} <= {seen.route for seen in world.requests}


def test_a_stop_counts_no_job_that_was_not_submitted(
    film: Film, tiny_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`wall` is at the service and goes on; of the others the reference is still on its way."""
    with Emulator(tiny_clip, hold=True) as emulator:
        enter(emulator, monkeypatch)
        monkeypatch.setenv("SEEDGEN_PACE", "1")  # nobody gives up before the stop
        emulator.add(Fault(EACH, "presign", Do.HANG, times=None))
        process = film.start(*APPLY)
        try:
            emulator.wait_until(under_way)
            os.killpg(process.pid, signal.SIGINT)
            out, err = process.communicate(timeout=ENDS_WITHIN_S)
        finally:
            process.kill()
            process.communicate()
            emulator.finish()
    assert process.returncode == 130
    assert "Nothing more is submitted. 1 job goes on and is collected next time." in err
    assert "0 generated, 1 job left in flight, 2 not started." in out + err
