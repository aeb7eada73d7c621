"""Terms: on what terms an apply runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """What a person allows and asks for.

    `max_cost` is the cap in USD, None is no cap. `detach` submits, fetches what has ended, and waits
    for nothing. `failures_are_free` says of provider and model whether a job that fails costs nothing.
    """

    max_cost: Decimal | None = None
    detach: bool = False
    failures_are_free: Callable[[str, str], bool] = lambda *_: False
