"""Reading: the project's text files, with everything that can be wrong with a file noted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seedgen.project.diagnostics import Diagnostic, Place, Severity, Spot
from seedgen.project.source import MAX_BYTES, parse

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.project.diagnostics import Problems

PROJECT_FILE = "seedgen.yaml"


def read_mapping(file: Path, texts: dict[Path, str], problems: Problems) -> dict[str, Any] | None:
    """A YAML file that holds a mapping, or None with the problem noted. Its text goes into `texts`."""
    text = read_text(file, problems)
    if text is None:
        return None
    texts[file] = text
    value, found = parse(text, file)
    for diagnostic in found:
        problems.add(diagnostic)
    if value is None:
        if not any(d.severity is Severity.ERROR for d in found):
            problems.error(
                "empty file", "Run `seedgen init` in an empty folder to see a project.", at=Place(file)
            )
        return None
    if not isinstance(value, dict):
        problems.error("should be a mapping", "A project file is made of `key: value`.", at=Place(file))
        return None
    return value


def read_text(file: Path, problems: Problems) -> str | None:
    """A text file of the project, or None with the problem noted."""
    try:
        size = file.stat().st_size
        if size > MAX_BYTES:
            problems.error(
                "file too large",
                f"{size / 1024**2:.1f} MiB; at most {MAX_BYTES // 1024**2} MiB are read from one file.",
                at=Place(file),
            )
            return None
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        problems.error("file not found", _where_is_it(file), at=Place(file))
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problems.add(
            Diagnostic(Severity.ERROR, "not UTF-8", "Save the file as UTF-8.", file=file, spot=Spot(line, 1))
        )
    except OSError as error:
        problems.error("file not readable", f"{error.strerror or error}.", at=Place(file))
    return None


def _where_is_it(file: Path) -> str:
    if file.name == PROJECT_FILE:
        return "No project here. Name its folder with `seedgen -C DIR`, or start one with `seedgen init`."
    return "It is named but not there."
