"""each::labs' listing: what an orphan can be looked for in, and which rows have no input."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.emulator.eachlabs_words import WORDS, bad, output_of, whole_number, written
from tests.emulator.records import Service, State
from tests.emulator.wire import Answer, as_json

if TYPE_CHECKING:
    from tests.emulator.gate import Call
    from tests.emulator.jobs import Job
    from tests.emulator.world import World


def moment(query: dict[str, str], name: str, default: datetime) -> float:
    if name not in query:
        return default.timestamp()
    moment: datetime | None
    try:
        moment = datetime.fromisoformat(query[name])
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise bad(f"{name} must be an RFC 3339 time with an offset")
    return moment.timestamp()


_FILTERS = frozenset(
    [
        "limit",
        "offset",
        "model",
        "status",
        "workflow_id",
        "workflow_execution_id",
        "error_classification",
        "from",
        "to",
    ]
)


def executions(call: Call) -> Answer:
    """`GET /v1/executions`."""
    query, world = call.seen.query, call.world
    if unknown := set(query) - _FILTERS:
        raise bad(f"unknown filter {min(unknown)}")
    if query.get("status", "created") not in {"created", "starting", "success", "error"}:
        raise bad("status must be one of created, starting, success, error")
    limit = whole_number(query, "limit", 20, 1, 100)
    offset = whole_number(query, "offset", 0, 0, 1_000_000)
    now = world.clock.now()
    today = datetime.fromtimestamp(now, UTC)
    begin = moment(query, "from", today - timedelta(days=90))
    end = moment(query, "to", today + timedelta(days=1))
    rows = [
        job
        for job in world.listed(Service.EACHLABS)
        if begin <= job.created <= end
        and query.get("model", job.model) == job.model
        and query.get("status", WORDS[job.state(now)]) == WORDS[job.state(now)]
        and not {"workflow_id", "workflow_execution_id", "error_classification"} & set(query)
    ]
    return as_json(
        {
            "executions": [_row(world, job, now) for job in rows[offset : offset + limit]],
            "total_count": len(rows),
            "total_capped": False,
            "offset": offset,
            "limit": limit,
        }
    )


def _row(world: World, job: Job, now: float) -> dict[str, Any]:
    state = job.state(now)
    ended = job.ended if state.is_final else None
    return {
        "id": job.id,
        "model": job.model,
        "requested_model": job.model,
        "status": WORDS[state],
        "workflow_id": None,
        "workflow_execution_id": None,
        "execution_cost": float(job.cost) if state is State.SUCCEEDED and world.settings.costs else 0,
        "run_time": 0 if ended is None else round(ended - job.created, 3),
        "created_at": written(job.created),
        "started_at": written(job.starts) if now >= job.starts else None,
        "completed_at": written(ended),
        "output": output_of(world, job, state),
    }
