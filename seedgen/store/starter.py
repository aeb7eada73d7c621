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

    Raises UsageError when there is a project already, OSError.
    """
    if (folder / PROJECT_FILE).exists():
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
    wanted = (STARTER / "gitignore").read_text(encoding="utf-8")
    present = path.read_text(encoding="utf-8") if path.exists() else ""
    lines = {line.strip() for line in present.splitlines()}
    missing = [line for line in wanted.splitlines() if line.strip() not in lines]
    if not any(line and not line.startswith("#") for line in missing):
        return False
    joint = "" if not present or present.endswith("\n") else "\n"
    path.write_text(present + joint + "\n".join(missing) + "\n", encoding="utf-8")
    return True
