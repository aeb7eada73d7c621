"""Golden cases: a tiny project for each action and reason of a plan, built without making a clip."""

from __future__ import annotations

import base64
import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seedgen import __version__
from seedgen.app import Settings, Workspace
from seedgen.ports.store import JournalEntry, Stage
from seedgen.store.journal import JobJournal
from seedgen.store.lockfile import LockOnDisk
from seedgen.store.takes import TakeStore
from tests.film import Film
from tests.planning.projects import STUDIO, lock_of, take_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from seedgen.planning.lock import Take
    from seedgen.planning.resolved import ResolvedShot

HEAD = """\
seedgen: 1
name: film
provider: studio
reference_sets: {door: {images: [refs/door.png]}}
defaults: {resolution: 480p, duration: 4}
"""
RED = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
WHITE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=="
)
"""Pictures of one pixel, as bytes that no version of anything makes differently."""

S1 = "  - {id: s1, prompt: A red door stands open in the evening light.}\n"
S2 = "  - {id: s2, prompt: A bare wall.}\n"
S3 = "  - {id: s3, prompt: \"{{ ref('door') }} falls shut.\", references: [door]}\n"
AFTER = "  - {id: s4, prompt: She walks in., from_shot: {id: s1, use: last_frame}}\n"
EDITED = S1.replace("open in the evening", "shut in the morning")


@dataclass(frozen=True)
class Case:
    """A project that was applied as `before` and is planned as `after`.

    `cached` are shots whose takes are in the cache alone, `journal` says how the job of a shot stands, and
    `lost` are shots whose clips are missing from the cache. `head` and `door` are what changes beside shots.
    """

    after: str
    before: str = ""
    options: tuple[str, ...] = ()
    cached: str = ""
    journal: Mapping[str, Stage] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    head: str = HEAD
    door: bytes = RED


CASES: dict[str, Case] = {
    "generate": Case(S1 + S2),
    "generate-takes": Case(S1.replace("}", ", takes: 3}")),
    "unchanged": Case(S1 + S2, S1 + S2),
    "unchanged-all": Case(S1 + S2, S1 + S2, ("--all",)),
    "regenerate-prompt": Case(EDITED + S2, S1 + S2),
    "regenerate-takes": Case(EDITED.replace("}", ", takes: 3}"), S1.replace("}", ", takes: 2}")),
    "regenerate-parameter": Case(S1.replace("}", ", duration: 8, resolution: 720p}"), S1),
    "regenerate-reference": Case(S3, S3, door=WHITE),
    "regenerate-reference-added": Case(S1.replace("}", ", references: [door]}"), S1),
    "regenerate-model": Case(S1.replace("}", ", model: two}"), S1),
    "regenerate-provider": Case(S1, S1, head=HEAD.replace("provider: studio", "provider: local")),
    "regenerate-object-missing": Case(S1 + S2, S1 + S2, lost=frozenset({"s1"})),
    "regenerate-replace": Case(S1 + S2, S1 + S2, ("--replace", "s1")),
    "reuse-cached": Case(S1 + S2, S1, cached=S2),
    "reuse-same-request": Case(S1 + S1.replace("s1", "twin")),
    "resume": Case(S1 + S2, journal={"s1": Stage.SUBMITTED}),
    "move": Case(S1.replace("s1", "opening") + S2, S1 + S2),
    "remove": Case(S2, S1 + S2),
    "blocked-ambiguous": Case(S1 + S2, journal={"s1": Stage.AMBIGUOUS}),
    "blocked-rejected": Case(S1 + S2, journal={"s1": Stage.REJECTED}),
    "blocked-unpriced": Case(S1.replace("}", ", resolution: 1080p}") + S2, options=("--max-cost", "5")),
    "blocked-over-budget": Case(S1 + S2, options=("--max-cost", "0.30")),
    "unpriced": Case(S1.replace("}", ", resolution: 1080p}") + S2),
    "generate-after": Case(S1 + AFTER),
    "regenerate-upstream": Case(EDITED + AFTER, S1 + AFTER),
    "blocked-upstream": Case(S1 + AFTER, options=("--select", "s4")),
    "selected": Case(S1 + S2, options=("--select", "s2")),
}


def build(case: Case, root: Path) -> Film:
    """The project on disk, with a lock, a cache and a journal that were never made by an apply."""
    film = Film(root)
    film.write({"cards/one.yaml": STUDIO, "cards/two.yaml": _second_model()})
    before = _made(_resolved(film, HEAD, case.before, RED))
    if before:
        LockOnDisk(root / "seedgen.lock").write(lock_of(*before))
    takes = [take_of(shot) for shot in before if shot.id not in case.lost]
    if case.cached:
        found = [take_of(shot) for shot in _resolved(film, HEAD, case.cached, RED)]
        with contextlib.closing(TakeStore(film.cache / "takes")) as store:
            for take in found:
                store.record(take)
        takes += found
    for take in takes:
        _put(film, take)
    after = _resolved(film, case.head, case.after, case.door)
    for shot in after:
        if shot.id in case.journal:
            _note(film, shot, case.journal[shot.id])
    return film


def _second_model() -> str:
    return STUDIO.replace("model: one", "model: two").replace("default: true\n", "").replace("One", "Two")


def _resolved(film: Film, head: str, shots: str, door: bytes) -> list[ResolvedShot]:
    """Write the project file, and read it as a plan does."""
    film.write({"seedgen.yaml": f"{head}shots:\n{shots}" if shots else head, "refs/door.png": door})
    if not shots:
        return []
    workspace = Workspace(Settings(film.root))
    workspace.require_sound()
    return workspace.resolved


def _made(shots: list[ResolvedShot]) -> list[ResolvedShot]:
    """The shots when each has its clip: what continues another one is known. They stand in that order."""
    made: dict[str, ResolvedShot] = {}
    for shot in shots:
        upstream = made[shot.upstream] if shot.upstream else None
        made[shot.id] = shot if upstream is None else shot.continuing(take_of(upstream).clip)
    return list(made.values())


def _put(film: Film, take: Take) -> None:
    film.write({f".seedgen/cache/objects/{take.digest[:2]}/{take.digest[2:]}.mp4": b"a clip"})


def _note(film: Film, shot: ResolvedShot, stage: Stage) -> None:
    assert shot.fingerprint is not None
    entry = JournalEntry(
        shot.fingerprint,
        shot.request.provider,
        shot.request.model,
        stage,
        shot.id,
        1,
        first=shot.fingerprint,
        request=shot.request.canonical(),
        project="film",
        job_id="job-1",
    )
    with contextlib.closing(JobJournal(film.cache / "journal")) as journal:
        journal.write(entry)


def text_of(case: Case, film: Film) -> str:
    """What a person sees: the plan, and what is said beside it."""
    ran = film.run("plan", *case.options)
    assert ran.code == 0, ran.err
    return ran.out + (f"--- stderr\n{ran.err}" if ran.err else "")


def json_of(case: Case, film: Film) -> str:
    """What a program reads, without the version of seedgen."""
    ran = film.run("plan", "--json", *case.options)
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["seedgen_version"] == __version__
    return ran.out.replace(f'"seedgen_version": "{__version__}"', '"seedgen_version": "VERSION"')
