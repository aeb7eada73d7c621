"""ffmpeg is found, judged, run, and never outlives the caller."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest

from seedgen.errors import FfmpegFailed, FfmpegNotFound
from seedgen.media.ffmpeg import BITEXACT, Ffmpeg, untrusted_input
from seedgen.media.ffmpeg_finder import find_ffmpeg

if TYPE_CHECKING:
    from pathlib import Path

    from tests.media.conftest import Make

ENDLESS = ["-f", "lavfi", "-i", "color=size=64x64:rate=25", "-f", "null", "-"]


def script(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


@pytest.fixture
def telling(ffmpeg: Ffmpeg, tmp_path: Path) -> tuple[Ffmpeg, Path]:
    """An ffmpeg that writes its process id to a file before it starts."""
    pid = tmp_path / "pid"
    exe = script(tmp_path / "ffmpeg", f'echo $$ > "{pid}"', f'exec "{ffmpeg.exe}" "$@"')
    return Ffmpeg(exe, "telling"), pid


@pytest.mark.parametrize("search_path", [None, "", "/nonexistent"])
def test_finds_the_bundled_one_when_path_has_none(search_path: str | None) -> None:
    """Without an ffmpeg on PATH the binary of imageio-ffmpeg is found."""
    found = find_ffmpeg(None, search_path)
    assert found.exe.is_file()
    assert found.identity.startswith("ffmpeg ")


def test_takes_a_good_one_on_path(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """An ffmpeg on PATH that has all that is needed comes before the bundled one."""
    link = tmp_path / "ffmpeg"
    link.symlink_to(ffmpeg.exe)
    assert find_ffmpeg(None, str(tmp_path)) == Ffmpeg(link, ffmpeg.identity)


def test_passes_over_an_old_one_on_path(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """An ffmpeg on PATH that is too old is passed over."""
    script(tmp_path / "ffmpeg", "echo ffmpeg version 4.4.2", "echo 'libavcodec     58.134.100'")
    assert find_ffmpeg(None, str(tmp_path)) == ffmpeg


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["echo hello"], "it is not ffmpeg"),
        (["echo ffmpeg version 6.1.1", "echo 'libavcodec     60. 31.102 / 60. 31.102'"], "older than 7"),
        (["echo ffmpeg version n7.1", "echo 'libavcodec     61. 19.100'"], "lacks the encoder libx264"),
    ],
)
def test_an_explicit_one_must_do(lines: list[str], reason: str, tmp_path: Path) -> None:
    """What SEEDGEN_FFMPEG names is never passed over in silence: the error says why and what to do."""
    with pytest.raises(FfmpegNotFound, match=reason) as caught:
        find_ffmpeg(script(tmp_path / "mine", *lines), None)
    assert "SEEDGEN_FFMPEG" in caught.value.remedy


def test_an_explicit_one_that_is_missing(tmp_path: Path) -> None:
    """A path without a file is an error with a remedy."""
    with pytest.raises(FfmpegNotFound, match="no such file") as caught:
        find_ffmpeg(tmp_path / "nothing", None)
    assert caught.value.remedy


def test_identity_changes_with_the_build(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """Two builds of one version have different identities, as their bytes may differ."""
    other = script(tmp_path / "ffmpeg", f'"{ffmpeg.exe}" "$@"', "echo another build")
    assert find_ffmpeg(other, None).identity != ffmpeg.identity


def test_a_binary_that_has_not_changed_is_not_asked_again(tmp_path: Path, ffmpeg: Ffmpeg) -> None:
    """It is known by path, size, time and inode; what replaces it is asked."""
    counted = tmp_path / "asked"
    exe = script(tmp_path / "mine", f"echo x >> {counted}", f'exec {ffmpeg.exe} "$@"')
    known: dict[str, object] = {}
    found = find_ffmpeg(exe, None, known)
    questions = counted.read_text()
    assert find_ffmpeg(exe, None, known) == found
    assert counted.read_text() == questions
    script(exe, "echo is no ffmpeg any more")
    with pytest.raises(FfmpegNotFound):
        find_ffmpeg(exe, None, known)


def test_the_bundled_one_is_asked_once(ffmpeg: Ffmpeg) -> None:
    """What is known of it stands for it, but only as long as it is the very same file."""
    known: dict[str, Any] = {}
    assert find_ffmpeg(None, None, known) == ffmpeg
    (stamp,) = known.values()
    stamp[-1] = "ffmpeg as remembered"
    assert find_ffmpeg(None, None, known) == Ffmpeg(ffmpeg.exe, "ffmpeg as remembered")
    stamp[0] += 1
    assert find_ffmpeg(None, None, known) == ffmpeg


@pytest.mark.parametrize("nonsense", [None, 1, "text", [], [1, 2, 3], {"a": 1}, ["a", "b", "c", "d", 5]])
def test_nonsense_in_the_memory_is_passed_over(nonsense: object, ffmpeg: Ffmpeg) -> None:
    """The folder that holds it may come from anybody."""
    assert find_ffmpeg(ffmpeg.exe, None, {str(ffmpeg.exe): nonsense}) == ffmpeg


def test_a_cancelled_run_kills_the_child(telling: tuple[Ffmpeg, Path]) -> None:
    """When the call is cancelled the process is gone before the cancellation arrives."""
    ffmpeg, pid = telling

    async def scenario() -> None:
        started = asyncio.Event()
        run = asyncio.create_task(ffmpeg.run(ENDLESS, frames=10**9, progress=lambda part: started.set()))
        await started.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run

    asyncio.run(scenario())
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_run_that_takes_too_long_is_killed(telling: tuple[Ffmpeg, Path]) -> None:
    """After the time-out the process is gone and the error says how long it had."""
    ffmpeg, pid = telling
    with pytest.raises(FfmpegFailed, match=r"longer than 0\.5 s"):
        asyncio.run(ffmpeg.run(ENDLESS, timeout=0.5))
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_a_failing_progress_callback_ends_the_child(telling: tuple[Ffmpeg, Path]) -> None:
    """An error in the caller's own callback reaches the caller and leaves no process behind."""
    ffmpeg, pid = telling

    def burst(part: float) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(ffmpeg.run(ENDLESS, frames=10**9, progress=burst))
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_the_child_has_its_own_session(telling: tuple[Ffmpeg, Path]) -> None:
    """A terminal's Ctrl-C goes to its session; ffmpeg leads one of its own."""
    ffmpeg, pid = telling
    sessions: list[tuple[int, int]] = []

    class Seen(Exception):
        """Ends the run."""

    def look(part: float) -> None:
        child = int(pid.read_text())
        sessions.append((child, os.getsid(child)))
        raise Seen

    with pytest.raises(Seen):
        asyncio.run(ffmpeg.run(ENDLESS, frames=10**9, progress=look))
    assert sessions[0][0] == sessions[0][1] != os.getsid(0)


