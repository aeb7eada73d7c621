"""Checkup: what `doctor` looks at in this installation, in a project and its cache, and at services."""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from seedgen import __version__
from seedgen.errors import FfmpegNotFound, ProjectError, SeedgenError
from seedgen.project.reading import PROJECT_FILE
from seedgen.views.checkup import Finding, Level
from seedgen.views.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seedgen.app.kept import Settings
    from seedgen.app.workspace import Workspace
    from seedgen.providers.registry import Service

_GIB = 1024**3
_LITTLE = 2 * _GIB
_USUAL_RATE = 1024**2
"""Bytes in a second of video, where there is none to measure: 8 Mbit/s."""

_COPIES = 3
"""Each clip stands in the cache, as a segment, and as a copy in `build/` where files cannot share bytes."""


def checkup(settings: Settings) -> list[Finding]:
    """Everything that can be looked at without a network. Raises UsageError."""
    found = [Finding("seedgen", Level.OK, f"seedgen {__version__}, Python {sys.version.split()[0]}")]
    found += _ffmpeg(settings)
    found += _fonts()
    workspace = None
    if (settings.root / PROJECT_FILE).exists():
        try:
            workspace = _opened(settings)
        except ProjectError as error:
            found.append(_broken(len(error.diagnostics)))
    else:
        message = "no project here: only the installation was looked at"
        found.append(Finding("project", Level.NOTE, message, remedy="`seedgen -C DIR doctor` names one."))
    if workspace is None:
        found += _room(settings.cache_dir or settings.root / ".seedgen" / "cache", 0)
    else:
        from seedgen.app import project_checks

        with closing(workspace):
            errors = workspace.problems.errors
            found.append(_broken(errors) if errors else Finding("project", Level.OK, _size_of(workspace)))
            found += _room(workspace.cache, 0 if errors else _needed(workspace))
            found += project_checks.look_at(workspace)
    return [*found, *_keys(settings, workspace)]


def _opened(settings: Settings) -> Workspace:
    from seedgen.app.workspace import Workspace

    return Workspace(settings)


def _broken(errors: int) -> Finding:
    message = f"the project has {counted(errors, 'error')}"
    return Finding("project", Level.PROBLEM, message, remedy="`seedgen validate` shows them.")


def _size_of(workspace: Workspace) -> str:
    shots = counted(len(workspace.resolved), "shot")
    return f"{workspace.project.name}: {shots}, {counted(len(workspace.reels), 'reel')}"


# -- the installation ------------------------------------------------------------------------------


def _ffmpeg(settings: Settings) -> Iterator[Finding]:
    import shutil

    from seedgen.media.ffmpeg_finder import find_ffmpeg

    try:
        chosen = find_ffmpeg(settings.ffmpeg, settings.search_path)
    except FfmpegNotFound as error:
        yield Finding("ffmpeg", Level.PROBLEM, str(error), remedy=error.remedy)
        return
    yield Finding("ffmpeg", Level.OK, chosen.identity, str(chosen.exe))
    on_path = shutil.which("ffmpeg", path=settings.search_path) if settings.search_path else None
    if settings.ffmpeg is None and on_path and Path(on_path) != chosen.exe:
        try:
            find_ffmpeg(Path(on_path), None)
        except FfmpegNotFound as error:
            yield Finding("ffmpeg", Level.NOTE, str(error), "The one above is used instead.")


def _fonts() -> Iterator[Finding]:
    from seedgen.media.lettering import Weight, load_font

    try:
        for weight in Weight:
            load_font(weight, 20)
    except OSError as error:
        message = f"the typeface of captions and slates cannot be read: {error}"
        yield Finding("fonts", Level.PROBLEM, message, remedy="Reinstall seedgen.")
    else:
        yield Finding("fonts", Level.OK, "the typeface of captions and slates")


