"""Status as text: where things stand, on one screen."""

from __future__ import annotations

import textwrap
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seedgen.execution.overview import State
from seedgen.planning.plan import Action, ReasonKind, ReelAction
from seedgen.timing import Rate
from seedgen.views.costs import spent_line
from seedgen.views.jobs import WORDS, since
from seedgen.views.paint import Paint, harmless
from seedgen.views.plan_text import NO_SHOTS, SYMBOLS, summary
from seedgen.views.words import counted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from seedgen.execution.costs import Costs
    from seedgen.execution.overview import Listed
    from seedgen.planning.coverage import Coverage
    from seedgen.planning.lock import Lock
    from seedgen.planning.plan import Change, Plan
    from seedgen.ports.store import DiskUse, Running

_LOST, _SOME = "lost", "some"
"""States that no action tells apart: nothing changed but the clips are not there, and not all takes are."""

_STATES = {
    Action.UNCHANGED: (Action.UNCHANGED, "match their clip"),
    Action.GENERATE: (Action.GENERATE, "have no clip yet"),
    _SOME: (Action.GENERATE, "lack some of their takes"),
    Action.REGENERATE: (Action.REGENERATE, "changed since their clip"),
    _LOST: (Action.REGENERATE, "miss the clip that the lock names"),
    Action.REUSE: (Action.REUSE, "have a clip waiting in the cache"),
    Action.RESUME: (Action.RESUME, "have a job in flight"),
    Action.MOVE: (Action.MOVE, "were renamed"),
    Action.REMOVE: (Action.REMOVE, "are declared no longer"),
    Action.BLOCKED: (Action.BLOCKED, "wait for a decision"),
}
"""For each state of a shot the action that its takes are counted by, and what is said."""

_FIRST = (Action.BLOCKED, Action.RESUME, Action.REGENERATE, Action.GENERATE, Action.REUSE, Action.MOVE)
"""Of a shot whose takes differ, the action that its state is told by."""

_MOST_STATES = 8
_MOST_JOBS, _MOST_PROFILES = 2, 3
"""Lines for them: with eight states, an apply that runs in place of a job, and everything else, the whole
stays within 24 lines. More states take the place of jobs, then of a profile."""

_MOST_NAMES = 40
"""More than fit into any line."""

_URGENT = {state: rank for rank, state in enumerate((State.IN_DOUBT, State.REJECTED, State.SUBMITTING))}


@dataclass(frozen=True, slots=True)
class Situation:
    """What is told: the plan and its lock, open jobs, what was spent, disk use, and each profile's clips.

    `running` is an apply that runs in the project now. `unmade` are reels whose file is not there, and
    those that match no shot, whose file is of an earlier time.
    """

    plan: Plan
    lock: Lock
    jobs: tuple[Listed, ...]
    costs: Costs
    disk: DiskUse
    profiles: tuple[Coverage, ...] = ()
    running: Running | None = None
    unmade: tuple[str, ...] = ()


def status_text(now_is: Situation, now: datetime, paint: Paint, width: int) -> str:
    """Shots by state, open jobs, reels, money, disk and profiles, in lines of at most `width` columns."""
    plan = now_is.plan
    profile = f" ({harmless(plan.profile)})" if plan.profile else ""
    lines = [paint.bold(harmless(plan.project) + profile)]
    if (runs := now_is.running) is not None:
        begun = f"process {runs.pid} on {harmless(runs.host)}, begun {since(runs.since, now)}"
        lines.append(_cut(f"  apply runs now: {begun}", width))
    states = list(_states(plan, width))
    lines += states if plan.takes else [f"  {NO_SHOTS}."]
    made = sum(len(shot.takes) for shot in now_is.lock.shots.values())
    lines.append(f"  lock  {counted(made, 'take')}, {seconds_of(now_is.lock):,.1f} s of video")
    taken = (now_is.running is not None) + max(0, len(states) - _MOST_STATES)
    lines += _jobs(now_is.jobs, now, width, max(0, _MOST_JOBS - taken))
    most_profiles = _MOST_PROFILES - max(0, taken - _MOST_JOBS)
    if spent := spent_line(now_is.costs):
        lines.append(_listing("  cost  ", spent.split(", "), width, ": `seedgen costs` says for what"))
    lines += _reels(plan, now_is.unmade, width)
    disk = now_is.disk
    sizes = (
        f"{_size(disk.objects)} of clips, {_size(disk.segments)} of segments, {_size(disk.build)} in build/"
    )
    lines.append(_cut(f"  disk  {sizes}, {_size(disk.free)} free", width))
    lines += _profiles(now_is.profiles, plan.profile, width, most_profiles)
    first, *rest = textwrap.wrap(summary(plan, Paint(on=False)), width)
    head, _, tail = first.partition(" ")
    return "\n".join([*lines, "", f"{paint.bold(head)} {tail}", *rest]) + "\n"


def seconds_of(lock: Lock) -> float:
    """How much video a lock names; what is no rate counts as nothing."""
    total = 0.0
    for shot in lock.shots.values():
        for take in shot.takes:
            try:
                total += float(Rate.parse(take.rate).seconds(take.frames))
            except ValueError:
                continue
    return total


