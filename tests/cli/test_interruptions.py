"""Ctrl-C, kills and company: whatever ends an apply, nothing done is lost and the next one goes on."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests.film import SHOTS, children_of, clips_in, count_frames, is_alive, new_film

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from tests.film import Film

APPLY = ("apply", "--auto-approve", "--json", "--concurrency", "1")
ENDS_WITHIN_S = 60


@pytest.fixture
def slow(film: Film) -> Film:
    """The film with a first shot of one second and others that take a while to render."""
    film.edit("id: s2\n", "id: s2\n    duration: 20\n    resolution: 720p\n")
    film.edit("id: s3\n", "id: s3\n    duration: 20\n    resolution: 720p\n")
    return film


def until(process: subprocess.Popen[str], kind: str, shot: str | None = None) -> dict[str, Any]:
    """Read an apply's events up to the first of a kind, about a shot if one is named."""
    assert process.stdout is not None
    for line in process.stdout:
        event: dict[str, Any] = json.loads(line)
        if event["type"] == kind and shot in (None, event.get("shot")):
            return event
    raise AssertionError(f"the apply ended without {kind}: {process.communicate()[1]}")


def rest(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """The events from here to the process's end, which has to come soon."""
    out, _ = process.communicate(timeout=ENDS_WITHIN_S)
    return [json.loads(line) for line in out.splitlines()]


def press_ctrl_c(process: subprocess.Popen[str]) -> None:
    """A terminal sends SIGINT to the whole process group."""
    os.killpg(process.pid, signal.SIGINT)


def test_ctrl_c_ends_what_runs_and_begins_nothing(slow: Film) -> None:
    """Pressed while s2 is rendered: s1 and s2 are in the lock, s3 is left to the next apply."""
    slow.edit(
        '    duration: 20\n    resolution: 720p\n    prompt: "A {{ colour }} wall',
        '    duration: 4\n    prompt: "A {{ colour }} wall',
    )
    process = slow.start(*APPLY)
    until(process, "job_submitted", "s2")
    press_ctrl_c(process)
    events = rest(process)
    assert process.returncode == 130
    assert sorted(slow.lock().shots) == ["s1", "s2"]
    assert events[-1]["type"] == "apply_complete"
    assert (events[-1]["interrupted"], events[-1]["done"]) == (True, 2)
    assert not (slow.root / "build").exists(), "an interrupted apply assembles no reel"
    assert slow.actions() == {"s3": "generate"}


def test_ctrl_c_twice_ends_at_once(slow: Film) -> None:
    """What is done is in the lock; the render under way is dropped and its ffmpeg is gone."""
    process = slow.start(*APPLY)
    until(process, "job_progress", "s2")
    renders = children_of(process.pid)
    assert renders
    press_ctrl_c(process)
    assert "interrupted" in until(process, "diagnostic")["message"]
    press_ctrl_c(process)
    rest(process)
    assert process.returncode == 130
    assert sorted(slow.lock().shots) == ["s1"]
    assert not any(is_alive(pid) for pid in renders)
    assert list((slow.cache / "incoming").iterdir()) == [], "nothing half made is left"


def test_a_polite_kill_is_like_ctrl_c(slow: Film) -> None:
    """SIGTERM, which is how services stop programs, drains too."""
    slow.write({"seedgen.yaml": slow.yaml.replace("duration: 20\n    resolution: 720p", "duration: 3")})
    process = slow.start(*APPLY)
    until(process, "job_submitted", "s2")
    process.terminate()
    rest(process)
    assert process.returncode == 130
    assert sorted(slow.lock().shots) == ["s1", "s2"]


def test_ctrl_c_while_a_reel_is_assembled_ends_at_once(applied: Film) -> None:
    """Nothing is lost with a reel: no second Ctrl-C is needed, and the old reel still stands."""
    reel = applied.root / "build" / "main.mp4"
    before = reel.read_bytes()
    applied.edit("size: 160x90", "size: 1920x1080")
    process = applied.start(*APPLY)
    until(process, "reel_progress")
    press_ctrl_c(process)
    events = rest(process)
    assert process.returncode == 130
    assert [event["type"] for event in events][-1] == "apply_complete"
    assert events[-1]["interrupted"]
    assert reel.read_bytes() == before


POINTS = [
    ("job_submitted", "s1", ()),
    ("job_submitted", "s2", ("s1",)),
    ("job_succeeded", "s2", ("s1",)),
    ("take_recorded", "s2", ("s1", "s2")),
    ("reel_progress", None, SHOTS),
]
"""After which event an apply is killed, and which shots are certainly recorded by then."""


@pytest.mark.parametrize(("kind", "shot", "recorded"), POINTS)
def test_a_killed_apply_is_finished_by_the_next(
    kind: str, shot: str | None, recorded: tuple[str, ...], film: Film
) -> None:
    """Killed at any point: the lock is whole or not there, and one more apply completes the film."""
    process = film.start(*APPLY)
    until(process, kind, shot)
    process.kill()
    process.communicate()
    kept = film.objects
    if (film.root / "seedgen.lock").exists():
        film.lock()
    ran = film.apply()
    assert tuple(sorted(film.lock().shots)) == SHOTS
    assert kept <= film.objects
    assert not set(ran.submitted) & set(recorded), "a take that was recorded is not made again"
    assert count_frames(film.root / "build" / "main.mp4") == 72
    assert film.actions() == {}


def test_what_dead_runs_leave_behind_does_no_harm(applied: Film) -> None:
    """Temp files, an old note of who holds the lock, half a clip: the next apply does not mind them."""
    applied.write(
        {
            ".seedgen/apply.json": '{"pid": 1, "host": "elsewhere", "since": "2026-01-01T00:00:00+00:00"}',
            ".seedgen/cache/incoming/in-dead/clip.mp4": b"half a clip",
            ".seedgen/cache/segments/incoming/in-dead/segment.mp4": b"half a segment",
            ".seedgen/cache/segments/00/0000.mp4": b"a segment without its sound",
            ".seedgen.lock.abcdef": "{",
            "build/.main.mp4.deadbeef.partial": b"half a reel",
            "build/clips/.s1.mp4.abcdef": b"half a copy",
        }
    )
    applied.edit("bare", "tall")
    assert applied.apply().submitted == ["s2"]
    assert applied.actions() == {}


@pytest.fixture
def running(slow: Film) -> Iterator[subprocess.Popen[str]]:
    """An apply in the middle of its second shot."""
    process = slow.start(*APPLY)
    until(process, "job_submitted", "s2")
    yield process
    process.kill()
    process.communicate()


def test_a_second_apply_says_who_holds_the_lock(slow: Film, running: subprocess.Popen[str]) -> None:
    """It ends at once, and names the process and since when; looking is allowed meanwhile."""
    ran = slow.run("apply", "--auto-approve")
    assert ran.code == 1
    assert "another apply runs in this project" in ran.err
    assert f"process {running.pid} on " in ran.err
    assert ", since 20" in ran.err
    for looking in (["plan"], ["status"], ["show", "s1"], ["validate"]):
        assert slow.run(*looking).code == 0


def test_two_processes_pay_for_a_shared_take_once(tmp_path: Path) -> None:
    """Two projects with the same three requests over one cache, at the same time: three jobs in all."""
    cache = tmp_path / "cache"
    films = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        films.append(new_film(tmp_path / name))
    processes = [film.start("--cache-dir", str(cache), *APPLY) for film in films]
    events = [rest(process) for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    submitted = [event["shot"] for told in events for event in told if event["type"] == "job_submitted"]
    assert sorted(submitted) == list(SHOTS)
    assert sum(told[-1]["done"] for told in events) == 3, "what the other one made is not counted twice"
    assert len(clips_in(cache)) == 3
    assert films[0].lock().shots == films[1].lock().shots


def test_a_reader_that_leaves_is_no_error(applied: Film) -> None:
    """`seedgen … | head` ends quietly."""
    process = applied.start("schema", "project")
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.wait()
    process.stderr.close()
