"""Locating: lines, columns and source lines for diagnostics, worked out only when there are some."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seedgen.project.lines import Lines
from seedgen.project.pinpoint import in_yaml
from seedgen.project.source import MAX_BYTES, locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from seedgen.project.diagnostics import Diagnostic, Part, YamlPath

_LONGEST_LINE = 2000


def located(diagnostics: Iterable[Diagnostic], texts: Mapping[Path, str]) -> list[Diagnostic]:
    """Diagnostics with place and source line, each once, in the order of files and lines.

    `texts` are the YAML files that were read; other files (templates, cards) are read here.
    """
    found = _once(diagnostics)
    read = dict(texts)
    for diagnostic in found:
        for file in (diagnostic.file, diagnostic.first.file if diagnostic.first else None):
            if file is not None and file not in read:
                read[file] = _read(file)
    wanted: dict[Path, set[tuple[YamlPath, Part]]] = {}
    for diagnostic in found:
        if diagnostic.file is not None and diagnostic.path is not None and diagnostic.spot is None:
            wanted.setdefault(diagnostic.file, set()).add((diagnostic.path, diagnostic.part))
        if (first := diagnostic.first) is not None:
            wanted.setdefault(first.file, set()).add((first.path, first.part))
    spots = {
        (file, *place): spot
        for file, places in wanted.items()
        for place, spot in locate(read[file], places).items()
    }
    lines: dict[Path, Lines] = {}
    done = []
    for diagnostic in found:
        file, spot = diagnostic.file, diagnostic.spot
        if file is None:
            done.append(diagnostic)
            continue
        if file not in lines:
            lines[file] = Lines(read[file])
        if spot is None and diagnostic.path is not None:
            spot = spots.get((file, diagnostic.path, diagnostic.part))
            if spot is not None and diagnostic.within is not None:
                spot = in_yaml(diagnostic.within, lines[file], spot) or spot
        detail, first = diagnostic.detail, diagnostic.first
        if first and (there := spots.get((first.file, first.path, first.part))):
            detail += f" The first stands in {first.file.name}:{there.line}."
        source = lines[file][spot.line] if spot else ""
        done.append(replace(diagnostic, detail=detail, spot=spot, source=source[:_LONGEST_LINE]))
    return sorted(done, key=_order)


def _once(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """One mistake in the YAML is one diagnostic, however many shots it is a part of."""
    first: dict[Diagnostic, Diagnostic] = {}
    for diagnostic in diagnostics:
        key = diagnostic if diagnostic.path is None else replace(diagnostic, address="")
        first.setdefault(key, diagnostic)
    return list(first.values())


def _order(diagnostic: Diagnostic) -> tuple[str, int, int]:
    spot = diagnostic.spot
    return str(diagnostic.file or ""), spot.line if spot else 0, spot.column if spot else 0


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig") if file.stat().st_size <= MAX_BYTES else ""
    except (OSError, UnicodeDecodeError):
        return ""
