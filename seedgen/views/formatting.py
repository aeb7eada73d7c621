"""Formatting as text: which files change, and how."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from seedgen.views.paint import harmless
from seedgen.views.words import counted

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.views.paint import Paint


def name_of(file: Path, root: Path) -> str:
    """A file as it is named from the project's folder, where it lies in it."""
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)


def names_text(files: list[Path], root: Path) -> str:
    """One file a line."""
    return "".join(harmless(name_of(file, root)) + "\n" for file in files)


def change_text(name: str, before: str, after: str, paint: Paint) -> str:
    """A unified diff of one file."""
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{name}", f"b/{name}"
    )
    return "".join(_painted(line, paint) for line in lines)


def _painted(line: str, paint: Paint) -> str:
    text = harmless(line.removesuffix("\n"))
    colours = {"+": paint.green, "-": paint.red, "@": paint.cyan}
    end = "" if line.endswith("\n") else "\n\\ No newline at end of file"
    return colours.get(line[:1], str)(text) + end + "\n"


def outcome_text(changed: int, unchanged: int, broken: int, *, written: bool) -> str:
    """What became of the files, in a sentence."""
    parts = []
    if changed:
        parts.append(f"{counted(changed, 'file')} {'formatted' if written else 'would change'}")
    if unchanged:
        parts.append(
            f"{counted(unchanged, 'file')} as it should be"
            if unchanged == 1
            else f"{counted(unchanged, 'file')} as they should be"
        )
    if broken:
        parts.append(f"{counted(broken, 'file')} left alone")
    remedy = "" if written or not changed else " `seedgen fmt` writes it."
    return f"{', '.join(parts)}.{remedy}\n" if parts else ""
