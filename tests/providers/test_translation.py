"""Translation: every exception of httpx and every answer of a service becomes one of our errors."""

from __future__ import annotations

import inspect
import ssl
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from seedgen.providers.answers import is_moderation, reason, retry_after
from seedgen.providers.translating import FAULTS, Fault, Reached, translated


def exceptions_of_httpx() -> list[type[Exception]]:
    """The exception classes that httpx exports."""
    found = [getattr(httpx, name) for name in httpx.__all__]
    return [one for one in found if inspect.isclass(one) and issubclass(one, Exception)]


@pytest.mark.parametrize("kind", exceptions_of_httpx(), ids=lambda kind: kind.__name__)
def test_every_exception_of_httpx_is_mapped(kind: type[Exception]) -> None:
    """A class that a new httpx brings has to be judged by a person: may the request have arrived?"""
    assert kind in FAULTS


def test_only_what_happens_before_a_request_leaves_counts_as_not_arrived() -> None:
    """DNS, TCP, TLS, a proxy's refusal and our own pool come before; everything else perhaps after."""
    before = {kind.__name__ for kind, (reached, _) in FAULTS.items() if reached is Reached.SURELY_NOT}
    assert before == {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"}


@pytest.mark.parametrize("kind", [ssl.SSLCertVerificationError, httpx.ReadTimeout, httpx.InvalidURL])
def test_an_exception_becomes_one_of_ours_by_its_nearest_known_class(kind: type[Exception]) -> None:
    """Classes beneath a mapped one are judged like it."""
    with pytest.raises(Fault, match="The service"), translated("The service"):
        raise kind("quoting a header")


def test_the_words_of_an_exception_are_not_repeated() -> None:
    """They may quote a header, and a header may be the key."""
    with pytest.raises(Fault) as caught, translated("The service"):
        raise httpx.LocalProtocolError("Illegal header value b'Bearer smk_secret'")
    assert "smk_secret" not in f"{caught.value}{caught.value.remedy}"


# Words


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("1.5", 1.5), ("100", 60), ("-3", None), ("soon", None), ("", None), ("9" * 400, 60)],
)
def test_retry_after_is_read_as_seconds(header: str, seconds: float | None) -> None:
    """What is neither seconds nor a date counts as unsaid."""
    assert retry_after(httpx.Response(429, headers={"Retry-After": header}), 60) == seconds


def test_retry_after_is_read_as_a_date() -> None:
    """A date in the past means at once."""
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    seconds = retry_after(httpx.Response(429, headers={"Retry-After": soon}), 60)
    assert seconds is not None
    assert 20 < seconds <= 30
    past = {"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}
    assert retry_after(httpx.Response(429, headers=past), 60) == 0


WORDS: dict[str, tuple[bytes, str]] = {
    "each::labs": (b'{"error": "Invalid input for model"}', "Invalid input for model"),
    "each::labs with details": (
        b'{"status": 429, "error": "too many requests", "details": "10 in flight"}',
        "too many requests: 10 in flight",
    ),
    "the older skill file": (b'{"status": "error", "message": "slow down"}', "slow down"),
    "Oxen, detail first": (
        b'{"error": {"type": "x", "title": "t", "detail": "d", "message": "m"}, "status_message": "s"}',
        "d",
    ),
    "Oxen, a title": (b'{"error": {"type": "x", "title": "t"}, "status_message": "s"}', "t"),
    "Oxen, no error": (b'{"status": "error", "status_message": "unauthenticated"}', "unauthenticated"),
    "nothing": (b"{}", ""),
    "no body": (b"", ""),
    "a list": (b"[1]", ""),
    "text": (b"  upstream\n connect error  ", "upstream connect error"),
    "a page": (b"\n<!DOCTYPE html><html>", "an HTML page"),
    "control characters": (b'{"error": "a\\u001b[31mb\\u202ec"}', "a [31mb c"),
    "too long": (b'{"error": "' + b"x" * 400 + b'"}', "x" * 299 + "…"),
}


@pytest.mark.parametrize("case", WORDS)
def test_a_reason_is_found_wherever_a_service_puts_it(case: str) -> None:
    """It is one line, harmless, and not too long."""
    body, words = WORDS[case]
    assert reason(httpx.Response(400, content=body)) == f"400 Bad Request: {words}".removesuffix(": ")


@pytest.mark.parametrize(
    ("text", "moderated"),
    [
        ("DataInspectionFailed", True),
        ("InputTextSensitiveContentDetected", True),
        ("The input may contain sensitive information", True),
        ("content_moderation", True),
        ("violates our content policy", True),
        ("PROVIDER_REJECTED", True),
        ("duration must be one of 4 to 15", False),
        ("A moderate rain falls on the roof", False),
        ("Insufficient credits", False),
    ],
)
def test_moderation_is_told_by_its_words(text: str, moderated: bool) -> None:
    """The services have no field for it."""
    assert is_moderation(text) is moderated
