"""Kills: an apply is killed with SIGKILL at random moments and resumed until it is finished.

`python -m tests.soak.kills --runs 200` prints what happened. What must hold after each run: every
request was accepted exactly once, every clip was downloaded, lock and objects are right, and no key
went where none belongs.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import TimeoutError as WaitTimeout
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedgen.digest import digest_bytes, digest_file
from seedgen.planning.lock import Lock
from tests.emulator import Do, Emulator, Fault
from tests.emulator.records import Route

if TYPE_CHECKING:
    from tests.emulator.world import World

YAML = """\
seedgen: 1
name: soak
reference_sets:
  door: {images: [refs/door.png]}
defaults: {resolution: 480p, duration: 4}
providers:
  oxen: {upload_repo: studio/refs, public_uploads: true}
shots:
  - {id: e1, provider: eachlabs, prompt: "The door of {{ ref('door') }} opens.", references: [door]}
  - {id: e2, provider: eachlabs, prompt: A street at night., takes: 2}
  - {id: o1, provider: oxen, prompt: A roof in the rain., takes: 2}
  - {id: o2, provider: oxen, prompt: A pale sky.}
  - {id: e4, provider: eachlabs, prompt: A stair goes up., from_shot: {id: o3, use: clip}}
  - {id: e3, provider: eachlabs, prompt: A hall behind it., from_shot: {id: e1}}
  - {id: o3, provider: oxen, prompt: A lamp in the hall., from_shot: {id: e3}}
