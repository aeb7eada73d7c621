"""Git's view of a project: what is ignored, and what is committed that had better not be."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.store.git import Repository

_QUIET = ("--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false")
"""`core.fsmonitor` names a program, and the configuration may be a stranger's."""


def committed(repository: Repository, paths: Sequence[str]) -> list[str]:
    """The files in the index at or below some paths of the repository's folder, from that folder."""
    ran = _asked(repository, "--literal-pathspecs", "ls-files", "-z", "--", *paths)
    return sorted(name for name in ran.stdout.decode("utf-8", "replace").split("\0") if name)


def is_ignored(repository: Repository, path: str) -> bool:
    """Whether git would not add a file of the repository's folder, which `check-ignore` says by its code."""
    return _asked(repository, "check-ignore", "-q", "--", path).returncode == 0


def _asked(repository: Repository, *question: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [repository.exe, *_QUIET, *question],
        cwd=repository.top / repository.prefix,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
