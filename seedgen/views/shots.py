"""One shot as text: its request as it would be sent, and what it has."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedgen.project.cards import wire_prompt
from seedgen.views.paint import harmless, harmless_json
from seedgen.views.plan_text import plan_text
from seedgen.views.words import price

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.planning.lock import LockedShot
    from seedgen.planning.plan import Plan
    from seedgen.planning.resolve import ResolvedShot
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
    paint: Paint,
    width: int,
) -> str:
    """Everything about one shot."""
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
        name = harmless(location.name if isinstance(location, Path) else location)
        lines.append(f"  {'references' if index == 0 else '':<11}  {name}  {paint.dim(token)}")
    lines.append(f"  fingerprint  {shot.fingerprint}")
    for take in locked.takes if locked else ():
        chosen = " (picked)" if locked and take.take == locked.pick and len(locked.takes) > 1 else ""
        cost = price(take.cost_usd) + (" estimated" if take.cost_estimated else "")
        where = clips.get(take.take)
        made = harmless(f"{take.frames} frames at {take.rate}, {cost}, job {take.job_id}")
        lines.append(f"  take {take.take}{chosen}       {made}")
        lines.append(f"               {where or paint.red('its clip is missing from the cache')}")
    return "\n".join(lines) + "\n\n" + plan_text(plan, paint, width)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
