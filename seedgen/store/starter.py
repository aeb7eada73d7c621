"""Starter: the files of a new project, written without overwriting anything."""

from __future__ import annotations

import re
from pathlib import Path

from seedgen.errors import UsageError
from seedgen.project.reading import PROJECT_FILE

STARTER = Path(__file__).parent.parent / "starter"
IGNORE = ".gitignore"
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9]+")


def starter_texts(folder: Path) -> dict[str, str]:
    """The text files of a starter project by their path; the project is named after its folder."""
    name = _NOT_IN_A_NAME.sub("-", folder.resolve().name.lower()).strip("-")[:64] or "my-film"
    texts = {PROJECT_FILE: (STARTER / PROJECT_FILE).read_text(encoding="utf-8").replace("{name}", name, 1)}
    for template in sorted((STARTER / "templates").glob("*.j2")):
        texts[f"templates/{template.name}"] = template.read_text(encoding="utf-8")
    return texts


def write_starter(folder: Path) -> list[str]:
    """Write what is not there yet, and return the paths that were written.

    In a project that is there already only .gitignore gains what it lacks. Raises UsageError when that
    lacks nothing, OSError.
    """
    if (folder / PROJECT_FILE).exists():
        if _ignore(folder / IGNORE):
            return [IGNORE]
        raise UsageError(
            f"{PROJECT_FILE} is there already", remedy="Nothing was changed. `seedgen plan` reads it."
        )
    written = []
    for name, text in starter_texts(folder).items():
        path = folder / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(name)
    if _ignore(folder / IGNORE):
        written.append(IGNORE)
    return written


def _ignore(path: Path) -> bool:
    """Make git pass over what does not belong into it; an existing file keeps its lines."""
    present = path.read_text(encoding="utf-8") if path.exists() else ""
    known = {line.strip() for line in present.splitlines()}
    missing: list[str] = []
    why: list[str] = []
    for line in (STARTER / "gitignore").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            why.append(line)
            continue
        missing += [*why, line] if line not in known else []
        why = []
    if not missing:
        return False
    joint = "" if not present or present.endswith("\n") else "\n"
    path.write_text(present + joint + "\n".join(missing) + "\n", encoding="utf-8")
    return True
