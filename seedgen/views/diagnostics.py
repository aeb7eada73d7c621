"""Diagnostics as text: what is wrong, where, the source line, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.errors import ProjectError, SeedgenError
from seedgen.project.diagnostics import Severity
from seedgen.views.paint import harmless
from seedgen.views.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from seedgen.project.diagnostics import Diagnostic, Spot
    from seedgen.views.paint import Paint

_WIDEST = 100
_MOST_WARNINGS_OF_A_KIND = 5


def diagnostics_text(found: Iterable[Diagnostic], root: Path, paint: Paint) -> str:
    """All diagnostics, one after the other. Many warnings of one kind are summed up."""
    shown: list[str] = []
    kinds: dict[str, int] = {}
    for diagnostic in found:
        if diagnostic.severity is Severity.WARNING:
            kinds[diagnostic.summary] = kinds.get(diagnostic.summary, 0) + 1
            if kinds[diagnostic.summary] > _MOST_WARNINGS_OF_A_KIND:
                continue
        shown.append(_one(diagnostic, root, paint))
    for summary, count in kinds.items():
        if count > _MOST_WARNINGS_OF_A_KIND:
            more = count - _MOST_WARNINGS_OF_A_KIND
            shown.append(f"{paint.yellow('Warning:')} {summary}: {more} more like this\n")
    return "\n".join(shown)


def _one(diagnostic: Diagnostic, root: Path, paint: Paint) -> str:
    error = diagnostic.severity is Severity.ERROR
    word = paint.red("Error:") if error else paint.yellow("Warning:")
    lines = [f"{word} {paint.bold(harmless(diagnostic.summary))}"]
    detail = harmless(diagnostic.detail)
    where = [place_of(diagnostic, root), diagnostic.address]
    if any(where):
        lines.append("  " + harmless("  ".join(part for part in where if part)))
    if diagnostic.spot is not None and diagnostic.source.strip():
        lines.extend(_quote(diagnostic.spot, harmless(diagnostic.source), detail, paint))
    elif detail:
        lines.append(f"  {detail}")
    return "\n".join(lines) + "\n"


def place_of(diagnostic: Diagnostic, root: Path) -> str:
    """File, line and column, as far as they are known; the file as the project names it."""
    if diagnostic.file is None:
        return ""
    file = diagnostic.file
    name = file.relative_to(root).as_posix() if file.is_relative_to(root) else str(file)
    if diagnostic.spot is None:
        return name
    return f"{name}:{diagnostic.spot.line}:{diagnostic.spot.column}"


def _quote(spot: Spot, source: str, detail: str, paint: Paint) -> list[str]:
    number = f"{spot.line} | "
    text = source.rstrip().replace("\t", " ")
    start = max(0, min(spot.column - 1, len(text)))
    if len(text) > _WIDEST:
        skip = max(0, start - _WIDEST // 2)
        text, start = ("…" + text[skip + 1 :] if skip else text)[:_WIDEST], start - skip
    length = max(1, min(spot.length, len(text) - start, 40))
    margin = " " * (len(number) + start)
    marks = paint.red("^" * length)
    if not detail:
        return [f"  {paint.dim(number)}{text}", f"  {margin}{marks}"]
    if len(margin) + length + len(detail) <= _WIDEST + 10:
        return [f"  {paint.dim(number)}{text}", f"  {margin}{marks} {detail}"]
    return [f"  {paint.dim(number)}{text}", f"  {margin}{marks}", f"  {detail}"]


def error_text(error: SeedgenError, root: Path, paint: Paint) -> str:
    """Any of our errors, for people."""
    if isinstance(error, ProjectError):
        text = diagnostics_text(error.diagnostics, root, paint)
        errors = sum(1 for d in error.diagnostics if d.severity is Severity.ERROR)
        return f"{text}\n{counted(errors, 'error')}. Nothing was done.\n"
    message = harmless(str(error))
    text = f"{paint.red('Error:')} {paint.bold(message)}\n"
    if error.remedy:
        text += f"  {harmless(error.remedy)}\n"
    return text
