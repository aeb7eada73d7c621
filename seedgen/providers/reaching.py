"""Reaching: whether a service answers, and takes the key. One cheap question, which costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.project.models import EACHLABS, OXEN, KeyHeader
from seedgen.providers.http import Api
from seedgen.providers.registry import SERVICES

if TYPE_CHECKING:
    from seedgen.providers.registry import Surroundings

_SILENCE_S = 10
"""Somebody waits at a terminal, and nothing is lost by giving up."""

_QUESTIONS = {EACHLABS: ("/v1/executions", {"limit": "1"}), OXEN: ("/ai/queue", None)}
"""Lists of one's own jobs: both want the key."""


async def reach(name: str, around: Surroundings, header: KeyHeader = KeyHeader.BEARER) -> None:
    """Ask a service for one of one's jobs. Raises UsageError, ProviderError with its answer."""
    access = SERVICES[name].access(around, header)
    api = Api(access, connections=1, pace=around.pace, silence_s=_SILENCE_S)
    path, params = _QUESTIONS[name]
    try:
        await api.ask("GET", path, params=params)
    finally:
        await api.close()
