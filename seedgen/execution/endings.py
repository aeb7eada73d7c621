"""Endings: how a change ended, for the lock, for the outcome, for who watches, and for what waits for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seedgen.errors import JobFailed, JobLost, Moderated, SeedgenError, SubmitUnknown
from seedgen.execution.continuing import Continuing
from seedgen.execution.outcome import Failure, LeftBecause
from seedgen.planning.plan import Action
from seedgen.ports import events

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

    from seedgen.execution.jobs import Line, Workshop
    from seedgen.execution.locking import RunningLock
    from seedgen.execution.outcome import Outcome
    from seedgen.planning.lock import Take
    from seedgen.planning.plan import Change, Plan
    from seedgen.planning.request import Request


class Endings:
    """Writes down how each change ended. `after` are those that waited for others, `go_on` is for these."""

    def __init__(
        self,
        plan: Plan,
        lines: Mapping[str, Line],
        shop: Workshop,
        running: RunningLock,
        outcome: Outcome,
        stopping: asyncio.Event,
        go_on: Callable[[Change], None],
    ) -> None:
        self.outcome = outcome
        self._running = running
        self._tell = shop.tell
        self.after = Continuing(
            plan, lines, shop, running, outcome, stopping, record=self.reused, go_on=go_on
        )

    def moved(self, change: Change) -> None:
        """A shot has another id."""
        self._running.move(change)
        self.outcome.moved += 1
        if change.found is not None:
            self._tell_recorded(change, change.found)

    def removed(self, change: Change) -> None:
        """A shot is declared no longer."""
        self._running.remove(change)
        self.outcome.removed += 1
        self._tell(events.ShotRemoved(change.shot))

    def reused(self, change: Change, request: Request, take: Take) -> None:
        """The take was there already."""
        self.outcome.reused += 1
        self._keep(change, request, take)

    def made(self, change: Change, request: Request, take: Take, *, resumed: bool) -> None:
        """A job made the take; those that ask for the same have it too."""
        self.outcome.resumed += resumed
        self.outcome.done += not resumed
        self._keep(change, request, take)
        self._share(change, request, take)

    def made_elsewhere(self, change: Change, request: Request, take: Take) -> None:
        """Another process that shares the cache made the take."""
        self.reused(replace(change, action=Action.REUSE), request, take)
        self._share(change, request, take)

    def left(self, change: Change, *, in_flight: bool) -> None:
        """Its job goes on without us, or was never begun."""
        self.outcome.left += in_flight
        self.outcome.not_started += not in_flight
        self.after.ended(change, LeftBecause.IN_FLIGHT if in_flight else LeftBecause.NOT_STARTED)

    def over_budget(self, change: Change) -> None:
        """It would pass the cap, whatever still ends."""
        self.outcome.blocked.append(change)
        remedy = "Raise the cap with --max-cost, or apply again for the rest."
        self._tell(events.JobFailed(change.shot, change.take, "it would pass the cap", remedy))
        self.after.ended(change, LeftBecause.BLOCKED)

    def failed(self, change: Change, error: Exception, *, in_flight: bool) -> None:
        """There is no take, nor one for those that ask for the same."""
        remedy = error.remedy if isinstance(error, SeedgenError) else ""
        failure = Failure(change.shot, change.take, str(error), remedy, in_flight, waits=_waits(error))
        self.outcome.failures.append(failure)
        self._tell(events.JobFailed(change.shot, change.take, str(error), remedy, in_flight))
        followers = self.after.followers.pop(change.name, [])
        for follower in followers:
            because = f"it asks for the same as {change.shot}, which failed"
            self.outcome.failures.append(Failure(follower.shot, follower.take, because))
            self._tell(events.JobFailed(follower.shot, follower.take, because))
        for one in (change, *followers):
            self.after.ended(one, LeftBecause.IN_FLIGHT if in_flight else LeftBecause.FAILED)

    def _share(self, change: Change, request: Request, take: Take) -> None:
        for follower in self.after.followers.pop(change.name, []):
            self.reused(follower, request, take)

    def _keep(self, change: Change, request: Request, take: Take) -> None:
        self._running.record(change, request, take)
        self._running.checkpoint()
        self._tell_recorded(change, take)
        self.after.ended(replace(change, request=request), None)

    def _tell_recorded(self, change: Change, take: Take) -> None:
        self._tell(
            events.TakeRecorded(
                change.shot,
                change.take,
                change.action.value,
                take.digest,
                take.frames,
                take.rate,
                take.cost_usd,
            )
        )


def _waits(error: Exception) -> bool:
    """Whether a person has to decide before another apply does anything about it."""
    moderated = isinstance(error, Moderated) or (isinstance(error, JobFailed) and error.moderated)
    return moderated or isinstance(error, SubmitUnknown | JobLost)
