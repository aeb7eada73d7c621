"""A check or a copy of the cache as text: what is wrong, of which shots, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.execution.upkeep import Fault, Remedy
from seedgen.views.cache import sized, use_text
from seedgen.views.paint import harmless
from seedgen.views.words import counted, dollars

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seedgen.execution.clips import Use
    from seedgen.execution.upkeep import Checked, ClipProblem, Copied
    from seedgen.views.paint import Paint


_MOST = 20
"""Problems that are told one by one: in a fresh clone every clip is missing."""


def checked_text(checked: Checked, paint: Paint) -> str:
    """Problems first, then what was read."""
    blocks = [_problem(problem, paint) for problem in checked.problems[:_MOST]]
    if (more := len(checked.problems) - _MOST) > 0:
        blocks.append(f"… and {more:,} more clips: `seedgen cache verify --json` lists them all.\n")
    blocks += [_removed(checked, paint)] if checked.spoilt else []
    bad = paint.red("damaged")
    blocks += [
        f"{bad}  the {name} database: {harmless('; '.join(faults))}\n      {_DATABASES[name]}\n"
        for name, faults in checked.databases.items()
        if faults
    ]
    blocks += [
        f"{paint.red('unreadable')}  {harmless(said)}\n      What it uses was not checked.\n"
        for said in checked.locks
    ]
    return "".join(blocks) + _summary(checked, paint)


_DATABASES = {
    "takes": "Move the folder `takes` of the cache away: the next apply begins it anew from the lock.",
    "journal": "Put the folder `journal` of the cache back from a backup: it knows which jobs may be billed.",
}


def _problem(problem: ClipProblem, paint: Paint) -> str:
    uses = "; ".join(map(use_text, problem.uses)) or "no lock here uses it"
    lines = [f"{paint.red(problem.fault.value)}  {problem.digest[:12]}…  {uses}"]
    if problem.aside is not None:
        lines.append(f"      moved aside: {problem.aside}")
    elif problem.path is not None:
        lines.append(f"      {problem.path}")
    lines.append(f"      {_remedy(problem)}")
    return "\n".join(lines) + "\n"


def _remedy(problem: ClipProblem) -> str:
    """What to type. Commands are whole: they name the profile of the lock that is concerned."""
    damaged = problem.fault is Fault.DAMAGED and problem.aside is None
    first = "`seedgen cache verify --quarantine` moves it aside. Then " if damaged else ""
    if not problem.uses:
        told = "nothing needs it." if damaged else "Nothing needs it; `seedgen cache gc` forgets its record."
        return first + told
    use = problem.uses[0]
    apply = f"`{_seedgen(use)} apply`"
    match problem.remedy:
        case Remedy.BUILD:
            told = f"{apply} takes it back from build/."
        case Remedy.SERVICE:
            told = f"{apply} asks {harmless(use.take.provider)} for it again; {_else(use)}"
        case Remedy.RENDER:
            told = f"{apply} renders it again, at no cost."
        case _:
            take = f" --take {use.take.take}" if use.take.take > 1 else ""
            told = f"it came from a file: `{_seedgen(use)} import {harmless(use.shot)} FILE{take} --replace`."
    return first + (told if first else told[:1].upper() + told[1:])


def _else(use: Use) -> str:
    cost = use.take.cost_usd
    price = f" ({dollars(cost)} last time)" if cost is not None else ""
    return f"if it has it no more, the plan says what it costs to make anew{price}."


def _seedgen(use: Use) -> str:
    profile = use.lock.name.removeprefix("seedgen").removesuffix(".lock").removeprefix(".")
    return f"seedgen --profile {harmless(profile)}" if profile else "seedgen"


def _removed(checked: Checked, paint: Paint) -> str:
    kinds: dict[str, int] = {}
    for one in checked.spoilt:
        kinds[one.kind.value] = kinds.get(one.kind.value, 0) + 1
    what = ", ".join(f"{count} of the {kind}" for kind, count in kinds.items())
    first = checked.spoilt[0]
    return (
        f"{paint.yellow('removed')}  {what}, which were damaged: the next reel makes them again\n"
        f"      {first.name[:12]}…: {harmless(first.why)}\n"
    )


def _summary(checked: Checked, paint: Paint) -> str:
    read = f"{counted(checked.clips.count, 'clip')} read whole, {sized(checked.clips.size)}"
    others = ", ".join(f"{one.count:,} {kind.value}" for kind, one in checked.others.items() if one.count)
    text = f"{read}{f'; looked into {others}' if others else ''}.\n"
    if checked.leftovers.count:
        one = checked.leftovers
        text += (
            f"{counted(one.count, 'leftover')} of killed processes, {sized(one.size)}: `gc` removes them.\n"
        )
    if checked.quarantined.count:
        one = checked.quarantined
        text += f"In quarantine: {counted(one.count, 'clip')}, {sized(one.size)}. Delete them by hand.\n"
    if checked.sound:
        return text + paint.green("All is well.") + "\n"
    faults = len(checked.problems) + len(checked.locks) + sum(map(bool, checked.databases.values()))
    return text + (paint.red(f"{counted(faults, 'problem')}.") + "\n" if faults else "")


def copied_text(copied: Copied, uses: Sequence[Use], source: str, target: str, paint: Paint) -> str:
    """What a copy came to, and what could not be copied."""
    text = "".join(_not_copied(copied, uses, source, target, paint))
    there = f"; {copied.present.count:,} were there already" if copied.present.count else ""
    text += f"Copied {counted(copied.clips.count, 'clip')}, {sized(copied.clips.size)}{there}.\n"
    return text


def _not_copied(copied: Copied, uses: Sequence[Use], source: str, target: str, paint: Paint) -> Iterator[str]:
    for digest in copied.missing:
        yield f"{paint.red('missing')}  {digest[:12]}…  {_whose(digest, uses)}\n      in neither cache\n"
    for digest in copied.damaged:
        how = f"`seedgen --cache-dir {source} cache verify` says more"
        yield f"{paint.red('damaged')}  {digest[:12]}…  {_whose(digest, uses)}\n      not copied: {how}\n"
    for digest in copied.differing:
        how = f"`seedgen --cache-dir {target} cache verify` says more"
        yield f"{paint.red('damaged')}  {digest[:12]}…  {_whose(digest, uses)}\n      left as it is: {how}\n"


def _whose(digest: str, uses: Sequence[Use]) -> str:
    return "; ".join(use_text(use) for use in uses if use.take.digest == digest) or "no lock here uses it"


def reading_text(read: int, whole: int) -> str:
    """How far the reading of clips has come."""
    part = read / whole if whole else 1.0
    return f"  reading clips  {part:4.0%} of {sized(whole)}"
