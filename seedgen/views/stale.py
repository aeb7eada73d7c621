"""Stale plans as text: what differs, shot by shot, and what to do."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from seedgen.errors import StalePlan, UsageError
from seedgen.planning.staleness import DriftKind
from seedgen.views.paint import harmless
from seedgen.views.plan_text import reason_words
from seedgen.views.words import counted, price

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seedgen.planning.plan import Change
    from seedgen.planning.staleness import Drift

_FEW = 12


def stale_error(name: str, found: Sequence[Drift], *, begun: bool = False) -> StalePlan:
    """The error for a plan that is no longer true. `begun` when an apply of it was interrupted."""
    lines = list(_lines(found))
    more = [f"and {counted(len(lines) - _FEW, 'more')[:-1]} like these"] if len(lines) > _FEW + 1 else []
    shown = lines[: _FEW if more else None]
    again = f"Nothing was done. Make it anew: `seedgen plan -o {shlex.quote(name)}`, with the options it had."
    if begun:
        again = (
            "An apply of it was interrupted, and what it made is kept. "
            "`seedgen apply` plans afresh and goes on from there."
        )
    return StalePlan(f"{name} is stale", remedy="\n  ".join([*shown, *more, again]))


def capped_error(name: str, found: Sequence[Drift]) -> UsageError:
    """The error for a plan of which a cap stops a part: it is carried out whole or not at all."""
    stopped = list(_lines([drift for drift in found if drift.kind is DriftKind.CAP]))
    more = [f"So it is for {len(stopped)} takes."] if len(stopped) > 1 else []
    how = "A plan file lifts no cap. --max-cost does, up to the one that the plan was made under."
    return UsageError(
        f"the cap in force stops what {name} is to do", remedy="\n  ".join([stopped[0], *more, how])
    )


def _lines(found: Sequence[Drift]) -> Iterator[str]:
    for drift in found:
        yield harmless(_words(drift))


def _words(drift: Drift) -> str:
    where = drift.shot if drift.take == 1 else f"{drift.shot} take {drift.take}"
    why = "; ".join(reason_words(reason) for reason in drift.reasons)
    match drift.kind:
        case DriftKind.LOCK:
            before, after = drift.serials
            if before == after:
                said = f"The lock has other shots than at its making, under the same serial {after}."
            else:
                said = f"The lock has changed: it was at serial {before}, and is at {after}."
            return said + _relocked(drift)
        case DriftKind.REQUEST:
            return f"{where}: the request differs" + (f" in {why}." if why else ".")
        case DriftKind.PRICE:
            return f"{where}: the price was {price(drift.before)}, and is {price(drift.after)}."
        case DriftKind.SUBMIT:
            return f"{where}: would be generated, which the plan does not say" + (
                f" (because of {why})." if why else "."
            )
        case DriftKind.GONE:
            return f"{where}: no longer declared."
        case DriftKind.NEW:
            return f"{where}: not in the plan."
        case DriftKind.CAP:
            return f"{where}: {why}."


def _relocked(drift: Drift) -> str:
    """The shots of which a lock says something else."""
    more = f" and {len(drift.shots) - _FEW:,} more" if len(drift.shots) > _FEW else ""
    return f" It says something else of {', '.join(drift.shots[:_FEW])}{more}." if drift.shots else ""


def learnt_text(changes: Sequence[Change]) -> str:
    """What a saved plan no longer has to pay for; or nothing."""
    if not changes:
        return ""
    shots = ", ".join(dict.fromkeys(harmless(change.shot) for change in changes[:_FEW]))
    more = " …" if len(changes) > _FEW else ""
    takes = counted(len(changes), "take")
    return f"Since the plan was saved, {takes} came to need no submit: {shots}{more}.\n"
