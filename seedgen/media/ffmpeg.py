"""Find an ffmpeg that is good enough, and run it so that it never outlives the caller."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import os
import re
import shutil
import signal
import subprocess
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.digest import digest_bytes
from seedgen.errors import FfmpegFailed, FfmpegNotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping, Sequence
    from typing import Any

    from seedgen.ports.media import Progress

    Known = MutableMapping[str, Any]
    """What is remembered of binaries, by path. It may have been written by anybody."""

BITEXACT: tuple[str, ...] = (
    *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
    *("-map_metadata", "-1", "-map_chapters", "-1"),
)
"""Output options without which a muxer writes its version, the time, or the input's own tags."""

_NEEDED = ("encoder=libx264", "encoder=aac", "filter=xfade", "filter=tpad", "filter=loop")
_RULES = 1
"""Raise it when what an ffmpeg needs changes, so that those that were found good are asked again."""

_OLDEST_LIBAVCODEC = 59
"""ffmpeg 5.0. Builds from git call themselves `N-12345-g…`, but all name their libavcodec."""

_PATIENCE = 20.0
"""Seconds within which `ffmpeg -version` answers, even from a cold disk."""

_REMEDY = (
    "Set SEEDGEN_FFMPEG to an ffmpeg of version 5 or newer with libx264, "
    "or reinstall seedgen, whose imageio-ffmpeg dependency carries one."
)
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


def find_ffmpeg(explicit: Path | None, search_path: str | None, known: Known | None = None) -> Ffmpeg:
    """The ffmpeg to use: `explicit`, else a good one on `search_path`, else the one from imageio-ffmpeg.

    `search_path` is a PATH-like string. `known` holds what earlier calls learnt, by path, and takes what
    this one learns: a binary that has not changed is not asked again. An explicit one that does not do
    is an error, never passed over in silence. Raises FfmpegNotFound.
    """
    known = {} if known is None else known
    if explicit is not None:
        found = _recalled(explicit, known)
        if isinstance(found, str):
            raise FfmpegNotFound(f"{explicit} cannot be used: {found}", remedy=_REMEDY)
        return found
    on_path = shutil.which("ffmpeg", path=search_path) if search_path else None
    if on_path and isinstance(found := _recalled(Path(on_path), known), Ffmpeg):
        return found
    return _bundled(known)


def untrusted_input(path: Path, format: str) -> list[str]:  # noqa: A002  ffmpeg's own word, `-f`
    """Input options for a file from a stranger: it is read as `format` (a demuxer's name) or not at all.

    A "video" that is really a playlist would otherwise make ffmpeg open whatever it names, here or
    on the network. Source: https://ffmpeg.org/ffmpeg-formats.html, `format_whitelist`.
    """
    return ["-protocol_whitelist", "file", "-format_whitelist", format, "-f", format, "-i", f"file:{path}"]


def _bundled(known: Known) -> Ffmpeg:
    # imageio-ffmpeg starts its binary to see whether it runs, and is itself slow to import: 25 ms of every
    # reel. What lies in its wheel is taken from there.
    for exe in _in_wheel():
        if isinstance(found := _recalled(exe, known), Ffmpeg):
            return found
    import imageio_ffmpeg  # noqa: PLC0415  only who has no ffmpeg of their own pays for the import

    try:
        exe = Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        raise FfmpegNotFound("no usable ffmpeg was found", remedy=_REMEDY) from None
    found = _recalled(exe, known)
    if isinstance(found, str):
        raise FfmpegNotFound(f"no usable ffmpeg was found ({exe.name}: {found})", remedy=_REMEDY)
    return found


def _in_wheel() -> Iterator[Path]:
    spec = importlib.util.find_spec("imageio_ffmpeg")
    if spec is not None and spec.origin is not None:
        yield from (Path(spec.origin).parent / "binaries").glob("ffmpeg*")


def _recalled(exe: Path, known: Known) -> Ffmpeg | str:
    """As `_examine`, but of a good one that is as it was nothing is asked."""
    try:
        status = exe.stat()
    except OSError as error:
        return (error.strerror or "it cannot be started").lower()
    stamp = [status.st_size, status.st_mtime_ns, status.st_ino, _RULES]
    match known.get(str(exe)):
        case [*before, str(identity)] if before == stamp:
            return Ffmpeg(exe, identity)
    found = _examine(exe)
    if isinstance(found, Ffmpeg):
        known[str(exe)] = [*stamp, found.identity]
    return found


def _examine(exe: Path) -> Ffmpeg | str:
    """The ffmpeg at `exe`, or in a few words why it does not do."""
    wanted = ["-version", *(f"-h {name}" for name in _NEEDED)]
    with contextlib.ExitStack() as stack:
        try:
            # Side by side: each takes some 10 ms, and this stands at the start of every reel.
            asked = [stack.enter_context(_ask(exe, *question.split())) for question in wanted]
        except OSError as error:
            return (error.strerror or "it cannot be started").lower()
        try:
            version, *features = [child.communicate(timeout=_PATIENCE)[0] for child in asked]
        except subprocess.TimeoutExpired:
            for child in asked:
                child.kill()
            return "it does not answer"
    return _judge(exe, version, features)


def _ask(exe: Path, *question: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(exe), "-hide_banner", *question],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )


def _judge(exe: Path, version: str, features: Sequence[str]) -> Ffmpeg | str:
    name = re.match(r"ffmpeg version (\S+)", version)
    codecs = re.search(r"^libavcodec\s+(\d+)\.", version, re.MULTILINE)
    if name is None or codecs is None:
        return "it is not ffmpeg"
    if int(codecs[1]) < _OLDEST_LIBAVCODEC:
        return f"its version {name[1]} is older than 5"
    for wanted, answer in zip(_NEEDED, features, strict=True):
        kind, _, feature = wanted.partition("=")
        # The exit code is 0 either way; only the first words tell.
        if not answer.lstrip().startswith(f"{kind.capitalize()} {feature}"):
            return f"it lacks the {kind} {feature}"
    return Ffmpeg(exe, f"ffmpeg {name[1]} {digest_bytes(version.encode())[:12]}")


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
            f"ffmpeg cannot be started: {error.strerror or error}", stderr=str(error), remedy=_REMEDY
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
