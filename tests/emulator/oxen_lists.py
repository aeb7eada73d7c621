"""Oxen's listings: the queue, and the history with what each generation cost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from tests.emulator.faults import Do
from tests.emulator.oxen_words import OWNER, bad, has_vanished, known, row_of
from tests.emulator.records import Service, State
from tests.emulator.wire import Answer, as_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.emulator.gate import Call
    from tests.emulator.jobs import Job
    from tests.emulator.world import World

_FILTERS = {
    "namespace": "target_namespace",
    "model": "model_name",
    "status": "status",
    "media_type": "media_type",
    "repo": "target_repo",
    "folder": "target_directory",
}
_STATUSES = frozenset({"queued", "processing", "succeeded", "failed", "cancelled"})


def _found(call: Call, more_filters: Iterable[str] = ()) -> list[tuple[Job, dict[str, Any]]]:
    query, world = call.seen.query, call.world
    if unknown := set(query) - {*_FILTERS, *more_filters}:
        raise bad(f"unknown filter {min(unknown)}")
    if query.get("status", "queued") not in _STATUSES:
        raise bad(f"status must be one of {', '.join(sorted(_STATUSES))}")
    rows = []
    for job in world.listed(Service.OXEN):
        fault = world.faults.strike_row(Service.OXEN, call.seen.route, job.id, job.prompt) or call.fault
        if fault is None or fault.do is not Do.LOSE:
            rows.append((job, row_of(world, job, fault)))
    wanted = {_FILTERS[name]: value for name, value in query.items() if name in _FILTERS}
    return [(job, row) for job, row in rows if all(row[name] == value for name, value in wanted.items())]


def queue(call: Call) -> Answer:
    """The queue."""
    rows = [row for job, row in _found(call) if not has_vanished(call.world, job)]
    if "status" not in call.seen.query:
        rows = [row for row in rows if row["status"] not in {"succeeded", "failed", "cancelled"}]
    return as_json({"count": len(rows), "generations": rows})


def _cost(world: World, job: Job) -> str | None:
    state = job.state(world.clock.now())
    return str(job.cost) if world.settings.costs and state is State.SUCCEEDED else None


def history(call: Call) -> Answer:
    """A page of everything there was."""
    query, world = call.seen.query, call.world
    pages = {"page": (1, 1_000_000), "page_size": (50, 1000)}
    for name, (_, most) in pages.items():
        text = query.get(name, "1")
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise bad(f"{name} must be an integer between 1 and {most}")
    page, size = (int(query.get(name, default)) for name, (default, _) in pages.items())
    found = _found(call, pages)
    rows = [{**row, "cost": _cost(world, job)} for job, row in found[(page - 1) * size : page * size]]
    costs = [job.cost for job, _ in found if _cost(world, job) is not None]
    return as_json(
        {
            "count": len(rows),
            "generations": rows,
            "page_number": page,
            "page_size": size,
            "total_pages": math.ceil(len(found) / size),
            "total_entries": len(found),
            "total_cost": str(sum(costs)) if costs else None,
        }
    )


def one_of_history(call: Call) -> Answer:
    """One generation with its cost."""
    job = known(call)
    row = {**row_of(call.world, job, call.fault), "cost": _cost(call.world, job), "username": OWNER}
    return as_json({"status": "success", "status_message": "resource_found", "generation": row})
