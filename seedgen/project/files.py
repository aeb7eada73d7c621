"""Paths that stay inside the project, whatever a project file from a stranger says."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from seedgen.project.diagnostics import near_words

_MAX_PATH = 1024


@dataclass(frozen=True, slots=True)
class PathProblem:
    """Why a path may not be used: a summary and what to do."""

    summary: str
    detail: str


def inside(root: Path, written: str, *, allow_outside: bool = False) -> Path | PathProblem:
    """The real path of a regular file that a project names, or why it may not be used.

    `root` is resolved already. Symlinks are followed and must end inside the project too, unless
    `allow_outside` (from the command line only) lifts that.
    """
    if len(written) > _MAX_PATH or any(ord(sign) < 32 or ord(sign) == 127 for sign in written):
        return PathProblem("path not allowed", "It is very long or has control characters.")
    path = Path(written)
    # By the words alone first: a stranger's project must not learn which files there are outside.
    if not allow_outside and (path.is_absolute() or not _lexically_inside(root, path)):
        return PathProblem(
            "path outside the project", "Copy the file into the project, or allow it with --allow-outside."
        )
    try:
        real = (root / path).resolve(strict=True)
        mode = real.stat().st_mode
    except FileNotFoundError:
        return PathProblem("file not found", f"No {written!r} in the project.{near_file(root, path)}")
    except (OSError, RuntimeError) as error:
        return PathProblem("file not readable", f"{written!r}: {error.__class__.__name__}.")
    if not real.is_relative_to(root) and not allow_outside:
        return PathProblem(
            "path outside the project",
            "A link leads out of the project. Copy the file into it, or allow it with --allow-outside.",
        )
    if not stat.S_ISREG(mode):
        return PathProblem("not a file", f"{written!r} is a folder or a device.")
    return real


def _lexically_inside(root: Path, path: Path) -> bool:
    return Path(os.path.normpath(root / path)).is_relative_to(root)


def near_file(root: Path, path: Path) -> str:
    """What to do about a file that is not there: another one that may be meant, in other letters or with
    another ending, or where paths begin."""
    near = _near(root, path)
    return f" Did you mean {near!r}?" if near else " Paths begin at the project's folder."


def _near(root: Path, path: Path) -> str:
    try:
        siblings = [entry.name for entry in (root / path).parent.iterdir()]
    except OSError:
        return ""
    if not (root / path).parent.resolve().is_relative_to(root):
        return ""
    word, ending = path.stem.lower(), path.suffix.lower()
    alike = [name for name in siblings if Path(name).suffix.lower() == ending]
    stems = {Path(name).stem.lower(): name for name in (*sorted(siblings), *sorted(alike))}
    # The same name with another ending is nearest, then names with the same ending.
    same = [word] if word in stems else near_words(word, {Path(name).stem.lower() for name in alike})
    near = same or near_words(word, stems)
    return (path.parent / stems[near[0]]).as_posix() if near else ""
