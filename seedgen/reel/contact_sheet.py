"""Contact sheet: every shot with its poster frame, take, length and prompt, as one PNG."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from seedgen.digest import digest_json
from seedgen.geometry import Size
from seedgen.planning.pricing import seconds_of
from seedgen.ports import events
from seedgen.ports.media import Sheet, SheetEntry
from seedgen.project.cards import wire_prompt
from seedgen.timing import Rate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from seedgen.planning.lock import Take
    from seedgen.planning.resolve import ResolvedShot
    from seedgen.ports.media import SheetDrawer
    from seedgen.ports.outputs import Outputs
    from seedgen.ports.store import Objects

_RECIPE = 1
"""Raise it when the drawing changes, so that sheets are drawn anew."""


async def draw_contact_sheet(
    project: str,
    shots: Sequence[ResolvedShot],
    picked: Callable[[ResolvedShot], Take | None],
    objects: Objects,
    outputs: Outputs,
    drawer: SheetDrawer,
    name: str,
    tell: Callable[[events.Event], None],
) -> None:
    """Draw the sheet `name` in `build/`, unless it stands there already. Raises MediaError."""
    takes = [(shot, picked(shot)) for shot in shots]
    key = digest_json(
        {
            "recipe": _RECIPE,
            "project": project,
            "shots": [[s.id, s.fingerprint, t.digest if t else None, t.take if t else 0] for s, t in takes],
        }
    )
    changed = not outputs.is_current(name, key)
    if changed:
        sheet = Sheet(
            heading=project,
            detail=_summary(takes),
            shape=Size(16, 9),
            entries=[_entry(shot, take, objects) for shot, take in takes],
        )
        await asyncio.to_thread(drawer.draw, sheet, outputs.path(name))
        outputs.made(name, key)
    tell(events.SheetDrawn(outputs.path(name), changed))


def _entry(shot: ResolvedShot, take: Take | None, objects: Objects) -> SheetEntry:
    prompt = wire_prompt(shot.request.prompt, shot.card)
    if take is None:
        seconds = seconds_of(shot.request, shot.card)
        return SheetEntry(None, shot.id, f"no clip yet · {seconds} s", prompt, "no clip")
    length = float(Rate.parse(take.rate).seconds(take.frames))
    return SheetEntry(objects.path(take.clip), shot.id, f"take {take.take} · {length:.1f} s", prompt)


def _summary(takes: Sequence[tuple[ResolvedShot, Take | None]]) -> str:
    present = [take for _, take in takes if take]
    seconds = sum(float(Rate.parse(take.rate).seconds(take.frames)) for take in present)
    count = f"{len(takes)} shot{'' if len(takes) == 1 else 's'}"
    missing = len(takes) - len(present)
    return f"{count} · {seconds:.1f} s" + (f" · {missing} without a clip" if missing else "")
