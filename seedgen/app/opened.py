"""Opened: a project with its shots resolved, and what is kept of it."""

from __future__ import annotations

import contextlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

from seedgen.app.kept import Kept
from seedgen.app.reel_checks import ReelChecks
from seedgen.errors import LockUnreadable, ProjectError, UsageError
from seedgen.planning.accept import accepted_takes
from seedgen.planning.current import as_locked
from seedgen.planning.resolve import resolve
from seedgen.planning.select import Selectable
from seedgen.project.diagnostics import Diagnostic, Problems, Severity, did_you_mean, there_are
from seedgen.project.expand import expand
from seedgen.project.loader import load_project, load_var_file, parse_var
from seedgen.project.locating import located
from seedgen.project.models import OXEN
from seedgen.project.reels import Reel
from seedgen.project.shelf import load_cards
from seedgen.project.survey import survey
from seedgen.project.templates import Templates
from seedgen.store.reference_index import ReferenceIndex

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from seedgen.app.kept import Settings
    from seedgen.digest import Fingerprint
    from seedgen.planning.lock import Take
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.project.loader import Project
    from seedgen.project.media import MediaFacts
    from seedgen.project.shelf import Cards
    from seedgen.project.shots import Shot

DEFAULT_REEL = "main"


class OpenedProject(Kept):
    """A project with its shots resolved, its lock and its cache. Opening it writes nothing but memory
    of reference digests, and needs no network, no key and no ffmpeg."""

    def __init__(self, settings: Settings) -> None:
        self.problems = Problems()
        self._texts: Mapping[Path, str] = {}
        self.project = self._load(settings)
        super().__init__(settings, self.project.root)
        self._check_places()
        self.cards: Cards = load_cards(self.project.root, self.problems)
        self._templates = Templates(self.project.root)
        self.shots: list[Shot] = expand(self.project, self._templates, settings.profile, self.problems)
        index = ReferenceIndex(self.private / "references.json", probe)
        self._library = survey(
            self.project, index.identify, self.problems, allow_outside=settings.allow_outside
        )
        self.resolved: list[ResolvedShot] = self._resolve(self.shots, self.problems)
        checks = ReelChecks(
            self.project, self.selectable(self.shots), self.resolved, self.problems, self._locked_take
        )
        self.music = checks.run(index.identify, allow_outside=settings.allow_outside)
        index.save()
        self._check_reach()
        self._check_emptiness()

    def _resolve(self, shots: list[Shot], problems: Problems) -> list[ResolvedShot]:
        return resolve(shots, self._library, self.cards, self._templates, problems)

    def under(self, profile: str | None) -> tuple[list[ResolvedShot], int]:
        """The shots as they are under another profile, and how many errors there are under it.

        Shots with an error are left out.
        """
        problems = Problems()
        shots = self._resolve(expand(self.project, self._templates, profile, problems), problems)
        found = located(problems, self._texts) if problems.errors else []
        return shots, sum(one.severity is Severity.ERROR for one in found)

    def _load(self, settings: Settings) -> Project:
        overrides: dict[str, Any] = dict(settings.frozen)
        for file in settings.var_files:
            overrides.update(load_var_file(file, self.problems))
        for text in settings.variables:
            pair = parse_var(text)
            if pair is None:
                raise UsageError(f"--var {text}: write NAME=VALUE")
            overrides[pair[0]] = pair[1]
        self.overrides = overrides
        project = load_project(settings.root, self.problems, overrides)
        if project is None:
            raise _refusal(located(self.problems, {}))
        self._texts = project.texts
        return project

    def _check_places(self) -> None:
        """A stranger's project must not have us write elsewhere through a link of its own.

        Checked before anything is written. Raises ProjectError.
        """
        root = self.project.root
        for place in (root / "build", self.build, self.build / "clips", self.private, self.private / "cache"):
            if not self.settings.allow_outside and not place.resolve().is_relative_to(root):
                name = place.relative_to(root).as_posix()
                detail = (
                    "seedgen writes there. Allow it with --allow-outside, or share a cache with --cache-dir."
                )
                self.problems.error("a link leads out of the project", detail, address=name)
                raise _refusal(located(self.problems, self._texts))

    @cached_property
    def diagnostics(self) -> list[Diagnostic]:
        """Everything found wrong, located."""
        return located(self.problems, self._texts)

    @property
    def warnings(self) -> list[Diagnostic]:
        """Everything found that does not stop plan and apply."""
        return [d for d in self.diagnostics if d.severity is Severity.WARNING]

    def require_sound(self) -> None:
        """Raises ProjectError with all diagnostics when any of them is an error."""
        if self.problems.errors:
            raise _refusal(self.diagnostics)

    @property
    def reels(self) -> Mapping[str, Reel]:
        """Reels by name; without any declared, `main` with every shot."""
        return self.project.spec.reels or {DEFAULT_REEL: Reel()}

    def _check_reach(self) -> None:
        """Warn of files that a service could not get at: planning goes on without it, an apply would not."""
        out_of_reach = []
        for shot in self.resolved:
            if shot.request.provider == OXEN and not all(isinstance(one, str) for one in shot.media):
                from seedgen.providers.registry import unreachable

                if why := unreachable(OXEN, shot.request, shot.media, self.project.spec.providers):
                    out_of_reach.append((shot, why))
        if out_of_reach:
            from seedgen.providers.registry import HOW_TO_REACH

            shot, why = out_of_reach[0]
            others = f" So it is for {len(out_of_reach)} shots." if len(out_of_reach) > 1 else ""
            detail = f"{why}.{others} {HOW_TO_REACH[OXEN]}"
            at = shot.shot.place.at("references")
            self.problems.warning("reference out of reach", detail, at=at)

    def _check_emptiness(self) -> None:
        """Warn of a project that has lost all its shots: an apply would take the whole lock apart."""
        if self.project.shots or self.problems.errors:
            return
        with contextlib.suppress(LockUnreadable):
            if locked := len(self.lock_file.read().shots):
                name = self.lock_file.path.name
                self.problems.warning(
                    "the project declares no shots",
                    f"{name} has {locked}, and an apply would take them out of it; their clips stay in the "
                    "cache. Is `shots:` or `include:` as it should be?",
                    address="shots",
                )

    def _locked_take(self, shot: ResolvedShot) -> Take | None:
        """The picked take that the lock has for just this request; whether its clip is there is not asked."""
        with contextlib.suppress(LockUnreadable):
            locked = self.lock_file.read().shots.get(shot.id)
            if locked is not None and locked.fingerprint == shot.fingerprint:
                return locked.picked
        return None

    def find_accepted(
        self, wanted: Collection[tuple[str, Fingerprint]]
    ) -> Mapping[tuple[str, Fingerprint], Take]:
        """The takes that were once accepted for requests of shots of this project."""
        return self.takes.find_accepted(self.project.name, wanted)

    def remember_takes(self) -> None:
        """Before the lock is changed: what it alone knows of takes goes into the cache.

        A lost cache of takes is begun anew, and what was accepted is found again after a detour.
        """
        self.takes.restore(self.locked_takes())
        self.takes.accept(self.project.name, accepted_takes(self.lock_file.read().shots))

    @staticmethod
    def selectable(shots: Collection[Shot]) -> list[Selectable]:
        """What shots can be selected by."""
        return [
            Selectable(
                shot.id, frozenset(shot.tags), shot.scope, shot.upstream.shot if shot.upstream else None
            )
            for shot in shots
        ]

    def current(self) -> list[ResolvedShot]:
        """The shots, complete as far as the lock has the clips that they continue."""
        return as_locked(self.resolved, self.lock_file.read())

    def shot(self, shot_id: str) -> ResolvedShot:
        """One shot by id, complete as far as the lock has the clip that it continues.

        Raises UsageError with near names.
        """
        found = next((shot for shot in self.current() if shot.id == shot_id), None)
        if found is None:
            raise unknown_shot(shot_id, [shot.id for shot in self.resolved])
        return found


def unknown_shot(shot_id: str, known: Collection[str]) -> UsageError:
    """What is said of a shot that is not among the known ones."""
    return UsageError(f"no shot {shot_id!r}", remedy=did_you_mean(shot_id, known) or there_are(known))


def _refusal(found: list[Diagnostic]) -> ProjectError:
    """All diagnostics as an error that says them: a program's traceback shows what is wrong."""
    from pathlib import Path

    from seedgen.views.diagnostics import diagnostics_text
    from seedgen.views.paint import Paint

    return ProjectError(found, diagnostics_text(found, Path.cwd(), Paint(on=False)).rstrip("\n"))


def probe(path: Path) -> MediaFacts:
    """The facts of a media file; PyAV and Pillow are imported only when there is one to look at."""
    from seedgen.media.probe import probe_media

    return probe_media(path)
