"""Taking back: clips that the cache has lost and that still stand in `build/`, byte for byte."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from seedgen.digest import digest_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seedgen.app.opened import OpenedProject
    from seedgen.planning.lock import Lock, Take


def take_back(project: OpenedProject, lock: Lock) -> list[str]:
    """Put such clips back into the cache; the shots whose they are.

    A clip may be the last copy of what was paid for, or was adopted by hand and cannot be made again.
    Raises OSError, StoreError.
    """
    takes = {take.clip: (shot, take) for shot, locked in lock.shots.items() for take in locked.takes}
    lost = takes.keys() - project.objects.present(list(takes))
    found = []
    for digest in sorted(lost):
        shot, take = takes[digest]
        for place in _places(project, shot, take):
            if place.is_file() and digest_file(place) == digest:
                with project.objects.scratch() as folder:
                    shutil.copyfile(place, copy := folder / "clip.mp4")
                    project.objects.adopt(copy)
                found.append(shot)
                break
    return sorted(set(found))


def _places(project: OpenedProject, shot: str, take: Take) -> Iterator[Path]:
    """Where an assembly puts a take's clip."""
    yield project.build / "clips" / f"{shot}.mp4"
    yield project.build / "takes" / shot / f"{take.take}.mp4"
