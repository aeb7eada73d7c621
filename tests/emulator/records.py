"""What the emulator is told and what it tells: its settings, and frozen records of what happened."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from decimal import Decimal
    from pathlib import Path

    Clip = Path | bytes | Sequence[Path | bytes] | Callable[["JobRecord"], Path | bytes]

KEYS = {"eachlabs": "key-of-eachlabs-0123456789", "oxen": "key-of-oxen-9876543210"}


class Service(StrEnum):
    """Who was spoken to: an API, the host that results come from, or a host where nobody should go."""

    EACHLABS = "eachlabs"
    OXEN = "oxen"
    DOWNLOAD = "download"
    ELSEWHERE = "elsewhere"


class Route(StrEnum):
    """What was asked for. A fault is bound to one of these."""

    SUBMIT = "submit"
    SYNC = "sync"
    STATUS = "status"
    LIST = "list"
    HISTORY = "history"
    COST = "cost"
    CANCEL = "cancel"
    EVENTS = "events"
    MODEL = "model"
    PRESIGN = "presign"
    UPLOAD = "upload"
    REPO = "repo"
    DOWNLOAD = "download"
    UNKNOWN = "unknown"


class State(StrEnum):
    """Where a job stands; both contracts have words of their own for these."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing comes after it."""
        return self not in {State.QUEUED, State.RUNNING}


class ResultHost(StrEnum):
    """Where Oxen's results lie: elsewhere, on the API host (needs the key), or there with a redirect."""

    DOWNLOAD = "download"
    API = "api"
    API_REDIRECT = "api_redirect"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How an emulator behaves when no fault is set. Times are seconds.

    `clip` is a file or its bytes, several to take turns, or a function of the job. With `distinct` a
    `free` box with the job's id is put behind it, so that no two jobs give the same bytes. A job runs
    for `latency_s` (a number, or a function of the request's body), the first `queue_s` of which it is
    queued; with `hold` it runs until `finish`. `caps` holds how many jobs a service takes at once.
    """

    clip: Clip
    latency_s: float | Callable[[Mapping[str, Any]], float] = 0.0
    queue_s: float | None = None
    hold: bool = False
    distinct: bool = True
    keys: Mapping[str, str] = field(default_factory=lambda: dict(KEYS))
    caps: Mapping[str, int] = field(default_factory=dict)
    costs: bool = True
    port: int = 0
    ranges: bool = True
    url_life_s: float | None = None
    list_delay_s: float = 0.0
    cancel_wins: bool = True
    cancel_word: str = "cancelled"
    video_urls_as_string: bool = False
    upload_window_s: float = 900.0
    oxen_results: ResultHost = ResultHost.DOWNLOAD
    legacy_vanish: bool = False
    heartbeat_s: float = 15.0
    keep_alive_s: int = 75


@dataclass(frozen=True, slots=True)
class Seen:
    """One request as it came in. `target` is path and query, `at` unix seconds."""

    service: Service
    route: Route
    method: str
    target: str
    raw_headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    at: float

    @property
    def path(self) -> str:
        """Without the query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The last value of each name."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def headers(self) -> dict[str, str]:
        """By lower-case name; several of one name are joined with a comma."""
        found: dict[str, str] = {}
        for raw_name, raw_value in self.raw_headers:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            found[name] = f"{found[name]}, {value}" if name in found else value
        return found

    def header(self, name: str) -> str | None:
        """One header, without reading the others."""
        wanted = name.lower().encode()
        return next((value.decode("latin-1") for key, value in self.raw_headers if key == wanted), None)

    @property
    def host(self) -> str:
        """The Host header."""
        return self.header("host") or ""

    @property
    def json(self) -> Any:
        """The body as JSON; raises ValueError when it is not."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Submit:
    """A submit that was accepted, and so would be billed, whether or not anybody heard the answer."""

    service: Service
    model: str
    body: Mapping[str, Any]
    job_id: str
    at: float

    @property
    def canonical(self) -> str:
        """The body as text that is the same for the same body."""
        return json.dumps(self.body, sort_keys=True, separators=(",", ":"))

    @property
    def prompt(self) -> str:
        """The prompt that was sent."""
        return prompt_of(self.body)


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as it stands now. `downloads` counts how often its clip was served to the last byte."""

    id: str
    service: Service
    model: str
    body: Mapping[str, Any]
    state: State
    created: float
    cost: Decimal
    downloads: int
    error: str

    @property
    def prompt(self) -> str:
        """The prompt that was sent."""
        return prompt_of(self.body)


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that no client may ever do, such as sending a key to a download host."""

    what: str
    service: Service
    method: str
    target: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """The three origins of an emulator: `http://127.0.0.1:PORT`, no slash at the end."""

    api: str
    download: str
    elsewhere: str


def prompt_of(body: Any) -> str:
    """The prompt in a request body of either contract, or nothing."""
    if not isinstance(body, dict):
        return ""
    held = body.get("input")
    prompt = (held if isinstance(held, dict) else body).get("prompt")
    return prompt if isinstance(prompt, str) else ""
