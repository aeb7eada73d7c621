"""Docket: the jobs of a project as people look at them, and what people decide about them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from seedgen.errors import SeedgenError, UsageError
from seedgen.execution import doubt
from seedgen.execution.importing import known, require_made_for
from seedgen.execution.overview import OPEN_STATES, Listed, ask_about, state_of
from seedgen.execution.reconcile import submission_of
from seedgen.planning.plan import Standing
from seedgen.planning.select import Selectable, select
from seedgen.ports.store import UNKNOWN_STAGES
from seedgen.project.cards import wire_prompt
from seedgen.project.diagnostics import did_you_mean
from seedgen.project.models import LOCAL

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from seedgen.app.desk import Desk
    from seedgen.app.opened import OpenedProject
    from seedgen.digest import Fingerprint
    from seedgen.execution.overview import State
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.ports.provider import JobStatus
    from seedgen.ports.store import JournalEntry

_SEE_LIST = "`seedgen jobs list` shows the jobs that are."
_PRINT = 8
"""Digits of a fingerprint that are shown and typed."""


class Docket:
    """Jobs by shot, under the names that shots have now. Under a profile, those of that profile."""

    def __init__(self, opened: OpenedProject, desk: Desk) -> None:
        self._opened = opened
        self._desk = desk

    # -- looking ---------------------------------------------------------------------------------

    def shot_of(self, entry: JournalEntry) -> str:
        """What the shot of an entry is called now: it may have been renamed since."""
        names = self._declared.get(entry.fingerprint, [entry.shot])
        return entry.shot if entry.shot in names else names[0]

    @cached_property
    def _declared(self) -> dict[Fingerprint, list[str]]:
        """The shots as they are declared now, by the requests of their takes."""
        found: dict[Fingerprint, list[str]] = defaultdict(list)
        for shot in self._opened.current():
            for fingerprint in shot.fingerprints:
                found[fingerprint].append(shot.id)
        return found

    def open_jobs(self) -> list[Listed]:
        """What stands for this project: its own jobs, and those of others that keep it from submitting."""
        mine = [
            entry
            for entry in self._desk.standing().values()
            if entry.provider != LOCAL
            and (self._is_own(entry) if self._of_project(entry) else entry.fingerprint in self._declared)
        ]
        return sorted(map(self._listed, mine), key=lambda j: (j.shot, j.entry.take, j.entry.fingerprint))

    def closed_jobs(self) -> list[Listed]:
        """What is over."""
        stand = {(entry.fingerprint, entry.attempt) for entry in self._desk.standing().values()}
        return [
            self._listed(entry)
            for entry in self._opened.journal.entries()
            if self._of_project(entry)
            and self._is_own(entry)
            and entry.provider != LOCAL
            and (entry.fingerprint, entry.attempt) not in stand
        ]

    def _of_project(self, entry: JournalEntry) -> bool:
        return entry.project == self._opened.project.name

    def _is_own(self, entry: JournalEntry) -> bool:
        """Whether an entry of this project is meant: without a profile all are."""
        return self._opened.settings.profile in {None, entry.profile}

    def _listed(self, entry: JournalEntry) -> Listed:
        unsure = entry.stage in UNKNOWN_STAGES
        abandoned = unsure and self._desk.standing_of(entry) is Standing.AMBIGUOUS
        return Listed(entry, self.shot_of(entry), state_of(entry, abandoned=abandoned))

    async def look(self, jobs: Sequence[Listed]) -> list[Listed]:
        """The same jobs, the open ones with what their services say of them now."""
        seen = dict(enumerate(jobs))
        asked = [i for i, job in seen.items() if job.entry.job_id and job.state in OPEN_STATES]
        for name in dict.fromkeys(seen[i].entry.provider for i in asked):
            mine = [i for i in asked if seen[i].entry.provider == name]
            seen |= zip(mine, await self._look_at(name, [seen[i] for i in mine]), strict=True)
        return list(seen.values())

    async def _look_at(self, name: str, jobs: Sequence[Listed]) -> list[Listed]:
        if not self._desk.reachable(name):
            return [replace(job, why=f"there is no key for {name} to ask with") for job in jobs]
        try:
            async with self._desk.talking(name) as line:
                return await ask_about(jobs, line)
        except SeedgenError as error:
            return [replace(job, why=str(error)) for job in jobs]

    def jobs_of(self, shot_id: str) -> list[Listed]:
        """What stands for a shot: for its present request, whoever began it, and for its earlier ones."""
        asked = {fingerprint for shot in self._named(shot_id) for fingerprint in shot.fingerprints}
        found = [job for job in self.open_jobs() if job.entry.fingerprint in asked or job.shot == shot_id]
        return [replace(job, shot=shot_id) for job in found]

    def _named(self, shot_id: str) -> list[ResolvedShot]:
        return [shot for shot in self._opened.current() if shot.id == shot_id]

    def job_of(
        self, shot_id: str, take: int | None = None, fingerprint: str = "", *, among: Collection[State] = ()
    ) -> Listed:
        """The one job of a shot that stands, those `among` some states first. Raises UsageError.

        `fingerprint` is the beginning of one: a shot whose request changed may have several jobs.
        """
        found = [
            job
            for job in self.jobs_of(shot_id)
            if take in (None, job.entry.take) and job.entry.fingerprint.startswith(fingerprint)
        ]
        found = [job for job in found if job.state in among] or found
        if not found:
            raise UsageError(self._nothing(shot_id, take), remedy=_SEE_LIST)
        if len(found) > 1:
            takes = sorted({job.entry.take for job in found})
            which = f"--take: {', '.join(map(str, takes))}"
            if len(takes) < len(found):
                prints = ", ".join(job.entry.fingerprint[:_PRINT] for job in found)
                which = f"--fingerprint: {prints}"
            raise UsageError(f"{len(found)} jobs of {shot_id} are open", remedy=f"Say which with {which}.")
        return found[0]

    def _nothing(self, shot_id: str, take: int | None) -> str:
        if not self._named(shot_id) and not self.jobs_of(shot_id):
            known = [shot.id for shot in self._opened.resolved]
            return f"no shot {shot_id!r}. {did_you_mean(shot_id, known)}".strip()
        profile = self._opened.settings.profile
        under = f" under the profile {profile}" if profile else ""
        return f"no job of {shot_id}{f', take {take},' if take else ''} is open{under}"

    def selected(self, expressions: Sequence[str]) -> list[str]:
        """The shots that some ids, globs and tags choose, also ones that only jobs know.

        Raises UsageError.
        """
        declared = self._opened.selectable(self._opened.shots)
        ids = {one.id for one in declared}
        gone = [Selectable(name, frozenset()) for name in {job.shot for job in self.open_jobs()} - ids]
        chosen = select(expressions, declared + gone)
        return [one.id for one in (*declared, *sorted(gone, key=lambda one: one.id)) if one.id in chosen]

    # -- deciding --------------------------------------------------------------------------------

    async def check(self, job: Listed, job_id: str, *, force: bool = False) -> JobStatus | None:
        """What the service says of a job that a person named for a submit in doubt; None without its key.

        Raises UsageError when it belongs to another request, or (not with `force`) was asked for
        something else; JobLost, ProviderError.
        """
        entry = job.entry
        doubt.require_unowned(entry, job_id, self._opened.journal)
        if not self._desk.reachable(entry.provider):
            return None
        async with self._desk.talking(entry.provider) as line:
            status = await known(job_id, line)
            submission = submission_of(entry)
            if submission is not None and not force:
                card = self._opened.cards.find(entry.provider, entry.model)
                prompt = submission.request.prompt
                words = wire_prompt(prompt, card) if card else prompt
                await require_made_for(status, submission, line, f"{job.shot} take {entry.take}", words)
            return status

    def adopt(self, entry: JournalEntry, job_id: str) -> JournalEntry:
        """A person says which job a submit in doubt has. Raises UsageError."""
        return doubt.adopt(entry, job_id, self._opened.journal)

    def give_up(self, entry: JournalEntry) -> None:
        """A person says that a job was not billed. Raises UsageError."""
        doubt.give_up(entry, self._opened.journal)

    def forget_rejection(self, entry: JournalEntry) -> None:
        """Let a refused request be submitted again. Raises UsageError."""
        doubt.forget_rejection(entry, self._opened.journal)

    async def cancel(self, entry: JournalEntry) -> doubt.Answer:
        """Ask for a job to end. Raises ProviderError, UsageError."""
        async with self._desk.talking(entry.provider) as line:
            return await doubt.cancel(entry, line, self._opened.journal)
