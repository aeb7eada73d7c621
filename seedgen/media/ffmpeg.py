"""Run ffmpeg so that it never outlives the caller."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.errors import FfmpegFailed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seedgen.ports.media import Progress

BITEXACT: tuple[str, ...] = (
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
    *("-map_metadata", "-1", "-map_chapters", "-1"),
)
"""Output options without which a muxer writes its version, the time, or the input's own tags."""

REMEDY = (
    "Set SEEDGEN_FFMPEG to an ffmpeg of version 7 or newer with libx264, "
    "or reinstall seedgen, whose imageio-ffmpeg dependency carries one."
)
"""How to come by an ffmpeg that does."""

_TAIL_LINES = 12


@dataclass(frozen=True, slots=True)
class Ffmpeg:
    """An ffmpeg binary. `identity` tells two builds apart: same arguments, same identity, same bytes."""

    exe: Path
    identity: str

    async def run(
        self,
        arguments: Sequence[str],
        *,
        frames: int = 0,
        progress: Progress | None = None,
        timeout: float = 600,  # noqa: ASYNC109  a time-out must kill the child, not only leave it
    ) -> None:
        """Run ffmpeg with `arguments` (inputs, filters, outputs) and wait for its end.

        With `frames`, the number of video frames of the output, `progress` hears how far it is.
        Cancelling the call, or more than `timeout` seconds, kills the child. Raises FfmpegFailed
        with the end of what ffmpeg said.
        """
        reports = bool(frames and progress)
        command = [str(self.exe), "-hide_banner", "-nostdin", "-loglevel", "error", "-y"]
        command += ["-nostats", "-progress", "pipe:1"] if reports else []
        child = await _start([*command, *arguments], stdout=reports)
        try:
            async with asyncio.timeout(timeout):
                said = await _attend(child, frames, progress)
        except TimeoutError:
            raise FfmpegFailed(
                f"ffmpeg took longer than {timeout:g} s and was stopped",
                remedy="Try again when the machine is less busy, or with a shorter clip.",
            ) from None
        finally:
            await _end(child)
        if child.returncode != 0:
            raise _failure(child.returncode, said)


def untrusted_input(path: Path, format: str) -> list[str]:  # noqa: A002  ffmpeg's own word, `-f`
    """Input options for a file from a stranger: it is read as `format` (a demuxer's name) or not at all.

    A "video" that is really a playlist would otherwise make ffmpeg open whatever it names, here or
    on the network. Source: https://ffmpeg.org/ffmpeg-formats.html, `format_whitelist`.
    """
    return ["-protocol_whitelist", "file", "-format_whitelist", format, "-f", format, "-i", f"file:{path}"]


async def _start(command: Sequence[str], *, stdout: bool) -> asyncio.subprocess.Process:
    # A Ctrl-C before the child has its own session would reach it too: it starts with that held back.
    held = signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE if stdout else asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            # Ctrl-C in a terminal goes to its whole session; draining is the caller's decision.
            start_new_session=True,
        )
    except OSError as error:
        raise FfmpegFailed(
            f"ffmpeg cannot be started: {error.strerror or error}", stderr=str(error), remedy=REMEDY
        ) from None
    finally:
        if not held:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


async def _attend(child: asyncio.subprocess.Process, frames: int, progress: Progress | None) -> str:
    """Read both pipes to their ends, so that neither can fill up and block, and return the last words."""
    listening = asyncio.create_task(_last_lines(child.stderr))
    try:
        await _report(child.stdout, frames, progress)
        said = await listening
        await child.wait()
        return said
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def _last_lines(stream: asyncio.StreamReader | None) -> str:
    tail: deque[bytes] = deque(maxlen=8)
    while stream is not None and (block := await stream.read(4096)):
        tail.append(block)
    lines = b"".join(tail).decode(errors="replace").splitlines()
    return "\n".join(line.rstrip() for line in lines[-_TAIL_LINES:])


async def _report(stream: asyncio.StreamReader | None, frames: int, progress: Progress | None) -> None:
    while stream is not None and (line := await stream.readline()):
        key, _, value = line.decode(errors="replace").strip().partition("=")
        if key == "frame" and value.isdigit() and progress is not None:
            progress(min(1.0, int(value) / frames))


async def _end(child: asyncio.subprocess.Process) -> None:
    """Make sure the child is gone and reaped, whatever brought us here."""
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            # It leads its own session, so this also ends what a wrapper script started.
            os.killpg(child.pid, signal.SIGKILL)
        await child.communicate()


def _failure(code: int | None, said: str) -> FfmpegFailed:
    lines = said.splitlines()
    because = f": {lines[-1]}" if lines else ""
    return FfmpegFailed(f"ffmpeg ended with code {code}{because}", stderr=said)
