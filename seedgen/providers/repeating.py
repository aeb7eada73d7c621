"""Repeating: how often and how long apart something that is surely safe is tried again."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    retry_if_exception_type,
    stop_after_attempt,
    stop_after_delay,
    stop_any,
    wait_exponential,
    wait_random,
)
from tenacity.wait import wait_base

from seedgen.errors import RateLimited, Unreachable
from seedgen.providers.answers import Silent
from seedgen.providers.translating import Fault, Reached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tenacity.stop import stop_base

LONGEST_WAIT_S = 60
"""However long a service asks to wait, it is asked again after this."""

_CONNECTS = 5
"""Some nine seconds where connections are refused, so that a short outage ends no apply."""

_CONNECTING_S = 20
"""No further connection is tried after this: where nobody answers at all, each takes its ten seconds."""

_UPLOAD_S = 30


def until_silent(pace: float, silence_s: float) -> AsyncRetrying:
    """Again after silence, "not now" and 429, until `silence_s * pace` seconds have passed."""
    return _retrying(pace, stop_after_delay(silence_s * pace), RateLimited, Silent)


def until_uploaded(pace: float, silence_s: float) -> AsyncRetrying:
    """The same for what comes before a submit: without a connection it ends when a submit would end.

    Nothing is lost by giving up, and somebody may be watching. 429 is an answer, and has all the time.
    """
    return _retrying(pace, _before_submit(pace, silence_s), RateLimited, Silent)


def a_few_times(pace: float, tries: int, *errors: type[Exception]) -> AsyncRetrying:
    """Again after some errors, as often as said."""
    return _retrying(pace, stop_after_attempt(tries), *errors)


def while_unreached(pace: float) -> AsyncRetrying:
    """Again while not a byte of a request can have reached the service."""
    return AsyncRetrying(
        stop=_unreached(pace),
        wait=_as_asked(pace),
        retry=retry_if_exception(_is_unreached),
        reraise=True,
    )


@contextlib.contextmanager
def out_of_reach() -> Iterator[None]:
    """Around repeated tries: those that found no connection to the end raise Unreachable.

    What is to be reached, a service's API or its storage, is the same for every shot: others need not try.
    """
    try:
        yield
    except Fault as fault:
        if _is_unreached(fault):
            raise Unreachable(str(fault), remedy=fault.remedy) from fault
        raise


def _is_unreached(error: BaseException | None) -> bool:
    return isinstance(error, Fault) and error.reached is Reached.SURELY_NOT


def _unreached(pace: float) -> stop_base:
    return stop_any(stop_after_attempt(_CONNECTS), stop_after_delay(_CONNECTING_S * pace))


def _before_submit(pace: float, silence_s: float) -> Callable[[RetryCallState], bool]:
    unreached, limited = _unreached(pace), stop_after_delay(silence_s * pace)
    silent = stop_after_delay(min(_UPLOAD_S, silence_s) * pace)

    def enough(state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        if _is_unreached(error):
            return unreached(state)
        return (limited if isinstance(error, RateLimited) else silent)(state)

    return enough


def _retrying(pace: float, stop: Callable[[RetryCallState], bool], *errors: type[Exception]) -> AsyncRetrying:
    return AsyncRetrying(stop=stop, wait=_as_asked(pace), retry=retry_if_exception_type(errors), reraise=True)


class _as_asked(wait_base):  # noqa: N801  beside tenacity's own names
    """What the service asked for, else 0.5 s doubling to 30 s, with a jitter."""

    def __init__(self, pace: float) -> None:
        self._otherwise = wait_exponential(multiplier=0.5 * pace, max=30 * pace) + wait_random(0, 0.5 * pace)
        self._longest = LONGEST_WAIT_S * pace

    def __call__(self, retry_state: RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked: float | None = getattr(error, "retry_after", None)
        return self._otherwise(retry_state) if asked is None else min(asked, self._longest)
