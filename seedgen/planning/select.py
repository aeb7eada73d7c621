"""Select: which shots a command is about. Spaces unite, commas intersect, `+` follows chains."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

from seedgen.errors import UsageError
from seedgen.project.diagnostics import did_you_mean, there_are

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    Groups = Callable[[], Mapping[str, Collection[str]]]

_GLOB = re.compile(r"[*?\[]")
_STEP = "+"
_UNCHANGED = "unchanged"
_QUOTED = r"""(?<=[=:])(?:"[^"]*"|'[^']*')"""
_TERM = re.compile(rf"(?:{_QUOTED}|\S)+")
_PART = re.compile(rf"(?:{_QUOTED}|[^,])+")


class Kind(StrEnum):
    """What stands before the colon of a term."""

    TAG = "tag"
    REEL = "reel"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Selectable:
    """What a shot can be selected by. `variables` are those that its templates see, a matrix's above all;
    `upstream` is the shot that it continues."""

    id: str
    tags: frozenset[str]
    variables: Mapping[str, object] = field(default_factory=dict)
    upstream: str | None = None


@dataclass(frozen=True, slots=True)
class Beyond:
    """What shots can be selected by beyond what is written about each: the ids by reel and by action.

    Each is asked only when an expression names it, and is None where it makes no sense.
    """

    reels: Groups | None = None
    actions: Groups | None = None


def select(
    expressions: Iterable[str],
    shots: Sequence[Selectable],
    *,
    exclude: Iterable[str] = (),
    beyond: Beyond = Beyond(),
) -> frozenset[str]:
    """The ids that some `--select` values choose, without those that `exclude` chooses; all when nothing
    is asked for.

    Each value is a list of terms. A term is an id, a glob over ids, `tag:NAME`, `reel:NAME`,
    `action:NAME` (globs too) or `VARIABLE=VALUE`, or several of them with commas between; `+` before
    or after one adds everything upstream or downstream of it. A name or a value in quotes may have
    spaces, commas and a plus at its end. Raises UsageError when a term matches
    nothing, when nothing is left, and for a value without a term: an empty shell variable must not
    come to mean every shot.
    """
    asked, unwanted = list(expressions), list(exclude)
    among = _Among(shots, beyond)
    chosen = among.union(asked) if asked else among.ids
    if asked and not chosen:
        raise UsageError(f"no shot matches {' '.join(asked)!r}", remedy=among.actions_there())
    left = chosen - among.union(unwanted, strict=False)
    if unwanted and not left:
        raise UsageError(
            "nothing is left: --exclude takes away everything that is selected",
            remedy="Exclude less, or select more.",
        )
    return left


def matching(part: str, shots: Sequence[Selectable]) -> frozenset[str]:
    """The ids that one part of a term matches. Raises UsageError when there is none."""
    return _Among(shots, Beyond()).part(part)


def kinds(expression: str) -> frozenset[Kind]:
    """The kinds that an expression selects by."""
    parts = (part.strip(_STEP) for term in _TERM.findall(expression) for part in _PART.findall(term))
    named = {part.partition(":")[0] for part in parts if ":" in part and "=" not in part}
    return frozenset(kind for kind in Kind if kind in named)


