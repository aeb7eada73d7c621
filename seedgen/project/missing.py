"""Missing: shots that are declared and yet not among the sound ones, because an error stands in their way.

Whoever names such a shot made no mistake, and is told of none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seedgen.project.diagnostics import Severity

if TYPE_CHECKING:
    from seedgen.project.diagnostics import Diagnostic, Problems

_EXPRESSION = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_SHOTS = "shots"


def may_be_declared(shot_id: str, problems: Problems) -> bool:
    """Whether an error noted so far may be what keeps a shot of this id from being there.

    An id that was not rendered may be any that fits, and a file that was not read may have any.
    """
    return any(one.severity is Severity.ERROR and _may_hide(one, shot_id) for one in problems)


def _may_hide(error: Diagnostic, shot_id: str) -> bool:
    what, _, within = error.address.partition(".")
    if what != _SHOTS or not within:
        return what in ("", "include", _SHOTS)
    steps = _EXPRESSION.sub("\0", within).split(".")
    return any(_fits(".".join(steps[:count]), shot_id) for count in range(1, len(steps) + 1))


def _fits(written: str, shot_id: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, written.split("\0"))), shot_id) is not None
