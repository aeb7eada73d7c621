"""Taking back: clips that the cache has lost and that still stand in `build/`, byte for byte."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from seedgen.digest import digest_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from seedgen.app.opened import OpenedProject
    from seedgen.digest import Digest
    from seedgen.planning.lock import Lock, Take


def take_back(project: OpenedProject, lock: Lock) -> list[str]:
    """Put such clips back into the cache; the shots whose they are.

    A clip may be the last copy of what was paid for, or was adopted by hand and cannot be made again.
    Raises OSError, StoreError.
    """
    takes = [(shot, take) for shot, locked in lock.shots.items() for take in locked.takes]
    present = project.objects.present([take.clip for _, take in takes])
    found = []
    for shot, take in takes:
        if take.clip not in present and (place := _standing(project, shot, take)):
            with project.objects.scratch() as folder:
                shutil.copyfile(place, copy := folder / "clip.mp4")
                present.add(project.objects.adopt(copy))
            found.append(shot)
    return list(dict.fromkeys(found))


def to_be_taken_back(project: OpenedProject, lock: Lock, lost: Collection[Digest]) -> set[Digest]:
    """Which lost clips an apply will take back, as far as can be told without reading any."""
    return {
        take.clip
        for shot, locked in lock.shots.items()
        for take in locked.takes
        if take.clip in lost
        and any(project.outputs.is_current(name, take.clip) for name in _names(shot, take))
    }


def _standing(project: OpenedProject, shot: str, take: Take) -> Path | None:
    """Where an assembly put a take's clip, if these are its bytes still."""
    for name in _names(shot, take):
        place = project.build / name
        if place.is_file():
            if digest_file(place) == take.clip:
                return place
            project.outputs.forget(name)  # whatever it looked like, it is not what was put there
    return None


def _names(shot: str, take: Take) -> Iterator[str]:
    yield f"clips/{shot}.mp4"
    yield f"takes/{shot}/{take.take}.mp4"
