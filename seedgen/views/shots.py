"""One shot as text: its request as it would be sent, and what it has."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seedgen.project.cards import AUTO, wire_prompt
from seedgen.views.paint import harmless, harmless_json
from seedgen.views.plan_text import plan_text
from seedgen.views.words import price

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seedgen.planning.lock import LockedShot
    from seedgen.planning.plan import Plan
    from seedgen.planning.resolve import ResolvedShot
    from seedgen.project.cards import ModelCard
    from seedgen.views.paint import Paint


def render_text(shot: ResolvedShot, root: Path, *, prompt_only: bool = False) -> str:
    """The prompt and the request body of a shot, as its provider would get them.

    Files stand as their path: what they are uploaded to is known only then.
    """
    prompt = wire_prompt(shot.request.prompt, shot.card)
    if prompt_only:
        return harmless(prompt) + "\n"
    body = {"model": shot.request.model, "prompt": prompt, **_wire(shot), **_media(shot, root)}
    return harmless_json(json.dumps(body, indent=2, ensure_ascii=False)) + "\n"


def _wire(shot: ResolvedShot) -> dict[str, Any]:
    return {name: _wire_value(shot.card, name, value) for name, value in shot.request.parameters.items()}


def _wire_value(card: ModelCard, name: str, value: Any) -> Any:
    wire = card.wire.get(name)
    if wire is None:
        return value
    value = wire.auto if value == AUTO else value
    return str(value) if wire.type == "string" else value


def _media(shot: ResolvedShot, root: Path) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for reference, location in zip(shot.request.references, shot.media, strict=True):
        limits = shot.card.references.limits(reference.type)
        if limits is not None:
            field = limits.face_field if reference.face and limits.face_field else limits.field
            fields.setdefault(field, []).append(_relative(location, root))
    return fields


def _relative(location: Path | str, root: Path) -> str:
    if isinstance(location, Path) and location.is_relative_to(root):
        return location.relative_to(root).as_posix()
    return str(location)


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
