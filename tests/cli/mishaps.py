"""Mishaps: the ways in which a service errs, and the ways in which a trouble ends."""

from __future__ import annotations

from typing import Any

from seedgen.ports.store import Stage
from tests.cli.staging import APPLY, EACH, OXEN, Ends
from tests.emulator import Do, Fault
from tests.emulator.records import KEYS

PAGE = "<!doctype html><html><head><title>Bad gateway</title></head><body>Try later.</body></html>"
HTML: dict[str, Any] = {"body": PAGE, "headers": {"Content-Type": "text/html"}}
HALF: dict[str, Any] = {
    "status": 200,
    "body": '{"status": "succ',
    "headers": {"Content-Type": "application/json"},
}
MODERATION = "The input may contain inappropriate content."
PAID = "The clip is made and paid; the next apply downloads it, and makes no new one."
IN_FLIGHT = "The job is in flight and is not submitted again."
NOTHING = "Nothing was submitted."
ASKING = "Asking {provider} whether it took the job."

WALL = frozenset({"wall"})
NONE = frozenset[str]()
AGAIN = (APPLY,)
RETRIED = (("retry", "door"), APPLY)
RESOLVE = "jobs resolve door --take 1"
NOT_BILLED = ((*RESOLVE.split(), "--not-billed"), APPLY)

# How it ends


def over(*says: str) -> Ends:
    """The apply gets over it by itself."""
    return Ends(says)


def refused(*says: str, clips: frozenset[str] = WALL) -> Ends:
    """Certainly not accepted: the next apply submits it."""
    return Ends(says, Stage.FAILED, clips, AGAIN, (0, 1))


def doubtful(*says: str, clips: frozenset[str] = WALL, taken: int = 0) -> Ends:
    """Nobody knows, and a person who has looked it up decides that it was not billed."""
    told = (f"{RESOLVE} --job-id ID`", f"{RESOLVE} --not-billed`")
    return Ends((*says, *told), Stage.AMBIGUOUS, clips, NOT_BILLED, (taken, taken + 1))


def asked_again(*says: str) -> Ends:
    """Nobody knows, and the next apply finds out."""
    return Ends((*says, f"{RESOLVE} --job-id ID`"), Stage.AMBIGUOUS, WALL, AGAIN)


def in_flight(*says: str, clips: frozenset[str] = WALL) -> Ends:
    """The job goes on: the next apply collects its clip."""
    return Ends((*says, IN_FLIGHT), Stage.SUBMITTED, clips, AGAIN)


def to_download(*says: str) -> Ends:
    """The job has succeeded: the next apply downloads its clip."""
    return Ends(says, Stage.SUCCEEDED, WALL, AGAIN)


def failed(*says: str) -> Ends:
    """The job has failed: the next apply submits it again."""
    return Ends(says, Stage.FAILED, WALL, AGAIN, (1, 2))


def forbidden(*says: str, taken: int) -> Ends:
    """Refused for its content: blocked until somebody says `retry`."""
    return Ends((*says, "`seedgen retry door`"), Stage.REJECTED, WALL, RETRIED, (taken, taken + 1))


def unsent(*says: str) -> Ends:
    """It was not even tried to submit it."""
    return Ends((*says, NOTHING), None, WALL, AGAIN, (0, 1))


def both(ends: Ends) -> dict[str, Ends]:
    """The same at both services."""
    return {EACH: ends, OXEN: ends}


# What goes wrong


def submit(do: Do = Do.ANSWER, **what: Any) -> tuple[Fault, ...]:
    """A fault of the submit of `door`."""
    return (Fault(None, "submit", do, prompt="door", **what),)


def poll(do: Do = Do.ANSWER, **what: Any) -> tuple[Fault, ...]:
    """A fault wherever it is asked how a job is doing.

    Oxen is asked in its queue and in its history. A list tells of many jobs at once: it is not struck for
    ever, for the sake of `wall`.
    """
    of_door = (
        Fault(None, "status", do, prompt="door", **what),
        Fault(OXEN, "cost", do, prompt="door", **what),
    )
    return of_door if of_door[0].times is None else (*of_door, Fault(OXEN, "list", do, **what))


def unknown(**what: Any) -> tuple[Fault, ...]:
    """Neither queue nor history knows the job."""
    return tuple(Fault(None, route, status=404, prompt="door", **what) for route in ("status", "cost"))


def no_address(**what: Any) -> tuple[Fault, ...]:
    """Success without an address of the clip."""
    each = {"status": "success", "output": None, "metrics": {"cost": 0.24}}
    oxen = {"generation_id": "one", "status": "succeeded", "result_url": None}
    return (
        Fault(EACH, "status", status=200, body=each, prompt="door", **what),
        Fault(OXEN, "status", status=200, body=oxen, prompt="door", **what),
        Fault(OXEN, "cost", status=200, body={"generation": oxen}, prompt="door", **what),
    )


def events(do: Do = Do.ANSWER, **what: Any) -> tuple[Fault, ...]:
    """A fault of Oxen's stream of events."""
    return (Fault(OXEN, "events", do, times=None, **what),)


def clip(do: Do = Do.ANSWER, **what: Any) -> tuple[Fault, ...]:
    """A fault of the download of `door`."""
    return (Fault(None, "download", do, prompt="door", **what),)


def files(route: str, **what: Any) -> tuple[Fault, ...]:
    """A fault of the way that references go."""
    return (Fault(None, route, times=None, **what),)


FOR_EVER: dict[str, Any] = {"times": None}
REPEATED = tuple(
    Fault(service, "submit", status=401, times=None, body={"error": f"no such key: {KEYS[service]}"})
    for service in (EACH, OXEN)
)
