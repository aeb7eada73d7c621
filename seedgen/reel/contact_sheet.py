"""Contact sheet: every shot with its poster frame, take, length and prompt, on as many pages as it takes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from math import ceil
from pathlib import PurePath
from typing import TYPE_CHECKING

from seedgen.digest import digest_json
from seedgen.geometry import Size
from seedgen.planning.pricing import seconds_of
from seedgen.planning.readable import readable_prompt
from seedgen.ports import events
from seedgen.ports.sheets import Sheet, SheetEntry
from seedgen.timing import Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seedgen.planning.lock import Take
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.ports.outputs import Outputs
    from seedgen.ports.sheets import SheetDrawer
    from seedgen.ports.store import Objects

    TakenShot = tuple[ResolvedShot, Take | None]

PAGE_SHOTS = 48
"""Shots on a full page: six rows of eight or eight of six. On A3 their prompts can still be read."""

_RECIPE = 4
"""Raise it when the drawing changes, so that sheets are drawn anew."""


@dataclass(frozen=True, slots=True)
class _Page:
    """One page: its number of so many, the words at the right of its heading, and its shots."""

    number: int
    of: int
    detail: str
    takes: Sequence[TakenShot]


def sheet_names(first: str, shots: int) -> list[str]:
    """The files of a sheet of so many shots: `sheet.png`, and for further pages `sheet-2.png` and so on."""
    name = PurePath(first)
    pages = max(1, ceil(shots / PAGE_SHOTS))
    return [first, *(str(name.with_stem(f"{name.stem}-{page}")) for page in range(2, pages + 1))]


async def draw_contact_sheet(
    project: str,
    shots: Sequence[ResolvedShot],
    picked: Callable[[ResolvedShot], Take | None],
    objects: Objects,
    outputs: Outputs,
    drawer: SheetDrawer,
    name: str,
    tell: Callable[[events.Event], None],
    version: str = "",
) -> None:
    """Draw a sheet's pages into `build/`, the first as `name`, but none that stands there already.

    `version` names the state that is shown (`lock serial 12 · commit a1b2c3d`). Only the first page says it,
    and the totals: when they change, the pages of other shots can stay. Raises MediaError.
    """
    takes = [(shot, picked(shot)) for shot in shots]
    names = sheet_names(name, len(takes))
    changed = False
    for place, page in zip(names, _pages(takes, len(names), version), strict=True):
        key = _key(project, page)
        if outputs.is_current(place, key):
            continue
        await asyncio.to_thread(drawer.draw, _sheet(project, page, objects), outputs.path(place))
        outputs.made(place, key)
        changed = True
    tell(events.SheetDrawn(outputs.path(name), changed))


def _pages(takes: Sequence[TakenShot], count: int, version: str) -> list[_Page]:
    pages = []
    for number in range(1, count + 1):
        first = (number - 1) * PAGE_SHOTS
        shown = takes[first : first + PAGE_SHOTS]
        facts = [_summary(takes), version] if number == 1 else [f"shots {first + 1} to {first + len(shown)}"]
        if count > 1:
            facts.append(f"page {number} of {count}")
        pages.append(_Page(number, count, " · ".join(filter(None, facts)), shown))
    return pages


def _key(project: str, page: _Page) -> str:
    """Names everything that is drawn on a page."""
    shown = [
        [s.id, readable_prompt(s), s.outline, t.digest if t else None, t.take if t else 0]
        for s, t in page.takes
    ]
    return digest_json(
        {"recipe": _RECIPE, "project": project, "page": page.of > 1, "detail": page.detail, "shots": shown}
    )


def _sheet(project: str, page: _Page, objects: Objects) -> Sheet:
    return Sheet(
        heading=project,
        detail=page.detail,
        shape=Size(16, 9),
        entries=[_entry(shot, take, objects) for shot, take in page.takes],
        places=PAGE_SHOTS if page.of > 1 else 0,
    )


def _entry(shot: ResolvedShot, take: Take | None, objects: Objects) -> SheetEntry:
    prompt = readable_prompt(shot)
    if take is None:
        seconds = seconds_of(shot.request, shot.card)
        return SheetEntry(None, shot.id, f"no clip yet · {seconds} s", prompt, "no clip")
    length = float(Rate.parse(take.rate).seconds(take.frames))
    return SheetEntry(objects.path(take.clip), shot.id, f"take {take.take} · {length:.1f} s", prompt)


def _summary(takes: Sequence[TakenShot]) -> str:
    present = [take for _, take in takes if take]
    seconds = sum(float(Rate.parse(take.rate).seconds(take.frames)) for take in present)
    count = f"{len(takes)} shot{'' if len(takes) == 1 else 's'}"
    missing = len(takes) - len(present)
    return f"{count} · {seconds:.1f} s" + (f" · {missing} without a clip" if missing else "")
