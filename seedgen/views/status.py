"""Status as text: where things stand, on one screen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from seedgen.planning.plan import Action
from seedgen.timing import Rate
from seedgen.views.costs import spent_line
from seedgen.views.jobs import WORDS
from seedgen.views.paint import harmless
from seedgen.views.plan_text import SYMBOLS, summary
from seedgen.views.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.execution.costs import Costs
    from seedgen.execution.overview import Listed
    from seedgen.planning.lock import Lock
    from seedgen.planning.plan import Plan
    from seedgen.ports.store import DiskUse
    from seedgen.views.paint import Paint

_WORDS = {
    Action.UNCHANGED: "match their clip",
    Action.GENERATE: "have no clip yet",
    Action.REGENERATE: "changed since their clip",
    Action.REUSE: "have a clip waiting in the cache",
    Action.RESUME: "have a job in flight",
    Action.MOVE: "were renamed",
    Action.REMOVE: "are declared no longer",
    Action.BLOCKED: "wait for a decision",
}


def status_text(
    plan: Plan, lock: Lock, jobs: Sequence[Listed], costs: Costs, disk: DiskUse, paint: Paint
) -> str:
    """Shots by state, open jobs, what has been spent, and the size of the cache."""
    profile = f" ({plan.profile})" if plan.profile else ""
    lines = [paint.bold(f"{plan.project}{profile}")]
    for action, words in _WORDS.items():
        count = plan.counts[action]
        if count:
            names = _names(plan, action) if action is not Action.UNCHANGED else ""
            lines.append(f"  {SYMBOLS[action]} {count:>5}  {words}{names}")
    takes = [take for shot in lock.shots.values() for take in shot.takes]
    seconds = sum(float(Rate.parse(take.rate).seconds(take.frames)) for take in takes)
    lines.append(f"  lock  {counted(len(takes), 'take')}, {seconds:.1f} s of video")
    if jobs:
        states = Counter(job.state for job in jobs)
        listed = ", ".join(f"{count} {WORDS[state]}" for state, count in states.items())
        lines.append(f"  jobs  {listed}: `seedgen jobs list` shows them")
    if spent := spent_line(costs):
        lines.append(f"  cost  {spent}: `seedgen costs` says for what")
    lines.append(
        f"  disk  {_mebibytes(disk.objects)} of clips, {_mebibytes(disk.segments)} of segments, "
        f"{_mebibytes(disk.free)} free"
    )
    lines.append("")
    lines.append(summary(plan, paint))
    return "\n".join(lines) + "\n"


def _names(plan: Plan, action: Action) -> str:
    names = list(dict.fromkeys(harmless(change.shot) for change in plan.takes if change.action is action))
    return f": {', '.join(names[:6])}{' …' if len(names) > 6 else ''}"


def _mebibytes(size: int) -> str:
    if size >= 10 * 1024**3:
        return f"{size / 1024**3:.0f} GiB"
    return f"{size / 1024**2:.1f} MiB"
