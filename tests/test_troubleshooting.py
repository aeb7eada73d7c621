"""The page of messages is true: what it quotes is said somewhere in the code."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import seedgen

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).parent.parent / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
MESSAGES = [
    message
    for row in re.findall(r"^\| (`[^|]*) \|", PAGE, re.MULTILINE)
    for message in re.findall(r"`([^`]+)`", row)
]
WRITTEN_TOGETHER = {"not an image"}
"""The code puts the article together with the type."""


@cache
def sentences() -> tuple[str, ...]:
    """Every text in the code, with … for what is put into it."""
    return tuple(
        text
        for module in Path(seedgen.__file__).parent.rglob("*.py")
        for text in _texts(ast.parse(module.read_text(encoding="utf-8")))
    )


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "…" for part in node.values]
            yield "".join(map(str, parts))


def is_said(message: str) -> bool:
    """Whether some sentence is the message, with something in its gaps; gaps alone say nothing."""
    return any(sentence == message or _fits(sentence, message) for sentence in sentences())


def _fits(sentence: str, message: str) -> bool:
    if "…" not in sentence or len(sentence.replace("…", "")) < len(message) // 2:
        return False
    return re.fullmatch(".+".join(map(re.escape, re.split("…+", sentence))), message) is not None


def test_there_are_messages() -> None:
    """The check below is about dozens of them."""
    assert len(MESSAGES) > 50


@pytest.mark.parametrize("message", [one for one in MESSAGES if one not in WRITTEN_TOGETHER])
def test_a_message_of_the_page_is_said(message: str) -> None:
    """One sentence of the code has these words, and gaps where the page has names."""
    assert is_said(message)


def test_what_nobody_says_is_noticed() -> None:
    """A sentence that is nearly all gaps does not pass for every message."""
    assert not is_said("unknown chronometer")
