"""Find an ffmpeg that is good enough: the one that is named, one on PATH, or the one of imageio-ffmpeg."""

from __future__ import annotations

import contextlib
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen.digest import digest_bytes
from seedgen.errors import FfmpegNotFound
from seedgen.media.ffmpeg import REMEDY, Ffmpeg

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping, Sequence
    from typing import Any

    Known = MutableMapping[str, Any]
    """What is remembered of binaries, by path. It may have been written by anybody."""

_NEEDED = ("encoder=libx264", "encoder=aac", "filter=xfade", "filter=tpad", "filter=loop")
_RULES = 2
"""Raise it when what an ffmpeg needs changes, so that those that were found good are asked again."""

_OLDEST_LIBAVCODEC = 61
"""ffmpeg 7.0, the oldest with which a reel of every trap was exact: 5.1 loses a frame of each dissolve, and
ends a clip's sound early. Builds from git call themselves `N-12345-g…`, but all name their libavcodec."""

_PATIENCE = 20.0
"""Seconds within which `ffmpeg -version` answers, even from a cold disk."""


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
            raise FfmpegNotFound(f"{explicit} cannot be used: {found}", remedy=REMEDY)
        return found
    on_path = shutil.which("ffmpeg", path=search_path) if search_path else None
    if on_path and isinstance(found := _recalled(Path(on_path), known), Ffmpeg):
        return found
    return _bundled(known)


def _bundled(known: Known) -> Ffmpeg:
    # imageio-ffmpeg starts its binary to see whether it runs, and is itself slow to import: 25 ms of every
    # reel. What lies in its wheel is taken from there.
    for exe in _in_wheel():
        if isinstance(found := _recalled(exe, known), Ffmpeg):
            return found
    import imageio_ffmpeg  # noqa: PLC0415  slow, and hardly ever needed: where its wheel has none

    try:
        exe = Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        raise FfmpegNotFound("no usable ffmpeg was found", remedy=REMEDY) from None
    found = _recalled(exe, known)
    if isinstance(found, str):
        raise FfmpegNotFound(f"no usable ffmpeg was found ({exe.name}: {found})", remedy=REMEDY)
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
        return f"its version {name[1]} is older than 7"
    for wanted, answer in zip(_NEEDED, features, strict=True):
        kind, _, feature = wanted.partition("=")
        # The exit code is 0 either way; only the first words tell.
        if not answer.lstrip().startswith(f"{kind.capitalize()} {feature}"):
            return f"it lacks the {kind} {feature}"
    return Ffmpeg(exe, f"ffmpeg {name[1]} {digest_bytes(version.encode())[:12]}")