def test_ctrl_c_cannot_hit_a_child_that_is_just_starting(tmp_path: Path) -> None:
    """Before it has its session it is in ours: it begins with the signal held back, and we still take it."""
    exe, said = tmp_path / "ffmpeg", tmp_path / "said"
    telling = "import pathlib, signal; blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ())"
    # No shell: one of them clears the mask as it starts.
    exe.write_text(f"#!{sys.executable}\n{telling}\npathlib.Path({str(said)!r}).write_text(str(*blocked))\n")
    exe.chmod(0o755)
    asyncio.run(Ffmpeg(exe, "telling").run([]))
    assert said.read_text() == str(signal.SIGINT)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_failure_carries_the_end_of_what_ffmpeg_said(ffmpeg: Ffmpeg, tmp_path: Path) -> None:
    """The error holds ffmpeg's own last words."""
    with pytest.raises(FfmpegFailed, match="ended with code") as caught:
        asyncio.run(ffmpeg.run(["-i", str(tmp_path / "absent.mp4"), "-f", "null", "-"]))
    assert "No such file or directory" in caught.value.stderr


def test_an_ffmpeg_that_went_away_is_a_failure(tmp_path: Path) -> None:
    """A binary that is deleted between finding and running is an error with a remedy."""
    with pytest.raises(FfmpegFailed, match="cannot be started") as caught:
        asyncio.run(Ffmpeg(tmp_path / "gone", "gone").run(["-version"]))
    assert caught.value.remedy


def test_progress_rises_to_one(ffmpeg: Ffmpeg) -> None:
    """The parts that the callback hears never fall, and the last one is 1.0."""
    heard: list[float] = []
    arguments = ["-f", "lavfi", "-i", "color=size=64x64:rate=25:duration=4", "-f", "null", "-"]
    asyncio.run(ffmpeg.run(arguments, frames=100, progress=heard.append))
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:{secret}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{secret}'\n",
    ],
)
def test_a_playlist_that_calls_itself_a_video_is_not_read(
    playlist: str, make: Make, ffmpeg: Ffmpeg, tmp_path: Path
) -> None:
    """A stranger's file cannot make ffmpeg open the files that it names."""
    secret = make("secret.mp4", "-f", "lavfi", "-i", "color=size=64x64:duration=1")
    lure = tmp_path / "clip.mp4"
    lure.write_text(playlist.format(secret=secret))
    with pytest.raises(FfmpegFailed):
        asyncio.run(ffmpeg.run([*untrusted_input(lure, "mov"), "-f", "null", "-"]))


def test_same_input_same_bytes(make: Make) -> None:
    """With BITEXACT neither the time nor the input's tags reach the file."""
    source = ["-f", "lavfi", "-i", "testsrc2=size=64x64:duration=1", "-f", "lavfi", "-i", "sine=duration=1"]
    form = ["-threads", "2", *BITEXACT]
    one = make("one.mp4", *source, "-metadata", "title=one", *form)
    two = make("two.mp4", *source, "-metadata", "title=one", *form)
    assert one.read_bytes() == two.read_bytes()
    assert b"Lavf6" not in one.read_bytes()
