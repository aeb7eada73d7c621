"""Desk: the jobs of a project at services, and what a person decides about them."""

from __future__ import annotations

from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from seedgen.digest import Digest
from seedgen.errors import UsageError
from seedgen.planning.plan import Standing
from seedgen.ports.store import FLYING_STAGES, Stage
from seedgen.project.models import LOCAL
from seedgen.store.lockfile import profile_of
from seedgen.store.standing import anything_stands

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
    from pathlib import Path

    from seedgen.app.opened import OpenedProject
    from seedgen.digest import Fingerprint
    from seedgen.execution.costs import By, Costs
    from seedgen.execution.doubt import Answer
    from seedgen.execution.jobs import Line, Workshop
    from seedgen.planning.plan import Change
    from seedgen.ports.events import Event
    from seedgen.ports.store import JournalEntry
    from seedgen.providers.registry import Surroundings


class Desk:
    """What is in flight, in doubt or refused. Its `project` is opened; services are asked only on demand."""

    def __init__(self, opened: OpenedProject) -> None:
        self._opened = opened

    # -- what the journal knows ------------------------------------------------------------------

    def standing(self) -> Mapping[Fingerprint, JournalEntry]:
        """Open entries and rejections of the cache, by request. Raises StoreError."""
        if not anything_stands(self._opened.cache / "journal"):
            return {}
        return self._opened.journal.standing()

    def standings(self) -> dict[Fingerprint, Standing]:
        """What the journal holds against submitting some requests, for the planner."""
        found = {}
        for fingerprint, entry in self.standing().items():
            if standing := self.standing_of(entry):
                found[fingerprint] = standing
        return found

    def standing_of(self, entry: JournalEntry) -> Standing | None:
        """What an entry holds against submitting its request; None for nothing."""
        if entry.provider == LOCAL:
            # A local render ended with its process; only a clip that it left behind is worth going on from.
            kept = entry.stage is Stage.DOWNLOADED and self._opened.objects.present([Digest(entry.digest)])
            return Standing.IN_FLIGHT if kept else None
        if entry.stage is Stage.REJECTED:
            return Standing.REJECTED
        if entry.stage in FLYING_STAGES:
            return Standing.IN_FLIGHT
        # A living process that has claimed it is just submitting it: whoever waits gets its take.
        with self._opened.journal.claim(entry.fingerprint) as abandoned:
            return Standing.AMBIGUOUS if abandoned else Standing.IN_FLIGHT

    def own(self) -> list[JournalEntry]:
        """The standing entries of this project, by shot."""
        mine = [e for e in self.standing().values() if e.project == self._opened.project.name]
        return sorted((e for e in mine if e.provider != LOCAL), key=lambda e: (e.shot, e.take, e.fingerprint))

    def strays(self, declared: Collection[Fingerprint]) -> list[JournalEntry]:
        """Jobs in flight for requests that are declared no longer: paid, and to be collected.

        Those of another profile are that profile's business.
        """
        flying = [entry for entry in self.own() if entry.stage in FLYING_STAGES]
        return [e for e in flying if e.profile == self._profile and e.fingerprint not in declared]

    def elsewhere(self) -> Counter[str]:
        """How many jobs are in flight that were submitted under other profiles, by profile."""
        flying = (entry.profile for entry in self.own() if entry.stage in FLYING_STAGES)
        return Counter(profile for profile in flying if profile != self._profile)

    @property
    def _profile(self) -> str:
        return self._opened.settings.profile or ""

    # -- services --------------------------------------------------------------------------------

    @cached_property
    def around(self) -> Surroundings:
        """Where keys and base URLs are looked up."""
        from seedgen.providers.registry import Surroundings

        return Surroundings(self._opened.settings.environment, self._opened.project.root)

    def line(
        self, name: str, concurrency: int | None = None, tell: Callable[[Event], None] = lambda _: None
    ) -> Line:
        """A service, ready to be talked to; `tell` hears when it cannot be reached.

        Raises AuthError without its key, UsageError.
        """
        from seedgen.execution.jobs import Line
        from seedgen.ports.events import Unreached
        from seedgen.providers import registry

        def unreached(why: str) -> None:
            tell(Unreached(name, why))

        settings = self._opened.project.spec.providers
        most = concurrency or registry.concurrency(name, settings)
        opened = self._opened
        needs = registry.Needs(settings, self.around, opened.cards, opened.uploads, most, unreached)
        return Line(registry.make_provider(name, needs), most, self.around.pace)

    def reachable(self, name: str) -> bool:
        """Whether there is a key for a service."""
        from seedgen.providers.registry import SERVICES

        return name not in SERVICES or SERVICES[name].key(self.around) is not None

    def require(self, name: str, changes: Sequence[Change]) -> None:
        """Check that a service has its key and can get at what is sent. Raises AuthError, UsageError."""
        from seedgen.providers import registry

        if name in registry.SERVICES:
            registry.SERVICES[name].access(self.around)
        settings = self._opened.project.spec.providers
        for change in changes:
            if change.submits and change.request is not None:
                why = registry.unreachable(name, change.request, change.media, settings)
                if why:
                    raise UsageError(f"{change.shot}: {why}", remedy=registry.HOW_TO_REACH[name])

    def workshop(self, tell: Callable[[Event], None], scratch: Path, plan_id: str = "") -> Workshop:
        """Where jobs keep things; `scratch` is one of the objects' own.

        The apply is named by when it began and by its plan.
        """
        from seedgen.execution.jobs import Workshop
        from seedgen.execution.taking_over import Excerpts
        from seedgen.media.frames import PyavFrames
        from seedgen.media.probe import PyavClipReader

        opened = self._opened
        begun = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return Workshop(
            opened.objects,
            opened.takes,
            opened.journal,
            PyavClipReader(),
            tell,
            scratch,
            Excerpts(opened.objects, opened.frames, PyavFrames()),
            project=opened.project.name,
            profile=self._profile,
            apply=f"{begun} {plan_id[:8]}".strip(),
        )

    # -- doubt -----------------------------------------------------------------------------------

    def in_doubt(self) -> list[JournalEntry]:
        """Submits of this project of which nobody knows whether they were accepted, and nobody is at work."""
        mine = [entry for entry in self.own() if entry.profile == self._profile]
        return [entry for entry in mine if self.standing_of(entry) is Standing.AMBIGUOUS]

    async def ask_services(
        self, entries: Sequence[JournalEntry], told: Callable[[Answer], None] = lambda _: None
    ) -> list[Answer]:
        """Ask the services about submits in doubt; what they say goes into the journal.

        A job whose answer was lost may be found; one that surely was not accepted is closed.
        """
        from seedgen.execution.doubt import Answer, Finding, ask

        answers = []
        for name in dict.fromkeys(entry.provider for entry in entries):
            mine = [entry for entry in entries if entry.provider == name]
            if not self.reachable(name):
                why = f"there is no key for {name} to ask with"
                answers += [Answer(entry, Finding.IN_DOUBT, why) for entry in mine]
                continue
            async with self.talking(name) as line:
                for entry in mine:
                    answers.append(await ask(entry, line, self._opened.journal))
                    told(answers[-1])
        return answers

    @asynccontextmanager
    async def talking(self, name: str) -> AsyncIterator[Line]:
        """A service for the length of a block. Raises AuthError without its key, UsageError."""
        line = self.line(name)
        try:
            yield line
        finally:
            await line.provider.close()

    # -- money -----------------------------------------------------------------------------------

    def costs(self, by: By) -> Costs:
        """What the project has spent, as its journal and its locks tell: under a profile, that one's part.

        Raises StoreError.
        """
        from seedgen.execution.costs import Ledger, Locked, costs_of, lengths_of

        opened = self._opened
        entries = list(opened.journal.entries())
        locked = [
            Locked(shot_id, take, profile_of(file.name))
            for file in sorted(opened.project.root.glob("seedgen*.lock"))
            for shot_id, shot in opened.lock_at(file).read().shots.items()
            for take in shot.takes
        ]
        found = opened.takes.find([e.fingerprint for e in entries]).values()
        ledger = Ledger(
            opened.project.name,
            entries,
            locked,
            lengths_of([*(one.take for one in locked), *found]),
            self.failures_are_free,
            opened.settings.profile,
        )
        return costs_of(ledger, by)

    def failures_are_free(self, provider: str, model: str) -> bool:
        """Whether a model's card says that a job that fails costs nothing."""
        card = self._opened.cards.find(provider, model)
        return card is not None and (card.free or card.failures_are_free)
