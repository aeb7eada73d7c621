"""Faults by rule: which request goes wrong, and how."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tests.emulator.records import Route, Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Do(StrEnum):
    """What goes wrong."""

    ANSWER = "answer"
    """Answer with `status`, `body`, `headers`. Without a body: the contract's words for that status."""
    DROP = "drop"
    """Close the connection without an answer; `reset` sends a TCP reset."""
    HANG = "hang"
    """Say nothing until the client leaves."""
    REDIRECT = "redirect"
    """Send the client to the same path at the origin `to`, by default the host `elsewhere`."""
    DELAY = "delay"
    """The right answer after `seconds`."""
    DRIP = "drip"
    """The right answer, `size` bytes at a time with `seconds` between."""
    TRUNCATE = "truncate"
    """The right head, then `size` bytes of the body (0: half of it), then the end of the connection."""
    CORRUPT = "corrupt"
    """The right length, with bytes in the middle flipped."""
    EXPIRE = "expire"
    """A download answers `status` (403) until a fresh status has given a new URL."""
    WORD = "word"
    """A status answer has the word `word` and no result; at Oxen's lists, the job's row or every row."""
    FAIL = "fail"
    """The job that is submitted will fail with the text `error`, or with the whole `body` as its output."""
    LOSE = "lose"
    """The job that is submitted is accepted, and no longer known after that: 404, and in no list.

    At Oxen's lists: the row of the job is left out, this time.
    """
    HOLD = "hold"
    """The job that is submitted runs until `finish`."""
    SILENT = "silent"
    """Events: heartbeats come, events do not."""
    DEAD = "dead"
    """Events: after the head nothing ever comes."""
    CLOSE = "close"
    """Events: the stream ends after `size` events (0: at once)."""
    GARBAGE = "garbage"
    """Events: each event has broken and foreign ones before it."""
    DUPLICATE = "duplicate"
    """Events: each comes twice."""


WITHOUT_EFFECT = frozenset({Do.ANSWER, Do.DROP, Do.HANG, Do.REDIRECT})
"""What happens instead of the request's effect, unless `takes_effect` is set."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule. It counts the requests that match it and strikes from the `nth` on, `times` times.

    `service` None matches both; a download matches by the service of its job. `job` is an id, `prompt`
    a part of the job's prompt. `times` None never stops. With `takes_effect` the request is carried out
    before it goes wrong: a submit is accepted (and billed) and the client is not told.
    """

    service: str | None
    route: str
    do: Do = Do.ANSWER
    nth: int = 1
    times: int | None = 1
    job: str = ""
    prompt: str = ""
    takes_effect: bool = False
    status: int = 0
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str = ""
    word: str = ""
    seconds: float = 0.0
    size: int = 0
    reset: bool = False
    to: str = ""

    def __post_init__(self) -> None:
        if self.service is not None:
            object.__setattr__(self, "service", Service(self.service))
        object.__setattr__(self, "route", Route(self.route))
        object.__setattr__(self, "do", Do(self.do))
        if self.do is Do.ANSWER and not self.status:
            raise ValueError("an answer needs a status")

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Fault:
        """Read a rule; raises ValueError for an unknown field or word."""
        if unknown := set(document) - {entry.name for entry in fields(cls)}:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        if not {"service", "route"} <= set(document):
            raise ValueError("service and route are needed")
        return cls(**document)

    def to_json(self) -> dict[str, Any]:
        """As `from_json` reads it, defaults left out."""
        plain = Fault(self.service, self.route, Do.DROP)
        document = {
            key: value for key, value in asdict(self).items() if value != getattr(plain, key) or key == "do"
        }
        return {"service": self.service, "route": self.route, **document}

    def matches(self, services: tuple[str, ...], route: Route, job: str, prompt: str) -> bool:
        """Whether a request is one of those that the rule counts."""
        return (
            route == self.route
            and (self.service is None or self.service in services)
            and (not self.job or self.job == job)
            and self.prompt in prompt
        )


@dataclass(slots=True)
class _Rule:
    fault: Fault
    number: int
    seen: int = 0

    def strikes(self) -> bool:
        self.seen += 1
        end = None if self.fault.times is None else self.fault.nth + self.fault.times
        return self.seen >= self.fault.nth and (end is None or self.seen < end)


class FaultBook:
    """The rules in force, each with its count."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []
        self._next = 1

    def add(self, fault: Fault) -> int:
        """Put a rule in force and give back its number."""
        self._rules.append(_Rule(fault, self._next))
        self._next += 1
        return self._next - 1

    def remove(self, number: int | None = None) -> None:
        """Take one rule out of force, or all of them."""
        self._rules = [rule for rule in self._rules if number is not None and rule.number != number]

    def strike(self, services: tuple[str, ...], route: Route, job: str, prompt: str) -> Fault | None:
        """The first rule that this request calls up. Every rule that matches counts it."""
        return _first(self._rules, services, route, job, prompt)

    def strike_row(self, service: str, route: Route, job: str, prompt: str) -> Fault | None:
        """The first rule that one row of a listing calls up, of those that name a job or a prompt."""
        rules = [rule for rule in self._rules if rule.fault.job or rule.fault.prompt]
        return _first(rules, (service,), route, job, prompt)

    def __iter__(self) -> Iterator[tuple[int, Fault, int]]:
        """Number, rule, and how many requests matched it."""
        return ((rule.number, rule.fault, rule.seen) for rule in self._rules)


def _first(
    rules: list[_Rule], services: tuple[str, ...], route: Route, job: str, prompt: str
) -> Fault | None:
    matching = [rule for rule in rules if rule.fault.matches(services, route, job, prompt)]
    striking = [rule.fault for rule in matching if rule.strikes()]
    return striking[0] if striking else None


def accepted_then_dropped(service: str, **where: Any) -> Fault:
    """The submit is accepted and billed, and the connection ends without an answer."""
    return Fault(service, "submit", Do.DROP, takes_effect=True, **where)


def too_many(service: str, retry_after: str | None = None, route: str = "submit", **where: Any) -> Fault:
    """429, with Retry-After or without."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Fault(service, route, Do.ANSWER, status=429, headers=headers, **where)


def html_page(service: str, route: str, status: int = 502, **where: Any) -> Fault:
    """A proxy's error page instead of JSON."""
    page = "<!doctype html><html><head><title>Bad gateway</title></head><body>Try later.</body></html>"
    return Fault(service, route, status=status, body=page, headers={"Content-Type": "text/html"}, **where)


def malformed_json(service: str, route: str, status: int = 200, **where: Any) -> Fault:
    """A body that says it is JSON and stops in the middle."""
    return Fault(
        service,
        route,
        status=status,
        body='{"status": "succ',
        headers={"Content-Type": "application/json"},
        **where,
    )


def moderated(service: str, prompt: str = "", **where: Any) -> Fault:
    """The job is refused by a content filter after it was accepted."""
    text = "DataInspectionFailed: the input may contain inappropriate content."
    return Fault(service, "submit", Do.FAIL, prompt=prompt, error=text, **where)


def out_of_credits(service: str, prompt: str = "", **where: Any) -> Fault:
    """The job fails for want of credits after it was accepted."""
    return Fault(service, "submit", Do.FAIL, prompt=prompt, error="Insufficient credits", **where)
