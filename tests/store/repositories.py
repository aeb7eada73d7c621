"""Real git repositories in a test's own folder, with nobody's configuration."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_NOBODY = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false")
_PLAIN = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


@dataclass(frozen=True)
class Checkout:
    """A repository with a work tree."""

    root: Path

    def git(self, *arguments: str) -> str:
        """Run git here, which has to succeed."""
        command = ["git", *_NOBODY, *arguments]
        ran = subprocess.run(
            command, cwd=self.root, capture_output=True, text=True, check=False, env={**os.environ, **_PLAIN}
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def commit(self, tag: str) -> str:
        """Commit everything as it is, name the commit, and give its id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", tag)
        self.git("tag", tag)
        return self.git("rev-parse", "HEAD").strip()

    def state(self) -> tuple[str, bytes, dict[str, tuple[bytes, int]]]:
        """What must not change when somebody only looks: status, index, and every file with its time."""
        index = (self.root / ".git" / "index").read_bytes()
        files = {
            path.relative_to(self.root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and not {".git", ".seedgen"} & set(path.relative_to(self.root).parts)
        }
        # Asked last: status may refresh the index itself.
        return self.git("--no-optional-locks", "status", "--porcelain=v2"), index, files


def new_repository(root: Path) -> Checkout:
    """An empty repository in a folder that is made for it."""
    root.mkdir(parents=True, exist_ok=True)
    checkout = Checkout(root)
    checkout.git("-c", "init.defaultBranch=main", "init", "--quiet")
    return checkout
