"""A stage for applies: plans made by hand, a real object store, and fakes at every other port."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from seedgen.execution.apply import apply_plan
from seedgen.execution.jobs import Line, Workshop
from seedgen.execution.taking_over import Excerpts
from seedgen.execution.terms import Terms
from seedgen.planning.plan import Action, Change, Plan, Reason, ReasonKind
from seedgen.planning.request import Request
from seedgen.store.frames import FrameStore
from seedgen.store.objects import ObjectStore
from tests.fakes import FakeClips, FakeFrames, FakeJournal, FakeLockFile, FakeTakes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from seedgen.execution.outcome import Outcome
    from seedgen.ports.events import Event
    from seedgen.ports.store import JournalEntry
    from tests.fakes import FakeProvider

PATIENCE_S = 20
"""After so long an apply hangs, and its test fails."""


def generate(shot: str, prompt: str = "", *, cost: Decimal | None = Decimal("0.10"), take: int = 1) -> Change:
    """A shot to generate; its prompt is its id when none is given."""
    request = Request("studio", "one", prompt or shot, {}, take=take)
    return Change(
        shot=shot,
        take=take,
        action=Action.GENERATE,
        provider="studio",
        model="one",
        fingerprint=request.fingerprint(),
        cost=cost,
        seconds=1,
        request=request,
    )


def follow(shot: str, first: Change) -> Change:
    """A shot whose request is that of another one which is generated."""
    return Change(
        shot=shot,
        take=1,
        action=Action.REUSE,
        provider="studio",
        model="one",
        reasons=(Reason(ReasonKind.SAME_REQUEST, first.shot),),
        fingerprint=first.fingerprint,
        request=first.request,
    )


def plan_of(*changes: Change) -> Plan:
    """A plan of some changes."""
    return Plan("film", None, 0, changes)


@dataclass
class Stage:
    """Everything around one apply, kept for a look afterwards."""

    root: Path
    provider: FakeProvider
    journal: FakeJournal = field(default_factory=FakeJournal)
    takes: FakeTakes = field(default_factory=FakeTakes)
    lock_file: FakeLockFile = field(default_factory=FakeLockFile)
    frames: FakeFrames = field(default_factory=FakeFrames)
    told: list[Event] = field(default_factory=list)
    on_event: Callable[[Event], None] = lambda _: None

    def _tell(self, event: Event) -> None:
        self.told.append(event)
        self.on_event(event)

    @property
    def objects(self) -> ObjectStore:
        """Where clips are kept."""
        return ObjectStore(self.root / "objects")

    @property
    def shop(self) -> Workshop:
        """What jobs need."""
        excerpts = Excerpts(self.objects, FrameStore(self.root / "frames"), self.frames)
        return Workshop(self.objects, self.takes, self.journal, FakeClips(), self._tell, self.root, excerpts)

    async def perform(
        self,
        *changes: Change,
        concurrency: int = 4,
        max_cost: Decimal | None = None,
        stopping: asyncio.Event | None = None,
        detach: bool = False,
        strays: Sequence[JournalEntry] = (),
    ) -> Outcome:
        """Apply a plan of some changes."""
        self.root.mkdir(exist_ok=True)
        async with asyncio.timeout(PATIENCE_S):
            return await apply_plan(
                plan_of(*changes),
                self.lock_file.read(),
                self.lock_file,
                {"studio": Line(self.provider, concurrency, pace=0.001)},
                self.shop,
                terms=Terms(max_cost, detach),
                stopping=stopping,
                strays=strays,
            )

    def told_of(self, kind: type) -> list[str]:
        """The shots that events of a kind were about, in order."""
        return [getattr(event, "shot", "") for event in self.told if isinstance(event, kind)]
