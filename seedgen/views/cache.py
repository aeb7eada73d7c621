"""The cache as text: what it holds, and what may go."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from seedgen.execution.clips import Origin
from seedgen.execution.retention import Keep
from seedgen.execution.upkeep import Kind
from seedgen.views.paint import harmless
from seedgen.views.words import counted, dollars, estimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seedgen.execution.clips import KnownClip, Use
    from seedgen.execution.upkeep import Garbage, Holdings
    from seedgen.views.paint import Paint

_MEANS = {
    Kind.SEGMENTS: "clips as reels show them",
    Kind.STAND_INS: "animatics of shots without a clip",
    Kind.SOUND: "encoded sound of reels",
    Kind.FRAMES: "last frames that other shots go on from",
    Kind.POSTERS: "small pictures for the pages",
    Kind.LEFTOVERS: "half-written, by processes that were killed",
}
_KEPT = {
    Keep.LOCK: "locks here use them",
    Keep.DECLARED: "the project declares what they were made for",
    Keep.JOB: "their jobs are not recorded yet",
    Keep.OTHER_PROJECT: "they were made for other projects",
    Keep.HISTORY: "only git's history uses them",
    Keep.YOUNG: "they are too young",
}


def sized(size: int) -> str:
    """Bytes for people: `812 B`, `4.0 KiB`, `1.2 GiB`."""
    if size < 1024:
        return f"{size} B"
    amount = float(size)
    for unit in ("KiB", "MiB", "GiB"):
        amount /= 1024
        if amount < 999.95:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1024:,.1f} TiB"


def aged(seconds: float) -> str:
    """How long ago, in one unit: `3 days`, `5 h`, `2 min`."""
    if seconds >= 2 * 86_400:
        return f"{int(seconds // 86_400)} days"
    if seconds >= 2 * 3600:
        return f"{int(seconds // 3600)} h"
    return f"{max(0, int(seconds // 60))} min"


def spanned(span: timedelta) -> str:
    """A limit of age: `a week`, `3 days`, `12 h`."""
    return "a week" if span == timedelta(days=7) else aged(span.total_seconds())


# -- what there is -----------------------------------------------------------------------------------


def holdings_text(held: Holdings, paint: Paint) -> str:
    """One line for each kind of thing, and the total."""
    used = sum(bool(clip.uses) for clip in held.clips)
    idle = len(held.clips) - used
    locks = "the lock" if held.locks == 1 else f"the {held.locks} locks"
    by_whom = f"{used:,} used by {locks} here, {idle:,} not" if held.locks else "no lock is here"
    clips = f"{by_whom}{_paid(held.clips)}" if held.clips else ""
    rows: list[tuple[str, int | None, int, str]] = [
        ("clips", len(held.clips), sum(clip.size for clip in held.clips), clips)
    ]
    rows += [
        (kind.value, one.count, one.size, _MEANS[kind]) for kind, one in held.others.items() if one.count
    ]
    if held.quarantined.count:
        one = held.quarantined
        rows.append(("quarantine", one.count, one.size, "damaged clips that were moved aside"))
    records = f"{counted(held.takes, 'take')}, {counted(held.jobs, 'job')}"
    open_ = f", {held.open_jobs:,} of them open" if held.open_jobs else ""
    rows.append(("databases", len(held.databases), sum(held.databases.values()), records + open_))
    rows += [(harmless(name), None, size, "not known to this seedgen") for name, size in held.unknown.items()]
    lines = [paint.bold(str(held.folder)), *(_row(*row, paint) for row in rows)]
    lines.append(_row("total", None, held.size, f"{sized(held.free)} free beside it", paint))
    return "\n".join(lines) + "\n"


def _row(name: str, count: int | None, size: int, what: str, paint: Paint) -> str:
    number = "" if count is None else f"{count:,}"
    return f"  {name:<14}{number:>7}  {sized(size):>10}  {paint.dim(what)}".rstrip()


def _paid(clips: Iterable[KnownClip]) -> str:
    """What was paid for clips, each once; empty when nothing was."""
    paid = [clip for clip in clips if clip.origin is Origin.PAID]
    if not paid:
        return ""
    known = [clip.cost_usd for clip in paid if clip.cost_usd is not None]
    return f"; {estimate(sum(known, Decimal(0)), len(paid) - len(known))} paid for them"


def clips_text(clips: Sequence[KnownClip], now: float, paint: Paint) -> str:
    """One line for each clip: digest, size, age, cost, and who uses it."""
    if not clips:
        return "No clips are in the cache.\n"
    costs = [_cost(clip) for clip in clips]
    ages = [aged(now - clip.written) for clip in clips]
    wide, long = max(map(len, costs)), max(map(len, ages))
    lines = []
    for clip, cost, age in zip(clips, costs, ages, strict=True):
        uses = ", ".join(map(use_text, clip.uses)) or paint.dim(_made_for(clip))
        lines.append(f"  {clip.digest[:12]}  {sized(clip.size):>9}  {age:>{long}}  {cost:>{wide}}  {uses}")
    return "\n".join(lines) + "\n"


def _cost(clip: KnownClip) -> str:
    if clip.origin is Origin.PAID:
        return "unpriced" if clip.cost_usd is None else dollars(clip.cost_usd)
    return {Origin.LOCAL: "free", Origin.IMPORTED: "imported"}.get(clip.origin, "?")


def use_text(use: Use) -> str:
    """`seedgen.lock 010`, with the take where it is not the first or not the picked one."""
    take = f" take {use.take.take}" if use.take.take > 1 or not use.picked else ""
    return f"{harmless(use.lock.name)} {harmless(use.shot)}{take}{'' if use.picked else ', not picked'}"


def _made_for(clip: KnownClip) -> str:
    project = f" of {harmless(clip.project)}" if clip.project else ""
    what = f"made for {harmless(clip.shot)}{project}" if clip.shot else "nobody knows what for"
    return f"in no lock here; {what}"


# -- what may go -------------------------------------------------------------------------------------


def garbage_text(garbage: Garbage, older_than: timedelta, paint: Paint, *, force: bool) -> str:
    """What may go by kind, what that comes to, and which unused clips stay all the same."""
    text = _list(garbage, older_than, paint) if not garbage.empty else "There is nothing to clear out.\n"
    text += "".join(
        f"Segments and stand-ins stay: what the reel {harmless(name)} uses cannot be told: {harmless(why)}.\n"
        for name, why in garbage.unknown.items()
    )
    stays = [
        f"{one.count:,} because {_KEPT[why]}{_way_out(garbage, force=force) if why is Keep.YOUNG else ''}"
        for why, one in garbage.kept.items()
        if why is not Keep.LOCK
    ]
    if stays:
        text += "Clips that no lock here uses and that stay: " + "; ".join(stays) + ".\n"
    return text


def _list(garbage: Garbage, older_than: timedelta, paint: Paint) -> str:
    age = f", and older than {spanned(older_than)}" if older_than else ""
    head = f"Needed by no lock, here or in git's history, by no job and no reel{age}:\n"
    lines = []
    for origin in Origin:
        clips = [clip for clip in garbage.clips if clip.origin is origin]
        if clips:
            size = sum(clip.size for clip in clips)
            note = _paid(clips).removeprefix("; ") or _ORIGINS[origin]
            lines.append(_row(f"{origin.value} clips", len(clips), size, note, paint))
    for kind, one in garbage.others.items():
        if one.count:
            lines.append(_row(kind.value, one.count, one.size, _AGAIN.get(kind, ""), paint))
    if garbage.records:
        lines.append(_row("records", garbage.records, 0, "of clips that have gone already", paint))
    total = f"That is {sized(garbage.size)} of {sized(garbage.whole)}.\n"
    return head + "\n".join(lines) + "\n" + total


_AGAIN = {
    Kind.SEGMENTS: "of clips and settings that no reel shows now",
    Kind.SOUND: "of reels, encoded again when one is made",
    Kind.FRAMES: "of clips that are gone or go now",
    Kind.POSTERS: "of profiles that are declared no longer",
    Kind.LEFTOVERS: _MEANS[Kind.LEFTOVERS],
}
_ORIGINS = {
    Origin.PAID: "",
    Origin.IMPORTED: "cannot be made again: they came from files",
    Origin.LOCAL: "rendered here at no cost",
    Origin.UNKNOWN: "nobody knows what they cost",
}


def _way_out(garbage: Garbage, *, force: bool) -> str:
    """Which option takes those that are too young."""
    ways = []
    if any(origin.free for origin in garbage.young_origins):
        ways.append("a shorter --older-than takes free ones")
    if not force and any(not origin.free for origin in garbage.young_origins):
        ways.append("--force takes paid ones too")
    return f" ({', '.join(ways)})" if ways else ""


def question(garbage: Garbage) -> str:
    """What is asked before anything is deleted."""
    dear = [clip for clip in garbage.clips if not clip.origin.free]
    if not dear:
        return "Delete it? All of it can be made again at no cost."
    return f"Delete it for good? {counted(len(dear), 'clip')} could only be had by paying again, if at all."


def freed_text(freed: int, shown: int) -> str:
    """What went."""
    short = " Something of what was shown is in use by now, and stayed." if freed < shown else ""
    return f"Freed {sized(freed)}.{short}\n"
