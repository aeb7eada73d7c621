"""Storyboard: a project's shots as one page that needs nothing but itself and the clips beside it.

Text is escaped by the template, and the page's own policy keeps it from reaching anything but files
beside it: were something to slip through, it could not run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from seedgen.digest import digest_bytes
from seedgen.geometry import Size
from seedgen.views.page import page_file, page_policy, page_template, picture_uri, trusted
from seedgen.views.words import counted, estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal


SCENE = "scene"
"""Tags like `scene:harbour` group a storyboard from the start."""

_BARE = {"resolution": "bare", "aspect_ratio": "bare", "duration": "told"}
"""Parameters that a card shows without their name, and one that its length tells already."""


_ABOUT_VERSION = (
    "The lock, seedgen.lock, says which clip each shot has. Its serial counts the times that it changed; "
    "the commit is the one in git that has it so."
)


class State(StrEnum):
    """Where a shot stands."""

    READY = "ready"
    ACCEPTED = "accepted"
    STALE = "stale"
    MISSING = "clip missing"
    WAITING = "in the cache"
    IN_FLIGHT = "in flight"
    NO_CLIP = "no clip"
    BLOCKED = "blocked"


class Shown(StrEnum):
    """What the frame of a shot shows."""

    CLIP = "clip"
    STAND_IN = "stand-in"
    REFERENCE = "reference"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Attached:
    """A reference of a shot. `token` is how prompts address it; `picture` names its thumbnail, if any."""

    set_name: str
    kind: str
    token: str
    file: str
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of a prompt; `names` is the place of the reference that it addresses, if any."""

    text: str
    names: int | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A take to look at. `clip` is its address from the page on; both are None when there is none."""

    take: int
    cost: str
    seconds: Fraction
    clip: str | None = None
    poster: str | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One shot. `cost` is in words; `seconds` is its clip's length, or what was asked for.

    `take` is the one shown, 0 for none, of `takes` that were asked for or made. `why` says in a
    sentence what is behind its state.
    """

    shot: str
    state: State
    shown: Shown
    provider: str
    model: str
    seconds: Fraction
    cost: str
    prompt: tuple[Words, ...]
    why: str = ""
    tags: tuple[str, ...] = ()
    take: int = 0
    takes: int = 1
    clip: str | None = None
    poster: str | None = None
    attempts: tuple[Attempt, ...] = ()
    references: tuple[Attached, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def sets(self) -> list[tuple[str, list[Attached]]]:
        """The references by their set, sets in the order in which the first of each is sent."""
        found: dict[str, list[Attached]] = {}
        for reference in self.references:
            found.setdefault(reference.set_name, []).append(reference)
        return list(found.items())


@dataclass(frozen=True, slots=True)
class Showing:
    """A reel. `film` is its address from the page on, where it may be put only after the page."""

    name: str
    seconds: Fraction
    film: str


@dataclass(frozen=True, slots=True)
class Board:
    """A whole storyboard. `spent` is USD for the takes in the lock, `unpriced` of which have no price.

    `shape` is that of the frames.
    """

    project: str
    profile: str | None
    version: str
    spent: Decimal
    unpriced: int
    panels: tuple[Panel, ...]
    estimated: bool = False
    shape: Size = field(default=Size(16, 9))
    reels: tuple[Showing, ...] = ()

    @property
    def seconds(self) -> Fraction:
        """How long all shots run, one after the other; reels show some of them, and part of each."""
        return sum((panel.seconds for panel in self.panels), Fraction(0))


@dataclass(frozen=True, slots=True)
class Scene:
    """Shots that belong together; the one that nothing names has no title."""

    title: str
    panels: tuple[Panel, ...]

    @property
    def detail(self) -> str:
        """How many, and how long they run."""
        return f"{counted(len(self.panels), 'shot')} · {clock(sum(p.seconds for p in self.panels))}"


def storyboard_page(board: Board, pictures: Mapping[str, bytes]) -> str:
    """The page as HTML. `pictures` are WebP files by the names that the board gives them.

    The same board and pictures always give the same text.
    """
    thumbs = {name: f"t{number}" for number, name in enumerate(_shared(board)) if name in pictures}
    style = page_file("storyboard.css") + _shape(board.shape)
    style += "".join(
        f".{label}{{background-image:url({picture_uri(pictures[n], 'webp')})}}\n"
        for n, label in thumbs.items()
    )
    script = page_file("storyboard.js")
    return page_template("storyboard.html", _FILTERS).render(
        board=board,
        policy=page_policy(style, script),
        style=trusted(style),
        script=trusted(script),
        scenes=scenes(board.panels),
        states=_counts(board.panels),
        tags=sorted({tag for panel in board.panels for tag in panel.tags}),
        kinds=_kinds(board.panels),
        thumbs=thumbs,
        pictures={name: picture_uri(data, "webp") for name, data in pictures.items()},
        spent=estimate(board.spent, board.unpriced),
        bare=_BARE,
        about_version=_ABOUT_VERSION,
        with_clip=sum(panel.take > 0 for panel in board.panels),
    )


def _shared(board: Board) -> dict[str, None]:
    """The pictures that many shots may show, in the order of the page: they stand in the style, once each."""
    names = [reference.picture for panel in board.panels for reference in panel.references]
    names += [panel.poster for panel in board.panels if panel.shown is Shown.REFERENCE]
    return dict.fromkeys(name for name in names if name)


def recipe() -> str:
    """Names the template, style and script: a page made from others is not current."""
    parts = (page_file(name) for name in ("storyboard.html", "storyboard.css", "storyboard.js"))
    return digest_bytes("\0".join(parts).encode())


def scenes(panels: Sequence[Panel]) -> list[Scene]:
    """The shots by their scene, in the order in which scenes begin; without any scene, all in one."""
    found: dict[str, list[Panel]] = {}
    for panel in panels:
        found.setdefault(scene_of(panel), []).append(panel)
    return [Scene(title, tuple(members)) for title, members in found.items()]


def scene_of(panel: Panel) -> str:
    """What the first `scene:` tag says; empty without one."""
    start = f"{SCENE}:"
    return next((tag.removeprefix(start) for tag in panel.tags if tag.startswith(start)), "")


def clock(seconds: Fraction | int) -> str:
    """A running time: `0:48`, `12:05`, `1:02:05`."""
    whole = int(seconds + Fraction(1, 2))
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _counts(panels: Sequence[Panel]) -> list[tuple[State, int]]:
    """The states there are, in the order of the enum, with how many shots are in each."""
    states = [panel.state for panel in panels]
    return [(state, states.count(state)) for state in State if state in states]


def _kinds(panels: Sequence[Panel]) -> list[str]:
    """What shots can be grouped by: every `kind:` that tags begin with."""
    kinds = (tag.partition(":") for panel in panels for tag in panel.tags)
    return sorted({kind for kind, colon, rest in kinds if colon and kind and rest})


def _shape(size: Size) -> str:
    return f":root{{--shape:{size.width}/{size.height}}}\n"


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _seconds(value: Fraction) -> str:
    """Seconds with one decimal, `5.0`: half a frame at 24 is 0.02 s, and nobody reads that."""
    return f"{int(value * 10 + Fraction(1, 2)) / 10:.1f}"


_FILTERS = (("clock", clock), ("seconds", _seconds), ("plain", _plain))
