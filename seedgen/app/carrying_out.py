"""Carrying out: an apply from its plan to its reels, for the command line and for programs alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.errors import SeedgenError
from seedgen.execution.stopping import until_stopped
from seedgen.ports.events import ReelAssembled

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from decimal import Decimal

    from seedgen.app.workspace import Workspace
    from seedgen.execution.outcome import Outcome
    from seedgen.planning.plan import Plan
    from seedgen.ports.events import Event


@dataclass(frozen=True, slots=True)
class How:
    """How a plan is carried out.

    `max_cost` is the cap in USD in place of the project's. `detach` waits for no job, without reels.
    """

    max_cost: Decimal | None = None
    concurrency: int | None = None
    detach: bool = False
    assemble: bool = True


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What an apply did, and what kept its reels, or what goes with them, from being made.

    `reels` were made before, of `wanted` ones.
    """

    outcome: Outcome
    unassembled: SeedgenError | OSError | None = None
    reels: int = 0
    wanted: int = 0

    @property
    def complete(self) -> bool:
        """Whether nothing of the plan is left to do."""
        return self.outcome.succeeded and not self.outcome.left and self.unassembled is None


async def carry_out(
    workspace: Workspace,
    plan: Plan,
    tell: Callable[[Event], None],
    stopping: asyncio.Event,
    how: How = How(),
) -> CarriedOut:
    """Make every take of a plan, then the reels. `stopping` set means: submit nothing more.

    Whoever calls holds the apply lock. Raises SeedgenError; failures of single shots are in the outcome,
    and reels that fail keep no clip from being recorded.
    """
    outcome = await workspace.apply(
        plan,
        tell,
        max_cost=how.max_cost,
        concurrency=how.concurrency,
        detach=how.detach,
        stopping=stopping,
    )
    if how.assemble and not how.detach and not stopping.is_set():
        wanted, made = list(workspace.reels), 0

        def count(event: Event) -> None:
            nonlocal made
            made += isinstance(event, ReelAssembled)
            tell(event)

        try:
            whole = await until_stopped(workspace.assemble(wanted, count), stopping)
        except (SeedgenError, OSError) as error:
            return CarriedOut(outcome, error, made, len(wanted))
        outcome.interrupted = not whole
    return CarriedOut(outcome)
