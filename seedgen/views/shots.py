"""One shot as text: its request as it would be sent, and what it has."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from seedgen.planning.lock import IMPORTED
from seedgen.project.cards import wire_prompt
from seedgen.views.paint import harmless, harmless_json
from seedgen.views.plan_text import plan_text
from seedgen.views.words import media_words, price

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from seedgen.planning.lock import LockedShot, Take
    from seedgen.planning.plan import Plan
    from seedgen.planning.resolved import ResolvedShot
    from seedgen.views.paint import Paint


def prompt_text(shot: ResolvedShot) -> str:
    """A shot's prompt in its model's own words."""
    return harmless(wire_prompt(shot.request.prompt, shot.card)) + "\n"


def body_text(body: Mapping[str, Any]) -> str:
    """A request's body as JSON, two spaces deep."""
    return harmless_json(json.dumps(body, indent=2, ensure_ascii=False)) + "\n"


def show_text(
    shot: ResolvedShot,
    locked: LockedShot | None,
    plan: Plan,
    clips: Mapping[int, Path],
    copies: Mapping[int, Path],
    paint: Paint,
    width: int,
) -> str:
    """Everything about one shot. `copies` are its clips under readable names in `build/`."""
    request = shot.request
    tags = harmless(" ".join(f"#{tag}" for tag in shot.shot.tags))
    lines = [paint.bold(shot.id) + (f"  {tags}" if tags else "")]
    lines.append(f"  model        {request.provider} {request.model}")
    values = ", ".join(f"{name} {_plain(value)}" for name, value in request.parameters.items())
    lines.append(f"  parameters   {harmless(values)}")
    prompt = harmless(wire_prompt(request.prompt, shot.card))
    wrapped = textwrap.wrap(prompt, max(40, width - 15)) or [""]
    lines.extend(f"  {'prompt' if i == 0 else '':<11}  {line}" for i, line in enumerate(wrapped))
    for index, (reference, location) in enumerate(zip(request.references, shot.media, strict=True)):
        token = f"{reference.type.value} {'with a face' if reference.face else ''}".strip()
        name = harmless(media_words(location))
        lines.append(f"  {'references' if index == 0 else '':<11}  {name}  {paint.dim(token)}")
    lines.append(f"  fingerprint  {shot.fingerprint or f'known once {shot.upstream} has its clip'}")
    if locked is not None:
        lines += _take_lines(shot, locked, clips, copies, paint)
    return "\n".join(lines) + "\n\n" + plan_text(plan, paint, width, alone=True)


def _take_lines(
    shot: ResolvedShot,
    locked: LockedShot,
    clips: Mapping[int, Path],
    copies: Mapping[int, Path],
    paint: Paint,
) -> Iterator[str]:
    """What a shot has: each take with its clip's file, the picked one marked, and how to pick another."""
    picked, several = locked.picked, len(locked.takes) > 1
    if locked.accepted_from is not None and locked.fingerprint == shot.fingerprint:
        yield f"  accepted     for this request at no cost; generated for {locked.accepted_from[:12]}…"
    for take in locked.takes:
        made = harmless(f"{take.frames} frames at {take.rate}, {_came(take)}")
        mark = paint.green("picked, ") if several and take == picked else ""
        yield f"  {f'take {take.take}':<11}  {mark}{made}"
        if take.take in copies:
            yield f"               {copies[take.take]}"
        yield f"               {clips.get(take.take) or paint.red('its clip is missing from the cache')}"
    others = [take.take for take in locked.takes if take != picked and take.take in clips]
    if others:
        yield f"               `seedgen pick {shot.id} {others[0]}` puts another take into the reels"


def _came(take: Take) -> str:
    """What a take cost and which job made it; a file that was imported has neither."""
    if take.job_id == IMPORTED:
        return "imported"
    return f"{price(take.cost_usd)}{' estimated' if take.cost_estimated else ''}, job {take.job_id}"


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
