"""Plans as text: what would change, why, and for how much."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import TYPE_CHECKING

from seedgen.planning.plan import Action, ReasonKind, ReelAction
from seedgen.project.models import LOCAL
from seedgen.views.fields_text import INDENT, field_lines
from seedgen.views.paint import harmless
from seedgen.views.words import counted, dollars, estimate, price, shown

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from seedgen.planning.plan import Change, Plan, Reason
    from seedgen.ports.store import JournalEntry
    from seedgen.views.paint import Paint

SYMBOLS = {
    Action.GENERATE: "+",
    Action.REGENERATE: "~",
    Action.REUSE: "<",
    Action.RESUME: ">",
    Action.MOVE: "=",
    Action.REMOVE: "-",
    Action.BLOCKED: "!",
    Action.UNCHANGED: " ",
}
_FEW = 12
NO_SHOTS = "No shots are declared yet"


def plan_text(plan: Plan, paint: Paint, width: int, *, everything: bool = False, alone: bool = False) -> str:
    """A whole plan. `everything` lists unchanged shots too; `width` is the terminal's.

    `alone` says that it is about one shot, and nobody expects a word on others.
    """
    listed = list(plan.takes) if everything else list(plan.changes)
    lines: list[str] = []
    id_width = max((len(_name(change)) for change in listed), default=0)
    planned = {change.shot for change in plan.takes}
    for change, after in itertools.zip_longest(listed, listed[1:]):
        lines.append(_line(change, id_width, paint))
        if way_out := _way_out(change, planned):
            lines.append(f"{INDENT}{way_out}")
        # Takes of a shot that differ alike are told once, below the last of them.
        if after is None or (after.shot, after.diff) != (change.shot, change.diff):
            lines.extend(field_lines(change.diff, paint, width))
    if lines:
        lines.append("")
    if not plan.has_changes:
        lines.append(paint.green("No changes. The shot matches its clip." if alone else no_changes(plan)))
    else:
        lines.append(summary(plan, paint))
        lines.extend(_rounding(plan))
        lines.extend(takes_of_shots(plan))
        lines.extend(picks_taken_back(plan))
    lines.extend(_stale_lines(plan))
    reels = [reel.reel for reel in plan.reels if reel.action is ReelAction.ASSEMBLE]
    if reels:
        lines.append(f"Reel{'s' if len(reels) > 1 else ''} to assemble: {', '.join(reels)}.")
    stand_ins = list(dict.fromkeys(shot for reel in plan.reels for shot in reel.stand_ins))
    if stand_ins:
        lines.append(f"Without a clip so far, shown as stand-ins: {_few(stand_ins)}.")
    left_out = list(dict.fromkeys(shot for reel in plan.reels for shot in reel.left_out))
    if left_out:
        lines.append(f"Without a clip so far, left out of {_leaving(plan)}: {_few(left_out)}.")
    return "\n".join(lines) + "\n"


def no_changes(plan: Plan) -> str:
    """That nothing changes, and of how many shots that is said."""
    if not plan.left_out:
        return f"No changes. {'Every shot matches its clip' if plan.takes else NO_SHOTS}."
    shots = len({change.shot for change in plan.takes})
    about = "The shot asked about matches its clip"
    if shots != 1:
        about = f"The {shots} shots asked about match their clips"
    others = "1 other was" if plan.left_out == 1 else f"{plan.left_out} others were"
    return f"No changes. {about}; {others} not looked at."


def _stale_lines(plan: Plan) -> Iterator[str]:
    """Shots that are not selected and whose clips are continued although they are out of date."""
    stale: dict[str, dict[str, None]] = {}
    for change in plan.takes:
        if change.stale_upstream and change.continues is not None:
            stale.setdefault(harmless(change.continues.shot), {})[harmless(change.shot)] = None
    for before, after in stale.items():
        continue_it = f"{_few(after)} continue{'s' if len(after) == 1 else ''} it as it is"
        yield f"The clip of {before} is out of date, and {before} is not selected: {continue_it}."


def _leaving(plan: Plan) -> str:
    return _few(harmless(reel.reel) for reel in plan.reels if reel.left_out)


def _few(names: Iterable[str]) -> str:
    """Names, but not too many of them."""
    listed = list(names)
    return ", ".join(listed[:_FEW]) + (" …" if len(listed) > _FEW else "")


def summary(plan: Plan, paint: Paint) -> str:
    """The last line: counts and cost."""
    counts = plan.counts
    words = [
        f"{counts[Action.GENERATE]} to generate",
        f"{counts[Action.REGENERATE]} to regenerate",
        f"{counts[Action.REUSE]} to reuse",
    ]
    words += [f"{counts[Action.RESUME]} to resume"] if counts[Action.RESUME] else []
    words += [f"{counts[Action.MOVE]} to move"] if counts[Action.MOVE] else []
    words += [f"{counts[Action.REMOVE]} to remove"]
    words += [f"{counts[Action.BLOCKED]} blocked"] if counts[Action.BLOCKED] else []
    cost = f"Estimated cost {estimate(plan.cost, plan.unpriced)} ({plan.seconds} s of video)."
    return f"{paint.bold('Plan:')} {', '.join(words)}; {counts[Action.UNCHANGED]} unchanged. {cost}"


def _rounding(plan: Plan) -> Iterator[str]:
    """A sentence where the costs of the rows, each rounded to a cent, do not add up to the estimate."""
    costs = [change.cost for change in plan.takes if change.submits and change.cost is not None]
    if shown(sum(map(shown, costs), Decimal(0))) != shown(plan.cost):
        yield "Each cost above is rounded to a cent, and so is their exact sum."


def takes_of_shots(plan: Plan) -> Iterator[str]:
    """A sentence that says what the summary counts, where takes and shots are not as many."""
    unchanged = [change for change in plan.takes if change.action is Action.UNCHANGED]
    told = ((list(plan.changes), "change"), (unchanged, "are unchanged"))
    counts = ((len(takes), len({take.shot for take in takes}), what) for takes, what in told)
    parts = [
        f"{counted(takes, 'take')} of {counted(shots, 'shot')} {what}"
        for takes, shots, what in counts
        if takes != shots
    ]
    if parts:
        yield f"{'; '.join(parts)}."


def picks_taken_back(plan: Plan) -> Iterator[str]:
    """A sentence on shots that show take 1 again, whatever was picked."""
    if plan.unpicked:
        takes = _few(f"take {take} of {harmless(shot)}" for shot, take in plan.unpicked)
        are = "is" if len(plan.unpicked) == 1 else "are"
        yield f"For another request take 1 is picked: {takes} {are} picked no longer."


def _name(change: Change) -> str:
    shot = harmless(change.shot)  # a lock may come from a stranger
    return shot if change.take == 1 else f"{shot} take {change.take}"


def _line(change: Change, id_width: int, paint: Paint) -> str:
    head = f"  {SYMBOLS[change.action]} {_name(change):<{id_width}}  "
    return _colour(change.action, paint, head) + _words(change, paint)


def _colour(action: Action, paint: Paint, text: str) -> str:
    if action is Action.GENERATE:
        return paint.green(text)
    if action is Action.REGENERATE:
        return paint.yellow(text)
    if action in (Action.REMOVE, Action.BLOCKED):
        return paint.red(text)
    return paint.dim(text) if action is Action.UNCHANGED else paint.cyan(text)


def _words(change: Change, paint: Paint) -> str:
    why = "; ".join(reason_words(reason) for reason in change.reasons)
    if change.submits:
        what = f"{change.action.value}  {change.seconds} s  {change.provider} {change.model}  "
        if change.awaits is not None and not any(r.kind is ReasonKind.UPSTREAM for r in change.reasons):
            after = paint.dim(f"after {harmless(change.awaits)}")
            return f"{what}{price(change.cost)}  {after}" + (
                f"  {paint.dim('because of ' + why)}" if why else ""
            )
        if change.provider != LOCAL and any(r.kind is ReasonKind.OBJECT_MISSING for r in change.reasons):
            why += f"; an apply asks {change.provider} for it first"
        return what + price(change.cost) + (f"  {paint.dim('because of ' + why)}" if why else "")
    if change.action is Action.MOVE:
        return f"move from {harmless(change.moved_from or '')}: the same request under another id"
    if change.action is Action.REMOVE:
        return "remove: no longer declared; its clip stays in the cache"
    if change.action is Action.REUSE:
        return f"reuse  {why or reuse_words(change)}"
    if change.action is Action.RESUME:
        return "resume  a job is in flight: paid already"
    cost = f"  {price(change.cost)}" if change.action is Action.BLOCKED and change.cost else ""
    return (f"{change.action.value}  {why}" if why else change.action.value) + cost


def reuse_words(change: Change) -> str:
    """Why a take is there already."""
    accepted = change.found is not None and change.found.fingerprint != change.fingerprint
    return "its clip was accepted for this request before" if accepted else "the cache has this take"


def reason_words(reason: Reason) -> str:
    """What a reason says to people."""
    words = {
        ReasonKind.PROMPT: "the prompt",
        ReasonKind.PARAMETER: f"the parameter {reason.name}",
        ReasonKind.REFERENCE: f"the reference {reason.name}",
        ReasonKind.MODEL: "the model",
        ReasonKind.PROVIDER: "the provider",
        ReasonKind.UPSTREAM: f"the clip of {reason.name}" if reason.name else "the clip that it continued",
        ReasonKind.OBJECT_MISSING: "its clip, which is missing from the cache",
        ReasonKind.REPLACE_REQUESTED: "--replace",
        ReasonKind.SAME_REQUEST: f"the same request as {reason.name}",
        ReasonKind.AMBIGUOUS: "an earlier submit may or may not have been billed",
        ReasonKind.REJECTED: "moderation refused this very request before",
        ReasonKind.UNPRICED: "its price is unknown and there is a cap",
        ReasonKind.OVER_BUDGET: "it would pass the cap",
    }
    return harmless(words[reason.kind])


def _way_out(change: Change, planned: Container[str]) -> str:
    """What to type about a change that waits for a person's decision; empty for others.

    `planned` are the shots that the plan is about.
    """
    kinds = {reason.kind for reason in change.reasons}
    shot = harmless(change.shot)
    if ReasonKind.AMBIGUOUS in kinds:
        command = f"seedgen jobs resolve {shot} --take {change.take}"
        return f"`{command}` asks {change.provider} again; `--job-id ID` or `--not-billed` decides"
    if ReasonKind.REJECTED in kinds and change.action is Action.BLOCKED:
        return f"change the shot, or `seedgen retry {shot}` and apply again"
    if ReasonKind.UPSTREAM in kinds and change.action is Action.BLOCKED and change.continues is not None:
        before = harmless(change.continues.shot)
        if before in planned:
            return f"it waits for {before}, which is blocked"
        return f"{before} has no clip and is not selected: `--select +{shot}` takes it in"
    return ""


def strays_text(strays: Sequence[JournalEntry], elsewhere: Mapping[str, int]) -> str:
    """What is in flight for requests that are declared no longer, and under other profiles; or nothing."""
    text = ""
    if strays:
        shots = ", ".join(dict.fromkeys(harmless(entry.shot) for entry in strays))
        jobs = counted(len(strays), "job")
        text += (
            f"{jobs} in flight for earlier requests of {shots}: paid, so the next apply fetches the clips.\n"
        )
    for profile, count in sorted(elsewhere.items()):
        under = f"under the profile {profile}" if profile else "without a profile"
        command = f"seedgen --profile {profile} apply" if profile else "seedgen apply"
        text += f"{counted(count, 'job')} in flight {under}: `{command}` collects what they make.\n"
    return text


def blocked_text(plan: Plan, cap: Decimal | None = None) -> str:
    """What to do about blocked changes, or an empty string."""
    blocked = [change for change in plan.changes if change.action is Action.BLOCKED]
    kinds = {reason.kind for change in blocked for reason in change.reasons}
    under = f" of {dollars(cap)}" if cap is not None else ""
    advice = []
    if ReasonKind.UNPRICED in kinds:
        advice.append(f"A cap{under} needs prices: state them in a card of your own, or lift the cap.")
    if ReasonKind.OVER_BUDGET in kinds:
        passing = {ReasonKind.OVER_BUDGET, ReasonKind.UPSTREAM}
        over = [c.cost for c in blocked if any(r.kind in passing for r in c.reasons)]
        whole = plan.cost + sum((cost for cost in over if cost is not None), Decimal(0))
        advice.append(f"The cap is {dollars(cap or Decimal(0))}, the whole would cost {dollars(whole)}: ")
        advice[-1] += "raise it with --max-cost, or take fewer shots (--select)."
    if kinds & {ReasonKind.AMBIGUOUS, ReasonKind.REJECTED}:
        advice.append("`seedgen jobs list` says more.")
    return f"{counted(len(blocked), 'change')} blocked. {' '.join(advice)}".rstrip() + "\n" if blocked else ""
