"""Staging: one trouble, from a fresh film to its end, through the command line as a user types it."""

from __future__ import annotations

import contextlib
import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PIL import Image

from seedgen.ports.store import JournalEntry, Stage
from seedgen.store.journal import JobJournal
from tests.cli.plug import Plug
from tests.film import Film, Ran

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping
    from pathlib import Path

    from tests.emulator import Emulator, Fault
    from tests.emulator.world import World

    Commands = tuple[tuple[str, ...], ...]

EACH, OXEN = "eachlabs", "oxen"
WORDS = {
    EACH: {"service": "each::labs", "provider": EACH, "key": "EACHLABS_API_KEY", "url": "EACHLABS_BASE_URL"},
    OXEN: {"service": "Oxen.ai", "provider": OXEN, "key": "OXEN_API_KEY", "url": "OXEN_BASE_URL"},
}
APPLY = ("apply", "--auto-approve", "--allow-unpriced", "--no-reel")
PACE = "0.01"
"""Every waiting time a hundredth: two minutes of silence are 1.2 s."""

YAML = """\
seedgen: 1
name: film
provider: {service}
providers: {{oxen: {{upload_repo: studio/refs, public_uploads: true}}}}
reference_sets: {{panel: {{images: [refs/door.png]}}}}
defaults: {{resolution: 480p, duration: 4}}
shots:
  - {{id: door, prompt: {prompt}}}
  - {{id: wall, prompt: A grey wall.}}
"""
PLAIN = "A red door."
WITH_FILE = "\"{{ ref('panel') }}, a red door.\", references: [panel]"
SHOTS = frozenset({"door", "wall"})
"""`door` is the shot in trouble; `wall` is beside it."""


@dataclass(frozen=True, slots=True)
class Ends:
    """How one trouble ends at one service.

    `says` are parts of what the first apply tells the user, with the words of WORDS in braces. `kept` is
    how the journal knows the last submit of `door` then, None when it knows none. `clips` are the shots
    that have theirs. `then` are the commands, as told, that bring the film to its end; none when the
    first apply did. `submits` counts those of `door` that were accepted: by the first apply, and in all.
    """

    says: tuple[str, ...] = ()
    kept: Stage | None = Stage.RECORDED
    clips: frozenset[str] = SHOTS
    then: Commands = ()
    submits: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that goes wrong at a service: the faults, and how it ends at each.

    The faults are in force for the first apply alone. `settings` are the emulator's; `options` are of the
    first apply. With `away` nobody listens where the service should be; with `unplugged` the cable is
    pulled when both shots are submitted.
    """

    name: str
    ends: Mapping[str, Ends]
    faults: tuple[Fault, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    prompt: str = PLAIN
    away: bool = False
    unplugged: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """What happened. `actions`, `entries`, `clips` and `taken` are from after the first apply: the plan's
    actions by shot, what the journal knows of `door`, the shots with a clip, accepted submits of `door`.

    `later` are the commands that the message told, `again` is one more apply after them.
    """

    first: Ran
    actions: Mapping[str, str]
    entries: tuple[JournalEntry, ...]
    clips: frozenset[str]
    taken: int
    later: tuple[Ran, ...]
    again: Ran

    @property
    def kept(self) -> Stage | None:
        """Where the last submit of `door` stood after the first apply."""
        last = max(self.entries, key=lambda entry: entry.attempt, default=None)
        return last.stage if last else None

    @property
    def said(self) -> str:
        """Everything that was written to either stream, by any command."""
        return "".join(ran.out + ran.err for ran in (self.first, *self.later, self.again))


def new_film(root: Path, service: str, prompt: str = PLAIN) -> Film:
    """A film of two shots at a service."""
    film = Film(root)
    film.write({"seedgen.yaml": YAML.format(service=service, prompt=prompt)})
    (root / "refs").mkdir()
    Image.new("RGB", (640, 360), "firebrick").save(root / "refs/door.png")
    return film


def journal_of(film: Film, shot: str = "door") -> tuple[JournalEntry, ...]:
    """What the journal knows of a shot's submits."""
    if not (film.cache / "journal").is_dir():
        return ()
    with contextlib.closing(JobJournal(film.cache / "journal")) as journal:
        return tuple(entry for entry in journal.entries() if entry.shot == shot)


def with_clips(film: Film) -> frozenset[str]:
    """The shots that have a clip in the lock and in the cache."""
    if not (film.root / "seedgen.lock").exists():
        return frozenset()
    return frozenset(shot for shot in film.lock().shots if film.digest(shot) in film.objects)


def actions(film: Film) -> dict[str, str]:
    """What a plan would do with each shot that is not as it should be."""
    return {
        change["shot"]: change["action"] for change in json.loads(film.run("plan", "--json").out)["changes"]
    }


def accepted(emulator: Emulator, words: str = "red door") -> int:
    """How many submits of a shot were accepted, each of which is billed."""
    return sum(words in submit.prompt for submit in emulator.submits)


@contextlib.contextmanager
def variables(values: Mapping[str, str], environment: MutableMapping[str, str]) -> Iterator[None]:
    """Variables for the length of a block."""
    before = {name: environment.get(name) for name in values}
    environment.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del environment[name]
            else:
                environment[name] = value


@contextlib.contextmanager
def way(
    trouble: Trouble, service: str, emulator: Emulator, environment: MutableMapping[str, str]
) -> Iterator[None]:
    """Where the service is, as far as seedgen knows, for the length of a block."""
    name = WORDS[service]["url"]
    if not trouble.away and not trouble.unplugged:
        yield
        return
    with Plug(emulator.environment[name]) as plug:
        if trouble.away:
            plug.pull()
        with variables({name: plug.url}, environment):
            pulling = threading.Thread(target=_pull, args=(emulator, plug))
            if trouble.unplugged:
                pulling.start()
            yield
    if trouble.unplugged:
        pulling.join()
        emulator.finish()


def _pull(emulator: Emulator, plug: Plug) -> None:
    def polled(world: World) -> bool:
        polls = [seen for seen in world.requests if seen.route in {"status", "list"}]
        return len(world.submits) == len(SHOTS) and len(polls) >= len(SHOTS)

    emulator.wait_until(polled)
    plug.pull()


def play(
    trouble: Trouble, service: str, film: Film, emulator: Emulator, environment: MutableMapping[str, str]
) -> Story:
    """Apply a fresh film in trouble, look at what is there, and do what was told until the end."""
    with variables({**emulator.environment, "SEEDGEN_PACE": PACE}, environment):
        for fault in trouble.faults:
            emulator.add(fault)
        with way(trouble, service, emulator, environment):
            first = film.run(*APPLY, *trouble.options)
        emulator.remove()
        planned, entries, clips, taken = actions(film), journal_of(film), with_clips(film), accepted(emulator)
        later = tuple(film.run(*command) for command in trouble.ends[service].then)
        return Story(first, planned, entries, clips, taken, later, film.run(*APPLY))
