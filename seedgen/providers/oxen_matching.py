"""Which of Oxen's jobs may have come of a submit: rows compared with what was sent. Pure.

Oxen knows no tag and no idempotency key, but echoes every submitted field in a job's row.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.ports.provider import Window
    from seedgen.project.cards import ModelCard
    from seedgen.providers.oxen_answers import Row

ANY = ""
"""Stands for a reference whose address is not known, such as a file that was not uploaded yet."""

_NOT_ECHOED_AS_SENT = "data:"
_ELSEWHERE = frozenset({"model", "prompt", "target_namespace"})


class Likeness(StrEnum):
    """How a row compares with a submission."""

    SAME = "same"
    OTHER = "other"
    UNSURE = "unsure"
    """Nothing differs, but the row leaves out its prompt or its time."""


def compare(row: Row, body: Mapping[str, Any], card: ModelCard, window: Window | None = None) -> Likeness:
    """Whether a row may be the job of a submit of `body` that left within `window`, or at any time."""
    if row.model not in {"", body["model"]}:
        return Likeness.OTHER
    if row.prompt is not None and _words(row.prompt) != _words(body["prompt"]):
        return Likeness.OTHER
    sent = dict.fromkeys(_media_fields(card), ()) | dict(body)
    for name in sent.keys() - _ELSEWHERE:
        echoed = row.fields.get(name)
        if echoed is not None and not _alike(echoed, sent[name]):
            return Likeness.OTHER
    if window is not None and row.enqueued_at is not None and not _within(row.enqueued_at, window):
        return Likeness.OTHER
    untold = row.prompt is None or (window is not None and row.enqueued_at is None)
    return Likeness.UNSURE if untold else Likeness.SAME


def _within(enqueued_at: float, window: Window) -> bool:
    # Oxen counts whole seconds: what came at 10.7 is written as 10.
    return int(window.since.timestamp()) <= enqueued_at <= window.until.timestamp()


def _media_fields(card: ModelCard) -> list[str]:
    limits = (card.references.image, card.references.video, card.references.audio)
    return [
        field for one in limits if one for field in (one.field, one.face_field, *one.next_fields) if field
    ]


def _words(prompt: str) -> list[str]:
    return prompt.split()


def _alike(echoed: Any, sent: Any) -> bool:
    if isinstance(sent, list | tuple):
        if not isinstance(echoed, list):
            return not echoed and not sent
        return len(echoed) == len(sent) and all(map(_alike, echoed, sent))
    if isinstance(sent, str) and (sent == ANY or sent.startswith(_NOT_ECHOED_AS_SENT)):
        return True
    return echoed == sent or str(echoed).lower() == str(sent).lower()
