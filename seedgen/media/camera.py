"""Decide a slow camera move over a still: which way, how fast, and how it comes to rest.

A move is a number of whole pixels for each frame, so that nothing shimmers or judders. It never
takes the subject out of the frame: the room it may use is what lies around the subject.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.digest import digest_bytes

if TYPE_CHECKING:
    from seedgen.geometry import Size

_LONGEST = 0.20
"""Part of a side that a move may travel."""

_SETTLING_STEPS = 24
_SETTLING = 8
"""While settling, step j is shown j²/8 frames later than at full speed: the last ones last 7 frames."""


@dataclass(frozen=True, slots=True)
class Move:
    """A straight move: `steps` steps of `dx`, `dy` pixels, at one step for each frame.

    The window moves by (dx, dy); what is seen in it moves the other way. When `settles`, the last
    steps come slower and slower, and then the picture stands.
    """

    dx: int
    dy: int
    steps: int
    settles: bool = False

    @property
    def travel(self) -> tuple[int, int]:
        """Pixels from the first to the last position, to the right and down."""
        return abs(self.dx) * self.steps, abs(self.dy) * self.steps

    @property
    def start(self) -> tuple[int, int]:
        """Where the window begins on a canvas that is larger than the frame by `travel`."""
        across, down = self.travel
        return (across if self.dx < 0 else 0), (down if self.dy < 0 else 0)

    @property
    def cruise(self) -> int:
        """The number of steps at full speed."""
        return max(0, self.steps - _SETTLING_STEPS) if self.settles else self.steps

    @property
    def timing(self) -> str:
        """The frame at which step N is shown, as an ffmpeg expression."""
        late = f"N-{self.cruise}"
        return f"if(lte(N,{self.cruise}),N,N+floor(pow({late},2)/{_SETTLING}))" if self.settles else "N"


STILL = Move(0, 0, 0)
"""No move at all."""


def choose_move(seed: str, frame: Size, room: tuple[int, int], frames: int) -> Move:
    """A move from the seed: along one axis, in the frame's own scale, within `room` pixels each way.

    At 720p it is one or two pixels for each frame. Where the room does not last for all `frames`,
    the move settles; with next to no room it stands still.
    """
    across = min(room[0], int(frame.width * _LONGEST))
    down = min(room[1], int(frame.height * _LONGEST))
    unit = max(1, round(min(frame.width, frame.height) / 720))
    wishes = Draw(seed)
    horizontal = across > down if wishes.below(3) else min(across, down) == across
    space = across if horizontal else down
    speed = unit * (2 if wishes.below(3) == 0 else 1)
    speed = next((pace for pace in (speed, unit, 1) if pace * (frames - 1) <= space), 1)
    steps = min(frames - 1, space // speed)
    if steps < 8:
        return STILL
    speed *= 1 if wishes.below(2) else -1
    settles = steps < frames - 1
    return Move(speed, 0, steps, settles) if horizontal else Move(0, speed, steps, settles)


class Draw:
    """Numbers drawn from a seed: the same seed, the same numbers, on every machine."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._drawn = 0

    def below(self, end: int) -> int:
        """The next number, from 0 to `end` - 1."""
        self._drawn += 1
        return int(digest_bytes(f"{self._seed} {self._drawn}".encode())[:12], 16) % end
