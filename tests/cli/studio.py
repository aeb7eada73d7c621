"""A film whose shots are made by a service, and an emulator of that service behind it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from seedgen.project.shelf import SHIPPED
from tests.emulator import Do, Fault
from tests.film import Film

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.emulator import Emulator
    from tests.film import Ran

YAML = """\
seedgen: 1
name: film
provider: oxen
defaults: {resolution: 480p, duration: 4, aspect_ratio: "1:1", generate_audio: false}
profiles:
  each: {provider: eachlabs}
  free: {provider: local, duration: 1}
shots:
  - {id: door, prompt: A red door., tags: [hero]}
  - {id: wall, prompt: A bare wall.}
  - {id: roof, prompt: A pale roof., tags: [hero]}
"""
CARD = "oxen-seedance-2-0-reference-to-video.yaml"
PRICES = "prices: {date: 2026-05-01, source: https://example.com/prices, per_second: {480p: 0.11}}"
"""Four seconds are estimated at 0.44 USD; the emulator bills 0.40 for them."""


def studio(root: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Film:
    """The film, and an environment that leads to the emulator, where nothing waits long."""
    for name, value in emulator.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SEEDGEN_PACE", "0.002")
    return film_at(root)


def film_at(root: Path) -> Film:
    """The film alone, in a folder that is made for it."""
    card = (SHIPPED / CARD).read_text(encoding="utf-8")
    assert card.count("\nprices: null\n") == 1
    film = Film(root)
    film.write({"seedgen.yaml": YAML, f"cards/{CARD}": card.replace("prices: null", PRICES)})
    return film


def detached(film: Film, *arguments: str, before: tuple[str, ...] = ()) -> Ran:
    """Submit everything, and leave it in flight."""
    return film.apply("--detach", "--allow-unpriced", *arguments, before=before)


def applied(film: Film, *arguments: str, before: tuple[str, ...] = ()) -> Ran:
    """An apply without reels, however it ends."""
    return film.run(*before, "apply", "--auto-approve", "--allow-unpriced", "--no-reel", *arguments)


def in_doubt(
    film: Film, emulator: Emulator, shot: str = "door", *, service: str = "eachlabs", accepted: bool = True
) -> None:
    """Have a shot's submits left without an answer, by a service that cannot be asked meanwhile."""
    before = ("--profile", "each") if service == "eachlabs" else ()
    faults = [
        emulator.add(Fault(service, "submit", Do.DROP, times=None, takes_effect=accepted)),
        emulator.add(Fault(service, "list", status=500, times=None)),
    ]
    ran = applied(film, "--select", shot, before=before)
    assert ran.code == 1, ran.err
    for fault in faults:
        emulator.remove(fault)


def jobs(film: Film, *arguments: str, before: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The jobs of `jobs list --json`."""
    ran = film.run(*before, "jobs", "list", "--json", *arguments)
    assert ran.code == 0, ran.err
    found: list[dict[str, Any]] = json.loads(ran.out)["jobs"]
    return found


def states(film: Film, *arguments: str, before: tuple[str, ...] = ()) -> dict[str, str]:
    """Where the jobs stand, by shot."""
    return {job["shot"]: job["state"] for job in jobs(film, *arguments, before=before)}


def ids(film: Film) -> dict[str, str]:
    """The ids of open jobs, by shot."""
    return {job["shot"]: job["job_id"] for job in jobs(film)}
