"""Costs as text: what was spent, by whom, against what was estimated. Unknown is a question mark."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from seedgen.execution.costs import By
from seedgen.views.paint import harmless
from seedgen.views.words import counted, dollars, estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.execution.costs import Costs, Pending, Sum
    from seedgen.views.paint import Paint

_UNNAMED = {By.PROFILE: "(no profile)"}
_UNKNOWN = "(not in this journal)"
_LEAST_NAME = 12
_COLUMNS = ("takes", "failed", "video", "estimated", "actual", "difference", "unpriced")
_WHERE_ANY = {"failed", "unpriced"}
"""Columns that are left out when they hold nothing but zeros."""


def costs_text(costs: Costs, paint: Paint, width: int) -> str:
    """A table by group with its total, what that comes to, and what may still be billed."""
    text = f"{_table(costs, paint, width)}\n{_spent(costs.total)}\n" if costs.groups else _nothing(costs)
    return text + _pending(costs) + _profiles(costs)


def _nothing(costs: Costs) -> str:
    local = f" {counted(costs.local, 'take')} rendered locally, which is free." if costs.local else ""
    said = "Nothing is known to have been spent." if costs.by_hand.jobs else "Nothing was spent."
    return f"{said}{local}\n"


def _table(costs: Costs, paint: Paint, width: int) -> str:
    total = _cells(costs.total)
    shown = [column for column in _COLUMNS if column not in _WHERE_ANY or total[column] != "0"]
    unnamed = _UNNAMED.get(costs.by, _UNKNOWN)
    rows = [(harmless(name) or unnamed, _cells(group)) for name, group in costs.groups]
    rows.append(("total", total))
    widths = {column: max(len(column), *(len(row[column]) for _, row in rows)) for column in shown}
    room = max(_LEAST_NAME, width - 2 - sum(size + 2 for size in widths.values()))
    name_width = min(room, max(len(name) for name, _ in [*rows, (costs.by.value, total)]))
    head = _row(costs.by.value, shown, widths, name_width, {column: column for column in shown})
    lines = [_row(name, shown, widths, name_width, cells) for name, cells in rows]
    return "\n".join([paint.dim(head), *lines[:-1], paint.bold(lines[-1])]) + "\n"


def _row(
    name: str, shown: Sequence[str], widths: dict[str, int], name_width: int, cells: dict[str, str]
) -> str:
    short = name if len(name) <= name_width else f"{name[: name_width - 1]}…"
    return f"  {short:<{name_width}}" + "".join(f"  {cells[column]:>{widths[column]}}" for column in shown)


def _cells(group: Sum) -> dict[str, str]:
    attempts = group.takes + group.failed
    seconds = f"{float(group.seconds):,.1f}".removesuffix(".0") + " s"
    return {
        "takes": f"{group.takes:,}",
        "failed": f"{group.failed:,}",
        "video": _known(seconds, group.untimed, group.takes) if group.takes else "",
        "estimated": _known(dollars(group.estimated), group.unestimated, attempts),
        "actual": _known(dollars(group.actual), group.unbilled, attempts),
        "difference": "?" if group.difference is None else _signed(group.difference),
        "unpriced": f"{group.unpriced:,}",
    }


def _known(text: str, unknown: int, of: int) -> str:
    """What is known, and a mark where something is not."""
    if unknown and unknown == of:
        return "?"
    return f"{text} + ?" if unknown else text


def _signed(amount: Decimal) -> str:
    sign = {-1: "-", 0: "", 1: "+"}[int(amount.compare(Decimal(0)))]
    return f"{sign}{dollars(abs(amount))}"


def _spent(total: Sum) -> str:
    attempts, guessed = total.takes + total.failed, total.unbilled - total.unpriced
    if attempts == total.unpriced:
        return "What was spent is not known: there is neither a bill nor an estimate."
    how = "" if total.unpriced else ", as billed"
    if guessed:
        some = f"{dollars(total.spent - total.actual)} of it as estimated, for {guessed} without a known bill"
        how = ", as estimated: no bill is known" if attempts == total.unbilled else f", {some}"
    count = "one" if total.unpriced == 1 else str(total.unpriced)
    left = f" Nobody has said what the unpriced {count} cost." if total.unpriced else ""
    return f"Spent {_amount(total.spent, total.unpriced)}{how}.{left}"


def _pending(costs: Costs) -> str:
    text = ""
    if costs.in_flight.jobs:
        text += f"In flight, estimated: {_jobs(costs.in_flight)}.\n"
    if costs.in_doubt.jobs:
        text += f"In doubt, perhaps billed: {_jobs(costs.in_doubt)}. `seedgen jobs list` shows them.\n"
    if costs.by_hand.jobs:
        perhaps = _amount(costs.by_hand.estimated, costs.by_hand.unpriced)
        text += f"{_unverified(costs)}, not counted: {perhaps} if billed all the same. "
        text += "`seedgen jobs list --all` shows more.\n"
    return text


def _unverified(costs: Costs) -> str:
    return f"{costs.by_hand.jobs:,} closed by hand, unverified"


def _profiles(costs: Costs) -> str:
    """A word about profiles where several are mixed, and are not what is added up by."""
    if len(costs.profiles) < 2 or costs.by is By.PROFILE:
        return ""
    names = ", ".join(harmless(name) or "no profile" for name in costs.profiles)
    return f"Under several profiles: {names}. `seedgen costs --by profile` tells them apart.\n"


def _jobs(pending: Pending) -> str:
    return f"{counted(pending.jobs, 'job')}, {_amount(pending.estimated, pending.unpriced)}"


def _amount(known: Decimal, unpriced: int) -> str:
    """`$0.72`, `$0.72 + 1 unpriced`, `1 unpriced`."""
    return estimate(known, unpriced) if known or not unpriced else f"{unpriced} unpriced"


def spent_line(costs: Costs) -> str:
    """What was spent and what may come, on one line for `status`; empty when there is nothing to say."""
    words = [f"{_amount(costs.total.spent, costs.total.unpriced)} spent"] if costs.groups else []
    if costs.in_flight.jobs:
        words.append(f"{_amount(costs.in_flight.estimated, costs.in_flight.unpriced)} in flight")
    if costs.in_doubt.jobs:
        words.append(f"{_amount(costs.in_doubt.estimated, costs.in_doubt.unpriced)} in doubt")
    if costs.by_hand.jobs:
        words.append(_unverified(costs))
    return ", ".join(words)
