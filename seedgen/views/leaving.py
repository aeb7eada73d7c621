"""Leaving: why a take of a chain was not begun, in words. A plan needs none of them."""

from __future__ import annotations

from seedgen.execution.outcome import LeftBecause


def left_words(shot: str, upstream: str, because: str) -> str:
    """Why a take was not begun, as the shot whose clip it would continue has none."""
    if because == LeftBecause.IN_FLIGHT:
        return f"{upstream} is in flight, so {shot} is left to the next apply"
    happened = {LeftBecause.FAILED: "failed", LeftBecause.BLOCKED: "is blocked"}
    return f"{upstream} {happened.get(LeftBecause(because), 'was not begun')}, so {shot} is left as it is"