def _states(plan: Plan, width: int) -> Iterator[str]:
    """A line for each state that there is; every shot stands in one."""
    takes: dict[str, list[Change]] = {}
    for change in plan.takes:
        takes.setdefault(change.shot, []).append(change)
    found: dict[str, list[str]] = {}
    for shot, changes in takes.items():
        found.setdefault(_state(changes), []).append(shot)
    for state, (action, words) in _STATES.items():
        if shots := found.get(state):
            counted_takes = sum(change.action is action for shot in shots for change in takes[shot])
            more = f" ({counted_takes:,} takes)" if counted_takes > len(shots) else ""
            head = f"  {SYMBOLS[action]} {len(shots):>5,}  {words}{more}"
            names = [harmless(shot) for shot in shots]
            yield head if action is Action.UNCHANGED else _listing(f"{head}: ", names, width)


def _state(changes: Sequence[Change]) -> str:
    """The state of a shot with such takes, a key of `_STATES`."""
    actions = {change.action for change in changes}
    action = next((one for one in _FIRST if one in actions), changes[0].action)
    if action is Action.GENERATE and len(actions) > 1:
        return _SOME
    why = {reason.kind for change in changes if change.action is action for reason in change.reasons}
    if action is Action.REGENERATE and why == {ReasonKind.OBJECT_MISSING}:
        return _LOST
    return action


def _listing(head: str, names: Sequence[str], width: int, tail: str = "") -> str:
    """As many names as fit into the line, and how many more there are."""
    room = width - len(head) - len(tail)
    for shown in range(len(names), 0, -1) if len(names) <= _MOST_NAMES else range(_MOST_NAMES, 0, -1):
        more = f" … {len(names) - shown:,} more" if shown < len(names) else ""
        listed = ", ".join(names[:shown])
        if len(listed) + len(more) <= room or shown == 1:
            return f"{head}{_cut(listed, max(12, room - len(more)))}{more}{tail}"
    return head


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _jobs(jobs: Sequence[Listed], now: datetime, width: int, most: int) -> Iterator[str]:
    if not jobs:
        return
    states = Counter(job.state for job in jobs)
    listed = [f"{count:,} {WORDS[state]}" for state, count in states.items()]
    yield _listing("  jobs  ", listed, width, ": `seedgen jobs list` shows them")
    # What waits for a person first, then what has been under way for longest.
    urgent = sorted(jobs, key=lambda job: (_URGENT.get(job.state, len(_URGENT)), _begun(job)))
    for job in urgent[:most]:
        take = f" take {job.entry.take}" if job.entry.take > 1 else ""
        begun = since(job.entry.submitted_at, now)
        line = f"        {job.shot}{take}  {WORDS[job.state]}, submitted {begun} to {job.entry.provider}"
        yield _cut(harmless(line), width)


def _begun(job: Listed) -> float:
    return job.entry.submitted_at.timestamp() if job.entry.submitted_at else 0.0


def _reels(plan: Plan, unmade: Collection[str], width: int) -> Iterator[str]:
    if plan.reels:
        waiting = [harmless(one.reel) for one in plan.reels if one.action is ReelAction.ASSEMBLE]
        settled = [one.reel for one in plan.reels if one.action is ReelAction.UNCHANGED]
        empty = sum(reel in unmade for reel in settled)
        words = [f"{len(settled) - empty:,} current"] if len(settled) > empty else []
        words += [f"{empty:,} with nothing to show"] if empty else []
        head = "  reels " + "; ".join([*words, "to assemble: "] if waiting else words)
        yield _listing(head, waiting, width) if waiting else head


def _profiles(profiles: Iterable[Coverage], in_force: str | None, width: int, most: int) -> Iterator[str]:
    found = list(profiles)
    # The one in force is told of above, and comes first.
    found.sort(key=lambda one: one.profile != in_force)
    names = {one: harmless(one.profile or "(none)") for one in found}
    shown = found if len(found) <= most else found[: most - 1]
    room = min(max((len(names[one]) for one in shown), default=0), 24)
    for index, one in enumerate(shown):
        head = "profiles" if index == 0 else ""
        compared = f"{one.current:,} current, {one.stale:,} changed" if one.stale is not None else ""
        clips = compared or f"{one.clips:,} with a clip"
        told = _fault(one) or f"{clips}, {one.missing:,} without a clip"
        yield _cut(f"  {head:<8}  {names[one]:<{room}}  {told}", width)
    if rest := [names[one] for one in found[len(shown) :]]:
        yield _listing(f"{'':<12}and ", rest, width)


def _fault(profile: Coverage) -> str:
    """What keeps a profile from being planned, and what says more; or nothing."""
    before = f"--profile {profile.profile} " if profile.profile else ""
    return f"{counted(profile.errors, 'error')}: `seedgen {before}validate`" if profile.errors else ""


def _size(size: int) -> str:
    if size >= 10 * 1024**4:
        return f"{size / 1024**4:,.0f} TiB"
    if size >= 10 * 1024**3:
        return f"{size / 1024**3:,.0f} GiB"
    return f"{size / 1024**2:.1f} MiB" if size < 1024**3 else f"{size / 1024**3:.1f} GiB"
