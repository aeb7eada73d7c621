"""Imports as text: what was adopted, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.timing import Rate
from seedgen.views.paint import harmless
from seedgen.views.words import dollars

if TYPE_CHECKING:
    from seedgen.execution.importing import Wanted
    from seedgen.planning.lock import Take
    from seedgen.views.paint import Paint


def imported_text(wanted: Wanted, take: Take, paint: Paint) -> str:
    """A clip was adopted."""
    length = f"{float(Rate.parse(take.rate).seconds(take.frames)):.1f} s"
    about = " estimated" if take.cost_estimated else ""
    cost = f", {dollars(take.cost_usd)}{about}" if take.cost_usd else ""
    return (
        f"  {paint.green('✓')} {_name(wanted)}  imported: {length} clip{cost}\n"
        "  `seedgen reel` shows it. A change of the shot asks for a new one, as ever.\n"
    )


def left_text(wanted: Wanted, paint: Paint) -> str:
    """The import was interrupted, or another process fetches the clip."""
    return (
        f"  {paint.yellow('…')} {_name(wanted)}  its job is left in flight.\n"
        "  `seedgen apply` collects its clip.\n"
    )


def _name(wanted: Wanted) -> str:
    return harmless(wanted.shot if wanted.take == 1 else f"{wanted.shot} take {wanted.take}")
