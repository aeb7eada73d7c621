"""Committed: the commit in which a file stands just as it does in the work tree."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_PATIENCE_S = 5
_SHA1_DIGITS = 40


def commit_of(file: Path, search_path: str | None) -> str | None:
    """The short name of the commit that is checked out, when the file stands in it as it is.

    None for a file that was changed since or never committed, outside a repository, and without a git that
    answers: it is for people to read, and nothing depends on it. `search_path` is a PATH-like string.
    """
    if not any((folder / ".git").exists() for folder in file.absolute().parents):
        return None
    exe = shutil.which("git", path=search_path) if search_path else None
    if exe is None:
        return None
    command = [exe, "--no-optional-locks", "rev-parse", "HEAD", f"HEAD:./{file.name}"]
    try:
        ran = subprocess.run(
            command, cwd=file.parent, capture_output=True, text=True, check=False, timeout=_PATIENCE_S
        )
        commit, _, blob = ran.stdout.strip().partition("\n")
        content = file.read_bytes()
    except (OSError, subprocess.TimeoutExpired):
        return None
    if ran.returncode or not blob:
        return None
    # By https://git-scm.com/book/en/v2/Git-Internals-Git-Objects; newer repositories use SHA-256.
    named = hashlib.sha1 if len(blob) == _SHA1_DIGITS else hashlib.sha256
    return commit[:7] if named(b"blob %d\0" % len(content) + content).hexdigest() == blob else None
