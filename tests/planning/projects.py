"""Small projects on disk, opened as far as requests, and the locks that their applies would leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.digest import digest_bytes
from seedgen.planning.lock import Lock, LockedShot, RequestRecord, Take
from seedgen.planning.resolve import resolve
from seedgen.project.diagnostics import Problems, Severity
from seedgen.project.expand import expand
from seedgen.project.loader import load_project
from seedgen.project.media import Derived
from seedgen.project.shelf import load_cards
from seedgen.project.survey import survey
from seedgen.project.templates import Templates
from tests.fakes import FakeProbe

if TYPE_CHECKING:
    from pathlib import Path

    from seedgen.planning.resolved import ResolvedShot

Files = dict[str, str | bytes]
"""Files of a project by their path in it."""

STUDIO = """\
card: 1
provider: studio
model: one
version: "1"
title: Studio One
default: true
parameters:
  resolution: {enum: [480p, 720p, 1080p], default: 480p}
  duration: {anyOf: [{const: auto}, {type: integer, minimum: 1, maximum: 10}], default: 4}
references:
  max_total: 4
  token: "[{Type} {n}]"
  image: {field: images, max: 4}
prices:
  date: 2026-05-01
  source: https://example.com/prices
  per_second: {480p: 0.05, 720p: 0.10}
automatic_seconds: 10
"""
"""A model with a price: 0.05 USD a second at 480p, 0.10 at 720p, unknown at 1080p."""


@dataclass(frozen=True)
class Opened:
    """What a project's shots came to, and what was found wrong."""

    shots: list[ResolvedShot]
    problems: Problems

    @property
    def prints(self) -> dict[str, str]:
        """Fingerprints by shot."""
        return {shot.id: shot.fingerprint for shot in self.shots if shot.fingerprint}

    def found(self, severity: Severity = Severity.ERROR) -> list[tuple[str, str]]:
        """Summary and detail of every problem of a severity."""
        return [(p.summary, p.detail) for p in self.problems if p.severity is severity]


def write(root: Path, files: Files) -> None:
    """Write files, given by their path in the project."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def opened(root: Path, yaml: str, files: Files | None = None, profile: str | None = None) -> Opened:
    """Write a project and take it from YAML to requests; `yaml` goes on after the two required lines."""
    write(root, {"seedgen.yaml": f"seedgen: 1\nname: film\n{yaml}", **(files or {})})
    problems = Problems()
    project = load_project(root, problems)
    assert project is not None, list(problems)
    templates = Templates(project.root)
    shots = expand(project, templates, profile, problems)
    library = survey(project, FakeProbe().identify, problems)
    return Opened(resolve(shots, library, load_cards(project.root, problems), templates, problems), problems)


def files_of(shot: ResolvedShot) -> list[Path | str]:
    """Where a shot's references are that come from no other shot."""
    return [one for one in shot.media if not isinstance(one, Derived)]


def take_of(shot: ResolvedShot, number: int = 1) -> Take:
    """A take of a shot with a clip of its own."""
    request, fingerprint = shot.of_take(number)
    assert fingerprint is not None
    return Take(
        take=number,
        fingerprint=fingerprint,
        digest=digest_bytes(f"clip of {fingerprint}".encode()),
        provider=request.provider,
        model=request.model,
        job_id=f"job-{shot.id}-{number}",
        cost_usd=None,
        cost_estimated=False,
        frames=96,
        rate="24/1",
    )


def lock_of(*shots: ResolvedShot, serial: int = 1) -> Lock:
    """The lock after an apply of these shots with all their takes; their requests are known."""
    return Lock(
        serial=serial,
        plan_id="0" * 64,
        shots={
            shot.id: LockedShot(
                fingerprint=shot.request.fingerprint(),
                request=RequestRecord.model_validate(shot.request.canonical()),
                takes=tuple(take_of(shot, number) for number in range(1, shot.shot.takes + 1)),
            )
            for shot in shots
        },
    )
