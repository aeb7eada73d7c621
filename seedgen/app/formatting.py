"""Formatting a project: which files it is made of, what each would become, and writing that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from seedgen.project.diagnostics import Diagnostic, Place, Problems
from seedgen.project.formatting import formatted
from seedgen.project.loader import included_files
from seedgen.project.locating import located
from seedgen.project.models import ProjectFile, SceneFile
from seedgen.project.reading import PROJECT_FILE, read_text
from seedgen.project.source import parse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Page:
    """One file. `after` is its canonical text, None where it has none; `problems` say why."""

    file: Path
    before: str
    after: str | None
    problems: tuple[Diagnostic, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether the file is not as it should be."""
        return self.after is not None and self.after != self.before


def project_files(root: Path, *, allow_outside: bool = False) -> tuple[list[Path], list[Diagnostic]]:
    """The project file and those that it includes, as far as it says, with what is wrong with that.

    What else is wrong with the project does not matter here.
    """
    root = root.resolve()
    file, problems = root / PROJECT_FILE, Problems()
    if not allow_outside and not file.resolve().is_relative_to(root):
        problems.error("a link leads out of the project", "Allow it with --allow-outside.", at=Place(file))
        return [], located(problems, {})
    text = read_text(file, problems)
    if text is None:
        return [], located(problems, {})
    value, _ = parse(text, file)
    named = value.get("include") if isinstance(value, dict) else None
    patterns = [one for one in named if _stays_inside(one)] if isinstance(named, list) else []
    files = [file, *included_files(root, patterns, Place(file), problems)]
    return files, located(problems, {file: text})


def _stays_inside(pattern: object) -> bool:
    if not isinstance(pattern, str):
        return False
    path = PurePosixPath(pattern)
    return not path.is_absolute() and ".." not in path.parts


def pages(files: Sequence[Path]) -> list[Page]:
    """What some files would become. Nothing is written."""
    return [_page(file) for file in files]


def _page(file: Path) -> Page:
    problems = Problems()
    if file.suffix.lower() not in _SUFFIXES:
        # A lock or a saved plan is JSON, which is YAML too: written as YAML, nothing could read it any more.
        detail = f"{file.name} is left alone: fmt is for the project file and what it includes (.yaml, .yml)."
        problems.error("not a YAML file by its name", detail, at=Place(file))
        return Page(file, "", None, tuple(located(problems, {})))
    text = read_text(file, problems)
    if text is None:
        return Page(file, "", None, tuple(located(problems, {})))
    # As it is on the disk: line ends of another system and a byte order mark are to be changed too.
    before = file.read_bytes().decode("utf-8")
    after, found = formatted(text, file, ProjectFile if file.name == PROJECT_FILE else SceneFile)
    return Page(file, before, after, tuple(found))


def write(page: Page) -> None:
    """Replace a file by its canonical text. Raises OSError."""
    from seedgen.store.disk import rewrite_text

    if page.after is not None:
        rewrite_text(page.file, page.after)
