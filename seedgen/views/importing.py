"""Imports as text: what was adopted, and what to type next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seedgen.timing import Rate
from seedgen.views.paint import harmless
from seedgen.views.takes import following_text
from seedgen.views.words import dollars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seedgen.execution.importing import Wanted
    from seedgen.planning.lock import Take
    from seedgen.views.paint import Paint


_SAME_LENGTH_S = 0.25
"""Models do not keep to the frame either."""


def imported_text(wanted: Wanted, take: Take, following: Sequence[str], paint: Paint) -> str:
    """A clip was adopted. `following` are the shots that continue it."""
    length = f"{float(Rate.parse(take.rate).seconds(take.frames)):.1f} s"
    about = " estimated" if take.cost_estimated else ""
    cost = f", {dollars(take.cost_usd)}{about}" if take.cost_usd else ""
    return (
        f"  {paint.green('✓')} {_name(wanted)}  imported: {length} clip{cost}\n"
        "  `seedgen reel` shows it. A change of the shot asks for a new one.\n"
        f"{following_text(following, 'import')}{_other_length(wanted, take)}"
    )


def _other_length(wanted: Wanted, take: Take) -> str:
    """A note where a clip is clearly longer or shorter than what the shot asks for, or nothing."""
    asked = wanted.request.parameters.get("duration")
    if not isinstance(asked, int | float):
        return ""  # the model decides
    more = float(Rate.parse(take.rate).seconds(take.frames)) - asked
    if abs(more) < _SAME_LENGTH_S:
        return ""
    than = (
        f"{abs(more):.1f} s {'longer' if more > 0 else 'shorter'} than the {asked} s that the shot asks for"
    )
    return f"  Note: the clip is {than}. Reels show all of it unless their `cut:` says otherwise.\n"


def left_text(wanted: Wanted, paint: Paint) -> str:
    """The import was interrupted, or another process fetches the clip."""
    return (
        f"  {paint.yellow('…')} {_name(wanted)}  its job is left in flight.\n"
        "  `seedgen apply` collects its clip.\n"
    )


def _name(wanted: Wanted) -> str:
    return harmless(wanted.shot if wanted.take == 1 else f"{wanted.shot} take {wanted.take}")
