"""Formatting: the canonical text of a project file, with the same values and every comment.

Keys stand in the order of the models, two spaces lead one level deeper, a flow collection stays one while
it fits a line, and sections are set apart by a blank line. What a scalar says is never touched.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from seedgen.project.commented import Unformattable, comments_in, document
from seedgen.project.diagnostics import Diagnostic, Severity
from seedgen.project.key_order import item_of, known_keys, under
from seedgen.project.lines import Lines
from seedgen.project.locating import located
from seedgen.project.printing import printed
from seedgen.project.source import parse

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.project.diagnostics import Spot
    from seedgen.project.fields import Model
    from seedgen.project.key_order import Shape

_LEFT = "cannot be formatted"
_BUG = (
    "What would be written does not say the same. This is a bug in seedgen: please report it with the file, "
    "which is left as it is."
)


def formatted(text: str, file: Path, model: type[Model]) -> tuple[str | None, list[Diagnostic]]:
    """The canonical form of a text, or None with what keeps it from having one."""
    text = text.replace("\r\n", "\n")
    value, found = parse(text, file)
    if found:
        return None, [replace(one, source=_line(text, one.spot)) for one in located(found, {file: text})]
    if not isinstance(value, dict):
        detail = "A project file is made of `key: value`."
        return None, [Diagnostic(Severity.ERROR, "should be a mapping", detail, file=file)]
    try:
        tree = document(text)
        result = printed(tree, model)
    except Unformattable as reason:
        return None, [_left_alone(text, file, reason)]
    again, problems = parse(result, file)
    if problems or _shaped(again, model) != _shaped(value, model) or not _same_comments(result, text):
        return None, [Diagnostic(Severity.ERROR, _LEFT, _BUG, file=file)]
    return result, []


def _same_comments(one: str, other: str) -> bool:
    return sorted(comments_in(one)) == sorted(comments_in(other))


def _left_alone(text: str, file: Path, reason: Unformattable) -> Diagnostic:
    spot = Lines(text).spot(reason.index)
    detail = f"{reason.detail} The file is left as it is."
    return Diagnostic(Severity.ERROR, _LEFT, detail, file=file, spot=spot, source=_line(text, spot))


def _line(text: str, spot: Spot | None) -> str:
    return Lines(text)[spot.line] if spot else ""


def _shaped(value: Any, shape: Shape) -> Any:
    """A value to compare: the order of keys counts only where they are free."""
    if isinstance(value, dict):
        items = [(key, _shaped(item, under(shape, key))) for key, item in value.items()]
        known = known_keys(shape)
        return sorted(items, key=lambda item: item[0]) if known else items
    if isinstance(value, list):
        inner = item_of(shape)
        return [_shaped(item, inner) for item in value]
    return type(value).__name__, str(value)
