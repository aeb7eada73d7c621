"""A tiny film on disk, and the command line run on it: in this process, or as one of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from PIL import Image

from seedgen.cli.main import run
from seedgen.planning.lock import Lock
from tests.planning.projects import write

if TYPE_CHECKING:
    from collections.abc import Iterator

YAML = """\
seedgen: 1
name: film
vars: {colour: red}
reference_sets:
  door: {images: [refs/door.png]}
  wall: {images: [refs/wall.png]}
defaults: {resolution: 480p, duration: 1, aspect_ratio: "1:1", generate_audio: false}
profiles:
  long: {duration: 2}
  proof: {provider: eachlabs, duration: 4}
shots:
  - id: s1
    prompt: "A {{ colour }} door, {{ ref('door') }}, stands {{ how }}."
    vars: {how: open}
    references: [door]
    tags: [hero]
  - id: s2
    prompt: "A {{ colour }} wall, {{ ref('wall') }}, stands {{ how }}."
    vars: {how: bare}
    references: [wall]
    tags: [hero, wide]
  - id: s3
    prompt: "A roof under a {{ sky }} sky."
    vars: {sky: pale}
    tags: [wide]
reels:
  main: {size: 160x90, fps: 24}
"""
"""Three shots of one second: one has `door`, one has `wall`, one has no reference. 24 frames each."""

SHOTS = ("s1", "s2", "s3")
LONG_AGO_NS = 1_700_000_000 * 10**9
NO_CHANGES = "No changes. Every shot matches its clip."


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said where."""

    code: int
    out: str
    err: str

    @property
    def events(self) -> list[dict[str, Any]]:
        """The lines of an `apply --json`."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def submitted(self) -> list[str]:
        """The shots that an `apply --json` submitted, in order."""
        return [event["shot"] for event in self.events if event["type"] == "job_submitted"]


@dataclass(frozen=True)
class Film:
    """A project folder."""

    root: Path

    def run(self, *arguments: str) -> Ran:
        """Run a command here, in this process, with nobody at a terminal."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(["-C", str(self.root), *arguments])
        return Ran(code, out.getvalue(), err.getvalue())

    def apply(self, *arguments: str, before: tuple[str, ...] = ()) -> Ran:
        """`apply --auto-approve --json`, which has to succeed; `before` stands before the command."""
        ran = self.run(*before, "apply", "--auto-approve", "--json", *arguments)
        assert ran.code == 0, ran.err
        return ran

    def plan(self, *arguments: str, before: tuple[str, ...] = ()) -> dict[str, Any]:
        """The document of `plan --json`."""
        ran = self.run(*before, "plan", "--json", *arguments)
        assert ran.code == 0, ran.err
        document: dict[str, Any] = json.loads(ran.out)
        return document

    def actions(self, *arguments: str, before: tuple[str, ...] = ()) -> dict[str, str]:
        """What a plan would do, by shot."""
        return {c["shot"]: c["action"] for c in self.plan(*arguments, before=before)["changes"]}

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command here as a process of its own, which leads a session of its own."""
        command = [sys.executable, "-m", "seedgen", "-C", str(self.root), *arguments]
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, text=True, **{"start_new_session": True, **streams, **options})

    def write(self, files: dict[str, str | bytes]) -> None:
        """Write some files."""
        write(self.root, files)

    def edit(self, old: str, new: str) -> None:
        """Replace a text in seedgen.yaml that stands there once."""
        text = self.yaml
        assert text.count(old) == 1, old
        self.write({"seedgen.yaml": text.replace(old, new)})

    def rot(self, name: str) -> bytes:
        """Damage a reference behind everybody's back: after it was probed, with size and time unchanged.

        Gives back what it was. A plan trusts what it has seen of the file; the renderer meets the damage.
        """
        path = self.root / name
        whole = path.read_bytes()
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
        self.run("plan")
        with path.open("r+b") as stream:
            stream.seek(60)
            stream.write(bytes(byte ^ 0xFF for byte in whole[60:-20]))
        os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS))
        return whole

    @property
    def yaml(self) -> str:
        """The project file's text."""
        return (self.root / "seedgen.yaml").read_text()

    @property
    def cache(self) -> Path:
        """The project's own cache."""
        return self.root / ".seedgen" / "cache"

    @property
    def objects(self) -> set[str]:
        """Every clip in the cache."""
        return clips_in(self.cache)

    @property
    def segments(self) -> set[str]:
        """Every segment in the cache."""
        return {file.name for file in (self.cache / "segments").glob("??/*.mp4")}

    def lock(self, name: str = "seedgen.lock") -> Lock:
        """The lock as it stands on disk."""
        return Lock.model_validate_json((self.root / name).read_bytes())

    def digest(self, shot: str) -> str:
        """The digest of the clip that goes into reels."""
        take = self.lock().shots[shot].picked
        assert take is not None
        return take.digest

    def object(self, shot: str) -> Path:
        """Where that clip is in the cache."""
        digest = self.digest(shot)
        return self.cache / "objects" / digest[:2] / f"{digest[2:]}.mp4"

    def standing(self) -> dict[str, tuple[bytes, int]]:
        """Bytes and time of everything that an apply leaves, but for databases and locks."""
        return dict(self._standing())

    def _standing(self) -> Iterator[tuple[str, tuple[bytes, int]]]:
        for file in sorted(self.root.rglob("*")):
            name = file.relative_to(self.root).as_posix()
            if file.is_file() and not name.endswith(("cache.db", ".lock.lock", "references.json")):
                if name.startswith(".seedgen/") and name.endswith((".lock", "apply.json", "assembly.json")):
                    continue
                yield name, (file.read_bytes(), file.stat().st_mtime_ns)


def clips_in(cache: Path) -> set[str]:
    """The digests of all clips in a cache folder."""
    return {file.parent.name + file.stem for file in (cache / "objects").glob("*/*.mp4")}


def new_film(root: Path) -> Film:
    """Write the film with pictures drawn by Pillow."""
    film = Film(root)
    film.write({"seedgen.yaml": YAML})
    (root / "refs").mkdir()
    for name, colour in (("door", "firebrick"), ("wall", "steelblue")):
        picture = Image.new("RGB", (320, 320), "white")
        picture.paste(colour, (60, 60, 260, 260))
        picture.save(root / "refs" / f"{name}.png")
    return film


def count_frames(path: Path) -> int:
    """Frames of a video, decoded."""
    with av.open(str(path)) as source:
        return sum(1 for _ in source.decode(video=0))


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of a video."""
    with av.open(str(path)) as source:
        return source.streams.video[0].width, source.streams.video[0].height


def picture_at(path: Path, frame: int) -> Image.Image:
    """One frame of a video as a picture."""
    with av.open(str(path)) as source:
        for number, found in enumerate(source.decode(video=0)):
            if number == frame:
                picture: Image.Image = found.to_image()  # type: ignore[no-untyped-call]
                return picture
    raise AssertionError(f"{path.name} has no frame {frame}")


def children_of(pid: int) -> list[int]:
    """The processes whose parent is `pid`."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def is_alive(pid: int) -> bool:
    """Whether a process still runs; one that waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False
