"""Fields of a request as text: what each was and becomes, the prompt word by word."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, Any

from seedgen.project.media import DERIVED
from seedgen.project.models import FromShotUse
from seedgen.views.paint import harmless
from seedgen.views.words import Kind, word_diff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seedgen.planning.plan import FieldDiff
    from seedgen.views.paint import Paint

INDENT = " " * 8
"""What stands below a change is set in by so much."""
_UNKNOWN = "known after apply"
_TAKEN = re.compile(f"(?:image|video) {DERIVED}({'|'.join(FromShotUse)}):sha256:([0-9a-f]+)")


def field_lines(diffs: Iterable[FieldDiff], paint: Paint, width: int) -> Iterator[str]:
    """How fields of a request differ, a line or more for each; the prompt word by word."""
    for diff in diffs:
        if diff.path == "prompt" and isinstance(diff.before, str) and isinstance(diff.after, str):
            yield from _prompt_lines(diff.before, diff.after, paint, width)
        else:
            yield f"{INDENT}{harmless(diff.path)}: {_values(diff, paint)}"


def _values(diff: FieldDiff, paint: Paint) -> str:
    return f"{paint.red(value_words(diff.before))} -> {paint.green(after_words(diff))}"


def after_words(diff: FieldDiff) -> str:
    """What a field of a request becomes, for people."""
    return _UNKNOWN if diff.after_unknown else value_words(diff.after)


def value_words(value: Any) -> str:
    """A field of a request for people; digests are cut short."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if found := _TAKEN.fullmatch(str(value)):
        return f"{FromShotUse(found[1]).words} {found[2][:12]}…"
    kind, sign, digest = str(value).partition(" sha256:")
    return f"{kind} {digest[:12]}…" if sign else harmless(str(value))


def _prompt_lines(before: str, after: str, paint: Paint, width: int) -> Iterator[str]:
    """The prompt's change as `[-gone-]` and `{+new+}`, wrapped; colour is laid over the marks."""
    text = ""
    for piece in word_diff(before, after):
        words = harmless(piece.text).replace("\n", "⏎ ")
        if piece.kind is Kind.GONE:
            text += f"[-{words}-]"
        elif piece.kind is Kind.NEW:
            text += f"{{+{words}+}}"
        else:
            text += words
    room = max(40, width - len(INDENT) - len("prompt: "))
    wrapped = textwrap.wrap(text, room, break_on_hyphens=False, replace_whitespace=False) or [""]
    state = ""
    for index, line in enumerate(wrapped):
        painted, state = _painted(line, state, paint)
        yield f"{INDENT}{'prompt: ' if index == 0 else '        '}{painted}"


def _painted(line: str, state: str, paint: Paint) -> tuple[str, str]:
    """Colour the marked parts of one line; a mark may reach over line ends."""
    if not paint.on:
        return line, ""
    out, rest = "", line
    marks = {"[-": ("-]", paint.red), "{+": ("+}", paint.green)}
    while rest:
        if state:
            closing, colour = marks[state]
            end = rest.find(closing)
            if end < 0:
                return out + colour(rest), state
            out, rest, state = out + colour(rest[: end + 2]), rest[end + 2 :], ""
            continue
        starts = [(rest.find(mark), mark) for mark in marks if mark in rest]
        if not starts:
            return out + rest, ""
        at, mark = min(starts)
        out, rest, state = out + rest[:at], rest[at:], mark
    return out, state
