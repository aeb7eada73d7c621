"""Git: files of a repository as they were at a revision, read without touching index or work tree.

Only plumbing is asked (`rev-parse`, `ls-tree`, `cat-file`): it runs no hook and no filter, and takes no lock.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from seedgen.errors import StoreError, UsageError
from seedgen.store.blobs import QUIET, Blobs, unusable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seedgen.store.blobs import Revision

_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n")
_LARGEST_POINTER = 1024
"""Bytes, by https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md."""


@dataclass(frozen=True, slots=True)
class TreeFile:
    """A file of a revision; `path` counts from the repository's top folder. `size` is in bytes.

    `blob` is git's name for its bytes, which is the same in every revision that has them.
    """

    path: PurePosixPath
    blob: str
    size: int
    is_link: bool


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository that a folder lies in: `top` is its work tree, `prefix` the folder within it,
    `private` git's own folder, which several work trees may share."""

    exe: str
    top: Path
    prefix: PurePosixPath
    private: Path

    def files(self, revision: Revision) -> list[TreeFile]:
        """Every file of the folder at a revision; none where it was not there. Raises StoreError."""
        within = "" if self.prefix == PurePosixPath() else f"{self.prefix}/"
        paths = ["--", within] if within else []
        listing = _asked(self.exe, self.top, "ls-tree", "-rlz", "--full-tree", revision.commit, *paths)
        return list(_tree_files(listing))

    def versions(self, commits: Sequence[str] = (), without: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
        """Every version that commits gave to a file: the last part of its path, and the blob.

        In the history of `commits` but for that of others; without any, of all branches, tags and stashes.
        """
        lines = [*commits, *(f"^{commit}" for commit in without)]
        told = "".join(f"{line}\n" for line in lines).encode()
        listed = _asked(self.exe, self.top, "rev-list", *(["--stdin"] if commits else ["--all"]), given=told)
        changes = ("diff-tree", "--stdin", "--no-commit-id", "--root", "-m", "-r", "-z", "--raw")
        yield from _versions(_asked(self.exe, self.top, *changes, given=listed))

    def blobs(self) -> Blobs:
        """Its objects, to be opened with `with`."""
        return Blobs(self.exe, self.top)

    def fetched(self, digest: str) -> Path | None:
        """Where Git LFS keeps a file with this SHA-256; None when it was not fetched."""
        path = self.private / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
        return path if path.is_file() else None


def find_repository(folder: Path, search_path: str | None) -> Repository:
    """The repository that `folder` lies in. `search_path` is a PATH-like string.

    Raises StoreError without git, UsageError when there is no repository.
    """
    exe = shutil.which("git", path=search_path)
    if exe is None:
        raise StoreError(
            "git was not found", remedy="Install git, or put it on PATH: revisions are read with it."
        )
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder", remedy="Name the project's with `seedgen -C DIR`.")
    where = ("rev-parse", "--show-toplevel", "--git-common-dir")
    try:
        top, private = (Path(line) for line in _lines(_asked(exe, folder, *where)))
        # Not --show-prefix: it says where git thinks we are, which a link on the way may make different.
        prefix = folder.resolve().relative_to(top.resolve())
    except ValueError as error:
        raise StoreError(
            f"{folder.resolve()} is in no work tree that can be told from what git says",
            remedy="Run it in an ordinary checkout, without GIT_DIR or GIT_WORK_TREE in the environment.",
        ) from error
    return Repository(exe, top, PurePosixPath(prefix), folder / private)


def pointed_at(path: Path) -> str | None:
    """The SHA-256 of the file for which Git LFS left this pointer; None for a file that is no pointer."""
    if path.stat().st_size > _LARGEST_POINTER:
        return None
    found = _POINTER.match(path.read_bytes())
    return found[1].decode() if found else None


def _tree_files(listing: bytes) -> Iterator[TreeFile]:
    """The files of an `ls-tree -lz`. Submodules are left out, and paths that no git would check out."""
    for entry in listing.split(b"\0"):
        facts, tab, name = entry.partition(b"\t")
        mode, kind, blob, size = facts.split() if tab else (b"", b"", b"", b"")
        path = PurePosixPath(name.decode("utf-8", "surrogateescape"))
        if kind == b"blob" and not path.is_absolute() and ".." not in path.parts:
            yield TreeFile(path, blob.decode(), int(size), mode == b"120000")


def _versions(changes: bytes) -> Iterator[tuple[str, str]]:
    """Name and blob on both sides of each change of a `diff-tree -z --raw`."""
    parts = changes.split(b"\0")
    for facts, path in zip(parts[::2], parts[1::2], strict=False):
        name = path.rpartition(b"/")[2].decode("utf-8", "surrogateescape")
        for blob in facts.split()[2:4]:
            if blob.strip(b"0"):
                yield name, blob.decode()


def _asked(exe: str, folder: Path, *question: str, given: bytes = b"") -> bytes:
    """What git answers in `folder`, `given` to read. Raises UsageError, StoreError with its own last line."""
    command = [exe, *QUIET, *question]
    try:
        ran = subprocess.run(command, cwd=folder, input=given, capture_output=True, check=False)
    except OSError as error:
        raise unusable(error) from error
    if ran.returncode == 0:
        return ran.stdout
    said = ran.stderr.decode(errors="replace").strip()
    if "not a git repository" in said:
        raise UsageError(
            f"{folder.resolve()} is not in a git repository",
            remedy="Revisions are git's: `git init`, then commit the project with its lock.",
        )
    first = said.splitlines()[0].removeprefix("fatal: ") if said else f"it ended with code {ran.returncode}"
    raise StoreError(f"git failed: {first}", remedy="Try the same with git itself, as in `git log`.")


def _lines(answer: bytes) -> list[str]:
    return answer.decode("utf-8", "surrogateescape").splitlines()
