"""Every profile: a project opened under each of its profiles in turn, and what all of them together need."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seedgen.app.reels import ReeledProject
from seedgen.errors import SeedgenError
from seedgen.media.segments import FfmpegSegments
from seedgen.reel.pieces import SourceKind, pieces, stand_in_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seedgen.app.opened import Settings

DEFAULT = "default"
"""What the state of no profile is called in `.seedgen/`."""


@dataclass(slots=True)
class Needed:
    """What a project declares, under all of its profiles.

    `requests` are fingerprints, `segments` and `stand_ins` keys of what its reels show. `unknown` says of
    reels why that cannot be told.
    """

    names: set[str] = field(default_factory=set)
    profiles: set[str] = field(default_factory=set)
    requests: set[str] = field(default_factory=set)
    segments: set[str] = field(default_factory=set)
    stand_ins: set[str] = field(default_factory=set)
    unknown: dict[str, str] = field(default_factory=dict)


def every_profile(settings: Settings) -> Iterator[ReeledProject]:
    """The project without a profile, and under each. Raises ProjectError for one that is not sound."""
    first = ReeledProject(replace(settings, profile=None))
    first.require_sound()
    yield first
    for name in first.project.spec.profiles:
        project = ReeledProject(replace(settings, profile=name))
        project.require_sound()
        yield project


def needed_by(settings: Settings) -> Needed:
    """What a project declares. Raises ProjectError, LockUnreadable."""
    needed = Needed()
    for project in every_profile(settings):
        needed.names.add(project.project.name)
        needed.profiles.add(project.settings.profile or DEFAULT)
        for shot in project.resolved:
            needed.requests |= {shot.of_take(number)[1] for number in range(1, shot.shot.takes + 1)}
        _reels(project, needed)
        project.close()
    return needed


def _reels(project: ReeledProject, needed: Needed) -> None:
    lock = project.lock_file.read()
    pick = project.picked(lock)
    where = f" under {project.settings.profile}" if project.settings.profile else ""
    for name, reel in project.reels.items():
        try:
            encoder = FfmpegSegments(project.ffmpeg).identity
            shown = pieces(project.timeline(name, lock), reel.slate, encoder)
        except SeedgenError as error:
            needed.unknown[name + where] = str(error)
            continue
        needed.segments |= {piece.key for piece in shown}
        sources = (source for piece in shown for source in piece.sources)
        needed.stand_ins |= {source.key for source in sources if source.kind is SourceKind.STAND_IN}
        needed.stand_ins |= {
            stand_in_key(shot, encoder) for shot in project.reel_shots(reel) if pick(shot) is None
        }
