"""YAML source: text to plain values, and places to lines and columns.

The values are built from libyaml's parse events, with scalars as `scalars` reads them; a second, slower pass
records where each value stands, and is made only when there is something to report.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml
from yaml.reader import Reader

from seedgen.project.diagnostics import Diagnostic, Part, Place, Severity, Spot, YamlPath, dotted
from seedgen.project.lines import Lines
from seedgen.project.scalars import typed
from seedgen.project.yaml_faults import Fault, conflict, fault, open_quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

MAX_BYTES = 10 * 1024 * 1024
MAX_NODES = 2_000_000
"""Nodes after aliases are expanded. A few hundred bytes of nested aliases can stand for billions."""
MAX_DEPTH = 60
_TOO_DEEP = ("nested too deep", f"At most {MAX_DEPTH} levels are read.")

_Loader: Any = getattr(yaml, "CLoader", yaml.Loader)


def _events(text: str) -> Iterator[Any]:
    return iter(_Loader(text).get_event, None)


@dataclass(slots=True)
class _Anchor:
    value: Any
    nodes: int
    height: int


class _Problem(Exception):
    """Ends the building of one file; what it carries is the file's only diagnostic."""

    def __init__(self, summary: str, detail: str, mark: yaml.Mark | None) -> None:
        super().__init__(summary)
        self.summary = summary
        self.detail = detail
        self.mark = mark


class _Builder:
    """Builds values from parse events; records positions as well when asked to."""

    def __init__(self, text: str, *, positions: bool) -> None:
        self.events = _events(text)
        self.anchors: dict[str, _Anchor | None] = {}
        self.nodes = 0
        self.deepest = 0
        self.duplicates: list[YamlPath] = []
        self.spots: dict[tuple[YamlPath, Part], Spot] | None = {} if positions else None
        self.lines = Lines(text) if positions else None

    def document(self) -> Any:
        """The one document's value. Raises _Problem, yaml.YAMLError."""
        events = self.events
        next(events)  # StreamStart
        if isinstance(next(events), yaml.StreamEndEvent):
            return None
        value = self._node(next(events), (), 0)
        next(events)  # DocumentEnd
        following = next(events)
        if not isinstance(following, yaml.StreamEndEvent):
            raise _Problem(
                "more than one document",
                "Keep one YAML document in a file, without `---`.",
                following.start_mark,
            )
        return value

    def _node(self, event: Any, path: YamlPath, depth: int) -> Any:
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event, path, depth)
        started = self.nodes
        self._count(1, event.start_mark)
        self._descend(depth, event.start_mark)
        anchor = event.anchor
        outer = self.deepest
        if anchor is not None:
            self.anchors[anchor] = None
            self.deepest = depth
        value: Any
        if isinstance(event, yaml.ScalarEvent):
            self._check_tag(event)
            value = typed(event.value) if event.implicit[0] else event.value
            self._mark(path, Part.VALUE, event)
        elif isinstance(event, yaml.MappingStartEvent):
            self._check_tag(event)
            self._mark(path, Part.VALUE, event)
            value = self._mapping(path, depth)
        else:
            self._check_tag(event)
            self._mark(path, Part.VALUE, event)
            value = self._sequence(path, depth)
        if anchor is not None:
            self.anchors[anchor] = _Anchor(value, self.nodes - started, self.deepest - depth)
            self.deepest = max(self.deepest, outer)
        return value

    def _mapping(self, path: YamlPath, depth: int) -> dict[str, Any]:
        value: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _Problem("key is not a word", "Keys are plain words here.", event.start_mark)
            key = event.value
            duplicate = key in value
            if duplicate:
                self.duplicates.append((*path, key))
            if self.spots is not None:
                if duplicate and (first := self.spots.get(((*path, key), Part.KEY))):
                    self.spots.setdefault(((*path, key), Part.FIRST), first)
                self._mark((*path, key), Part.KEY, event)
            item = self._item(next(self.events), path, key, depth)
            if not duplicate:
                value[key] = item
        return value

    def _sequence(self, path: YamlPath, depth: int) -> list[Any]:
        value: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            value.append(self._item(event, path, len(value), depth))
        return value

    def _item(self, event: Any, path: YamlPath, step: str | int, depth: int) -> Any:
        """What stands in a mapping or a list. Most of it is plain scalars, which take a short way."""
        if (
            self.spots is None
            and type(event) is yaml.ScalarEvent
            and event.anchor is None
            and event.tag is None
        ):
            self.nodes += 1
            return typed(event.value) if event.implicit[0] else event.value
        return self._node(event, (*path, step), depth + 1)

    def _alias(self, event: Any, path: YamlPath, depth: int) -> Any:
        if event.anchor not in self.anchors:
            raise _Problem("unknown anchor", f"No `&{event.anchor}` stands before this.", event.start_mark)
        anchor = self.anchors[event.anchor]
        if anchor is None:
            raise _Problem(
                "anchor contains itself",
                f"`*{event.anchor}` stands inside `&{event.anchor}`.",
                event.start_mark,
            )
        self._count(anchor.nodes, event.start_mark)
        self._descend(depth + anchor.height, event.start_mark)
        self._mark(path, Part.VALUE, event)
        return anchor.value

    def _count(self, nodes: int, mark: Any) -> None:
        self.nodes += nodes
        if self.nodes > MAX_NODES:
            raise _Problem(
                "too large once aliases are expanded",
                f"At most {MAX_NODES:,} values are read from one file.",
                mark,
            )

    def _descend(self, depth: int, mark: Any) -> None:
        self.deepest = max(self.deepest, depth)
        if depth > MAX_DEPTH:
            raise _Problem(*_TOO_DEEP, mark)

    def _check_tag(self, event: Any) -> None:
        if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            raise _Problem("tags are not read", f"Write the value without {event.tag!r}.", event.start_mark)

    def _mark(self, path: YamlPath, part: Part, event: Any) -> None:
        if self.spots is None or self.lines is None:
            return
        start, end = event.start_mark, event.end_mark
        spot = self.lines.spot(start.index, end.index - start.index if end.line == start.line else 1)
        # Of a duplicate key the second one is the mistake, and it is noted last.
        if part is Part.KEY or (path, part) not in self.spots:
            self.spots[path, part] = spot


