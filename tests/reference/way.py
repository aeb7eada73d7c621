"""The picture of the data's way, as SVG: down on the left what is worked out, up on the right what is made.

All text stands in filled boxes, and arrows have a middling grey: it can be read on white and on black.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 500
_BOX_WIDTH, _BOX_HEIGHT = 184, 74
_COLUMNS = (4, 228, 452)
_ROWS = (30, 154, 278, 402)

WRITTEN, WORKED_OUT, KEPT, MADE = "#25604f", "#2b5080", "#6e4a16", "#7d2f4c"
_EDGE, _ARROW = "#98a2b0", "#7d8795"
_FONT = "font-family='Inter, system-ui, -apple-system, Segoe UI, sans-serif'"


@dataclass(frozen=True)
class Box:
    """A thing on the way: its name, and what it is in a few words on two lines."""

    name: str
    words: tuple[str, str]
    colour: str
    column: int
    row: int

    @property
    def left(self) -> int:
        """Its left edge."""
        return _COLUMNS[self.column]

    @property
    def top(self) -> int:
        """Its upper edge."""
        return _ROWS[self.row]

    @property
    def middle(self) -> int:
        """Halfway between its left and right edge."""
        return self.left + _BOX_WIDTH // 2

    def svg(self) -> str:
        """The box and its text."""
        lines = [
            f"<rect x='{self.left}' y='{self.top}' width='{_BOX_WIDTH}' height='{_BOX_HEIGHT}' rx='8' "
            f"fill='{self.colour}' stroke='{_EDGE}'/>",
            _text(self.middle, self.top + 24, 17, self.name, weight=600),
        ]
        lines += [_text(self.middle, self.top + 43 + 17 * n, 13, words) for n, words in enumerate(self.words)]
        return "\n".join(lines)


FILES = Box("project file", ("shots, templates,", "reference sets"), WRITTEN, 0, 0)
SHOTS = Box("shots", ("matrix and profile", "expanded, Jinja rendered"), WORKED_OUT, 0, 1)
REQUESTS = Box("requests", ("each with its fingerprint:", "what it asks for"), WORKED_OUT, 0, 2)
PLAN = Box("plan", ("what to make,", "why, for how much"), WORKED_OUT, 0, 3)
JOURNAL = Box("journal", ("every step of a job,", "before it is taken"), KEPT, 1, 3)
KEPT_CLIPS = Box("lock and cache", ("which clip each shot has;", "every clip ever made"), KEPT, 1, 2)
JOBS = Box("jobs", ("at a service, or", "the local renderer"), MADE, 2, 3)
TAKES = Box("takes", ("clips, downloaded", "and checked"), MADE, 2, 2)
SEGMENTS = Box("segments", ("clips cut to the cut list,", "in the reel's form"), MADE, 2, 1)
REEL = Box("reel", ("segments joined,", "none encoded again"), MADE, 2, 0)
BOXES = (FILES, SHOTS, REQUESTS, PLAN, JOURNAL, KEPT_CLIPS, JOBS, TAKES, SEGMENTS, REEL)

_DOWN = ((FILES, SHOTS), (SHOTS, REQUESTS), (REQUESTS, PLAN))
_UP = ((JOBS, TAKES), (TAKES, SEGMENTS), (SEGMENTS, REEL))
_ACROSS = ((PLAN, JOURNAL), (JOURNAL, JOBS))
TITLE = (
    "The project file becomes shots, requests and a plan. An apply writes each job into the journal and "
    "submits it; takes go into cache and lock, and become segments and a reel. The next plan compares with "
    "lock and cache."
)


def picture() -> str:
    """The whole SVG."""
    arrows = [_arrow(a.middle, a.top + _BOX_HEIGHT, b.middle, b.top) for a, b in _DOWN]
    arrows += [_arrow(a.middle, a.top, b.middle, b.top + _BOX_HEIGHT) for a, b in _UP]
    arrows += [_level(a, b) for a, b in _ACROSS]
    # What was made is kept; what is kept is what the next plan compares with.
    arrows += [
        _level(TAKES, KEPT_CLIPS),
        _arrow(KEPT_CLIPS.left, KEPT_CLIPS.top + 54, PLAN.left + _BOX_WIDTH, PLAN.top + 20),
    ]
    parts = [
        "<!-- Written by `python -m tests.write_reference`. -->",
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' width='{WIDTH}' "
        f"role='img' {_FONT}>",
        f"<title>{escape(TITLE)}</title>",
        "<defs><marker id='tip' viewBox='0 0 10 10' refX='9' refY='5' markerWidth='6' markerHeight='6' "
        f"orient='auto'><path d='M0 0L10 5L0 10z' fill='{_ARROW}'/></marker></defs>",
        *arrows,
        *(box.svg() for box in BOXES),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _level(start: Box, end: Box) -> str:
    y = start.top + _BOX_HEIGHT // 2
    if start.left < end.left:
        return _arrow(start.left + _BOX_WIDTH, y, end.left, y)
    return _arrow(start.left, y, end.left + _BOX_WIDTH, y)


def _arrow(x1: int, y1: int, x2: int, y2: int) -> str:
    line = f"<line x1='{x1}' y1='{y1}' x2='{x2}' y2='{y2}'"
    return f"{line} stroke='{_ARROW}' stroke-width='2' marker-end='url(#tip)'/>"


def _text(x: int, y: int, size: int, words: str, weight: int = 400) -> str:
    style = f"font-size='{size}' font-weight='{weight}' fill='#ffffff' text-anchor='middle'"
    return f"<text x='{x}' y='{y}' {style}>{escape(words)}</text>"
