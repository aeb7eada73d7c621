"""Completing: the words of a project that can be typed, read as quickly as can be and without a complaint.

A shell asks for them on every press of Tab, often in the middle of an edit: references are not looked
at, no request is made, and of a project with mistakes what is sound is offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from seedgen.app.opened import DEFAULT_REEL
from seedgen.planning.plan import Action
from seedgen.planning.select import open_term
from seedgen.project.diagnostics import Problems
from seedgen.project.expand import expand
from seedgen.project.loader import load_project
from seedgen.project.templates import Templates
from seedgen.store.lockfile import LockOnDisk, lock_name

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.planning.lock import Lock
    from seedgen.project.loader import Project
    from seedgen.project.shots import Shot


@dataclass(frozen=True)
class Words:
    """The words of the project in a folder."""

    root: Path
    profile: str | None = None

    @cached_property
    def _project(self) -> Project | None:
        return load_project(self.root, Problems(), {})

    @cached_property
    def _shots(self) -> list[Shot]:
        if self._project is None:
            return []
        return expand(self._project, Templates(self._project.root), self.profile, Problems())

    @cached_property
    def _lock(self) -> Lock:
        return LockOnDisk(self.root / lock_name(self.profile)).read()

    @property
    def shots(self) -> list[str]:
        """Ids, in the project's order."""
        return [shot.id for shot in self._shots]

    @property
    def continued(self) -> frozenset[str]:
        """Shots that others continue."""
        return frozenset(shot.upstream.shot for shot in self._shots if shot.upstream)

    @property
    def tags(self) -> list[str]:
        """Tags, each once."""
        return sorted({tag for shot in self._shots for tag in shot.tags})

    @property
    def variables(self) -> list[str]:
        """What a matrix gives its shots, as `VARIABLE=VALUE`, each once."""
        shots = self._project.shots if self._project else ()
        rows = [pair for shot in shots for pair in shot.entry.matrix.items()]
        return list(dict.fromkeys(f"{name}={value}" for name, values in rows for value in values))

    @property
    def reels(self) -> list[str]:
        """Reels by name."""
        if self._project is None:
            return []
        return list(self._project.spec.reels or [DEFAULT_REEL])

    @property
    def profiles(self) -> list[str]:
        """Profiles by name."""
        return list(self._project.spec.profiles) if self._project else []

    @property
    def pickable(self) -> list[str]:
        """Shots of the lock that have something to choose from; all of them when none has."""
        several = [shot_id for shot_id, shot in self._lock.shots.items() if len(shot.takes) > 1]
        return several or list(self._lock.shots)

    def takes(self, shot_id: str) -> dict[str, str]:
        """A shot's takes by number, and what to say of each."""
        locked = self._lock.shots.get(shot_id)
        if locked is None:
            return {}
        picked = locked.picked
        return {str(take.take): "picked" if take == picked else "" for take in locked.takes}

    def selectors(self, *, plans: bool) -> list[str]:
        """Everything that an expression can name; reels and actions only where there is a plan."""
        words = self.shots + [f"tag:{tag}" for tag in self.tags] + self.variables
        if plans:
            words += [f"reel:{reel}" for reel in self.reels]
            words += [f"action:{action}" for action in Action]
        return [word for word in words if not any(sign in word for sign in " ,")]


def selections(incomplete: str, words: Words, *, plans: bool) -> list[str]:
    """How an expression that is being typed can go on: its last term is completed, what stands before
    stays. A word that is whole is offered with `+` too, where something continues it."""
    at = open_term(incomplete)
    done, typed = incomplete[:at], incomplete[at:]
    bare = typed.removeprefix("+")
    plus = typed[: len(typed) - len(bare)]
    found = [word for word in words.selectors(plans=plans) if word.startswith(bare)]
    if bare in words.continued:
        found.append(f"{bare}+")
    return [f"{done}{plus}{word}" for word in found]