"""
TAKES = {"e1": 1, "e2": 2, "o1": 2, "o2": 1, "e4": 1, "e3": 1, "o3": 1}
CHAIN = {"e3": ("e1", "last_frame"), "o3": ("e3", "last_frame"), "e4": ("o3", "clip")}
WORDS = {
    "e1": "door of",
    "e2": "street",
    "o1": "roof",
    "o2": "pale sky",
    "e3": "hall behind",
    "o3": "lamp in",
    "e4": "stair goes",
}
MOST_TRIES = 12
ENDS_WITHIN_S = 60
MOMENTS = (
    Route.PRESIGN,
    Route.SUBMIT,
    Route.SUBMIT,
    Route.SUBMIT,
    Route.STATUS,
    Route.COST,
    Route.LIST,
    Route.DOWNLOAD,
)
"""Requests after which the process is killed; submits are where money is at stake."""


@dataclass
class Tally:
    """What happened over all runs."""

    runs: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    applies: int = 0
    decided: Counter[str] = field(default_factory=Counter)

    def text(self) -> str:
        """As a few lines."""
        kills = ", ".join(f"{count} after {name}" for name, count in sorted(self.kills.items()))
        decided = ", ".join(f"{count} {name}" for name, count in sorted(self.decided.items())) or "none"
        return (
            f"{self.runs} runs, {self.applies} applies, {self.kills.total()} kills ({kills})\n"
            f"decisions of a person: {decided}\n"
        )


class Run:
    """One film, applied and killed until it is finished."""

    def __init__(self, root: Path, emulator: Emulator, dice: random.Random, tally: Tally) -> None:
        self.root = root
        self.emulator = emulator
        self.dice = dice
        self.tally = tally
        (root / "seedgen.yaml").write_text(YAML)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command on the film."""
        return subprocess.Popen(
            [sys.executable, "-m", "seedgen", "-C", str(self.root), *arguments],
            env={**os.environ, **self.emulator.environment, "SEEDGEN_PACE": "0.02"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def apply(self) -> subprocess.Popen[str]:
        """Start an apply."""
        self.tally.applies += 1
        return self.start("apply", "--auto-approve", "--allow-unpriced", "--no-reel", "--json")

    def kill_some(self) -> None:
        """Kill up to four applies, each some milliseconds after a request of some kind came in."""
        for _ in range(self.dice.randint(1, 4)):
            route = self.dice.choice(MOMENTS)
            before = len(self.emulator.requests_of(route))
            enough = before + self.dice.randint(1, 4)
            process = self.apply()

            def came(world: World, route: Route = route, enough: int = enough) -> bool:
                return sum(1 for seen in world.requests if seen.route is route) >= enough

            with suppress(WaitTimeout):
                self.emulator.wait_until(came, timeout_s=self.dice.choice([0.6, 1.5, 3.0]))
            with suppress(subprocess.TimeoutExpired):
                process.wait(self.dice.random() * 0.12)
            if process.poll() is None:
                self.tally.kills[route.value] += 1
            process.kill()
            process.communicate()

    def finish(self) -> None:
        """Apply until nothing is left; what is in doubt is decided as a person would who can look it up."""
        for _ in range(MOST_TRIES):
            process = self.apply()
            out, err = process.communicate(timeout=ENDS_WITHIN_S)
            assert process.returncode in (0, 1), err
            assert "Traceback" not in err, err
            assert "bug in seedgen" not in err, err
            if process.returncode == 0:
                return
            self.decide(json.loads(line) for line in out.splitlines())
        raise AssertionError(f"not finished after {MOST_TRIES} applies: {out}\n{err}")

    def decide(self, events: Any) -> None:
        """Look up each blocked shot at the service, and say what is there."""
        for event in events:
            change = event.get("change", {})
            # What continues a shot in doubt waits with it: there is nothing to decide about it.
            waits = all(reason.startswith("upstream:") for reason in change.get("reasons", []))
            if change.get("action") == "blocked" and not waits:
                assert change["reasons"] == ["ambiguous"], change
                job = self.job_of(change)
                decision = ["--job-id", job] if job else ["--not-billed"]
                self.tally.decided[decision[0]] += 1
                take = ["--take", str(change["take"])]
                process = self.start("jobs", "resolve", change["shot"], *take, *decision)
                _, err = process.communicate(timeout=ENDS_WITHIN_S)
                assert process.returncode == 0, err

    def job_of(self, change: dict[str, Any]) -> str | None:
        """A job of this shot that no take and no entry of the journal has yet."""
        known = {entry["job_id"] for entry in self.journal()}
        words = WORDS[change["shot"]]
        jobs = [job for job in self.emulator.jobs.values() if words in job.prompt and job.id not in known]
        return jobs[0].id if jobs else None

    def journal(self) -> list[dict[str, Any]]:
        """The jobs that seedgen knows."""
        out, err = self.start("jobs", "list", "--all", "--json").communicate(timeout=ENDS_WITHIN_S)
        assert out, err
        jobs: list[dict[str, Any]] = json.loads(out)["jobs"]
        return jobs

    def check(self) -> None:
        """What must hold when all is done."""
        lock = Lock.model_validate_json((self.root / "seedgen.lock").read_bytes())
        assert {shot: len(locked.takes) for shot, locked in lock.shots.items()} == TAKES
        takes = [take for locked in lock.shots.values() for take in locked.takes]
        jobs = self.emulator.jobs
        assert len(self.emulator.submits) == sum(TAKES.values()), "each request is accepted exactly once"
        assert sorted(take.job_id for take in takes) == sorted(jobs), "each job has one take"
        for shot, (before, use) in CHAIN.items():
            clip = lock.shots[before].takes[0].digest
            derived = [one.id for one in lock.shots[shot].request.references]
            assert derived == [f"derived:{use}:sha256:{clip}"], "each continues the clip that there is"
        for take in takes:
            assert take.digest == digest_bytes(self.emulator.clip_of(take.job_id))
            place = self.root / ".seedgen/cache/objects" / take.digest[:2] / f"{take.digest[2:]}.mp4"
            assert digest_file(place) == take.digest
        assert self.emulator.violations == []
        secrets = [key.encode() for key in self.emulator.keys.values()]
        for file in self.root.rglob("*"):
            if file.is_file():
                assert not any(secret in file.read_bytes() for secret in secrets), file


def faults(dice: random.Random) -> list[Fault]:
    """Lost answers, and slow ones, so that a kill falls between a request and its answer.

    The first rule that matches a request strikes.
    """
    found = []
    for service in ("eachlabs", "oxen"):
        if dice.random() < 0.25:
            nth, accepted = dice.randint(1, 3), dice.random() < 0.5
            found.append(Fault(service, "submit", Do.DROP, nth=nth, takes_effect=accepted))
        slow, accepted = dice.random() * 0.15, dice.random() < 0.7
        found.append(Fault(service, "submit", Do.DELAY, times=None, seconds=slow, takes_effect=accepted))
    found.append(Fault(None, "download", Do.DRIP, times=3, seconds=0.02, size=20_000))
    return found


def soak(runs: int, seed: int, clip: Path, picture: bytes, *, say: bool = False) -> Tally:
    """Do so many runs. Raises AssertionError with the seed of the run in which something did not hold."""
    tally = Tally()
    for number in range(runs):
        dice = random.Random(seed + number)
        with (
            tempfile.TemporaryDirectory() as folder,
            Emulator(clip, latency_s=dice.random() * 0.5) as emulator,
        ):
            root = Path(folder)
            (root / "refs").mkdir()
            (root / "refs/door.png").write_bytes(picture)
            for fault in faults(dice):
                emulator.add(fault)
            run = Run(root, emulator, dice, tally)
            try:
                run.kill_some()
                run.finish()
                run.check()
            except BaseException as error:
                error.add_note(f"in the run with seed {seed + number}")
                raise
        tally.runs += 1
        if say and tally.runs % 10 == 0:
            sys.stderr.write(tally.text())
    return tally


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.kills", description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clip, picture = material(Path(folder))
        sys.stdout.write(soak(given.runs, given.seed, clip, picture, say=True).text())


def material(folder: Path) -> tuple[Path, bytes]:
    """A clip of half a second and a picture that both services take."""
    from PIL import Image

    from tests.media.clips import ladder

    clip = ladder(folder / "clip.mp4")
    file = folder / "door.png"
    Image.new("RGB", (640, 360), "firebrick").save(file)
    return clip, file.read_bytes()


if __name__ == "__main__":
    main()
