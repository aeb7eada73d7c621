"""Projects on disk for tests: files written, the project opened as the command line would."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from PIL import Image

from seedgen.app import Settings, Workspace
from seedgen.project.diagnostics import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.project.diagnostics import Diagnostic

CASES = Path(__file__).parent / "cases"


def cases(name: str) -> Any:
    """A table of cases."""
    return yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))


def write(root: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files, given by their path in the project."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def picture(path: Path) -> Path:
    """A small real PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (64, 36), "teal").save(path)
    return path


def workspace(
    root: Path, project: str, files: Mapping[str, str | bytes] | None = None, **settings: Any
) -> Workspace:
    """A project opened; `project` goes on after the two required lines."""
    write(root, {"seedgen.yaml": f"seedgen: 1\nname: film\n{project}", **(files or {})})
    return Workspace(Settings(root=root, **settings))


def errors(opened: Workspace) -> list[Diagnostic]:
    """The errors of a project, located."""
    return [d for d in opened.diagnostics if d.severity is Severity.ERROR]


def summaries(opened: Workspace) -> list[str]:
    """What is wrong, in the order of files and lines; warnings as well."""
    return [d.summary for d in opened.diagnostics]
