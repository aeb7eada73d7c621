"""Problems of a project for programs: `seedgen validate --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from seedgen.project.diagnostics import Severity
from seedgen.views.document import Document
from seedgen.views.documents import DiagnosticDocument, diagnostic_document

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from seedgen.project.diagnostics import Diagnostic


class ValidateDocument(Document):
    """What `seedgen validate --json` prints."""

    format_version: Literal["1.0"] = "1.0"
    seedgen_version: str
    project: str | None = Field(description="Null when the file does not even tell its name.")
    profile: str | None
    sound: bool = Field(description="No error was found; warnings do not count.")
    errors: int
    warnings: int
    shots: int = Field(description="Those without an error.")
    reels: int
    diagnostics: tuple[DiagnosticDocument, ...]


def validate_document(
    found: Sequence[Diagnostic],
    root: Path,
    version: str,
    *,
    project: str | None = None,
    profile: str | None = None,
    shots: int = 0,
    reels: int = 0,
) -> ValidateDocument:
    """Every problem, in the order of files and lines."""
    errors = sum(one.severity is Severity.ERROR for one in found)
    return ValidateDocument(
        seedgen_version=version,
        project=project,
        profile=profile,
        sound=errors == 0,
        errors=errors,
        warnings=len(found) - errors,
        shots=shots,
        reels=reels,
        diagnostics=tuple(diagnostic_document(one, root) for one in found),
    )