def _room(cache: Path, needed: int) -> Iterator[Finding]:
    from seedgen.store.disk import free_space

    free = free_space(cache)
    standing = next(place for place in (cache, *cache.absolute().parents) if place.is_dir())
    message = f"{free / _GIB:.1f} GiB free for the cache in {cache}"
    if not os.access(standing, os.W_OK):
        remedy = "Make the folder writable, or name another one with --cache-dir."
        yield Finding("disk", Level.PROBLEM, f"{message}, which cannot be written", remedy=remedy)
    elif free < needed:
        wanted = f"what is planned takes about {needed / _GIB:.1f} GiB"
        remedy = "Free some space, or name another folder with --cache-dir."
        yield Finding("disk", Level.PROBLEM, message, wanted, remedy)
    elif free < _LITTLE:
        yield Finding("disk", Level.WARNING, message, remedy="Free some space before a large apply.")
    else:
        yield Finding("disk", Level.OK, message)


def _needed(workspace: Workspace) -> int:
    """Bytes that what a plan would generate takes, judged by the clips that there are."""
    from seedgen.views.status import seconds_of

    try:
        plan, lock = workspace.plan(), workspace.lock_file.read()
    except SeedgenError:
        return 0  # what is wrong is told elsewhere
    clips = {take.clip for shot in lock.shots.values() for take in shot.takes}
    sizes = [workspace.objects.path(clip).stat().st_size for clip in workspace.objects.present(clips)]
    seconds = seconds_of(lock)
    rate = sum(sizes) / seconds if sizes and len(sizes) == len(clips) and seconds else _USUAL_RATE
    return int(plan.seconds * rate * _COPIES)


# -- keys and services -----------------------------------------------------------------------------


def _used(workspace: Workspace | None, name: str) -> int:
    shots = workspace.resolved if workspace else []
    return sum(shot.request.provider == name for shot in shots)


def _keys(settings: Settings, workspace: Workspace | None) -> Iterator[Finding]:
    """Where keys are found. Never what they are."""
    from seedgen.providers.keys import KEY_NAMES, read_key

    for provider, name in KEY_NAMES.items():
        if read_key(provider, settings.environment, settings.root) is not None:
            where = "the environment" if settings.environment.get(name) else ".env"
            yield Finding("keys", Level.OK, f"{name} for {provider}: set in {where}")
        elif shots := _used(workspace, provider):
            message = f"{name} for {provider}: not set, and {counted(shots, 'shot')} would need it"
            remedy = f"Set {name} in the environment, or in a .env beside {PROJECT_FILE}."
            yield Finding("keys", Level.WARNING, message, remedy=remedy)
        else:
            yield Finding(
                "keys", Level.NOTE, f"{name} for {provider}: not set (only needed for that provider)"
            )
    file = settings.root / ".env"
    if file.is_symlink():
        remedy = "Put the keys into a file of its own, or into the environment."
        yield Finding("keys", Level.WARNING, ".env is a link, which is not followed", remedy=remedy)
    elif file.is_file() and file.stat().st_mode & 0o077:
        yield Finding(
            "keys", Level.WARNING, "others on this machine can read .env", remedy="`chmod 600 .env`"
        )


async def services(settings: Settings) -> list[Finding]:
    """Ask every service that shots use or that has a key whether it answers, and takes the key."""
    from seedgen.providers.registry import SERVICES, Surroundings

    around = Surroundings(settings.environment, settings.root)
    try:
        workspace = _opened(settings) if (settings.root / PROJECT_FILE).exists() else None
    except ProjectError:
        workspace = None
    asked = [one for one in SERVICES.values() if one.key(around) is not None]
    silent = [one for one in SERVICES.values() if one.key(around) is None and _used(workspace, one.name)]
    found = [await _asked(one, settings, workspace) for one in asked]
    found += [Finding("service", Level.NOTE, f"{one.title}: not asked, for want of a key") for one in silent]
    return found or [Finding("service", Level.NOTE, "no service was asked: none is used, and no key is set")]


async def _asked(service: Service, settings: Settings, workspace: Workspace | None) -> Finding:
    from seedgen.project.models import EACHLABS, KeyHeader
    from seedgen.providers.reaching import reach
    from seedgen.providers.registry import Surroundings

    own = workspace.project.spec.providers.eachlabs.auth if workspace else KeyHeader.BEARER
    around = Surroundings(settings.environment, settings.root)
    where = service.base_url(around)
    try:
        await reach(service.name, around, own if service.name == EACHLABS else KeyHeader.BEARER)
    except SeedgenError as error:
        return Finding("service", Level.PROBLEM, str(error), where, error.remedy)
    return Finding("service", Level.OK, f"{service.title} answers and takes the key", where)
