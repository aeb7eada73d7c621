"""Blobs: objects of a git repository, from one git that stays.

What a person typed as a revision never becomes an argument: it goes to `cat-file --batch` as a line.
"""

from __future__ import annotations

import contextlib
import re
import subprocess
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Self

from seedgen.errors import StoreError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePosixPath
    from types import TracebackType

_OBJECT = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64}) (commit|tree|blob|tag) (\d+)\n")
_CHUNK = 1024 * 1024
QUIET = ("--no-pager", "--no-optional-locks", "--literal-pathspecs", "-c", "protocol.allow=never")
"""`protocol.allow`: a partial clone would fetch what it lacks, and nothing here may need a network."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit, and the name by which it was asked for."""

    name: str
    commit: str


@dataclass(frozen=True, slots=True)
class _Object:
    """What git says of an object before its bytes."""

    id: str
    kind: bytes
    size: int


class Blobs:
    """Objects of a repository by name (`<commit>:<path>`), from one git that stays as long as `with`."""

    def __init__(self, exe: str, top: Path) -> None:
        self._exe = exe
        self._top = top

    def __enter__(self) -> Self:
        """Raises StoreError when git cannot be started."""
        command = [self._exe, *QUIET, "cat-file", "--batch"]
        try:
            self._git = subprocess.Popen(
                command,
                cwd=self._top,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:
            raise unusable(error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in (self._git.stdin, self._git.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._git.wait()

    def revision(self, name: str) -> Revision:
        """The commit that a revision names. Raises UsageError, StoreError."""
        # As typed first: `:/words^{commit}` would look for other words.
        named = self._passed(name) if name.isprintable() and name else None
        commit = named and self._passed(f"{named}^{{commit}}")
        if not commit:
            raise UsageError(
                f"no revision {name!r} in this repository",
                remedy="`git log --oneline` and `git tag` list some; `git fetch` brings those of others.",
            )
        return Revision(name, commit)

    def read(self, revision: Revision, path: PurePosixPath) -> bytes | None:
        """A file's bytes; None where the revision has no such file. Raises StoreError."""
        return self._read(f"{revision.commit}:{path}")

    def staged(self, stage: int, path: PurePosixPath) -> bytes | None:
        """A file's bytes in the index: 1 is where both sides began, 2 is ours, 3 is theirs.

        None where there is none: what is not in conflict has no stages. Raises StoreError.
        """
        return self._read(f":{stage}:{path}")

    def write(self, revision: Revision, path: PurePosixPath, place: Path) -> bool:
        """Write a file's bytes to `place`; False where the revision has no such file.

        Raises StoreError, OSError.
        """
        found = self._begun(f"{revision.commit}:{path}")
        if found is None or found.kind != b"blob":
            self._skipped(found)
            return False
        with place.open("xb") as stream:
            for block in self._content(found.size):
                stream.write(block)
        return True

    def content(self, blob: str) -> bytes | None:
        """The bytes of a blob by git's name for them; None where it is not in this clone."""
        return self._read(blob)

    def _read(self, name: str) -> bytes | None:
        found = self._begun(name)
        if found is None or found.kind != b"blob":
            self._skipped(found)
            return None
        return b"".join(self._content(found.size))

    def _passed(self, name: str) -> str | None:
        """The id of an object whose bytes nobody wants; None when there is none of the name."""
        found = self._begun(name)
        self._skipped(found)
        return None if found is None else found.id

    def _skipped(self, found: _Object | None) -> None:
        for _ in self._content(found.size) if found else ():
            pass

    def _begun(self, name: str) -> _Object | None:
        """Ask for an object. Where there is one, its bytes have to be read or skipped next."""
        if "\n" in name:
            return None
        asking, answer = self._streams()
        try:
            asking.write(name.encode("utf-8", "surrogateescape") + b"\n")
            asking.flush()
        except OSError as error:
            raise _ended() from error
        # The name is part of the answer when there is no such object, so the line may be of any kind.
        line = answer.readline()
        if not line:
            raise _ended()
        found = _OBJECT.fullmatch(line)
        return None if found is None else _Object(found[1].decode(), found[2], int(found[3]))

    def _content(self, size: int) -> Iterator[bytes]:
        """The bytes of what was asked for. They have to be read to the end before anything else is asked."""
        _, answer = self._streams()
        left = size
        while left:
            block = answer.read(min(left, _CHUNK))
            if not block:
                raise _ended()
            left -= len(block)
            yield block
        answer.read(1)  # a line end

    def _streams(self) -> tuple[IO[bytes], IO[bytes]]:
        asking, answer = self._git.stdin, self._git.stdout
        assert asking is not None  # noqa: S101  both are pipes
        assert answer is not None  # noqa: S101
        return asking, answer


def unusable(error: OSError) -> StoreError:
    """What is said when git cannot be started."""
    return StoreError(f"git cannot be started: {error.strerror or error}", remedy="Install git anew.")


def _ended() -> StoreError:
    return StoreError(
        "git ended before it gave what was asked for",
        remedy="`git fsck` checks the repository; in a partial clone, `git fetch --refetch` completes it.",
    )
