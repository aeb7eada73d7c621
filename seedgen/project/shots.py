"""Shots: authored intent, expanded, as values; and which ids a shot may have."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.project.diagnostics import Place
    from seedgen.project.models import FromShotUse

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_RESERVED = frozenset(
    {"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(1, 10))}
)
"""File names that Windows keeps for devices; an id becomes a file name."""


@dataclass(frozen=True, slots=True)
class Written:
    """A parameter's value as written, and where."""

    value: Any
    place: Place


@dataclass(frozen=True, slots=True)
class Upstream:
    """The shot that this one continues; `face` says that what it takes over shows a real human face."""

    shot: str
    use: FromShotUse
    face: bool = False


@dataclass(frozen=True, slots=True)
class Shot:
    """Authored intent, expanded: everything is decided but the prompt and the model's defaults.

    `model` None is the provider's default model. `scope` is what templates see besides `ref`.
    `parameters` are those written anywhere (profile over shot over defaults). `provider_place` and
    `model_place` are where these two were said. `ordinal` is the shot's position in the project. What is not
    `whole` lacks a part that was written wrong and is noted.
    """

    id: str
    provider: str
    model: str | None
    template: str | None
    prompt: str | None
    references: tuple[str, ...]
    tags: tuple[str, ...]
    takes: int
    upstream: Upstream | None
    parameters: Mapping[str, Written]
    scope: Mapping[str, Any] = field(repr=False)
    place: Place
    provider_place: Place
    model_place: Place
    ordinal: int
    whole: bool = True

    @property
    def address(self) -> str:
        """How diagnostics name it."""
        return f"shots.{self.id}"


def id_problem(shot_id: str) -> str:
    """Why an id is not allowed, in a sentence; empty when it is."""
    if not _ID.fullmatch(shot_id):
        shown = shot_id if len(shot_id) <= 70 else shot_id[:70] + "…"
        return f"{shown!r}: use letters, digits, `.`, `_` and `-`, at most 64, a letter or digit first."
    if shot_id.lower().split(".")[0] in _RESERVED:
        return f"{shot_id!r} is a device name on some systems, and an id becomes a file name."
    return ""
