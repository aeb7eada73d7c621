"""Every profile: a project opened under each of its profiles in turn, and what all of them together need."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seedgen.app.reels import ReeledProject
from seedgen.digest import Digest
from seedgen.errors import SeedgenError, UsageError
from seedgen.media.segments import FfmpegSegments
from seedgen.planning.graph import Graph
from seedgen.reel.pieces import SourceKind, pieces, stand_in_key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from seedgen.app.kept import Settings

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
    """The project without a profile, and under each.

    Raises ProjectError, and UsageError for a profile under which it is not sound.
    """
    first = ReeledProject(replace(settings, profile=None))
    first.require_sound()
    yield first
    for name in first.project.spec.profiles:
        project = ReeledProject(replace(settings, profile=name))
        if project.problems.errors:
            raise UsageError(
                f"the project is not sound under its profile {name}: what it needs there cannot be told",
                remedy=f"`seedgen --profile {name} validate` says what is wrong.",
            )
        yield project


def needed_by(settings: Settings, recorded: Mapping[str, Collection[str]]) -> Needed:
    """What a project declares. `recorded` are the clips of requests that the cache knows.

    Raises ProjectError, UsageError, LockUnreadable.
    """
    needed = Needed()
    for project in every_profile(settings):
        with closing(project):
            needed.names.add(project.project.name)
            needed.profiles.add(project.settings.profile or DEFAULT)
            needed.requests |= _requests(project, recorded)
            _reels(project, needed)
    return needed


def _requests(project: ReeledProject, recorded: Mapping[str, Collection[str]]) -> set[str]:
    """What the shots ask for, as fingerprints.

    Of a shot that continues another one, with every clip that that one has: which of them it is to be may
    stand in no lock yet.
    """
    locked = project.lock_file.read().shots
    shots = {shot.id: shot for shot in project.resolved}
    clips: dict[str, set[str]] = {}
    requests: set[str] = set()
    for shot_id in Graph(shot.shot for shot in project.resolved).order:
        shot = shots[shot_id]
        before = clips.get(shot.upstream or "", set())
        versions = [shot] if shot.upstream is None else [shot.continuing(Digest(one)) for one in before]
        own = {one for version in versions for one in version.fingerprints}
        clips[shot_id] = {clip for one in own for clip in recorded.get(one, ())}
        clips[shot_id] |= {take.digest for take in locked[shot_id].takes} if shot_id in locked else set()
        requests |= own
    return requests


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
