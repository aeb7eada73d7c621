"""Commented: a YAML text as a tree of what is written, scalars to the letter and comments beside what they
speak of.

The tree is made from the events of the parser that reads projects, and from what stands between them: what
lies in no event is white space, a comment or an indicator. A library that writes YAML would write scalars
anew (`"\\e"`, folded lines), and one that keeps comments hangs them to the key before them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

_Loader: Any = getattr(yaml, "CLoader", yaml.Loader)
_GAP = re.compile(r"(?P<comment>#[^\n]*)|(?P<line>\n)|(?P<space>[ \t]+)|(?P<start>---)|(?P<sign>[-:,])")
_PROPERTIES = re.compile(r"(?:[&!]\S*\s*)*")
_COMMENT = re.compile(r"#[^\n]*")
_BLANK_END = re.compile(r"(?:\n *)+\Z")
_ODD_BREAKS = re.compile("[\r\x85\u2028\u2029]")
BLANK = ""
"""A blank line among comments."""


class Kind(Enum):
    """What a node is."""

    SCALAR = "scalar"
    MAPPING = "mapping"
    SEQUENCE = "sequence"


@dataclass(slots=True)
class Node:
    """A value. `text` is a scalar as written, or the anchor and tag of a collection; `index` is where it is.

    `value` is the scalar's, `block` says that it is written below its header (`|`, `>`). `column` is
    where a collection's entries begin, counted from 0. `after` are comments behind the last entry.
    """

    kind: Kind
    text: str = ""
    index: int = 0
    value: str = ""
    block: bool = False
    flow: bool = False
    column: int = 0
    entries: list[Entry] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Entry:
    """`key: value`, or one item of a list, which has no key.

    `before` are comments and blank lines above it, `beside` the comment at its line's end with its column.
    """

    key: Node | None
    value: Node
    column: int
    before: list[str] = field(default_factory=list)
    beside: tuple[str, int] | None = None


@dataclass(slots=True)
class Document:
    """The root, and the comments above a `---`; None where there is no such line."""

    root: Node
    above: list[str] | None
    anchored: bool


class Unformattable(Exception):
    """Something that is read, but cannot be moved safely. `index` is where, in characters."""

    def __init__(self, detail: str, index: int) -> None:
        super().__init__(detail)
        self.detail = detail
        self.index = index


def comments_in(text: str) -> list[str]:
    """Every comment of a text, but for those in the header of a block of text, told without the tree."""
    found, at = [], 0
    events: Iterator[Any] = iter(_Loader(text).get_event, None)
    for event in events:
        if isinstance(event, (yaml.ScalarEvent, yaml.StreamEndEvent)):
            begins, ends = _span(event)
            found += [comment.rstrip() for comment in _COMMENT.findall(text[at:begins])]
            at = ends
    return found


def _span(event: Any) -> tuple[int, int]:
    """Where an event begins and ends, in characters."""
    return event.start_mark.index, event.end_mark.index


def document(text: str) -> Document:
    """The tree of a text that the loader can read. Raises Unformattable."""
    if found := _ODD_BREAKS.search(text):
        raise Unformattable("A line ends with an unusual sign there.", found.start())
    return _Reader(text).document()


class _Reader:
    """Builds the tree, event by event. `at` is how far the text was looked at."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.events: Iterator[Any] = iter(_Loader(text).get_event, None)
        self.at = 0
        self.last: Entry | None = None
        self.closed: list[Node] = []
        self.anchored = False
        self.above: list[str] | None = None

    def document(self) -> Document:
        next(self.events)  # StreamStart
        start = next(self.events)
        if isinstance(start, yaml.StreamEndEvent):
            raise Unformattable("There is nothing in the file but comments.", 0)
        top = Entry(None, Node(Kind.SCALAR), -1)
        event = next(self.events)
        before, _ = self._between(_span(event)[0], -1)
        root = top.value = self._node(event, top)
        (root.entries[0].before if root.entries else root.after)[:0] = before
        root.after += self._between(len(self.text), -1)[0]
        root.after += [top.beside[0]] if top.beside else []
        return Document(root, self.above, self.anchored)

    def _column(self, index: int) -> int:
        return index - (self.text.rfind("\n", 0, index) + 1)

    def _node(self, event: Any, entry: Entry) -> Node:
        self.anchored |= getattr(event, "anchor", None) is not None
        start, end = _span(event)
        if isinstance(event, (yaml.ScalarEvent, yaml.AliasEvent)):
            return self._leaf(event, self.text[start:end], entry)
        kind = Kind.MAPPING if isinstance(event, yaml.MappingStartEvent) else Kind.SEQUENCE
        found = _PROPERTIES.match(self.text, start) if event.anchor or event.tag else None
        properties = found[0].rstrip() if found else ""
        node = Node(kind, properties, start, flow=bool(event.flow_style))
        if node.flow or properties:
            self.at = end if node.flow else start + len(properties)
        if node.flow and end > start:
            self.last = None  # a comment behind the bracket speaks of what follows
        self._fill(node, entry)
        return node

    def _leaf(self, event: Any, text: str, entry: Entry) -> Node:
        block = getattr(event, "style", None) in {"|", ">"}
        if block and "+" not in text.partition("\n")[0]:
            text = _without_blank_end(text, event.value)
        self.at = _span(event)[0] + len(text)
        self.closed, self.last = [], None if block else entry
        return Node(Kind.SCALAR, text, _span(event)[0], getattr(event, "value", ""), block)

    def _fill(self, node: Node, holder: Entry) -> None:
        """Read the entries of a collection to its end."""
        ends = yaml.MappingEndEvent if node.kind is Kind.MAPPING else yaml.SequenceEndEvent
        while type(event := next(self.events)) is not ends:
            start = _span(event)[0]
            entry = Entry(None, Node(Kind.SCALAR), self._column(start))
            if node.kind is Kind.MAPPING:
                entry.before, _ = self._between(start, entry.column)
                node.column = node.column if node.entries else entry.column
                entry.key = self._node(event, entry)
                if not entry.key.text or "\n" in entry.key.text:
                    raise Unformattable("A key is empty, or stands on several lines.", start)
                event = next(self.events)
                if not self._is_opened_below(event):
                    inner, _ = self._between(_span(event)[0], -1)
                    entry.before += [comment for comment in inner if comment != BLANK]
            else:
                entry.before, dash = self._between(start, self._column(start))
                if dash is not None:
                    entry.column, self.last = dash, None
                node.column = node.column if node.entries else entry.column
            node.entries.append(entry)
            entry.value = self._node(event, entry)
        if node.flow:
            _, closing = _span(event)
            rest, _ = self._between(max(self.at, closing - 1), -1)
            node.after += rest
            self.at = max(self.at, closing)
            self.last = holder
        else:
            self.closed.append(node)

    @staticmethod
    def _is_opened_below(event: Any) -> bool:
        """Whether comments before a value are those before the first entry in it."""
        is_collection = isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent))
        return is_collection and not event.flow_style and not (event.anchor or event.tag)

    def _between(self, end: int, column: int) -> tuple[list[str], int | None]:
        """Go on to `end`: comments and blank lines for what begins there, and the column of its dash.

        The rest is handed to what it belongs to: the end of the last line, or collections that have ended
        and begin no further right than the comment.
        """
        found: list[tuple[str, int]] = []
        dash: int | None = None
        fresh, lines = False, 0
        while self.at < end:
            match = _GAP.match(self.text, self.at, end)
            if match is None:
                raise Unformattable("It is written in a way that is left alone.", self.at)
            begins, self.at = self.at, match.end()
            if match["line"]:
                lines += 1
                fresh = True
                if lines == 2:
                    found.append((BLANK, -1))
            elif match["sign"] == "-":
                dash, fresh, lines = self._column(begins), True, 0
            elif match["start"]:
                self.above, found, lines = [text for text, _ in found], [], 0
            elif match["comment"]:
                comment = match["comment"].rstrip()
                if not fresh and self.last is not None:
                    self._put_beside(self.last, comment, self._column(begins))
                else:  # behind a dash it speaks of what follows, however far right it stands
                    found.append((comment, self._column(begins) if dash is None else -1))
                lines = 0
        return self._handed_out(found, column if dash is None else dash), dash

    @staticmethod
    def _put_beside(entry: Entry, comment: str, column: int) -> None:
        if entry.beside is not None:
            entry.before.append(entry.beside[0])
        entry.beside = comment, column

    def _handed_out(self, found: list[tuple[str, int]], column: int) -> list[str]:
        """What is left for the thing at `column` when ended collections have their comments."""
        closed, self.closed = self.closed, []
        kept: list[str] = []
        for index, (text, at) in enumerate(found):
            if text == BLANK:
                kept.append(text)
                continue
            fitting = [node for node in closed if node.column <= at] or closed[-1:]
            if at <= column or not fitting:
                return kept + [one for one, _ in found[index:]]
            closed = closed[closed.index(fitting[0]) :]
            fitting[0].after += [*kept, text]
            kept = []
        return kept


def _without_blank_end(text: str, value: str) -> str:
    """A block scalar without the blank lines behind it, which are no part of it."""
    if value.rstrip("\n").rpartition("\n")[2].isspace():
        return text.rstrip("\n")  # its last line has nothing but spaces, and more than its indentation
    return _BLANK_END.sub("", text)
