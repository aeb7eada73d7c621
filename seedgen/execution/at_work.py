"""At work: the jobs of an apply that somebody works on here, and what a stop means for them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from seedgen.ports.events import Draining

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seedgen.execution.jobs import Job


class AtWork:
    """Jobs under way, and of each whether an earlier apply submitted it."""

    def __init__(self) -> None:
        self._jobs: dict[Job, bool] = {}

    @contextmanager
    def on(self, job: Job, *, resumed: bool) -> Iterator[None]:
        """A job for the length of a block."""
        self._jobs[job] = resumed
        try:
            yield
        finally:
            del self._jobs[job]

    def draining(self) -> Draining:
        """How many jobs end before a stop, how many go on without us, and how many may yet be accepted.

        A shot whose references are still uploaded, or that waits for room, has no job yet and gets none.
        """
        ending = sum(1 for job in self._jobs if not job.provider.survives)
        away = {job: resumed for job, resumed in self._jobs.items() if job.provider.survives}
        leaving = {job for job, resumed in away.items() if resumed or job.goes_on}
        return Draining(ending, len(leaving), sum(job.in_flight for job in away.keys() - leaving))