def closure(starts: Iterable[str], edges: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The starts, and everything that edges lead to from them; a loop ends where it began."""
    found = set(starts)
    ahead = list(found)
    while ahead:
        reached = [there for there in edges.get(ahead.pop(), ()) if there not in found]
        found.update(reached)
        ahead += reached
    return frozenset(found)


class _Among:
    """Some shots, and what expressions choose among them."""

    def __init__(self, shots: Sequence[Selectable], beyond: Beyond) -> None:
        self._shots = shots
        self._beyond = beyond
        self._found: dict[Kind, dict[str, frozenset[str]]] = {}
        self.ids = frozenset(shot.id for shot in shots)

    def union(self, expressions: Sequence[str], *, strict: bool = True) -> frozenset[str]:
        """What any term matches. Not `strict`, terms of known words may have no shot in common."""
        if not all(expression.split() for expression in expressions):
            raise UsageError("nothing to select in an empty value", remedy=self._how)
        terms = [term for expression in expressions for term in _TERM.findall(expression)]
        return frozenset().union(*(self._intersection(term, strict=strict) for term in terms))

    def _intersection(self, term: str, *, strict: bool) -> frozenset[str]:
        parts = _PART.findall(term)
        if not parts:
            raise UsageError(f"nothing to select in {term!r}", remedy=self._how)
        found = frozenset.intersection(*(self.part(part) for part in parts))
        # What a plan would do changes from day to day: that today no shot is meant is no slip of the pen.
        if not found and strict and Kind.ACTION not in kinds(term):
            if len(parts) == 1:
                raise UsageError(f"no shot matches {term!r}", remedy="The reel shows no shot.")
            raise UsageError(f"no shot matches all of {term!r}", remedy="A comma intersects; a space unites.")
        return found

    def part(self, part: str) -> frozenset[str]:
        """What one part of a term matches, with what is upstream and downstream of it if it says so."""
        bare = part.removeprefix(_STEP).removesuffix(_STEP)
        if not bare:
            raise UsageError(f"nothing to select in {part!r}", remedy=self._how)
        found = self._bare(bare)
        up = closure(found, self._upward) if part.startswith(_STEP) else found
        down = closure(found, self._downward) if part.endswith(_STEP) else found
        return up | down

    @cached_property
    def _upward(self) -> Mapping[str, Collection[str]]:
        pairs = ((shot.id, shot.upstream) for shot in self._shots)
        return {below: (above,) for below, above in pairs if above is not None and above in self.ids}

    @cached_property
    def _downward(self) -> Mapping[str, Collection[str]]:
        edges: dict[str, list[str]] = {}
        for below, (above,) in self._upward.items():
            edges.setdefault(above, []).append(below)
        return edges

    def _bare(self, part: str) -> frozenset[str]:
        if part[0] in "-!" and part[1:]:
            left_out = shlex.quote(part[1:])
            raise UsageError(
                f"nothing is left out by {part!r}",
                remedy=f"On the command line, `--exclude {left_out}` does.",
            )
        if "=" in part:
            return self._valued(part)
        kind, sign, name = part.partition(":")
        if sign:
            return self._grouped(kind, name)
        found = frozenset(shot.id for shot in self._shots if shot.id == part or _globbed(shot.id, part))
        if not found:
            _none(f"no shot matches {part!r}", part, self.ids)
        return found

    def _grouped(self, kind: str, name: str) -> frozenset[str]:
        """The shots of a tag, a reel or an action."""
        if kind not in self._kinds:
            here = " here" if kind in set(Kind) else ""
            raise UsageError(f"cannot select by {kind!r}{here}", remedy=self._how)
        groups = self._groups(Kind(kind))
        name = _unquoted(name)
        named = [ids for group, ids in groups.items() if fnmatchcase(group, name)]
        if not named:
            _none(_NONE[Kind(kind)].format(name), name, groups)
        return frozenset().union(*named) & self.ids

    @property
    def _kinds(self) -> tuple[Kind, ...]:
        offered = {Kind.TAG: True, Kind.REEL: self._beyond.reels, Kind.ACTION: self._beyond.actions}
        return tuple(kind for kind, there in offered.items() if there)

    def _groups(self, kind: Kind) -> Mapping[str, frozenset[str]]:
        if kind not in self._found:
            self._found[kind] = {name: frozenset(ids) for name, ids in self._grouping(kind).items()}
        return self._found[kind]

    def _grouping(self, kind: Kind) -> Mapping[str, Collection[str]]:
        if kind is Kind.TAG:
            tags: dict[str, list[str]] = {}
            for shot in self._shots:
                for tag in shot.tags:
                    tags.setdefault(tag, []).append(shot.id)
            return tags
        groups = self._beyond.reels if kind is Kind.REEL else self._beyond.actions
        return groups() if groups else {}

    def _valued(self, part: str) -> frozenset[str]:
        name, _, value = part.partition("=")
        value = _unquoted(value)
        having = {s.id: str(s.variables[name]) for s in self._shots if _is_plain(s.variables.get(name))}
        if not having:
            known = {key for shot in self._shots for key, held in shot.variables.items() if _is_plain(held)}
            _none(f"no shot has a variable {name!r}", name, known)
        found = frozenset(shot_id for shot_id, held in having.items() if fnmatchcase(held, value))
        if not found:
            what, held = f"no shot has {value!r} for {name!r}", set(having.values())
            if cut := sorted(one for one in held if re.match(rf"{re.escape(value)}[\s,]", one)):
                raise UsageError(what, remedy=f'A value with a space goes into quotes: {name}="{cut[0]}".')
            _none(what, value, held)
        return found

    @property
    def _how(self) -> str:
        forms = ", ".join(f"{kind}:NAME" for kind in self._kinds)
        return f"Name ids, globs, {forms} or VARIABLE=VALUE."

    def actions_there(self) -> str:
        """Which actions a plan has, for whoever asked for others."""
        there = [name for name, ids in self._groups(Kind.ACTION).items() if ids]
        if there == [_UNCHANGED]:
            return "There is nothing to do: every shot is unchanged."
        return f"The plan of the whole project has {', '.join(there)}." if there else "There are no shots."


_NONE = {
    Kind.TAG: "no shot has the tag {!r}",
    Kind.REEL: "no reel matches {!r}",
    Kind.ACTION: "there is no action {!r}",
}


def in_order(
    patterns: Iterable[str], ids: Sequence[str], match: Callable[[str], frozenset[str]]
) -> list[str]:
    """The ids that some patterns match, pattern by pattern, each once: the order of a reel."""
    chosen: dict[str, None] = {}
    for pattern in patterns:
        found = match(pattern)
        chosen.update((shot_id, None) for shot_id in ids if shot_id in found)
    return list(chosen)


def open_term(expression: str) -> int:
    """Where the part of a term begins that an expression ends with, for whoever goes on typing it."""
    typed = re.compile(rf"{_QUOTED}|(?<=[=:])[\"'][^\"']*$|[\s,]")
    return max((m.end() for m in typed.finditer(expression) if m[0] == "," or m[0].isspace()), default=0)


def _unquoted(text: str) -> str:
    """A name or a value without its quotes. Raises UsageError for one that is not closed."""
    if text[:1] not in ('"', "'"):
        return text
    if len(text) < 2 or text[-1] != text[0]:
        raise UsageError(f"a quote is not closed in {text!r}", remedy='Write it as in city="New York".')
    return text[1:-1]


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | Decimal)


def _globbed(shot_id: str, pattern: str) -> bool:
    return bool(_GLOB.search(pattern)) and fnmatchcase(shot_id, pattern)


def _none(what: str, word: str, known: Collection[str]) -> NoReturn:
    raise UsageError(what, remedy=did_you_mean(word, known) or there_are(known))
