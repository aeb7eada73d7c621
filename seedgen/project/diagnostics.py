"""Diagnostics: problems as values, collected and shown together, each with a place and a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from seedgen.project.pinpoint import Passage

Step = str | int
YamlPath = tuple[Step, ...]
"""Keys and list positions that lead to a value in a YAML file: `("shots", 3, "duration")`."""


class Severity(StrEnum):
    """How bad it is: an error stops plan and apply, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Part(StrEnum):
    """Which side of `key: value` a place means."""

    KEY = "key"
    VALUE = "value"
    FIRST = "first"  # of a key that is given twice, the first one


@dataclass(frozen=True, slots=True)
class Place:
    """A value in one of the project's files, named by its path in the YAML.

    Line and column are not known yet: they are worked out only when there is something to report.
    """

    file: Path
    path: YamlPath = ()
    part: Part = Part.VALUE

    def at(self, *steps: Step) -> Place:
        """The place of something inside this one."""
        return Place(self.file, (*self.path, *steps), Part.VALUE)

    def key(self, *steps: Step) -> Place:
        """The place of a key inside this one."""
        return Place(self.file, (*self.path, *steps), Part.KEY)


@dataclass(frozen=True, slots=True)
class Spot:
    """Line and column, both from 1, and how many characters to underline."""

    line: int
    column: int
    length: int = 1


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One problem. `summary` names what is wrong without names from the project; `detail` says what
    was found and what to do; `address` names the thing (`shots.020.duration`); `source` is the source
    line, known once it has been located; `within` is the part of the value that is meant; `first` is where
    the first of two stands of which this is the second."""

    severity: Severity
    summary: str
    detail: str = ""
    address: str = ""
    file: Path | None = None
    path: YamlPath | None = None
    part: Part = Part.VALUE
    spot: Spot | None = None
    source: str = ""
    within: Passage | None = None
    first: Place | None = None


class Problems:
    """Collects diagnostics while work goes on."""

    def __init__(self, found: Iterable[Diagnostic] = ()) -> None:
        self._found = list(found)
        self._errors = sum(d.severity is Severity.ERROR for d in self._found)

    def error(
        self,
        summary: str,
        detail: str = "",
        *,
        at: Place | None = None,
        address: str = "",
        first: Place | None = None,
    ) -> None:
        """Note an error; of something given twice, `first` is where the first one stands."""
        self._note(Severity.ERROR, summary, detail, at, address, first)

    def warning(self, summary: str, detail: str = "", *, at: Place | None = None, address: str = "") -> None:
        """Note a warning."""
        self._note(Severity.WARNING, summary, detail, at, address)

    def add(self, diagnostic: Diagnostic) -> None:
        """Note a diagnostic that was made elsewhere."""
        self._found.append(diagnostic)
        self._errors += diagnostic.severity is Severity.ERROR

    def _note(
        self,
        severity: Severity,
        summary: str,
        detail: str,
        at: Place | None,
        address: str,
        first: Place | None = None,
    ) -> None:
        if at is None:
            self.add(Diagnostic(severity, summary, detail, address))
        else:
            address = address or dotted(at.path)
            self.add(Diagnostic(severity, summary, detail, address, at.file, at.path, at.part, first=first))

    @property
    def errors(self) -> int:
        """How many errors were found so far."""
        return self._errors

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def dotted(path: YamlPath) -> str:
    """`("shots", 3, "duration")` as `shots.3.duration`."""
    return ".".join(str(step) for step in path)


def near_words(word: str, known: Iterable[str]) -> list[str]:
    """The nearest of some words, the nearest first; often none."""
    import difflib  # noqa: PLC0415  only a mistake needs it

    return difflib.get_close_matches(word, list(known), n=3, cutoff=0.6)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence that offers the nearest known words, or an empty string."""
    near = near_words(word, known)
    if not near:
        return ""
    return f"Did you mean {' or '.join(repr(n) for n in near)}?"


def there_are(known: Iterable[str]) -> str:
    """A sentence that says what is known, however much or little that is."""
    words = [repr(word) if " " in word else word for word in known]
    if not words:
        return "There are none."
    return f"There is only {words[0]}." if len(words) == 1 else f"There are {known_words(words)}."


def known_words(known: Iterable[str], *, limit: int = 12) -> str:
    """A readable list of what is known, cut after `limit` words."""
    words = sorted(known)
    shown = ", ".join(words[:limit])
    return shown + (f", … ({len(words) - limit} more)" if len(words) > limit else "")
