"""What the world holds: jobs, files that clients bring, and links to results."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.emulator.records import Service, State, prompt_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal


@dataclass(slots=True, eq=False)
class Job:
    """One job. Where it stands follows from the time, so nothing has to run for it."""

    id: str
    service: Service
    model: str
    body: Mapping[str, Any]
    cost: Decimal
    created: float
    starts: float
    ends: float
    error: str = ""
    output: Any = None
    cancelled: float | None = None
    is_lost: bool = False
    downloads: int = 0
    url_token: str = ""
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def state(self, now: float) -> State:
        """Where it stands at a time."""
        if self.cancelled is not None:
            return State.CANCELLED
        if now >= self.ends:
            return State.FAILED if self.error or self.output is not None else State.SUCCEEDED
        return State.RUNNING if now >= self.starts else State.QUEUED

    @property
    def ended(self) -> float | None:
        """When it ended or will end; None for a job that is held."""
        end = self.ends if self.cancelled is None else self.cancelled
        return end if math.isfinite(end) else None

    @property
    def prompt(self) -> str:
        """The prompt that was sent."""
        return prompt_of(self.body)


@dataclass(slots=True, eq=False)
class Stored:
    """A file that a client brings: what it promised, and the bytes once they came.

    It is taken before `until` and shown before `public_until`, both unix seconds.
    """

    content_type: str
    content: bytes | None = None
    until: float = math.inf
    public_until: float = math.inf
    required: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Link:
    """A result URL: the job, when it stops working, and the answer once it has."""

    job: Job
    until: float = math.inf
    status: int = 0
