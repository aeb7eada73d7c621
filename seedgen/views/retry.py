"""Retries as text: which refusals are forgotten, and what stands in the way of the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seedgen.views.jobs import WORDS, failed_text, named, way_out
from seedgen.views.paint import harmless

if TYPE_CHECKING:
    from seedgen.errors import SeedgenError
    from seedgen.execution.overview import Listed
    from seedgen.views.paint import Paint

_MOST_NAMES = 8


@dataclass(slots=True)
class Retried:
    """What became of the jobs and shots that a retry was asked for."""

    cleared: list[Listed] = field(default_factory=list)
    doubtful: list[Listed] = field(default_factory=list)
    flying: list[Listed] = field(default_factory=list)
    failed: list[tuple[Listed, SeedgenError]] = field(default_factory=list)
    nothing: list[str] = field(default_factory=list)


def retried_text(done: Retried, paint: Paint) -> str:
    """A line for each job, and what to type next."""
    text = "".join(f"  {paint.green('✓')} {named(job)}  may be submitted again\n" for job in done.cleared)
    for job in done.doubtful:
        command = harmless(way_out(job, done.doubtful))
        text += f"  {paint.red('!')} {named(job)}  is in doubt, not refused: `{command}`\n"
    for job in done.flying:
        text += f"  {paint.dim('>')} {named(job)}  was not refused: its job is {WORDS[job.state]}\n"
    text += "".join(failed_text(job, error, paint) for job, error in done.failed)
    if done.nothing:
        shown = ", ".join(map(harmless, done.nothing[:_MOST_NAMES]))
        more = " …" if len(done.nothing) > _MOST_NAMES else ""
        text += f"Nothing was refused for {shown}{more}: the next apply submits what has no clip yet.\n"
    if done.cleared:
        text += "Nothing was submitted. `seedgen apply` does that.\n"
    return text