def parse(text: str, file: Path) -> tuple[Any, list[Diagnostic]]:
    """The value of one YAML text, with what is wrong with it.

    A text that cannot be read at all gives None and one diagnostic; duplicate keys are reported
    and the first one counts.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        return None, [
            Diagnostic(
                Severity.ERROR, "file too large", f"At most {limit} MiB are read from one file.", file=file
            )
        ]
    if found := conflict(text):
        return None, [_known(found, file)]
    builder = _Builder(text, positions=False)
    try:
        value = builder.document()
    except _Problem as problem:
        spot = _spot(text, problem.mark)
        if spot and (found := fault(text, spot)):
            return None, [_known(found, file)]
        return None, [_fatal(problem.summary, problem.detail, spot, file)]
    except yaml.MarkedYAMLError as error:
        spot = _spot(text, error.problem_mark or error.context_mark)
        if "nesting depth" in (error.problem or ""):  # libyaml's own limit, in PyYAML from 6.0.4 on
            return None, [_fatal(*_TOO_DEEP, spot, file)]
        found = fault(text, spot) if spot else None
        if found := found or open_quote(text, error, _events(text)):
            return None, [_known(found, file)]
        detail = " ".join(part for part in (error.context, error.problem) if part)
        return None, [
            _fatal("not valid YAML", f"{_sentence(detail)} {_yaml_hint(detail)}".strip(), spot, file)
        ]
    except yaml.YAMLError as error:
        unfit = Reader.NON_PRINTABLE.search(text)
        spot = Lines(text).spot(unfit.start()) if unfit else None
        return None, [_fatal("not valid YAML", _sentence(str(error).splitlines()[0]), spot, file)]
    return value, [
        Diagnostic(
            Severity.ERROR,
            "key given twice",
            "Keep one of the two; the first one counts so far.",
            dotted(path),
            file,
            path,
            Part.KEY,
            first=Place(file, path, Part.FIRST),
        )
        for path in builder.duplicates
    ]


def locate(text: str, wanted: Iterable[tuple[YamlPath, Part]]) -> dict[tuple[YamlPath, Part], Spot]:
    """Lines and columns of places in a YAML text.

    A place that does not exist (a required key that is missing) gets the spot of what should hold
    it. Meant for texts that `parse` could read; of any other, nothing is found.
    """
    builder = _Builder(text, positions=True)
    spots = builder.spots
    try:
        builder.document()
    except (_Problem, yaml.YAMLError):
        return {}
    found: dict[tuple[YamlPath, Part], Spot] = {}
    for path, part in wanted:
        spot = (spots or {}).get((path, part))
        outer = path
        while spot is None and spots and outer:
            outer = outer[:-1]
            spot = spots.get((outer, Part.KEY)) or spots.get((outer, Part.VALUE))
            if spot:
                spot = Spot(spot.line, spot.column, spot.length if (outer, Part.KEY) in spots else 1)
        if spot is not None:
            found[path, part] = spot
    return found


def _known(found: Fault, file: Path) -> Diagnostic:
    return Diagnostic(Severity.ERROR, found.summary, found.detail, file=file, spot=found.spot)


def _spot(text: str, mark: Any) -> Spot | None:
    """Where a parser's mark is. Its index is taken: by its line numbers, lines end at other signs too."""
    return None if mark is None else Lines(text).spot(mark.index)


def _fatal(summary: str, detail: str, spot: Spot | None, file: Path) -> Diagnostic:
    return Diagnostic(Severity.ERROR, summary, detail, file=file, spot=spot)


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def _yaml_hint(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return "Put text that contains `: ` into quotes."
    if "cannot start any token" in problem:
        return "Put text that starts with a special sign into quotes."
    if "did not find expected" in problem:
        return "Check the indentation and that every bracket and quote is closed."
    return ""
