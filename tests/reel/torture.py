"""The torture set: clips with every trap, each with a flash and a beep, and what a reel makes of them.

python -m tests.reel.torture FOLDER [--clips N] [--seconds S] [--size 1280x720] [--dissolves] [--twice]

The clips are adopted with `seedgen import` and the reel is made with `seedgen reel`. What the reel should
show is worked out here from the lock alone: how many frames each clip has, and 12 less for each dissolve.

With cuts, every clip flashes at its first frame. In a dissolve that frame weighs next to nothing, so there
a clip flashes at frame 6, in the midst of the dissolve where it is half as bright, and at frame 18, where it
stands alone; both are measured. A clip of one frame cannot dissolve: in its place comes one that is no longer
than its two dissolves.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import shutil
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from seedgen.geometry import Size
from seedgen.timing import Rate
from tests.film import Film
from tests.reel.flashes import Hit, Mark, Watched, watch
from tests.reel.traps import RATE, Clip, make_clip

OVERLAP = 12
"""Frames of each dissolve."""

_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Torture:
    """A set to make: how many clips, of so many seconds, on reels of a size, with cuts or dissolves."""

    clips: int
    seconds: Fraction
    size: Size
    dissolves: bool = False

    @property
    def overlap(self) -> int:
        """Frames by which each clip covers the one before it."""
        return OVERLAP if self.dissolves else 0

    @property
    def marks(self) -> tuple[int, ...]:
        """The frames of each clip at which it flashes."""
        return (OVERLAP // 2, OVERLAP * 3 // 2) if self.dissolves else (0,)

    def clip(self, number: int) -> Clip:
        """One clip of the set, counted from 0."""
        whole = Clip(number, round(self.seconds * RATE), self.marks)
        return Clip(number, 2 * OVERLAP if self.dissolves else 1, self.marks) if whole.trap.brief else whole


def make_film(torture: Torture, root: Path) -> Film:
    """Write the project and make and import its clips."""
    film = Film(root)
    root.mkdir(parents=True, exist_ok=True)
    film.write({"seedgen.yaml": _yaml(torture)})
    source = root / "clip.mp4"
    for number in range(torture.clips):
        make_clip(torture.clip(number), torture.size, source)
        ran = film.run("import", _shot(number), str(source))
        if ran.code:
            raise RuntimeError(f"{_shot(number)} ({torture.clip(number).name}) is refused: {ran.err}")
        source.unlink()
    return film


def assemble(film: Film) -> Path:
    """Make the reel."""
    ran = film.run("reel")
    if ran.code:
        raise RuntimeError(ran.err)
    return film.root / "build" / "main.mp4"


def lengths(film: Film, torture: Torture) -> list[int]:
    """The frames that each clip has in the reel, from what the lock says of it."""
    found = []
    shots = film.lock().shots
    for number in range(torture.clips):
        take = shots[_shot(number)].picked
        if take is None:
            raise RuntimeError(f"{_shot(number)} has no clip")
        found.append(Rate(RATE).count(Rate.parse(take.rate).seconds(take.frames)))
    return found


def length(frames: list[int], torture: Torture) -> int:
    """The frames of a reel of clips of so many frames."""
    return sum(frames) - torture.overlap * (len(frames) - 1)


def expected(frames: list[int], torture: Torture) -> list[Mark]:
    """Where flashes and beeps belong in a reel of clips of so many frames."""
    marks, at = [], 0
    for number, count in enumerate(frames):
        clip = torture.clip(number)
        marks += [Mark(number, at + mark, number % 2, clip.sound is not None) for mark in clip.marks]
        at += count - torture.overlap
    return marks


def _yaml(torture: Torture) -> str:
    seconds = math.ceil(torture.seconds)
    transitions = f", transitions: {{default: {{type: dissolve, frames: {OVERLAP}}}}}" * torture.dissolves
    shots = [
        f"  - {{id: {_shot(number)}, prompt: {torture.clip(number).name!r}}}"
        for number in range(torture.clips)
    ]
    head = (
        "seedgen: 1",
        "name: torture",
        f"defaults: {{duration: {seconds}}}",
        f"reels: {{main: {{size: {torture.size.width}x{torture.size.height}, fps: {RATE}{transitions}}}}}",
        "shots:",
    )
    return "\n".join([*head, *shots]) + "\n"


def _shot(number: int) -> str:
    return f"c{number + 1:03}"


def main() -> None:
    """Make the set, its reel, and say how the reel came out."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the film is written; it must not be there yet")
    parser.add_argument("--clips", type=int, default=60)
    parser.add_argument("--seconds", type=Fraction, default=Fraction(5), help="of each clip")
    parser.add_argument("--size", type=Size.parse, default=Size(1280, 720), help="of the reel")
    parser.add_argument("--dissolves", action="store_true", help=f"of {OVERLAP} frames at every cut")
    parser.add_argument("--twice", action="store_true", help="assemble it again from an empty cache")
    given = parser.parse_args()
    torture = Torture(given.clips, given.seconds, given.size, given.dissolves)
    if given.folder.exists():
        parser.error(f"{given.folder} is there already")
    begin = time.perf_counter()
    film = make_film(torture, given.folder)
    made = time.perf_counter()
    reel = assemble(film)
    print(f"{torture.clips} clips made and imported in {made - begin:.1f} s, ", end="")
    print(f"assembled in {time.perf_counter() - made:.1f} s")
    frames = lengths(film, torture)
    seen = watch(reel, Rate(RATE), expected(frames, torture))
    good = _tell(seen, frames, torture)
    if given.twice:
        good = _tell_twice(film, reel) and good
    sys.exit(0 if good else 1)


