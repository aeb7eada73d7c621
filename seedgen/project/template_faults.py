"""Template faults: what Jinja finds wrong, in plain words and not in Jinja's own."""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import islice

from jinja2 import StrictUndefined

from seedgen.project.diagnostics import did_you_mean, known_words
from seedgen.project.pinpoint import Passage

_INNERMOST = re.compile(r"The innermost block that needs to be closed is '(\w+)'")
_TAG = re.compile(r"unknown tag '(\w+)'")
_OPENING = re.compile(r"\{#|\{%[-+]?\s*(\w+)")
_RAW_END = re.compile(r"\{%[-+]?\s*endraw\b")
_MOST_KEYS = 500
"""Keys that a wrong one is compared with: a stranger's mapping may have very many."""
_KINDS = (
    (str, "a text"),
    (bool, "true or false"),
    ((int, float, Decimal), "a number"),
    ((list, tuple, range), "a list"),
    (type(None), "a null value"),
)


class Absent(StrictUndefined):
    """A value that is not there; whoever uses it is told what there is in its place."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name: object = self._undefined_name
        holder = self._undefined_obj
        if not self._undefined_hint and isinstance(holder, dict):
            keys = [str(key) for key in islice(holder, _MOST_KEYS)]
            hint = did_you_mean(str(name), keys) or (
                f"It has {known_words(keys)}." if keys else "It is empty."
            )
            return f"no {name!r} in the mapping. {hint}"
        kind = next((word for types, word in _KINDS if isinstance(holder, types)), None)
        if self._undefined_hint or kind is None:
            return super()._undefined_message
        if isinstance(name, int):
            return f"no item {name} in {kind}, of which the first is 0"
        return f"{kind} has no {name!r}"


def syntax_words(message: str) -> str:
    """What is wrong with the form of a template."""
    innermost, tag = _INNERMOST.search(message), _TAG.search(message)
    if tag and (tag[1] in ("else", "elif") or tag[1].startswith("end")):
        where = f"`{{% end{innermost[1]} %}}` is wanted" if innermost else "nothing is open"
        return f"`{{% {tag[1]} %}}` stands where {where}"
    if tag:
        return f"there is no tag `{{% {tag[1]} %}}`"
    if innermost:
        return f"`{{% {innermost[1]} %}}` is not closed: `{{% end{innermost[1]} %}}` is missing"
    return message


def unclosed(message: str, text: str) -> Passage | None:
    """The statement that is not closed when a template ends, if that is what is wrong."""
    innermost = _INNERMOST.search(message)
    if innermost is None or _TAG.search(message):
        return None
    standing: list[int] = []
    at = 0
    while found := _OPENING.search(text, at):
        at, word = found.end(), found[1]
        if word is None:  # a comment
            at = text.find("#}", at) + 2
        elif word == "raw":
            end = _RAW_END.search(text, at)
            at = end.end() if end else 0
        elif word == innermost[1]:
            standing.append(found.start())
        elif word == f"end{innermost[1]}" and standing:
            standing.pop()
        if at < found.end():  # what is left is not read
            break
    if not standing:
        return None
    start = standing[-1]
    return Passage(text, start, max(text.find("%}", start) + 2 - start, 2))
