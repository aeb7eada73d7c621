"""Takes through many applies: however prompts, numbers of takes, picks and acceptances change, each clip
is paid once, is known under the request it was made for, and the pick is a clip of the shot."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from seedgen.execution.apply import apply_plan
from seedgen.execution.jobs import Line
from seedgen.planning.accept import accepted, accepted_takes
from seedgen.planning.found import World
from seedgen.planning.planner import make_plan
from seedgen.planning.request import Request
from tests.execution.stage import PATIENCE_S, Stage
from tests.fakes import FakeProvider
from tests.planning.projects import STUDIO, opened

if TYPE_CHECKING:
    from seedgen.planning.lock import Take
    from seedgen.planning.resolved import ResolvedShot

SHOTS = ("a", "b")
PROMPTS = ("One.", "Two.", "Three.")


@dataclass(frozen=True)
class Edit:
    """A shot gets a prompt and a number of takes."""

    shot: str
    prompt: str
    takes: int


@dataclass(frozen=True)
class Pick:
    """A take of a shot is picked, if it has it."""

    shot: str
    take: int


@dataclass(frozen=True)
class Accept:
    """A shot's clips are accepted, if it has some and its request changed."""

    shot: str


@dataclass(frozen=True)
class Replace:
    """A shot is asked for anew, and applied."""

    shot: str


@dataclass(frozen=True)
class Apply:
    """Everything is applied."""


@dataclass
class Set:
    """A project that is edited, and everything that its applies leave."""

    root: Path
    provider: FakeProvider = field(default_factory=FakeProvider)
    declared: dict[str, tuple[str, int]] = field(default_factory=lambda: dict.fromkeys(SHOTS, ("One.", 1)))
    anew: int = 0

    def __post_init__(self) -> None:
        self.stage = Stage(self.root / "stage", self.provider)
        self.stage.root.mkdir()

    @property
    def world(self) -> World:
        """What plans ask."""
        takes = self.stage.takes
        return World(takes.find, takes.present, find_accepted=takes.find_accepted)

    def shots(self) -> list[ResolvedShot]:
        """The shots as they are declared now."""
        entries = (
            f"  - {{id: {shot}, prompt: {prompt}, takes: {takes}}}\n"
            for shot, (prompt, takes) in self.declared.items()
        )
        yaml = "provider: studio\nshots:\n" + "".join(entries)
        return opened(self.root, yaml, {"cards/one.yaml": STUDIO}).shots

    def apply(self, *replaced: str) -> None:
        """Plan and carry out."""
        stage = self.stage
        shop = stage.shop

        async def run() -> None:
            async with asyncio.timeout(PATIENCE_S):
                lines = {"studio": Line(self.provider, 4, pace=0.001)}
                plan = make_plan(
                    self.shots(),
                    stage.lock_file.read(),
                    self.world,
                    project="film",
                    replaced=replaced,
                )
                outcome = await apply_plan(plan, stage.lock_file.read(), stage.lock_file, lines, shop)
                assert outcome.succeeded
                after = stage.lock_file.read().shots
                left = {(shot, pick) for shot, pick in picks.items() if after[shot].pick != pick}
                assert left == set(plan.unpicked), "the plan says which picks are taken back"

        picks = {shot_id: locked.pick for shot_id, locked in stage.lock_file.read().shots.items()}
        before = len(self.provider.submitted)
        asyncio.run(run())
        self.anew += (len(self.provider.submitted) - before) if replaced else 0

    def change(self, shot: str, **update: object) -> None:
        """Change a shot's entry in the lock."""
        lock = self.stage.lock_file.read()
        entry = lock.shots[shot].model_copy(update=update)
        self.stage.lock_file.write(lock.with_shots({**lock.shots, shot: entry}, None))

    def do(self, step: Edit | Pick | Accept | Replace | Apply) -> None:
        """Do one thing."""
        locked = self.stage.lock_file.read().shots
        match step:
            case Edit(shot, prompt, takes):
                self.declared[shot] = prompt, takes
            case Pick(shot, take) if shot in locked and locked[shot].take(take):
                self.change(shot, pick=take)
            case Accept(shot) if shot in locked:
                request = next(one.request for one in self.shots() if one.id == shot)
                self.change(shot, **dict(accepted(locked[shot], request)))
                lock = self.stage.lock_file.read()
                found = {(of, key): take for of, key, take in accepted_takes(lock.shots)}
                self.stage.takes.accepted.update(found)
            case Replace(shot):
                self.apply(shot)
            case Apply():
                self.apply()
            case _:
                pass


def request_of(take: Take, prompt: str, like: Request) -> str:
    """The fingerprint of a take's number under a prompt."""
    return Request(like.provider, like.model, prompt, like.parameters, take=take.take).fingerprint()


shots, prompts, numbers = st.sampled_from(SHOTS), st.sampled_from(PROMPTS), st.integers(1, 3)
steps = st.lists(
    st.one_of(
        st.builds(Edit, shots, prompts, numbers),
        st.builds(Pick, shots, numbers),
        st.builds(Accept, shots),
        st.builds(Replace, shots),
        st.just(Apply()),
    ),
    max_size=8,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(steps)
def test_takes_are_never_confused(done: list[Edit | Pick | Accept | Replace | Apply]) -> None:
    """Every clip in the lock was made for the prompt and the number that its record names, the pick is
    there, nothing but a replacement is paid twice, and after an apply nothing is left to do."""
    with tempfile.TemporaryDirectory() as folder:
        studio = Set(Path(folder))
        for step in [*done, Apply()]:
            studio.do(step)
            lock = studio.stage.lock_file.read()
            like = studio.shots()[0].request
            for locked in lock.shots.values():
                assert locked.picked is not None
                assert locked.take(locked.pick) is not None
                assert len({take.take for take in locked.takes}) == len(locked.takes)
                own = [request_of(take, locked.request.prompt, like) for take in locked.takes]
                foreign = own != [take.fingerprint for take in locked.takes]
                assert foreign == (locked.accepted_from is not None)
                for take in locked.takes:
                    clip = studio.stage.objects.path(take.clip).read_bytes().decode()
                    prompt = clip.partition(" for ")[2]
                    assert take.fingerprint == request_of(take, prompt, like)
            digests = {take.digest for take in studio.stage.takes.takes.values()}
            assert len(digests) == len(studio.stage.takes.takes), "two requests share a clip"
        paid = len(studio.provider.submitted) - studio.anew
        assert paid <= len(studio.stage.takes.takes), "something was paid twice"
        plan = make_plan(studio.shots(), studio.stage.lock_file.read(), studio.world, project="film")
        assert not plan.has_changes
        assert plan.cost == Decimal(0)
