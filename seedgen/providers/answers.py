"""Answers: what a service's answer says, and which of our errors it is."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from seedgen.digest import is_deeper
from seedgen.errors import (
    AuthError,
    BadResponse,
    Moderated,
    OutOfCredits,
    ProviderError,
    RateLimited,
    Rejected,
    SubmitUnknown,
    Unavailable,
)

if TYPE_CHECKING:
    import httpx

LONGEST = 300
"""Characters of a service's own words that a message repeats."""

PASSING = frozenset({408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
"""Statuses that say nothing about the request: the same may succeed later."""

_DEEPEST = 64
"""Levels of an answer's JSON; no contract has ten."""

_LONGEST_ID = 200
_LARGEST_COST, _LEAST_EXPONENT = 10**9, -40
"""`1e999999999` is a number as well, and would be written out in full."""

_ESCAPES = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""Escapes in JSON; the group is half a character, which no UTF-8 can hold."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")
_PAGE = re.compile(r"\s*<(!doctype|html|head|body|\?xml)", re.IGNORECASE)
_MODERATION = re.compile(
    r"moderation|sensitive.{0,12}(content|information)|DataInspectionFailed|SensitiveContent|content.?policy"
    r"|policy.?violation|PROVIDER_REJECTED|flagged|\bnsfw\b|safety.?(checker|system|filter)|prohibited"
    r"|inappropriate content|real (human )?(person|face)|copyright",
    re.IGNORECASE,
)


class NotThere(BadResponse):
    """404 or 410: the service does not know what was asked for."""


class Silent(Unavailable):
    """No answer, or one that only says "not now". `retry_after` is in seconds, if it was said."""

    def __init__(self, message: str, *, retry_after: float | None = None, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after


def plain(text: str) -> str:
    """A service's words made harmless: one line, no control characters, at most LONGEST characters."""
    if page := _PAGE.match(text):
        return "an XML document" if page[1].startswith("?") else "an HTML page"
    text = " ".join(_CONTROLS.sub(" ", text).split())
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def is_moderation(text: str) -> bool:
    """Whether a service's words say that the content was the reason."""
    return _MODERATION.search(text) is not None


def decoded(text: str) -> Any:
    """JSON with exact numbers: fractions are Decimal. Raises ValueError.

    Its texts can be written as UTF-8, and it is not deeper than a recursion can go.
    """
    whole = _ESCAPES.sub(lambda found: r"\ufffd" if found[1] else found[0], text) if "\\" in text else text
    try:
        value = json.loads(whole, parse_float=Decimal, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except InvalidOperation:
        raise ValueError("a number that is too large") from None
    if is_deeper(value, _DEEPEST):
        raise ValueError("nested too deeply")
    return value


def text_of(response: httpx.Response) -> str:
    """An answer as text. JSON is UTF-8 (RFC 8259), whatever charset a header names: some are no text."""
    return response.content.decode("utf-8", "replace")


def is_id(value: object) -> bool:
    """Whether a service's name for a job can stand in an address, in a line and in the journal."""
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST_ID:
        return False
    return value.isprintable() and "\N{REPLACEMENT CHARACTER}" not in value


def usd(value: object) -> Decimal | None:
    """An amount in USD, which services write as a number or as text; None when there is none to be read."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return None
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount < _LARGEST_COST:
        return None
    exponent = amount.as_tuple().exponent
    return amount if isinstance(exponent, int) and exponent >= _LEAST_EXPONENT else None


def _refuse(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")


def reason(response: httpx.Response) -> str:
    """Why a service refused, in its own words where it has any."""
    named = f"{response.status_code} {plain(response.reason_phrase)}".strip()
    try:
        words = words_of(decoded(text_of(response)))
    except ValueError:
        words = plain(text_of(response))
    return f"{named}: {words}" if words else named


def words_of(answer: object) -> str:
    """The reason inside an answer's JSON, whichever of the known places it stands in; "" without."""
    if isinstance(answer, str):
        return plain(answer)
    if not isinstance(answer, dict):
        return ""
    error = answer.get("error")
    inner = [error.get(key) for key in ("detail", "title", "message")] if isinstance(error, dict) else [error]
    outer = [answer.get(key) for key in ("details", "detail", "message", "status_message")]
    found = [plain(text) for text in (*inner, *outer) if isinstance(text, str) and text.strip()]
    if len(found) > 1 and answer.get("details") and error:
        return plain(f"{found[0]}: {found[1]}")  # each::labs: the error is a title, the details say which
    return found[0] if found else ""


def retry_after(response: httpx.Response, longest: float) -> float | None:
    """The seconds of a Retry-After header, as a number or as a date, at most `longest`; None without."""
    value = response.headers.get("retry-after", "").strip()
    if not value:
        return None
    try:
        seconds = float(value) if value.replace(".", "", 1).isdigit() else _until(value)
    except (ValueError, OverflowError):
        return None
    return min(max(seconds, 0.0), longest)


def _until(value: str) -> float:
    when = parsedate_to_datetime(value)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp() - datetime.now(UTC).timestamp()


def refusal(response: httpx.Response, service: str, key_name: str, longest_s: float) -> ProviderError:
    """The error that an answer other than 2xx is, where asking again costs nothing."""
    why, status = reason(response), response.status_code
    said = f"{service} answered {why}"
    if status in (401, 403):
        return AuthError(f"{service} refused the key: {why}", remedy=f"Check {key_name}.")
    if status == 402:
        return OutOfCredits(said, remedy=f"Add credits to the account at {service}.")
    if status in (404, 410):
        return NotThere(said)
    if status == 429:
        return RateLimited(said, retry_after=retry_after(response, longest_s), remedy="Try again later.")
    if status in PASSING or status >= 500:
        return Silent(said, retry_after=retry_after(response, longest_s), remedy="Try again later.")
    if 400 <= status < 500:
        return Moderated(said) if is_moderation(why) else Rejected(said)
    return BadResponse(f"{service} redirects elsewhere ({status})", remedy="Check the service's base URL.")


def submit_refusal(response: httpx.Response, service: str, key_name: str, longest_s: float) -> ProviderError:
    """The same for a submit, where only some answers prove that nothing was begun."""
    why, status = reason(response), response.status_code
    if status in PASSING or status >= 500:
        return unknown(f"{service} answered {why}")
    if status in (403, 404, 410):
        said = f"{service} refused the request: {why}"
        return Moderated(said) if is_moderation(why) else Rejected(said)
    return refusal(response, service, key_name, longest_s)


def unknown(what: str) -> SubmitUnknown:
    """A submit that left and got no answer."""
    return SubmitUnknown(f"{what}: the job may have been accepted all the same")