def _tell(seen: Watched, frames: list[int], torture: Torture) -> bool:
    """Print what was found; whether all is as it should be."""
    rate, wanted = Rate(RATE), length(frames, torture)
    print(f"frames   {seen.frames} of {wanted}")
    print(f"samples  {seen.samples} of {rate.samples(wanted)}")
    print(f"seams    {'; '.join(seen.faults) or 'all decode; one SPS, one PPS, no gap'}")
    measured = [(hit, apart) for hit in seen.hits if (apart := hit.apart(rate)) is not None]
    for word, number in (("first", 0), ("last", max(hit.mark.clip for hit, _ in measured))):
        for hit, apart in measured:
            if hit.mark.clip == number:
                _tell_hit(word, hit, apart, torture)
    worst = max(measured, key=lambda one: abs(one[1]))
    _tell_hit("worst", *worst, torture)
    astray = [hit for hit in seen.hits if hit.is_astray(rate)]
    for hit in astray:
        print(f"ASTRAY   clip {hit.mark.clip + 1} ({torture.clip(hit.mark.clip).name}): {hit}")
    exact = sum(hit.flash == 0 for hit in seen.hits)
    print(
        f"marks    {len(seen.hits)}, {len(measured)} of them with a beep; {exact} flashes on their very frame"
    )
    whole = (seen.frames, seen.samples) == (wanted, rate.samples(wanted))
    return whole and not seen.faults and not astray


def _tell_hit(word: str, hit: Hit, apart: Fraction, torture: Torture) -> None:
    beep = float((hit.beep or 0) * _MILLISECONDS)
    print(
        f"{word:<8} clip {hit.mark.clip + 1} ({torture.clip(hit.mark.clip).name}), frame {hit.mark.frame}: "
        f"flash {hit.flash:+} frames, beep {beep:+.2f} ms from the cut list; "
        f"beep {float(apart * RATE):+.3f} frames ({float(apart * _MILLISECONDS):+.2f} ms) from the flash"
    )


def _tell_twice(film: Film, reel: Path) -> bool:
    once = hashlib.sha256(reel.read_bytes()).hexdigest()
    shutil.rmtree(film.cache / "segments")
    shutil.rmtree(film.root / "build")
    same = hashlib.sha256(assemble(film).read_bytes()).hexdigest() == once
    print(f"again    from an empty cache: {'the same bytes' if same else 'OTHER BYTES'}, sha256 {once[:16]}")
    return same


if __name__ == "__main__":
    main()
