"""Printing: a tree of what is written as canonical text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seedgen.project.commented import BLANK, Kind, Unformattable
from seedgen.project.key_order import item_of, known_keys, under

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.project.commented import Document, Entry, Node
    from seedgen.project.fields import Model
    from seedgen.project.key_order import Shape

WIDTH = 100
_STEP = 2
_FOR_EDITORS = re.compile(r"#\s*(?:yaml-language-server:|-\*-|vim?:)")
"""Comments that editors look for at the top of a file."""


def printed(tree: Document, model: type[Model]) -> str:
    """The text of a project file, with a line end. Keys keep their order where there are anchors: an
    alias has to stand behind its own. Raises Unformattable."""
    printer = _Printer(ordered=not tree.anchored)
    if tree.above is not None:
        printer.comments(tree.above, 0)
        printer.line("---")
    printer.root(tree.root, model)
    return printer.text()


class _Printer:
    """Writes lines, one below the other."""

    def __init__(self, *, ordered: bool) -> None:
        self.ordered = ordered
        self.lines: list[str] = []
        self.kept_to = 0
        """How many lines there are up to the end of a `|+`, whose blank lines are content."""

    def text(self) -> str:
        while len(self.lines) > self.kept_to and not self.lines[-1]:
            self.lines.pop()
        return "\n".join(self.lines) + "\n"

    def line(self, text: str) -> None:
        self.lines.append(text)

    def blank(self) -> None:
        """One blank line, never two, and none at the top."""
        if self.lines and self.lines[-1] and len(self.lines) > self.kept_to:
            self.lines.append("")

    def comments(self, found: Sequence[str], indent: int) -> None:
        for comment in found:
            if comment == BLANK:
                self.blank()
            else:
                self.line(" " * indent + comment)

    # -- collections -----------------------------------------------------------------------------

    def root(self, root: Node, model: type[Model]) -> None:
        """The sections of a file. One that takes several lines is set apart by a blank line on each side."""
        if self._on_one_line(root, model, 0) and not root.text:
            self.line(self._flow(root, model) or "")
            self.comments(root.after, 0)
            return
        if root.text:
            self.line(root.text)
        if root.entries:
            self._head(root.entries[0])
        long = False
        for index, entry in enumerate(self._in_order(root, model)):
            self._hoist(entry, under(model, _name(entry)), 0)
            section = _Printer(ordered=self.ordered)
            section.entry(entry, under(model, _name(entry)), 0)
            was_long, long = long, len(section.lines) > 1
            if index and (was_long or long):
                self.blank()
            self.comments(entry.before, 0)
            if section.kept_to:
                self.kept_to = len(self.lines) + section.kept_to
            self.lines += section.lines
        self.comments(root.after, 0)

    def _head(self, first: Entry) -> None:
        """Comments at the top that speak of the file stay there, whatever section comes first."""
        found = first.before
        end = len(found) - found[::-1].index(BLANK) if BLANK in found else 0
        while end < len(found) and _FOR_EDITORS.match(found[end]):
            end += 1
        self.comments(found[:end], 0)
        first.before = found[end:]

    def _in_order(self, node: Node, shape: Shape) -> list[Entry]:
        """The entries, known keys first in the order of their model, others behind them as written."""
        if node.kind is not Kind.MAPPING or not self.ordered:
            return node.entries
        rank = {key: index for index, key in enumerate(known_keys(shape))}
        return sorted(node.entries, key=lambda entry: rank.get(_name(entry), len(rank)))

    def _collection(self, node: Node, shape: Shape, indent: int) -> None:
        """The entries of a collection, one below the other."""
        for index, entry in enumerate(self._in_order(node, shape)):
            inner = self._shape_in(node, shape, entry)
            self._hoist(entry, inner, indent)
            before = entry.before
            while index == 0 and before[:1] == [BLANK]:
                before = before[1:]
            self.comments(before, indent)
            self.entry(entry, inner, indent)
        self.comments(node.after, indent)

    @staticmethod
    def _shape_in(node: Node, shape: Shape, entry: Entry) -> Shape:
        return under(shape, _name(entry)) if node.kind is Kind.MAPPING else item_of(shape)

    def _hoist(self, entry: Entry, shape: Shape, indent: int) -> None:
        """What would stand between a dash and the first thing behind it goes above the dash."""
        node = entry.value
        if not node.entries:
            entry.before = [*entry.before, *filter(None, node.after)]
            node.after = []
        elif entry.key is None and not self._on_one_line(node, shape, indent + _STEP):
            if entry.beside is not None:
                entry.before, entry.beside = [*entry.before, entry.beside[0]], None
            if not node.text:
                first = self._in_order(node, shape)[0]
                self._hoist(first, self._shape_in(node, shape, first), indent + _STEP)
                entry.before = [*entry.before, *filter(None, first.before)]
                first.before = []

    # -- entries ---------------------------------------------------------------------------------

    def entry(self, entry: Entry, shape: Shape, indent: int) -> None:
        node = entry.value
        lead = " " * indent + (f"{entry.key.text}:" if entry.key else "-")
        if node.kind is Kind.SCALAR:
            self._scalar(lead, entry, indent)
        elif self._on_one_line(node, shape, len(lead) + 1):
            properties = f"{node.text} " if node.text else ""
            self._beside(f"{lead} {properties}{self._flow(node, shape)}", entry, indent)
        elif entry.key is None and not node.text:
            at = len(self.lines)
            self._collection(node, shape, indent + _STEP)
            self.lines[at] = f"{lead} {self.lines[at][indent + _STEP :]}"
        else:
            self._beside(f"{lead} {node.text}".rstrip(), entry, indent, moved=node.flow)
            self._collection(node, shape, indent + _STEP)

    def _beside(self, text: str, entry: Entry, indent: int, *, moved: bool = False) -> None:
        """A line with its comment, which keeps its column: people align them."""
        if entry.beside is None:
            self.line(text)
            return
        comment, column = entry.beside
        wanted = 0 if moved else column + indent - entry.column
        self.line(text + " " * max(2, wanted - len(text)) + comment)

    def _scalar(self, lead: str, entry: Entry, indent: int) -> None:
        node = entry.value
        if node.block:
            self.lines += self._block(lead, node, indent)
            if "+" in node.text.partition("\n")[0]:
                self.kept_to = len(self.lines)
            return
        first, *rest = node.text.split("\n")
        text = f"{lead} {first}".rstrip() if not rest else f"{lead} {first}"
        if rest:
            self.line(text)
            # Of a continued line, white space at its beginning is no part of the text.
            inner = [" " * (indent + _STEP) + one.lstrip(" \t") if one.strip(" \t") else "" for one in rest]
            self.lines += inner[:-1]
            text = inner[-1]
        self._beside(text, entry, indent)

    @staticmethod
    def _block(lead: str, node: Node, indent: int) -> list[str]:
        """A block scalar, its content moved to where it belongs."""
        header, *content = node.text.split("\n")
        if content and not content[-1] and "+" in header:
            content.pop()  # what follows the last line end
        written = next((line for line in content if line.strip(" ")), "")
        meant = next((line for line in node.value.split("\n") if line.strip(" ")), "")
        by = _leading(written) - _leading(meant) if meant else 0
        if by < 0 or any(line[:by].strip(" ") for line in content) or (not meant and " " in node.value):
            raise Unformattable("This block of text is indented in an unusual way.", node.index)
        head, sign, comment = header.partition("#")
        head = re.sub(r"[1-9]", str(_STEP), head)
        moved = [" " * (indent + _STEP) + line[by:] if meant and line[by:] else "" for line in content]
        return [f"{lead} {head}{sign}{comment}", *moved]

    # -- flow ------------------------------------------------------------------------------------

    def _on_one_line(self, node: Node, shape: Shape, at: int) -> bool:
        """Whether a collection stays between brackets. Empty ones always do."""
        if node.kind is Kind.SCALAR:
            return True
        text = self._flow(node, shape) if node.flow else None
        return text is not None and (not node.entries or at + len(node.text) + len(text) <= WIDTH)

    def _flow(self, node: Node, shape: Shape) -> str | None:
        """A collection between brackets; None where a comment or a line end stands in it."""
        if node.after:
            return None
        parts = []
        for entry in self._in_order(node, shape):
            value = entry.value
            inner = self._shape_in(node, shape, entry)
            text = value.text if value.kind is Kind.SCALAR else self._flow(value, inner)
            if text is None or "\n" in text or any(entry.before) or entry.beside:
                return None
            if value.kind is not Kind.SCALAR and value.text:
                text = f"{value.text} {text}"
            key = entry.key.text if entry.key else ""
            parts.append(f"{key}: {text}" if key and text else key or text)
        opened, closed = "{}" if node.kind is Kind.MAPPING else "[]"
        return f"{opened}{', '.join(parts)}{closed}"


def _name(entry: Entry) -> str:
    """What a key says, without its quotes."""
    return entry.key.value if entry.key else ""


def _leading(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
